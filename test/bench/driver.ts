/** Sends prepared requests over kept connections, with as little work of its own as can be: an HTTP client would be measured too. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Delivery {
  /** How long each request waited for its whole answer, from the moment at which it was due. */
  readonly latenciesMs: readonly number[];
  readonly tookMs: number;
}

/** One connection that has one request under way at a time. */
interface Line {
  /** Resolves when the whole answer is there. Rejects when its status is not 200. */
  post(request: Buffer): Promise<void>;
  close(): void;
}

/** All requests, as fast as they are answered. */
export async function asFastAsPossible(
  port: number,
  requests: readonly Buffer[],
  connectionsCount: number,
): Promise<Delivery> {
  const waiting = requests.values();
  const latenciesMs: number[] = [];
  return onLines(port, connectionsCount, latenciesMs, async (line) => {
    for (const request of waiting) {
      const dueMs = performance.now();
      await line.post(request);
      latenciesMs.push(performance.now() - dueMs);
    }
  });
}

/** So many a second, whether or not the former ones are answered: a slow answer makes the later ones late, and that counts. */
export async function atRate(
  port: number,
  requests: readonly Buffer[],
  connectionsCount: number,
  perSecCount: number,
): Promise<Delivery> {
  const startMs = performance.now();
  const waiting = requests.entries();
  const latenciesMs: number[] = [];
  return onLines(port, connectionsCount, latenciesMs, async (line) => {
    for (const [index, request] of waiting) {
      const dueMs = startMs + (1_000 * index) / perSecCount;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
      await line.post(request);
      latenciesMs.push(performance.now() - dueMs);
    }
  });
}

async function onLines(
  port: number,
  count: number,
  latenciesMs: readonly number[],
  work: (line: Line) => Promise<void>,
): Promise<Delivery> {
  const lines = await Promise.all(Array.from({ length: count }, () => open(port)));
  const startMs = performance.now();
  await Promise.all(lines.map(work));
  const tookMs = performance.now() - startMs;
  for (const line of lines) line.close();
  return { latenciesMs, tookMs };
}

async function open(port: number): Promise<Line> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  let settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (!isWhole(text)) return;
    if (text.startsWith('HTTP/1.1 200 ')) settle?.resolve();
    else settle?.reject(new Error(text.slice(0, 300)));
    text = '';
  });
  const fail = (): void => settle?.reject(new Error('the connection was closed'));
  socket.on('close', fail);
  socket.on('error', fail);
  return {
    post: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => close(socket),
  };
}

function close(socket: Socket): void {
  socket.removeAllListeners('close');
  socket.destroy();
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  return text.length >= headEnd + 4 + Number(length);
}
