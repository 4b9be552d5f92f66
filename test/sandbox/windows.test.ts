import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWindows, worstWindow } from './windows.ts';

const tier = [
  { max: 3, windowMs: 1_000 },
  { max: 5, windowMs: 60_000 },
];

describe('sliding windows', () => {
  it('let in as many as the window holds and tell how long to wait', () => {
    let nowMs = 5_000;
    const windows = createWindows(() => nowMs);
    for (const atMs of [5_000, 5_100, 5_200]) {
      nowMs = atMs;
      expect(windows.take('a', tier)).toEqual({ ok: true });
    }
    nowMs = 5_300;
    expect(windows.take('a', tier)).toEqual({ ok: false, window: tier[0], waitMs: 700 });
    expect(windows.take('b', tier)).toEqual({ ok: true });
    nowMs = 5_999;
    expect(windows.take('a', tier).ok).toBe(false);
    nowMs = 6_000;
    expect(windows.take('a', tier).ok).toBe(true);
  });

  it('give a refused call no place', () => {
    let nowMs = 0;
    const windows = createWindows(() => nowMs);
    for (let call = 0; call < 30; call += 1) windows.take('a', tier);
    expect(windows.used('a', { max: 3, windowMs: 1_000 })).toBe(3);
    expect(windows.refused('a')).toBe(27);
    nowMs = 1_000;
    expect(windows.take('a', tier).ok).toBe(true);
  });

  it('hold over every window, however the calls arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 300 }), (gapsMs) => {
        let nowMs = 0;
        const windows = createWindows(() => nowMs);
        const servedMs: number[] = [];
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          if (windows.take('a', tier).ok) servedMs.push(nowMs);
        }
        expect(worstWindow(servedMs, 1_000)).toBeLessThanOrEqual(3);
        expect(worstWindow(servedMs, 60_000)).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('find the worst window by looking at all of them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 })), (timesMs) => {
        const slow = Math.max(
          0,
          ...timesMs.map((end) => timesMs.filter((at) => at <= end && at > end - 1_000).length),
        );
        expect(worstWindow(timesMs, 1_000)).toBe(slow);
      }),
    );
  });
});
