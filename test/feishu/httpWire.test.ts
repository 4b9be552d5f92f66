/** The HTTP client against real servers: what goes over the wire, and what becomes of what comes back. */

import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttp, forSdk, type Http, type HttpCall } from '../../src/feishu/http.ts';
import { type Handler, type LocalServer, localServer } from '../support/localServer.ts';

let server: LocalServer;
let origin: string;
let handle: Handler;
let http: Http;
/** What reached the server. */
let seen: IncomingMessage[];

beforeEach(async () => {
  seen = [];
  handle = (request, response) => {
    request.resume();
    request.on('end', () => response.end('{}'));
  };
  server = await localServer((request, response) => {
    seen.push(request);
    handle(request, response);
  });
  origin = `http://${server.host}`;
  http = createHttp();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const get = (rest: Partial<HttpCall> = {}) => http({ method: 'GET', url: `${origin}/x`, ...rest });
const post = (rest: Partial<HttpCall>) => get({ method: 'POST', ...rest });

const answering =
  (head: Readonly<Record<string, string>>, body: string | Buffer): Handler =>
  (_request, response) => {
    response.writeHead(200, head).end(body);
  };

/** The code of what is thrown. */
const problem = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a query', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('a+b/c==', '2026-01-05 09:00', '值班', '&k=v#x', '%41', "!'()*~:$,[]"),
  );

  it('is read by others as it was meant, with a list as a repeated key', async () => {
    const query = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(value, fc.array(value, { maxLength: 4 }), fc.constantFrom(undefined, null)),
      { maxKeys: 5 },
    );
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        seen.length = 0;
        await text((await get({ query: asked })).data);
        const expected = new URLSearchParams();
        for (const [name, one] of Object.entries(asked))
          for (const item of [one ?? []].flat()) expected.append(name, String(item));
        const { pathname, searchParams } = new URL(seen[0]?.url ?? '', origin);
        expect(pathname).toBe('/x');
        expect([...searchParams]).toEqual([...new URLSearchParams(expected.toString())]);
      }),
      { numRuns: 100 },
    );
  });

  it('is written as forms are', async () => {
    await get({ query: { status: [1, 2], page: 1, q: 'a b+c', none: undefined, empty: '', no: null } });
    expect(seen[0]?.url).toBe('/x?status=1&status=2&page=1&q=a+b%2Bc&empty=');
  });
});

describe('a body', () => {
  it('of JSON goes out with its type and its length in bytes, by every method', async () => {
    const said: string[] = [];
    handle = (request, response) => {
      void text(request).then((whole) => {
        said.push(whole);
        response.end('{}');
      });
    };
    const data = { text: '回复 💡', n: 1 };
    const json = JSON.stringify(data);
    const sdk = forSdk(http);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      await sdk.request({ method, url: `${origin}/x`, data });
    expect(said).toEqual([json, json, json, json]);
    for (const { headers } of seen) {
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['content-length']).toBe(String(Buffer.byteLength(json)));
      expect(headers['transfer-encoding']).toBeUndefined();
    }
  });

  it('that is larger than all buffers arrives whole, and waits until the network takes it', async () => {
    const bytes = randomBytes(24_000_000);
    let pulledCount = 0;
    let tookCount = 0;
    function* pieces(): Generator<Uint8Array> {
      for (let at = 0; at < bytes.byteLength; at += 65_536) {
        pulledCount += 1;
        yield bytes.subarray(at, at + 65_536);
      }
    }
    let read = (): void => {};
    handle = (request, response) => {
      read = () => {
        void buffer(request).then((whole) => response.end(createHash('sha256').update(whole).digest('hex')));
      };
    };
    const watch = {
      signal: new AbortController().signal,
      progress: () => {
        tookCount += 1;
      },
    };
    const answer = post({
      headers: { 'Content-Length': String(bytes.byteLength) },
      body: pieces(),
      watch,
    });
    while (seen.length === 0) await pause(1);
    await pause(50);
    // What the two sides' buffers hold, and not the rest.
    const heldCount = pulledCount;
    expect(heldCount).toBeLessThan(300);
    read();
    expect(await text((await answer).data)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(pulledCount).toBe(Math.ceil(bytes.byteLength / 65_536));
    expect(tookCount).toBeGreaterThan(pulledCount - heldCount);
  });

  it('that is small goes out in one go', async () => {
    const chunks: Buffer[] = [];
    handle = (request, response) => {
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end());
    };
    const body = ['head', 'x'.repeat(30_000), 'tail'].map((part) => Buffer.from(part));
    await post({ headers: { 'Content-Length': '30008' }, body });
    expect(Buffer.concat(chunks).equals(Buffer.concat(body))).toBe(true);
  });

  it('that is answered before its end is not sent on', async () => {
    handle = (_request, response) => response.writeHead(413).end('too large');
    const body = Array.from({ length: 500 }, () => new Uint8Array(65_536));
    const answer = await post({ headers: { 'Content-Length': String(500 * 65_536) }, body });
    expect([answer.status, await text(answer.data)]).toEqual([413, 'too large']);
    seen[0]?.resume();
    expect(await server.openCount()).toBe(0);
  });
});

