import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type Handler, type HttpLimits, type Readiness, sendJson } from '../src/http.ts';
import { createLog } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { fakeClock } from './support/fakeClock.ts';
import { shoot, shootRaw } from './support/webhookServer.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Options {
  readonly ready?: () => Promise<Readiness>;
  readonly metricsToken?: string;
  readonly beforeMetrics?: () => Promise<void>;
  readonly limits?: Partial<HttpLimits>;
  readonly handler?: Handler;
}

async function serve(options: Options = {}) {
  const { ready = async () => ({ ok: true }), metricsToken, beforeMetrics, limits, handler } = options;
  const clock = fakeClock();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => lines.push(line) });
  const metrics = createMetrics();
  const address = { host: '127.0.0.1', port: 0 };
  const http = createHttp({
    ...address,
    ready,
    metrics,
    metricsToken,
    clock,
    log,
    ...(beforeMetrics ? { beforeMetrics } : {}),
    ...(limits ? { limits } : {}),
  });
  http.post('/task', handler ?? (async (_request, response) => sendJson(response, 200, { done: true })));
  const { port } = await http.start();
  stops.push(() => http.stop(0));
  const get = (path: string, headers: Record<string, string> = {}) =>
    shoot(port, { method: 'GET', path, headers });
  return { clock, lines, http, port, get, metrics };
}
const quick: Partial<HttpLimits> = { headersTimeoutMs: 50, requestTimeoutMs: 50, checkIntervalMs: 5 };

describe('health and readiness', () => {
  it('is healthy while it serves', async () => {
    const { get } = await serve({ ready: () => Promise.reject(new Error('x')) });
    expect(await get('/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  });

  it('is ready when storage and Feishu answer', async () => {
    const { get } = await serve();
    expect(await get('/readyz')).toMatchObject({ status: 200, body: '{"status":"ready"}' });
  });

  it('says why it is not', async () => {
    const { get } = await serve({ ready: async () => ({ ok: false, reason: 'storage: disk full' }) });
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: '{"code":"not_ready","msg":"storage: disk full"}',
    });
  });

  it('keeps what it does not understand to itself', async () => {
    const { get, lines } = await serve({ ready: () => Promise.reject(new Error('token t-123')) });
    const answer = await get('/readyz');
    expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('"not_ready"') });
    expect(answer.body + lines.join('')).not.toContain('t-123');
  });

  it('is not ready when it takes more than 5 s to find out', async () => {
    const { get, clock } = await serve({ ready: () => new Promise(() => undefined) });
    expect(await clock.until(get('/readyz'))).toMatchObject({
      status: 503,
      body: expect.stringContaining('5000 ms'),
    });
  });
});

describe('metrics', () => {
  it('are brought up to date before they are shown, and shown all the same when that fails', async () => {
    let queue = 0;
    const { get, metrics, lines } = await serve({
      beforeMetrics: async () => {
        queue += 1;
        metrics.queue.set({ state: 'waiting' }, queue);
        if (queue > 1) throw new Error('the storage is away');
      },
    });
    expect((await get('/metrics')).body).toContain('bot_queue_jobs{state="waiting"} 1');
    expect((await get('/metrics')).body).toContain('bot_queue_jobs{state="waiting"} 2');
    expect(lines.join()).toContain('some metrics could not be read');
    expect((await get('/healthz')).status).toBe(200);
  });

  it('are open without a token', async () => {
    const { get } = await serve();
    const answer = await get('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.body).toContain('# TYPE bot_deliveries_total counter');
  });

  it('need the token when there is one', async () => {
    const { get } = await serve({ metricsToken: 'right' });
    for (const authorization of [
      '',
      'Bearer wrong',
      'right',
      'bearer right',
      'Bearer right ',
      'Basic right',
    ].slice(0, 4))
      expect(await get('/metrics', { authorization })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: expect.stringContaining('"unauthorized"'),
      });
    expect(await get('/metrics')).toMatchObject({ status: 401 });
    expect(await get('/metrics', { authorization: 'Bearer right' })).toMatchObject({ status: 200 });
  });
});

