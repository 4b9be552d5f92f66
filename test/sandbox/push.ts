import type { DeliveryRecord } from './controlShapes.ts';
import { newEventId } from './ids.ts';
import { createPost, type PostResult } from './post.ts';
import { type Sealed, type SealOptions, seal } from './seal.ts';

/**
 * What Feishu pushes to the bot: events and callbacks, sealed, with redelivery.
 * https://open.feishu.cn/document/event-subscription-guide/overview
 */

interface EventHeader {
  readonly event_id: string;
  readonly event_type: string;
  /** ms for events, microseconds for callbacks, as a string. */
  readonly create_time: string;
  readonly token: string;
  readonly app_id: string;
  readonly tenant_key: string;
}

interface PushApp {
  readonly appId: string;
  readonly encryptKey: string;
  readonly verificationToken: string;
  readonly tenantKey: string;
}

export type RouteName = 'event' | 'card';

/** Runs `task` once after `delayMs`; answers how to cancel it. */
export type Schedule = (task: () => void, delayMs: number) => () => void;

export interface OutgoingEvent {
  readonly type: string;
  readonly event: unknown;
  readonly header?: Partial<EventHeader>;
  readonly route?: RouteName;
}

export interface Delivered {
  readonly status: number;
  readonly body: unknown;
  readonly eventId: string;
  readonly tookMs: number;
}

/** After a first delivery without HTTP 200, Feishu tries again after 15 s, 5 min, 1 h and 6 h. */
export const redeliveryMs = [15_000, 300_000, 3_600_000, 21_600_000] as const;

const deadlineMs = 3_000;

export interface PushParts {
  readonly app: PushApp;
  readonly now: () => number;
  readonly schedule: Schedule;
  readonly redeliver: boolean;
  readonly onDelivery: (record: DeliveryRecord) => void;
  /** Over the bots' long connections. */
  readonly overConnection: (payload: unknown, timeoutMs: number) => Promise<PostResult>;
}

export type Push = ReturnType<typeof createPush>;

export function createPush({ app, now, schedule, redeliver, onDelivery, overConnection }: PushParts) {
  const post = createPost();
  const pending = new Set<() => void>();
  let deliveries: DeliveryRecord[] = [];
  let seq = 0;
  let base: string | undefined;
  let connected = false;

  const sealed = (payload: unknown, options: SealOptions = {}): Sealed =>
    seal(app.encryptKey, now(), payload, options);

  const send = (route: RouteName, { body, headers }: Sealed, timeoutMs = deadlineMs): Promise<PostResult> =>
    base === undefined
      ? Promise.resolve({ status: 0, body: 'no webhook is set', tookMs: 0 })
      : post(`${base}/webhook/${route}`, { body, headers, timeoutMs });

  /** One try. Without a 200 the next one is set up, if there is one, before anybody hears of this one. */
  async function attempt(
    payload: unknown,
    note: Pick<DeliveryRecord, 'eventId' | 'type' | 'route' | 'attempt'>,
  ): Promise<DeliveryRecord> {
    const envelope = connected ? undefined : sealed(payload);
    // What it takes to seal it is no part of its way.
    const atMs = now();
    const { status, body, tookMs } =
      envelope === undefined ? await overConnection(payload, deadlineMs) : await send(note.route, envelope);
    seq += 1;
    const record: DeliveryRecord = { seq, ...note, payload, atMs, tookMs, status, body };
    deliveries.push(record);
    if (deliveries.length > 20_000) deliveries = deliveries.slice(-10_000);
    if (status !== 200 && note.route === 'event' && redeliver) later(payload, record);
    onDelivery(record);
    return record;
  }

  function later(payload: unknown, { eventId, type, route, attempt: count }: DeliveryRecord): void {
    const delayMs = redeliveryMs[count - 1];
    if (delayMs === undefined) return;
    const cancel = schedule(() => {
      pending.delete(cancel);
      void attempt(payload, { eventId, type, route, attempt: count + 1 });
    }, delayMs);
    pending.add(cancel);
  }

  return {
    seal: sealed,
    setWebhook(url: string | undefined): void {
      base = url?.replace(/\/+$/, '');
    },
    webhook: (): string | undefined => base,
    /** How events and callbacks reach the bot, as the console's switch says. */
    setTransport(transport: 'webhook' | 'websocket'): void {
      connected = transport === 'websocket';
    },
    deliveries: (sinceSeq = 0): readonly DeliveryRecord[] =>
      deliveries.filter((record) => record.seq > sinceSeq),
    clear(): void {
      deliveries = [];
      for (const cancel of pending) cancel();
      pending.clear();
    },

    /** Delivers once and answers what the bot said; without a 200 the event comes again by the ladder, a callback never. */
    async deliver({ type, event, header = {}, route = 'event' }: OutgoingEvent): Promise<Delivered> {
      const eventId = header.event_id ?? newEventId();
      const nowMs = Math.floor(now());
      const payload = {
        schema: '2.0',
        header: {
          event_id: eventId,
          event_type: type,
          create_time: route === 'card' ? `${nowMs}000` : String(nowMs),
          token: app.verificationToken,
          app_id: app.appId,
          tenant_key: app.tenantKey,
          ...header,
        },
        event,
      };
      const record = await attempt(payload, { eventId, type, route, attempt: 1 });
      return { status: record.status, body: record.body, eventId, tookMs: record.tookMs };
    },

    /** The check of a request URL: encrypted, not signed, to be answered within a second. */
    async verifyUrl(
      challenge: string,
      route: RouteName = 'event',
      token = app.verificationToken,
    ): Promise<PostResult> {
      return send(route, sealed({ challenge, token, type: 'url_verification' }, { signed: false }), 1_000);
    },

    /** Any bytes with any headers, for hostile requests. */
    async request(init: {
      readonly body: Buffer | string;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly route?: RouteName;
      /** In place of the route's path. */
      readonly path?: string;
      readonly method?: string;
    }): Promise<PostResult> {
      const { body, headers = { 'content-type': 'application/json; charset=utf-8' }, route = 'event' } = init;
      if (base === undefined) return { status: 0, body: 'no webhook is set', tookMs: 0 };
      const url = `${base}${init.path ?? `/webhook/${route}`}`;
      return post(url, {
        body,
        headers,
        timeoutMs: 10_000,
        ...(init.method === undefined ? {} : { method: init.method }),
      });
    },

    close(): void {
      for (const cancel of pending) cancel();
      post.close();
    },
  };
}
