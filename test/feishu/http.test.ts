import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBytes, readJson } from '../../src/feishu/answer.ts';
import type { Call } from '../../src/feishu/client.ts';
import { createHttp, forSdk } from '../../src/feishu/http.ts';
import { prepare } from '../../src/feishu/request.ts';
import { createSend, type Send } from '../../src/feishu/send.ts';
import { type FakeClock, fakeClock } from '../support/fakeClock.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let clock: FakeClock;
let server: http.Server;
let origin: string;
let send: Send;
let handle: Handler;
/** Resolves when the server has seen the next request. */
let seen: Promise<void>;
let connectionsCount: number;

beforeEach(async () => {
  clock = fakeClock();
  connectionsCount = 0;
  let noteSeen = (): void => {};
  seen = new Promise((resolve) => {
    noteSeen = resolve;
  });
  server = http.createServer((request, response) => {
    noteSeen();
    handle(request, response);
  });
  server.on('connection', () => {
    connectionsCount += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://127.0.0.1:${address.port}`;
  const app = { id: 'cli_1', secret: 's' };
  send = createSend({ app, helpdesk: { id: 'hd-1', token: 'token-1' }, baseUrl: origin, clock });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  // Every watch has ended: nothing of a call stays behind.
  expect(clock.sleepers()).toBe(0);
});

const ticket: Call = { endpoint: 'ticket', path: { ticketId: '1' } };
const image: Call = { endpoint: 'image', path: { imageKey: 'img_1' } };
const scrub = (text: string): string => text;

async function json(): Promise<unknown> {
  return readJson(await send(prepare(ticket), 't-1'), { endpoint: 'ticket', scrub });
}

async function bytes(maxBytes = 1_000): Promise<Uint8Array> {
  return readBytes(await send(prepare(image), 't-1'), { endpoint: 'image', scrub }, maxBytes);
}

/** The message of what is thrown. */
const problem = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : 'not an error'),
  );

describe('a server that', () => {
  it('takes the call and says nothing is left after 5 s', async () => {
    handle = () => {};
    const result = problem(json());
    await seen;
    await clock.advance(4_999);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(1);
    expect(await result).toBe('time limit passed: idle');
  });

  it('stops in the middle of its answer is left after 5 s', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' });
      response.write('half');
    };
    const answer = await send(prepare(image), 't-1');
    const result = problem(readBytes(answer, { endpoint: 'image', scrub }, 1_000));
    await clock.advance(5_000);
    expect(await result).toBe('time limit passed: idle');
  });

  it.each([
    [ticket, 15],
    [image, 30],
  ])('drips is left after all: %j', async (call, totalSec) => {
    let drip = (): void => {};
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      drip = () => response.write(' ');
      drip();
    };
    const answer = await send(prepare(call), 't-1');
    const reader = { endpoint: call.endpoint, scrub };
    const result = problem(call === ticket ? readJson(answer, reader) : readBytes(answer, reader, 1_000));
    const startMs = clock.monoMs();
    for (let second = 0; second < totalSec - 1; second += 1) {
      drip();
      await new Promise((resolve) => setTimeout(resolve, 2));
      await clock.advance(1_000);
    }
    expect(clock.sleepers()).toBe(1);
    await clock.advance(1_000);
    expect(await result).toBe('time limit passed: total');
    expect(clock.monoMs() - startMs).toBe(totalSec * 1_000);
  });

  it('breaks the connection before or in its answer is told as such', async () => {
    handle = (_request, response) => response.destroy();
    expect(await problem(json())).toBe('ECONNRESET');
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    expect(await problem(bytes())).toBe('ECONNRESET');
  });

  it('is not there is told as such', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await problem(json())).toBe('ECONNREFUSED');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('never ends its answer is cut off where the limit is', async () => {
    const closed = new Promise<void>((resolve) => {
      handle = (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        const more = (): void => {
          while (response.write(Buffer.alloc(16_384))) {}
          response.once('drain', more);
        };
        more();
        response.on('close', resolve);
      };
    });
    expect(await problem(bytes(100_000))).toContain('bad_picture');
    await closed;
  });

  it('never ends its error is cut off too', async () => {
    const closed = new Promise<void>((resolve) => {
      handle = (_request, response) => {
        response.writeHead(500, { 'content-type': 'application/json' });
        const more = (): void => {
          while (response.write(Buffer.alloc(16_384, ' '))) {}
          response.once('drain', more);
        };
        more();
        response.on('close', resolve);
      };
    });
    expect(await problem(bytes())).toBe('image: passing');
    await closed;
  });

  it('packs a bomb is cut off by what it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }).end(bomb);
    };
    expect(await problem(bytes(100_000))).toContain('bad_picture');
  });

  it('packs wrongly is told as such', async () => {
    handle = (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' })
        .end('not gzip at all');
    };
    expect(await problem(bytes())).toMatch(/^Z_\w+$/);
  });

  it('redirects is not followed', async () => {
    let paths = '';
    handle = (request, response) => {
      paths += request.url;
      response.writeHead(302, { location: '/elsewhere' }).end();
    };
    expect(await problem(json())).toContain('unknown');
    expect(paths).toBe('/open-apis/helpdesk/v1/tickets/1');
  });
});

