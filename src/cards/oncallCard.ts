/** Who is on duty now, and who comes next. */

import type { Agent, Card, Text } from '../domain.ts';
import type { Duty } from '../duty.ts';
import { counted, joinText, same, say, sentence, text } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import type { Element } from './elements.ts';
import { name } from './facts.ts';
import { frame } from './frame.ts';
import { clockTime, moment } from './moment.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface OncallCardData {
  readonly duty: Duty;
  readonly skill: string | undefined;
  /** How many people are called when nobody is on duty. */
  readonly standInCount: number;
}

/** So many of each are named. */
const shownMaxCount = 15;
const nextMaxCount = 5;

/** Names nobody so that they are notified. */
export function oncallCard({ duty, skill, standInCount }: OncallCardData, view: View): Card {
  const { line } = untrusted(view.privacy);
  const title = skill === undefined ? words.title : words.titleFor({ skill: line(skill, 40) });
  const nobody = duty.now.length === 0;
  const elements: readonly Element[] = [
    ...(nobody ? [plain(words.nobody, { color: 'red' })] : []),
    ...(nobody && standInCount > 0 ? [note(words.standIns({ people: people(standInCount) }))] : []),
    ...duty.now.slice(0, shownMaxCount).flatMap(({ agent, untilMs }) => {
      return person(agent, untilWhen(agent, untilMs, view), view);
    }),
    ...more(duty.now.length - shownMaxCount),
    ...(duty.next.length === 0 ? [] : [hr, note(words.next)]),
    ...duty.next
      .slice(0, nextMaxCount)
      .flatMap(({ agent, fromMs }) => person(agent, words.from({ time: clockTime(fromMs, view) }), view)),
    note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
  ];
  return frame({ title, color: nobody ? 'orange' : 'green', summary: title, elements }, view);
}

/** Who has no hours is on duty for as long as they are on line. */
function untilWhen({ hours = [] }: Agent, untilMs: number | undefined, view: View): Text {
  if (untilMs !== undefined) return words.until({ time: clockTime(untilMs, view) });
  return hours.length === 0 ? words.noHours : words.open;
}

function person(
  { person: one, skills }: Duty['now'][number]['agent'],
  when: Text,
  { privacy }: View,
): readonly Element[] {
  const say = untrusted(privacy);
  const able = skills.map((skill) => say.line(skill, 24)).filter((skill) => skill !== '');
  const remarks = [when, ...(able.length === 0 ? [] : [same(able.slice(0, 6).join(' / '))])];
  return [plain(name(one, say)), note(joinText(remarks, ' · '))];
}

function more(count: number): readonly Element[] {
  return count > 0 ? [note(words.others({ count }))] : [];
}

const people = counted('人', 'person', 'people', '人');

const words = {
  title: say('当前值班', 'On duty now', '現在の当番'),
  titleFor: sentence('当前值班 · {skill}', 'On duty now · {skill}', '現在の当番 · {skill}'),
  nobody: say('现在没有人值班', 'Nobody is on duty now', '現在当番はいません'),
  standIns: sentence(
    '升级时将呼叫 ONCALL_USERS 中的 {people}',
    'Escalations call the {people} in ONCALL_USERS',
    'エスカレーションでは ONCALL_USERS の {people}を呼び出します',
  ),
  noHours: say(
    '在线，未设置值班时间',
    'Online; no hours are set in the schedule',
    'オンライン（当番時間の設定なし）',
  ),
  open: say('无固定结束时间', 'No end set', '終了予定なし'),
  until: sentence('到 {time}', 'Until {time}', '{time} まで'),
  from: sentence('{time} 开始', 'From {time}', '{time} から'),
  next: say('接下来', 'Next', '次の当番'),
  others: sentence('另有 {count} 人', '{count} more', 'ほか {count} 人'),
} as const;
