/**
 * The queue on SQLite.
 *
 * The lease of a running job is the lock on DATA_DIR (see `sqliteLock.ts`): the kernel renews it as long as the process lives and
 * ends it in the moment that it dies, so the next process has the jobs at once. A lease by the clock would be kept as well as the
 * wall clock is: a jump ahead would start a job twice, a jump back would hold it for hours.
 */

import type { Clock } from '../clock.ts';
import type { Json } from '../domain.ts';
import type { Log } from '../log.ts';
import type { Database } from './sqliteDatabase.ts';
import { createJobs } from './sqliteJobs.ts';
import { openJobKeys } from './sqliteKeys.ts';
import { createSetAside } from './sqliteSetAside.ts';
import { createTimers } from './sqliteTimers.ts';
import { startWork, type Worker } from './sqliteWork.ts';
import type { Writer } from './sqliteWriter.ts';
import type { Queue } from './store.ts';

/** Between parts of the keys that go into their index while people's events come in. At 6,000 events a second, 50,000 keys wait then. */
const bringPauseMs = 50;

export interface QueueDeps {
  readonly db: Database;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly log: Log;
  readonly closing: AbortSignal;
}

export interface SqliteQueue extends Queue {
  /** Brings the keys of events to where `prune` finds them. Never rejects: where there is no room, forgetting others makes some. */
  settleKeys(): Promise<void>;
  /** Forgets what is over its time. @returns true when there may be more than `limit` */
  prune(limit: number): Promise<boolean>;
}

/**
 * The queue, after what a former process was running was given back.
 * @throws StoreUnavailable
 */
export async function openQueue(deps: QueueDeps): Promise<SqliteQueue> {
  const { db, writer, clock, log } = deps;
  const keys = openJobKeys(deps);
  const jobs = createJobs(db, keys, clock);
  const timers = createTimers(db, clock);
  const setAside = createSetAside(db, clock);
  const workers = new Set<Worker>();

  const wake = (): void => {
    for (const worker of workers) worker.wake();
  };
  /** A write after which there may be something to start; that is looked for in the same transaction. */
  const writeAndWake = <T>(change: () => T): Promise<T> =>
    writer.write(() => {
      const result = change();
      wake();
      return result;
    });

  /** Not waited for. What is refused is brought with a later one, and the writer has said so in the log. */
  const bringSoon = (): void => {
    keys.bring(bringPauseMs).catch(() => undefined);
  };

  for (const { id, attempts } of await writer.write(() => setAside.recover()))
    log.error({ jobId: id, attempts }, 'a job was started too often without an end; it is set aside');

  return {
    async put(job) {
      const payload = textOf(job.payload);
      try {
        return await writeAndWake(() => jobs.put(job, payload));
      } catch (error) {
        keys.doubt(job.keys);
        throw error;
      } finally {
        if (keys.isDue()) bringSoon();
      }
    },
    release: (id) => writeAndWake(() => jobs.release(id)),
    async later(timer) {
      const payload = textOf(timer.payload);
      return writeAndWake(() => timers.later(timer, payload));
    },
    cancel: (key, generation) => writer.write(() => timers.cancel(key, generation)),
    work(handler, concurrency) {
      const worker = startWork({ jobs, ...deps }, handler, concurrency);
      workers.add(worker);
      worker.wake();
      return {
        async stop(graceMs) {
          await worker.stop(graceMs);
          workers.delete(worker);
          wake();
        },
      };
    },
    listSetAside: () => writer.read(() => setAside.list()),
    replay: (id) => writeAndWake(() => setAside.replay(id)),
    stats: () => writer.read(() => jobs.stats()),
    settleKeys: () => keys.bring(0).catch(() => undefined),
    prune: (limit) =>
      writer.write(() => [keys, timers, setAside].map((table) => table.prune(limit)).includes(true)),
  };
}

/** As text before the write, so that a later change of the value by the caller is not stored. */
function textOf(payload: Json | object): string {
  return JSON.stringify(payload);
}
