/**
 * How a job enters the queue: together with its deduplication keys, or not at all.
 *
 * BullMQ's `add` knows two keys, the job's id and one deduplication id, and forgets the first with the job. Ours are as many as
 * the caller names, for 48 h. So one transaction holds three steps, and Redis runs nothing of anybody else's between them:
 *
 * 1. `check` looks whether a key is known. If none is, it opens a gate, which is closed at all other times: the key of the
 *    deduplication id under which step 2 adds. While that key is there, BullMQ takes every job for a repeated one and stores nothing.
 * 2. BullMQ's own `add`. When it stores the job, it writes the job's id on the gate.
 * 3. `register` writes down the keys, but only where the gate names this very job, which says that step 2 has stored it; then it
 *    closes the gate.
 *
 * Nothing is lost: keys are never known without their job, because a step that fails leaves the gate without the job's id. Nothing is
 * doubled: of two puts with a common key, in whatever process, one transaction comes first. When the process or Redis dies in the
 * middle, the append-only file holds the whole transaction or nothing of it. When an answer comes too late or not at all the caller
 * is told that nothing is stored; if it was stored after all, the next delivery is a duplicate of it, which is right.
 */

import { type Queue as BullQueue, Job } from 'bullmq';
import type { Clock } from '../clock.ts';
import type { Json } from '../domain.ts';
import { prefix, type RedisCalls, script, timeLua, unavailable, wordOf } from './redisConnection.ts';
import { bullId, gateId, optionsOf } from './redisJobs.ts';
import { type NewJob, StoreUnavailable } from './store.ts';

/** How long a key stays known. */
const keepKeysMs = 48 * 3_600_000;
/** As good as for ever. BullMQ takes a gate without an end for a forgotten one. */
const gateMs = 10 * 365 * 86_400_000;
const closeLua = `redis.call('SET', KEYS[2], '-', 'PX', ${gateMs})`;

/** KEYS: epoch, gate, job, deduplication keys. On a Redis that was emptied meanwhile the gate stays closed, too. */
const checkLua = `${timeLua}
local closed = redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[3]) == 1
for i = 4, #KEYS do
  local at = tonumber(redis.call('GET', KEYS[i]))
  if at and now - at < ${keepKeysMs} then closed = true end
end
if closed then ${closeLua} else redis.call('DEL', KEYS[2]) end
return closed and 'duplicate' or 'new'`;

/** KEYS: gate, job, deduplication keys. ARGV: the job's id in BullMQ. */
const register = script(`
local stored = redis.call('GET', KEYS[2]) == ARGV[3]
if stored then
  for i = 4, #KEYS do redis.call('SET', KEYS[i], string.format('%.0f', now), 'PX', ${keepKeysMs}) end
end
${closeLua}
return stored and 1 or 0`);

export interface PutDeps {
  readonly calls: RedisCalls;
  readonly queue: BullQueue;
  readonly clock: Clock;
}

/** @throws StoreUnavailable when it is not stored, or when nobody knows */
export function createPut({
  calls,
  queue,
  clock,
}: PutDeps): (job: NewJob) => Promise<'stored' | 'duplicate'> {
  const gate = `${queue.toKey('de')}:${gateId}`;

  async function put({ id, keys, priority, holdMs = 0 }: NewJob, payload: Json) {
    const bull = bullId(id);
    const putAtMs = Math.floor(clock.nowMs());
    const named = [calls.preface.key, gate, queue.toKey(bull), ...keys.map((key) => `${prefix}:key:${key}`)];
    const steps = (await queue.getBackend().client).multi();
    const run = (lua: string, ...args: string[]): void => {
      // As text and not by its hash: inside a transaction an unknown hash would fail one step of three.
      steps.runCommand('eval', [lua, named.length, ...named, ...calls.preface.args(), ...args]);
    };
    const job = new Job(queue, 'event', { payload, putAtMs }, optionsOf(id, priority, putAtMs, holdMs), bull);
    run(checkLua);
    await job.addJob(steps);
    run(register.lua, bull);
    return outcomeOf((await steps.exec()) ?? [], () => calls.redis.disconnect(true));
  }

  return async (job) => {
    // As text before anything is awaited, so that a later change of the value by the caller is not stored.
    const payload: Json = JSON.parse(JSON.stringify(job.payload));
    return calls.call(() => put(job, payload));
  };
}

function outcomeOf(steps: readonly [Error | null, unknown][], reconnect: () => void): 'stored' | 'duplicate' {
  const failed = steps.find(([error]) => error !== null)?.[0];
  if (failed) {
    // The connection believes that Redis still has its scripts. A new one will not.
    if (wordOf(failed) === 'NOSCRIPT') reconnect();
    throw unavailable(failed);
  }
  const [checked, , registered] = steps.map(([, answer]) => answer);
  if (checked === 'duplicate') return 'duplicate';
  if (registered === 1) return 'stored';
  throw new StoreUnavailable('Redis did not store the job');
}
