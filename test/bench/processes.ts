/** The processes that are measured: the bot as `npm start` runs it, and the baselines. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { freePort, sandboxEnv } from '../support/bot.ts';

export interface Measured {
  readonly url: string;
  readonly port: number;
  /** From the start of the process until it answered. */
  readonly readyAfterMs: number;
  /** The memory that is in use now, and the most that ever was. Undefined where the system does not tell. */
  memory(): { readonly nowBytes: number; readonly peakBytes: number } | undefined;
  /** SIGKILL, and what it has stored is removed. */
  end(): Promise<void>;
}

const startWithinMs = 20_000;

/** The built bot, with everything that it writes to its log thrown away. */
export async function startBuiltBot(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>> = {},
  nodeArgs: readonly string[] = [],
): Promise<Measured> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const all = {
    ...sandboxEnv(sandbox),
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    ACCESS_CHATS: '*',
    LOG_LEVEL: 'info',
    ...env,
  };
  const started = await start([...startArgs(), ...nodeArgs, 'dist/main.js'], all, port, '/readyz');
  return {
    ...started,
    async end() {
      await started.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const manifest = z.object({ scripts: z.object({ start: z.string() }) });

/** What `npm start` tells V8. */
function startArgs(): string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync('package.json', 'utf8')));
  return scripts.start.split(' ').filter((word) => word.startsWith('--') && !word.startsWith('--env-file'));
}

/** A file of `baselines/`, built. It listens on PORT and answers `GET /`. */
export async function startBaseline(
  file: string,
  sandbox: Sandbox,
  args: readonly string[] = [],
): Promise<Measured> {
  const port = await freePort();
  const env = { ...sandboxEnv(sandbox), PORT: String(port) };
  return start([`dist/bench/${file}`, ...args], env, port, '/');
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  port: number,
  readyPath: string,
): Promise<Measured> {
  const startMs = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(child, `${url}${readyPath}`);
  return {
    url,
    port,
    readyAfterMs: performance.now() - startMs,
    memory: () => memoryOf(child.pid),
    end: () => end(child),
  };
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  const deadlineMs = performance.now() + startWithinMs;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(5);
  }
  child.kill('SIGKILL');
  throw new Error(`${child.spawnargs.join(' ')} did not start`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function memoryOf(pid: number | undefined): ReturnType<Measured['memory']> {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string): number =>
      1_024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    return { nowBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
  } catch {
    return undefined;
  }
}
