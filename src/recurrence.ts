/** `every weekday 09:30`, `每个工作日 09:30`: when something comes again, by the clocks of the bot's time zone. */

import { calendarIn, plusDays, weekdayOf } from './calendar.ts';
import type { Text } from './domain.ts';
import { mapText, say, sentence } from './text.ts';

export interface Recurrence {
  /** `weekday` is Monday to Friday, holidays included; a number is one day of the week, 1 is Monday. */
  readonly days: 'day' | 'weekday' | number;
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

const dayWords: ReadonlyMap<string, Recurrence['days']> = new Map<string, Recurrence['days']>([
  ...['day', '天', '日', '毎日'].map((word) => [word, 'day'] as const),
  ...['weekday', 'workday', 'workingday', '工作日', '平日'].map((word) => [word, 'weekday'] as const),
  ...['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].flatMap((word, index) => [
    [word, index + 1] as const,
    [word.slice(0, 3), index + 1] as const,
  ]),
  ...['一', '二', '三', '四', '五', '六', '日', '天'].flatMap((word, index) =>
    ['周', '星期', '礼拜'].map((week) => [`${week}${word}`, Math.min(7, index + 1)] as const),
  ),
  ...['月', '火', '水', '木', '金', '土', '日'].flatMap((word, index) =>
    ['曜日', '曜'].map((end) => [`週${word}${end}`, index + 1] as const),
  ),
]);

/** Whether a word begins a recurrence: what stands before it is something else. */
export function beginsRecurrence(word: string): boolean {
  return /^(?:every|each|daily|weekly)$/i.test(word) || /^(?:每|毎|平日)/u.test(word);
}

/** Reads all of the words. Undefined when they do not name days and a time. */
export function readRecurrence(words: readonly string[]): Recurrence | undefined {
  const line = words.join('').toLowerCase().normalize('NFKC');
  const found = /^(.*?)(?:at)?(上午|下午|午前|午後)?(\d{1,2})(?:[:.点時时](\d{2})?分?)(am|pm)?$/u.exec(line);
  if (found === null) return undefined;
  const [, head = '', half, hours = '', minutes = '0', suffix] = found;
  const days = dayWords.get(head.replace(/^(?:every|each|每个|每一个|每|毎(?!日))/u, ''));
  const isLate = half === '下午' || half === '午後' || suffix === 'pm';
  const isNamed = half !== undefined || suffix !== undefined;
  const hour = isNamed ? (Number(hours) % 12) + (isLate ? 12 : 0) : Number(hours);
  const minute = Number(minutes);
  if (days === undefined || hour > 23 || minute > 59 || (isNamed && Number(hours) > 12)) return undefined;
  return { days, hour, minute };
}

/** The first time after a moment. Where clocks skip the time, as much later on that day. */
export function nextTime({ days, hour, minute }: Recurrence, afterMs: number, timeZone: string): number {
  const calendar = calendarIn(timeZone);
  const today = calendar.wallTime(afterMs);
  for (let count = 0; ; count += 1) {
    const day = plusDays(today, count);
    const weekday = weekdayOf(day);
    const isIt = days === 'day' || (days === 'weekday' ? weekday <= 5 : weekday === days);
    const atMs = isIt ? calendar.at(day, hour, minute) : 0;
    if (atMs > afterMs) return atMs;
  }
}

const names: readonly Text[] = [
  say('周一', 'Monday', '月曜日'),
  say('周二', 'Tuesday', '火曜日'),
  say('周三', 'Wednesday', '水曜日'),
  say('周四', 'Thursday', '木曜日'),
  say('周五', 'Friday', '金曜日'),
  say('周六', 'Saturday', '土曜日'),
  say('周日', 'Sunday', '日曜日'),
];
const everyDay = say('天', 'day', '毎日');
const everyWeekday = say('个工作日', 'weekday', '平日');
const every = sentence('每{days} {time}', 'every {days} {time}', '{days} {time}');

/** As people read it. */
export function recurrenceName({ days, hour, minute }: Recurrence): Text {
  const time = `${`${hour}`.padStart(2, '0')}:${`${minute}`.padStart(2, '0')}`;
  if (days === 'day') return every({ days: everyDay, time });
  if (days === 'weekday') return every({ days: everyWeekday, time });
  const name = names[days - 1] ?? everyDay;
  const weekly = mapText(name, (word, locale) => (locale === 'ja_jp' ? `毎週${word}` : word));
  return every({ days: weekly, time });
}
