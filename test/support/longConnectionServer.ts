/** Feishu's side of the long connection on a free port, and the real transport connected to it. */

import { createServer } from 'node:http';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createLongConnectionTransport } from '../../src/transport/longConnection.ts';
import type { Accept } from '../../src/transport/transport.ts';
import { type ConnectionConfig, createLongConnections } from '../sandbox/longConnection.ts';
import { fakeClock } from './fakeClock.ts';
import { sampleKeys } from './seal.ts';

/** Fast enough for a test; the bot knows nothing of it before it connects. */
export const fastConfig: Partial<ConnectionConfig> = {
  PingInterval: 0.05,
  ReconnectInterval: 0.02,
  ReconnectNonce: 0.01,
};
const appSecret = 'app-secret-canary';

export async function feishuSide(config = fastConfig) {
  const server = createServer((request, response) => {
    void connections.serve(request, response).then((served) => {
      if (!served) response.writeHead(404).end();
    });
  });
  let url = '';
  const connections = createLongConnections({
    app: { appId: sampleKeys.appId, appSecret },
    url: () => url,
    changed: () => undefined,
  });
  connections.configure(config);
  server.on('upgrade', connections.upgrade);
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  const port = await listen(0);
  url = `http://127.0.0.1:${port}`;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      connections.close();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    connections,
    url,
    stop,
    /** After `stop`: at the same address, without memory of its connections. */
    restart: () => listen(port),
  };
}

export type FeishuSide = Awaited<ReturnType<typeof feishuSide>>;

/** One bot process's transport. */
export function connectedBot(
  feishu: Pick<FeishuSide, 'url'>,
  options: { readonly secret?: string; readonly pingTimeoutMs?: number } = {},
) {
  const clock = fakeClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line: string) => lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  const transport = createLongConnectionTransport({
    app: { id: sampleKeys.appId, secret: options.secret ?? appSecret },
    baseUrl: feishu.url,
    clock,
    log,
    metrics,
    // So long that a busy machine is not taken for a silent line.
    pingTimeoutMs: options.pingTimeoutMs ?? 10_000,
  });
  const changes = async (): Promise<Record<string, number>> =>
    Object.fromEntries((await metrics.connectionChanges.get()).values.map((v) => [v.labels.change, v.value]));
  return {
    clock,
    lines,
    metrics,
    transport,
    start: (accept: Accept) => transport.start(accept),
    changes,
    said: (msg: string) => lines.filter((line) => line['msg'] === msg),
    up: async () => (await metrics.connected.get()).values[0]?.value,
  };
}

/** Waits for real sockets: looks every few milliseconds. */
export async function eventually(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`It never happened: ${what}`);
}
