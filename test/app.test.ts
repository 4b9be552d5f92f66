import { describe, expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../src/app.ts';
import type {
  Card,
  ClickInbound,
  Inbound,
  MessageInbound,
  Outgoing,
  Reply,
  TicketInbound,
} from '../src/domain.ts';
import { FeishuError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import type { Origin } from '../src/responder.ts';
import type { Router } from '../src/router.ts';
import { createTimers } from '../src/services/timers.ts';
import { type Job, type Store, StoreUnavailable } from '../src/store/store.ts';
import { fakeClock } from './support/fakeClock.ts';
import { tempStore } from './support/tempStore.ts';

const message: MessageInbound = {
  kind: 'message',
  eventId: 'ev-1',
  appId: 'cli_1',
  tenantKey: 'home',
  transport: 'webhook',
  receivedAtMs: 0,
  createdAtMs: undefined,
  messageId: 'om_1',
  chatId: 'oc_1',
  chatType: 'group',
  threadId: undefined,
  rootId: undefined,
  parentId: undefined,
  sender: { openId: 'ou_1', tenantKey: 'home', type: 'user' },
  edited: false,
  text: '/ticket 1',
  mentions: [],
};
const click: ClickInbound = {
  kind: 'click',
  eventId: 'ev-click',
  appId: 'cli_1',
  tenantKey: 'home',
  transport: 'webhook',
  receivedAtMs: 0,
  createdAtMs: undefined,
  operator: { openId: 'ou_1', tenantKey: 'home' },
  messageId: 'om_card',
  chatId: 'oc_1',
  value: { action: 'ticket.refresh', ticket: '1' },
  formValue: undefined,
  option: undefined,
};
const hello: Reply = { card: { schema: '2.0', body: 'hello' }, tickets: [] };

/** An app on a real store, with a chat that writes down what is shown in it. */
async function desk(router: Partial<Router> = {}, spoil: (store: Store) => Store = (store) => store) {
  const clock = fakeClock();
  const store = spoil(await tempStore(clock));
  const shown: { readonly origin: Origin; readonly card: Card; readonly working: boolean }[] = [];
  const lines: string[] = [];
  const sent: Outgoing[] = [];
  const app = createApp({
    store,
    clock,
    log: createLog('debug', { write: (line) => lines.push(line) }),
    metrics: createMetrics(),
    router: {
      concerns: () => true,
      route: async () => hello,
      checkClick: async () => ({
        ok: true,
        toast: { type: 'info', content: { zh_cn: '好', en_us: 'ok', ja_jp: '可' } },
      }),
      runClick: async () => hello,
      follows: () => true,
      runInBackground: async () => [],
      leaveChat: async () => undefined,
      hears: () => true,
      preview: async () => ({}),
      ...router,
    },
    responder: {
      answer: (origin) => ({
        working: async (card) => {
          shown.push({ origin, card, working: true });
        },
        show: async ({ card }) => {
          shown.push({ origin, card, working: false });
        },
      }),
      async send(outgoing) {
        sent.push(outgoing);
      },
    },
    view: () => ({
      nowMs: clock.nowMs(),
      timeZone: 'Asia/Shanghai',
      privacy: 'masked',
      ticketUrl: undefined,
      actions: new Set(),
      late: false,
    }),
  });
  return { app, store, clock, shown, lines, sent };
}

/** Starts the work, as the process does. */
function work({ app, store }: { readonly app: App; readonly store: Store }): void {
  const running = store.queue.work((job) => app.handle(job), 10);
  onTestFinished(() => running.stop(0));
}

describe('accept', () => {
  it('answers an event once it is stored, and its repetitions without storing them', async () => {
    const { app, store } = await desk();
    const again: Inbound = { ...message, eventId: 'ev-2' };
    for (const inbound of [message, message, again]) {
      expect(await app.accept(inbound)).toEqual({ status: 200, body: {} });
    }
    expect(await store.queue.stats()).toMatchObject({ waitingCount: 1 });
  });

  it('stores nothing that nobody expects an answer to', async () => {
    const { app, store } = await desk({ concerns: () => false });
    expect(await app.accept(message)).toEqual({ status: 200, body: {} });
    const base = { ...message, eventId: 'ev-u' };
    expect(await app.accept({ ...base, kind: 'unknown', type: 'x' })).toEqual({ status: 200, body: {} });
    expect(await store.queue.stats()).toMatchObject({ waitingCount: 0 });
  });

  it('refuses every tenant but that of the first event, which it remembers', async () => {
    const { app, store, clock } = await desk();
    await app.accept(message);
    const stranger = { ...message, eventId: 'ev-3', messageId: 'om_3', tenantKey: 'elsewhere' };
    expect(await app.accept(stranger)).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    const restarted = createApp({ ...(await parts(store, clock)) });
    expect(await restarted.accept(stranger)).toMatchObject({ status: 401 });
    expect(await store.queue.stats()).toMatchObject({ waitingCount: 1 });
  });

  it('throws when an event cannot be stored, so that Feishu delivers it again', async () => {
    const { app } = await desk({}, broken);
    await expect(app.accept(message)).rejects.toThrow(StoreUnavailable);
  });

  it('answers a click that cannot be stored with an error in the toast', async () => {
    const { app } = await desk({}, broken);
    const ack = await app.accept(click);
    expect(ack).toMatchObject({ status: 200, body: { toast: { type: 'error' } } });
    expect(ack.written).toBeUndefined();
  });

  it('stores no work for a click that is refused', async () => {
    const toast = { type: 'error', content: { zh_cn: '不', en_us: 'no', ja_jp: '否' } } as const;
    const { app, store } = await desk({ checkClick: async () => ({ ok: false, toast }) });
    expect(await app.accept(click)).toEqual({
      status: 200,
      body: { toast: { type: 'error', content: '不', i18n: toast.content } },
    });
    expect(await store.queue.stats()).toMatchObject({ waitingCount: 0 });
  });
});

describe('the work of a click', () => {
  it('starts only after the answer was written', async () => {
    const parts = await desk();
    work(parts);
    const ack = await parts.app.accept(click);
    await parts.clock.settle();
    expect(parts.shown).toEqual([]);
    await ack.written?.();
    await waitUntil(() => parts.shown.length > 0);
    expect(parts.shown).toMatchObject([
      { origin: { kind: 'click', messageId: 'om_card' }, card: hello.card },
    ]);
  });

  it('waits for that of an earlier click on the same card, and for no other', async () => {
    const started: string[] = [];
    const { promise, resolve } = later<Reply>();
    const parts = await desk({
      runClick: async ({ eventId }) => {
        started.push(eventId);
        return eventId === 'first' ? promise : hello;
      },
    });
    work(parts);
    const press = async (eventId: string, messageId: string): Promise<void> => {
      const operator = { openId: `ou_${eventId}`, tenantKey: 'home' };
      await (await parts.app.accept({ ...click, eventId, messageId, operator })).written?.();
    };
    await press('first', 'om_card');
    await waitUntil(() => started.length === 1);
    await press('second', 'om_card');
    await press('elsewhere', 'om_other');
    await waitUntil(() => parts.shown.length === 1);
    expect(started).toEqual(['first', 'elsewhere']);
    resolve(hello);
    await waitUntil(() => parts.shown.length === 3);
    expect(started).toEqual(['first', 'elsewhere', 'second']);
  });

  it('is never done when its person was told that it cannot be saved, though the storage took it after all', async () => {
    const parts = await desk({}, (store) => ({
      ...store,
      queue: {
        ...store.queue,
        async put(job) {
          await store.queue.put(job);
          throw new StoreUnavailable('no answer in time');
        },
      },
    }));
    work(parts);
    expect(await parts.app.accept(click)).toMatchObject({ body: { toast: { type: 'error' } } });
    await parts.clock.advance(10_000);
    await waitUntil(() => parts.lines.some((line) => line.includes('a click is left out')));
    expect(parts.shown).toEqual([]);
    expect(await parts.store.queue.stats()).toMatchObject({
      waitingCount: 0,
      runningCount: 0,
      setAsideCount: 0,
    });
  });

  it('is not confirmed when it repeats one that will not be done', async () => {
    let broken = true;
    const parts = await desk({}, (store) => ({
      ...store,
      queue: {
        ...store.queue,
        async put(job) {
          const stored = await store.queue.put(job);
          if (broken) throw new StoreUnavailable('no answer in time');
          return stored;
        },
      },
    }));
    work(parts);
    await parts.app.accept(click);
    broken = false;
    const again = (eventId: string, afterMs: number) =>
      parts.app.accept({ ...click, eventId, receivedAtMs: click.receivedAtMs + afterMs });
    expect(await again('second', 1_000)).toMatchObject({ body: { toast: { type: 'error' } } });
    expect(await again('third', 4_000)).not.toMatchObject({ body: { toast: { type: 'error' } } });
    await parts.clock.advance(10_000);
    await waitUntil(() => parts.shown.length === 1);
  });

  it('is never done when it was stored after the answer that it cannot be', async () => {
    const parts = await desk({}, (store) => ({
      ...store,
      queue: {
        ...store.queue,
        async put(job) {
          await parts.clock.sleep(2_600);
          return store.queue.put(job);
        },
      },
    }));
    work(parts);
    const accepted = parts.app.accept(click);
    await parts.clock.advance(2_700);
    await (await accepted).written?.();
    await parts.clock.advance(10_000);
    expect(parts.shown).toEqual([]);
  });

  it('starts by itself when the word that the answer was written never comes', async () => {
    const parts = await desk();
    work(parts);
    await parts.app.accept(click);
    await parts.clock.advance(4_000);
    expect(parts.shown).toEqual([]);
    await parts.clock.advance(2_000);
    await waitUntil(() => parts.shown.length > 0);
  });
});

describe('handle', () => {
  const job = (inbound: Inbound, putAtMs: number): Job => ({
    id: inbound.eventId,
    payload: JSON.parse(JSON.stringify(inbound)),
    putAtMs,
    attempt: 1,
  });

  it('says nothing of working when the answer comes in time', async () => {
    const { app, shown, clock } = await desk();
    expect(await app.handle(job(message, clock.nowMs()))).toEqual({ kind: 'done' });
    await clock.advance(60_000);
    expect(shown).toMatchObject([{ working: false }]);
  });

  it('says after 8 s that it is still working', async () => {
    const { promise, resolve } = later<Reply>();
    const { app, shown, clock } = await desk({ route: () => promise });
    const handled = app.handle(job(message, clock.nowMs()));
    await clock.advance(7_900);
    expect(shown).toEqual([]);
    await clock.advance(200);
    expect(shown).toMatchObject([{ working: true }]);
    resolve(hello);
    expect(await clock.until(handled)).toEqual({ kind: 'done' });
    expect(shown).toMatchObject([{ working: true }, { working: false, card: hello.card }]);
  });

  it('says so at once when the event has waited that long already', async () => {
    const { app, shown, clock } = await desk({ route: () => later<Reply>().promise });
    void app.handle(job(message, clock.nowMs() - 20_000));
    await clock.advance(10);
    expect(shown).toMatchObject([{ working: true }]);
  });

  it('runs 8 commands of a chat at a time, the rest in their order, and lets other chats pass', async () => {
    const started: string[] = [];
    const gates: (() => void)[] = [];
    const { app, clock } = await desk({
      route: async ({ messageId }) => {
        started.push(messageId);
        await new Promise<void>((resolve) => gates.push(resolve));
        return undefined;
      },
    });
    const handled = Array.from({ length: 10 }, (_, i) =>
      app.handle(job({ ...message, eventId: `ev-${i}`, messageId: `om_${i}` }, clock.nowMs())),
    );
    const other = app.handle(job({ ...message, messageId: 'om_other', chatId: 'oc_2' }, clock.nowMs()));
    await waitUntil(() => started.length >= 9);
    expect(started.filter((id) => id !== 'om_other')).toEqual(Array.from({ length: 8 }, (_, i) => `om_${i}`));
    gates[0]?.();
    await waitUntil(() => started.length >= 10);
    expect(started.at(-1)).toBe('om_8');
    for (let i = 1; i < 11; i += 1) {
      await waitUntil(() => gates.length > i);
      gates[i]?.();
    }
    await Promise.all([...handled, other]);
  });

  it('tells the asker about a bug, and the log, but not what the bug said', async () => {
    const { app, shown, lines, clock } = await desk({
      route: async () => {
        throw new TypeError('canary');
      },
    });
    expect(await app.handle(job(message, clock.nowMs()))).toEqual({ kind: 'done' });
    expect(JSON.stringify(shown)).toContain('ev-1');
    expect(JSON.stringify(shown) + lines.join('')).not.toContain('canary');
    expect(lines.join('')).toContain('TypeError');
  });

  it('keeps a job whose answer cannot be delivered now', async () => {
    const { app, clock } = await desk({
      route: async () => {
        throw new StoreUnavailable('full');
      },
    });
    expect(await app.handle(job(message, clock.nowMs()))).toMatchObject({ kind: 'again' });
  });

  it('sets a job aside that it cannot read', async () => {
    const { app } = await desk();
    expect(await app.handle({ id: 'x', payload: { from: 'the future' }, putAtMs: 0, attempt: 1 })).toEqual({
      kind: 'set_aside',
      reason: 'unreadable',
    });
  });
});

describe('news and timers', () => {
  const news: TicketInbound = {
    kind: 'ticket',
    eventId: 'ev-ticket',
    appId: 'cli_1',
    tenantKey: 'home',
    transport: 'webhook',
    receivedAtMs: 0,
    createdAtMs: undefined,
    ticketId: '1',
    change: 'updated',
    ticketMessageId: undefined,
  };
  const update: Outgoing = { kind: 'update', messageId: 'om_card', card: hello.card };

  it('of a ticket are stored when a command follows them, and worked on', async () => {
    const parts = await desk({ runInBackground: async () => [update] });
    work(parts);
    expect(await parts.app.accept(news)).toEqual({ status: 200, body: {} });
    await waitUntil(() => parts.sent.length > 0);
    expect(parts.sent).toEqual([update]);
  });

  it('of a ticket are not stored when no command follows them', async () => {
    const { app, store } = await desk({ follows: () => false });
    await app.accept(news);
    expect(await store.queue.stats()).toMatchObject({ waitingCount: 0 });
  });

  it('come from a timer with the value that it was set with', async () => {
    const causes: unknown[] = [];
    const parts = await desk({
      runInBackground: async (cause) => {
        causes.push(cause);
        return [];
      },
    });
    work(parts);
    const value = { chat: 'oc_1' };
    const atMs = parts.clock.nowMs() + 60_000;
    await createTimers(parts.store.queue).set({
      name: 'summary.daily',
      key: 'oc_1',
      generation: 1,
      atMs,
      value,
    });
    await parts.clock.advance(59_000);
    expect(causes).toEqual([]);
    await parts.clock.advance(2_000);
    await waitUntil(() => causes.length > 0);
    expect(causes).toEqual([{ kind: 'timer', name: 'summary.daily', value }]);
  });
});

function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve: (value: T) => resolve(value) };
}

