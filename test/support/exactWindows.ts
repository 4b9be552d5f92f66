/** Exact rate windows as a plain object, with a record of what was taken. */

import type { Clock } from '../../src/clock.ts';
import type { WindowRule, Windows } from '../../src/store/store.ts';

/** How long a place outlives its departure when nobody gives it back. */
const lostMs = 35_000;

export interface ExactWindows extends Windows {
  /** When places were taken under this name, in monotonic milliseconds. */
  departures(name: string): readonly number[];
  /** The largest `max` asked for under this name, last. */
  lastMax(name: string): number | undefined;
  /** Places that were taken and not yet given to `answered`; only those under this name, when one is given. */
  openCount(name?: string): number;
  /** How often `take` was called. */
  takesCount(): number;
}

interface Held {
  readonly name: string;
  readonly perMs: number;
  freeAtMs: number;
}

export function exactWindows(clock: Pick<Clock, 'monoMs'>): ExactWindows {
  const windows = new Map<string, Held[]>();
  const places = new Map<string, readonly Held[]>();
  const departures = new Map<string, number[]>();
  const maxima = new Map<string, number>();
  let takes = 0;

  function waitMs({ name, max }: WindowRule): number {
    const nowMs = clock.monoMs();
    const held = (windows.get(name) ?? []).filter(({ freeAtMs }) => freeAtMs > nowMs);
    windows.set(name, held);
    if (held.length < max) return 0;
    const soonest = held.map(({ freeAtMs }) => freeAtMs).sort((a, b) => a - b)[held.length - max] ?? nowMs;
    // One that is not answered yet may be given back in the meantime.
    return Math.min(soonest - nowMs, 100);
  }

  return {
    async take(rules) {
      takes += 1;
      const place = `place-${takes}`;
      for (const { name, max } of rules) maxima.set(name, max);
      const longestMs = Math.max(0, ...rules.map(waitMs));
      if (longestMs > 0) return { waitMs: longestMs };
      const nowMs = clock.monoMs();
      const held = rules.map(({ name, perMs }): Held => {
        const one = { name, perMs, freeAtMs: nowMs + perMs + lostMs };
        windows.set(name, [...(windows.get(name) ?? []), one]);
        departures.set(name, [...(departures.get(name) ?? []), nowMs]);
        return one;
      });
      places.set(place, held);
      return { place };
    },
    async answered(place) {
      for (const held of places.get(place) ?? []) held.freeAtMs = clock.monoMs() + held.perMs;
      places.delete(place);
    },
    departures: (name) => departures.get(name) ?? [],
    lastMax: (name) => maxima.get(name),
    openCount: (name) =>
      [...places.values()].filter((held) => name === undefined || held.some((one) => one.name === name))
        .length,
    takesCount: () => takes,
  };
}
