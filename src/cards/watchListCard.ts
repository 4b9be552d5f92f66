/** What a chat follows. */

import type { Card, Ticket } from '../domain.ts';
import { type NewsFilter, newsFilterText } from '../newsFilter.ts';
import { counted, joinText, same, say, sentence, text } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { type Element, lineWithButton } from './elements.ts';
import { frame } from './frame.ts';
import { clockTime } from './moment.ts';
import { firstThatFits } from './size.ts';
import { subject } from './subject.ts';
import { showButton } from './ticketButtons.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface WatchList {
  readonly tickets: readonly { readonly id: string; readonly known: Ticket | undefined }[];
  /** Undefined when the chat does not want to hear of new tickets. */
  readonly filter: NewsFilter | undefined;
  readonly mutedUntilMs: number | undefined;
  /** So many wait for the digest. */
  readonly waitingCount: number;
}

export function watchListCard(list: WatchList, view: View): Card {
  const build = (maxCount: number) => () => listCard(list, maxCount, view);
  return firstThatFits(build(30), build(10));
}

function listCard(
  { tickets, filter, mutedUntilMs, waitingCount }: WatchList,
  maxCount: number,
  view: View,
): Card {
  const say = untrusted(view.privacy);
  const rows = tickets.slice(0, maxCount).flatMap(({ id, known }): readonly Element[] => {
    const number = text.ticket({ id: say.line(id, 40) });
    const line = known === undefined ? number : joinText([number, text.status[known.status]], ' · ');
    const about = known === undefined ? undefined : subject(known, undefined, say);
    const lines = about === undefined ? [plain(line)] : [plain(same(about)), note(line)];
    return lineWithButton(lines, showButton(id, view));
  });
  const elements: readonly Element[] = [
    ...(rows.length === 0 ? [plain(words.none), note(words.howTo)] : rows),
    ...(tickets.length > maxCount ? [note(words.others({ count: tickets.length - maxCount }))] : []),
    hr,
    note(filter === undefined ? words.noNew : words.fresh({ filter: filterWords(filter, view) })),
    ...(mutedUntilMs === undefined ? [] : [note(words.muted({ time: clockTime(mutedUntilMs, view) }))]),
    ...(waitingCount === 0 ? [] : [note(words.waiting(waitingCount))]),
  ];
  return frame({ title: words.title, color: 'blue', summary: words.title, elements }, view);
}

function filterWords(filter: NewsFilter, { privacy }: View) {
  const typed = untrusted(privacy).line(newsFilterText(filter), 200);
  return typed === '' ? words.every : same(typed);
}

const words = {
  title: say('本群的关注', 'Followed in this chat', 'このチャットのウォッチ'),
  howTo: say(
    '发送 /watch 加工单编号即可关注，例如 /watch 123',
    'Follow one with /watch and its number, such as /watch 123',
    '/watch とチケット番号でウォッチできます（例：/watch 123）',
  ),
  none: say('没有关注任何工单。', 'No ticket is followed.', 'ウォッチ中のチケットはありません。'),
  fresh: sentence('新工单：{filter}', 'New tickets: {filter}', '新規チケット：{filter}'),
  every: say('全部', 'all', 'すべて'),
  noNew: say('新工单：不通知', 'New tickets: not announced', '新規チケット：通知なし'),
  muted: sentence('静音至 {time}', 'Muted until {time}', '{time} まで通知停止'),
  waiting: counted(
    '条动态等待汇总',
    'update waits for the digest',
    'updates wait for the digest',
    '件がまとめ待ち',
  ),
  others: sentence('另有 {count} 个', '{count} more', 'ほか {count} 件'),
} as const;
