/** The process: reads the configuration, chooses the store and the transport, starts, and stops on SIGTERM. */

import { setFlagsFromString } from 'node:v8';
import { createAccess } from './access.ts';
import { createApp } from './app.ts';
import type { View } from './cards/view.ts';
import { type Clock, systemClock } from './clock.ts';
import { commands } from './commands/index.ts';
import { type Config, readConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { createBuzz } from './feishu/buzz.ts';
import { createFeishuClient } from './feishu/client.ts';
import { createHelpdeskApi } from './feishu/helpdesk.ts';
import { createImApi, type ImApi } from './feishu/im.ts';
import { mayConnect } from './feishu/longConnection.ts';
import { clockSkewMs } from './feishu/serverTime.ts';
import { createHttp, type Http } from './http.ts';
import { minutesIn } from './ladder.ts';
import { keepCardsLiving } from './livingCards.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPosting } from './posting.ts';
import { readiness, remedyOf } from './readiness.ts';
import { createResponder } from './responder.ts';
import { createRouter } from './router.ts';
import { createAgents } from './services/agents.ts';
import { createAudit } from './services/audit.ts';
import { consoleOf } from './services/doctor/blame.ts';
import type { DoctorDeps } from './services/doctor/checks.ts';
import { createDoctor, type Doctor } from './services/doctor/doctor.ts';
import { unusedBy } from './services/doctor/permissions.ts';
import { openStorage } from './services/doctor/storage.ts';
import { createEscalations } from './services/escalations.ts';
import { subscribeToHelpdesk } from './services/eventSubscription.ts';
import { createFaqs } from './services/faqs.ts';
import { createImages } from './services/images.ts';
import { createKnownTickets, rememberTickets } from './services/knownTickets.ts';
import { createPictureFiles } from './services/pictureFiles.ts';
import { createPostedCards } from './services/postedCards.ts';
import { createPreviews } from './services/previews.ts';
import { createStoryteller } from './services/storyteller.ts';
import { createSummarySchedules } from './services/summarySchedules.ts';
import { createTicketLists } from './services/ticketLists.ts';
import { createTickets } from './services/tickets.ts';
import { createTimers } from './services/timers.ts';
import { createWatches } from './services/watches.ts';
import { type Store, StoreUnavailable } from './store/store.ts';
import { createLongConnectionTransport } from './transport/longConnection.ts';
import type { Transport } from './transport/transport.ts';
import { createWebhook } from './transport/webhook.ts';

// Commands that wait for a rate limit live long, and V8 concludes that everything made in the same places does: it then puts each request
// where only a full collection finds it, which takes a tenth of the time of a flood.
setFlagsFromString('--no-allocation-site-pretenuring');

/** Events that are worked on at a time. Most of the time they wait for Feishu, so this is many. */
const concurrency = 256;
/** From SIGTERM to the exit. Jobs that are not done by then are handed back. */
const graceMs = 8_000;
/** The process ends by then, whatever hangs. */
const stopMs = 9_500;

interface Process {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Puts the parts together. @returns how to stop */
async function start(parts: Process): Promise<() => Promise<void>> {
  const { config, store, clock, log, metrics } = parts;
  const client = createFeishuClient({
    app: config.app,
    helpdesk: config.helpdesk,
    baseUrl: config.baseUrl,
    windows: store.window,
    clock,
    log,
    metrics,
  });
  const helpdesk = createHelpdeskApi(client);
  const im = createImApi(client);
  const buzz = createBuzz(client);
  const timers = createTimers(store.queue);
  const postedCards = createPostedCards(store.records);
  const knownTickets = createKnownTickets(store.records);
  const tickets = rememberTickets(createTickets({ helpdesk, clock, log }), { knownTickets, clock, log });
  const agents = createAgents({ helpdesk, clock });
  const images = createImages({
    ...helpdesk,
    uploadImage: im.uploadImage,
    ownImage: im.image,
    records: store.records,
    clock,
    log,
    metrics,
  });
  const services = {
    tickets,
    knownTickets,
    ticketLists: createTicketLists({ helpdesk, clock }),
    faqs: createFaqs({ helpdesk, clock, log }),
    images,
    pictureFiles: createPictureFiles({ ...helpdesk, ownImage: im.image, images }),
    agents,
    postedCards,
    timers,
    watches: createWatches(store.records),
    previews: createPreviews({ tickets, records: store.records, clock }),
    escalations: createEscalations({
      records: store.records,
      timers,
      buzz,
      clock,
      settings: config.oncall,
      rules: { minuteOf: minutesIn(config.timeZone) },
    }),
    audit: createAudit({ records: store.records, clock, log }),
    doctor: doctorOf(parts, { client, im, helpdesk }),
    summarySchedules: createSummarySchedules({ records: store.records }),
    storyteller: createStoryteller({ config: config.llm, log }),
  };
  const bot = findOutWhoWeAre(im, clock, log);
  const access = createAccess({ config: config.access, agents, clock });
  const router = createRouter({
    commands,
    services,
    access,
    config,
    botOpenId: bot.openId,
    clock,
    log,
    metrics,
  });
  const view = (): View => ({
    nowMs: clock.nowMs(),
    timeZone: config.timeZone,
    privacy: 'masked',
    ticketUrl: config.ticketUrl,
    actions: new Set(),
    late: false,
  });
  const { records } = store;
  const { locale } = config;
  const appId = config.app.id;
  const posting = keepCardsLiving(
    createPosting({ im, records, postedCards, pictures: services.images, appId, clock, log, locale, view }),
    { postedCards, timers, clock, log, leaveChat: router.leaveChat },
  );
  const responder = createResponder({ posting, buzz, postedCards, clock, log });
  const app = createApp({ store, router, responder, clock, log, metrics, view });
  const http = createHttp({
    host: config.host,
    port: config.port,
    ready: () =>
      readiness({
        store,
        storage: config.redisUrl === undefined ? 'DATA_DIR' : 'REDIS_URL',
        tenantToken: () => client.tenantToken(),
        clock,
      }),
    metrics,
    metricsToken: config.metricsToken,
    beforeMetrics: () => readGauges(store, client, metrics),
    clock,
    log,
  });
  const transport = transportOf(parts, http);
  // An address that cannot be had ends the process, so that comes before any work is begun.
  const { port } = await http.start();
  await transport.start(app.accept);
  const work = store.queue.work(app.handle, concurrency);
  const stopSubscribing = subscribeToHelpdesk({ helpdesk, clock, log });
  log.info({ port }, 'the bot serves');

  return async () => {
    // From this moment nothing more is taken; what is being taken is still answered while the work ends.
    const quiet = transport.stop();
    await Promise.all([quiet.then(() => http.stop(1_000)), work.stop(graceMs)]);
    bot.stop();
    stopSubscribing();
    await images.settle();
    await store.close();
  };
}

/** For `/doctor`; `npm run doctor` puts the same together for itself. */
function doctorOf(
  { config, store, clock }: Process,
  feishu: Pick<DoctorDeps, 'client' | 'im' | 'helpdesk'>,
): Doctor {
  const { app, baseUrl, transport } = config;
  return createDoctor({
    ...feishu,
    console: consoleOf(baseUrl, app.id),
    unused: unusedBy(config.oncall.ladder),
    clock,
    skewMs: () => clockSkewMs(baseUrl, clock),
    longConnection: transport === 'websocket' ? () => mayConnect(config) : undefined,
    heard: async () => true,
    storage: [openStorage(store)],
  });
}

/** How events arrive, as the configuration says. */
function transportOf({ config, clock, log, metrics }: Process, http: Http): Transport {
  const { app, baseUrl, webhook } = config;
  return webhook === undefined
    ? createLongConnectionTransport({ app, baseUrl, clock, log, metrics })
    : createWebhook({ http, keys: { ...webhook, appId: app.id }, clock, log, metrics });
}

/** What is counted elsewhere, and read only when somebody looks. */
async function readGauges(store: Store, client: { noteFill(): void }, metrics: Metrics): Promise<void> {
  client.noteFill();
  const { waitingCount, runningCount, setAsideCount, oldestWaitingMs } = await store.queue.stats();
  metrics.queue.set({ state: 'waiting' }, waitingCount);
  metrics.queue.set({ state: 'running' }, runningCount);
  metrics.queue.set({ state: 'set_aside' }, setAsideCount);
  metrics.queueOldestSeconds.set(oldestWaitingMs / 1_000);
}

/** Asks for the bot's own open id until it is known: by it a mention of the bot is recognised. */
function findOutWhoWeAre(im: Pick<ImApi, 'botInfo'>, clock: Clock, log: Log) {
  const stopped = new AbortController();
  let openId: string | undefined;
  const ask = async (): Promise<void> => {
    for (let pauseMs = 1_000; !stopped.signal.aborted; pauseMs = Math.min(60_000, 2 * pauseMs)) {
      try {
        openId = (await im.botInfo()).openId;
        return;
      } catch (error) {
        const remedy = remedyOf(error);
        log.warn({ err: error, pauseMs, remedy }, 'the bot does not know yet who it is; it asks again');
      }
      await clock.sleep(pauseMs, stopped.signal);
    }
  };
  void ask();
  return { openId: () => openId, stop: () => stopped.abort() };
}

function configured(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.problems.map((line) => `  ${line}\n`).join('');
    process.stderr.write(
      `These variables are missing or wrong; set them in .env or the environment (README, Configuration):\n${lines}`,
    );
    process.exit(1);
  }
}

/** Only the store that is used is loaded: the one on Redis takes 0.2 s and 20 MB more. */
async function opened(config: Config, log: Log): Promise<Store> {
  try {
    const { dataDir, redisUrl: url } = config;
    if (url !== undefined) {
      const { openRedisStore } = await import('./store/redis.ts');
      return await openRedisStore({ url, clock: systemClock, log });
    }
    const { openSqliteStore } = await import('./store/sqlite.ts');
    return await openSqliteStore({ dataDir, clock: systemClock, log });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = configured();
const log = createLog(config.logLevel);
// Going on after a bug that nobody caught would be guessing; the supervisor starts the bot again, and nothing is lost.
process.on('unhandledRejection', (error) => {
  log.fatal({ err: error }, 'a promise failed and nobody looked; exiting');
  process.exit(1);
});
/** Until the storage is open there is nothing to hand back. */
let stop = async (): Promise<void> => undefined;
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    // A storage that hangs must not keep the process alive: what it holds comes back when the lease ends.
    setTimeout(() => process.exit(0), stopMs).unref();
    void stop().then(() => {
      log.info('stopped');
      process.exit(0);
    });
  });
}
const store = await opened(config, log);
const starting = start({ config, store, clock: systemClock, log, metrics: createMetrics() });
stop = async () => (await starting)();
try {
  await starting;
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  await store.close();
  process.exit(1);
}
