/**
 * Who is on duty, by the agents' schedules. Pure.
 * https://open.feishu.cn/document/server-docs/helpdesk-v1/agent-function/agent-schedules/list
 */

import { type Calendar, type Day, plusDays, weekdayOf } from './calendar.ts';
import type { Agent, DutyHours } from './domain.ts';

export interface OnDuty {
  readonly agent: Agent;
  /** Undefined when no end is in sight. */
  readonly untilMs: number | undefined;
}

export interface NextOnDuty {
  readonly agent: Agent;
  readonly fromMs: number;
}

export interface Duty {
  /** In the order of the roster. */
  readonly now: readonly OnDuty[];
  /** Those who are not on duty now, the first to come first. */
  readonly next: readonly NextOnDuty[];
}

const dayMin = 1_440;
/** Two weeks of hours that follow each other without a break are no end in sight. */
const shiftsMaxCount = 14;
/** Hours come again every week. */
const daysAheadCount = 8;

/** @param skill a part of a skill's name is enough; undefined: whatever the skill */
export function dutyAt(agents: readonly Agent[], atMs: number, calendar: Calendar, skill?: string): Duty {
  const able = agents.filter((agent) => hasSkill(agent, skill));
  const serving = able.filter((agent) => isOnDuty(agent, atMs, calendar));
  const others = able.filter((agent) => !serving.includes(agent) && comesBack(agent));
  return {
    now: serving.map((agent) => ({ agent, untilMs: endOf(agent, atMs, calendar) })),
    next: others
      .flatMap((agent) => {
        const fromMs = beginningOf(agent, atMs, calendar);
        return fromMs === undefined ? [] : [{ agent, fromMs }];
      })
      .sort((a, b) => a.fromMs - b.fromMs),
  };
}

/** On line, and within the hours if there are any. */
export function isOnDuty({ state, hours = [] }: Agent, atMs: number, calendar: Calendar): boolean {
  if (state !== 'online') return false;
  return hours.length === 0 || hours.some((one) => shiftAt(one, atMs, calendar) !== undefined);
}

export function hasSkill({ skills }: Agent, skill: string | undefined): boolean {
  if (skill === undefined) return true;
  const wanted = even(skill);
  return skills.some((one) => even(one).includes(wanted));
}

function even(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

/** Who has gone off line by hand says nothing about when they are back. */
function comesBack({ state }: Agent): boolean {
  return state === 'online' || state === 'off_duty';
}

/** The day on which the hours began that hold at this moment. */
function shiftAt(hours: DutyHours, atMs: number, calendar: Calendar): Day | undefined {
  const now = calendar.wallTime(atMs);
  const minute = now.hour * 60 + now.minute;
  const beganOn = (day: Day): boolean => hours.weekdays.includes(weekdayOf(day));
  const { fromMin, untilMin } = hours;
  const today = { year: now.year, month: now.month, day: now.day };
  if (untilMin > fromMin) return beganOn(today) && minute >= fromMin && minute < untilMin ? today : undefined;
  if (beganOn(today) && minute >= fromMin) return today;
  const yesterday = plusDays(today, -1);
  return beganOn(yesterday) && minute < untilMin ? yesterday : undefined;
}

function momentOf(day: Day, minute: number, calendar: Calendar): number {
  const extraDays = Math.floor(minute / dayMin);
  const left = minute - extraDays * dayMin;
  return calendar.at(plusDays(day, extraDays), Math.floor(left / 60), left % 60);
}

/** When the hours end that hold now; hours that begin at that very moment go on. */
function endOf({ hours = [] }: Agent, atMs: number, calendar: Calendar): number | undefined {
  let endMs = atMs;
  for (let count = 0; count < shiftsMaxCount; count += 1) {
    const ends = hours.flatMap((one) => {
      const day = shiftAt(one, endMs, calendar);
      if (day === undefined) return [];
      const { fromMin, untilMin } = one;
      return [momentOf(day, untilMin > fromMin ? untilMin : untilMin + dayMin, calendar)];
    });
    const last = Math.max(...ends);
    if (!(last > endMs)) return count === 0 ? undefined : endMs;
    endMs = last;
  }
  return undefined;
}

function beginningOf({ hours = [] }: Agent, atMs: number, calendar: Calendar): number | undefined {
  const { year, month, day } = calendar.wallTime(atMs);
  const days = Array.from({ length: daysAheadCount }, (_, ahead) => plusDays({ year, month, day }, ahead));
  const moments = days.flatMap((one) =>
    hours
      .filter(({ weekdays }) => weekdays.includes(weekdayOf(one)))
      .map(({ fromMin }) => momentOf(one, fromMin, calendar)),
  );
  const later = moments.filter((ms) => ms > atMs);
  return later.length === 0 ? undefined : Math.min(...later);
}
