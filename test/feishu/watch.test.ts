/** The time limits of a call, against servers that are slow at every stage of it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBytes, readJson } from '../../src/feishu/answer.ts';
import type { Call } from '../../src/feishu/client.ts';
import { prepare } from '../../src/feishu/request.ts';
import { createSend } from '../../src/feishu/send.ts';
import { watch } from '../../src/feishu/watch.ts';
import { type FakeClock, fakeClock } from '../support/fakeClock.ts';
import { type LocalServer, localServer, silentServer } from '../support/localServer.ts';

let clock: FakeClock;
const servers: LocalServer[] = [];

beforeEach(() => {
  clock = fakeClock();
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  // Nothing of a call stays behind.
  expect(clock.sleepers()).toBe(0);
});

const scrub = (text: string): string => text;
const ticket: Call = { endpoint: 'ticket', path: { ticketId: '1' } };
const image: Call = { endpoint: 'image', path: { imageKey: 'img_1' } };
const upload = (bytesCount: number): Call => ({
  endpoint: 'imageUpload',
  form: {
    fields: { image_type: 'message' },
    file: { part: 'image', name: 'image.png', mime: 'image/png', bytes: new Uint8Array(bytesCount) },
  },
});

async function at<T extends LocalServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  servers.push(server);
  return server;
}

const sender = (baseUrl: string) =>
  createSend({
    app: { id: 'cli_1', secret: 's' },
    helpdesk: { id: 'hd-1', token: 'token-1' },
    baseUrl,
    clock,
  });

/** The message of what is thrown. */
const problem = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : 'not an error'),
  );

/** Until it is so: sockets need real time. */
async function eventually(check: () => boolean): Promise<void> {
  for (let count = 0; count < 500 && !check(); count += 1)
    await new Promise((resolve) => setTimeout(resolve, 2));
  expect(check()).toBe(true);
}

describe('watch', () => {
  it('gives a connection two seconds', async () => {
    const limits = watch(clock, 15_000);
    await clock.advance(1_999);
    expect(limits.signal.aborted).toBe(false);
    await clock.advance(1);
    expect([limits.signal.aborted, limits.expired()]).toEqual([true, 'connect']);
  });

  it('is over when it is told so', async () => {
    const limits = watch(clock, 15_000);
    limits.end();
    await clock.advance(60_000);
    expect([limits.signal.aborted, limits.expired()]).toEqual([false, undefined]);
  });

  it('has one timer however often something moves', async () => {
    const limits = watch(clock, 15_000);
    for (let count = 0; count < 100; count += 1) limits.progress();
    await clock.advance(4_000);
    limits.progress();
    expect(clock.sleepers()).toBe(1);
    await clock.advance(4_999);
    expect(limits.expired()).toBeUndefined();
    await clock.advance(1);
    expect(limits.expired()).toBe('idle');
  });
});

describe('a server that', () => {
  it.each([
    ['call', ticket],
    ['picture', upload(1_000)],
    ['large picture', upload(1_000_000)],
  ])('takes the connection of a %s and does not make it safe is left after 2 s', async (_name, call) => {
    const server = await at(silentServer());
    const result = problem(sender(`https://${server.host}`)(prepare(call), 't-1'));
    await eventually(() => server.madeCount() === 1);
    await clock.advance(1_999);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(1);
    expect(await result).toBe('time limit passed: connect');
    expect(await server.openCount()).toBe(0);
  });

  it('takes a call and says nothing loses its connection', async () => {
    const server = await at(silentServer());
    const result = problem(sender(`http://${server.host}`)(prepare(ticket), 't-1'));
    await eventually(() => server.madeCount() === 1);
    await clock.advance(5_000);
    expect(await result).toBe('time limit passed: idle');
    expect(await server.openCount()).toBe(0);
  });

  it('takes a call on a connection that was kept, and says nothing, has its 5 s too', async () => {
    let count = 0;
    const server = await at(
      localServer((_request, response) => {
        count += 1;
        if (count === 1) response.end('{"code":0}');
      }),
    );
    const send = sender(`http://${server.host}`);
    await readJson(await send(prepare(ticket), 't-1'), { endpoint: 'ticket', scrub });
    const result = problem(send(prepare(ticket), 't-1'));
    await eventually(() => count === 2);
    await clock.advance(5_000);
    expect(await result).toBe('time limit passed: idle');
    expect(server.madeCount()).toBe(1);
  });

  it.each([
    ['as it is', (_response: ServerResponse) => {}],
    ['packed', (response: ServerResponse) => void response.setHeader('content-encoding', 'gzip')],
  ])('stops in the middle of its answer, %s, loses its connection', async (_name, prepared) => {
    const server = await at(
      localServer((_request, response) => {
        prepared(response);
        response.setHeader('content-length', '100');
        response.write(gzipSync('much text').subarray(0, 12));
      }),
    );
    const answer = await sender(`http://${server.host}`)(prepare(ticket), 't-1');
    const result = problem(readJson(answer, { endpoint: 'ticket', scrub }));
    await clock.advance(5_000);
    expect(await result).toBe('time limit passed: idle');
    expect(await server.openCount()).toBe(0);
  });

  it.each([
    ['as it is', undefined],
    ['packed', 'gzip'],
  ])('goes on, %s, while nobody reads is left too, and harms nobody', async (_name, encoding) => {
    const server = await at(
      localServer((_request, response) => {
        if (encoding !== undefined) response.setHeader('content-encoding', encoding);
        response.write(gzipSync(Buffer.alloc(100_000)).subarray(0, 50));
      }),
    );
    const { watch: limits, body } = await sender(`http://${server.host}`)(prepare(image), 't-1');
    await clock.advance(5_000);
    expect([limits.expired(), body.destroyed]).toEqual(['idle', true]);
    expect(await server.openCount()).toBe(0);
    // Whoever comes late hears of it.
    const late = readBytes(
      { status: 200, header: () => undefined, watch: limits, body },
      { endpoint: 'image', scrub },
      1_000,
    );
    expect(await problem(late)).toBe('time limit passed: idle');
  });

  it('takes a large picture slowly is given its time, and is left 5 s after it stops', async () => {
    let incoming: IncomingMessage | undefined;
    const server = await at(
      localServer((request) => {
        incoming = request;
      }),
    );
    // More at a time than the buffers of both sides hold, or nothing moves for the one that sends.
    const partBytes = 10_000_000;
    const result = problem(sender(`http://${server.host}`)(prepare(upload(6 * partBytes)), 't-1'));
    await eventually(() => incoming !== undefined);
    for (let count = 0; count < 4; count += 1) {
      await clock.advance(4_000);
      for (let leftBytes = partBytes; leftBytes > 0; ) {
        const chunk: unknown = incoming?.read();
        if (chunk instanceof Uint8Array) leftBytes -= chunk.byteLength;
        else await new Promise((resolve) => setImmediate(resolve));
      }
      await clock.settle();
    }
    await clock.advance(4_999);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(1);
    expect(await result).toBe('time limit passed: idle');
    incoming?.resume();
    expect(await server.openCount()).toBe(0);
  });
});
