/** Days as people of one time zone live them: where a day begins, which hour a moment falls in. */

/** A day of the calendar, whatever the zone. */
export interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

export interface WallTime extends Day {
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
}

export interface Calendar {
  /** What a clock on the wall and a calendar say at a moment. */
  wallTime(atMs: number): WallTime;
  /**
   * The moment at which clocks show this time on this day. Where the clocks are put forward over it, the time as much later; where they
   * show it twice, the first.
   */
  at(day: Day, hour: number, minute: number): number;
  /** The first moment of a day, which is not midnight everywhere. */
  startOf(day: Day): number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Days whose distance from UTC is remembered: ten years. */
const rememberedMaxCount = 3_660;

/** @param timeZone an IANA name that `Intl` knows */
export function calendarIn(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });

  /** Asks `Intl`, which takes its time. Whole minutes. */
  const askAheadMs = (atMs: number): number => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const shownMs = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
    return shownMs - Math.floor(atMs / minuteMs) * minuteMs;
  };

  /** By UTC day; undefined for a day on which the clocks are changed. */
  const aheadByDay = new Map<number, number | undefined>();

  /** How far the clocks of the zone are ahead of UTC. */
  const aheadMs = (atMs: number): number => {
    const day = Math.floor(atMs / dayMs);
    if (!aheadByDay.has(day)) {
      const [first, last] = [askAheadMs(day * dayMs), askAheadMs((day + 1) * dayMs - 1)];
      if (aheadByDay.size >= rememberedMaxCount) aheadByDay.clear();
      aheadByDay.set(day, first === last ? first : undefined);
    }
    return aheadByDay.get(day) ?? askAheadMs(atMs);
  };

  const wallTime = (atMs: number): WallTime => {
    const local = new Date(atMs + aheadMs(atMs));
    const day = dayOf(local.getTime());
    return { ...day, hour: local.getUTCHours(), minute: local.getUTCMinutes(), weekday: weekdayOf(day) };
  };

  const at = ({ year, month, day }: Day, hour: number, minute: number): number => {
    const asUtcMs = Date.UTC(year, month - 1, day, hour, minute);
    const [beforeMs, afterMs] = [aheadMs(asUtcMs - dayMs), aheadMs(asUtcMs + dayMs)];
    const shown = [asUtcMs - beforeMs, asUtcMs - afterMs].find((atMs) => atMs + aheadMs(atMs) === asUtcMs);
    return shown ?? asUtcMs - beforeMs;
  };

  return { wallTime, at, startOf: (day) => at(day, 0, 0) };
}

/** So many days later, or earlier. */
export function plusDays({ year, month, day }: Day, count: number): Day {
  return dayOf(Date.UTC(year, month - 1, day + count));
}

/** The first day of the month that is so many months later, or earlier. */
export function monthStart({ year, month }: Day, count: number): Day {
  return dayOf(Date.UTC(year, month - 1 + count, 1));
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  return ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) + 1;
}

/** How many days the second is after the first. */
export function daysBetween(from: Day, until: Day): number {
  return (
    (Date.UTC(until.year, until.month - 1, until.day) - Date.UTC(from.year, from.month - 1, from.day)) / dayMs
  );
}

/** `2026-11-01` */
export function isoDay({ year, month, day }: Day): string {
  return [`${year}`.padStart(4, '0'), `${month}`.padStart(2, '0'), `${day}`.padStart(2, '0')].join('-');
}

function dayOf(utcMs: number): Day {
  const date = new Date(utcMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
