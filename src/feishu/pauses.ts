/** What Feishu's refusals leave behind: pauses of endpoints, chats and cards, and the pace of endpoints without a published limit. */

import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Endpoint, type EndpointName, endpoints } from './endpoints.ts';

/** How long the first call after a pause is waited for, before another one may try. */
const probeMs = 2_000;
/** A quiet minute lets the pace rise by one a second. */
const calmMs = 60_000;
/** Ended pauses of chats and cards are forgotten at the latest when there are this many. */
const targetsMaxCount = 1_000;

export interface Pauses {
  /** Pauses an endpoint for everybody; a longer pause that runs already stays. Slows an endpoint down that adapts. */
  refused(endpoint: EndpointName, pauseMs: number): void;
  /** Feishu took a call of this endpoint: whatever its answer was, the pause is over. */
  taken(endpoint: EndpointName): void;
  /** True when no refusal is left to be waited out or tried out. */
  isClear(endpoint: EndpointName): boolean;
  /** True while the pause runs. */
  isPaused(endpoint: EndpointName): boolean;
  /** Resolves when a call may depart. After a pause it lets one through and the others wait for what becomes of it. */
  pass(endpoint: EndpointName): Promise<void>;
  /** A call that came through `pass` departs now. */
  departing(endpoint: EndpointName): void;
  pauseTarget(key: string, pauseMs: number): void;
  /** How long this chat or card still pauses; 0 when it does not. */
  targetWaitMs(key: string): number;
  /** Calls a second that an adapting endpoint is trusted with now. */
  pace(endpoint: EndpointName, max: number): number;
}

/** After a refusal, until a call has been taken. */
interface Trouble {
  readonly untilMs: number;
  /** The one call that tries it out, if it is under way: others wait until then, or until it is answered. */
  probeUntilMs: number;
  readonly settled: AbortController;
}

interface Pace {
  readonly max: number;
  readonly sinceMs: number;
}

/** In memory: another process that is refused pauses by itself. */
export function createPauses(clock: Clock, log: Log): Pauses {
  const troubles = new Map<EndpointName, Trouble>();
  const targets = new Map<string, number>();
  const paces = new Map<EndpointName, Pace>();

  const isPaused = (endpoint: EndpointName): boolean =>
    clock.monoMs() < (troubles.get(endpoint)?.untilMs ?? Number.NEGATIVE_INFINITY);

  function pace(endpoint: EndpointName, max: number): number {
    const slow = paces.get(endpoint);
    if (slow === undefined) return max;
    const risen = slow.max + Math.floor((clock.monoMs() - slow.sinceMs) / calmMs);
    if (risen < max) return risen;
    paces.delete(endpoint);
    return max;
  }

  function slowDown(endpoint: EndpointName): void {
    const row: Endpoint = endpoints[endpoint];
    const max = row.limits[0]?.max;
    if (row.special !== true || max === undefined) return;
    const slower = Math.max(1, Math.floor(pace(endpoint, max) / 2));
    paces.set(endpoint, { max: slower, sinceMs: clock.monoMs() });
    log.warn({ endpoint, callsPerSecCount: slower }, 'endpoint slowed down');
  }

  function refused(endpoint: EndpointName, pauseMs: number): void {
    const before = troubles.get(endpoint);
    const untilMs = clock.monoMs() + pauseMs;
    // Calls that were on their way when the pause began tell the same refusal again.
    if (!isPaused(endpoint)) {
      slowDown(endpoint);
      log.warn({ endpoint, pauseMs: Math.round(pauseMs) }, 'endpoint paused: too many calls');
    }
    if (before !== undefined && before.untilMs >= untilMs) return;
    const probeUntilMs = Number.NEGATIVE_INFINITY;
    troubles.set(endpoint, { untilMs, probeUntilMs, settled: new AbortController() });
    before?.settled.abort();
  }

  function taken(endpoint: EndpointName): void {
    const trouble = troubles.get(endpoint);
    // Answers of calls that departed before the pause say nothing about it.
    if (trouble === undefined || isPaused(endpoint)) return;
    troubles.delete(endpoint);
    trouble.settled.abort();
  }

  async function pass(endpoint: EndpointName): Promise<void> {
    for (;;) {
      const trouble = troubles.get(endpoint);
      if (trouble === undefined) return;
      const waitMs = Math.max(trouble.untilMs, trouble.probeUntilMs) - clock.monoMs();
      if (waitMs <= 0) return;
      await clock.sleep(waitMs, trouble.settled.signal);
    }
  }

  function departing(endpoint: EndpointName): void {
    const trouble = troubles.get(endpoint);
    if (trouble !== undefined) trouble.probeUntilMs = clock.monoMs() + probeMs;
  }

  function targetWaitMs(key: string): number {
    return Math.max(0, (targets.get(key) ?? Number.NEGATIVE_INFINITY) - clock.monoMs());
  }

  function pauseTarget(key: string, pauseMs: number): void {
    if (targets.size >= targetsMaxCount) {
      for (const known of [...targets.keys()]) if (targetWaitMs(known) === 0) targets.delete(known);
    }
    targets.set(key, Math.max(targets.get(key) ?? 0, clock.monoMs() + pauseMs));
    log.warn({ target: key, pauseMs: Math.round(pauseMs) }, 'chat or card paused: too many messages');
  }

  const isClear = (endpoint: EndpointName): boolean => !troubles.has(endpoint);
  return { refused, taken, isClear, isPaused, pass, departing, pauseTarget, targetWaitMs, pace };
}
