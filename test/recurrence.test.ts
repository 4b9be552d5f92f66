import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarIn } from '../src/calendar.ts';
import { beginsRecurrence, nextTime, readRecurrence, recurrenceName } from '../src/recurrence.ts';

describe('a recurrence', () => {
  it.each([
    ['every weekday 09:30', { days: 'weekday', hour: 9, minute: 30 }],
    ['every day at 8:00', { days: 'day', hour: 8, minute: 0 }],
    ['every Monday 18:05', { days: 1, hour: 18, minute: 5 }],
    ['every fri 5:30pm', { days: 5, hour: 17, minute: 30 }],
    ['每个工作日 09:30', { days: 'weekday', hour: 9, minute: 30 }],
    ['每个工作日09:30', { days: 'weekday', hour: 9, minute: 30 }],
    ['每天 9点', { days: 'day', hour: 9, minute: 0 }],
    ['每周一 下午3:30', { days: 1, hour: 15, minute: 30 }],
    ['每周日 23:59', { days: 7, hour: 23, minute: 59 }],
    ['毎日 09:30', { days: 'day', hour: 9, minute: 30 }],
    ['平日 9時30分', { days: 'weekday', hour: 9, minute: 30 }],
    ['毎週金曜日 17:00', { days: 5, hour: 17, minute: 0 }],
  ])('%s', (line, wanted) => {
    expect(beginsRecurrence(line.split(' ')[0] ?? '')).toBe(true);
    expect(readRecurrence(line.split(' '))).toEqual(wanted);
  });

  it.each([
    'every',
    'every weekday',
    'every 09:30',
    'every weekday 24:00',
    'every weekday 9:60',
    '每个 09:30',
    'every moonday 9:00',
  ])('%s is none', (line) => {
    expect(readRecurrence(line.split(' '))).toBeUndefined();
  });

  it('has a name that reads as itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom('day' as const, 'weekday' as const), fc.integer({ min: 1, max: 7 })),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (days, hour, minute) => {
          const one = { days, hour, minute };
          for (const name of Object.values(recurrenceName(one)))
            expect(readRecurrence(name.split(' '))).toEqual(one);
        },
      ),
    );
  });
});

describe('the next time', () => {
  const weekday = { days: 'weekday', hour: 9, minute: 30 } as const;
  const iso = (after: string, zone: string, what: Parameters<typeof nextTime>[0] = weekday): string =>
    new Date(nextTime(what, Date.parse(after), zone)).toISOString();

  it.each([
    // Thursday, just before and at the time itself.
    ['2026-11-19T01:29:59Z', '2026-11-19T01:30:00.000Z'],
    ['2026-11-19T01:30:00Z', '2026-11-20T01:30:00.000Z'],
    // Friday after it: on Monday.
    ['2026-11-20T09:00:00Z', '2026-11-23T01:30:00.000Z'],
  ])('after %s in Shanghai is %s', (after, wanted) => {
    expect(iso(after, 'Asia/Shanghai')).toBe(wanted);
  });

  it('keeps the time of the clocks when they change', () => {
    expect(iso('2026-03-27T09:00:00Z', 'Europe/Berlin')).toBe('2026-03-30T07:30:00.000Z');
    const night = { days: 'day', hour: 2, minute: 30 } as const;
    // The night in which 02:30 does not exist, and that in which it comes twice: once each.
    expect(iso('2026-03-28T12:00:00Z', 'Europe/Berlin', night)).toBe('2026-03-29T01:30:00.000Z');
    expect(iso('2026-10-24T12:00:00Z', 'Europe/Berlin', night)).toBe('2026-10-25T00:30:00.000Z');
    expect(iso('2026-10-25T00:30:00Z', 'Europe/Berlin', night)).toBe('2026-10-26T01:30:00.000Z');
  });

  it('is later, within a week and a day, and on the right day', () => {
    const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/Sao_Paulo');
    const day = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2035, 0) }),
        zone,
        day,
        (afterMs, timeZone, days) => {
          const next = nextTime({ days, hour: 2, minute: 15 }, afterMs, timeZone);
          expect(next).toBeGreaterThan(afterMs);
          expect(next - afterMs).toBeLessThanOrEqual(7 * 86_400_000 + 7_200_000);
          expect(calendarIn(timeZone).wallTime(next).weekday).toBe(days);
        },
      ),
    );
  });
});
