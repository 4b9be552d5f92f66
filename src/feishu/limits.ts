/**
 * Every call takes a place in all the windows that Feishu counts it in, before it departs. The windows themselves are exact
 * (`Windows` in store.ts); here is the order in which calls get to them.
 *
 * - One Bottleneck for each endpoint, whose job is the *taking of the place*, one at a time: whoever is more urgent when a place
 *   becomes free takes it, and a call that waits holds nobody's place.
 * - A chat or card that is full makes its callers wait in a queue of their own, outside of the endpoint's, so that they never stand
 *   before other chats. So does the share of the background. These queues are kept only while they are used.
 * - When nobody waits, a call takes its place directly: each pass through Bottleneck costs some milliseconds.
 */

import Bottleneck from 'bottleneck';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Priority, WindowRule, Windows } from '../store/store.ts';
import type { EndpointName } from './endpoints.ts';
import { backgroundKey, baseRules, queueKey, sidesOf, targetKeys, turnKey, type Want } from './limitRules.ts';
import type { Pauses } from './pauses.ts';

/** Bottleneck starts lower numbers first. */
const levels: Readonly<Record<Priority, number>> = { person: 0, card: 4, background: 9 };
/** A queue of a chat that nobody used for so long is dropped. Were somebody still waiting in it, the windows would hold all the same. */
const quietMs = 10 * 60_000;
/** Places of a chat are held this long at most for a call that still waits for its endpoint; less than the 5 s by which a place outlives any call. */
const holdMaxMs = 4_000;

export interface Place {
  /** The call was answered, or will never be. Must be called, and at once: the window begins to run out only then. */
  readonly answered: () => void;
}

export interface Limits {
  /**
   * Waits, as long as it takes, until the call may depart.
   * @throws StoreUnavailable when the windows cannot be reached; what `want.check` throws
   */
  reserve(want: Want): Promise<Place>;
  /** The chat or card of the call is too busy. False when the call names none. */
  pauseTarget(want: Want, pauseMs: number): boolean;
}

export interface LimitsDeps {
  readonly windows: Windows;
  readonly pauses: Pauses;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'limitWaitSeconds'>;
}

interface Taken {
  readonly places: readonly string[];
}

/** A side had no room. */
interface Full {
  readonly full: string;
  readonly untilMs: number;
}

