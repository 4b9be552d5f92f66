import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Period, periodName, spansOf } from '../src/periods.ts';

const zone = 'Asia/Shanghai';
/** A Friday, 17:30 in Shanghai. */
const nowMs = Date.parse('2026-11-20T09:30:00Z');
const local = (atMs: number): string =>
  new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
const shown = (period: Period): string[] => {
  const { current, before } = spansOf(period, nowMs, zone);
  return [current, before].map(({ fromMs, untilMs }) => `${local(fromMs)} – ${local(untilMs)}`);
};
const day = (month: number, date: number) => ({ year: 2026, month, day: date });

describe('a period and the one before it', () => {
  it.each<[Period, string, string]>([
    [{ kind: 'today' }, '2026-11-20 00:00 – 2026-11-20 17:30', '2026-11-19 00:00 – 2026-11-19 17:30'],
    [{ kind: 'yesterday' }, '2026-11-19 00:00 – 2026-11-19 23:59', '2026-11-18 00:00 – 2026-11-18 23:59'],
    [{ kind: 'this_week' }, '2026-11-16 00:00 – 2026-11-20 17:30', '2026-11-09 00:00 – 2026-11-13 17:30'],
    [{ kind: 'last_week' }, '2026-11-09 00:00 – 2026-11-15 23:59', '2026-11-02 00:00 – 2026-11-08 23:59'],
    [{ kind: 'this_month' }, '2026-11-01 00:00 – 2026-11-20 17:30', '2026-10-01 00:00 – 2026-10-20 17:30'],
    [{ kind: 'last_month' }, '2026-10-01 00:00 – 2026-10-31 23:59', '2026-09-01 00:00 – 2026-09-30 23:59'],
    [
      { kind: 'hours', count: 24 },
      '2026-11-19 17:30 – 2026-11-20 17:30',
      '2026-11-18 17:30 – 2026-11-19 17:29',
    ],
    [
      { kind: 'days', count: 7 },
      '2026-11-14 00:00 – 2026-11-20 17:30',
      '2026-11-07 00:00 – 2026-11-13 17:30',
    ],
    [
      { kind: 'range', from: day(11, 1), until: day(11, 15) },
      '2026-11-01 00:00 – 2026-11-15 23:59',
      '2026-10-17 00:00 – 2026-10-31 23:59',
    ],
    [
      { kind: 'range', from: day(11, 18), until: undefined },
      '2026-11-18 00:00 – 2026-11-20 17:30',
      '2026-11-15 00:00 – 2026-11-17 17:30',
    ],
  ])('%j', (period, current, before) => {
    expect(shown(period)).toEqual([current, before]);
  });

  it('of the future is empty', () => {
    const { current } = spansOf({ kind: 'range', from: day(12, 1), until: day(12, 2) }, nowMs, zone);
    expect(current.untilMs).toBeLessThan(current.fromMs);
  });

  it('never overlap, and the one before is never longer than a day more', () => {
    const kinds = fc.constantFrom<Period>(
      { kind: 'today' },
      { kind: 'yesterday' },
      { kind: 'this_week' },
      { kind: 'last_week' },
      { kind: 'this_month' },
      { kind: 'days', count: 30 },
      { kind: 'hours', count: 5 },
    );
    const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/Sao_Paulo', 'Pacific/Apia');
    const moments = fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(kinds, zones, moments, (period, timeZone, atMs) => {
        const { current, before } = spansOf(period, atMs, timeZone);
        expect(before.untilMs).toBeLessThan(current.fromMs);
        expect(current.untilMs).toBeLessThanOrEqual(atMs);
        const longer = before.untilMs - before.fromMs - (current.untilMs - current.fromMs);
        if (period.kind !== 'this_month') expect(Math.abs(longer)).toBeLessThanOrEqual(2 * 86_400_000);
      }),
    );
  });

  it('has a name in every language', () => {
    expect(periodName({ kind: 'days', count: 7 })).toEqual({
      zh_cn: '最近 7 天',
      en_us: 'Last 7 days',
      ja_jp: '直近 7 日',
    });
    expect(periodName({ kind: 'range', from: day(11, 1), until: day(11, 1) }).en_us).toBe('2026-11-01');
  });
});
