/** The time limits of one call, from its departure to the last byte of its answer. */

import type { Clock } from '../clock.ts';

/** No call outlives these, whatever the other side does. */
export const timeLimits = {
  connectMs: 2_000,
  /** Until the first byte of the answer, and between any two bytes up or down. */
  idleMs: 5_000,
  totalMs: 15_000,
  /** A picture, up or down. */
  pictureTotalMs: 30_000,
} as const;

export interface Watch {
  /** Aborted when a limit is passed. */
  readonly signal: AbortSignal;
  /** Which limit was passed. */
  readonly expired: () => string | undefined;
  /** The connection stands, or bytes moved. */
  readonly progress: () => void;
  /** Waits for something of our own, such as room in memory: no limit runs meanwhile. */
  readonly hold: <T>(waiting: Promise<T>) => Promise<T>;
  /** The call is over; must be called, or the timer stays. */
  readonly end: () => void;
}

/** Watches a call: 2 s to connect, 5 s without a byte, `totalMs` in all. */
export function watch(clock: Clock, totalMs: number): Watch {
  const startMs = clock.monoMs();
  const passed = new AbortController();
  let connected = false;
  let movedMs = startMs;
  let heldMs = 0;
  let heldFromMs: number | undefined;
  let expired: string | undefined;

  const progress = (): void => {
    connected = true;
    movedMs = clock.monoMs();
  };
  const nextLimit = (nowMs: number): { atMs: number; name: string } => {
    const waitedMs = heldMs + nowMs - (heldFromMs ?? nowMs);
    const total = { atMs: startMs + totalMs + waitedMs, name: 'total' };
    const idle = connected
      ? { atMs: (heldFromMs === undefined ? movedMs : nowMs) + timeLimits.idleMs, name: 'idle' }
      : { atMs: startMs + timeLimits.connectMs, name: 'connect' };
    return idle.atMs < total.atMs ? idle : total;
  };
  // Progress does not touch the alarm: when it rings, the next limit may be further away.
  let stopAlarm = (): void => {};
  const look = (): void => {
    const nowMs = clock.monoMs();
    const { atMs, name } = nextLimit(nowMs);
    if (atMs > nowMs) {
      stopAlarm = clock.alarm(atMs - nowMs, look);
    } else {
      expired = name;
      passed.abort();
    }
  };
  look();

  const hold: Watch['hold'] = async (waiting) => {
    heldFromMs = clock.monoMs();
    try {
      return await waiting;
    } finally {
      heldMs += clock.monoMs() - heldFromMs;
      heldFromMs = undefined;
      progress();
    }
  };

  return { signal: passed.signal, expired: () => expired, progress, hold, end: () => stopAlarm() };
}
