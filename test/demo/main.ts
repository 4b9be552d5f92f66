import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageSize } from 'image-size';
import { missingFrom } from './complete.ts';
import { type Locale, localeOf } from './json.ts';
import { type Child, freePort, startTypeScript } from './processes.ts';
import {
  readySchema,
  type SandboxClient,
  type SandboxReady,
  type SandboxState,
  sandboxClient,
} from './sandboxClient.ts';
import { wantsColour } from './style.ts';
import { imageKeys, type PictureFacts, renderCard } from './terminal.ts';
import { phrase } from './words.ts';

/**
 * `npm run demo`: starts the sandbox and the bot as two processes, asks for one ticket, prints the card that comes back, and keeps
 * the playground page until Ctrl-C. `--once` ends after the card: status 0 only when it was complete.
 */

const ticketId = '6626871355780366331';
const command = `/ticket ${ticketId}`;
const pagePort = 4000;
const withinMs = 40_000;
const pauseMs = 120;

const locale: Locale = localeOf(process.env);
const flags = process.argv.slice(2);
const unknownFlags = flags.filter((flag) => flag !== '--once');
if (unknownFlags.length > 0) {
  console.error(phrase('unknownFlag', locale, { flag: unknownFlags.join(' ') }));
  process.exit(2);
}
const once = flags.includes('--once');
const dataFolder = mkdtempSync(join(tmpdir(), 'feishu-ticket-bot-demo-'));
const children: Child[] = [];
let reportCrash: (reason: unknown) => void = () => undefined;
/** Rejects when a child ends by itself. */
const crashed = new Promise<never>((_, reject) => {
  reportCrash = reject;
});
crashed.catch(() => undefined);
/** What is being waited for, said when it does not come. */
let awaited = 'the sandbox to start';

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the children may see of this environment: enough to run, nothing that would configure the bot. */
function plainEnvironment(): Record<string, string | undefined> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ', 'NODE_OPTIONS'];
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}

function watch(child: Child): void {
  children.push(child);
  child.crash.catch(reportCrash);
}

async function startSandbox(): Promise<SandboxReady> {
  const port = await freePort(pagePort);
  const child = startTypeScript(
    'sandbox',
    fileOf('../sandbox/main.ts'),
    ['--port', `${port}`],
    { ...plainEnvironment(), SANDBOX_PORT: `${port}` },
    (line) => console.error(`sandbox  ${line}`),
  );
  watch(child);
  const ready = new Promise<SandboxReady>((resolve) => {
    child.onLine((line) => {
      const parsed = readySchema.safeParse(jsonOf(line));
      if (parsed.success) resolve(parsed.data);
    });
  });
  return ready;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Starts the bot and waits until it says that it is ready. */
async function startBot(sandbox: SandboxReady, chatId: string): Promise<string> {
  const port = await freePort();
  const { app, url } = sandbox;
  const child = startTypeScript(
    'bot',
    fileOf('../../src/main.ts'),
    [],
    {
      ...plainEnvironment(),
      FEISHU_APP_ID: app.appId,
      FEISHU_APP_SECRET: app.appSecret,
      FEISHU_HELPDESK_ID: app.helpdeskId,
      FEISHU_HELPDESK_TOKEN: app.helpdeskToken,
      FEISHU_ENCRYPT_KEY: app.encryptKey,
      FEISHU_VERIFICATION_TOKEN: app.verificationToken,
      FEISHU_DOMAIN: url,
      HOST: '127.0.0.1',
      PORT: `${port}`,
      DATA_DIR: dataFolder,
      TICKET_URL: `${url}/helpdesk/tickets/{id}`,
      ACCESS_CHATS: chatId,
      BOT_LOCALE: locale,
      LOG_LEVEL: 'warn',
    },
    (line) => console.error(`bot  ${line}`),
  );
  watch(child);
  child.onLine((line) => console.error(`bot  ${line}`));
  const base = `http://127.0.0.1:${port}`;
  await untilReady(base);
  return base;
}

async function untilReady(base: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return;
    await pause(pauseMs);
  }
}

type Stage = {
  readonly chat: SandboxState['chats'][number];
  readonly person: SandboxState['people'][number];
};

/** The support group and an agent in it, if possible one who speaks the reader's language. */
function stageOf(state: SandboxState): Stage {
  for (const chat of state.chats.filter(({ type, botIn }) => type === 'group' && botIn)) {
    const agents = state.people.filter(
      ({ openId, role }) => role === 'agent' && chat.members.includes(openId),
    );
    const person = agents.find((agent) => agent.locale === locale) ?? agents[0];
    if (person !== undefined) return { chat, person };
  }
  throw new Error('the sandbox has no group in which an agent and the bot are');
}

interface Outcome {
  readonly card: unknown;
  readonly pictures: ReadonlyMap<string, Uint8Array | undefined>;
  /** Why the card is not complete. */
  readonly missing: string | undefined;
}

