/**
 * The bot inside the test's own process, on a clock that the test moves, against a sandbox on the same clock: for what takes
 * minutes or hours. Webhook, queue, client and replies are the real ones; the helpdesk is, too, but pictures and rosters are in memory.
 */

import { onTestFinished } from 'vitest';
import { createAccess } from '../../src/access.ts';
import { createApp } from '../../src/app.ts';
import type { Command } from '../../src/command.ts';
import { commands as allCommands } from '../../src/commands/index.ts';
import type { AccessConfig } from '../../src/config.ts';
import type { Ack, Inbound } from '../../src/domain.ts';
import { createBuzz } from '../../src/feishu/buzz.ts';
import { createFeishuClient } from '../../src/feishu/client.ts';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { createImApi } from '../../src/feishu/im.ts';
import { createHttp } from '../../src/http.ts';
import { minutesIn, parseLadder } from '../../src/ladder.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createPosting } from '../../src/posting.ts';
import { createResponder } from '../../src/responder.ts';
import { createRouter } from '../../src/router.ts';
import { createAgents } from '../../src/services/agents.ts';
import { createEscalations, type OncallSettings } from '../../src/services/escalations.ts';
import { createKnownTickets, rememberTickets } from '../../src/services/knownTickets.ts';
import { createPostedCards } from '../../src/services/postedCards.ts';
import { createPreviews } from '../../src/services/previews.ts';
import { createTickets } from '../../src/services/tickets.ts';
import { createTimers } from '../../src/services/timers.ts';
import { createWatches } from '../../src/services/watches.ts';
import type { Store, Work } from '../../src/store/store.ts';
import { createWebhook } from '../../src/transport/webhook.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { helpdesk } from './asked.ts';
import { type FakeClock, fakeClock } from './fakeClock.ts';
import { type MemoryLog, memoryLog } from './memoryLog.ts';
import { tempStore } from './tempStore.ts';

const usualLadder = 'app@0m app@5m sms@10m phone@15m';

export interface InProcessOptions {
  readonly commands?: readonly Command[];
  readonly oncall?: Partial<OncallSettings>;
  /** In place of SQLite in a folder of its own. */
  readonly store?: (clock: FakeClock) => Promise<Store>;
  /** Without it, everybody is served. */
  readonly access?: AccessConfig;
  /** What the store is to the bot, for faults. */
  readonly spoil?: (store: Store) => Store;
  /** Stands between the webhook and the application. */
  readonly accept?: (accept: (inbound: Inbound) => Promise<Ack>) => (inbound: Inbound) => Promise<Ack>;
}

export interface InProcessBot {
  readonly sandbox: Sandbox;
  readonly clock: FakeClock;
  /** As it is, without what `spoil` does. */
  readonly store: Store;
  readonly log: MemoryLog;
  /** Waits for what `probe` answers, while time goes on whenever nothing else does. */
  waitFor<T>(probe: () => T | undefined): Promise<T>;
  /** Waits until no job waits or runs, while time goes on. */
  idle(): Promise<void>;
  /** Ends the work as the death of a process does: what runs goes no further, and is handed back. Events are still taken. */
  pause(): Promise<void>;
  /** Works again, as the next process: nothing that was only in memory is known. */
  resume(): void;
}

/** Everything ends with the test. */
export async function inProcessBot(options: InProcessOptions = {}): Promise<InProcessBot> {
  const clock = fakeClock();
  const log = memoryLog();
  const sandbox = await startSandbox({ now: () => clock.nowMs(), schedule: onClock(clock) });
  onTestFinished(() => sandbox.close());
  const store = await (options.store ?? tempStore)(clock);
  const busy = { count: 0 };
  // Time must not run out for what only waits for the disk or for a socket.
  clock.busyWhile(() => busy.count > 0);
  const { spoil = (same) => same, accept = (same) => same } = options;
  const open = (life: Life): ReturnType<typeof assemble> =>
    assemble({
      clock,
      log,
      sandbox,
      store: mortal(watched(spoil(store), busy), life),
      commands: options.commands,
      oncall: options.oncall,
      access: options.access,
    });
  const door = accept(open({ over: false }).accept);
  const port = await listen({ clock, log, sandbox }, (inbound) => whileBusy(busy, door(inbound)));
  sandbox.setWebhook(`http://127.0.0.1:${port}`);
  let life: Life = { over: true };
  let work: Work | undefined;
  const pause = async (): Promise<void> => {
    life.over = true;
    await work?.stop(0);
    work = undefined;
  };
  const resume = (): void => {
    life = { over: false };
    work = store.queue.work(open(life).handle, 10);
  };
  onTestFinished(pause);
  resume();
  return {
    sandbox,
    clock,
    store,
    log,
    pause,
    resume,
    waitFor: (probe) => clock.until(sandbox.waitFor(probe), 24 * 3_600_000),
    async idle() {
      for (;;) {
        const { waitingCount, runningCount } = await store.queue.stats();
        if (waitingCount + runningCount === 0) return;
        await clock.advance(200);
      }
    },
  };
}

