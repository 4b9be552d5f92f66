/** The rungs on which somebody is called, harder and harder: by which means, after how long, and when it must stay quiet. */

import { calendarIn } from './calendar.ts';
import type { CallMeans } from './domain.ts';

/** Hours in which a rung is passed over, in minutes since midnight. From 22:00 to 07:00 is `1320` to `420`. */
export interface Quiet {
  readonly fromMin: number;
  readonly untilMin: number;
}

export interface Rung {
  readonly means: CallMeans;
  /** Since the call of the person began. */
  readonly afterMs: number;
  readonly quiet?: Quiet | undefined;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const dayMin = 24 * 60;
const dayMs = 86_400_000;
const rungMaxCount = 12;
/** Between two rounds, where the ladder itself does not say how long people are given. */
const usualGapMs = 300_000;

const form = /^(app|sms|phone)@(\d{1,4})([smh])(?:!(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?)?$/;

/**
 * `app@0m sms@10m phone@15m!22-7`: means, when, and after `!` the hours in which the rung is passed over, as `22-7` or `21:30-7`.
 * @returns undefined for what is no ladder: an unknown word, none or more than 12 rungs, rungs that go back in time
 */
export function parseLadder(text: string): readonly Rung[] | undefined {
  const rungs = text
    .trim()
    .split(/[\s,]+/u)
    .map(parseRung);
  const known = rungs.filter((rung) => rung !== undefined);
  const inOrder = known.every(({ afterMs }, index) => afterMs >= (known[index - 1]?.afterMs ?? 0));
  const fits = known.length === rungs.length && known.length > 0 && known.length <= rungMaxCount;
  return fits && inOrder ? known : undefined;
}

function parseRung(text: string): Rung | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const [, name, count, unit = '', fromHour, fromMinute, untilHour, untilMinute] = found;
  const means = (['app', 'sms', 'phone'] as const).find((one) => one === name);
  const afterMs = Number(count) * (unitMs[unit] ?? 0);
  if (means === undefined || afterMs > dayMs) return undefined;
  if (fromHour === undefined) return { means, afterMs };
  const quiet = {
    fromMin: minuteOfDay(fromHour, fromMinute),
    untilMin: minuteOfDay(untilHour, untilMinute),
  };
  const isDay = quiet.fromMin <= dayMin && quiet.untilMin <= dayMin && quiet.fromMin !== quiet.untilMin;
  return isDay ? { means, afterMs, quiet } : undefined;
}

function minuteOfDay(hour = '0', minute = '0'): number {
  return Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : Number.POSITIVE_INFINITY;
}

/** The minute of the day that clocks show there, from 0 to 1439. @param timeZone an IANA name */
export function minutesIn(timeZone: string): (atMs: number) => number {
  const calendar = calendarIn(timeZone);
  return (atMs) => {
    const { hour, minute } = calendar.wallTime(atMs);
    return hour * 60 + minute;
  };
}

/** Whether a rung must stay quiet at this time of the day. @param minute since midnight, from 0 to 1439 */
export function isQuiet({ quiet }: Rung, minute: number): boolean {
  if (quiet === undefined) return false;
  const { fromMin, untilMin } = quiet;
  return fromMin < untilMin ? minute >= fromMin && minute < untilMin : minute >= fromMin || minute < untilMin;
}

/** How long somebody is given after the last rung, before it is the next one's turn: as long as between the last two. */
export function gapMs(ladder: readonly Rung[]): number {
  const [before = 0, last = 0] = [0, ...ladder.map(({ afterMs }) => afterMs)].slice(-2);
  return last > before ? last - before : usualGapMs;
}

/** From the call of one person to that of the next. */
export function roundMs(ladder: readonly Rung[]): number {
  return (ladder.at(-1)?.afterMs ?? 0) + gapMs(ladder);
}
