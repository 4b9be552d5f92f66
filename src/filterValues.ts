/** The values of the filter language that are more than one word of a list: times, and words with blanks in them. */

import { type Day, daysBetween, isoDay } from './calendar.ts';
import { lengthWords, periodWords, plainWord } from './filterWords.ts';
import type { Period } from './periods.ts';

/** Longer periods are a mistake: no helpdesk is older than ten years. */
const hoursMaxCount = 24 * 366;
const daysMaxCount = 3_660;

/** `7d`, `3天`, `24h`: exactly so many hours, or whole days with today. Undefined when it is none, or nonsense like `0d`. */
export function readLength(word: string): Period | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6})(\D{1,10})$/.exec(plainWord(word)) ?? [];
  const count = Number(digits);
  const meaning = lengthWords.of.get(unit);
  if (meaning === undefined || count < 1) return undefined;
  if (meaning === 'hours') return count <= hoursMaxCount ? { kind: 'hours', count } : undefined;
  const days = meaning === 'weeks' ? 7 * count : count;
  return days <= daysMaxCount ? { kind: 'days', count: days } : undefined;
}

/** A day, or two with `..`, `~`, `至` or `到` between them. Undefined when it is none, or ends before it begins. */
export function readDays(word: string): Period | undefined {
  const [first = '', last, ...more] = word.split(/\.{2,3}|[~〜至到]/u);
  const from = readDay(first);
  const until = last === undefined ? from : readDay(last);
  if (from === undefined || until === undefined || more.length > 0) return undefined;
  const length = daysBetween(from, until);
  return length >= 0 && length < daysMaxCount ? { kind: 'range', from, until } : undefined;
}

/** `2026-11-01`, also with `/` or `.` between; only days that exist. */
export function readDay(word: string): Day | undefined {
  const [, year, month, day] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(word) ?? [];
  const read = { year: Number(year), month: Number(month), day: Number(day) };
  const date = new Date(Date.UTC(read.year, read.month - 1, read.day));
  const exists = date.getUTCMonth() + 1 === read.month && date.getUTCDate() === read.day;
  return read.year >= 2000 && exists ? read : undefined;
}

/** A period in one word. */
export function readPeriod(word: string): Period | undefined {
  const kind = periodWords.of.get(plainWord(word));
  if (kind !== undefined) return { kind };
  const [, length] = /^(?:最近|近|过去|直近|last)(\d.*)$/u.exec(plainWord(word)) ?? [];
  return readLength(length ?? word) ?? readDays(word);
}

/** What is written for a period so that it reads as the same again. */
export function writePeriod(period: Period): string {
  switch (period.kind) {
    case 'hours':
      return `since:${period.count}h`;
    case 'days':
      return `since:${period.count}d`;
    case 'range':
      return period.until === undefined
        ? `since:${isoDay(period.from)}`
        : `${isoDay(period.from)}..${isoDay(period.until)}`;
    default:
      return period.kind;
  }
}

/** A value as it may stand behind a colon: in quotes when it holds a blank or a comma. */
export function quoted(value: string): string {
  const plain = value.replaceAll('"', '');
  return /[\s,]/.test(plain) ? `"${plain}"` : plain;
}
