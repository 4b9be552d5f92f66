/** The parts of a period that a chart shows one by one: hours, days, weeks, or longer. */

import { type Calendar, calendarIn, type Day, daysBetween, isoDay, plusDays } from './calendar.ts';
import type { Span } from './domain.ts';

export interface Bucket extends Span {
  readonly label: string;
}

/** More points than this cannot be told apart on a phone, nor fit into a card. */
const bucketMaxCount = 62;
const hourMs = 3_600_000;
/** Longer periods are divided into days. */
const hoursUpToMs = 36 * hourMs;

/** Every moment of the span lies in exactly one bucket. An empty span has none. */
export function bucketsOf(span: Span, timeZone: string): readonly Bucket[] {
  if (span.untilMs < span.fromMs) return [];
  const calendar = calendarIn(timeZone);
  return span.untilMs - span.fromMs <= hoursUpToMs ? hoursIn(span, calendar) : daysIn(span, calendar);
}

function hoursIn({ fromMs, untilMs }: Span, calendar: Calendar): readonly Bucket[] {
  const starts: number[] = [];
  // The first may be part of an hour, so that the others begin on the hour.
  const firstMs = fromMs - (fromMs % hourMs);
  for (let atMs = firstMs; atMs <= untilMs; atMs += hourMs) starts.push(Math.max(fromMs, atMs));
  return closed(starts, untilMs, (atMs) => `${`${calendar.wallTime(atMs).hour}`.padStart(2, '0')}:00`);
}

/** Days, or as many days together as it takes. */
function daysIn({ fromMs, untilMs }: Span, calendar: Calendar): readonly Bucket[] {
  const first: Day = calendar.wallTime(fromMs);
  const dayCount = daysBetween(first, calendar.wallTime(untilMs)) + 1;
  const stepCount = [1, 7, 30, 91, 365].find((step) => dayCount / step <= bucketMaxCount) ?? 365;
  const starts: number[] = [];
  for (let count = 0; count < dayCount; count += stepCount)
    starts.push(Math.max(fromMs, calendar.startOf(plusDays(first, count))));
  return closed(starts, untilMs, (atMs) => {
    const day = isoDay(calendar.wallTime(atMs));
    return stepCount > 30 ? day : day.slice(5);
  });
}

function closed(
  starts: readonly number[],
  untilMs: number,
  label: (atMs: number) => string,
): readonly Bucket[] {
  const labels = distinct(starts.map(label));
  return starts.map((fromMs, index) => ({
    label: labels[index] ?? '',
    fromMs,
    untilMs: (starts[index + 1] ?? untilMs + 1) - 1,
  }));
}

/** A chart puts values with the same label together; where an hour comes twice, the second one gets a mark. */
function distinct(labels: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return labels.map((label) => {
    let own = label;
    while (seen.has(own)) own = `${own}′`;
    seen.add(own);
    return own;
  });
}
