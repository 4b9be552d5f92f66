import type { Window } from './rules.ts';

/**
 * Sliding windows as a server keeps them: a call has a place when fewer than `max` calls were let in during the
 * `windowMs` before it. A refused call takes no place.
 */
export interface Windows {
  /** Takes a place under `key` in every window, or answers how long to wait until there is one. */
  take(
    key: string,
    windows: readonly Window[],
  ): { readonly ok: true } | { readonly ok: false; readonly window: Window; readonly waitMs: number };
  /** Calls that hold a place in the window that ends now. */
  used(key: string, window: Window): number;
  refused(key: string): number;
  clear(): void;
}

/** `now` answers milliseconds; fractions count. */
export function createWindows(now: () => number): Windows {
  const taken = new Map<string, number[]>();
  const refusals = new Map<string, number>();

  const inside = (times: readonly number[], windowMs: number, at: number): number =>
    times.length - firstAfter(times, at - windowMs);

  return {
    take(key, windows) {
      const at = now();
      const times = taken.get(key) ?? [];
      for (const window of windows) {
        if (inside(times, window.windowMs, at) < window.max) continue;
        refusals.set(key, (refusals.get(key) ?? 0) + 1);
        const oldest = times[times.length - window.max] ?? at;
        return { ok: false, window, waitMs: oldest + window.windowMs - at };
      }
      const longestMs = Math.max(0, ...windows.map((window) => window.windowMs));
      const stale = firstAfter(times, at - longestMs);
      if (stale > 4_096) times.splice(0, stale);
      times.push(at);
      taken.set(key, times);
      return { ok: true };
    },
    used: (key, window) => inside(taken.get(key) ?? [], window.windowMs, now()),
    refused: (key) => refusals.get(key) ?? 0,
    clear() {
      taken.clear();
      refusals.clear();
    },
  };
}

/** Index of the first time that is later than `limit`; `times` must ascend. */
function firstAfter(times: readonly number[], limit: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most times that ever fell into one window of this length. */
export function worstWindow(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let worst = 0;
  let start = 0;
  for (const [index, at] of sorted.entries()) {
    while ((sorted[start] ?? at) <= at - windowMs) start += 1;
    worst = Math.max(worst, index - start + 1);
  }
  return worst;
}
