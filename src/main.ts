/** The process: reads the configuration, chooses the store and the transport, starts, and stops on SIGTERM. */

import { createAccess } from './access.ts';
import { createApp } from './app.ts';
import type { View } from './cards/view.ts';
import { type Clock, systemClock } from './clock.ts';
import { commands } from './commands/index.ts';
import { type Config, readConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { createFeishuClient } from './feishu/client.ts';
import { createHelpdeskApi } from './feishu/helpdesk.ts';
import { createImApi, type ImApi } from './feishu/im.ts';
import { createHttp, type Readiness } from './http.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPosting } from './posting.ts';
import { createResponder } from './responder.ts';
import { createRouter } from './router.ts';
import { createAgents } from './services/agents.ts';
import { createImages } from './services/images.ts';
import { createPostedCards } from './services/postedCards.ts';
import { createTickets } from './services/tickets.ts';
import { createTimers } from './services/timers.ts';
import { openSqliteStore } from './store/sqlite.ts';
import { type Store, StoreUnavailable } from './store/store.ts';
import { createWebhook } from './transport/webhook.ts';

/** Events that are worked on at a time. Most of the time they wait for Feishu, so this is many. */
const concurrency = 256;
/** From SIGTERM to the exit. Jobs that are not done by then are handed back. */
const graceMs = 8_000;

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
  const postedCards = createPostedCards(store.records);
  const agents = createAgents({ helpdesk, clock });
  const services = {
    tickets: createTickets({ helpdesk, clock, log }),
    images: createImages({
      ...helpdesk,
      uploadImage: im.uploadImage,
      records: store.records,
      clock,
      log,
      metrics,
    }),
    agents,
    postedCards,
    timers: createTimers(store.queue),
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
  const posting = createPosting({ im, records, postedCards, clock, log, locale: config.locale, view });
  const responder = createResponder({ posting, postedCards, clock });
  const app = createApp({ store, router, responder, clock, log, metrics, view });
  const http = createHttp({
    host: config.host,
    port: config.port,
    ready: () => readiness(store, client),
    metrics,
    metricsToken: config.metricsToken,
    clock,
    log,
  });
  const transport = createWebhook({
    http,
    keys: { ...config.webhook, appId: config.app.id },
    clock,
    log,
    metrics,
  });
  await transport.start(app.accept);
  const work = store.queue.work(app.handle, concurrency);
  const { port } = await http.start();
  log.info({ port }, 'the bot serves');

  return async () => {
    await transport.stop();
    await Promise.all([http.stop(1_000), work.stop(graceMs)]);
    bot.stop();
    await store.close();
  };
}

/** Ready means: an event can be stored, and Feishu knows us. */
async function readiness(store: Store, client: { tenantToken(): Promise<string> }): Promise<Readiness> {
  try {
    await store.check();
  } catch {
    return { ok: false, reason: 'the storage cannot be written' };
  }
  try {
    await client.tenantToken();
  } catch {
    return { ok: false, reason: 'no tenant token can be had from Feishu; check the app’s id and secret' };
  }
  return { ok: true };
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
        log.warn({ err: error, pauseMs }, 'the bot cannot find out who it is; is its bot capability on?');
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
    process.stderr.write(
      `The environment is not complete:\n${error.problems.map((line) => `  ${line}\n`).join('')}`,
    );
    process.exit(1);
  }
}

async function opened(config: Config, log: Log): Promise<Store> {
  try {
    return await openSqliteStore({ dataDir: config.dataDir, clock: systemClock, log });
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
const store = await opened(config, log);
const stop = await start({ config, store, clock: systemClock, log, metrics: createMetrics() });

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    void stop().then(() => process.exit(0));
  });
}
