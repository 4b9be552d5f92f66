/**
 * Clicks whose person was told that they could not be saved. One may be in the storage all the same: when Redis hangs, it may still take
 * later what it was told before. Such a click must not change anything then.
 *
 * In this process alone: a click that another replica finds in the storage is worked on.
 */

import type { Clock } from './clock.ts';

/** A storage that was away for longer has forgotten what it was told. */
const keepMs = 10 * 60_000;

export interface RefusedClicks {
  note(eventId: string): void;
  has(eventId: string): boolean;
}

export function createRefusedClicks(clock: Clock): RefusedClicks {
  const untilMs = new Map<string, number>();
  return {
    note(eventId) {
      const nowMs = clock.monoMs();
      for (const [known, endMs] of untilMs) if (endMs <= nowMs) untilMs.delete(known);
      untilMs.set(eventId, nowMs + keepMs);
    },
    has: (eventId) => (untilMs.get(eventId) ?? Number.NEGATIVE_INFINITY) > clock.monoMs(),
  };
}
