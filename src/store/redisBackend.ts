/**
 * BullMQ's connection to Redis for a worker, as it has to be when Redis fails.
 *
 * BullMQ fetches the next job at once after a fetch that failed, so a Redis that answers with errors (a full disk, a full memory)
 * would be asked thousands of times a second: a failure is passed on only after a pause. And a fetch whose answer is given up is
 * carried out by a Redis that hangs and comes back: the job is then locked for somebody who does not know of it. The tokens of
 * such fetches are told, so that those jobs can be given back; see `redisMending.ts`.
 */

import { type BackendFactory, QueueKeys, RedisConnection, RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import { prefix } from './redisConnection.ts';

/** How long a fetch that failed is followed by nothing. */
const pauseMs = 500;
/** A blocked fetch is woken by the next job; it ends by itself early enough for a dead connection to be noticed. */
export const longestBlockSec = 3;

export interface Fetches {
  /** A fetch with this token was given up. */
  lost(token: string): void;
  /** A fetch with this token was answered, after all. */
  found(token: string): void;
}

export interface WorkerConnection {
  /** What BullMQ makes its worker with. */
  readonly backend: BackendFactory<RedisQueueBackend>;
  /** No fetch begins any more. Resolves when the last one has its answer. */
  stopFetching(): Promise<void>;
}

/** @param commands is shared and stays open; `blocking` is closed together with the worker */
export function workerConnection(commands: Redis, blocking: Redis, fetches: Fetches): WorkerConnection {
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  function careful(backend: RedisQueueBackend): RedisQueueBackend {
    const moveToActive = backend.moveToActive.bind(backend);
    const fetch: typeof moveToActive = async (token, worker) => {
      if (stopped) return [];
      const asking = moveToActive(token, worker);
      underWay.add(asking);
      try {
        const job = await asking;
        fetches.found(token);
        return job;
      } catch (error) {
        fetches.lost(token);
        await pause();
        throw error;
      } finally {
        underWay.delete(asking);
      }
    };
    backend.moveToActive = fetch;
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: longestBlockSec });
    return backend;
  }

  return {
    backend: (name, options) => {
      const keys = new QueueKeys(prefix);
      const main = new RedisConnection(commands, { shared: true, blocking: false, skipVersionCheck: true });
      const waiting = new RedisConnection(blocking, { shared: false, blocking: true });
      const toKey = (type: string): string => keys.toKey(name, type);
      return careful(new RedisQueueBackend(main, name, keys.getKeys(name), toKey, options, waiting));
    },
    async stopFetching() {
      stopped = true;
      await Promise.allSettled(underWay);
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}
