/** The scheduled summaries of a chat, each with a button that stops it. */

import type { Card, Text } from '../domain.ts';
import { joinText, same, say, sentence } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { button } from './controlElements.ts';
import { type Element, lineWithButton } from './elements.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface ScheduleRow {
  readonly id: string;
  /** Such as `every weekday 09:30`. */
  readonly when: Text;
  /** The period and the filters as they were typed. */
  readonly typed: string;
  readonly dueAtMs: number;
}

export function schedulesCard(
  { title, rows }: { readonly title: Text; readonly rows: readonly ScheduleRow[] },
  view: View,
): Card {
  const say = untrusted(view.privacy);
  const action = 'summary.stop';
  const elements = rows.flatMap(({ id, when, typed, dueAtMs }, index): readonly Element[] => {
    const stop = view.actions.has(action)
      ? button(stopIt, { call: { action, schedule: id } }, { size: 'small', type: 'danger' })
      : undefined;
    const asked = same(`/summary ${say.line(typed, 80)}`.trim());
    const facts = [next({ time: moment(dueAtMs, view.timeZone) }), same(`/summary stop ${id}`)];
    return [
      ...(index === 0 ? [] : [hr]),
      ...lineWithButton([plain(joinText([when, asked], ' · ')), note(joinText(facts, ' · '))], stop),
    ];
  });
  const none = [plain(noneYet), note(howTo)];
  return frame({ title, color: 'blue', summary: title, elements: rows.length === 0 ? none : elements }, view);
}

const stopIt = say('停止', 'Stop', '停止');
const next = sentence('下次 {time}', 'Next {time}', '次回 {time}');
const noneYet = say(
  '本会话没有定时汇总。',
  'No summaries are scheduled in this chat.',
  'このチャットに定期サマリーはありません。',
);
const howTo = say(
  '例如：/summary 7d 每个工作日 09:30',
  'Such as: /summary 7d every weekday 09:30',
  '例：/summary 7d 平日 09:30',
);
