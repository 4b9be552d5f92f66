/** What a chat follows. */

import type { Card, Ticket } from '../domain.ts';
import { type NewsFilter, newsFilterText } from '../newsFilter.ts';
import { joinText, same, say, sentence, text } from '../text.ts';
import { type Element, hr, lineWithButton, note, plain } from './elements.ts';
import { frame } from './frame.ts';
import { clockTime } from './moment.ts';
import { firstThatFits } from './size.ts';
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
    return lineWithButton([plain(line)], showButton(id, view));
  });
  const elements: readonly Element[] = [
    ...(rows.length === 0 ? [plain(words.none)] : rows),
    ...(tickets.length > maxCount ? [note(words.others({ count: tickets.length - maxCount }))] : []),
    hr,
    note(filter === undefined ? words.noNew : words.fresh({ filter: filterWords(filter, view) })),
    ...(mutedUntilMs === undefined ? [] : [note(words.muted({ time: clockTime(mutedUntilMs, view) }))]),
    ...(waitingCount === 0 ? [] : [note(words.waiting({ count: waitingCount }))]),
  ];
  return frame({ title: words.title, color: 'blue', summary: words.title, elements }, view);
}

function filterWords(filter: NewsFilter, { privacy }: View) {
  const typed = untrusted(privacy).line(newsFilterText(filter), 200);
  return typed === '' ? words.every : same(typed);
}

const words = {
  title: say('本群的关注', 'Followed in this chat', 'このチャットのウォッチ'),
  none: say('没有关注任何工单。', 'No ticket is followed.', 'ウォッチ中のチケットはありません。'),
  fresh: sentence('新工单：{filter}', 'New tickets: {filter}', '新規チケット：{filter}'),
  every: say('全部', 'all', 'すべて'),
  noNew: say('新工单：不通知', 'New tickets: not told', '新規チケット：通知なし'),
  muted: sentence('静音至 {time}', 'Muted until {time}', '{time} まで通知停止'),
  waiting: sentence('{count} 条动态等待汇总', '{count} news wait for the digest', 'まとめ待ち {count} 件'),
  others: sentence('另有 {count} 个', '{count} more', 'ほか {count} 件'),
} as const;