describe('headers', () => {
  it('ask for packed answers, and say who asks', async () => {
    await get();
    await forSdk(http).get(origin, { headers: { 'User-Agent': 'oapi-node-sdk/1.0 source/x' } });
    expect(seen[0]?.headers).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'gzip, br',
      'user-agent': 'feishu-ticket-bot',
      connection: 'keep-alive',
    });
    expect(seen[1]?.headers['user-agent']).toBe('oapi-node-sdk/1.0 source/x');
  });

  it.each(['t\r\nX-Other: 1', 't\n', 't\0', 't…'])(
    'that could become others are refused: %j',
    async (token) => {
      const headers = { Authorization: `Bearer ${token}` };
      const error: unknown = await get({ headers }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_INVALID_CHAR' });
      expect(String(error)).not.toContain('Bearer');
      expect(await problem(forSdk(http).get(origin, { headers }))).toBe('ERR_INVALID_CHAR');
      expect(await problem(post({ headers, body: [new Uint8Array(1)] }))).toBe('ERR_INVALID_CHAR');
      expect(seen).toEqual([]);
    },
  );

  it('are refused with their whole call when the address is none', async () => {
    expect(await problem(get({ url: 'open.feishu.cn' }))).toBe('ERR_INVALID_URL');
    expect(await problem(get({ url: 'ftp://127.0.0.1/' }))).toBe('ERR_INVALID_PROTOCOL');
  });
});

describe('an answer', () => {
  const words = `{"code":0,"said":"${'回复 '.repeat(5_000)}"}`;

  it.each([
    ['gzip', gzipSync(words)],
    ['GZIP', gzipSync(words)],
    ['br', brotliCompressSync(words)],
    ['identity', Buffer.from(words)],
  ])('packed by %s is unpacked, and its length is not that of the packet', async (encoding, packed) => {
    handle = answering({ 'content-encoding': encoding, 'content-length': String(packed.byteLength) }, packed);
    const { headers, data } = await get();
    expect(await text(data)).toBe(words);
    expect(headers['content-length']).toBe(
      encoding === 'identity' ? String(Buffer.byteLength(words)) : undefined,
    );
    // And the connection is kept.
    await text((await get()).data);
    expect(server.madeCount()).toBe(1);
  });

  it.each([
    ['gzip', Buffer.from('not packed at all')],
    ['gzip', gzipSync(words).subarray(0, -20)],
    ['br', brotliCompressSync(words).subarray(0, -5)],
  ])('packed by %s and broken is an error: %#', async (encoding, packed) => {
    handle = answering({ 'content-encoding': encoding }, packed);
    expect(await problem(get().then(({ data }) => text(data)))).toMatch(/^(Z_|ERR_)/);
    expect(await problem(forSdk(http).get(origin))).toMatch(/^(Z_|ERR_)/);
  });

  it('packed and broken harms nobody when nobody reads it', async () => {
    handle = answering({ 'content-encoding': 'gzip' }, 'not packed at all');
    const { data } = await get();
    while (!data.destroyed) await pause(1);
    expect(await problem(text(data))).toMatch(/^Z_/);
  });

  it.each([undefined, 'gzip'])(
    'that nobody wants any more gives its connection back: %s',
    async (encoding) => {
      const more = (response: ServerResponse): void => {
        while (response.write(gzipSync(randomBytes(65_536)))) {}
        response.once('drain', () => more(response));
      };
      handle = (_request, response) => {
        if (encoding !== undefined) response.setHeader('content-encoding', encoding);
        more(response);
      };
      const { data } = await get();
      for await (const _chunk of data) break;
      expect(await server.openCount()).toBe(0);
    },
  );

  it.each([301, 302, 303, 307, 308, 304, 404, 429, 500, 503])(
    'with the status %i is one like any other',
    async (status) => {
      handle = (_request, response) =>
        response.writeHead(status, { location: `${origin}/elsewhere` }).end(status === 304 ? '' : 'said');
      const answer = await get();
      expect([answer.status, await text(answer.data)]).toEqual([status, status === 304 ? '' : 'said']);
      expect(seen.map(({ url }) => url)).toEqual(['/x']);
    },
  );

  it('that breaks off is an error with its code', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    expect(await problem(get().then(({ data }) => text(data)))).toBe('ECONNRESET');
  });
});

