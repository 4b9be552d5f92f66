/** What a Redis must be before anything is entrusted to it. */

import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { unavailable } from './redisConnection.ts';
import { StoreUnavailable } from './store.ts';

/** The oldest that BullMQ recommends. */
const oldestVersion = [6, 2] as const;
/** More than this, and timers and holds are visibly early or late. */
const clockToleranceMs = 2_000;

const settingRow = z.tuple([z.string(), z.string()]);
const timeRow = z.tuple([z.coerce.number(), z.coerce.number()]);

/**
 * Looks at version, role, persistence and eviction. What `CONFIG` would tell better is taken from `INFO`, because managed services
 * forbid `CONFIG`.
 * https://redis.io/docs/latest/commands/info/
 * @throws StoreUnavailable with what is wrong and what to set
 */
export async function inspect(redis: Redis, clock: Clock, log: Log): Promise<void> {
  const info = await infoOf(redis);
  const problem = problemOf(info);
  if (problem !== undefined) throw new StoreUnavailable(`REDIS_URL: ${problem}`);
  await warnOfSync(redis, log);
  await warnOfClock(redis, clock, log);
}

/** @returns undefined for a Redis that is good enough */
export function problemOf(info: ReadonlyMap<string, string>): string | undefined {
  const version = info.get('redis_version') ?? 'unknown';
  if (isTooOld(version)) return `Redis ${version} is too old; use ${oldestVersion.join('.')} or newer.`;
  if (info.get('role') === 'slave') return 'this Redis is a read-only replica; name its master.';
  if (info.get('aof_enabled') !== '1')
    return 'this Redis has no append-only file and would lose events; start it with "appendonly yes".';
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction')
    return `this Redis may throw keys away (maxmemory-policy ${policy}); set "maxmemory-policy noeviction".`;
  return undefined;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]);
}

async function infoOf(redis: Redis): Promise<ReadonlyMap<string, string>> {
  try {
    return parseInfo(await redis.info());
  } catch (error) {
    throw unavailable(error, 'REDIS_URL: INFO, which tells whether this Redis keeps what it is given, fails');
  }
}

/** Lines of `name:value` under headings. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const entries = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at < 1 || line.startsWith('#') ? [] : [[line.slice(0, at), line.slice(at + 1)]];
  });
  return new Map(entries);
}

/** https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ */
async function warnOfSync(redis: Redis, log: Log): Promise<void> {
  const found = settingRow.safeParse(await redis.config('GET', 'appendfsync').catch(() => undefined));
  if (!found.success) {
    log.warn(
      'Redis does not tell its appendfsync; unless it is "always", a power cut may lose what came last',
    );
    return;
  }
  const [, appendfsync] = found.data;
  if (appendfsync === 'everysec')
    log.warn('Redis has appendfsync everysec: a power cut may lose the last second');
  else if (appendfsync !== 'always')
    log.warn(
      { appendfsync },
      'Redis does not sync its file by itself: a power cut may lose half a minute or more',
    );
}

async function warnOfClock(redis: Redis, clock: Clock, log: Log): Promise<void> {
  const found = timeRow.safeParse(await redis.time().catch(() => undefined));
  if (!found.success) return;
  const [seconds, micros] = found.data;
  const offMs = Math.round(clock.nowMs() - (seconds * 1_000 + micros / 1_000));
  if (Math.abs(offMs) > clockToleranceMs)
    log.warn({ offMs }, 'this machine’s clock differs from that of Redis: timers may be early or late');
}
