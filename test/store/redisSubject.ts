/**
 * The contract's subject on a real Redis, in time that stands still until a test moves it: the store's clock, what the store takes
 * for Redis's clock, and the date that BullMQ reads are one.
 */

import { Queue as BullQueue } from 'bullmq';
import { vi } from 'vitest';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { openRedisStore } from '../../src/store/redis.ts';
import type { Store, Work } from '../../src/store/store.ts';
import type { RedisServer } from '../support/redisServer.ts';
import type { Subject } from './subject.ts';

/** Over longer times than this it does not stop at every event. */
const finelyMs = 86_400_000;
const coarseStepCount = 50;
const patienceMs = 10_000;

/** What Redis holds that has to go on before time does. */
const lookLua = `
local now = tonumber(ARGV[1])
local answer = {}
for _, base in ipairs({'ticketbot:jobs:', 'ticketbot:timers:'}) do
  local active = {}
  for _, id in ipairs(redis.call('LRANGE', base .. 'active', 0, -1)) do
    active[#active + 1] = id .. '#' .. (redis.call('HGET', base .. id, 'ats') or '')
  end
  local due = redis.call('ZCOUNT', base .. 'delayed', '-inf', (now + 1) * 4096 - 1)
  local next = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')[2]
  answer[#answer + 1] = {
    redis.call('LLEN', base .. 'wait') + redis.call('ZCARD', base .. 'prioritized'), due, active,
    next and string.format('%.0f', math.floor(tonumber(next) / 4096)) or '',
  }
  if due > 0 then redis.call('ZADD', base .. 'marker', 0, '0') end
end
return answer`;

const side = z.tuple([z.number(), z.number(), z.array(z.string()), z.string()]);
const look = z.tuple([side, side]);

export interface MovedClock extends Clock {
  /** When the next sleeper wakes, in monotonic time. */
  nextMs(): number;
  /** Moves time and wakes whoever sleeps until then. */
  moveTo(monoMs: number): void;
}

export function movedClock(startMs = Date.UTC(2026, 0, 5, 9)): MovedClock {
  const sleepers = new Map<() => void, number>();
  let monoMs = 1_000;
  const nowMs = (): number => startMs + monoMs - 1_000;
  return {
    nowMs,
    monoMs: () => monoMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        if (signal?.aborted || !(ms > 0)) return resolve();
        signal?.addEventListener('abort', wake, { once: true });
        sleepers.set(wake, monoMs + ms);
      }),
    alarm(ms, ring) {
      const wake = (): void => {
        sleepers.delete(wake);
        ring();
      };
      sleepers.set(wake, monoMs + ms);
      return () => void sleepers.delete(wake);
    },
    nextMs: () => Math.min(Number.POSITIVE_INFINITY, ...sleepers.values()),
    moveTo(toMs) {
      monoMs = Math.max(monoMs, toMs);
      vi.setSystemTime(nowMs());
      for (const [wake, atMs] of [...sleepers]) if (atMs <= monoMs) wake();
    },
  };
}

/** What works now, as the harness sees it: the handlers that run, by id and attempt. */
interface Working {
  concurrency: number;
  readonly running: Set<string>;
}

