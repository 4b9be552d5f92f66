/** A clock that stands still until a test moves it. */

import type { Clock } from '../../src/clock.ts';

export interface FakeClock extends Clock {
  /**
   * Moves time on by `ms` and wakes whoever sleeps until then, one after the other and in the order of their times. Between two of
   * them, and before and after, everything that can go on without time does so (see `settle`).
   */
  advance(ms: number): Promise<void>;
  /** Lets everything go on that needs no time: microtasks, immediates and what the event loop already holds. */
  settle(): Promise<void>;
  /**
   * Waits for `promise`, moving time on to the next sleeper whenever nothing else goes on. For code that also does real input and
   * output, such as calls that nock answers.
   * @throws what `promise` throws; Error after `limitMs` of fake time
   */
  until<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** While `check` answers true, `until` does not move time: something goes on that needs none, such as a call that nock answers. */
  busyWhile(check: () => boolean): void;
  /** Moves the wall clock alone, as an administrator or a time server does. */
  jumpWall(ms: number): void;
  /** How many sleep now. */
  sleepers(): number;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

const settleTurns = 12;
/** After the disk was busy, so often it must be found idle. */
const calmCount = 2;
const settleMaxCount = 10_000;
/** Real milliseconds without any news before `until` takes it that only time can help. */
const quietBreaths = 8;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** A real millisecond, so that sockets and real timers (Bottleneck's queues are made of them) get their turn. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

async function quiet(watch: { readonly settled: boolean }, busy: () => boolean): Promise<void> {
  const busyMaxCount = 100 * quietBreaths;
  for (let count = 0, left = quietBreaths; left > 0 && count < busyMaxCount && !watch.settled; count += 1) {
    await settle();
    left = busy() ? quietBreaths : left - 1;
  }
}

/** Something is being read from the disk or synced to it. */
const diskIsBusy = (): boolean => process.getActiveResourcesInfo().includes('FSReqCallback');

async function settle(): Promise<void> {
  for (let count = 0, left = 1; left > 0 && count < settleMaxCount; count += 1) {
    for (let turns = 0; turns < settleTurns; turns += 1) await turn();
    left = diskIsBusy() ? calmCount : left - 1;
    if (left === 0) await breath();
    if (left === 0 && diskIsBusy()) left = calmCount;
  }
}

/**
 * @param startMs the wall time at first; 2026-01-05 09:00 UTC unless given. The monotonic clock starts at 1000.
 * @param patienceCount how often to settle between two sleepers; more for code that uses real timers inside, such as Bottleneck
 */
export function fakeClock(startMs = Date.UTC(2026, 0, 5, 9), patienceCount = 1): FakeClock {
  let wallMs = startMs;
  let monoMs = 1_000;
  const sleepers = new Set<Sleeper>();
  let busy = (): boolean => false;

  const next = (): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers) if (first === undefined || sleeper.atMs < first.atMs) first = sleeper;
    return first;
  };
  const moveTo = (atMs: number): void => {
    const byMs = Math.max(0, atMs - monoMs);
    wallMs += byMs;
    monoMs += byMs;
  };

  const rest = async (): Promise<void> => {
    for (let count = 0; count < patienceCount; count += 1) await settle();
  };

  async function advance(ms: number): Promise<void> {
    await rest();
    const endMs = monoMs + ms;
    for (let sleeper = next(); sleeper !== undefined && sleeper.atMs <= endMs; sleeper = next()) {
      moveTo(sleeper.atMs);
      sleeper.wake();
      await rest();
    }
    moveTo(endMs);
    await rest();
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    if (!(ms > 0)) return turn();
    return new Promise((resolve) => {
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { atMs: monoMs + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  function alarm(ms: number, ring: () => void): () => void {
    const stopped = new AbortController();
    void sleep(ms, stopped.signal).then(() => {
      if (!stopped.signal.aborted) ring();
    });
    return () => stopped.abort('stopped');
  }

  async function until<T>(promise: Promise<T>, limitMs = 600_000): Promise<T> {
    const watch = { settled: false };
    const end = (): void => {
      watch.settled = true;
    };
    promise.then(end, end);
    const endMs = monoMs + limitMs;
    while (!watch.settled) {
      await quiet(watch, busy);
      const sleeper = next();
      if (watch.settled || sleeper === undefined) continue;
      if (sleeper.atMs > endMs) throw new Error(`still waiting after ${limitMs} ms of fake time`);
      moveTo(sleeper.atMs);
      sleeper.wake();
    }
    return promise;
  }

  return {
    nowMs: () => wallMs,
    monoMs: () => monoMs,
    sleep,
    alarm,
    advance,
    settle: rest,
    until,
    busyWhile: (check) => {
      busy = check;
    },
    jumpWall: (ms) => {
      wallMs += ms;
    },
    sleepers: () => sleepers.size,
  };
}