/** Lets the event loop go on until something is true: the scheduler yields on real timers. */
async function waitUntil(condition: () => boolean): Promise<void> {
  for (let turns = 0; turns < 2_000 && !condition(); turns += 1)
    await new Promise((resolve) => setTimeout(resolve, 1));
  expect(condition()).toBe(true);
}

function broken(store: Store): Store {
  const put = async () => {
    throw new StoreUnavailable('disk full');
  };
  return { ...store, queue: { ...store.queue, put } };
}

async function parts(store: Store, clock: ReturnType<typeof fakeClock>) {
  const never = () => Promise.reject(new FeishuError({ kind: 'unknown', code: 0, endpoint: 'x' }));
  return {
    store,
    clock,
    log: createLog('silent'),
    metrics: createMetrics(),
    router: {
      concerns: () => true,
      route: never,
      checkClick: never,
      runClick: never,
      follows: () => true,
      runInBackground: never,
      leaveChat: never,
      hears: () => true,
      preview: async () => ({}),
    },
    responder: { answer: () => ({ working: never, show: never }), send: never },
    view: () => ({
      nowMs: 0,
      timeZone: 'UTC',
      privacy: 'masked' as const,
      ticketUrl: undefined,
      actions: new Set<string>(),
      late: false,
    }),
  };
}
