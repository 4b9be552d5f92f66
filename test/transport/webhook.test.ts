import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Ack, Inbound } from '../../src/domain.ts';
import { messagePayload, payloadOf } from '../support/events.ts';
import { sampleKeys, sampleTenant, seal, sealedBody, signed, unsigned } from '../support/seal.ts';
import { type Answer, shootRaw, type WebhookServerOptions, webhookServer } from '../support/webhookServer.ts';
import { authentication } from './hostile/authentication.ts';
import { bodies } from './hostile/bodies.ts';
import { type Case, kitFor } from './hostile/row.ts';
import { shapes } from './hostile/shapes.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
async function serve(options?: WebhookServerOptions) {
  const server = await webhookServer(options);
  stops.push(server.stop);
  return server;
}
const nowMs = Date.UTC(2026, 0, 5, 9);
const kit = kitFor({ keys: sampleKeys, tenantKey: sampleTenant, nowMs });
const good = (eventId = 'good') => seal(messagePayload({ eventId, messageId: `om_${eventId}` }), nowMs);
const click = () => seal(payloadOf('card.action.trigger'), nowMs);
const refusal = '{"code":"unauthorized","msg":"The request is not authentic."}';
const unauthorized = { status: 401, body: refusal };

/** Waits for what happens after an answer, which the other side does not see. */
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
};

describe('the table of hostile and odd requests', () => {
  it.each<Case>([...authentication, ...bodies, ...shapes])(
    '$id $input: $status',
    async ({ shots, status, worked }) => {
      const server = await serve();
      for (const shot of shots(kit)) {
        const answer = await server.send(shot);
        expect(answer.status).toBe(status);
        if (status === 200) expect(answer.body).toBe('{}');
        else if (shot.method !== 'HEAD')
          expect(JSON.parse(answer.body)).toEqual({
            code: expect.stringMatching(/^[a-z_]+$/),
            msg: expect.any(String),
          });
        expect(answer.headers).not.toHaveProperty('x-powered-by');
        expect(answer.headers).not.toHaveProperty('etag');
      }
      expect(server.worked()).toHaveLength(worked);
      expect(JSON.stringify(server.taken)).not.toMatch(/isAdmin|OUTER|spoof/);
      expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
      // Whatever came, the next good event gets through.
      expect(await server.send(good())).toMatchObject({ status: 200, body: '{}' });
      expect(server.worked()).toHaveLength(worked + 1);
    },
  );

  it('every refusal before authentication is the same answer, byte for byte, but for the date', async () => {
    const server = await serve();
    const answers: Answer[] = [];
    const unsignedBodies = bodies.filter(({ status }) => status === 401);
    for (const { shots } of [...authentication.filter(({ status }) => status === 401), ...unsignedBodies])
      for (const shot of shots(kit)) answers.push(await server.send(shot));
    expect(answers.length).toBeGreaterThan(40);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject(unauthorized);
  });

  it('refuses any bytes without a signature alike', async () => {
    const server = await serve();
    const first = await server.send(unsigned('{}'));
    expect(first).toMatchObject(unauthorized);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.jsonValue().map((encrypt) => Buffer.from(JSON.stringify({ encrypt }))),
      fc.jsonValue().map((payload) => Buffer.from(sealedBody(payload))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        expect(await server.send(unsigned(body))).toEqual(first);
      }),
      { numRuns: 300 },
    );
    expect(server.taken).toEqual([]);
  });
});

