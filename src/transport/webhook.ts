/** Deliveries over HTTP: raw bytes in, one answer out. The whole of what a stranger can reach is here and in `feishu/envelope`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Ack } from '../domain.ts';
import { type EnvelopeKeys, type Opened, openEnvelope } from '../feishu/envelope.ts';
import { readPayload } from '../feishu/events.ts';
import { type Http, problem, sendJson } from '../http.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Accept, acceptInTime, type Transport } from './transport.ts';

/** Events, and callbacks. A console may point both at one URL, so each serves both. */
export const webhookPaths = ['/webhook/event', '/webhook/card'] as const;
/** A long message is 150 KB before encryption; nothing that Feishu sends comes near this. */
export const bodyLimitBytes = 1_048_576;
/** A flood of refused requests makes one line in this time. */
const refusalLogEveryMs = 10_000;

export interface WebhookDeps {
  readonly http: Pick<Http, 'post'>;
  readonly keys: EnvelopeKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'deliveries' | 'acknowledged'>;
}

/** What became of a request: an answer, and its name in the metrics unless `accept` counts it. */
interface Verdict {
  readonly ack: Ack;
  readonly outcome: string | undefined;
}

/** The messages behind the slugs of `openEnvelope`. All that is not authentic gets the same one. */
const messages = {
  unauthorized: 'The request is not authentic.',
  invalid_json: 'The body is not JSON.',
  undecryptable: 'The body cannot be decrypted.',
  no_envelope: 'The body holds no usable event.',
} as const satisfies Record<Extract<Opened, { ok: false }>['slug'], string>;

/** Adds the two routes when it starts. After its stop they answer 503, so that Feishu delivers again later. */
export function createWebhook(deps: WebhookDeps): Transport {
  const { http, clock, metrics } = deps;
  const refusals = countRefusals(deps);
  let accept: Accept | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startMs = clock.monoMs();
    const verdict = await receive(deps, accept, refusals.note, request);
    if (verdict === undefined) return;
    const { ack, outcome } = verdict;
    if (outcome !== undefined) metrics.deliveries.inc({ outcome });
    const { written } = ack;
    if (written !== undefined) response.once('finish', () => void afterAnswer(written, deps.log));
    sendJson(response, ack.status, ack.body);
    metrics.acknowledged.observe((clock.monoMs() - startMs) / 1_000);
  };

  return {
    async start(next) {
      const first = accept === undefined;
      accept = next;
      if (first) for (const path of webhookPaths) http.post(path, handle);
    },
    async stop() {
      accept = undefined;
      refusals.flush();
    },
  };
}

async function afterAnswer(written: () => Promise<void>, log: Log): Promise<void> {
  try {
    await written();
  } catch (error) {
    log.error({ err: error }, 'what had to follow an answer failed');
  }
}

const refuse = (status: number, code: string, msg: string): Verdict => ({
  ack: { status, body: problem(code, msg) },
  outcome: code,
});

/** Undefined when the other side left before its request was whole. */
async function receive(
  deps: WebhookDeps,
  accept: Accept | undefined,
  noteRefusal: (reason: string) => void,
  request: IncomingMessage,
): Promise<Verdict | undefined> {
  const { keys, clock, log } = deps;
  const shape = shapeProblem(request);
  if (shape !== undefined) return shape;
  const body = await readBody(request);
  if (body === 'left') return undefined;
  if (body === 'too_large') return refuse(413, 'too_large', 'The body is larger than 1 MiB.');

  const receivedAtMs = clock.nowMs();
  const opened = openEnvelope({ body, headers: request.headersDistinct, keys, nowMs: receivedAtMs });
  if (!opened.ok) {
    if (opened.status === 401) noteRefusal(opened.reason);
    else log.error({ reason: opened.reason }, 'an authentic delivery could not be read');
    const { ack } = refuse(opened.status, opened.slug, messages[opened.slug]);
    return { ack, outcome: opened.reason };
  }
  if (opened.kind === 'challenge') {
    return { ack: { status: 200, body: { challenge: opened.challenge } }, outcome: 'challenge' };
  }
  const inbound = readPayload(opened.payload, { transport: 'webhook', receivedAtMs });
  if (inbound === undefined) {
    log.error({ reason: 'no_envelope' }, 'an authentic delivery could not be read');
    return refuse(400, 'no_envelope', messages.no_envelope);
  }
  // The old envelope may not say which tenant it is from, and nothing in it is processed.
  if (inbound.tenantKey === '') return { ack: { status: 200, body: {} }, outcome: 'unknown_type' };
  if (accept === undefined) return refuse(503, 'stopping', 'The bot is stopping. Deliver it again.');
  const { stored, ack } = await acceptInTime(accept, inbound, { clock, log });
  return { ack, outcome: stored ? undefined : 'not_stored' };
}

/** Only JSON in UTF-8, not compressed: what the signature covers is what is read. */
function shapeProblem({ headers }: IncomingMessage): Verdict | undefined {
  // As Feishu writes it.
  const usual = headers['content-type'] === usualType && headers['content-encoding'] === undefined;
  if (usual) return undefined;
  const [type, ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  if (type !== 'application/json' || !parameters.every(isHarmless))
    return refuse(415, 'unsupported_type', 'Only application/json in UTF-8 is taken.');
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity')
    return refuse(415, 'unsupported_encoding', 'Only uncompressed bodies are taken.');
  return undefined;
}

const usualType = 'application/json; charset=utf-8';

const isHarmless = (parameter: string): boolean =>
  !/^charset\b/.test(parameter) || /^charset\s*=\s*("utf-8"|utf-8)$/.test(parameter);

/**
 * Collects the body, at most 1 MiB of it. The rest of a larger one is read and thrown away, so that the other side gets the answer;
 * the server's time limit ends that.
 */
function readBody(request: IncomingMessage): Promise<Buffer | 'too_large' | 'left'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const tooLarge = (): void => {
      chunks.length = 0;
      resolve('too_large');
    };
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > bodyLimitBytes) tooLarge();
      else chunks.push(chunk);
    });
    // Each comes once; "once" would wrap it.
    request.on('end', () => {
      const [first] = chunks;
      resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    request.on('error', () => resolve('left'));
    request.on('close', () => resolve('left'));
    if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) tooLarge();
  });
}

/** Counts refused requests and says how many, by reason, at most once in 10 s. */
function countRefusals({ clock, log }: WebhookDeps): { note(reason: string): void; flush(): void } {
  let reasons: Record<string, number> = {};
  let nextMs = Number.NEGATIVE_INFINITY;
  const flush = (): void => {
    if (Object.keys(reasons).length === 0) return;
    log.warn({ reasons }, 'requests that are not authentic were refused');
    reasons = {};
  };
  return {
    note(reason) {
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      if (clock.monoMs() < nextMs) return;
      nextMs = clock.monoMs() + refusalLogEveryMs;
      flush();
    },
    flush,
  };
}
