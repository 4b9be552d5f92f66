/** Takes jobs from the table, runs them, and writes down what became of them. */

import type { Clock } from '../clock.ts';
import type { Json } from '../domain.ts';
import type { Log } from '../log.ts';
import type { Claimed, Jobs } from './sqliteJobs.ts';
import type { Writer } from './sqliteWriter.ts';
import type { Job, Outcome, Work } from './store.ts';

export interface WorkDeps {
  readonly jobs: Jobs;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the store closes: then nothing more is awaited or written. */
  readonly closing: AbortSignal;
}

export interface Worker extends Work {
  /** There may be something to start. Cheap, and safe to call at any time, also inside a transaction. */
  wake(): void;
}

type Handler = (job: Job) => Promise<Outcome>;

/** A job in hand. `lost` when it was handed back: what its handler says after that does not count. */
interface Hand {
  readonly job: Claimed;
  lost: boolean;
}

/**
 * The table is looked at this often even when nothing is due: for a job that an operator's tool has put back, and for a timer
 * whose moment the wall clock has jumped over.
 */
const lookAnywayMs = 5_000;
/** The pause before a write that the storage has refused is tried again. */
const retryMs = 1_000;
/**
 * So many jobs may start at once, and so many a second after that: four times what Feishu lets any endpoint answer. A flood of events
 * is stored and acknowledged first, and worked on at this pace.
 */
const burstCount = 500;
const startsPerSec = 200;
const restMs = 20;

export function startWork(deps: WorkDeps, handler: Handler, concurrency: number): Worker {
  const { jobs, writer, clock, closing } = deps;
  const inHand = new Map<Hand, Promise<void>>();
  const alarm = createAlarm(clock, closing, () => wake());
  const pace = createPace(clock, () => wake());
  let stopping: Promise<void> | undefined;
  let claiming: Promise<void> = Promise.resolve();
  /** A claim is asked for and has not looked at the table yet. */
  let claimAsked = false;
  /** Jobs that the transaction at hand has started and that are not in `inHand` yet. */
  let underway = 0;

  const room = (): number =>
    stopping === undefined ? Math.min(pace.room(), concurrency - inHand.size - underway) : 0;

  function wake(): void {
    if (claimAsked || pace.isResting() || closing.aborted || room() <= 0) return;
    claimAsked = true;
    claiming = claim();
  }

  async function claim(): Promise<void> {
    let count = 0;
    try {
      // Synced, and with it the job itself: nothing is done for what a power cut could make the bot forget.
      const { claimed, dueInMs } = await writer.write(() => {
        claimAsked = false;
        const found = jobs.claim(room());
        count = found.length;
        underway += count;
        pace.started(count);
        return { claimed: found, dueInMs: jobs.dueInMs() };
      });
      for (const job of claimed) take(job);
      alarm.set(Math.min(dueInMs, lookAnywayMs));
    } catch {
      // The writer has said so in the log.
      claimAsked = false;
      alarm.set(retryMs);
    } finally {
      underway -= count;
    }
  }

  function take(job: Claimed): void {
    const hand: Hand = { job, lost: false };
    const ended = work(deps, handler, hand).then(() => {
      inHand.delete(hand);
      wake();
    });
    inHand.set(hand, ended);
  }

  async function stop(graceMs: number): Promise<void> {
    alarm.stop();
    await claiming;
    const grace = new AbortController();
    await Promise.race([Promise.all(inHand.values()), clock.sleep(graceMs, grace.signal)]);
    grace.abort();
    await handBack(deps, [...inHand.keys()]);
  }

  return {
    wake,
    stop(graceMs) {
      stopping ??= stop(graceMs);
      return stopping;
    },
  };
}

/** How many jobs may start now. When there are no more it rests for a while, because starting them one by one costs a transaction each. */
function createPace(clock: Clock, wake: () => void) {
  let left = burstCount;
  let atMs = clock.monoMs();
  let resting = false;
  const room = (): number => {
    const nowMs = clock.monoMs();
    left = Math.min(burstCount, left + ((nowMs - atMs) / 1_000) * startsPerSec);
    atMs = nowMs;
    return Math.floor(left);
  };
  return {
    room,
    isResting: () => resting,
    started(count: number): void {
      left -= count;
      if (left >= 1 || resting) return;
      resting = true;
      clock.alarm(restMs, () => {
        resting = false;
        wake();
      });
    },
  };
}

/** Rings once, after the time that was set last; never after it was stopped or the store closes. */
function createAlarm(clock: Clock, closing: AbortSignal, ring: () => void) {
  let current = new AbortController();
  let stopped = closing.aborted;
  const stop = (): void => {
    stopped = true;
    current.abort('over');
  };
  closing.addEventListener('abort', stop, { once: true });
  return {
    stop,
    set(ms: number): void {
      current.abort('over');
      if (stopped) return;
      current = new AbortController();
      const { signal } = current;
      void clock.sleep(Math.max(1, Math.ceil(ms)), signal).then(() => {
        if (!signal.aborted) ring();
      });
    },
  };
}

/** Runs one job to its end. Never rejects. */
async function work(deps: WorkDeps, handler: Handler, hand: Hand): Promise<void> {
  const outcome = await outcomeOf(deps, handler, hand);
  const { jobs, writer, clock, closing } = deps;
  while (!hand.lost && !closing.aborted) {
    try {
      await writer.write(() => jobs.end(hand.job, outcome));
      return;
    } catch {
      // Not written down means that the job would run again: it stays in hand until the storage takes it.
      await clock.sleep(retryMs, closing);
    }
  }
}

async function outcomeOf({ log }: WorkDeps, handler: Handler, hand: Hand): Promise<Outcome> {
  const { job } = hand;
  const { id, putAtMs, attempt } = job;
  try {
    const payload: Json = JSON.parse(job.payload);
    return await handler({ id, payload, putAtMs, attempt });
  } catch (error) {
    if (!hand.lost) log.error({ err: error, jobId: id }, 'the work on a job threw; it is set aside');
    return { kind: 'set_aside', reason: error instanceof Error ? error.name : typeof error };
  }
}

async function handBack({ jobs, writer, log }: WorkDeps, hands: readonly Hand[]): Promise<void> {
  if (hands.length === 0) return;
  for (const hand of hands) hand.lost = true;
  try {
    await writer.write(() => {
      for (const { job } of hands) jobs.handBack(job);
    });
  } catch (error) {
    log.warn(
      { err: error, count: hands.length },
      'running jobs could not be handed back; the next start does it',
    );
  }
}
