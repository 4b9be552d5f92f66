/** Connections to Redis: each gives up in time, comes back by itself, and fails with StoreUnavailable. */

import { createHash } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../log.ts';
import { StoreUnavailable } from './store.ts';

/** All keys of the bot begin with it. Two bots on one server need two databases: `redis://host/1`. */
export const prefix = 'ticketbot';

/** A command without an answer after this long has failed. */
const commandTimeoutMs = 800;
/** The longest that a call of the store may take, whatever it consists of. */
const callTimeoutMs = 900;
const connectTimeoutMs = 2_000;
/** A connection on which nothing comes back for this long is dropped: its other end may be gone without a word. */
const silenceMs = 3_000;
/** The worker's own commands block for 3 s at most, so silence means something only after more than that. */
const blockingSilenceMs = 6_000;
const longestPauseMs = 500;

/**
 * - `calls`: refuses at once while there is no connection, so that an event is answered with 503 and delivered again.
 * - `worker`: waits for the connection up to the time-out, because a worker that is refused at once asks again at once.
 * - `blocking`: waits for jobs; its commands have no time-out of their own, BullMQ watches over them.
 */
export type Purpose = 'calls' | 'worker' | 'blocking';

/** Does not connect yet. @param url is never logged: it holds a password */
export function createConnection(url: string, purpose: Purpose): Redis {
  const blocking = purpose === 'blocking';
  const options: RedisOptions = {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    socketTimeout: blocking ? blockingSilenceMs : silenceMs,
    keepAlive: 5_000,
    enableOfflineQueue: purpose !== 'calls',
    maxRetriesPerRequest: purpose === 'calls' ? 0 : null,
    // What was sent may have been done. Whoever asked decides whether to ask again.
    autoResendUnfulfilledCommands: blocking,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), longestPauseMs),
    // After a failover the old master is a replica: connect again, to the new one.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    ...(blocking ? {} : { commandTimeout: commandTimeoutMs }),
  };
  const redis = new Redis(url, options);
  // Failures are noticed by the calls that they fail. Without a listener ioredis would print them.
  redis.on('error', () => undefined);
  return redis;
}

/** A Lua script: atomic, and run by Redis on its own clock. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

/** Finds the time in `now`, in milliseconds with fractions. */
export const timeLua = `
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end`;

/**
 * A script that refuses to run on a Redis that was emptied meanwhile. It finds the time in `now`; its own keys begin at `KEYS[2]` and
 * its own arguments at `ARGV[3]`.
 */
export function script(body: string): Script {
  const lua = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('EPOCH is another one') end
${timeLua}
${body}`;
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

export type ScriptArgument = string | number;

/** What the parts of the store share: a way to run scripts, and the words for what goes wrong. */
export interface RedisCalls {
  readonly redis: Redis;
  /** @throws StoreUnavailable also when Redis was emptied since the start */
  run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown>;
  /** The first key and the first two arguments of every script. */
  readonly preface: { readonly key: string; readonly args: () => readonly [string, ScriptArgument] };
  /** Aborted once it is known that Redis was emptied since the start. */
  readonly emptied: AbortSignal;
  /** Gives up in time. @throws StoreUnavailable for every failure */
  call<T>(work: () => Promise<T>): Promise<T>;
}

export interface CallsOptions {
  readonly redis: Redis;
  readonly epochKey: string;
  readonly epoch: string;
  readonly log: Log;
  /** Instead of Redis's own clock, for tests. */
  readonly redisNowMs?: (() => number) | undefined;
}

export function createCalls({ redis, epochKey, epoch, log, redisNowMs }: CallsOptions): RedisCalls {
  let failing = false;
  const emptied = new AbortController();

  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await withinTime(work());
      if (failing) log.info('Redis can be used again');
      failing = false;
      return result;
    } catch (error) {
      const reason = unavailable(error);
      if (reason.message === emptiedMessage) emptied.abort();
      if (!failing && redis.status !== 'end') log.error({ reason: reason.message }, 'Redis cannot be used');
      failing = true;
      throw reason;
    }
  }

  const preface = { key: epochKey, args: () => [epoch, redisNowMs?.() ?? ''] as const };

  return {
    redis,
    preface,
    emptied: emptied.signal,
    call,
    run: ({ lua, sha }, keys, args) =>
      call(async () => {
        const rest = [preface.key, ...keys, ...preface.args(), ...args];
        const count = 1 + keys.length;
        try {
          return await redis.evalsha(sha, count, ...rest);
        } catch (error) {
          if (wordOf(error) !== 'NOSCRIPT') throw error;
          return await redis.eval(lua, count, ...rest);
        }
      }),
  };
}

/** The time-out is the network's, so it is measured on the real clock. */
async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable('Redis does not answer')), callTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const emptiedMessage = 'Redis was emptied since this process started; restart the bot to go on with it';

/** The error as the port promises it. Holds no command and no address: those may hold people's words or a password. */
export function unavailable(error: unknown, what = 'Redis cannot be used now'): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const word = wordOf(error);
  if (word === 'EPOCH') return new StoreUnavailable(emptiedMessage);
  return new StoreUnavailable(`${what} (${word})`);
}

/** `OOM`, `READONLY`, `ECONNREFUSED`: what Redis or the network call the failure. */
export function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first = error.message.split(' ')[0] ?? '';
  if (/^[A-Z]{2,}$/.test(first)) return first;
  if (error.message === 'Command timed out') return 'ETIMEDOUT';
  return error.name === 'Error' ? 'no connection' : error.name;
}