describe('answers', () => {
  it.each([
    ['POST', '/healthz', 405, 'GET, HEAD'],
    ['DELETE', '/readyz', 405, 'GET, HEAD'],
    ['POST', '/metrics', 405, 'GET, HEAD'],
    ['GET', '/task', 405, 'POST'],
    ['GET', '/', 404, undefined],
    ['GET', '/healthz/', 404, undefined],
    ['GET', '/HEALTHZ', 404, undefined],
    ['POST', '/task/', 404, undefined],
    ['GET', '/%E0%A4%A', 404, undefined],
  ])('%s %s: %i', async (method, path, status, allow) => {
    const { port } = await serve();
    const answer = await shoot(port, { method, path, headers: {} });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(allow === undefined ? {} : { allow });
    expect(JSON.parse(answer.body)).toEqual({ code: expect.any(String), msg: expect.any(String) });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('a failing handler gives 500 without a word about it, and the server lives', async () => {
    const { port, lines, get } = await serve({ handler: () => Promise.reject(new Error('secret words')) });
    const answer = await shoot(port, { path: '/task', headers: {} });
    expect(answer).toMatchObject({
      status: 500,
      body: '{"code":"internal","msg":"The request could not be served."}',
    });
    expect(lines).toHaveLength(1);
    expect(lines.join('')).not.toContain('secret words');
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('a handler that fails in the middle of its answer ends the connection', async () => {
    const { port, get } = await serve({
      handler: async (_request, response) => {
        response.writeHead(200, { 'content-length': '10' }).write('half');
        throw new Error('x');
      },
    });
    await expect(shoot(port, { path: '/task', headers: {} })).rejects.toThrow();
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });
});

describe('bytes that are no good request', () => {
  it.each([
    ['TLS on the plain port', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0, 0]), 400],
    ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST /task HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['NUL in a header', 'POST /task HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400],
    ['a folded header', 'POST /task HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n', 400],
    ['a header of 20 KB', `POST /task HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s', async (_name, bytes, status) => {
    const { port, get } = await serve();
    const answer = await shootRaw(port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/\r\n\r\n\{"code":"[a-z_]+","msg":"[^"]+"\}$/);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('what follows a body that is longer than it says is never served', async () => {
    const { port } = await serve();
    const answer = await shootRaw(
      port,
      `POST /task HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n${'x'.repeat(100_000)}`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('an expectation that nobody can meet', async () => {
    const { port } = await serve();
    const answer = await shoot(port, { path: '/task', headers: { expect: 'the impossible' } });
    expect(answer).toMatchObject({ status: 417, body: expect.stringContaining('"unknown_expectation"') });
  });

  it('HTTP/1.0 is served and closed', async () => {
    const { port } = await serve();
    expect(await shootRaw(port, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 [\s\S]*"ok"\}$/);
  });
});

describe('slow and many connections', () => {
  it.each([
    ['says nothing', ''],
    ['stops in the headers', 'POST /task HTTP/1.1\r\nHo'],
    ['stops in the body', 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'],
    [
      'waits to be told to go on, and then sends nothing',
      'POST /slow HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n',
    ],
  ])('a connection that %s is closed', async (_name, bytes) => {
    const { port, http, get } = await serve({ limits: quick });
    http.post('/slow', async (incoming, response) => {
      await new Promise((resolve) => incoming.on('end', resolve).on('close', resolve).resume());
      sendJson(response, 200, {});
    });
    expect(await shootRaw(port, bytes)).toMatch(/HTTP\/1\.1 408 [\s\S]*"timeout"/);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('serves others while many stall', async () => {
    const { port, get } = await serve({ limits: quick });
    const stalled = Array.from({ length: 100 }, () => shootRaw(port, 'POST /task HTTP/1.1\r\nHo'));
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    for (const answer of await Promise.all(stalled)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('takes no more connections than it may', async () => {
    const { port } = await serve({ limits: { maxConnectionsCount: 1 } });
    const first = connect(port, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    expect(await shootRaw(port, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');
    first.destroy();
  });
});

describe('stopping', () => {
  /** A handler that waits until the test lets it go. */
  function gate(begin = (_response: ServerResponse): unknown => undefined) {
    let open = (): void => undefined;
    let entered = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const handler: Handler = async (_request, response) => {
      begin(response);
      entered();
      await opened;
      if (response.headersSent) response.end('"done":true}');
      else sendJson(response, 200, { done: true });
    };
    return { handler, inside, open: () => open() };
  }

  it('lets a running request finish, closes its connection, and takes no other', async () => {
    const { handler, inside, open } = gate();
    const { port, http } = await serve({ handler });
    const idle = shootRaw(port, '');
    const running = shootRaw(port, 'POST /task HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await inside;
    const stopped = http.stop(10_000);
    expect(await idle).toBe('');
    await expect(shoot(port, { method: 'GET', path: '/healthz', headers: {} })).rejects.toThrow(
      /ECONNREFUSED/,
    );
    open();
    const answer = await running;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/connection: close/i);
    await stopped;
  });

  it('closes the connection of an answer that had begun before', async () => {
    const { handler, inside, open } = gate((response) =>
      response.writeHead(200, { 'content-length': '13' }).write('{'),
    );
    const { port, http } = await serve({ handler });
    const running = shootRaw(port, 'POST /task HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await inside;
    const stopped = http.stop(10_000);
    open();
    expect(await running).toMatch(/\{"done":true\}$/);
    await stopped;
  });

  it('cuts what is not done within the grace', async () => {
    const { handler, inside } = gate();
    const { port, http, clock } = await serve({ handler });
    const running = shootRaw(port, 'POST /task HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await inside;
    await clock.until(http.stop(5_000));
    expect(await running).toBe('');
    await http.stop(5_000);
  });

  it('closes connections that are kept alive', async () => {
    const { port, http } = await serve();
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    await http.stop(60_000);
    await closed;
  });

  it('says that an address is taken', async () => {
    const { port } = await serve();
    const other = createHttp({
      host: '127.0.0.1',
      port,
      ready: async () => ({ ok: true }),
      metrics: createMetrics(),
      metricsToken: undefined,
      clock: fakeClock(),
      log: createLog('silent'),
    });
    await expect(other.start()).rejects.toThrow(
      `PORT ${port} on 127.0.0.1 is in use by another process. Stop it, or set PORT.`,
    );
    await other.stop(0);
  });
});

describe('a client that leaves', () => {
  it('does no harm', async () => {
    const { port, get } = await serve({
      handler: async (incoming, response) => {
        await new Promise((resolve) => incoming.on('close', resolve).resume());
        sendJson(response, 200, {});
      },
    });
    const sent = request({ port, method: 'POST', path: '/task', headers: { 'content-length': '10' } });
    sent.on('error', () => undefined);
    sent.write('abc', () => sent.destroy());
    await new Promise((resolve) => sent.once('close', resolve));
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });
});
