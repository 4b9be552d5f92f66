import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarIn, daysBetween, isoDay, monthStart, plusDays, weekdayOf } from '../src/calendar.ts';

const iso = (atMs: number): string => new Date(atMs).toISOString();
const day = (text: string) => {
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
  return { year, month, day: date };
};

describe('a day', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-20', '2026-11-19T16:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    // Clocks went from 24:00 to 01:00 on that day.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z'],
  ])('in %s %s begins at %s', (zone, text, start) => {
    expect(iso(calendarIn(zone).startOf(day(text)))).toBe(start);
  });

  it.each([
    // Clocks went from 02:00 to 03:00.
    ['2026-03-29', 2, 30, '2026-03-29T01:30:00.000Z'],
    // Clocks showed 02:30 twice.
    ['2026-10-25', 2, 30, '2026-10-25T00:30:00.000Z'],
    ['2026-10-25', 4, 0, '2026-10-25T03:00:00.000Z'],
  ])('in Berlin %s has its %i:%i at %s', (text, hour, minute, at) => {
    expect(iso(calendarIn('Europe/Berlin').at(day(text), hour, minute))).toBe(at);
  });

  it('has a weekday, neighbours and a month', () => {
    expect(weekdayOf(day('2026-11-20'))).toBe(5);
    expect(weekdayOf(day('2026-11-22'))).toBe(7);
    expect(isoDay(plusDays(day('2026-02-28'), 1))).toBe('2026-03-01');
    expect(isoDay(monthStart(day('2026-01-31'), -1))).toBe('2025-12-01');
    expect(daysBetween(day('2026-03-01'), day('2026-03-31'))).toBe(30);
  });
});

describe('any moment', () => {
  const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'UTC');
  it('is read and found again to the minute, but for the hour that clocks show twice', () => {
    fc.assert(
      fc.property(zone, fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2035, 0) }), (timeZone, atMs) => {
        const calendar = calendarIn(timeZone);
        const wall = calendar.wallTime(atMs);
        const found = calendar.at(wall, wall.hour, wall.minute);
        const minute = Math.floor(atMs / 60_000) * 60_000;
        expect([0, 3_600_000]).toContain(minute - found);
        expect(calendar.startOf(wall)).toBeLessThanOrEqual(atMs);
        expect(calendar.startOf(plusDays(wall, 1))).toBeGreaterThan(atMs);
      }),
    );
  });
});
