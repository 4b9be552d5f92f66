/** One job in the hands of this process: from its start to what is written down of it. */

import type { Job as BullJob, Queue as BullQueue } from 'bullmq';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { prefix, type RedisCalls, script } from './redisConnection.ts';
import { dataOf, idOf, type JobData } from './redisJobs.ts';
import { holdOn } from './redisMending.ts';
import type { RedisTimers } from './redisTimers.ts';
import type { Job, Outcome } from './store.ts';

export type Handler = (job: Job) => Promise<Outcome>;

/** `lost` when the job is no longer ours: what its handler says after that does not count. */
export interface Hand {
  readonly job: BullJob;
  readonly bullId: string;
  readonly token: string;
  readonly id: string;
  readonly data: JobData | undefined;
  lost: boolean;
}

export interface HandDeps {
  readonly calls: RedisCalls;
  readonly queue: BullQueue;
  readonly timers: RedisTimers;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the store closes: then nothing more is awaited or written. */
  readonly closing: AbortSignal;
  /** There is something to start. */
  readonly wake: () => Promise<unknown>;
}

/** The pause before something that Redis has refused is tried again. */
const retryMs = 1_000;
/**
 * A job that was running twice while its process died may be the reason. Such jobs are started one at a time, so that the guilty one
 * does not take innocent neighbours into the list of set-aside jobs with it.
 */
const suspectCrashCount = 2;
const turnMs = 1_000;

/** KEYS: whose turn it is. ARGV: id, start of job keys. Answers with 1 when it is this job's turn. */
const turnScript = script(`
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[3] and redis.call('EXISTS', ARGV[4] .. holder .. ':lock') == 1 then return 0 end
redis.call('SET', KEYS[2], ARGV[3], 'PX', 86400000)
return 1`);

/** KEYS: job. */
const uncountScript = script(`
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HINCRBY', KEYS[2], 'ats', -1) end`);

export function handOf(job: BullJob, token: string): Hand {
  return { job, token, bullId: job.id ?? '', id: idOf(job.id), data: dataOf(job.data), lost: false };
}

/** Runs one job to its end. Never rejects. */
export async function runHand(deps: HandDeps, hand: Hand, handler: Handler): Promise<void> {
  const first = await untilDone(deps, hand, () => mayStart(deps, hand));
  if (first === 'postpone') await untilDone(deps, hand, () => postpone(deps, hand));
  if (first === 'drop') await untilDone(deps, hand, () => hand.job.moveToCompleted(null, hand.token, false));
  if (first !== 'start') return;
  const outcome = await outcomeOf(deps, hand, handler);
  await untilDone(deps, hand, () => end(deps, hand, outcome));
}

/** An orderly return: the start is no crash. @param started false when the handler was not called, so that it is no attempt */
export async function giveBack(deps: HandDeps, hand: Hand, started = true): Promise<void> {
  const { timers, log, wake } = deps;
  const { job, token, data } = hand;
  hand.lost = true;
  try {
    if (data?.timer !== undefined && (await timers.isOver(data.timer))) {
      await job.moveToCompleted(null, token, false);
      return;
    }
    if (!started) await uncount(deps, hand);
    await job.moveToWait(token);
    // BullMQ tells nobody of a job that comes back with a priority.
    await wake();
  } catch (error) {
    if (!isGone(error))
      log.warn(
        { err: error, jobId: hand.id },
        'a job could not be handed back; another takes it after the lease',
      );
  }
}

async function mayStart(deps: HandDeps, { job, data, bullId }: Hand): Promise<'start' | 'drop' | 'postpone'> {
  const { calls, queue, timers } = deps;
  if (data?.timer !== undefined && !(await timers.mayStart(data.timer))) return 'drop';
  if (job.stalledCounter < suspectCrashCount) return 'start';
  const turn = await calls.run(turnScript, [`${prefix}:suspect`], [bullId, queue.toKey('')]);
  return turn === 1 ? 'start' : 'postpone';
}

async function postpone(deps: HandDeps, hand: Hand): Promise<void> {
  await hand.job.moveToDelayed(deps.clock.nowMs() + turnMs, hand.token);
  await uncount(deps, hand);
}

/** BullMQ has counted a start that was none. */
async function uncount({ calls, queue }: HandDeps, { bullId }: Hand): Promise<void> {
  await calls.run(uncountScript, [queue.toKey(bullId)], []);
}

async function outcomeOf({ log }: HandDeps, hand: Hand, handler: Handler): Promise<Outcome> {
  const { id, data, job } = hand;
  if (data === undefined) return { kind: 'set_aside', reason: 'unreadable' };
  const { payload, putAtMs } = data;
  try {
    return await handler({ id, payload, putAtMs, attempt: job.attemptsStarted });
  } catch (error) {
    if (!hand.lost) log.error({ err: error, jobId: id }, 'the work on a job threw; it is set aside');
    return { kind: 'set_aside', reason: error instanceof Error ? error.name : typeof error };
  }
}

async function end({ calls, queue, timers, clock }: HandDeps, hand: Hand, outcome: Outcome): Promise<void> {
  const { job, token, data, bullId } = hand;
  const timer = data?.timer;
  const over = timer !== undefined && (await timers.isOver(timer));
  if (over || outcome.kind === 'done') {
    if (timer !== undefined) await timers.ended(timer);
    await job.moveToCompleted(null, token, false);
  } else if (outcome.kind === 'set_aside') {
    await job.moveToFailed(new Error(outcome.reason), token, false);
  } else {
    // The count of crashes begins anew after an orderly end.
    await calls.call(() => calls.redis.hdel(queue.toKey(bullId), 'stc'));
    await job.moveToDelayed(Math.ceil(clock.nowMs() + Math.max(0, outcome.afterMs || 0)), token);
  }
}

/**
 * Tries until Redis has taken it: what is not written down would run again.
 * @returns undefined when the job is no longer ours
 */
async function untilDone<T>(deps: HandDeps, hand: Hand, step: () => Promise<T>): Promise<T | undefined> {
  const { clock, closing, log } = deps;
  let held = false;
  for (let tries = 1; !hand.lost && !closing.aborted; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (!isGone(error)) {
        await clock.sleep(retryMs, closing);
        held = await heldAgain(deps, hand);
      } else if (!held && (await heldAgain(deps, hand))) held = true;
      else return gone(hand, tries, log);
    }
  }
  return undefined;
}

/** The lease may have ended while Redis was away, without anybody having taken the job. */
async function heldAgain({ calls, queue }: HandDeps, hand: Hand): Promise<boolean> {
  try {
    await holdOn(calls, queue.getBackend(), [hand]);
    return true;
  } catch {
    return false;
  }
}

function gone(hand: Hand, tries: number, log: Log): undefined {
  hand.lost = true;
  // After a try without an answer it is most likely done.
  if (tries <= 2) log.warn({ jobId: hand.id }, 'a job was taken over by another process while it ran');
}

/** BullMQ's own errors carry a number: the job, or its lock, is not there. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}
