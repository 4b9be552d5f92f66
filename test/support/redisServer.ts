/** Real redis-server processes for tests: each on a port and in a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './bot.ts';

export interface RedisServer {
  readonly url: string;
  readonly dir: string;
  /** For what a test does to it, or looks up in it. Connects when it is used. */
  readonly admin: Redis;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Again, with the same files. */
  start(args?: readonly string[]): Promise<void>;
  /** SIGSTOP: it hangs, and its connections stay. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Ends it and removes its files. */
  dispose(): Promise<void>;
}

/** With an append-only file unless `args` say otherwise, and without snapshots. */
export async function startRedis(path: string, args: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'redis-'));
  const url = `redis://127.0.0.1:${port}`;
  const admin = new Redis(url, { lazyConnect: true, retryStrategy: () => 20, maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  let child: ChildProcess | undefined;

  async function start(more: readonly string[] = []): Promise<void> {
    const base = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'yes',
    ];
    const started = spawn(path, [...base, ...args, ...more], { stdio: 'ignore' });
    child = started;
    await answering(admin, started);
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    url,
    dir,
    admin,
    kill,
    start,
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    async dispose() {
      admin.disconnect();
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A refusal for want of a password is an answer, too; that it still reads its files is none. */
async function answering(admin: Redis, child: ChildProcess): Promise<void> {
  const ready = async (): Promise<boolean> =>
    admin.ping().then(
      () => true,
      (error: Error) => error.message.startsWith('NOAUTH'),
    );
  while (!(await Promise.race([ready(), once(child, 'exit').then(() => true)])))
    await new Promise((resolve) => setTimeout(resolve, 5));
  if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
}
