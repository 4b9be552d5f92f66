/**
 * The store on Redis, for any number of replicas: the queue on BullMQ, records and rate windows in scripts, all under one prefix.
 *
 * Nothing is entrusted to a Redis that was emptied while the process ran, because events that were acknowledged are missing there
 * and what was done is unknown. The first process writes an epoch key; each remembers the one that it saw, and every call compares.
 * With another one or none `check` rejects, and so does everything else, until the process is started again.
 *
 * The tenant token is not shared: Feishu gives all processes of an app the same one while it is valid.
 */

import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { hourly } from './hourly.ts';
import { createCalls, createConnection, prefix, script, unavailable, wordOf } from './redisConnection.ts';
import { inspect } from './redisInspection.ts';
import { createQueue } from './redisQueue.ts';
import { createRecords } from './redisRecords.ts';
import { createWindows } from './redisWindows.ts';
import { type Store, StoreUnavailable } from './store.ts';

export interface RedisStoreOptions {
  /** `redis://` or `rediss://`, with user, password and database where there are any. Never logged. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long to wait for a Redis that starts at the same time; 10 s unless given. */
  readonly connectWaitMs?: number;
  /** Instead of Redis's own clock, for tests. */
  readonly redisNowMs?: () => number;
}

const retryMs = 250;
const epochKey = `${prefix}:epoch`;

/** KEYS: heartbeat. */
const beat = script(`redis.call('SET', KEYS[2], string.format('%.0f', now))`);

/**
 * Opens the store.
 * @throws StoreUnavailable, naming REDIS_URL, when Redis cannot be reached or would lose what it is given
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, clock, log, connectWaitMs = 10_000, redisNowMs } = options;
  const redis = createConnection(url, 'calls');
  try {
    await connected(redis, clock, connectWaitMs);
    await inspect(redis, clock, log);
    const epoch = await epochOf(redis);
    return assemble(options, createCalls({ redis, epochKey, epoch, log, redisNowMs }));
  } catch (error) {
    redis.disconnect();
    throw unavailable(error, 'REDIS_URL: Redis cannot be used');
  }
}

async function connected(redis: Redis, clock: Clock, waitMs: number): Promise<void> {
  const endMs = clock.monoMs() + waitMs;
  let refusal: unknown;
  redis.on('error', (error) => {
    refusal = error;
  });
  for (;;) {
    const failure = await attempt(redis);
    if (failure === undefined) return;
    // What the socket says is plainer than what the command says.
    const error = refusal ?? failure;
    const word = wordOf(error);
    if (word === 'WRONGPASS' || word === 'NOAUTH')
      throw new StoreUnavailable('REDIS_URL: Redis does not accept the user or password.');
    if (clock.monoMs() >= endMs) throw unavailable(error, 'REDIS_URL: Redis cannot be reached');
    await clock.sleep(retryMs);
  }
}

/** @returns why there is no connection */
async function attempt(redis: Redis): Promise<unknown> {
  try {
    if (redis.status === 'wait' || redis.status === 'end') await redis.connect();
    await redis.ping();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Writes one on an empty Redis. */
async function epochOf(redis: Redis): Promise<string> {
  await redis.set(epochKey, randomUUID(), 'NX');
  const epoch = await redis.get(epochKey);
  if (epoch === null) throw new StoreUnavailable('REDIS_URL: Redis does not keep what it is given.');
  return epoch;
}

function assemble({ url, clock, log }: RedisStoreOptions, calls: ReturnType<typeof createCalls>): Store {
  const closing = new AbortController();
  const queue = createQueue({ url, calls, clock, log, closing: closing.signal });
  const pruning = hourly(clock, closing.signal, log, () => queue.prune());

  return {
    queue,
    records: createRecords(calls),
    window: createWindows({ calls, clock, log, closing: closing.signal }),
    async check() {
      await calls.run(beat, [`${prefix}:heartbeat`], []);
    },
    async close() {
      closing.abort();
      await queue.close();
      calls.redis.disconnect();
      await pruning;
    },
  };
}
