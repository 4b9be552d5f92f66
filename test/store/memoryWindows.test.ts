import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createMemoryWindows, type Departure, type WindowJournal } from '../../src/store/memoryWindows.ts';
import { StoreUnavailable, type WindowRule, type Windows } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';

const second: WindowRule = { name: 'second', max: 3, perMs: 1_000 };
const longer: WindowRule = { name: 'longer', max: 7, perMs: 5_000 };

/** A journal whose answers may get lost, as they may on disk. */
function createJournal(keepAnswers = true): WindowJournal & { readonly departures: Map<string, Departure> } {
  const departures = new Map<string, Departure>();
  return {
    departures,
    async departed(departure) {
      departures.set(departure.place, departure);
    },
    answered(place, answeredAtMs) {
      const departure = departures.get(place);
      if (departure !== undefined && keepAnswers) departures.set(place, { ...departure, answeredAtMs });
    },
    recent: () => [...departures.values()],
  };
}

/** How one call travels. Without an answer it is lost on the way back. */
interface Call {
  readonly pauseMs: number;
  readonly thereMs: number;
  readonly backMs: number;
  readonly answered: boolean;
}

const call: fc.Arbitrary<Call> = fc.record({
  pauseMs: fc.oneof(fc.constant(0), fc.nat(1_500)),
  thereMs: fc.oneof(fc.constant(0), fc.nat(2_000)),
  backMs: fc.oneof(fc.constant(0), fc.nat(2_000)),
  answered: fc.boolean(),
});

/**
 * A clock for thousands of sleepers that wait for nothing but each other, so microtasks are all that has to go on between
 * two of them.
 */
function quickClock(): Clock & { readonly advance: (ms: number) => Promise<void> } {
  const sleepers = new Map<() => void, number>();
  let nowMs = 1_000_000;
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await undefined;
  };
  return {
    nowMs: () => nowMs,
    monoMs: () => nowMs,
    sleep: (ms) => new Promise((resolve) => void sleepers.set(resolve, nowMs + ms)),
    alarm(ms, ring) {
      sleepers.set(ring, nowMs + ms);
      return () => void sleepers.delete(ring);
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = [...sleepers].reduce<[(() => void) | undefined, number]>(
          (first, each) => (each[1] < first[1] ? each : first),
          [undefined, Number.POSITIVE_INFINITY],
        );
        if (next[0] === undefined || next[1] > endMs) break;
        sleepers.delete(next[0]);
        nowMs = next[1];
        next[0]();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** A process with several callers, and what the server counts. `windows` changes when the process is started anew. */
interface World {
  readonly clock: Clock;
  windows: Windows;
  life: number;
  readonly arrivals: number[];
  /** Calls on their way to the server. */
  readonly underway: Set<() => void>;
}

/** Makes its calls one after the other, until the process dies. */
async function caller(world: World, calls: readonly Call[], rules: readonly WindowRule[]): Promise<void> {
  const { clock, life, windows } = world;
  for (const { pauseMs, thereMs, backMs, answered } of calls) {
    await clock.sleep(pauseMs);
    let taken = await windows.take(rules);
    while ('waitMs' in taken && world.life === life) {
      await clock.sleep(taken.waitMs);
      taken = await windows.take(rules);
    }
    if ('waitMs' in taken || world.life !== life) return;
    await arrive(world, thereMs);
    await clock.sleep(backMs);
    if (world.life !== life) return;
    if (answered) await windows.answered(taken.place);
  }
}

/** The server counts the call after `thereMs`, or when the process dies: what it has sent is there then. */
async function arrive({ clock, arrivals, underway }: World, thereMs: number): Promise<void> {
  const count = (): void => {
    if (underway.delete(count)) arrivals.push(clock.monoMs());
  };
  underway.add(count);
  await clock.sleep(thereMs);
  count();
}

/** The most arrivals in any window of the server. */
function worst(arrivals: readonly number[], perMs: number): number {
  const times = [...arrivals].sort((a, b) => a - b);
  return Math.max(
    0,
    ...times.map((start, at) => times.slice(at).filter((time) => time < start + perMs).length),
  );
}

describe('rate windows as the server sees them', () => {
  it('hold for any schedule, any way there and back, and any restart in between', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(call, { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 3 }),
        fc.boolean(),
        async (callers, lives, keepAnswers) => {
          const clock = quickClock();
          const journal = createJournal(keepAnswers);
          const windows = createMemoryWindows(clock, journal);
          const world: World = { clock, windows, life: 0, arrivals: [], underway: new Set() };
          const start = (): void => {
            for (const calls of callers) void caller(world, calls, [second, longer]);
          };
          start();
          for (const lifeMs of lives) {
            await clock.advance(lifeMs);
            world.life += 1;
            for (const count of world.underway) count();
            world.windows = createMemoryWindows(clock, journal);
            start();
          }
          await clock.advance(400_000);
          expect(worst(world.arrivals, second.perMs)).toBeLessThanOrEqual(second.max);
          expect(worst(world.arrivals, longer.perMs)).toBeLessThanOrEqual(longer.max);
          const calls = callers.flat().length;
          expect(world.arrivals.length).toBeGreaterThanOrEqual(calls);
        },
      ),
      { numRuns: 300 },
    ),
  );

  it.each([0, 20, 100, 400])(
    'are used to 95 of 100 when calls queue up, with a round trip of %i ms',
    async (roundTripMs) => {
      const clock = quickClock();
      const rule = { name: 'busy', max: 5, perMs: 1_000 };
      const windows = createMemoryWindows(clock);
      const world: World = { clock, windows, life: 0, arrivals: [], underway: new Set() };
      const each = { pauseMs: 0, thereMs: roundTripMs / 2, backMs: roundTripMs / 2, answered: true };
      for (let n = 0; n < 8; n += 1) void caller(world, new Array<Call>(200).fill(each), [rule]);
      await clock.advance(60_000);
      expect(worst(world.arrivals, rule.perMs)).toBe(rule.max);
      expect(world.arrivals.length).toBeGreaterThanOrEqual(
        (0.95 * 60_000 * rule.max) / (rule.perMs + roundTripMs),
      );
    },
  );
});

