/**
 * The queue on Redis, on BullMQ: its wait list and its priorities, its delays for holds and further tries, its locks for leases,
 * its failed jobs for those that were set aside.
 *
 * What BullMQ does not have is beside it: several deduplication keys in `redisPut.ts`, generations of timers in `redisTimers.ts`, an
 * end that is tried until Redis takes it in `redisHands.ts`.
 * https://docs.bullmq.io/guide/going-to-production
 */

import { Job as BullJob, Queue as BullQueue } from 'bullmq';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { prefix, type RedisCalls, script } from './redisConnection.ts';
import { bullId, dataOf, idOf, keepSetAsideMs, setAsideOf } from './redisJobs.ts';
import { createPut } from './redisPut.ts';
import { createRedisTimers } from './redisTimers.ts';
import { startWork, type Worker } from './redisWork.ts';
import type { Queue, SetAsideJob } from './store.ts';

export interface RedisQueueDeps {
  readonly url: string;
  readonly calls: RedisCalls;
  readonly clock: Clock;
  readonly log: Log;
  readonly closing: AbortSignal;
}

export interface RedisQueue extends Queue {
  /** Forgets set-aside jobs that are over their time. */
  prune(): Promise<void>;
  /** Ends what works still, without handing anything back. */
  close(): Promise<void>;
}

/** Of more jobs than this in one state, the oldest is looked for among those that start next. */
const searchCount = 1_000;
const pruneCount = 1_000;

/** KEYS: wait, prioritized, delayed, active, failed. ARGV: start of job keys, begin of the set-aside list, how many to search. */
const statsScript = script(`
local search = tonumber(ARGV[5])
local oldest = false
local function look(ids)
  for _, id in ipairs(ids) do
    local at = tonumber(redis.call('HGET', ARGV[3] .. id, 'timestamp'))
    if at and (not oldest or at < oldest) then oldest = at end
  end
end
look(redis.call('LRANGE', KEYS[2], -search, -1))
look(redis.call('ZRANGE', KEYS[3], 0, search - 1))
look(redis.call('ZRANGE', KEYS[4], 0, search - 1))
local waiting = redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[3]) + redis.call('ZCARD', KEYS[4])
return {waiting, redis.call('LLEN', KEYS[5]), redis.call('ZCOUNT', KEYS[6], '(' .. ARGV[4], '+inf'), oldest}`);

const statsAnswer = z.tuple([z.number(), z.number(), z.number()], z.number().nullable());

export function createQueue({ url, calls, clock, log, closing }: RedisQueueDeps): RedisQueue {
  // A question to Redis when it begins would be one more that may fail; `redisInspection.ts` has asked.
  const options = {
    connection: calls.redis,
    prefix,
    skipVersionCheck: true,
    streams: { events: { maxLen: 100 } },
  };
  const queue = new BullQueue('jobs', options);
  const waiting = new BullQueue('timers', options);
  for (const each of [queue, waiting]) each.on('error', () => undefined);
  const timers = createRedisTimers({ calls, clock, waiting, due: queue });
  const workers = new Set<Worker>();
  const setAsideSinceMs = (): number => Math.floor(clock.nowMs()) - keepSetAsideMs;
  const wake = () => calls.call(() => calls.redis.zadd(queue.toKey('marker'), 0, '0'));
  const find = (id: string) => calls.call(() => BullJob.fromId(queue, bullId(id)));

  return {
    put: createPut({ calls, queue, clock }),

    async release(id) {
      const key = queue.toKey(bullId(id));
      // A job that was started waits for another try, not for a release.
      const starts = await calls.call(() => calls.redis.hget(key, 'ats'));
      if (Number(starts) === 0) await calls.call(() => unlessGone(queue.getBackend().promote(bullId(id))));
    },

    later: timers.later,
    cancel: timers.cancel,

    work(handler, concurrency) {
      const worker = startWork(
        { url, calls, queue, waiting, timers, clock, log, closing, wake },
        handler,
        concurrency,
      );
      workers.add(worker);
      return {
        async stop(graceMs) {
          await worker.stop(graceMs);
          workers.delete(worker);
        },
      };
    },

    async listSetAside() {
      const jobs = await calls.call(() => queue.getJobs(['failed'], 0, -1, true));
      return jobs.filter(({ finishedOn = 0 }) => finishedOn > setAsideSinceMs()).map(describe);
    },

    async replay(id) {
      const job = await find(id);
      if (job?.finishedOn === undefined || job.finishedOn <= setAsideSinceMs()) return false;
      await calls.call(() => calls.redis.hdel(queue.toKey(bullId(id)), 'stc', 'defa'));
      const fresh = { resetAttemptsMade: true, resetAttemptsStarted: true };
      return calls.call(() => unlessGone(job.retry('failed', fresh)));
    },

    async stats() {
      const keys = ['wait', 'prioritized', 'delayed', 'active', 'failed'].map((state) => queue.toKey(state));
      const answer = await calls.run(statsScript, keys, [queue.toKey(''), setAsideSinceMs(), searchCount]);
      const [waitingCount, runningCount, setAsideCount, oldest] = statsAnswer.parse(answer);
      const oldestWaitingMs = typeof oldest === 'number' ? Math.max(0, clock.nowMs() - oldest) : 0;
      return { waitingCount, runningCount, setAsideCount, oldestWaitingMs };
    },

    async prune() {
      const old = (each: BullQueue) => calls.call(() => each.clean(keepSetAsideMs, pruneCount, 'failed'));
      for (const each of [queue, waiting]) while (!closing.aborted && (await old(each)).length >= pruneCount);
    },

    async close() {
      await Promise.all([...workers].map((worker) => worker.abandon()));
      await Promise.all([queue.close(), waiting.close()]);
    },
  };
}

function describe(job: BullJob): SetAsideJob {
  const { reason, attempts } = setAsideOf(job.failedReason, job.attemptsStarted);
  return { id: idOf(job.id), reason, attempts, putAtMs: dataOf(job.data)?.putAtMs ?? job.timestamp };
}

/** @returns false when BullMQ says, by a number, that the job is not there or in another state */
async function unlessGone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return false;
    throw error;
  }
}
