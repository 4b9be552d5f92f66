/** The bot as a process of its own, against a sandbox: what end-to-end tests talk to. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../sandbox/sandbox.ts';

export interface BotProcess {
  readonly url: string;
  readonly dataDir: string;
  /** Everything that the process wrote, to both streams. */
  output(): string;
  /** SIGTERM. @returns the exit status */
  stop(): Promise<number | null>;
  /** SIGKILL: as if the plug were pulled. */
  kill(): Promise<void>;
  readonly pid: number;
  /** Sends a signal and waits for nothing. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process has ended. @returns the exit status, or the signal that ended it */
  ended(): Promise<number | NodeJS.Signals | null>;
}

export interface BotOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that a former process has used. */
  readonly dataDir?: string;
  /** What node runs instead of the sources. */
  readonly args?: readonly string[];
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The environment that makes the bot a part of the sandbox. */
export function sandboxEnv(sandbox: Sandbox): Record<string, string> {
  const { app } = sandbox;
  return {
    FEISHU_APP_ID: app.appId,
    FEISHU_APP_SECRET: app.appSecret,
    FEISHU_HELPDESK_ID: app.helpdeskId,
    FEISHU_HELPDESK_TOKEN: app.helpdeskToken,
    FEISHU_ENCRYPT_KEY: app.encryptKey,
    FEISHU_VERIFICATION_TOKEN: app.verificationToken,
    FEISHU_DOMAIN: sandbox.url,
    TICKET_URL: 'https://helpdesk.example/tickets/{id}',
    // Tests ask more than a person does.
    COMMANDS_PER_MINUTE: 'off',
    LOG_LEVEL: 'debug',
  };
}

/** Starts the bot and waits until it is ready. The sandbox sends its events there. */
export async function startBot(sandbox: Sandbox, options: BotOptions = {}): Promise<BotProcess> {
  const port = await freePort();
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'bot-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...sandboxEnv(sandbox),
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    ...options.env,
  };
  const child = spawn(process.execPath, options.args ?? ['--import', 'tsx', 'src/main.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await ready(child, url, () => output);
  sandbox.setWebhook(url);
  return {
    url,
    dataDir,
    output: () => output,
    stop: () => end(child, 'SIGTERM'),
    async kill() {
      await end(child, 'SIGKILL');
    },
    pid: child.pid ?? 0,
    signal: (name) => void child.kill(name),
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode ?? child.signalCode;
    },
  };
}

/** Forgets what a bot has stored. */
export function forget(bot: BotProcess): void {
  rmSync(bot.dataDir, { recursive: true, force: true });
}

async function ready(child: ChildProcess, url: string, output: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The bot ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill('SIGKILL');
  throw new Error(`The bot did not become ready:\n${output()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}
