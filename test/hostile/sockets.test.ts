/** Sockets and floods (W67–W72, W93), against the real process with its real limits. */

import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { httpLimits } from '../../src/http.ts';
import { unsigned } from '../support/seal.ts';
import { shootRaw } from '../support/webhookServer.ts';
import { openStage, type Stage } from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const head = 'POST /webhook/event HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n';

interface Held {
  readonly socket: Socket;
  /** What came back until the other side closed. */
  readonly answered: Promise<{ readonly text: string; readonly afterMs: number }>;
}

/** Opens a connection, writes this, and says nothing more unless `drip` does. */
function hold(port: number, text: string, drip?: (socket: Socket) => void): Held {
  const startMs = performance.now();
  const socket = connect(port, '127.0.0.1');
  const answered = new Promise<{ text: string; afterMs: number }>((resolve) => {
    let heard = '';
    const timer = drip === undefined ? undefined : setInterval(() => drip(socket), 300);
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text: heard, afterMs: performance.now() - startMs });
    });
  });
  socket.write(text);
  return { socket, answered };
}

let stage: Stage;
/** Opened at the beginning, looked at in the end: meanwhile everything else is served. */
let stalled: Held[];
let openFilesCount: number;
const openFiles = (): number => readdirSync(`/proc/${stage.bot.pid}/fd`).length;
beforeAll(async () => {
  stage = await openStage();
  openFilesCount = openFiles();
  const { port } = stage;
  stalled = [
    ...Array.from({ length: 100 }, () => hold(port, '')),
    ...Array.from({ length: 50 }, () => hold(port, 'POST /webhook/event HTTP/1.1\r\nHost: b')),
    ...Array.from({ length: 50 }, () => hold(port, `${head}Content-Length: 1000\r\n\r\n{"encrypt":"`)),
    // W70: asks whether it may go on, and never does.
    hold(port, `${head}Expect: 100-continue\r\nContent-Length: 10\r\n\r\n`),
    // A byte now and then.
    hold(port, `${head}Content-Length: 1000\r\n\r\n`, (socket) => socket.write('x')),
    hold(port, 'POST /webhook/event HTTP/1.1\r\n', (socket) => socket.write('x')),
    // Half-closed in the middle of a body.
    ...Array.from({ length: 20 }, () => {
      const held = hold(port, `${head}Content-Length: 1000\r\n\r\n{"en`);
      held.socket.end();
      return held;
    }),
  ];
});
afterAll(() => stage.close());

describe('W69 lengths that contradict each other', () => {
  it.each([
    ['two lengths', `${head}Content-Length: 10\r\nContent-Length: 20\r\n\r\n0123456789`],
    ['a length and pieces', `${head}Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a length that is none', `${head}Content-Length: 1e3\r\n\r\n`],
    ['pieces that are none', `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`],
    ['pieces twice', `${head}Transfer-Encoding: chunked, identity\r\n\r\n`],
  ])('%s', async (_, text) => {
    expect(await shootRaw(stage.port, text)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('what follows a short body is a request of its own, and is none', async () => {
    const answer = await shootRaw(stage.port, `${head}Content-Length: 2\r\n\r\n{}${'x'.repeat(100_000)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[01] /);
    expect(answer).not.toMatch(/HTTP\/1\.1 [235]/);
  });
});

describe('W71 and W72 headers', () => {
  it.each([
    ['of 20 KB', `${head}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      '300 of them',
      `${head}${'X-A: 1\r\n'.repeat(300)}Connection: close\r\nContent-Length: 2\r\n\r\n{}`,
      431,
    ],
    ['with NUL', `${head}X-A: a\0b\r\n\r\n`, 400],
    ['folded', `${head}X-A: a\r\n b\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`, 400],
    ['without a colon', `${head}nonsense\r\n\r\n`, 400],
    ['with a bare line feed', `POST / HTTP/1.1\nHost: b\rX: y\n\n`, 400],
    [
      'a nonce in other letters',
      `${head}X-Lark-Request-Nonce: \xff\xfe\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
      401,
    ],
    [
      'a timestamp in wide digits',
      `${head}X-Lark-Request-Timestamp: \xef\xbc\x91\xef\xbc\x97\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
      401,
    ],
  ])('%s', async (_, text, status) => {
    expect(await shootRaw(stage.port, Buffer.from(text, 'latin1'))).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} `),
    );
  });
});

describe('W93 other languages than HTTP/1.1', () => {
  it.each([
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', Buffer.from('16030100a5010000a103', 'hex')],
    ['noise', Buffer.from(Array.from({ length: 2_000 }, (_, n) => (n * 7_919) % 256))],
    ['HTTP/9.9', 'GET / HTTP/9.9\r\n\r\n'],
    ['an unknown verb', 'STEAL / HTTP/1.1\r\nHost: b\r\n\r\n'],
    ['nothing but line breaks and then noise', `${'\r\n'.repeat(1_000)}\x01\x02`],
  ])('%s', async (_, text) => {
    expect(await shootRaw(stage.port, text)).toMatch(/^(?:HTTP\/1\.1 400 |$)/);
  });

  it('HTTP/1.0 is answered, and the connection ends', async () => {
    expect(await shootRaw(stage.port, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('absolute addresses lead nowhere', async () => {
    const answer = await shootRaw(
      stage.port,
      'GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(answer).not.toMatch(/evil/);
  });

  it('junk behind a good request costs only itself', async () => {
    const answer = await shootRaw(stage.port, `GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n${'\0'.repeat(500)}`);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });
});

describe('W67 and W68 a flood of requests that are not authentic', () => {
  it('is refused alike, harms no good request, and makes one line in 10 s', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 40 });
    const { body, headers } = unsigned('{"encrypt":1}');
    const refused = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request(
          {
            port: stage.port,
            agent,
            method: 'POST',
            path: '/webhook/event',
            headers: { ...headers, 'content-length': body.length },
          },
          (response) => {
            response.resume();
            response.on('end', () => resolve(response.statusCode ?? 0));
          },
        );
        sent.on('error', reject);
        sent.end(body);
      });
    const startMs = performance.now();
    const lines = (): number =>
      stage.bot.output().split('requests that are not authentic were refused').length - 1;
    const linesBefore = lines();
    const flood = Promise.all(Array.from({ length: 4_000 }, refused));
    const stored = await stage.storedCount();
    for (let n = 0; n < 20; n += 1)
      expect(await stage.shoot(stage.kit().sealed)).toMatchObject({ status: 200, body: '{}' });
    expect(new Set(await flood)).toEqual(new Set([401]));
    expect(await stage.storedCount()).toBe(stored + 20);
    expect(lines() - linesBefore).toBeLessThanOrEqual(1 + (performance.now() - startMs) / 10_000);
    agent.destroy();
  });
});

describe('sockets that stall, drip or are half closed', () => {
  it('are let go when their time is over, and leave nothing open', async () => {
    const answers = await Promise.all(stalled.map(({ answered }) => answered));
    const limitMs = httpLimits.requestTimeoutMs + httpLimits.checkIntervalMs + 4_000;
    for (const { text, afterMs } of answers) {
      expect(text).toMatch(/^(?:HTTP\/1\.1 (?:100 Continue\r\n\r\n|408 |400 )|$)/);
      expect(afterMs).toBeLessThan(limitMs);
    }
    await stage.settle();
    // A few connections to Feishu and of the tests are kept.
    expect(openFiles()).toBeLessThan(openFilesCount + 30);
    await stage.expectUnharmed();
  });
});
