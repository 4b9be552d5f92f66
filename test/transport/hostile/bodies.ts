/** What is in it: spelling, encryption, nesting, envelope. */

import { payloadOf } from '../../support/events.ts';
import { encrypt, seal, unsigned } from '../../support/seal.ts';
import { big, type Case, good, goodBody, message, nowMs, row, sealed, signed } from './row.ts';

const encrypted = (text: string | Uint8Array): string => JSON.stringify({ encrypt: encrypt(text) });
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const truncated = JSON.stringify({ encrypt: encrypt(JSON.stringify(good)).slice(0, 60) });
/** The first character of the plaintext is another one, but the padding is still right. */
const bent = (): string => {
  const bytes = Buffer.from(encrypt(JSON.stringify(good)), 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return JSON.stringify({ encrypt: bytes.toString('base64') });
};
const { event: goodEvent, header: goodHeader } = good;

export const bodies: readonly Case[] = [
  row('C15', 'other white space', 200, 1, signed(goodBody.replace(':', ' :\n\t '))),
  row('C16', 'an escaped letter', 200, 1, signed(goodBody.replace('encrypt', 'encr\\u0079pt'))),
  row('C17', 'escaped slashes', 200, 1, signed(goodBody.replaceAll('/', '\\/'))),
  row('C18', 'a line break at the end', 200, 1, signed(`${goodBody}\n`)),
  row(
    'C19',
    'a key that comes twice: the last one counts',
    200,
    1,
    signed(`{"encrypt":"x",${goodBody.slice(1)}`),
  ),
  row(
    'C20',
    'plaintext with another order of keys, signed',
    401,
    0,
    signed(JSON.stringify({ event: goodEvent, header: goodHeader, n: 1.0 })),
  ),
  row('C21', 'broken JSON', 401, 0, unsigned('{"encrypt":')),
  row('C22', 'no body', 401, 0, unsigned('')),
  row('C23', 'null', 401, 0, unsigned('null')),
  row('C24', 'JSON that is no object', 401, 0, unsigned('123'), unsigned('"str"'), unsigned('[]')),
  row('C25', 'cut ciphertext', 401, 0, unsigned(truncated)),
  row('C26', 'cut ciphertext, signed', 400, 0, signed(truncated)),
  row('C27', 'ciphertext of text', 401, 0, unsigned(encrypted('hello'))),
  row('C28', 'ciphertext of text, signed', 400, 0, signed(encrypted('hello'))),
  row(
    'C29',
    'ciphertext of other JSON, signed',
    400,
    0,
    ...['null', '123', '[]', '"x"'].map((text) => signed(encrypted(text))),
  ),
  row('C30', 'a number instead of ciphertext', 401, 0, unsigned('{"encrypt":123}')),
  row(
    'C31',
    'other things instead of ciphertext',
    401,
    0,
    ...['{}', '[]', 'true', '""'].map((text) => unsigned(`{"encrypt":${text}}`)),
  ),
  row(
    'C31b',
    'the same, signed',
    400,
    0,
    ...['{}', '[]', 'true', '""', '1', 'null'].map((text) => signed(`{"encrypt":${text}}`)),
  ),
  row('C32', '__proto__ outside', 401, 0, unsigned('{"__proto__":null}')),
  row('C33', 'headers outside', 401, 0, unsigned('{"headers":null}')),
  row(
    'C34',
    '__proto__ inside',
    200,
    1,
    seal(JSON.stringify(good).replace('"event":{', '"event":{"__proto__":{"isAdmin":true},'), nowMs),
  ),
  row(
    'C35',
    'constructor.prototype inside',
    200,
    1,
    message({ event: { constructor: { prototype: { isAdmin: true } } } }),
  ),
  row('C38', 'a message of 120 KB', 200, 1, signed(big(120_000))),
  row('C39', 'deep nesting', 401, 0, unsigned(nested(45_000))),
  row(
    'C40',
    'deep nesting inside',
    400,
    0,
    seal(nested(45_000), nowMs),
    seal({ ...good, deep: JSON.parse(nested(64)) }, nowMs),
  ),
  row('C41', 'an unknown type', 200, 0, message({ header: { event_type: 'x.y.z_v1' } })),
  row(
    'C42',
    'types that every object has',
    200,
    0,
    ...['__proto__', 'constructor', 'toString'].map((event_type, n) =>
      message({ eventId: `e${n}`, header: { event_type } }),
    ),
  ),
  row('C43', 'markup as type', 200, 0, message({ header: { event_type: '<script>alert(1)</script>' } })),
  row(
    'C44',
    'no header, no event',
    400,
    0,
    seal({ schema: '2.0', event: {} }, nowMs),
    seal({ ...good, event: undefined }, nowMs),
  ),
  row(
    'C45',
    'no event id',
    400,
    0,
    ...[undefined, '', 7, 'x'.repeat(129)].map((event_id) => message({ header: { event_id } })),
  ),
  row('C48', 'ids inside the event', 200, 1, message({ event: { event_id: 'spoof', event_type: 'spoof' } })),
  row(
    'C49',
    'keys beside the ciphertext',
    200,
    1,
    signed(JSON.stringify({ ...JSON.parse(goodBody), text: 'OUTER', event: { text: 'OUTER' }, header: {} })),
  ),
  row(
    'C58',
    'a byte order mark',
    400,
    0,
    signed(`\ufeff${goodBody}`),
    signed(encrypted(`\ufeff${JSON.stringify(good)}`)),
  ),
  row(
    'C59',
    'bytes that are no UTF-8',
    400,
    0,
    signed(
      Buffer.concat([
        Buffer.from(goodBody.slice(0, -1)),
        Buffer.from(',"x":"'),
        Buffer.from([0xff, 0xc0]),
        Buffer.from('"}'),
      ]),
    ),
    signed(encrypted(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]))),
  ),
  row('C64', 'an app ticket', 400, 0, seal({ app_ticket: 'x', type: 'app_ticket' }, nowMs)),
  row(
    'C65',
    'half a surrogate and NUL in the text',
    200,
    1,
    message({ message: { content: '{"text":"\\ud800\\u0000 /ticket 1"}' } }),
  ),
  row('C66', 'a click', 200, 1, { ...seal(payloadOf('card.action.trigger'), nowMs), path: '/webhook/card' }),
  row(
    'C66b',
    'a click at the events’ path, an event at the callbacks’',
    200,
    1,
    seal(payloadOf('card.action.trigger'), nowMs),
  ),
  row('C66c', 'an event at the callbacks’ path', 200, 1, { ...sealed, path: '/webhook/card' }),
  row(
    'W77',
    'JSON, then bytes that keep a digest right',
    400,
    0,
    signed(
      Buffer.concat([
        Buffer.from(goodBody),
        Buffer.from([0x80, 0, 0, 0, 0, 0, 3, 0x20]),
        Buffer.from('{"a":1}'),
      ]),
    ),
  ),
  row('W78', 'a bent iv', 401, 0, unsigned(bent())),
  row('W78b', 'a bent iv, signed', 400, 0, signed(bent())),
  row('W79', '64 levels', 200, 1, seal({ ...good, deep: JSON.parse(nested(63)) }, nowMs)),
  row(
    'W80',
    'a ticket id that is a number',
    200,
    0,
    seal(
      JSON.stringify({ ...payloadOf('helpdesk.ticket.created_v1'), event: { ticket_id: '@' } }).replace(
        '"@"',
        '9007199254740993',
      ),
      nowMs,
    ),
  ),
  row(
    'W80b',
    'numbers that are too large',
    200,
    1,
    seal(JSON.stringify({ ...good, extra: '@' }).replace('"@"', '[1e999,-0]'), nowMs),
  ),
  row(
    'W81',
    'hostile names of fields',
    200,
    1,
    seal(
      JSON.stringify(good).replace(
        '"event":{',
        '"event":{"hasOwnProperty":1,"toString":null,"constructor":0,"__proto__":[],',
      ),
      nowMs,
    ),
  ),
  row('W82', 'text of 700 KB', 200, 1, signed(big(700_000))),
  row('W83', 'the old envelope', 200, 0, seal(payloadOf('event_callback.v1'), nowMs)),
  row(
    'W83b',
    'the old envelope without app and tenant',
    200,
    0,
    seal({ ...payloadOf('event_callback.v1'), event: { type: 'message' } }, nowMs),
  ),
  row('W88', 'one message under two event ids', 200, 1, message({ eventId: 'a' }), message({ eventId: 'b' })),
  row(
    'W90',
    'a message without readable content',
    200,
    1,
    message({ message: { message_type: 'x', content: 'null' } }),
  ),
];
