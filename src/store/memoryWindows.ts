/**
 * Rate windows, kept exactly and in memory.
 *
 * Why they hold as the server sees them, whatever the jitter: call i takes its place at the moment d and departs then or later,
 * the server counts it at s, its answer comes at a, so d ≤ s ≤ a. It holds its place from d until a + W, where W is the window.
 * Look at any window [t, t + W) of the server and at the calls that were counted in it. Let j be the one that took its
 * place last. For each other one, i: d(i) ≤ d(j) ≤ s(j) < t + W ≤ s(i) + W ≤ a(i) + W. So all of them held their places at d(j),
 * and no more than `max` places are ever held at once. How long the way there and back took is nowhere in this. A call
 * without an answer counts as answered 35 s after its departure, when no call is under way any more.
 *
 * What that costs: a place serves one call in W plus one round trip, so `max ÷ (W + round trip)` calls are made under saturation.
 *
 * Times are monotonic. The wall clock is used only to remember over a restart: see `WindowJournal`.
 */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { WindowRule, Windows } from './store.ts';

/** Longer than any call may take. */
export const longestCallMs = 35_000;
const pruneEveryMs = 60_000;

/** A place that was taken, in wall time, as it is written down. */
export interface Departure {
  readonly place: string;
  readonly windows: readonly Pick<WindowRule, 'name' | 'perMs'>[];
  readonly departedAtMs: number;
  readonly answeredAtMs: number | undefined;
}

/** Where places are written down, so that a restart remembers them. */
export interface WindowJournal {
  /**
   * Survives the death of the process once this resolves.
   * @throws StoreUnavailable: then the place is not taken
   */
  departed(departure: Departure): Promise<void>;
  /** May be written later, or get lost: a place without an answer is only held for longer. */
  answered(place: string, atMs: number): void;
  /** What was written down for so short a time that it may still count. */
  recent(): readonly Departure[];
}

export interface MemoryWindows extends Windows {
  /** Forgets what no longer counts. Done by itself once a minute. @returns how many names and calls are still known */
  prune(): number;
}

/** A call, for all its windows. Monotonic times. */
interface Call {
  departedMs: number;
  answeredMs: number | undefined;
}

/** A place in one window. */
interface Place {
  readonly call: Call;
  readonly perMs: number;
}

/** The moment from which the place no longer counts. */
function freeAtMs({ call, perMs }: Place): number {
  return (call.answeredMs ?? call.departedMs + longestCallMs) + perMs;
}

/** The earliest moment at which the place may be free, if the call that has no answer yet were answered now. */
function soonestFreeMs({ call, perMs }: Place, nowMs: number): number {
  return (call.answeredMs ?? Math.min(nowMs, call.departedMs + longestCallMs)) + perMs;
}

/** One name may have windows of several lengths; they are counted apart. */
function keyOf({ name, perMs }: Pick<WindowRule, 'name' | 'perMs'>): string {
  return `${perMs} ${name}`;
}

/** A rule that is named twice takes one place, under the smaller maximum. */
function distinct(rules: readonly WindowRule[]): ReadonlyMap<string, WindowRule> {
  const byKey = new Map<string, WindowRule>();
  for (const rule of rules) {
    const known = byKey.get(keyOf(rule));
    if (known === undefined || rule.max < known.max) byKey.set(keyOf(rule), rule);
  }
  return byKey;
}

/** The places that are held, by window. */
function createBook() {
  const held = new Map<string, Place[]>();

  /** Those that count at `nowMs`; the others are forgotten. */
  function current(key: string, nowMs: number): readonly Place[] {
    const places = held.get(key);
    if (places === undefined) return [];
    const counting = places.filter((place) => freeAtMs(place) > nowMs);
    if (counting.length === 0) held.delete(key);
    else if (counting.length < places.length) held.set(key, counting);
    return counting;
  }

  return {
    hold(key: string, place: Place): void {
      const places = held.get(key);
      if (places === undefined) held.set(key, [place]);
      else places.push(place);
    },
    /** 0 when there is room, else the least time until there may be. */
    waitMs(key: string, { max, perMs }: WindowRule, nowMs: number): number {
      // Where there is room even for those that may not count any more, nobody has to look at each.
      if ((held.get(key)?.length ?? 0) < max) return 0;
      const places = current(key, nowMs);
      if (places.length < max) return 0;
      const free = places.map((place) => soonestFreeMs(place, nowMs)).sort((a, b) => a - b);
      return Math.max(1, Math.ceil((free[places.length - max] ?? nowMs + perMs) - nowMs));
    },
    /** @returns how many windows are in use */
    prune(nowMs: number): number {
      for (const key of [...held.keys()]) current(key, nowMs);
      return held.size;
    },
  };
}

/** @param journal where places are written down; without it a restart forgets them */
export function createMemoryWindows(clock: Clock, journal?: WindowJournal): MemoryWindows {
  const book = createBook();
  const unanswered = new Map<string, Call>();
  const run = randomUUID();
  let count = 0;
  let prunedAtMs = clock.monoMs();

  for (const departure of journal?.recent() ?? []) {
    const call = remembered(departure, clock);
    for (const window of departure.windows) book.hold(keyOf(window), { call, perMs: window.perMs });
  }

  function prune(): number {
    const nowMs = clock.monoMs();
    prunedAtMs = nowMs;
    for (const [place, call] of unanswered)
      if (call.departedMs + longestCallMs <= nowMs) unanswered.delete(place);
    return book.prune(nowMs) + unanswered.size;
  }

  return {
    async take(rules) {
      const nowMs = clock.monoMs();
      if (nowMs - prunedAtMs >= pruneEveryMs) prune();
      const wanted = distinct(rules);
      const waitMs = Math.max(0, ...[...wanted].map(([key, rule]) => book.waitMs(key, rule, nowMs)));
      if (waitMs > 0) return { waitMs };
      count += 1;
      const place = `${run}/${count}`;
      const call: Call = { departedMs: nowMs, answeredMs: undefined };
      for (const [key, { perMs }] of wanted) book.hold(key, { call, perMs });
      const windows = [...wanted.values()].map(({ name, perMs }) => ({ name, perMs }));
      try {
        await journal?.departed({ place, windows, departedAtMs: clock.nowMs(), answeredAtMs: undefined });
      } catch (error) {
        // It was never taken.
        call.answeredMs = Number.NEGATIVE_INFINITY;
        throw error;
      }
      // The call departs after this, however long the writing took.
      call.departedMs = clock.monoMs();
      unanswered.set(place, call);
      return { place };
    },

    async answered(place) {
      const call = unanswered.get(place);
      if (call === undefined) return;
      unanswered.delete(place);
      call.answeredMs = clock.monoMs();
      journal?.answered(place, clock.nowMs());
    },

    prune,
  };
}

/**
 * A call of a former process, on this one's clock. What cannot be known is taken to be as late as it may be: a time in
 * the future is now, and a call without an answer is answered now. Only a jump of the wall clock ahead while no process ran
 * cannot be seen.
 */
function remembered({ departedAtMs, answeredAtMs }: Departure, clock: Clock): Call {
  const nowMs = clock.monoMs();
  const ageMs = Math.max(0, clock.nowMs() - departedAtMs);
  const departedMs = nowMs - ageMs;
  if (answeredAtMs === undefined)
    return { departedMs, answeredMs: Math.min(nowMs, departedMs + longestCallMs) };
  const sinceAnswerMs = Math.max(0, clock.nowMs() - answeredAtMs);
  return { departedMs, answeredMs: Math.max(departedMs, nowMs - sinceAnswerMs) };
}
