/** What is in it: spelling, encryption, nesting, envelope. */

import { unsigned } from '../../support/seal.ts';
import { type Case, type Kit, row } from './row.ts';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const truncated = ({ cipher, good }: Kit): string =>
  JSON.stringify({ encrypt: cipher(JSON.stringify(good)).slice(0, 60) });
/** The first character of the plaintext is another one, but the padding is still right. */
const bent = ({ cipher, good }: Kit): string => {
  const bytes = Buffer.from(cipher(JSON.stringify(good)), 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return JSON.stringify({ encrypt: bytes.toString('base64') });
};

export const bodies: readonly Case[] = [
  row('C15', 'other white space', 200, 1, ({ signed, goodBody }) => [
    signed(goodBody.replace(':', ' :\n\t ')),
  ]),
  row('C16', 'an escaped letter', 200, 1, ({ signed, goodBody }) => [
    signed(goodBody.replace('encrypt', 'encr\\u0079pt')),
  ]),
  row('C17', 'escaped slashes', 200, 1, ({ signed, goodBody }) => [signed(goodBody.replaceAll('/', '\\/'))]),
  row('C18', 'a line break at the end', 200, 1, ({ signed, goodBody }) => [signed(`${goodBody}\n`)]),
  row('C19', 'a key that comes twice: the last one counts', 200, 1, ({ signed, goodBody }) => [
    signed(`{"encrypt":"x",${goodBody.slice(1)}`),
  ]),
  row('C20', 'plaintext with another order of keys, signed', 401, 0, ({ signed, good }) => {
    const { event, header } = good;
    return [signed(JSON.stringify({ event, header, n: 1.0 }))];
  }),
  row('C21', 'broken JSON', 401, 0, () => [unsigned('{"encrypt":')]),
  row('C22', 'no body', 401, 0, () => [unsigned('')]),
  row('C23', 'null', 401, 0, () => [unsigned('null')]),
  row('C24', 'JSON that is no object', 401, 0, () => [unsigned('123'), unsigned('"str"'), unsigned('[]')]),
  row('C25', 'cut ciphertext', 401, 0, (kit) => [unsigned(truncated(kit))]),
  row('C26', 'cut ciphertext, signed', 400, 0, (kit) => [kit.signed(truncated(kit))]),
  row('C27', 'ciphertext of text', 401, 0, ({ encrypted }) => [unsigned(encrypted('hello'))]),
  row('C28', 'ciphertext of text, signed', 400, 0, ({ signed, encrypted }) => [signed(encrypted('hello'))]),
  row('C29', 'ciphertext of other JSON, signed', 400, 0, ({ signed, encrypted }) =>
    ['null', '123', '[]', '"x"'].map((text) => signed(encrypted(text))),
  ),
  row('C30', 'a number instead of ciphertext', 401, 0, () => [
    unsigned('{"encrypt":1}'),
    unsigned('{"encrypt":123}'),
  ]),
  row('C31', 'other things instead of ciphertext', 401, 0, () =>
    ['{}', '[]', 'true', '""'].map((text) => unsigned(`{"encrypt":${text}}`)),
  ),
  row('C31b', 'the same, signed', 400, 0, ({ signed }) =>
    ['{}', '[]', 'true', '""', '1', 'null'].map((text) => signed(`{"encrypt":${text}}`)),
  ),
  row('C32', '__proto__ outside', 401, 0, () => [unsigned('{"__proto__":null}')]),
  row('C33', 'headers outside', 401, 0, () => [unsigned('{"headers":null}')]),
  row('C34', '__proto__ inside', 200, 1, ({ seal, good }) => [
    seal(JSON.stringify(good).replace('"event":{', '"event":{"__proto__":{"isAdmin":true},')),
  ]),
  row('C35', 'constructor.prototype inside', 200, 1, ({ message }) => [
    message({ event: { constructor: { prototype: { isAdmin: true } } } }),
  ]),
  row('C38', 'a message of 120 KB', 200, 1, ({ signed, big }) => [signed(big(120_000))]),
  row('C39', 'deep nesting', 401, 0, () => [unsigned(nested(45_000))]),
  row('C40', 'deep nesting inside', 400, 0, ({ seal, good }) => [
    seal(nested(45_000)),
    seal({ ...good, deep: JSON.parse(nested(64)) }),
  ]),
  row('C41', 'an unknown type', 200, 0, ({ message }) => [message({ header: { event_type: 'x.y.z_v1' } })]),
  row('C42', 'types that every object has', 200, 0, ({ message }) =>
    ['__proto__', 'constructor', 'toString'].map((event_type, n) =>
      message({ eventId: `e${n}`, header: { event_type } }),
    ),
  ),
  row('C43', 'markup as type', 200, 0, ({ message }) => [
    message({ header: { event_type: '<script>alert(1)</script>' } }),
  ]),
  row('C44', 'no header, no event', 400, 0, ({ seal, good }) => [
    seal({ schema: '2.0', event: {} }),
    seal({ ...good, event: undefined }),
  ]),
  row('C45', 'no event id', 400, 0, ({ message }) =>
    [undefined, '', 7, 'x'.repeat(129)].map((event_id) => message({ header: { event_id } })),
  ),
  row('C48', 'ids inside the event', 200, 1, ({ message }) => [
    message({ event: { event_id: 'spoof', event_type: 'spoof' } }),
  ]),
  row('C49', 'keys beside the ciphertext', 200, 1, ({ signed, goodBody }) => [
    signed(JSON.stringify({ ...JSON.parse(goodBody), text: 'OUTER', event: { text: 'OUTER' }, header: {} })),
  ]),
  row('C58', 'a byte order mark', 400, 0, ({ signed, goodBody, encrypted, good }) => [
    signed(`\ufeff${goodBody}`),
    signed(encrypted(`\ufeff${JSON.stringify(good)}`)),
  ]),
  row('C59', 'bytes that are no UTF-8', 400, 0, ({ signed, goodBody, encrypted }) => [
    signed(
      Buffer.concat([
        Buffer.from(goodBody.slice(0, -1)),
        Buffer.from(',"x":"'),
        Buffer.from([0xff, 0xc0]),
        Buffer.from('"}'),
      ]),
    ),
    signed(encrypted(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]))),
  ]),
  row('C64', 'an app ticket', 400, 0, ({ seal }) => [seal({ app_ticket: 'x', type: 'app_ticket' })]),
  row('C65', 'half a surrogate and NUL in the text', 200, 1, ({ message }) => [
    message({ message: { content: '{"text":"\\ud800\\u0000 /help"}' } }),
  ]),
  row('C66', 'a click', 200, 1, ({ seal, fixture }) => [
    { ...seal(fixture('card.action.trigger')), path: '/webhook/card' },
  ]),
  row('C66b', 'a click at the events’ path', 200, 1, ({ seal, fixture }) => [
    seal(fixture('card.action.trigger')),
  ]),
  row('C66c', 'an event at the callbacks’ path', 200, 1, ({ sealed }) => [
    { ...sealed, path: '/webhook/card' },
  ]),
  row('W77', 'JSON, then bytes that keep a digest right', 400, 0, ({ signed, goodBody }) => [
    signed(
      Buffer.concat([
        Buffer.from(goodBody),
        Buffer.from([0x80, 0, 0, 0, 0, 0, 3, 0x20]),
        Buffer.from('{"a":1}'),
      ]),
    ),
  ]),
  row('W78', 'a bent iv', 401, 0, (kit) => [unsigned(bent(kit))]),
  row('W78b', 'a bent iv, signed', 400, 0, (kit) => [kit.signed(bent(kit))]),
  row('W79', '64 levels', 200, 1, ({ seal, good }) => [seal({ ...good, deep: JSON.parse(nested(63)) })]),
  row('W80', 'a ticket id that is a number', 200, 0, ({ seal, fixture }) => [
    seal(
      JSON.stringify({ ...fixture('helpdesk.ticket.created_v1'), event: { ticket_id: '@' } }).replace(
        '"@"',
        '9007199254740993',
      ),
    ),
  ]),
  row('W80b', 'numbers that are too large', 200, 1, ({ seal, good }) => [
    seal(JSON.stringify({ ...good, extra: '@' }).replace('"@"', '[1e999,-0]')),
  ]),
  row('W81', 'hostile names of fields', 200, 1, ({ seal, good }) => [
    seal(
      JSON.stringify(good).replace(
        '"event":{',
        '"event":{"hasOwnProperty":1,"toString":null,"constructor":0,"__proto__":[],',
      ),
    ),
  ]),
  row('W82', 'text of 700 KB', 200, 1, ({ signed, big }) => [signed(big(700_000))]),
  row('W83', 'the old envelope', 200, 0, ({ seal, fixture }) => [seal(fixture('event_callback.v1'))]),
  row('W83b', 'the old envelope without app and tenant', 200, 0, ({ seal, fixture }) => [
    seal({ ...fixture('event_callback.v1'), event: { type: 'message' } }),
  ]),
  row('W88', 'one message under eleven event ids', 200, 1, ({ message }) =>
    Array.from({ length: 11 }, (_, n) => message({ eventId: `again-${n}` })),
  ),
  row('W89', 'one event id, then with other words', 200, 1, ({ message, sealed }) => [
    sealed,
    message({ text: '/help ticket', message: { chat_id: 'oc_other' } }),
  ]),
  row('W90', 'a message without readable content', 200, 1, ({ message }) => [
    message({ message: { message_type: 'x', content: 'null' } }),
  ]),
];