describe('a file that must be let in', () => {
  const file = Buffer.alloc(300_000, 7);
  const download = async (admit: (sizeBytes: number) => Promise<void>) =>
    readBytes(await send(prepare(image), 't-1'), { endpoint: 'image', scrub }, 1_000_000, admit);

  it('waits for that as long as it takes, and no time limit runs meanwhile', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': String(file.byteLength) });
      response.end(file);
    };
    let open = (): void => {};
    const asked: number[] = [];
    const result = download((sizeBytes) => {
      asked.push(sizeBytes);
      return new Promise((resolve) => {
        open = resolve;
      });
    });
    while (asked.length === 0) await clock.settle();
    await clock.advance(600_000);
    open();
    expect(Buffer.from(await result).equals(file)).toBe(true);
    expect(asked).toEqual([file.byteLength]);
  });

  it('has all of its time after that', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' });
      response.write('half');
    };
    const result = problem(download(() => clock.sleep(60_000)));
    while (clock.sleepers() < 2) await clock.settle();
    await clock.advance(60_000 + 4_999);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(1);
    expect(await result).toBe('time limit passed: idle');
  });

  it('is asked for as the most that it may be when its size is not said', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.end('short');
    };
    const asked: number[] = [];
    await download(async (sizeBytes) => void asked.push(sizeBytes));
    expect(asked).toEqual([1_000_000]);
  });

  it('is not asked for when it is too large, or no file', async () => {
    const admit = (): Promise<void> => Promise.reject(new Error('asked'));
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000001' });
      response.write('x');
    };
    expect(await problem(download(admit))).toContain('bad_picture');
    handle = (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"code":234005,"msg":"deleted"}');
    };
    expect(await problem(download(admit))).toContain('deleted');
  });

  it.each([1_000_001, 100])(
    'gives its connection back when it is not let in: %i bytes',
    async (sizeBytes) => {
      const closed = new Promise<void>((resolve) => {
        handle = (_request, response) => {
          response.writeHead(200, { 'content-type': 'image/png', 'content-length': String(sizeBytes) });
          response.write('x');
          response.on('close', resolve);
        };
      });
      await problem(download(() => Promise.reject(new Error('no room'))));
      await closed;
    },
  );

  it('is told as broken when the server gives up meanwhile', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': String(file.byteLength) });
      response.write(file.subarray(0, 1_000), () => response.destroy());
    };
    const result = problem(download(() => clock.sleep(60_000)));
    while (clock.sleepers() < 2) await clock.settle();
    await clock.advance(60_000);
    expect(await result).toMatch(/ECONNRESET|connection broken|PREMATURE_CLOSE/);
  });
});

describe('connections', () => {
  it('are kept for the next call, after answers of every sort', async () => {
    const answers: readonly ((response: ServerResponse) => void)[] = [
      (response) => response.end('{"code":0,"data":{}}'),
      (response) => response.writeHead(404).end('{"code":154004}'),
      (response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"code":0,"data":{}}')),
      (response) => response.end('{"code":0,"data":{}}'),
    ];
    for (const answer of answers) {
      handle = (_request, response) => answer(response);
      await problem(json());
      await clock.settle();
    }
    expect(connectionsCount).toBe(1);
  });
});

describe('the instance for the SDK', () => {
  it('answers with the body, or with its headers when asked', async () => {
    handle = (request, response) => {
      response.setHeader('x-tt-logid', 'L1');
      response.end(JSON.stringify({ method: request.method }));
    };
    const instance = forSdk(createHttp());
    expect(await instance.request({ url: origin, method: 'get' })).toEqual({ method: 'GET' });
    expect(await instance.get(origin)).toEqual({ method: 'GET' });
    expect(await instance.patch(origin, { a: 1 })).toEqual({ method: 'PATCH' });
    const whole = await instance.request({ url: origin, method: 'delete', $return_headers: true });
    expect(whole).toMatchObject({ status: 200, data: { method: 'DELETE' }, headers: { 'x-tt-logid': 'L1' } });
    expect(whole).not.toHaveProperty('config');
  });

  it('follows no redirect', async () => {
    handle = (request, response) => {
      if (request.url === '/elsewhere') response.end('{"there":true}');
      else response.writeHead(302, { location: '/elsewhere' }).end('{"there":false}');
    };
    expect(await forSdk(createHttp()).get(origin)).toEqual({ there: false });
  });
});
