/**
 * Deliveries over Feishu's long connection: no public address is needed. The same promises as over HTTP: durable before the
 * acknowledgement, which follows the handler, and a click answered within 3 s. Feishu gives each delivery to one connection, so any
 * number of replicas (up to 50) may run beside each other on one Redis.
 */

import type { Clock } from '../clock.ts';
import type { Ack, Inbound } from '../domain.ts';
import { parseEvent } from '../feishu/events.ts';
import { type Answered, type Change, createLongConnection } from '../feishu/longConnection.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Accept, acceptInTime, type Transport } from './transport.ts';

/** Longer than `accept` may take, so that what runs at the stop is still answered. */
const stopMaxMs = 3_000;

export interface LongConnectionTransportDeps {
  readonly app: { readonly id: string; readonly secret: string };
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'deliveries' | 'acknowledged' | 'connectionChanges' | 'connected'>;
  /** See `LongConnectionDeps`. */
  readonly pingTimeoutMs?: number;
}

/** Makes Feishu deliver an event again. The SDK logs it nowhere: the reason was logged where it fell. */
class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

/** Connects when it starts. After its stop Feishu gives the deliveries to other replicas, or keeps the events for later. */
export function createLongConnectionTransport(deps: LongConnectionTransportDeps): Transport {
  const { clock, metrics } = deps;
  const running = new Set<Promise<unknown>>();
  let accept: Accept | undefined;

  const onPayload = async (payload: unknown): Promise<Answered> => {
    const startMs = clock.monoMs();
    const { ack, outcome } = await receive(deps, accept, payload);
    if (outcome !== undefined) metrics.deliveries.inc({ outcome });
    if (ack.status !== 200) throw new NotTaken(outcome ?? 'refused');
    let sent: Answered['sent'] = () => undefined;
    const over = new Promise<boolean>((resolve) => {
      sent = resolve;
    }).then((left) => {
      if (left) metrics.acknowledged.observe((clock.monoMs() - startMs) / 1_000);
      return afterAnswer(ack, left, deps.log);
    });
    void keep(over);
    return { body: ack.body, sent };
  };
  const keep = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    const done = (): void => void running.delete(work);
    work.then(done, done);
    return work;
  };
  const connection = createLongConnection({
    ...deps,
    onPayload: (payload) => keep(onPayload(payload)),
    onChange: (change) => note(deps, change),
  });

  return {
    async start(next) {
      const first = accept === undefined;
      accept = next;
      if (first) connection.open();
    },
    async stop() {
      accept = undefined;
      const idle = new AbortController();
      void settled(running).then(() => idle.abort());
      await clock.sleep(stopMaxMs, idle.signal);
      await connection.close();
      metrics.connected.set(0);
    },
  };
}

/** Work may leave more work behind: an answer that is still being written. */
async function settled(running: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running);
}

/**
 * Unless the answer is known to have left, what waits for it goes on by itself after its hold: before, it could be undone, and a
 * person who saw an error may have clicked again.
 */
async function afterAnswer(ack: Ack, left: boolean, log: Log): Promise<void> {
  if (!left) {
    log.warn('an answer could not be sent: the long connection broke');
    return;
  }
  try {
    await ack.written?.();
  } catch (error) {
    log.error({ err: error }, 'what had to follow an answer failed');
  }
}

interface Verdict {
  readonly ack: Ack;
  /** Its name in the metrics, unless `accept` counts it. */
  readonly outcome: string | undefined;
}

const refused = (outcome: string): Verdict => ({ ack: { status: 400, body: {} }, outcome });

/** The connection itself is authenticated, so that there is no signature; app and tenant are looked at all the same. */
async function receive(
  { app, clock, log }: LongConnectionTransportDeps,
  accept: Accept | undefined,
  payload: unknown,
): Promise<Verdict> {
  const inbound = parseEvent(payload, { transport: 'websocket', receivedAtMs: clock.nowMs() });
  const problem = inbound === undefined ? 'no_envelope' : problemOf(inbound, app.id);
  if (inbound === undefined || problem !== undefined) {
    log.error({ reason: problem }, 'an authentic delivery could not be read');
    return refused(problem ?? 'no_envelope');
  }
  // The old envelope may not say which tenant it is from, and nothing in it is processed.
  if (inbound.tenantKey === '') return { ack: { status: 200, body: {} }, outcome: 'unknown_type' };
  if (accept === undefined) return refused('stopping');
  const { stored, ack } = await acceptInTime(accept, inbound, { clock, log });
  return { ack, outcome: stored ? undefined : 'not_stored' };
}

function problemOf({ appId, tenantKey, kind }: Inbound, ownId: string): string | undefined {
  if (appId !== ownId && (appId !== '' || kind !== 'unknown')) return 'bad_app';
  return tenantKey === '' && kind !== 'unknown' ? 'bad_tenant' : undefined;
}

function note({ log, metrics }: LongConnectionTransportDeps, change: Change): void {
  metrics.connectionChanges.inc({ change: change.kind });
  switch (change.kind) {
    case 'connected':
    case 'reconnected':
      metrics.connected.set(1);
      log.info(`long connection ${change.kind}`);
      return;
    case 'lost':
      metrics.connected.set(0);
      log.warn('long connection lost; connecting again');
      return;
    case 'silent':
      log.warn('long connection silent; cutting it to connect again');
      return;
    case 'trouble':
      log.warn({ said: change.said }, 'the long connection has trouble; trying again');
      return;
    case 'refused':
      metrics.connected.set(0);
      log.error({ code: change.code, pauseMs: change.pauseMs }, refusalText(change.code));
  }
}

/** https://open.feishu.cn/document/event-subscription-guide/event-card-faq */
function refusalText(code: number | undefined): string {
  if (code === 403 || code === 514)
    return 'Feishu refuses the long connection; check FEISHU_APP_ID and FEISHU_APP_SECRET, and that a version of the app is published';
  if (code === 1_000_040_350)
    return 'Feishu refuses the long connection: an app may have 50; stop the other processes that use this app';
  return 'Feishu refuses the long connection; trying again later';
}
