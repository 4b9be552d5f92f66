/** Who sends it: signature, time, token, app and tenant. */

import { unsigned } from '../../support/seal.ts';
import { type Case, type Kit, row } from './row.ts';

const stamped = ({ goodBody, signed }: Kit, timestamp: string, nonce = 'nonce-1') =>
  signed(goodBody, { timestamp, nonce });
const urlCheck = ({ keys }: Kit, challenge: unknown, token: string = keys.verificationToken) => ({
  type: 'url_verification',
  token,
  challenge,
});

export const authentication: readonly Case[] = [
  row('C00', 'a good event', 200, 1, ({ sealed }) => [sealed]),
  row('C01', 'a wrong signature', 401, 0, ({ withHeaders }) => [
    withHeaders({ 'x-lark-signature': 'a'.repeat(64) }),
  ]),
  row('C02', 'no signature headers', 401, 0, ({ goodBody }) => [unsigned(goodBody)]),
  row('C03', 'one digit of the signature off', 401, 0, ({ sealed, withHeaders }) => [
    withHeaders({
      'x-lark-signature': String(sealed.headers['x-lark-signature']).replace(/.$/, (c) =>
        c === '0' ? '1' : '0',
      ),
    }),
  ]),
  // Feishu delivers again for seven hours, perhaps with the first signature.
  row('C04', 'signed an hour ago', 200, 1, (kit) => [stamped(kit, kit.seconds(-3_600_000))]),
  row('C05', 'a captured request, sent again', 200, 1, ({ sealed }) => [sealed, sealed]),
  row('C06', 'a digit moved from the nonce to the timestamp', 401, 0, (kit) => [
    {
      body: kit.goodBody,
      headers: {
        ...kit.sealed.headers,
        'x-lark-request-timestamp': `${kit.seconds()}5`,
        'x-lark-request-nonce': 'x',
        'x-lark-signature': kit.signatureOf(kit.seconds(), '5x', kit.goodBody),
      },
    },
  ]),
  row('C07', 'signed an hour from now', 200, 1, (kit) => [stamped(kit, kit.seconds(3_600_000))]),
  row('C07b', 'signed more than 8 h away', 401, 0, (kit) => [
    stamped(kit, kit.seconds(-28_860_000)),
    stamped(kit, kit.seconds(28_860_000)),
  ]),
  row('C08', 'a timestamp that is no number', 401, 0, (kit) => [stamped(kit, 'abc')]),
  row('C09', 'one event three times, signed anew', 200, 1, ({ seal, good }) => [
    seal(good),
    seal(good),
    seal(good),
  ]),
  row('C10', 'plaintext, not signed', 401, 0, ({ good }) => [unsigned(JSON.stringify(good))]),
  row('C11', 'plaintext, signed', 401, 0, ({ good, signed }) => [signed(JSON.stringify(good))]),
  row('C12', 'URL check in plaintext, right and wrong token', 401, 0, (kit) => [
    unsigned(JSON.stringify(urlCheck(kit, 'abc'))),
    unsigned(JSON.stringify(urlCheck(kit, 'abc', 'x'))),
  ]),
  row('C13', 'URL check with a wrong token', 401, 0, (kit) => [
    unsigned(kit.body(urlCheck(kit, 'abc', 'x'))),
  ]),
  row('C14', 'URL check that wants 60 KB or an object back', 401, 0, (kit) => [
    unsigned(kit.body(urlCheck(kit, 'a'.repeat(60_000)))),
    unsigned(kit.body(urlCheck(kit, { a: 1 }))),
  ]),
  row('C46', 'a wrong verification token', 401, 0, ({ message }) => [message({ header: { token: 'x' } })]),
  row('C47', 'another app, another tenant', 401, 0, ({ message }) => [
    message({ header: { app_id: 'cli_x' } }),
    message({ header: { tenant_key: 'x' } }),
  ]),
  row('C62', 'a header that comes twice', 401, 0, ({ sealed, withHeaders }) => [
    ...['timestamp', 'nonce'].map((name) => {
      const value = String(sealed.headers[`x-lark-request-${name}`]);
      return withHeaders({ [`x-lark-request-${name}`]: [value, value] });
    }),
    withHeaders({ 'x-lark-signature': Array<string>(2).fill(String(sealed.headers['x-lark-signature'])) }),
  ]),
  row('C62b', 'a nonce that comes twice, signed as if it were one', 401, 0, ({ goodBody, signed }) => [
    {
      body: goodBody,
      headers: { ...signed(goodBody, { nonce: 'a, a' }).headers, 'x-lark-request-nonce': ['a', 'a'] },
    },
  ]),
  row('C63', 'the signature in capitals', 401, 0, ({ sealed, withHeaders }) => [
    withHeaders({ 'x-lark-signature': String(sealed.headers['x-lark-signature']).toUpperCase() }),
  ]),
  row('W73', 'a nonce that is empty, too long, or not sent', 401, 0, (kit) => [
    stamped(kit, kit.seconds(), ''),
    stamped(kit, kit.seconds(), 'n'.repeat(129)),
    kit.without('x-lark-request-nonce'),
  ]),
  row('W74', 'odd timestamps', 401, 0, (kit) =>
    ['0', '-1', '1e10', `0${kit.seconds()}`, `${kit.seconds()}000`, `+${kit.seconds()}`].map((text) =>
      stamped(kit, text),
    ),
  ),
  row('W75', 'signatures of another form', 401, 0, ({ withHeaders }) =>
    ['a'.repeat(63), 'a'.repeat(65), `0x${'a'.repeat(62)}`, Buffer.alloc(32).toString('base64'), ''].map(
      (value) => withHeaders({ 'x-lark-signature': value }),
    ),
  ),
  row('W76', 'signed with an old key', 401, 0, ({ goodBody, signed }) => [
    signed(goodBody, { encryptKey: 'old key' }),
  ]),
  row('W84', 'another tenant with the same keys', 401, 0, ({ message }) => [
    message({ header: { tenant_key: 'tenant-2' } }),
  ]),
];