describe('the URL check', () => {
  const check = {
    type: 'url_verification',
    token: sampleKeys.verificationToken,
    challenge: 'ajls384kdjx98XX',
  };

  it.each(['/webhook/event', '/webhook/card'])('is answered at %s, signed or not', async (path) => {
    const server = await serve();
    for (const sealed of [unsigned(sealedBody(check)), seal(check, nowMs)])
      expect(await server.send({ ...sealed, path })).toMatchObject({
        status: 200,
        body: '{"challenge":"ajls384kdjx98XX"}',
      });
    expect(server.taken).toEqual([]);
    expect(await server.outcomes()).toEqual({ challenge: 2 });
  });

  it('is refused above 4 KB', async () => {
    const server = await serve();
    const body = sealedBody(check).padEnd(4_097);
    expect(await server.send(unsigned(body))).toMatchObject(unauthorized);
    expect(await server.send(signed(body, nowMs))).toMatchObject(unauthorized);
  });
});

describe('what the application says', () => {
  it('is sent as it stands', async () => {
    const ack: Ack = { status: 200, body: { toast: { type: 'info', content: '好' } } };
    const server = await serve({ accept: async () => ack });
    expect(await server.send(click())).toMatchObject({ status: 200, body: JSON.stringify(ack.body) });
  });

  const failures: [string, (inbound: Inbound) => Promise<Ack>][] = [
    ['throws', () => Promise.reject(new Error('disk full'))],
    [
      'throws at once',
      () => {
        throw new Error('disk full');
      },
    ],
  ];
  it.each(failures)(
    'when it %s: 503 for events, a toast for clicks, nothing for previews',
    async (_name, accept) => {
      const server = await serve({ accept });
      expect(await server.send(good())).toMatchObject({
        status: 503,
        body: expect.stringContaining('"not_stored"'),
      });
      const clicked = await server.send(click());
      expect(clicked.status).toBe(200);
      expect(JSON.parse(clicked.body)).toEqual({
        toast: {
          type: 'error',
          content: expect.any(String),
          i18n: { zh_cn: expect.any(String), en_us: expect.any(String), ja_jp: expect.any(String) },
        },
      });
      expect(await server.send(seal(payloadOf('url.preview.get'), nowMs))).toMatchObject({
        status: 200,
        body: '{}',
      });
      expect(await server.outcomes()).toEqual({ not_stored: 3 });
    },
  );

  it('comes too late: events get 503 after 950 ms, clicks a toast after 2.5 s', async () => {
    const server = await serve({ accept: () => new Promise(() => undefined) });
    const event = server.send(good());
    await until(() => server.clock.sleepers() === 1);
    await server.clock.advance(949);
    expect(server.clock.sleepers()).toBe(1);
    await server.clock.advance(1);
    expect(await event).toMatchObject({ status: 503 });

    const clicked = server.send(click());
    await until(() => server.clock.sleepers() === 1);
    await server.clock.advance(2_499);
    expect(server.clock.sleepers()).toBe(1);
    await server.clock.advance(1);
    expect(await clicked).toMatchObject({ status: 200, body: expect.stringContaining('"error"') });
  });

  it('may fail after its deadline without harm', async () => {
    let fail = (_error: Error): void => undefined;
    const server = await serve({
      accept: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    });
    const event = server.send(good());
    await until(() => server.clock.sleepers() === 1);
    await server.clock.advance(950);
    expect(await event).toMatchObject({ status: 503 });
    fail(new Error('late'));
    await until(() => server.lines.some(({ msg }) => msg === 'a delivery could not be stored'));
    expect(await server.send({ ...good(), method: 'GET' })).toMatchObject({ status: 405 });
  });

  it('goes on once its answer was written, and not before', async () => {
    const steps: string[] = [];
    const server = await serve({
      accept: async () => ({
        status: 200,
        body: {},
        written: async () => {
          steps.push('written');
          throw new Error('release failed');
        },
      }),
    });
    expect(steps).toEqual([]);
    expect(await server.send(click())).toMatchObject({ status: 200 });
    await until(() => server.lines.some(({ msg }) => msg === 'what had to follow an answer failed'));
    expect(steps).toEqual(['written']);
  });

  it('lets the work of a late click go when it was stored after all', async () => {
    let finish = (_ack: Ack): void => undefined;
    let released = false;
    const server = await serve({
      accept: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
    const clicked = server.send(click());
    await until(() => server.clock.sleepers() === 1);
    await server.clock.advance(2_500);
    expect(await clicked).toMatchObject({ status: 200 });
    finish({
      status: 200,
      body: {},
      written: async () => {
        released = true;
      },
    });
    await until(() => released);
  });
});

describe('logs and metrics', () => {
  it('writes one line in 10 s about a flood of refusals, with their reasons', async () => {
    const server = await serve();
    const refusals = () => server.lines.filter(({ level }) => level === 'warn');
    for (let n = 0; n < 20; n += 1) await server.send(unsigned('{}'));
    await server.send(seal(messagePayload({ header: { token: 'x' } }), nowMs));
    expect(refusals()).toMatchObject([{ reasons: { bad_signature: 1 } }]);
    await server.clock.advance(9_999);
    await server.send(unsigned('{}'));
    expect(refusals()).toHaveLength(1);
    await server.clock.advance(1);
    await server.send(unsigned('{}'));
    expect(refusals()).toMatchObject([{}, { reasons: { bad_signature: 21, bad_token: 1 } }]);
    await server.send(unsigned('{}'));
    await server.webhook.stop();
    expect(refusals()).toHaveLength(3);
    expect(await server.outcomes()).toEqual({ bad_signature: 23, bad_token: 1 });
  });

  it('never writes a body, a token or a key', async () => {
    const server = await serve({ accept: () => Promise.reject(new Error('secret words')) });
    await server.send(good());
    await server.send(signed('{"encrypt":"secret words"}', nowMs));
    await server.send(seal({ secret: 'secret words' }, nowMs));
    expect(server.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
    expect(JSON.stringify(server.lines)).not.toMatch(/secret words|verify-me|test key/);
  });

  it('counts refusals by reason and measures every answer', async () => {
    const server = await serve();
    await server.send(good());
    await server.send(signed('{"encrypt":"x"}', nowMs));
    await server.send({ ...good(), headers: { 'content-type': 'text/plain' } });
    await server.send(signed('x'.repeat(1_048_577), nowMs));
    expect(await server.outcomes()).toEqual({ undecryptable: 1, unsupported_type: 1, too_large: 1 });
    const measured = await server.metrics.acknowledged.get();
    expect(
      measured.values.find(({ metricName }) => metricName === 'bot_acknowledge_seconds_count')?.value,
    ).toBe(4);
  });
});

describe('starting and stopping', () => {
  it('after its stop it takes nothing, and Feishu is to deliver again', async () => {
    const server = await serve();
    await server.webhook.stop();
    expect(await server.send(good())).toMatchObject({
      status: 503,
      body: expect.stringContaining('"stopping"'),
    });
    expect(await server.send(unsigned('{}'))).toMatchObject(unauthorized);
    expect(server.taken).toEqual([]);
  });

  it('refuses a body by its length alone, before it comes', async () => {
    const server = await serve({
      limits: { requestTimeoutMs: 60, headersTimeoutMs: 60, checkIntervalMs: 5 },
    });
    const head = 'POST /webhook/event HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n';
    expect(await server.raw(`${head}Content-Length: 1048577\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('takes a body in pieces, and survives one that breaks off', async () => {
    const server = await serve({
      limits: { requestTimeoutMs: 60, headersTimeoutMs: 60, checkIntervalMs: 5 },
    });
    const { body, headers } = good();
    const head = Object.entries({ ...headers, host: 'bot', 'content-length': String(body.length) })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    const broken = await shootRaw(
      server.port,
      `POST /webhook/event HTTP/1.1\r\n${head}\r\n${body.subarray(0, 20)}`,
    );
    expect(broken).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.taken).toEqual([]);
    expect(await server.send({ ...good(), chunked: true })).toMatchObject({ status: 200 });
    expect(server.worked()).toHaveLength(1);
  });
});