/** The sandbox's redeliveries, on the same clock. */
function onClock(clock: FakeClock) {
  return (task: () => void, delayMs: number) => {
    const cancelled = new AbortController();
    void clock.sleep(delayMs, cancelled.signal).then(() => {
      if (!cancelled.signal.aborted) task();
    });
    return () => cancelled.abort();
  };
}

interface Busy {
  count: number;
}

async function whileBusy<T>(busy: Busy, work: Promise<T>): Promise<T> {
  busy.count += 1;
  try {
    return await work;
  } finally {
    busy.count -= 1;
  }
}

/** A call to Feishu is under way from the moment that it takes its place until its answer is here. */
function watched(store: Store, busy: Busy): Store {
  return {
    ...store,
    window: {
      async take(rules) {
        const taken = await store.window.take(rules);
        if ('place' in taken) busy.count += 1;
        return taken;
      },
      async answered(place) {
        busy.count -= 1;
        await store.window.answered(place);
      },
    },
  };
}

interface Life {
  over: boolean;
}

const never = new Promise<never>(() => undefined);

/** After its death a process neither calls Feishu nor writes anything down. */
function mortal(store: Store, life: Life): Store {
  const { records, window } = store;
  return {
    ...store,
    records: {
      ...records,
      put: (kind, key, value, options) => (life.over ? never : records.put(kind, key, value, options)),
    },
    window: { ...window, take: (rules) => (life.over ? never : window.take(rules)) },
  };
}

interface Parts {
  readonly clock: FakeClock;
  readonly log: MemoryLog;
  readonly sandbox: Sandbox;
}

function assemble({
  clock,
  log: { log },
  sandbox,
  store,
  commands = allCommands,
  oncall = {},
  access: rights = { chats: 'all', users: new Set(), managers: undefined },
}: Parts & {
  readonly store: Store;
  readonly commands: readonly Command[] | undefined;
  readonly oncall: Partial<OncallSettings> | undefined;
  readonly access: AccessConfig | undefined;
}) {
  const { app, url } = sandbox;
  const metrics = createMetrics();
  const client = createFeishuClient({
    app: { id: app.appId, secret: app.appSecret },
    helpdesk: { id: app.helpdeskId, token: app.helpdeskToken },
    baseUrl: url,
    windows: store.window,
    clock,
    log,
    metrics,
  });
  const { records } = store;
  const postedCards = createPostedCards(records);
  const api = createHelpdeskApi(client);
  const buzz = createBuzz(client);
  const timers = createTimers(store.queue);
  const knownTickets = createKnownTickets(records);
  const tickets = rememberTickets(createTickets({ helpdesk: api, clock, log }), { knownTickets, clock, log });
  const services = {
    ...helpdesk().services,
    postedCards,
    knownTickets,
    tickets,
    agents: createAgents({ helpdesk: api, clock }),
    timers,
    watches: createWatches(records),
    previews: createPreviews({ tickets, records, clock }),
    escalations: createEscalations({
      records,
      timers,
      buzz,
      clock,
      settings: { chatId: undefined, users: [], ladder: parseLadder(usualLadder) ?? [], ...oncall },
      rules: { minuteOf: minutesIn('Asia/Shanghai') },
    }),
  };
  const access = createAccess({
    config: rights,
    agents: services.agents,
    clock,
  });
  const router = createRouter({
    commands,
    services,
    access,
    config: { timeZone: 'Asia/Shanghai', ticketUrl: undefined },
    botOpenId: () => app.botOpenId,
    clock,
    log,
    metrics,
  });
  const view = () => ({
    nowMs: clock.nowMs(),
    timeZone: 'Asia/Shanghai',
    privacy: 'masked' as const,
    ticketUrl: undefined,
    actions: new Set<string>(),
    late: false,
  });
  const im = createImApi(client);
  const posting = createPosting({
    im,
    records,
    postedCards,
    pictures: services.images,
    appId: app.appId,
    clock,
    log,
    locale: 'en_us',
    view,
  });
  const responder = createResponder({ posting, buzz, postedCards, clock, log });
  return createApp({ store, router, responder, clock, log, metrics, view });
}

/** @returns the port */
async function listen(
  { clock, log: { log }, sandbox: { app } }: Parts,
  accept: (inbound: Inbound) => Promise<Ack>,
): Promise<number> {
  const metrics = createMetrics();
  const http = createHttp({
    host: '127.0.0.1',
    port: 0,
    ready: async () => ({ ok: true }),
    metrics,
    metricsToken: undefined,
    clock,
    log,
  });
  const keys = { encryptKey: app.encryptKey, verificationToken: app.verificationToken, appId: app.appId };
  await createWebhook({ http, keys, clock, log, metrics }).start(accept);
  const { port } = await http.start();
  onTestFinished(() => http.stop(0));
  return port;
}