export async function redisSubject(server: RedisServer): Promise<Subject & { readonly clock: MovedClock }> {
  const clock = movedClock();
  const log = createLog('silent');
  vi.useFakeTimers({ toFake: ['Date'], now: clock.nowMs() });
  await server.admin.flushall();
  const stores = new Set<Store>();
  const working = new Set<Working>();

  async function lookNow(): Promise<z.infer<typeof look>> {
    return look.parse(await server.admin.eval(lookLua, 0, clock.nowMs()));
  }

  /** Waits in real time for everything that needs no time. */
  async function quiet(): Promise<void> {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (working.size === 0) return;
      const found = await lookNow();
      if (isQuiet(found, working)) return;
      if (performance.now() > endMs) throw new Error(`it does not come to rest: ${JSON.stringify(found)}`);
    }
  }

  /**
   * The leases of the dead end, and another replica sees it. Here that needs no time; that it takes less than 15 s is seen in
   * `redisFaults.test.ts`.
   */
  async function takeOver(): Promise<void> {
    const locks = await server.admin.keys('ticketbot:*:lock');
    if (locks.length > 0) await server.admin.del(...locks);
    for (const name of ['jobs', 'timers']) {
      const options = {
        connection: server.admin,
        prefix: 'ticketbot',
        maxStalledCount: 4,
        stalledInterval: 1,
      };
      const queue = new BullQueue(name, { ...options, skipMetasUpdate: true });
      for (let time = 0; time < 2; time += 1) {
        await server.admin.del(`ticketbot:${name}:stalled-check`);
        await queue.getBackend().moveStalledJobsToWait();
      }
      await queue.close();
    }
  }

  async function nextStopMs(stepMs: number): Promise<number> {
    const [jobs, timers] = await lookNow();
    const due = [jobs, timers]
      .map(([, , , at]) => (at === '' ? 0 : Number(at) - clock.nowMs()))
      .filter((inMs) => inMs > 0)
      .map((inMs) => clock.monoMs() + inMs);
    return Math.max(clock.monoMs() + stepMs, Math.min(clock.nextMs(), ...due));
  }

  async function pass(ms: number): Promise<void> {
    const endMs = clock.monoMs() + ms;
    const stepMs = ms > finelyMs ? ms / coarseStepCount : 0;
    await quiet();
    for (let stopMs = await nextStopMs(stepMs); stopMs <= endMs; stopMs = await nextStopMs(stepMs)) {
      clock.moveTo(Math.max(stopMs, clock.monoMs() + 1));
      await quiet();
    }
    clock.moveTo(endMs);
    await quiet();
  }

  return {
    clock,
    pass,
    async open() {
      const store = await openRedisStore({ url: server.url, clock, log, redisNowMs: clock.nowMs });
      stores.add(store);
      return watched(store, working, stores);
    },
    async crash(store) {
      working.clear();
      await closeAll(stores, store);
      await alone(server);
      await takeOver();
    },
    async dispose() {
      working.clear();
      await closeAll(stores);
      vi.useRealTimers();
    },
  };
}

/** Waits until Redis has done what the connections that were closed had still asked for. */
async function alone({ admin }: RedisServer): Promise<void> {
  while (!/^connected_clients:1\r?$/m.test(await admin.info('clients')))
    await new Promise((resolve) => setTimeout(resolve, 1));
}

async function closeAll(stores: Set<Store>, only?: Store): Promise<void> {
  for (const store of [...stores]) {
    if (only !== undefined && only.window !== store.window) continue;
    stores.delete(store);
    await store.close();
  }
}

/** The store, with a note of what its handlers do. */
function watched(store: Store, working: Set<Working>, stores: Set<Store>): Store {
  const queue: Store['queue'] = {
    ...store.queue,
    work(handler, concurrency): Work {
      const own: Working = { concurrency, running: new Set() };
      if (stores.has(store)) working.add(own);
      const work = store.queue.work(async (job) => {
        const name = `${job.id}#${job.attempt}`;
        own.running.add(name);
        try {
          return await handler(job);
        } finally {
          own.running.delete(name);
        }
      }, concurrency);
      return {
        async stop(graceMs) {
          await work.stop(graceMs);
          working.delete(own);
        },
      };
    },
  };
  return { ...store, queue };
}

/** Nothing waits that could start, and every job that BullMQ holds for running has a handler that runs. */
function isQuiet([jobs, timers]: z.infer<typeof look>, working: ReadonlySet<Working>): boolean {
  const running = new Set([...working].flatMap((own) => [...own.running]));
  const room = [...working].reduce((sum, { concurrency }) => sum + concurrency, 0);
  const [waitingCount, dueCount, active] = jobs;
  const inHand = active.every((name) => running.has(name.slice('job-'.length).replaceAll('%3A', ':')));
  const nothingToStart = waitingCount + dueCount === 0 || active.length >= room;
  const [timersWaiting, timersDue, timersActive] = timers;
  return inHand && nothingToStart && timersWaiting + timersDue + timersActive.length === 0;
}