/** Follows the bot's answer to a message until it is complete or the time is over. */
async function followAnswer(sandbox: SandboxClient, messageId: string, untilMs: number): Promise<Outcome> {
  let outcome: Outcome = { card: undefined, pictures: new Map(), missing: 'the bot did not answer' };
  while (outcome.missing !== undefined && Date.now() < untilMs) {
    const { messages, bot } = await sandbox.state();
    const answers = messages.filter(
      ({ parentId, sender }) => parentId === messageId && sender.id === bot.appId,
    );
    const card = answers.findLast(({ msgType }) => msgType === 'interactive')?.card;
    if (card !== undefined) outcome = await judge(sandbox, card);
    else if (answers.length > 0) outcome = { ...outcome, missing: 'the bot answered without a card' };
    if (outcome.missing !== undefined) await pause(pauseMs);
  }
  return outcome;
}

async function judge(sandbox: SandboxClient, card: unknown): Promise<Outcome> {
  const keys = [...new Set(imageKeys(card))];
  const pictures = new Map<string, Uint8Array | undefined>();
  for (const key of keys) pictures.set(key, await sandbox.image(key));
  const fetched = new Map([...pictures].map(([key, bytes]) => [key, bytes !== undefined]));
  return { card, pictures, missing: missingFrom(card, fetched) };
}

function pictureFacts(bytes: Uint8Array | undefined): PictureFacts | 'missing' {
  if (bytes === undefined) return 'missing';
  try {
    const { width, height, type } = imageSize(bytes);
    const format = (type ?? '?').toUpperCase().replace('JPG', 'JPEG');
    return { widthPx: width, heightPx: height, format, sizeBytes: bytes.length };
  } catch {
    return { widthPx: 0, heightPx: 0, format: '?', sizeBytes: bytes.length };
  }
}

function print({ card, pictures }: Outcome, state: SandboxState): void {
  console.log('');
  console.log(
    renderCard(card, {
      locale,
      colour: wantsColour(process.stdout.isTTY, process.env),
      widthCount: process.stdout.columns ?? 100,
      picture: (key) => pictureFacts(pictures.get(key)),
      name: (openId) => state.people.find((person) => person.openId === openId)?.name,
    }),
  );
  console.log('');
}

/** Everything up to the printed card. Returns the page's address. */
async function askForTicket(): Promise<string> {
  const untilMs = Date.now() + withinMs;
  console.log(phrase('starting', locale));
  const ready = await startSandbox();
  const sandbox = sandboxClient(ready.url);
  const state = await sandbox.state();
  const { chat, person } = stageOf(state);
  awaited = 'the bot to say on /readyz that it is ready';
  const bot = await startBot(ready, chat.chatId);
  await sandbox.useBot(bot);
  awaited = 'the card';
  const askedAtMs = Date.now();
  const said = await sandbox.say({
    chat: chat.chatId,
    person: person.openId,
    text: command,
    mentionBot: 'before',
  });
  if (said.status !== 200)
    throw new Error(`the bot answered the event with status ${said.status} instead of 200`);
  const outcome = await followAnswer(sandbox, said.messageId, untilMs);
  const sec = ((Date.now() - askedAtMs) / 1000).toFixed(1);
  if (outcome.missing === undefined)
    console.log(phrase('asked', locale, { person: person.name, chat: chat.name, command, sec }));
  else if (outcome.card !== undefined) console.log(phrase('incomplete', locale));
  if (outcome.card !== undefined) print(outcome, state);
  if (outcome.missing !== undefined) throw new Error(`no complete card came back: ${outcome.missing}`);
  const query = new URLSearchParams({ chat: chat.chatId, me: person.openId, lang: locale });
  return `${ready.url}/?${query.toString()}`;
}

function invite(url: string): void {
  console.log(phrase('page', locale, { url }));
  for (const line of ['tryTicket', 'tryHelp', 'tryPage'] as const)
    console.log(`  • ${phrase(line, locale, { command })}`);
}

/** The first signal ends the demo in order; a second one at once. */
const interrupted = new Promise<'interrupted'>((resolve) => {
  let signalCount = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      signalCount += 1;
      if (signalCount > 1) process.exit(130);
      resolve('interrupted');
    });
  }
});

async function stopAll(): Promise<void> {
  // The bot first: it may still have something to say to the sandbox.
  for (const child of children.toReversed()) await child.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}

/** Rejects when the whole takes too long, whatever hangs. */
async function tooLate(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, withinMs + 2_000).unref());
  throw new Error(`waited ${withinMs / 1000} s in vain for ${awaited}`);
}

async function run(): Promise<number> {
  try {
    const url = await Promise.race([askForTicket(), crashed, interrupted, tooLate()]);
    if (url === 'interrupted') return 130;
    if (once) return 0;
    invite(url);
    await Promise.race([interrupted, crashed]);
    console.log(`\n${phrase('stopped', locale)}`);
    return 0;
  } catch (error) {
    console.error(phrase('failed', locale, { why: await reasonOf(error) }));
    return 1;
  } finally {
    await stopAll();
  }
}

/** A call that failed is only the sign when the process behind it died: then its death is the reason. */
async function reasonOf(error: unknown): Promise<string> {
  const message = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
  return Promise.race([crashed.catch(message), pause(500).then(() => message(error))]);
}

process.on('exit', () => {
  for (const child of children) child.kill();
  rmSync(dataFolder, { recursive: true, force: true });
});
// Whoever reads this through a pipe may close it; that is the end, not an error.
process.stdout.on('error', () => process.exit());
process.exitCode = await run();
process.exit();