describe('a kept connection', () => {
  it('that the server has left is an error, and the next call has a new one', async () => {
    await text((await get()).data);
    handle = (request) => request.socket.destroy();
    expect(await problem(get())).toBe('ECONNRESET');
    handle = answering({}, 'well');
    expect(await text((await get()).data)).toBe('well');
    expect(server.madeCount()).toBe(2);
  });

  it('that the server closes while it is idle is not used again', async () => {
    await text((await get()).data);
    seen[0]?.socket.end();
    expect(await server.openCount()).toBe(0);
    expect((await get()).status).toBe(200);
    expect(server.madeCount()).toBe(2);
  });
});

describe('a call that is broken off', () => {
  const brokenOff = (controller: AbortController, rest: Partial<HttpCall> = {}): Promise<unknown> =>
    problem(get({ watch: { signal: controller.signal }, ...rest }).then(({ data }) => text(data)));

  it('before it begins opens no connection', async () => {
    const controller = new AbortController();
    controller.abort(Object.assign(new Error('over'), { code: 'OVER' }));
    expect(await brokenOff(controller)).toBe('OVER');
    expect(server.madeCount()).toBe(0);
  });

  it('at once ends', async () => {
    const controller = new AbortController();
    const result = brokenOff(controller);
    controller.abort();
    expect(await result).toBe('ETIMEDOUT');
    expect(seen).toEqual([]);
  });

  it('while it waits, on a new connection or a kept one, closes it', async () => {
    for (const kept of [false, true]) {
      if (kept) {
        handle = answering({}, '');
        await text((await get()).data);
      }
      let came = (): void => {};
      const coming = new Promise<void>((resolve) => {
        came = resolve;
      });
      handle = () => came();
      const controller = new AbortController();
      const result = brokenOff(controller);
      await coming;
      controller.abort();
      expect(await result).toBe('ETIMEDOUT');
      expect(await server.openCount()).toBe(0);
    }
  });

  it('while its body goes out closes its connection', async () => {
    handle = () => {};
    const controller = new AbortController();
    const body = Array.from({ length: 500 }, () => new Uint8Array(65_536));
    const headers = { 'Content-Length': String(500 * 65_536) };
    const result = brokenOff(controller, { method: 'POST', headers, body });
    while (seen.length === 0) await pause(1);
    await pause(20);
    controller.abort();
    expect(await result).toBe('ETIMEDOUT');
    seen[0]?.resume();
    expect(await server.openCount()).toBe(0);
  });

  it.each([undefined, 'gzip'])(
    'while its answer comes is an error for whoever reads: %s',
    async (encoding) => {
      handle = (_request, response) => {
        if (encoding !== undefined) response.setHeader('content-encoding', encoding);
        response.write(gzipSync(randomBytes(1_000)).subarray(0, 500));
      };
      const controller = new AbortController();
      const { data } = await get({ watch: { signal: controller.signal } });
      const result = problem(text(data));
      await pause(10);
      controller.abort();
      expect(await result).toBe('ETIMEDOUT');
      expect(await server.openCount()).toBe(0);
    },
  );

  it('when all is over keeps its connection', async () => {
    const controller = new AbortController();
    await text((await get({ watch: { signal: controller.signal } })).data);
    controller.abort();
    await pause(10);
    await text((await get()).data);
    expect(server.madeCount()).toBe(1);
  });

  it('by a time limit of the SDK says so, and the limit harms no call that was in time', async () => {
    const sdk = forSdk(http);
    expect(await sdk.get(origin, { timeout: 500 })).toEqual({});
    await pause(550);
    expect(await sdk.get(origin)).toEqual({});
    expect(server.madeCount()).toBe(1);
    handle = () => {};
    expect(await problem(sdk.get(origin, { timeout: 30 }))).toBe('ETIMEDOUT');
    handle = (_request, response) => void response.write('{');
    expect(await problem(sdk.get(origin, { timeout: 30 }))).toBe('ETIMEDOUT');
  });
});

describe('the environment', () => {
  it('names no proxy that is used', async () => {
    const proxy = await localServer((_request, response) => response.end('{"proxied":true}'));
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])
      vi.stubEnv(name, `http://${proxy.host}`);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    http = createHttp();
    expect(await forSdk(http).get(origin)).toEqual({});
    await get();
    expect(await problem(get({ url: `https://${server.host}` }))).not.toBe('nothing');
    expect(proxy.madeCount()).toBe(0);
    await proxy.close();
  });
});

it('fails when the other side begins to speak another protocol, and does not wait for ever', async () => {
  handle = (request) => {
    request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  };
  expect(await problem(get())).toBe('ECONNRESET');
});

it('takes an empty answer that says it is packed for an empty answer', async () => {
  handle = answering({ 'content-encoding': 'gzip', 'content-length': '0' }, '');
  const { status, data } = await get();
  expect([status, await text(data)]).toEqual([200, '']);
});
