/** A sandbox and a bot process that comes and goes: what the tests of faults share. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect } from 'vitest';
import type { SayInput } from '../../sandbox/controlShapes.ts';
import type { SentReply } from '../../sandbox/ledger.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type BotProcess, forget, sandboxEnv, startBot } from '../../support/bot.ts';

export const support = 'IT 服务台';

export const asks = (text: string): SayInput => ({ chat: support, person: '林晓', text });
export const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);
export const pictureCount = (reply: SentReply): number => [...said(reply).matchAll(/"img_key"/g)].length;
/** Another version of this card is still to come. */
export const isInterim = (reply: SentReply): boolean => /Loading \d|Still working/.test(said(reply));

export interface Scene {
  readonly sandbox: Sandbox;
  /** The process that runs, or ran last. */
  bot(): BotProcess;
  /** Starts the next process on the same data; one that still runs is killed. */
  start(env?: Readonly<Record<string, string>>): Promise<BotProcess>;
  /** Starts one more process, which need not become ready. */
  spawn(env: Readonly<Record<string, string>>): Stray;
  /** Delivers again, now, what was not acknowledged. */
  redeliver(): void;
  /** Deliveries that wait for `redeliver`. */
  waitingCount(): number;
  /** Redeliveries that were not answered yet. */
  underWayCount(): number;
  /** Waits for the reply to a message in its final form. */
  answerTo(messageId: string): Promise<SentReply>;
  /** Waits until nothing is under way, and expects one reply to each message. */
  expectOneReplyEach(messageIds: readonly string[]): Promise<void>;
  /** What else is to be ended with the scene. */
  onClose(end: () => Promise<void>): void;
  close(): Promise<void>;
}

/** A process that is not the bot of the scene. */
export type Stray = Pick<BotProcess, 'output' | 'signal' | 'ended'>;

export type OpenScene = (options?: Partial<SceneOptions>) => Promise<Scene>;

export interface SceneOptions {
  /** What node runs. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly dataDir?: string;
}

/** Redeliveries wait for `redeliver`. */
export async function openScene({ args, env = {}, dataDir: given }: SceneOptions): Promise<Scene> {
  const waiting = new Set<() => void>();
  const sandbox = await startSandbox({
    schedule(task) {
      waiting.add(task);
      return () => waiting.delete(task);
    },
  });
  const base = { ACCESS_CHATS: '*', LOG_LEVEL: 'info', ...env };
  let dataDir = given;
  let expectedCount = 0;
  let running: BotProcess | undefined;
  const strays: Stray[] = [];
  const ends: (() => Promise<void>)[] = [];
  const bot = (): BotProcess => {
    if (running === undefined) throw new Error('no bot was started');
    return running;
  };
  const scene: Scene = {
    sandbox,
    bot,
    async start(more = {}) {
      await running?.kill();
      running = await startBot(sandbox, {
        args,
        env: { ...base, ...more },
        ...(dataDir === undefined ? {} : { dataDir }),
      });
      ({ dataDir } = running);
      return running;
    },
    spawn(more) {
      const started = stray(args, { ...sandboxEnv(sandbox), ...base, ...more });
      strays.push(started);
      return started;
    },
    redeliver() {
      const tasks = [...waiting];
      waiting.clear();
      expectedCount += tasks.length;
      for (const task of tasks) task();
    },
    waitingCount: () => waiting.size,
    underWayCount: () => expectedCount - sandbox.deliveries().filter(({ attempt }) => attempt > 1).length,
    answerTo: (messageId) =>
      sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId).find((reply) => !isInterim(reply)), 30_000),
    async expectOneReplyEach(messageIds) {
      // Whatever was taken before this is at work, or done, when this is done.
      const { messageId } = await sandbox.say(asks('/help'));
      await Promise.all([...messageIds, messageId].map((id) => scene.answerTo(id)));
      const counts = messageIds.map((id) => sandbox.ledger.repliesTo(id).length);
      expect(counts).toEqual(messageIds.map(() => 1));
    },
    onClose: (end) => void ends.push(end),
    async close() {
      await Promise.all(ends.splice(0).map((end) => end()));
      for (const one of strays) one.signal('SIGKILL');
      await running?.kill();
      if (running !== undefined && given === undefined) forget(running);
      await sandbox.close();
    },
  };
  return scene;
}

function stray(args: readonly string[], env: Readonly<Record<string, string>>): Stray {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    output: () => output,
    signal: (name) => void child.kill(name),
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode ?? child.signalCode;
    },
  };
}

/**
 * Keeps the storage from being written, as another process does that writes for long. Statements are not prepared, because those
 * would keep the file open.
 * @returns how to let it go
 */
export function holdStorage({ dataDir }: BotProcess): () => void {
  const db = new DatabaseSync(join(dataDir, 'bot.db'));
  db.exec('BEGIN IMMEDIATE');
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}

/** Waits for what `probe` answers. Sees a call that is under way too, of which the sandbox says nothing until it ends. */
export async function seen<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 10_000,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > endMs) throw new Error(`Not seen within ${timeoutMs} ms: ${String(probe)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Makes the fail point of the process work from now on, once everything is done that was asked before. */
export async function arm(bot: BotProcess): Promise<void> {
  bot.signal('SIGUSR2');
  await seen(() => bot.output().includes('fail point armed') || undefined);
}

/** Waits for the end by the process's own fail point. */
export async function diesByItself(bot: BotProcess): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), 20_000);
  const end = await Promise.race([bot.ended(), once(late.signal, 'abort').then(() => 'alive' as const)]);
  clearTimeout(timer);
  expect(end).toBe('SIGKILL');
}
