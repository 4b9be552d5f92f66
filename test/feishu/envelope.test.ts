import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EnvelopeHeaders,
  type EnvelopeKeys,
  openEnvelope,
  timestampWindowMs,
  toJson,
} from '../../src/feishu/envelope.ts';
import { messagePayload, payloadOf } from '../support/events.ts';
import {
  encrypt,
  encryptBlocks,
  sampleKeys,
  seal,
  sealedBody,
  signature,
  signed,
  unsigned,
} from '../support/seal.ts';

const nowMs = 1_767_603_600_000;
const open = (
  sealed: { readonly body: Buffer; readonly headers: EnvelopeHeaders },
  keys: Partial<EnvelopeKeys> = {},
) => openEnvelope({ ...sealed, keys: { ...sampleKeys, ...keys }, nowMs });
const event = messagePayload();
const refused = (reason: string) => ({ ok: false, status: 401, slug: 'unauthorized', reason });
const unusable = (reason: string) => ({ ok: false, status: 400, slug: reason, reason });

describe('vectors of the documentation', () => {
  const check = { challenge: 'ajls384kdjx98XX', token: 'xxxxxx', type: 'url_verification' };
  const iv = Uint8Array.from({ length: 16 }, (_, index) => index);
  const sealedCheck =
    'AAECAwQFBgcICQoLDA0ODw9mLTIAZS9jAmGTQ1wAhHpnBHVL2wRjH9rPunQdQC1vLjsckayA10kZ8cPwtb62F8rC7JprUPR/4S2aZihfR+p8npX7UzWPithZmfKIPZgE';
  const body = JSON.stringify({ encrypt: sealedCheck });

  it('encrypts and signs as documented', () => {
    expect(encrypt(JSON.stringify(check), 'test key', iv)).toBe(sealedCheck);
    expect(signature('1700000000', 'nonce-1', body, 'test key')).toBe(
      '5cd56f9b3a471a107f254ba7cf939d622a192cb43f1891f1b340aa2cdde7e191',
    );
  });

  it('opens the documented URL check, unsigned and signed', () => {
    const keys = { verificationToken: 'xxxxxx' };
    const opened = { ok: true, kind: 'challenge', challenge: 'ajls384kdjx98XX' };
    expect(open(unsigned(body), keys)).toEqual(opened);
    expect(open(signed(body, nowMs), keys)).toEqual(opened);
  });

  it('takes the documented signature, and decrypts the documented text to something that is no JSON', () => {
    const headers = {
      'x-lark-request-timestamp': '1700000000',
      'x-lark-request-nonce': 'nonce-1',
      'x-lark-signature': '5cd56f9b3a471a107f254ba7cf939d622a192cb43f1891f1b340aa2cdde7e191',
    };
    const keys = { ...sampleKeys, verificationToken: 'xxxxxx' };
    const inTime = { body: Buffer.from(`${body} `), headers, keys, nowMs: 1_700_000_000_000 };
    // One more byte: the signature no longer fits, but the URL check needs none.
    expect(openEnvelope(inTime)).toMatchObject({ ok: true, kind: 'challenge' });
    const hello = JSON.stringify({ encrypt: 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=' });
    expect(open(signed(hello, nowMs))).toEqual(unusable('undecryptable'));
  });
});

describe('openEnvelope', () => {
  const cases: [string, unknown, ReturnType<typeof refused>][] = [
    ['a wrong token', messagePayload({ header: { token: 'other' } }), refused('bad_token')],
    ['no token', messagePayload({ header: { token: undefined } }), refused('bad_token')],
    ['a token that is no text', messagePayload({ header: { token: ['verify-me'] } }), refused('bad_token')],
    ['another app', messagePayload({ header: { app_id: 'cli_other' } }), refused('bad_app')],
    ['no app', messagePayload({ header: { app_id: undefined } }), refused('bad_app')],
    ['no tenant', messagePayload({ header: { tenant_key: undefined } }), refused('bad_tenant')],
    ['an empty tenant', messagePayload({ header: { tenant_key: '' } }), refused('bad_tenant')],
    ['no header', { schema: '2.0', event: {} }, unusable('no_envelope')],
    ['neither header nor event', { hello: 1 }, unusable('no_envelope')],
    ['null', null, unusable('no_envelope')],
    ['an array', [event], unusable('no_envelope')],
    [
      'the old envelope with a wrong token',
      { ...payloadOf('event_callback.v1'), token: 'x' },
      refused('bad_token'),
    ],
    [
      'the old envelope of another app',
      { ...payloadOf('event_callback.v1'), event: { app_id: 'cli_other' } },
      refused('bad_app'),
    ],
  ];
  it.each(cases)('refuses %s', (_name, payload, verdict) => {
    expect(open(seal(payload, nowMs))).toEqual(verdict);
  });

  it('opens the old envelope', () => {
    expect(open(seal(payloadOf('event_callback.v1'), nowMs))).toMatchObject({ ok: true, kind: 'event' });
  });

  it('never lets the token of an event stand in for that of the envelope', () => {
    const payload = messagePayload({
      header: { token: 'x' },
      event: { token: sampleKeys.verificationToken },
    });
    expect(open(seal({ ...payload, token: sampleKeys.verificationToken }, nowMs))).toEqual(
      refused('bad_token'),
    );
  });

  it('tells plaintext from what cannot be decrypted', () => {
    expect(open(signed(JSON.stringify(event), nowMs))).toEqual(refused('plaintext'));
    for (const encrypt of [
      null,
      1,
      {},
      [],
      true,
      '',
      'AAAA',
      '!'.repeat(64),
      Buffer.alloc(48).toString('base64'),
    ])
      expect(open(signed(JSON.stringify({ encrypt }), nowMs))).toEqual(unusable('undecryptable'));
  });

  it('takes no text whose padding is wrong, though the rest is JSON', () => {
    const text = JSON.stringify(event);
    const spaces = (more: number) => text + ' '.repeat(16 - (text.length % 16) + more);
    const blocks = { 'no padding': spaces(32), 'half of it': `${spaces(16).slice(0, -1)}\t` };
    for (const plain of Object.values(blocks)) {
      const encrypt = encryptBlocks(Buffer.from(plain), sampleKeys.encryptKey, Buffer.alloc(16));
      expect(open(signed(JSON.stringify({ encrypt }), nowMs))).toEqual(unusable('undecryptable'));
    }
    const cut = Buffer.from(encrypt(text), 'base64').subarray(0, 47).toString('base64');
    expect(open(signed(JSON.stringify({ encrypt: cut }), nowMs))).toEqual(unusable('undecryptable'));
  });

  it('keeps the window on both sides, to the millisecond', () => {
    const at = (offsetMs: number) => open(seal(event, nowMs + offsetMs));
    expect(at(-timestampWindowMs)).toMatchObject({ ok: true });
    expect(at(timestampWindowMs)).toMatchObject({ ok: true });
    expect(at(-timestampWindowMs - 1_000)).toEqual(refused('bad_timestamp'));
    expect(at(timestampWindowMs + 1_000)).toEqual(refused('bad_timestamp'));
  });

  it('drops keys named __proto__, however they are spelled, and keeps the other members', () => {
    const text = JSON.stringify(event).replace('"event":{', '"event":{"\\u005f_proto__":{"isAdmin":true},');
    const opened = open(seal(text, nowMs));
    expect(opened).toEqual({ ok: true, kind: 'event', payload: event });
    const { event: inside } = opened.ok && opened.kind === 'event' ? opened.payload : {};

    expect(inside).toBeTypeOf('object');
    expect(Object(inside).isAdmin).toBeUndefined();
  });

  it('takes 64 levels and no more', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(open(seal({ ...event, deep: nested(63) }, nowMs))).toMatchObject({ ok: true });
    expect(open(seal({ ...event, deep: nested(64) }, nowMs))).toEqual(unusable('undecryptable'));
    expect(open(signed(`{"a":${'['.repeat(45_000)}${']'.repeat(45_000)}}`, nowMs))).toEqual(
      unusable('invalid_json'),
    );
  });
});

describe('the URL check', () => {
  const check = { type: 'url_verification', token: sampleKeys.verificationToken, challenge: 'abc-123_X.y' };
  const rows: [string, unknown][] = [
    ['wrong token', { ...check, token: 'x' }],
    ['no token', { ...check, token: undefined }],
    ['object as challenge', { ...check, challenge: { a: 1 } }],
    ['empty challenge', { ...check, challenge: '' }],
    ['long challenge', { ...check, challenge: 'a'.repeat(257) }],
    ['markup as challenge', { ...check, challenge: '<script>' }],
    ['challenge with a line break', { ...check, challenge: 'a\n' }],
  ];
  it.each(rows)('is refused like everything else: %s', (_name, payload) => {
    expect(open(unsigned(sealedBody(payload)))).toMatchObject({ status: 401, slug: 'unauthorized' });
    expect(open(signed(sealedBody(payload), nowMs))).toMatchObject({ status: 401, slug: 'unauthorized' });
  });

  it('has a cap of 4 KB, signed or not, and is never read in plaintext', () => {
    const body = sealedBody(check);
    const padded = (bytes: number) => body + ' '.repeat(bytes - body.length);
    expect(open(unsigned(padded(4_096)))).toMatchObject({ ok: true, challenge: check.challenge });
    expect(open(unsigned(padded(4_097)))).toMatchObject({ status: 401 });
    expect(open(signed(padded(4_097), nowMs))).toMatchObject({ status: 401 });
    expect(open(unsigned(JSON.stringify(check)))).toMatchObject({ status: 401 });
  });

  it('lets no event through without a signature', () => {
    expect(open(unsigned(sealedBody(event)))).toEqual(refused('bad_signature'));
    expect(open(unsigned(sealedBody({ ...event, type: 'event_callback' })))).toMatchObject({
      ok: false,
      status: 401,
    });
  });
});

describe('laws', () => {
  const words = fc.record({
    text: fc.string({ unit: 'binary', maxLength: 300 }),
    nonce: fc.stringMatching(/^[!-~]{1,128}$/),
  });

  it('opens what was sealed', () => {
    fc.assert(
      fc.property(words, fc.jsonValue({ depthSize: 'small' }), ({ text, nonce }, extra) => {
        const payload = messagePayload({ text, event: { extra } });
        const opened = open(signed(sealedBody(payload), nowMs, { nonce }));
        expect(opened).toEqual({
          ok: true,
          kind: 'event',
          payload: toJson(JSON.parse(JSON.stringify(payload))),
        });
      }),
    );
  });

  it('rejects every flipped bit of body, timestamp, nonce and signature', () => {
    const { body, headers } = seal(event, nowMs);
    const parts = ['x-lark-request-timestamp', 'x-lark-request-nonce', 'x-lark-signature'] as const;
    fc.assert(
      fc.property(fc.constantFrom('body', ...parts), fc.nat(), fc.nat({ max: 7 }), (part, place, bit) => {
        const flip = (bytes: Buffer): Buffer => {
          const index = place % bytes.length;
          return Buffer.from(bytes.map((byte, at) => (at === index ? byte ^ (1 << bit) : byte)));
        };
        const changed =
          part === 'body'
            ? { body: flip(body), headers }
            : {
                body,
                headers: { ...headers, [part]: flip(Buffer.from(String(headers[part]))).toString('latin1') },
              };
        expect(open(changed)).toMatchObject({ ok: false, status: 401, slug: 'unauthorized' });
      }),
      { numRuns: 1_000 },
    );
  });

  it('decides by the bytes alone: any spelling of one body that is signed as it stands is opened', () => {
    const spelling = fc.array(fc.constantFrom('', ' ', '\n', '\t'), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(spelling, fc.nat(), ([a, b, c, d, e, f], place) => {
        const sealed = encrypt(JSON.stringify(event));
        const at = place % sealed.length;
        const escaped = `${sealed.slice(0, at)}\\u${sealed.charCodeAt(at).toString(16).padStart(4, '0')}${sealed.slice(at + 1)}`;
        const body = `${a}{${b}"encrypt"${c}:${d}"${escaped}"${e}}${f}`;
        expect(open(signed(body, nowMs))).toEqual({ ok: true, kind: 'event', payload: event });
      }),
    );
  });

  it('never throws, whatever the bytes and headers', () => {
    const header = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 2 }));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        header,
        header,
        header,
        fc.boolean(),
        (bytes, t, n, s, good) => {
          const body = Buffer.from(bytes);
          const headers = { 'x-lark-request-timestamp': t, 'x-lark-request-nonce': n, 'x-lark-signature': s };
          const opened = open(good ? signed(body, nowMs) : { body, headers });
          expect(opened).toMatchObject({ ok: false, status: good ? expect.any(Number) : 401 });
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const body = JSON.stringify({ encrypt: encrypt(bytes) });
        expect(open(signed(body, nowMs))).toMatchObject({ ok: false, status: 400 });
      }),
    );
  });
});