/** One book of queues for the process; the windows may be shared with other processes. */
export function createLimits({ windows, pauses, clock, log, metrics }: LimitsDeps): Limits {
  const turns = new Map<EndpointName, Bottleneck>();
  const sideQueues = new Bottleneck.Group({ maxConcurrent: 1, timeout: quietMs });
  const waitingCounts = new Map<string, number>();

  const waits = (key: string): boolean => waitingCounts.has(key);

  /** Runs `work` when its turn comes, and counts the caller as waiting until it has ended. */
  async function inQueue<T>(
    key: string,
    queue: Bottleneck,
    priority: Priority,
    work: () => Promise<T>,
  ): Promise<T> {
    waitingCounts.set(key, (waitingCounts.get(key) ?? 0) + 1);
    try {
      return await queue.schedule({ priority: levels[priority] }, work);
    } finally {
      const left = (waitingCounts.get(key) ?? 1) - 1;
      if (left > 0) waitingCounts.set(key, left);
      else waitingCounts.delete(key);
    }
  }

  function giveBack(places: readonly string[]): void {
    for (const place of places) {
      windows.answered(place).catch((error: unknown) => {
        log.warn({ err: error }, 'a place was not given back; it ends by itself');
      });
    }
  }

  const full = (key: string, waitMs: number): Full => ({ full: key, untilMs: clock.monoMs() + waitMs });

  /** In the endpoint's turn: takes a place, or says which of the call's sides has none. */
  async function takeTurn(want: Want): Promise<Taken | Full> {
    for (;;) {
      await pauses.pass(want.endpoint);
      want.check?.();
      const paused = pausedTarget(want);
      if (paused !== undefined) return paused;
      const result = await takeOnce(want);
      if (result === undefined) continue;
      if ('full' in result) return result;
      if (!pauses.isPaused(want.endpoint)) {
        pauses.departing(want.endpoint);
        return result;
      }
      giveBack(result.places);
    }
  }

  function pausedTarget(want: Want): Full | undefined {
    const key = targetKeys(want).find((target) => pauses.targetWaitMs(target) > 0);
    return key === undefined ? undefined : full(queueKey(key, want.priority), pauses.targetWaitMs(key));
  }

  /** @returns undefined when it should begin anew, because it waited long or a pause began */
  async function takeOnce(want: Want): Promise<Taken | Full | undefined> {
    const base = baseRules(want.endpoint, pauses);
    const sides = sidesOf(want, base);
    const all = await windows.take([...base, ...sides.flatMap((side) => side.rules)]);
    if ('place' in all) return { places: [all.place] };
    // Somebody is full. Taking the sides alone shows whether it is one of them, or the endpoint itself.
    const held: string[] = [];
    try {
      for (const side of sides) {
        const one = await windows.take(side.rules);
        if ('waitMs' in one) return full(side.key, one.waitMs);
        held.push(one.place);
      }
      const place = await waitForEndpoint(want.endpoint, base, all.waitMs, held);
      return place === undefined ? undefined : { places: [...held.splice(0), place] };
    } finally {
      giveBack(held);
    }
  }

  /** Waits for room in the endpoint's own windows. Gives `held` back when that takes too long, and then takes nothing. */
  async function waitForEndpoint(
    endpoint: EndpointName,
    base: readonly WindowRule[],
    firstWaitMs: number,
    held: string[],
  ): Promise<string | undefined> {
    const giveUpMs = held.length === 0 ? Number.POSITIVE_INFINITY : clock.monoMs() + holdMaxMs;
    for (let waitMs = firstWaitMs; ; ) {
      const tooLong = clock.monoMs() + waitMs > giveUpMs;
      if (tooLong) giveBack(held.splice(0));
      await clock.sleep(Math.max(1, waitMs));
      if (tooLong || pauses.isPaused(endpoint)) return undefined;
      const taken = await windows.take(base);
      if ('place' in taken) return taken.place;
      waitMs = taken.waitMs;
    }
  }

  function turn(want: Want): Promise<Taken | Full> {
    const queue = turns.get(want.endpoint) ?? new Bottleneck({ maxConcurrent: 1 });
    turns.set(want.endpoint, queue);
    return inQueue(turnKey(want.endpoint), queue, want.priority, () => takeTurn(want));
  }

  /** The background comes one at a time, and waits for its share before it stands in the endpoint's queue again. */
  function turnWithShare(want: Want): Promise<Taken | Full> {
    return want.priority === 'background'
      ? inSideQueue(backgroundKey(want.endpoint), want, 0, () => turn(want))
      : turn(want);
  }

  /** Stands in the queue of a side until it is not this side that is full. */
  function inSideQueue(
    key: string,
    want: Want,
    untilMs: number,
    next: () => Promise<Taken | Full>,
  ): Promise<Taken | Full> {
    return inQueue(key, sideQueues.key(key), want.priority, async () => {
      for (let againMs = untilMs; ; ) {
        const waitMs = againMs - clock.monoMs();
        if (waitMs > 0) await clock.sleep(waitMs);
        const result = await next();
        if (!('full' in result) || result.full !== key) return result;
        againMs = result.untilMs;
      }
    });
  }

  async function takeInOrder(want: Want): Promise<Taken> {
    let blocked = targetKeys(want)
      .map((key) => queueKey(key, want.priority))
      .filter(waits)
      .map((key) => full(key, 0))[0];
    for (;;) {
      const result: Taken | Full =
        blocked === undefined
          ? await turnWithShare(want)
          : await inSideQueue(blocked.full, want, blocked.untilMs, () => turnWithShare(want));
      if ('places' in result) return result;
      blocked = result;
    }
  }

  /** The way without queues, for a call that finds nobody waiting and all windows open. */
  async function takeAtOnce(want: Want): Promise<Taken | undefined> {
    const base = baseRules(want.endpoint, pauses);
    const sides = sidesOf(want, base);
    const free = !waits(turnKey(want.endpoint)) && !sides.some((side) => waits(side.key));
    if (!free || !pauses.isClear(want.endpoint) || pausedTarget(want) !== undefined) return undefined;
    const taken = await windows.take([...base, ...sides.flatMap((side) => side.rules)]);
    if ('waitMs' in taken) return undefined;
    if (pauses.isClear(want.endpoint)) return { places: [taken.place] };
    giveBack([taken.place]);
    return undefined;
  }

  return {
    async reserve(want) {
      const startMs = clock.monoMs();
      const { places } = (await takeAtOnce(want)) ?? (await takeInOrder(want));
      metrics.limitWaitSeconds.observe({ endpoint: want.endpoint }, (clock.monoMs() - startMs) / 1_000);
      return { answered: () => giveBack(places) };
    },
    pauseTarget(want, pauseMs) {
      const keys = targetKeys(want);
      for (const key of keys) pauses.pauseTarget(key, pauseMs);
      return keys.length > 0;
    },
  };
}
