/**
 * Puts right what an outage of Redis leaves behind, so that nothing waits for a lease or runs twice.
 *
 * While Redis was away the leases of running jobs ended: they are taken again before another replica takes the jobs. And fetches
 * that were given up may have been carried out when Redis came back: the jobs that they locked are nobody's, and go back.
 */

import type { RedisQueueBackend } from 'bullmq';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type RedisCalls, script } from './redisConnection.ts';

/** Together with the 3 s between two looks at the leases less than the 15 s within which a job of a dead process starts again. */
export const leaseMs = 8_000;
const everyMs = 500;
/** A command that was under way is carried out within this time after Redis is back. */
const calmMs = 5_000;

/** KEYS: active jobs, jobs that may be stalled. ARGV: lease, start of job keys, then id and token of each running job. */
const leaseScript = script(`
for i = 5, #ARGV, 2 do
  local lock = ARGV[4] .. ARGV[i] .. ':lock'
  if redis.call('EXISTS', lock) == 0 and redis.call('LPOS', KEYS[2], ARGV[i]) then
    redis.call('SET', lock, ARGV[i + 1], 'PX', ARGV[3])
    redis.call('SREM', KEYS[3], ARGV[i])
  end
end`);

/** KEYS: active jobs. ARGV: start of job keys, then tokens. Answers with id and token of each job that they lock; no start of it counts. */
const ghostScript = script(`
local lost, found = {}, {}
for i = 4, #ARGV do lost[ARGV[i]] = true end
for _, id in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  local token = redis.call('GET', ARGV[3] .. id .. ':lock')
  if token and lost[token] then
    redis.call('HINCRBY', ARGV[3] .. id, 'ats', -1)
    found[#found + 1] = {id, token}
  end
end
return found`);

const ghosts = z.array(z.tuple([z.string(), z.string()]));

export interface Running {
  readonly bullId: string;
  readonly token: string;
}

/** Takes leases again that ended while Redis was away, unless somebody else has the job. @throws StoreUnavailable */
export async function holdOn(
  calls: RedisCalls,
  backend: RedisQueueBackend,
  running: readonly Running[],
): Promise<void> {
  const held = running.flatMap(({ bullId, token }) => [bullId, token]);
  const keys = [backend.toKey('active'), backend.toKey('stalled')];
  if (held.length > 0) await calls.run(leaseScript, keys, [leaseMs, backend.toKey(''), ...held]);
}

export interface MendingDeps {
  readonly calls: RedisCalls;
  readonly clock: Clock;
  readonly backend: RedisQueueBackend;
  readonly running: () => readonly Running[];
  /** There is something to start. */
  readonly wake: () => Promise<unknown>;
  readonly ending: AbortSignal;
}

export interface Mending {
  /** Redis could not be used. */
  trouble(): void;
  /** A fetch with this token was given up. */
  lost(token: string): void;
  found(token: string): void;
}

export function createMending(deps: MendingDeps): Mending {
  const { calls, clock, backend, running, wake, ending } = deps;
  const active = backend.toKey('active');
  const tokens = new Set<string>();
  let mending = false;
  let calmFromMs: number | undefined;

  async function mendOnce(): Promise<void> {
    await holdOn(calls, backend, running());
    if (tokens.size === 0) return;
    const base = backend.toKey('');
    for (const [id, token] of ghosts.parse(await calls.run(ghostScript, [active], [base, ...tokens]))) {
      await backend.moveJobFromActiveToWait(id, token);
      await wake();
    }
  }

  async function mend(): Promise<void> {
    while (!ending.aborted) {
      try {
        await mendOnce();
        calmFromMs ??= clock.monoMs();
        if (clock.monoMs() - calmFromMs >= calmMs) break;
      } catch {
        // Redis is still away; its state is in the log.
        calmFromMs = undefined;
      }
      await clock.sleep(everyMs, ending);
    }
    tokens.clear();
    mending = false;
  }

  function trouble(): void {
    calmFromMs = undefined;
    if (mending || ending.aborted) return;
    mending = true;
    void mend();
  }

  return {
    trouble,
    lost(token) {
      tokens.add(token);
      trouble();
    },
    found: (token) => {
      tokens.delete(token);
    },
  };
}
