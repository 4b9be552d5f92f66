/**
 * Clicks whose person was told that they could not be saved. One may be in the storage all the same: when Redis hangs, it may still take
 * later what it was told before. Such a click must not change anything then, and another one that is taken for the same must not be
 * confirmed.
 *
 * In this process alone: a click that another replica finds in the storage is worked on.
 */

import type { Clock } from './clock.ts';

/** A storage that was away for longer has forgotten what it was told. */
const keepMs = 10 * 60_000;

export interface RefusedClicks {
  /** @param keys of its job */
  note(keys: readonly string[]): void;
  /** Whether a click with any of these keys was refused within the last ten minutes. */
  has(...keys: readonly string[]): boolean;
}

export function createRefusedClicks(clock: Clock): RefusedClicks {
  const untilMs = new Map<string, number>();
  return {
    note(keys) {
      const nowMs = clock.monoMs();
      for (const [known, endMs] of untilMs) if (endMs <= nowMs) untilMs.delete(known);
      for (const key of keys) untilMs.set(key, nowMs + keepMs);
    },
    has: (...keys) => keys.some((key) => (untilMs.get(key) ?? Number.NEGATIVE_INFINITY) > clock.monoMs()),
  };
}
