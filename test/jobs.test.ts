import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { createLog } from '../src/log.ts';
import { openRedisStore } from '../src/store/redis.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { Store } from '../src/store/store.ts';
import { done, job, workOn } from './store/subject.ts';
import { describeNeeding } from './support/programs.ts';
import { startRedis } from './support/redisServer.ts';

const log = createLog('silent');

/** The command as a process of its own. */
async function jobs(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/jobs.ts', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, out, err };
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A bot runs and has set a job aside: the operator sees it and gives it another try. */
async function story(store: Store, env: Record<string, string>): Promise<void> {
  const worker = workOn(store, () =>
    worker.starts.length === 1 ? { kind: 'set_aside', reason: 'no such chat' } : done,
  );
  await store.queue.put(job('evt:1'));
  await until(async () => (await store.queue.stats()).setAsideCount === 1);
  const list = await jobs(env, 'list');
  expect(list).toMatchObject({ status: 0, err: '' });
  expect(list.out).toMatch(/^evt:1 +no such chat +\d+ s +1$/m);
  expect(await jobs(env, 'replay', 'evt:2')).toMatchObject({ status: 1, out: '' });
  expect(await jobs(env, 'replay', 'evt:1')).toMatchObject({ status: 0, err: '' });
  await until(() => worker.starts.length === 2);
  expect(worker.starts[1]).toMatchObject({ id: 'evt:1', attempt: 1 });
  expect((await jobs(env, 'list')).out).toBe('No job is set aside.\n');
}

describe('npm run jobs, beside a running bot', { timeout: 60_000 }, () => {
  it('works on SQLite', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'jobs-'));
    const store = await openSqliteStore({ dataDir, clock: systemClock, log });
    onTestFinished(async () => {
      await store.close();
      rmSync(dataDir, { recursive: true });
    });
    await story(store, { DATA_DIR: dataDir });
  });

  it('says what is wrong, in one line', async () => {
    const nowhere = join(tmpdir(), 'jobs-not-there');
    const missing = await jobs({ DATA_DIR: nowhere }, 'list');
    expect(missing).toEqual({ status: 1, out: '', err: `There is no storage in DATA_DIR ${nowhere}.\n` });
    const wrong = await jobs({ REDIS_URL: 'canary' }, 'list');
    expect(wrong.status).toBe(1);
    expect(wrong.err).toMatch(/^REDIS_URL: [^\n]*\n$/);
    expect(wrong.err).not.toContain('canary');
  });

  describeNeeding('redis-server', 'with REDIS_URL', (path) => {
    it('works on Redis', async () => {
      const server = await startRedis(path);
      onTestFinished(() => server.dispose());
      const store = await openRedisStore({ url: server.url, clock: systemClock, log });
      onTestFinished(() => store.close());
      await story(store, { REDIS_URL: server.url });
    });
  });
});
