/**
 * The workers of one process: one takes jobs, one moves timers that are due to the jobs.
 *
 * A job is held under BullMQ's lock, which is renewed while the process lives. When it dies, another replica finds the job without a lock
 * and starts it again; BullMQ counts that, and sets a job aside at the fifth time. How a job ends is written down by us, because
 * BullMQ takes an end that cannot be written for a failure of the job.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Job as BullJob,
  type Queue as BullQueue,
  Worker as BullWorker,
  WaitingError,
  type WorkerOptions,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { longestBlockSec, type WorkerConnection, workerConnection } from './redisBackend.ts';
import { createConnection, prefix } from './redisConnection.ts';
import { giveBack, type Hand, type HandDeps, type Handler, handOf, runHand } from './redisHands.ts';
import { idOf, maxOpenStarts } from './redisJobs.ts';
import { createMending, leaseMs } from './redisMending.ts';
import type { Work } from './store.ts';

export interface WorkDeps extends HandDeps {
  readonly url: string;
  /** Where timers wait. */
  readonly waiting: BullQueue;
}

export interface Worker extends Work {
  /** Ends the connections and hands nothing back. */
  abandon(): Promise<void>;
}

const stalledEveryMs = 3_000;
const retryMs = 1_000;
/** Timers only move from queue to queue, and none of them is ever given up. */
const timerOptions = { concurrency: 8, maxStalledCount: 1_000_000 };

const workerOptions = {
  prefix,
  autorun: false,
  lockDuration: leaseMs,
  stalledInterval: stalledEveryMs,
  drainDelay: longestBlockSec,
  runRetryDelay: retryMs,
} as const satisfies Partial<WorkerOptions>;

export function startWork(deps: WorkDeps, handler: Handler, concurrency: number): Worker {
  const { url, queue, waiting, timers, calls, clock, closing, wake } = deps;
  const hands = new Map<Hand, Promise<void>>();
  const ending = new AbortController();
  const commands = createConnection(url, 'worker');
  let stopping: Promise<void> | undefined;

  const running = () => [...hands.keys()].filter(({ lost }) => !lost);
  const jobs = openSide(deps, ending.signal, commands, {
    queue,
    running,
    options: { concurrency, maxStalledCount: maxOpenStarts - 1 },
    async process(job, token) {
      await take(handOf(job, token));
      // BullMQ has nothing to write down.
      throw new WaitingError();
    },
  });
  const due = openSide(deps, ending.signal, commands, {
    queue: waiting,
    running: () => [],
    options: timerOptions,
    process: (job) => fire(job),
  });

  function take(hand: Hand): Promise<void> {
    const ended = stopping === undefined ? runHand(deps, hand, handler) : giveBack(deps, hand, false);
    const left = ended.finally(() => hands.delete(hand));
    hands.set(hand, left);
    return left;
  }

  async function fire(job: BullJob): Promise<void> {
    while (!closing.aborted) {
      try {
        return await timers.fire(job.data, job.timestamp + (job.opts.delay ?? 0));
      } catch {
        await clock.sleep(retryMs, ending.signal);
        if (ending.signal.aborted) throw new WaitingError();
      }
    }
    throw new WaitingError();
  }

  async function stop(graceMs: number): Promise<void> {
    await Promise.all([jobs.stopFetching(), due.stopFetching()]);
    // What was fetched last comes to `take` now.
    await nextTurn();
    const grace = new AbortController();
    await Promise.race([Promise.all(hands.values()), clock.sleep(graceMs, grace.signal)]);
    grace.abort();
    await Promise.all(running().map((hand) => giveBack(deps, hand)));
    await abandon();
    // Our last blocked fetch may have taken the sign that there is something to do.
    await wake().catch(() => undefined);
  }

  // What others put into it now is theirs.
  calls.emptied.addEventListener('abort', () => void abandon(), { once: true });

  async function abandon(): Promise<void> {
    ending.abort();
    await Promise.all([jobs.close(), due.close()]);
    commands.disconnect();
  }

  return {
    stop(graceMs) {
      stopping ??= stop(graceMs);
      return stopping;
    },
    abandon,
  };
}

interface SideOptions {
  readonly queue: BullQueue;
  readonly running: () => readonly Hand[];
  readonly options: Pick<WorkerOptions, 'concurrency' | 'maxStalledCount'>;
  readonly process: (job: BullJob, token: string) => Promise<void>;
}

interface Side {
  stopFetching(): Promise<void>;
  close(): Promise<void>;
}

/** A BullMQ worker that is made anew when it cannot begin, as when Redis goes away in that very moment. */
function openSide(
  deps: WorkDeps,
  ending: AbortSignal,
  commands: Redis,
  { queue, running, options, process }: SideOptions,
): Side {
  const { calls, clock, log, url, wake } = deps;
  const backend = queue.getBackend();
  const mending = createMending({ calls, clock, backend, running, wake, ending });
  let current: { readonly worker: BullWorker; readonly connection: WorkerConnection } | undefined;

  function open(): BullWorker {
    const connection = workerConnection(commands, createConnection(url, 'blocking'), mending);
    const worker = new BullWorker(
      queue.name,
      (job, token = '') => process(job, token),
      { ...workerOptions, ...options, connection: commands },
      connection.backend,
    );
    // The calls of the store say in the log that Redis is away; here it matters what that leaves behind.
    worker.on('error', () => mending.trouble());
    worker.on('failed', (job) => {
      const jobId = idOf(job?.id);
      log.error({ jobId }, 'a job was started too often without an end; it is set aside');
    });
    current = { worker, connection };
    return worker;
  }

  async function run(): Promise<void> {
    while (!ending.aborted) {
      const worker = open();
      try {
        await worker.waitUntilReady();
        await worker.run();
        return;
      } catch (error) {
        if (!ending.aborted) log.warn({ err: error }, 'taking jobs from Redis begins anew');
        await worker.close(true);
        await clock.sleep(retryMs, ending);
      }
    }
  }
  void run();

  return {
    async stopFetching() {
      await current?.connection.stopFetching();
      await current?.worker.pause(true);
    },
    async close() {
      await current?.worker.close(true);
    },
  };
}
