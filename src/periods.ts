/** Periods as people name them, and the moments that they mean in one time zone, each with the period that it is compared with. */

import {
  type Calendar,
  calendarIn,
  type Day,
  daysBetween,
  isoDay,
  monthStart,
  plusDays,
} from './calendar.ts';
import type { Span, Text } from './domain.ts';
import { same, say, sentence } from './text.ts';

export type NamedPeriod = 'today' | 'yesterday' | 'this_week' | 'last_week' | 'this_month' | 'last_month';

export type Period = WholeDays | { readonly kind: 'hours'; readonly count: number };

/** Made of days. The other kind is exactly so many hours back from now. */
type WholeDays =
  | { readonly kind: NamedPeriod }
  /** Today and the days before it, so many in all. */
  | { readonly kind: 'days'; readonly count: number }
  /** Both days included; without `until` it lasts until today. */
  | { readonly kind: 'range'; readonly from: Day; readonly until: Day | undefined };

/** A period, and the one before it: of the same length where the period is not over yet, else the whole one. */
export interface Spans {
  readonly current: Span;
  readonly before: Span;
}

/** Weeks begin on Monday. A span of the future is empty: it ends before it begins. */
export function spansOf(period: Period, nowMs: number, timeZone: string): Spans {
  const calendar = calendarIn(timeZone);
  if (period.kind === 'hours') {
    const lengthMs = period.count * 3_600_000;
    return {
      current: { fromMs: nowMs - lengthMs, untilMs: nowMs },
      before: { fromMs: nowMs - 2 * lengthMs, untilMs: nowMs - lengthMs - 1 },
    };
  }
  const { first, end, before } = daysOf(period, calendar.wallTime(nowMs));
  return wholeDays(calendar, { first, end, before }, nowMs);
}

/** The first day, the day after the last, and the first day of the period before. */
interface Days {
  readonly first: Day;
  readonly end: Day;
  readonly before: Day;
}

function wholeDays(calendar: Calendar, { first, end, before }: Days, nowMs: number): Spans {
  const fromMs = calendar.startOf(first);
  const endMs = calendar.startOf(end) - 1;
  const beforeFromMs = calendar.startOf(before);
  const isOver = endMs <= nowMs;
  const untilMs = isOver ? endMs : nowMs;
  const beforeUntilMs = isOver ? fromMs - 1 : Math.min(fromMs - 1, beforeFromMs + (untilMs - fromMs));
  return { current: { fromMs, untilMs }, before: { fromMs: beforeFromMs, untilMs: beforeUntilMs } };
}

function daysOf(period: WholeDays, today: Day & { readonly weekday: number }): Days {
  const week = (count: number): Day => plusDays(today, 1 - today.weekday + 7 * count);
  const month = (count: number): Day => monthStart(today, count);
  switch (period.kind) {
    case 'today':
      return { first: plusDays(today, 0), end: plusDays(today, 1), before: plusDays(today, -1) };
    case 'yesterday':
      return { first: plusDays(today, -1), end: plusDays(today, 0), before: plusDays(today, -2) };
    case 'this_week':
      return { first: week(0), end: week(1), before: week(-1) };
    case 'last_week':
      return { first: week(-1), end: week(0), before: week(-2) };
    case 'this_month':
      return { first: month(0), end: month(1), before: month(-1) };
    case 'last_month':
      return { first: month(-1), end: month(0), before: month(-2) };
    case 'days': {
      const first = plusDays(today, 1 - period.count);
      return { first, end: plusDays(today, 1), before: plusDays(first, -period.count) };
    }
    case 'range': {
      const end = plusDays(period.until ?? today, 1);
      const before = plusDays(period.from, -Math.max(1, daysBetween(period.from, end)));
      return { first: period.from, end, before };
    }
  }
}

const names: Readonly<Record<NamedPeriod, Text>> = {
  today: say('今天', 'Today', '今日'),
  yesterday: say('昨天', 'Yesterday', '昨日'),
  this_week: say('本周', 'This week', '今週'),
  last_week: say('上周', 'Last week', '先週'),
  this_month: say('本月', 'This month', '今月'),
  last_month: say('上月', 'Last month', '先月'),
};

const lastHours = sentence('最近 {count} 小时', 'Last {count} h', '直近 {count} 時間');
const lastDays = sentence('最近 {count} 天', 'Last {count} days', '直近 {count} 日');
const from = sentence('{day} 至今', 'Since {day}', '{day} 以降');

/** As people read it. */
export function periodName(period: Period): Text {
  switch (period.kind) {
    case 'hours':
      return lastHours({ count: period.count });
    case 'days':
      return lastDays({ count: period.count });
    case 'range': {
      const first = isoDay(period.from);
      if (period.until === undefined) return from({ day: first });
      const last = isoDay(period.until);
      return same(first === last ? first : `${first} – ${last}`);
    }
    default:
      return names[period.kind];
  }
}