describe('createMemoryWindows', () => {
  it('takes no place that could not be written down', async () => {
    const clock = fakeClock();
    const journal = createJournal();
    let full = true;
    const windows = createMemoryWindows(clock, {
      ...journal,
      async departed(departure) {
        if (full) throw new StoreUnavailable('no space');
        await journal.departed(departure);
      },
    });
    for (let n = 0; n < 10; n += 1) await expect(windows.take([second])).rejects.toThrow(StoreUnavailable);
    full = false;
    for (let n = 0; n < 3; n += 1) expect(await windows.take([second])).toHaveProperty('place');
    expect(journal.departures.size).toBe(3);
  });

  it('has written a place down before it gives it away', async () => {
    const journal = createJournal();
    let write = (): void => undefined;
    const written = new Promise<void>((resolve) => (write = resolve));
    const slow: WindowJournal = {
      ...journal,
      departed: async (departure) => {
        await written;
        await journal.departed(departure);
      },
    };
    const clock = fakeClock();
    const windows = createMemoryWindows(clock, slow);
    let given: unknown;
    const taking = windows.take([second, longer]).then((taken) => {
      given = taken;
    });
    // It counts from now on.
    expect(await windows.take([{ ...second, max: 1 }])).toEqual({ waitMs: 1_000 });
    await clock.advance(100);
    expect(given).toBeUndefined();
    write();
    await taking;
    expect([{ place: [...journal.departures.keys()][0] }]).toEqual([given]);
    // The call may leave only now.
    await clock.advance(34_950);
    expect(await windows.take([{ ...second, max: 1 }])).toEqual({ waitMs: 1_000 });
  });

  it.each([
    ['in the future, because the wall clock was set back', 3_600_000, undefined, 1_000],
    ['in the future, with an answer', 3_600_000, 3_600_100, 1_000],
    ['just now, without an answer', -10, undefined, 1_000],
    ['with an answer', -700, -400, 600],
    ['34.5 s ago, without an answer', -34_500, undefined, 1_000],
    ['35.5 s ago, without an answer', -35_500, undefined, 500],
  ])('remembers a place that was taken %s', async (_, departedMs, answeredMs, waitMs) => {
    const clock = fakeClock();
    const nowMs = clock.nowMs();
    const answeredAtMs = answeredMs === undefined ? undefined : nowMs + answeredMs;
    const departure = { place: 'p', windows: [second], departedAtMs: nowMs + departedMs, answeredAtMs };
    const journal = createJournal();
    await journal.departed(departure);
    const windows = createMemoryWindows(clock, journal);
    expect(await windows.take([{ ...second, max: 1 }])).toEqual({ waitMs });
  });

  it('keeps nothing of names that are quiet', async () => {
    const clock = fakeClock();
    const windows = createMemoryWindows(clock);
    for (let n = 0; n < 2_000; n += 1) {
      const taken = await windows.take([{ ...second, name: `chat/${n}` }]);
      if ('place' in taken && n % 2 === 0) await windows.answered(taken.place);
    }
    expect(windows.prune()).toBe(2_000 + 1_000);
    await clock.advance(1_000);
    expect(windows.prune()).toBe(1_000 + 1_000);
    await clock.advance(35_000);
    expect(windows.prune()).toBe(0);
  });

  it('counts a rule that is named twice once, under its smaller maximum', async () => {
    const windows = createMemoryWindows(fakeClock());
    const two = { ...second, max: 2 };
    const five = { ...second, max: 5 };
    expect(await windows.take([two, five])).toHaveProperty('place');
    expect(await windows.take([five, two])).toHaveProperty('place');
    expect(await windows.take([five, two])).toEqual({ waitMs: 1_000 });
    expect(await windows.take([two, five])).toEqual({ waitMs: 1_000 });
    expect(await windows.take([five])).toHaveProperty('place');
  });

  it('has no place at all under a maximum of nothing', async () => {
    const windows = createMemoryWindows(fakeClock());
    expect(await windows.take([{ ...second, max: 0 }])).toEqual({ waitMs: 1_000 });
    expect(await windows.take([])).toHaveProperty('place');
  });
});
