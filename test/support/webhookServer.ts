/** The real server on a free port, with the webhook's routes and an application that only remembers. */

import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Ack, Inbound } from '../../src/domain.ts';
import { createHttp, type HttpLimits } from '../../src/http.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createWebhook } from '../../src/transport/webhook.ts';
import { fakeClock } from './fakeClock.ts';
import { type Headers, sampleKeys, sampleTenant } from './seal.ts';

export interface Shot {
  readonly method?: string;
  readonly path?: string;
  readonly headers: Headers;
  readonly body?: string | Uint8Array;
  /** Sent without a length. */
  readonly chunked?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** One request on its own connection. */
export function shoot(port: number, shot: Shot): Promise<Answer> {
  const { method = 'POST', path = '/webhook/event', body = '', chunked = false } = shot;
  const bytes = Buffer.from(body);
  const length = chunked
    ? { 'transfer-encoding': 'chunked' }
    : { 'content-length': String(bytes.byteLength) };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, method, path, agent: false, headers: { ...length, ...shot.headers } });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { date: _date, ...headers } = response.headers;
        resolve({ status: response.statusCode ?? 0, headers, body: text });
      });
    });
    sent.end(bytes);
  });
}

/** Writes raw bytes and gives everything that comes back until the other side closes. */
export function shootRaw(port: number, text: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(text);
  });
}

export interface WebhookServerOptions {
  /** Instead of remembering. */
  readonly accept?: (inbound: Inbound) => Promise<Ack>;
  readonly limits?: Partial<HttpLimits>;
}

/** Starts it. What is taken twice is remembered once, and other tenants are refused, as in the application. */
export async function webhookServer(options: WebhookServerOptions = {}) {
  const clock = fakeClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line: string) => lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  const http = createHttp({
    host: '127.0.0.1',
    port: 0,
    ready: async () => ({ ok: true }),
    metrics,
    metricsToken: undefined,
    clock,
    log,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const webhook = createWebhook({ http, keys: sampleKeys, clock, log, metrics });
  const taken: Inbound[] = [];
  const seen = new Set<string>();
  const remember = async (inbound: Inbound): Promise<Ack> => {
    if (inbound.tenantKey !== sampleTenant)
      return { status: 401, body: { code: 'unauthorized', msg: 'The request is not authentic.' } };
    const keys = [inbound.eventId, ...(inbound.kind === 'message' ? [inbound.messageId] : [])];
    if (!keys.some((key) => seen.has(key))) taken.push(inbound);
    for (const key of keys) seen.add(key);
    return { status: 200, body: {} };
  };
  await webhook.start(options.accept ?? remember);
  const { port } = await http.start();
  return {
    port,
    clock,
    lines,
    metrics,
    webhook,
    http,
    taken,
    /** What the application would work on. */
    worked: () => taken.filter((inbound) => inbound.kind !== 'unknown'),
    send: (shot: Shot) => shoot(port, shot),
    raw: (text: string | Uint8Array) => shootRaw(port, text),
    outcomes: async () =>
      Object.fromEntries((await metrics.deliveries.get()).values.map((v) => [v.labels.outcome, v.value])),
    async stop() {
      await webhook.stop();
      await http.stop(1_000);
    },
  };
}
