/**
 * Rate windows shared by all replicas: one script on sorted sets, on Redis's own clock.
 *
 * Each window is a sorted set of places, scored by the moment at which the place is free again: 35 s and one window after its
 * departure, and, once the call is answered, one window after the answer. The argument why this holds as Feishu sees it is
 * that of `memoryWindows.ts`, with one clock for everyone: no replica's own clock enters, only lengths of time. A replica that
 * dies gives nothing back: its calls count as answered when it has not been heard of for 8 s, and its places end by themselves.
 *
 * While Redis is away each replica goes on with a share of its own: see `localShare.ts`.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createLocalShare, type Rules, type Taken } from './localShare.ts';
import { prefix, type RedisCalls, type ScriptArgument, script } from './redisConnection.ts';
import { StoreUnavailable, type WindowRule, type Windows } from './store.ts';

/** Longer than any call may take. */
const longestCallMs = 35_000;
/** After a failure Redis is left alone for this long; a caller that waits asks again after as long at the latest. */
const retryMs = 1_000;

/** A replica is heard of with every place that it takes, and this often. */
const heardEveryMs = 2_000;
const deadMs = 8_000;
const forgetMs = 120_000;

/**
 * KEYS: replicas, windows. ARGV: place, replica, then `max` and `perMs` of each. Answers with the wait, 0 for none, and how full each
 * window is.
 */
const takeScript = script(`
local text = function(at) return string.format('%.3f', at) end
redis.call('HSET', KEYS[2], ARGV[4], text(now))

local function isDead(replica)
  local heard = tonumber(redis.call('HGET', KEYS[2], replica))
  return not heard or now - heard >= ${deadMs}
end

-- A place that lasts longer than a window from now on has no answer.
local function endDead(window, per)
  for _, place in ipairs(redis.call('ZRANGEBYSCORE', window, '(' .. text(now + per), '+inf')) do
    if isDead(string.match(place, '^[^/]*')) then redis.call('ZADD', window, text(now + per), place) end
  end
end

local wait, counts = 0, {}
for i = 3, #KEYS do
  local max, per = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', text(now))
  local count = redis.call('ZCARD', KEYS[i])
  counts[#counts + 1] = count
  if count >= max then
    endDead(KEYS[i], per)
    local rank = math.floor(count - max)
    local next = tonumber(redis.call('ZRANGE', KEYS[i], rank, rank, 'WITHSCORES')[2]) or now + per
    -- A place whose call has no answer yet is free in one window at the earliest.
    wait = math.max(wait, 1, math.ceil(math.min(next, now + per) - now))
  end
end
if wait == 0 then
  for i = 3, #KEYS do
    local lasts = tonumber(ARGV[2 * i]) + ${longestCallMs}
    redis.call('ZADD', KEYS[i], text(now + lasts), ARGV[3])
    redis.call('PEXPIRE', KEYS[i], math.ceil(lasts) + 1000)
  end
end
table.insert(counts, 1, wait)
return counts`);

/** KEYS: replicas. ARGV: replica. */
const heardScript = script(`
redis.call('HSET', KEYS[2], ARGV[3], string.format('%.3f', now))
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  if now - tonumber(all[i + 1]) > ${forgetMs} then redis.call('HDEL', KEYS[2], all[i]) end
end`);

/**
 * KEYS: windows. ARGV for each: place, `perMs`, how long ago it departed, how long ago it was answered or ''. Writes down what Redis
 * does not know yet; a place that is known is only ever given back earlier.
 */
const tellScript = script(`
for i = 2, #KEYS do
  local place, per, departed, answered = unpack(ARGV, 4 * i - 5, 4 * i - 2)
  local free = now + per + (answered == '' and ${longestCallMs} - departed or -answered)
  local known = tonumber(redis.call('ZSCORE', KEYS[i], place))
  if free > now and (not known or free < known) then
    redis.call('ZADD', KEYS[i], string.format('%.3f', free), place)
    if redis.call('PTTL', KEYS[i]) < free - now then redis.call('PEXPIRE', KEYS[i], math.ceil(free - now) + 1000) end
  end
end`);

/** Redis takes some thousands of arguments at once, and nobody is to wait for more. */
const tellCount = 500;

