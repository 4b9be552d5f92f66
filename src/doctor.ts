/**
 * `npm run doctor -- [--chat oc_…] [--json]`: reads the environment of the bot and tries out everything that it needs. One line each,
 * in the language of BOT_LOCALE; exit status 0 only when nothing is wrong. May run beside the bot.
 */

import { parseArgs } from 'node:util';
import { tenant } from './app.ts';
import { systemClock as clock } from './clock.ts';
import { type Config, localeOf, readConfig } from './config.ts';
import type { Finding, Locale } from './domain.ts';
import { ConfigError } from './errors.ts';
import { createFeishuClient } from './feishu/client.ts';
import { createHelpdeskApi } from './feishu/helpdesk.ts';
import { createImApi } from './feishu/im.ts';
import { mayConnect } from './feishu/longConnection.ts';
import { clockSkewMs } from './feishu/serverTime.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { consoleOf } from './services/doctor/blame.ts';
import { createDoctor } from './services/doctor/doctor.ts';
import type { Check } from './services/doctor/examine.ts';
import { unusedBy } from './services/doctor/permissions.ts';
import { problemInWords } from './services/doctor/problems.ts';
import { folderStorage, openStorage, redisStorage } from './services/doctor/storage.ts';
import { words } from './services/doctor/words.ts';
import { createMemoryWindows } from './store/memoryWindows.ts';
import { inspectFolder } from './store/sqliteInspection.ts';
import type { Windows } from './store/store.ts';

const log = createLog('silent');
const redisWaitMs = 1_500;

/** Where the bot keeps its memory, as far as it can be looked at from a second process. */
interface Memory {
  readonly windows: Windows;
  readonly checks: readonly Check[];
  heard(): Promise<boolean | undefined>;
  close(): Promise<void>;
}

async function memoryOf({ dataDir, redisUrl: url }: Config): Promise<Memory> {
  return url === undefined ? folderMemory(dataDir) : redisMemory(url);
}

function folderMemory(dataDir: string): Memory {
  return {
    windows: createMemoryWindows(clock),
    checks: [folderStorage(dataDir, () => inspectFolder(dataDir))],
    async heard() {
      try {
        return inspectFolder(dataDir).has(tenant.name);
      } catch {
        return undefined;
      }
    },
    close: async () => undefined,
  };
}

/** The calls of the check count in the same windows as those of the running bots. */
async function redisMemory(url: string): Promise<Memory> {
  const { openRedisStore } = await import('./store/redis.ts');
  const opening = openRedisStore({ url, clock, log, connectWaitMs: redisWaitMs });
  const store = await opening.catch(() => undefined);
  if (store === undefined)
    return {
      windows: createMemoryWindows(clock),
      checks: [redisStorage(() => opening)],
      heard: async () => undefined,
      close: async () => undefined,
    };
  return {
    windows: store.window,
    checks: [openStorage(store), redisStorage(() => opening)],
    heard: async () => (await store.records.get(tenant, 'own')) !== undefined,
    close: () => store.close(),
  };
}

async function examine(config: Config, chatId: string | undefined): Promise<readonly Finding[]> {
  const { app, helpdesk, baseUrl } = config;
  const memory = await memoryOf(config);
  const { windows } = memory;
  const client = createFeishuClient({
    app,
    helpdesk,
    baseUrl,
    windows,
    clock,
    log,
    metrics: createMetrics(),
  });
  const doctor = createDoctor({
    client,
    im: createImApi(client),
    helpdesk: createHelpdeskApi(client),
    console: consoleOf(baseUrl, app.id),
    unused: unusedBy(config.oncall.ladder),
    clock,
    skewMs: () => clockSkewMs(baseUrl, clock),
    longConnection: config.transport === 'websocket' ? () => mayConnect(config) : undefined,
    heard: memory.heard,
    storage: memory.checks,
  });
  const findings = await doctor.examine({ chatId });
  await memory.close();
  const configured = { check: 'configuration', name: words.configuration, what: words.configured };
  return [{ ...configured, state: 'pass' }, ...findings];
}

/** One line for each variable that is wrong. Nothing else can be looked at then. */
function unconfigured({ problems }: ConfigError): readonly Finding[] {
  const { configuration: name, fixVariable: remedy } = words;
  return problems.map((problem) => ({
    check: 'configuration',
    name,
    state: 'fail',
    what: problemInWords(problem),
    remedy,
  }));
}

/** Something may be left out by choice; what could not be looked at stands behind a failure. */
const isFine = (findings: readonly Finding[]): boolean =>
  findings.every(({ state }) => state === 'pass' || state === 'skip');

function lines(findings: readonly Finding[], locale: Locale): string {
  return findings
    .map(({ state, name, what, remedy, link }) => {
      const advice = state === 'pass' ? [] : [remedy?.[locale], link].filter(Boolean);
      const mend = advice.length === 0 ? '' : ` → ${advice.join(' ')}`;
      return `${state.padEnd(4)}  ${name[locale]}: ${what[locale]}${mend}\n`;
    })
    .join('');
}

function json(findings: readonly Finding[], locale: Locale): string {
  const list = findings.map(({ name, what, remedy, ...finding }) => ({
    ...finding,
    name: name[locale],
    what: what[locale],
    remedy: remedy?.[locale],
  }));
  return `${JSON.stringify({ ok: isFine(findings), findings: list }, undefined, 2)}\n`;
}

const usage = 'npm run doctor -- [--chat oc_…] [--json]\n';

function argumentsOf():
  | { readonly chat?: string | undefined; readonly json?: boolean | undefined }
  | undefined {
  try {
    const options = { chat: { type: 'string' }, json: { type: 'boolean' } } as const;
    return parseArgs({ options }).values;
  } catch {
    return undefined;
  }
}

const asked = argumentsOf();
if (asked === undefined) {
  process.stderr.write(usage);
  process.exit(2);
}
let findings: readonly Finding[];
let locale = localeOf();
try {
  const config = readConfig();
  locale = config.locale;
  findings = await examine(config, asked.chat);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  findings = unconfigured(error);
}
process.stdout.write(asked.json === true ? json(findings, locale) : lines(findings, locale));
// Connections that are kept alive must not keep the process.
process.exit(isFine(findings) ? 0 : 1);
