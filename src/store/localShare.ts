/**
 * What one replica may do with a rate window while Redis is away.
 *
 * Its share is a quarter of each window, at least one place, counted together with what it had taken through Redis before; so up to
 * four replicas stay within the limit. A window that was fuller than that when Redis last answered is shared on for what was left of
 * it: for one window from then on the replica adds at most a quarter of the rest. Only what others took between that answer and the
 * outage is not known.
 *
 * What is taken here is kept until Redis has been told, so that the windows hold after its return, too.
 */

import type { Clock } from '../clock.ts';
import type { WindowRule } from './store.ts';

/** So many replicas stay within the limit together. */
const replicaCount = 4;
/** Longer than any call may take. */
const longestCallMs = 35_000;
const pruneEveryMs = 60_000;

/** Rules by window: one name may have windows of several lengths. */
export type Rules = ReadonlyMap<string, WindowRule>;
export type Taken = { readonly place: string } | { readonly waitMs: number };

/** A place, with ages instead of moments: no replica's own clock reaches Redis. */
export interface Untold {
  readonly place: string;
  readonly windows: readonly { readonly key: string; readonly perMs: number }[];
  readonly departedAgoMs: number;
  readonly answeredAgoMs: number | undefined;
}

export interface LocalShare {
  /** Redis has told how full these windows are now. */
  seen(rules: Rules, counts: readonly number[]): void;
  /** A place was taken through Redis. */
  took(place: string, rules: Rules): void;
  /** Takes a place without Redis. */
  take(rules: Rules): Taken;
  /** @returns false for a place that is not known, or was answered before */
  answered(place: string): boolean;
  hasUntold(): boolean;
  /** Up to `limit` places that Redis does not know, or whose answer it does not know. */
  untold(limit: number): readonly Untold[];
  told(untold: readonly Untold[]): void;
}

/** One call, in all its windows. Monotonic times; `order` tells apart what happened in one millisecond. */
interface Held {
  readonly rules: Rules;
  readonly order: number;
  readonly departedMs: number;
  answeredMs: number | undefined;
}

/** @param replica the start of the names of its places */
export function createLocalShare(clock: Clock, replica: string): LocalShare {
  const held = new Map<string, Held>();
  const untold = new Set<string>();
  const seen = new Map<string, { readonly count: number; readonly atMs: number; readonly order: number }>();
  let order = 0;
  let prunedAtMs = clock.monoMs();

  /** The calls of this replica that count now. */
  function current(key: string, perMs: number, nowMs: number): Held[] {
    return [...held.values()].filter((one) => one.rules.has(key) && freeAtMs(one, perMs) > nowMs);
  }

  function waitMsFor(key: string, rule: WindowRule, nowMs: number): number {
    const calls = current(key, rule.perMs, nowMs);
    const max = shareOf(key, rule, calls, nowMs);
    if (calls.length < max) return 0;
    // A call that has no answer yet gives its place back in one window at the earliest.
    const free = calls
      .map((one) => Math.min(freeAtMs(one, rule.perMs), nowMs + rule.perMs))
      .sort((a, b) => a - b);
    return Math.max(1, Math.ceil((free[calls.length - max] ?? nowMs + rule.perMs) - nowMs));
  }

  function shareOf(key: string, { max, perMs }: WindowRule, calls: readonly Held[], nowMs: number): number {
    const share = Math.max(1, Math.floor(max / replicaCount));
    const last = seen.get(key);
    if (last === undefined || nowMs - last.atMs >= perMs) return share;
    const before = calls.filter((one) => one.order <= last.order).length;
    return Math.min(share, before + Math.floor(Math.max(0, max - last.count) / replicaCount));
  }

  function keep(place: string, rules: Rules, nowMs: number): void {
    if (nowMs - prunedAtMs >= pruneEveryMs) prune(nowMs);
    order += 1;
    held.set(place, { rules, order, departedMs: nowMs, answeredMs: undefined });
  }

  function prune(nowMs: number): void {
    prunedAtMs = nowMs;
    for (const [place, one] of held) if (goneAtMs(one) <= nowMs) forget(place);
    for (const [key, { atMs }] of seen) if (nowMs - atMs >= pruneEveryMs) seen.delete(key);
  }

  function forget(place: string): void {
    held.delete(place);
    untold.delete(place);
  }

  return {
    seen(rules, counts) {
      const atMs = clock.monoMs();
      for (const [at, key] of [...rules.keys()].entries())
        seen.set(key, { count: counts[at] ?? 0, atMs, order });
    },
    took: (place, rules) => keep(place, rules, clock.monoMs()),
    take(rules) {
      const nowMs = clock.monoMs();
      const waitMs = Math.max(0, ...[...rules].map(([key, rule]) => waitMsFor(key, rule, nowMs)));
      if (waitMs > 0) return { waitMs };
      const place = `${replica}/alone/${order}`;
      keep(place, rules, nowMs);
      untold.add(place);
      return { place };
    },
    answered(place) {
      const one = held.get(place);
      if (one === undefined || one.answeredMs !== undefined) return false;
      one.answeredMs = clock.monoMs();
      untold.add(place);
      return true;
    },
    hasUntold: () => untold.size > 0,
    untold(limit) {
      const nowMs = clock.monoMs();
      const found: Untold[] = [];
      for (const place of untold) {
        const one = held.get(place);
        if (one === undefined || goneAtMs(one) <= nowMs) forget(place);
        else found.push(untoldOf(place, one, nowMs));
        if (found.length >= limit) break;
      }
      return found;
    },
    told(places) {
      for (const { place, answeredAgoMs } of places) {
        const one = held.get(place);
        // An answer that came while Redis was being told is still to be told.
        if ((one?.answeredMs === undefined) === (answeredAgoMs === undefined)) untold.delete(place);
      }
    },
  };
}

function freeAtMs({ departedMs, answeredMs }: Held, perMs: number): number {
  return (answeredMs ?? departedMs + longestCallMs) + perMs;
}

/** From then on it counts in no window. */
function goneAtMs(one: Held): number {
  return Math.max(0, ...[...one.rules.values()].map(({ perMs }) => freeAtMs(one, perMs)));
}

function untoldOf(place: string, { rules, departedMs, answeredMs }: Held, nowMs: number): Untold {
  return {
    place,
    windows: [...rules].map(([key, { perMs }]) => ({ key, perMs })),
    departedAgoMs: nowMs - departedMs,
    answeredAgoMs: answeredMs === undefined ? undefined : nowMs - answeredMs,
  };
}
