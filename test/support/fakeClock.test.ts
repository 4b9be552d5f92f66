import { describe, expect, it } from 'vitest';
import { fakeClock } from './fakeClock.ts';

describe('fakeClock', () => {
  it('wakes sleepers in the order of their times, each at its own time', async () => {
    const clock = fakeClock();
    const startMs = clock.monoMs();
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.monoMs() - startMs]);
    };
    const all = Promise.all([sleeper('late', 30), sleeper('early', 10), sleeper('never', 101)]);
    await clock.advance(100);
    expect(woken).toEqual([
      ['early', 10],
      ['late', 30],
    ]);
    await clock.advance(1);
    await all;
    expect(clock.nowMs()).toBe(Date.UTC(2026, 0, 5, 9) + 101);
  });

  it('lets a woken one sleep again within the same advance', async () => {
    const clock = fakeClock();
    let turns = 0;
    const loop = (async () => {
      for (; turns < 5; turns += 1) await clock.sleep(10);
    })();
    await clock.advance(50);
    await loop;
    expect(turns).toBe(5);
  });

  it('wakes at once when the signal is aborted', async () => {
    const clock = fakeClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1_000, controller.signal);
    expect(clock.sleepers()).toBe(1);
    controller.abort();
    await sleeping;
    expect(clock.sleepers()).toBe(0);
  });

  it('goes on until a promise is settled', async () => {
    const clock = fakeClock();
    const startMs = clock.monoMs();
    const work = (async () => {
      await clock.sleep(60_000);
      await clock.sleep(60_000);
      return 'done';
    })();
    expect(await clock.until(work)).toBe('done');
    expect(clock.monoMs() - startMs).toBe(120_000);
    await expect(clock.until(clock.sleep(700_000))).rejects.toThrow('still waiting');
  });

  it('moves the wall clock alone', () => {
    const clock = fakeClock(5_000);
    const mono = clock.monoMs();
    clock.jumpWall(-3_000);
    expect(clock.nowMs()).toBe(2_000);
    expect(clock.monoMs()).toBe(mono);
  });
});
