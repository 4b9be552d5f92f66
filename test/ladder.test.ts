import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapMs, isQuiet, parseLadder, roundMs } from '../src/ladder.ts';

const minuteMs = 60_000;

describe('parseLadder', () => {
  it('reads means, times in three units, and quiet hours', () => {
    expect(parseLadder('app@0m app@90s,sms@1h phone@2h!22-7 phone@3h!21:30-06:45')).toEqual([
      { means: 'app', afterMs: 0 },
      { means: 'app', afterMs: 90_000 },
      { means: 'sms', afterMs: 60 * minuteMs },
      { means: 'phone', afterMs: 120 * minuteMs, quiet: { fromMin: 22 * 60, untilMin: 7 * 60 } },
      { means: 'phone', afterMs: 180 * minuteMs, quiet: { fromMin: 21 * 60 + 30, untilMin: 6 * 60 + 45 } },
    ]);
  });

  it.each([
    '',
    'app',
    'app@5',
    'mail@5m',
    'app@-1m',
    'app@5m app@1m',
    'app@0m!25-7',
    'app@0m!22:75-7',
    'app@0m!7-7',
    'app@25h',
    Array.from({ length: 13 }, () => 'app@0m').join(' '),
  ])('refuses %j', (text) => {
    expect(parseLadder(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLadder(text)));
  });
});

describe('quiet hours', () => {
  it.each([
    ['phone@0m!22-7', '21:59', false],
    ['phone@0m!22-7', '22:00', true],
    ['phone@0m!22-7', '00:00', true],
    ['phone@0m!22-7', '06:59', true],
    ['phone@0m!22-7', '07:00', false],
    ['phone@0m!12-14', '11:59', false],
    ['phone@0m!12-14', '12:00', true],
    ['phone@0m!12-14', '14:00', false],
    ['phone@0m!0-24', '23:59', true],
    ['phone@0m', '03:00', false],
  ])('%s at %s: %s', (text, time, quiet) => {
    const [rung] = parseLadder(text) ?? [];
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    expect(rung && isQuiet(rung, hour * 60 + minute)).toBe(quiet);
  });
});

describe('a round', () => {
  it.each([
    ['app@0m app@5m sms@10m phone@15m', 5, 20],
    ['app@0m phone@2m', 2, 4],
    ['app@3m', 3, 6],
    ['app@0m', 5, 5],
    ['app@0m phone@0m', 5, 5],
  ])('of %s leaves %i min after the last rung', (text, gapMin, roundMin) => {
    const ladder = parseLadder(text) ?? [];
    expect([gapMs(ladder) / minuteMs, roundMs(ladder) / minuteMs]).toEqual([gapMin, roundMin]);
  });
});
