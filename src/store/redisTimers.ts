/**
 * Timers on Redis. They wait in a queue of their own, one job for each key and generation, and when one is due it becomes a job of
 * the main queue.
 *
 * Beside them stands what is known of each key: the newest generation, and up to which one everything has ended. A timer starts only
 * when its generation has not ended, and that is looked up at the moment of the start; so a job that could not be removed from
 * either queue does nothing. The job is added before its generation is known: when the process dies between the two, the caller has no
 * answer and sets the timer again, which adds nothing new.
 */

import type { Queue as BullQueue } from 'bullmq';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { prefix, type RedisCalls, script } from './redisConnection.ts';
import { bullId, dataOf, type JobData, optionsOf } from './redisJobs.ts';
import type { Timer } from './store.ts';

/** How long the generations of a key are remembered after the last use. */
const keepMs = 48 * 3_600_000;
/** A timer that is set aside may be started again for so long. */
const keepPendingMs = keepMs + 7 * 86_400_000;

const extendLua = `
local function extend(ms)
  if redis.call('PTTL', KEYS[2]) < ms then redis.call('PEXPIRE', KEYS[2], ms) end
end
local function known(field) return tonumber(redis.call('HGET', KEYS[2], field)) or -math.huge end
local function raise(field, to) if tonumber(to) > known(field) then redis.call('HSET', KEYS[2], field, to) end end`;

/** KEYS: what is known. ARGV: generation, the one before it, how long to remember. Answers with the newest generation before. */
const setScript = script(`${extendLua}
if known('known') >= tonumber(ARGV[3]) then return false end
local before = redis.call('HGET', KEYS[2], 'known')
redis.call('HSET', KEYS[2], 'known', ARGV[3])
raise('ended', ARGV[4])
extend(tonumber(ARGV[5]))
return before`);

/** KEYS: what is known. ARGV: generation, how long to remember. Answers with the newest generation before. */
const endScript = script(`${extendLua}
local before = redis.call('HGET', KEYS[2], 'known')
raise('ended', ARGV[3])
raise('known', ARGV[3])
extend(tonumber(ARGV[4]))
return before`);

/** KEYS: what is known. ARGV: generation, how long to remember. Answers with 1 when the timer may start. */
const startScript = script(`${extendLua}
if known('ended') >= tonumber(ARGV[3]) then return 0 end
raise('known', ARGV[3])
extend(tonumber(ARGV[4]))
return 1`);

/** KEYS: what is known. Answers with the newest generation. */
const knownScript = script(`return redis.call('HGET', KEYS[2], 'known')`);

const generationText = z.string().nullable();

export interface TimerDeps {
  readonly calls: RedisCalls;
  readonly clock: Clock;
  /** Where timers wait. */
  readonly waiting: BullQueue;
  /** Where they go when they are due. */
  readonly due: BullQueue;
}

type TimerName = NonNullable<JobData['timer']>;

export interface RedisTimers {
  later(timer: Timer): Promise<void>;
  cancel(key: string, generation: number): Promise<void>;
  /** May this timer start? Then it is known from now on. */
  mayStart(timer: TimerName): Promise<boolean>;
  /** Has it been replaced or cancelled while it ran? */
  isOver(timer: TimerName): Promise<boolean>;
  /** It has run, and is not to run again. */
  ended(timer: TimerName): Promise<void>;
  /** Moves a timer that is due to the main queue. */
  fire(data: unknown, atMs: number): Promise<void>;
}

export const timerId = ({ key, generation }: TimerName): string => `timer/${key}/${generation}`;

export function createRedisTimers({ calls, clock, waiting, due }: TimerDeps): RedisTimers {
  const stateOf = (key: string): string => `${prefix}:timer:${key}`;

  /** What is left of older generations; what runs now cannot be removed, and does not come back by itself. */
  async function remove(key: string, generation: string | null): Promise<void> {
    if (generation === null) return;
    const id = bullId(timerId({ key, generation: Number(generation) }));
    await calls.call(() => Promise.all([waiting.remove(id), due.remove(id)]));
  }

  const mayStart = async ({ key, generation }: TimerName): Promise<boolean> =>
    (await calls.run(startScript, [stateOf(key)], [generation, keepPendingMs])) === 1;

  async function end(key: string, generation: number): Promise<string | null> {
    return generationText.parse(await calls.run(endScript, [stateOf(key)], [generation, keepMs]));
  }

  return {
    async later({ key, generation: asked, atMs, payload }) {
      const generation = whole(asked);
      const name = { key, generation };
      const putAtMs = Math.floor(clock.nowMs());
      const delayMs = Math.max(0, atMs - putAtMs);
      const known = generationText.parse(await calls.run(knownScript, [stateOf(key)], []));
      if (known !== null && Number(known) >= generation) return;
      const data: JobData = { payload, putAtMs, timer: name };
      const options = optionsOf(timerId(name), 'card', putAtMs, delayMs);
      const { deduplication: _, ...rest } = options;
      await calls.call(() => waiting.add('timer', data, rest));
      const rememberMs = Math.ceil(delayMs + keepPendingMs);
      const before = await calls.run(setScript, [stateOf(key)], [generation, generation - 1, rememberMs]);
      await remove(key, generationText.parse(before));
    },
    async cancel(key, asked) {
      const generation = whole(asked);
      const before = await end(key, generation);
      if (Number(before) <= generation) await remove(key, before);
    },
    mayStart,
    isOver: async (timer) => !(await mayStart(timer)),
    async ended({ key, generation }) {
      await end(key, generation);
    },
    async fire(found, atMs) {
      const data = dataOf(found);
      if (data?.timer === undefined) return;
      const { deduplication: _, ...options } = optionsOf(timerId(data.timer), 'card', atMs, 0);
      await calls.call(() => due.add('timer', data, options));
    },
  };
}

/** So that a caller may cancel "all" with `Infinity`. */
function whole(generation: number): number {
  return Math.trunc(Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, generation)));
}
