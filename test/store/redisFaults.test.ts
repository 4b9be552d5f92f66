import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { openRedisStore } from '../../src/store/redis.ts';
import { type Job, type RecordKind, type Store, StoreUnavailable } from '../../src/store/store.ts';
import { memoryLog } from '../support/memoryLog.ts';
import { describeNeeding } from '../support/programs.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { done, job, never, workOn } from './subject.ts';

const note: RecordKind<string> = { name: 'note', schema: z.string(), keepMs: 3_600_000 };
const { log } = memoryLog();
const servers = new Set<RedisServer>();
const stores = new Set<Store>();
const children = new Set<ChildProcess>();

async function open(url: string, connectWaitMs = 10_000): Promise<Store> {
  const store = await openRedisStore({ url, clock: systemClock, log, connectWaitMs });
  stores.add(store);
  return store;
}

/** Waits in real time, as long as the test may last. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const works = (call: () => Promise<unknown>) => () =>
  call().then(
    () => true,
    () => false,
  );

/** A process of its own: it takes one job, says so, and hangs. */
function hangingReplica(url: string): ChildProcess {
  const at = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const code = `
    const { openRedisStore } = await import(${at('store/redis.ts')});
    const { systemClock: clock } = await import(${at('clock.ts')});
    const { createLog } = await import(${at('log.ts')});
    const store = await openRedisStore({ url: process.env.URL, clock, log: createLog('silent') });
    store.queue.work(({ id, attempt }) => new Promise(() => console.log(id, attempt)), 1);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, URL: url },
  });
  children.add(child);
  return child;
}

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const store of stores) await store.close();
  for (const server of servers) await server.dispose();
  for (const each of [children, stores, servers]) each.clear();
});

describeNeeding('redis-server', 'a real Redis', (path) => {
  async function start(...args: string[]): Promise<RedisServer> {
    const server = await startRedis(path, args);
    servers.add(server);
    return server;
  }

  describe('is refused at the start', () => {
    it.each([
      [['--appendonly', 'no'], 'append-only'],
      [['--maxmemory-policy', 'allkeys-lru'], 'maxmemory-policy noeviction'],
      [['--maxmemory-policy', 'volatile-ttl', '--maxmemory', '100mb'], 'maxmemory-policy noeviction'],
      [['--replicaof', '127.0.0.1 1'], 'read-only replica'],
      [['--requirepass', 'another'], 'does not accept the user or password'],
    ])('with %j: says so by the name of the setting, and no password', async (args, reason) => {
      const { url } = await start(...args);
      const refusal = await open(args[0] === '--requirepass' ? url.replace('//', '//:canary@') : url).catch(
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(StoreUnavailable);
      expect(String(refusal)).toContain('REDIS_URL');
      expect(String(refusal)).toContain(reason);
      expect(String(refusal)).not.toContain('canary');
    });

    it('when it cannot be reached', async () => {
      const server = await start();
      await server.kill();
      await expect(open(server.url, 0)).rejects.toThrow(/^REDIS_URL: .*ECONNREFUSED/);
    });
  });

  describe('is taken', () => {
    it.each([
      ['everysec', 1],
      ['always', 0],
    ])('with appendfsync %s, with %i warnings of a power cut', async (appendfsync, count) => {
      const { url } = await start('--appendfsync', appendfsync);
      const own = memoryLog();
      stores.add(await openRedisStore({ url, clock: systemClock, log: own.log }));
      expect(own.messages('warn').filter((line) => line.includes('power cut'))).toHaveLength(count);
    });

    it('when it comes up a moment later', async () => {
      const server = await start();
      await server.kill();
      const opening = open(server.url);
      await server.start();
      expect(await (await opening).queue.put(job('a'))).toBe('stored');
    });
  });

  describe('that fails for a while', { timeout: 60_000 }, () => {
    interface Fault {
      readonly name: string;
      readonly breaks: (server: RedisServer) => Promise<unknown>;
      readonly mends: (server: RedisServer) => Promise<unknown>;
    }
    const faults: readonly Fault[] = [
      { name: 'killed', breaks: (server) => server.kill(), mends: (server) => server.start() },
      { name: 'stopped', breaks: async (server) => server.pause(), mends: async (server) => server.resume() },
      {
        name: 'full',
        breaks: ({ admin }) => admin.config('SET', 'maxmemory', '1'),
        mends: ({ admin }) => admin.config('SET', 'maxmemory', '0'),
      },
      {
        name: 'read-only',
        breaks: ({ admin }) => admin.replicaof('127.0.0.1', '1'),
        mends: ({ admin }) => admin.replicaof('NO', 'ONE'),
      },
      {
        name: 'unable to write its files',
        async breaks({ admin, dir }) {
          await admin.config('SET', 'save', '3600 1');
          rmSync(dir, { recursive: true });
          await admin.bgsave();
          await until(async () => (await admin.info('persistence')).includes('rdb_last_bgsave_status:err'));
        },
        mends: ({ admin }) => admin.config('SET', 'stop-writes-on-bgsave-error', 'no'),
      },
    ];

    it.each(faults)(
      '$name: everything is refused, nothing is lost or doubled, and it goes on by itself',
      async ({ breaks, mends }) => {
        const server = await start();
        const store = await open(server.url);
        const before = Array.from({ length: 50 }, (_, n) => `before${n}`);
        for (const id of before) await store.queue.put(job(id, { holdMs: 500 }));
        let finish = (): void => undefined;
        const worker = workOn(
          store,
          ({ id }) => (id === 'long' ? new Promise((resolve) => (finish = () => resolve(done))) : done),
          20,
        );
        await store.queue.put(job('long'));
        await until(() => worker.ids().includes('long'));

        await breaks(server);
        const calls = [
          () => store.queue.put(job('during')),
          () => store.check(),
          () => store.records.put(note, 'key', 'text'),
          () => store.queue.later({ key: 'timer', generation: 1, atMs: 0, payload: null }),
        ];
        for (const call of calls) await expect(call()).rejects.toBeInstanceOf(StoreUnavailable);
        finish();
        await mends(server);

        await until(works(() => store.check()));
        // Delivered again: it may have been stored although the answer said otherwise.
        await store.queue.put(job('during'));
        await store.queue.put(job('after'));
        await until(() => [...before, 'during', 'after'].every((id) => worker.ids().includes(id)));
        await until(async () => (await store.queue.stats()).runningCount === 0);
        expect(worker.ids().sort()).toEqual([...before, 'long', 'during', 'after'].sort());
        expect(worker.starts.every(({ attempt }) => attempt === 1)).toBe(true);
        expect(await store.queue.put(job('during'))).toBe('duplicate');
      },
    );

    it('whose scripts are forgotten stores again at the second try, and holds no key without its job', async () => {
      const { url, admin } = await start();
      const store = await open(url);
      await store.queue.put(job('a'));
      await admin.script('FLUSH');
      await expect(store.queue.put(job('b'))).rejects.toThrow('NOSCRIPT');
      await until(works(() => store.check()));
      expect(await store.queue.put(job('b'))).toBe('stored');
      const worker = workOn(store);
      await until(() => worker.starts.length === 2);
      expect(worker.ids()).toEqual(['a', 'b']);
    });

    it('killed under load: what was acknowledged is there, once', async () => {
      const server = await start();
      const store = await open(server.url);
      const acknowledged = new Set<string>();
      let putting = true;
      const callers = Array.from({ length: 16 }, async (_, caller) => {
        for (let n = 0; putting; n += 1) {
          const id = `${caller}/${n}`;
          if (await works(() => store.queue.put(job(id)))()) acknowledged.add(id);
          else await systemClock.sleep(5);
        }
      });
      await until(() => acknowledged.size > 500);
      await server.kill();
      putting = false;
      await Promise.all(callers);
      await server.start();
      const ended = new Map<string, number>();
      store.queue.work(async ({ id }) => {
        ended.set(id, (ended.get(id) ?? 0) + 1);
        return done;
      }, 50);
      await until(() => [...acknowledged].every((id) => ended.has(id)));
      expect(Math.max(...ended.values())).toBe(1);
    });
  });

  describe('that was emptied', () => {
    it('is refused until a restart, even when another process has begun anew on it', async () => {
      const server = await start();
      const store = await open(server.url);
      await store.records.put(note, 'key', 'text');
      await server.admin.flushall();
      const calls = [
        () => store.check(),
        () => store.queue.put(job('a')),
        () => store.records.get(note, 'key'),
        () => store.records.put(note, 'key', 'text'),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow('restart the bot');
      const fresh = await open(server.url);
      await fresh.check();
      expect(await fresh.queue.put(job('a'))).toBe('stored');
      for (const call of calls) await expect(call()).rejects.toThrow('restart the bot');
      const second = await open(server.url);
      expect(await second.queue.put(job('b', { keys: ['key/a'] }))).toBe('duplicate');
    });

    it('gets no work done by those who do not know it, and keeps nothing that they were refused', async () => {
      const server = await start();
      const store = await open(server.url);
      const stale = workOn(store);
      await store.queue.put(job('a'));
      await until(() => stale.starts.length === 1);
      await server.admin.flushall();
      const timer = { key: 't', generation: 1, atMs: 0, payload: null };
      await expect(store.queue.later(timer)).rejects.toThrow('restart the bot');
      await expect(store.queue.put(job('b'))).rejects.toThrow('restart the bot');
      const fresh = await open(server.url);
      await fresh.queue.put(job('c'));
      await fresh.queue.later({ ...timer, key: 'other' });
      const worker = workOn(fresh);
      await until(() => worker.starts.length === 2);
      await systemClock.sleep(50);
      expect(worker.ids().sort()).toEqual(['c', 'timer/other/1']);
      expect(stale.ids()).toEqual(['a']);
      await stale.stop(0);
    });
  });

  describe('with several replicas', { timeout: 60_000 }, () => {
    it('stores one of many copies that come to all of them at once', async () => {
      const { url } = await start();
      const replicas = [await open(url), await open(url), await open(url)];
      const worked: Job[] = [];
      for (const { queue } of replicas)
        queue.work(async (started) => {
          worked.push(started);
          return done;
        }, 10);
      const copies = Array.from({ length: 90 }, (_, n) =>
        job(`j${n}`, { keys: [`event/${n}`, 'message/1'] }),
      );
      const answers = await Promise.all(copies.map((copy, n) => replicas[n % 3]?.queue.put(copy)));
      expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(89);
      await until(() => worked.length > 0);
      await until(async () => (await replicas[0]?.queue.stats())?.runningCount === 0);
      expect(worked).toHaveLength(1);
      expect(await replicas[0]?.queue.stats()).toMatchObject({ waitingCount: 0 });
    });

    it('gives what one has stopped with to another at once, and what a dead one ran after its lease', async () => {
      const { url, admin } = await start();
      const child = hangingReplica(url);
      if (child.stdout === null) throw new Error('no output');
      const lines = createInterface({ input: child.stdout });
      const store = await open(url);
      await store.queue.put(job('a', { priority: 'background' }));
      expect(await once(lines, 'line')).toEqual(['a 1']);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const stopped = workOn(store, () => never, 1);
      await until(() => stopped.starts.length === 1);
      expect(stopped.starts).toMatchObject([{ id: 'a', attempt: 2 }]);
      const next = workOn(await open(url));
      await stopped.stop(0);
      await until(() => next.starts.length === 1);
      expect(next.starts).toMatchObject([{ id: 'a', attempt: 3 }]);
      await until(async () => (await store.queue.stats()).runningCount === 0);
      expect((await admin.keys('*')).filter((key) => key.includes('job-a'))).toEqual([]);
    });

    it('ends a job whose lease was over but that nobody had taken, and not one that another has', async () => {
      const { url, admin } = await start();
      const store = await open(url);
      const finish = new Map<number, () => void>();
      const worker = workOn(
        store,
        ({ attempt }) => new Promise((end) => finish.set(attempt, () => end(done))),
      );
      await store.queue.put(job('a'));
      await until(() => worker.starts.length === 1);
      await admin.del('ticketbot:jobs:job-a:lock');
      finish.get(1)?.();
      await until(async () => (await store.queue.stats()).runningCount === 0);
      await store.queue.put(job('b'));
      await until(() => worker.starts.length === 2);
      await admin.set('ticketbot:jobs:job-b:lock', 'another');
      finish.get(1)?.();
      await systemClock.sleep(50);
      expect(await store.queue.stats()).toMatchObject({ runningCount: 1 });
      expect(worker.ids()).toEqual(['a', 'b']);
    });

    it('counts crashes anew after an orderly end', async () => {
      const { url, admin } = await start();
      const store = await open(url);
      await store.queue.put(job('a'));
      await admin.hset('ticketbot:jobs:job-a', 'stc', 4);
      const worker = workOn(store, () => ({ kind: 'again', afterMs: 60_000 }));
      await until(() => worker.starts.length === 1);
      await until(async () => (await store.queue.stats()).runningCount === 0);
      expect(await admin.hget('ticketbot:jobs:job-a', 'stc')).toBeNull();
    });

    it('does not set the neighbours of a job aside that kills its processes', async () => {
      const { url, admin } = await start();
      const store = await open(url);
      for (const id of ['good', 'poison']) await store.queue.put(job(id));
      // Each was running at three deaths already.
      for (const id of ['good', 'poison']) await admin.hset(`ticketbot:jobs:job-${id}`, 'stc', 3);
      const together = new Set<string>();
      let running = 0;
      const worker = workOn(store, async ({ id }) => {
        running += 1;
        if (running > 1) together.add(id);
        await systemClock.sleep(20);
        running -= 1;
        return done;
      });
      await until(() => worker.starts.length === 2);
      expect(together.size).toBe(0);
      expect(worker.starts.map(({ attempt }) => attempt)).toEqual([1, 1]);
    });
  });

  it('keeps nothing of the text of a job that ended', async () => {
    const { url, admin } = await start();
    const store = await open(url);
    const worker = workOn(store);
    const words = 'please-reset-my-password';
    await store.queue.put(job('a', { payload: words }));
    await store.queue.later({ key: 't', generation: 1, atMs: 0, payload: words });
    await until(() => worker.starts.length === 2);
    await until(async () => (await store.queue.stats()).runningCount === 0);
    await until(async () => (await admin.llen('ticketbot:timers:active')) === 0);
    for (const key of await admin.keys('*')) {
      expect(key).toMatch(/^ticketbot:/);
      expect((await admin.dumpBuffer(key)).includes(words)).toBe(false);
    }
  });
});
