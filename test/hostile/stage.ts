/** The real process against a sandbox, with an eye on everything that may go wrong: what tables of hostile inputs are tried on. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';
import { type Answer, type Shot, shoot } from '../support/webhookServer.ts';
import { type Kit, kitFor } from '../transport/hostile/row.ts';

export const support = 'IT 服务台';
/** A group that is listed nowhere. */
export const lunch = '午餐拼单';
export const agent = '林晓';
/** A colleague without any rights. */
export const nobody = '赵磊';

/** One entry of the catalogue. */
export interface Row {
  readonly id: string;
  readonly input: string;
  /** Where the outcome is not the catalogue's: why. */
  readonly note?: string;
  attempt(stage: Stage): Promise<void>;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

export interface StageOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** A sandbox that waits longer for what must come: many processes share the machine. */
export async function patientSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  return { ...sandbox, waitFor: (probe, timeoutMs = 60_000) => sandbox.waitFor(probe, timeoutMs) };
}

export async function openStage(options: StageOptions = {}) {
  const sandbox = await patientSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const egressFile = join(folder, 'egress');
  const bot = await startBot(sandbox, {
    env: {
      ACCESS_CHATS: sandbox.world.chat(support).chatId,
      EGRESS_FILE: egressFile,
      ...options.env,
    },
    args: ['--import', 'tsx', '--import', './test/hostile/egress.ts', 'src/main.ts'],
  });
  const port = Number(new URL(bot.url).port);
  const silent: string[] = [];
  let count = 0;
  const stage = {
    sandbox,
    bot,
    port,

    /** Requests of one row: their good message is a `/help` of an agent that the sandbox knows, under ids of its own. */
    kit(): Kit & { readonly messageId: string } {
      count += 1;
      const { app, world } = sandbox;
      const { chatId } = world.chat(support);
      const { openId, tenantKey, name } = world.person(agent);
      const sender = { id: openId, type: 'user', tenantKey, name } as const;
      const content = JSON.stringify({ text: '/help' });
      const { messageId } = world.addMessage({ chatId, sender, msgType: 'text', content });
      const kit = kitFor({
        keys: app,
        tenantKey: app.tenantKey,
        nowMs: Date.now(),
        message: {
          eventId: `hostile-${count}`,
          messageId,
          text: '/help',
          event: {
            sender: { sender_id: { open_id: openId }, sender_type: 'user', tenant_key: tenantKey },
          },
          message: { chat_id: chatId },
        },
      });
      return { ...kit, messageId };
    },
    shoot: (shot: Shot): Promise<Answer> => shoot(port, shot),

    /** Says something and waits for the one reply in the state that `complete` describes. */
    async ask(input: SayInput, complete: (reply: SentReply) => boolean = isComplete): Promise<SentReply> {
      const { messageId, status, body } = await sandbox.say(input);
      expect({ status, body }).toEqual({ status: 200, body: {} });
      return sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId).find(complete));
    },
    /** The words of the reply in the support group. */
    async hear(text: string, more: Partial<SayInput> = {}): Promise<string> {
      return saidIn(await stage.ask({ chat: support, person: agent, text, ...more }));
    },
    /** Says something of which nothing is made, so that it is left unanswered; `expectUnharmed` looks again. */
    async ignore(input: SayInput): Promise<void> {
      const stored = await stage.storedCount();
      const { messageId, status } = await sandbox.say(input);
      expect(status).toBe(200);
      expect(await stage.storedCount()).toBe(stored);
      silent.push(messageId);
    },
    /** Whatever came before, something good is served. */
    async settle(): Promise<void> {
      expect(await stage.hear('/help')).toContain('/ticket');
    },
    /** What was called because of `work`. Calls that the bot makes on its own are left out. */
    async callsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
      const since = sandbox.ledger.calls().at(-1)?.seq ?? 0;
      await work();
      const own = ['tenantToken', 'botInfo', 'agentSchedules', 'eventsSubscribe'];
      return sandbox.ledger
        .calls(since)
        .map(({ endpoint }) => endpoint)
        .filter((endpoint) => !own.includes(endpoint));
    },
    /** How many deliveries were written down to be worked on. */
    storedCount: (): Promise<number> => stage.metric('bot_deliveries_total', 'outcome="stored"'),
    /** A value of `/metrics`, 0 while it was never counted. */
    async metric(name: string, labels: string): Promise<number> {
      const text = await (await fetch(`${bot.url}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`${name}{${labels}}`));
      return Number(line?.split(' ').at(-1) ?? 0);
    },

    /**
     * After everything: the process lives, nothing was thrown about, nothing but Feishu was asked, and nobody was notified.
     * @param called the open ids of people who were to be called
     */
    async expectUnharmed(called: readonly string[] = []): Promise<void> {
      sandbox.clearFaults();
      await stage.settle();
      for (const messageId of silent) expect(sandbox.ledger.repliesTo(messageId)).toEqual([]);
      expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
      expect(bot.output()).not.toMatch(/unhandled|uncaught|nobody looked|a bug stopped/i);
      expect(sandbox.ledger.notifications().filter(({ target }) => !called.includes(target))).toEqual([]);
      expect(sandbox.ledger.calls().filter(({ endpoint }) => endpoint === 'unknown')).toEqual([]);
      const metrics = await (await fetch(`${bot.url}/metrics`)).text();
      const secrets = secretsOf(sandbox);
      for (const text of [bot.output(), metrics, ...filesOf(bot.dataDir)]) expectNoSecrets(text, secrets);
      for (const text of [bot.output(), metrics]) expect(text).not.toMatch(personal);
      expectCleanLines(bot);
      const targets = new Set(readFileSync(egressFile, 'utf8').trim().split('\n'));
      expect([...targets]).toEqual([`connect 127.0.0.1:${new URL(sandbox.url).port}`]);
    },
    async close(): Promise<void> {
      expect(await bot.stop()).toBe(0);
      forget(bot);
      rmSync(folder, { recursive: true, force: true });
      await sandbox.close();
    },
  };
  // The first event names the tenant.
  await stage.settle();
  return stage;
}

/** No picture is still loading, and it is no notice that work goes on. */
export function isComplete(reply: SentReply): boolean {
  return !/Loading \d|[Ss]till working/.test(saidIn(reply));
}

export const saidIn = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);

/** What no output may hold. */
export function secretsOf({ app, world }: Sandbox): readonly string[] {
  const { appSecret, encryptKey, verificationToken, helpdeskId, helpdeskToken } = app;
  return [
    appSecret,
    encryptKey,
    verificationToken,
    helpdeskToken,
    Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64'),
    ...world.tokens.map(({ value }) => value),
  ];
}

/** What people wrote in the tickets of the sandbox and of the tables: none of it has a place in a log. */
export const personal = /@yunfan|@example\.com|138[ -]?0013|13800138000|hunter2|Geheim42|打印|VPN|王敏|赵磊/;

/** Everything below a folder, read as text. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}

export function expectNoSecrets(text: string, secrets: readonly string[]): void {
  for (const [index, secret] of secrets.entries())
    expect(text.includes(secret), `secret number ${index} stands in it`).toBe(false);
}

/** One JSON object on each line, and no control character outside of its escapes. */
function expectCleanLines(bot: BotProcess): void {
  for (const line of bot.output().trimEnd().split('\n')) {
    expect(line).not.toMatch(/\p{Cc}/u);
    expect(() => JSON.parse(line)).not.toThrow();
  }
}