const takeAnswer = z.tuple([z.number()], z.number());
const replicasKey = `${prefix}:replicas`;
const keyOf = (window: string): string => `${prefix}:window:${window}`;

/** A rule that is named twice takes one place, under the smaller maximum. */
function distinct(rules: readonly WindowRule[]): Rules {
  const byWindow = new Map<string, WindowRule>();
  for (const rule of rules) {
    const window = `${rule.perMs} ${rule.name}`;
    const known = byWindow.get(window);
    if (known === undefined || rule.max < known.max) byWindow.set(window, rule);
  }
  return byWindow;
}

export interface WindowsDeps {
  readonly calls: RedisCalls;
  readonly clock: Clock;
  readonly log: Log;
  readonly closing: AbortSignal;
}

export function createWindows({ calls: { run }, clock, log, closing }: WindowsDeps): Windows {
  const replica = randomUUID();
  const share = createLocalShare(clock, replica);
  let count = 0;
  let awayUntilMs = Number.NEGATIVE_INFINITY;
  let away = false;
  /** Of many who ask while Redis is away, one finds out whether it is back. */
  let trying = false;
  let telling: Promise<void> | undefined;

  async function takeShared(rules: Rules): Promise<Taken> {
    // After an outage Redis learns first what was taken and answered without it.
    if (away) await tellUntold();
    count += 1;
    const place = `${replica}/${count}`;
    const args: ScriptArgument[] = [...rules.values()].flatMap(({ max, perMs }) => [max, perMs]);
    const keys = [replicasKey, ...[...rules.keys()].map(keyOf)];
    const answer = await run(takeScript, keys, [place, replica, ...args]);
    const [waitMs, ...counts] = takeAnswer.parse(answer);
    const taken = waitMs === 0;
    if (taken) share.took(place, rules);
    share.seen(
      rules,
      counts.map((before) => (taken ? before + 1 : before)),
    );
    return taken ? { place } : { waitMs };
  }

  function tellUntold(): Promise<void> {
    if (!share.hasUntold()) return Promise.resolve();
    telling ??= tell().finally(() => {
      telling = undefined;
    });
    return telling;
  }

  async function tell(): Promise<void> {
    for (let untold = share.untold(tellCount); untold.length > 0; untold = share.untold(tellCount)) {
      const windows = untold.flatMap(({ windows }) => windows.map(({ key }) => keyOf(key)));
      const args = untold.flatMap(({ place, windows, departedAgoMs, answeredAgoMs }) =>
        windows.flatMap(({ perMs }) => [place, perMs, departedAgoMs, answeredAgoMs ?? '']),
      );
      await run(tellScript, windows, args);
      share.told(untold);
    }
  }

  /** @returns undefined when Redis is away */
  async function tryShared(rules: Rules): Promise<Taken | undefined> {
    trying = away;
    try {
      const taken = await takeShared(rules);
      if (away) log.info('rate limits are shared again');
      away = false;
      return taken;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      leaveAlone();
      return undefined;
    } finally {
      trying = false;
    }
  }

  async function beHeard(): Promise<void> {
    while (!closing.aborted) {
      // When it fails the next call says so.
      await run(heardScript, [replicasKey], [replica]).catch(() => undefined);
      await clock.sleep(heardEveryMs, closing);
    }
  }
  void beHeard();

  function leaveAlone(): void {
    awayUntilMs = clock.monoMs() + retryMs;
    if (!away) log.warn('rate limits are kept by this process alone, on a share, until Redis is back');
    away = true;
  }

  return {
    async take(asked) {
      const rules = distinct(asked);
      const shared = clock.monoMs() >= awayUntilMs && !trying ? await tryShared(rules) : undefined;
      if (shared !== undefined) return shared;
      const taken = share.take(rules);
      return 'waitMs' in taken ? { waitMs: Math.min(taken.waitMs, retryMs) } : taken;
    },

    async answered(place) {
      if (!share.answered(place)) return;
      // Without Redis it is told before the next place is taken.
      if (clock.monoMs() < awayUntilMs) return;
      try {
        await tellUntold();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        leaveAlone();
      }
    },
  };
}
