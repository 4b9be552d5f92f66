/** Who sends it: signature, time, token, app and tenant. */

import { sampleKeys, seal, sealedBody, signature, signed as signedAt, unsigned } from '../../support/seal.ts';
import type { Shot } from '../../support/webhookServer.ts';
import {
  type Case,
  good,
  goodBody,
  message,
  nowMs,
  row,
  sealed,
  signed,
  withHeaders,
  without,
} from './row.ts';

const seconds = (offsetMs = 0): string => String(Math.floor((nowMs + offsetMs) / 1_000));
const stamped = (timestamp: string, nonce = 'nonce-1'): Shot =>
  signedAt(goodBody, nowMs, { timestamp, nonce });
const urlCheck = (challenge: unknown, token: string = sampleKeys.verificationToken) => ({
  type: 'url_verification',
  token,
  challenge,
});

export const authentication: readonly Case[] = [
  row('C00', 'a good event', 200, 1, sealed),
  row('C01', 'a wrong signature', 401, 0, withHeaders({ 'x-lark-signature': 'a'.repeat(64) })),
  row('C02', 'no signature headers', 401, 0, unsigned(goodBody)),
  row(
    'C03',
    'one digit of the signature off',
    401,
    0,
    withHeaders({
      'x-lark-signature': String(sealed.headers['x-lark-signature']).replace(/.$/, (c) =>
        c === '0' ? '1' : '0',
      ),
    }),
  ),
  // Feishu delivers again for seven hours, perhaps with the first signature.
  row('C04', 'signed an hour ago', 200, 1, stamped(seconds(-3_600_000))),
  row('C05', 'a captured request, sent again', 200, 1, sealed, sealed),
  row('C06', 'a digit moved from the nonce to the timestamp', 401, 0, {
    body: goodBody,
    headers: {
      ...sealed.headers,
      'x-lark-request-timestamp': `${seconds()}5`,
      'x-lark-request-nonce': 'x',
      'x-lark-signature': signature(seconds(), '5x', goodBody),
    },
  }),
  row('C07', 'signed an hour from now', 200, 1, stamped(seconds(3_600_000))),
  row(
    'C07b',
    'signed more than 8 h away',
    401,
    0,
    stamped(seconds(-28_801_000)),
    stamped(seconds(28_801_000)),
  ),
  row('C08', 'a timestamp that is no number', 401, 0, stamped('abc')),
  row(
    'C09',
    'one event three times, signed anew',
    200,
    1,
    seal(good, nowMs),
    seal(good, nowMs),
    seal(good, nowMs),
  ),
  row('C10', 'plaintext, not signed', 401, 0, unsigned(JSON.stringify(good))),
  row('C11', 'plaintext, signed', 401, 0, signed(JSON.stringify(good))),
  row(
    'C12',
    'URL check in plaintext, right and wrong token',
    401,
    0,
    unsigned(JSON.stringify(urlCheck('abc'))),
    unsigned(JSON.stringify(urlCheck('abc', 'x'))),
  ),
  row('C13', 'URL check with a wrong token', 401, 0, unsigned(sealedBody(urlCheck('abc', 'x')))),
  row(
    'C14',
    'URL check that wants 60 KB or an object back',
    401,
    0,
    unsigned(sealedBody(urlCheck('a'.repeat(60_000)))),
    unsigned(sealedBody(urlCheck({ a: 1 }))),
  ),
  row('C46', 'a wrong verification token', 401, 0, message({ header: { token: 'x' } })),
  row(
    'C47',
    'another app, another tenant',
    401,
    0,
    message({ header: { app_id: 'cli_x' } }),
    message({ header: { tenant_key: 'x' } }),
  ),
  row(
    'C62',
    'a header that comes twice',
    401,
    0,
    ...['timestamp', 'nonce'].map((name) => {
      const value = String(sealed.headers[`x-lark-request-${name}`]);
      return withHeaders({ [`x-lark-request-${name}`]: [value, value] });
    }),
    withHeaders({ 'x-lark-signature': Array<string>(2).fill(String(sealed.headers['x-lark-signature'])) }),
  ),
  row('C62b', 'a nonce that comes twice, signed as if it were one', 401, 0, {
    body: goodBody,
    headers: { ...signedAt(goodBody, nowMs, { nonce: 'a, a' }).headers, 'x-lark-request-nonce': ['a', 'a'] },
  }),
  row(
    'C63',
    'the signature in capitals',
    401,
    0,
    withHeaders({ 'x-lark-signature': String(sealed.headers['x-lark-signature']).toUpperCase() }),
  ),
  row(
    'W73',
    'a nonce that is empty, too long, or not sent',
    401,
    0,
    stamped(seconds(), ''),
    stamped(seconds(), 'n'.repeat(129)),
    without('x-lark-request-nonce'),
  ),
  row(
    'W74',
    'odd timestamps',
    401,
    0,
    ...['0', '-1', '1e10', `0${seconds()}`, `${seconds()}000`, `+${seconds()}`].map((text) => stamped(text)),
  ),
  row(
    'W75',
    'signatures of another form',
    401,
    0,
    ...['a'.repeat(63), 'a'.repeat(65), `0x${'a'.repeat(62)}`, Buffer.alloc(32).toString('base64'), ''].map(
      (value) => withHeaders({ 'x-lark-signature': value }),
    ),
  ),
  row('W76', 'signed with an old key', 401, 0, signedAt(goodBody, nowMs, { encryptKey: 'old key' })),
  row('W84', 'another tenant with the same keys', 401, 0, message({ header: { tenant_key: 'tenant-2' } })),
];
