/** Many tickets as a table: ten on a page, with buttons to turn pages, to sort, and to open one. */

import type { Card, Locale, Text, Ticket, TicketStatus } from '../domain.ts';
import { duration, grouped, joinText, same, say, sentence, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { type Button, button } from './controlElements.ts';
import { type OptionColor, table, tablePageMaxCount } from './dataElements.ts';
import { buttonRow, type Element } from './elements.ts';
import { name } from './facts.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { firstThatFits } from './size.ts';
import { subject } from './subject.ts';
import { pageOf } from './ticketButtons.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export const sortNames = ['newest', 'oldest', 'updated', 'status', 'owner'] as const;
type SortName = (typeof sortNames)[number];

export interface TicketTableData {
  /** The tickets of this page, in their order. */
  readonly tickets: readonly Ticket[];
  /** From 1. */
  readonly page: number;
  readonly totalCount: number;
  /** False: these are the newest of more. */
  readonly isWhole: boolean;
  /** The filters as they were typed, for people. */
  readonly typed: string;
  /** The filters as the buttons carry them, without the order. */
  readonly line: string;
  readonly sort: SortName;
  /** For an empty result: the filter without which most tickets would match, and how many. */
  readonly strictest?: { readonly filter: string; readonly count: number } | undefined;
}

/** Rows on a page. */
export const ticketsPerPage = tablePageMaxCount;

export function ticketTableCard(data: TicketTableData, view: View): Card {
  const build = (columnCount: number) => (): Card => wholeCard(data, columnCount, view);
  return firstThatFits(build(60), build(20));
}

function wholeCard(data: TicketTableData, columnCount: number, view: View): Card {
  const say = untrusted(view.privacy);
  const { totalCount, isWhole, tickets } = data;
  const title = isWhole ? text.tickets(totalCount) : moreThan({ count: grouped(totalCount) });
  const typed = say.line(data.typed, 120);
  return frame(
    {
      title,
      subtitle: typed === '' ? undefined : same(typed),
      color: totalCount === 0 ? 'grey' : 'blue',
      summary: typed === '' ? title : joinText([title, same(typed)], ' · '),
      elements: [
        ...(isWhole ? [] : [note(onlyNewest)]),
        ...(tickets.length === 0 ? nothing(data, say) : rows(tickets, columnCount, say, view)),
        ...controls(data, view),
        note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
      ],
    },
    view,
  );
}

// ---------------------------------------------------------------- rows

const statusColor: Readonly<Record<TicketStatus, OptionColor>> = {
  created: 'orange',
  queueing: 'orange',
  in_progress: 'blue',
  pending: 'yellow',
  waiting_for_guest: 'wathet',
  closed_by_agent: 'neutral',
  closed_by_bot: 'neutral',
  closed_by_guest: 'neutral',
  unknown: 'neutral',
};

function rows(
  tickets: readonly Ticket[],
  columnCount: number,
  say: Untrusted,
  view: View,
): readonly Element[] {
  const locale: Locale = view.locale ?? 'zh_cn';
  const of = (one: Text): string => one[locale];
  const cells = tickets.map((ticket, index) => ({
    number: `${index + 1}`,
    status: { text: of(text.status[ticket.status]), color: statusColor[ticket.status] },
    subject: [...about(ticket, columnCount, say), linkedId(ticket.id, view, say)].join('<br>'),
    guest: of(ticket.guest === undefined ? text.unknownPerson : name(ticket.guest, say)),
    owner: of(ticket.owner === undefined ? text.unassigned : name(ticket.owner, say)),
    age: ticket.createdAtMs === undefined ? '—' : of(duration(coarse(view.nowMs - ticket.createdAtMs))),
  }));
  const shown = table(
    [
      { name: 'number', title: '#', type: 'text' },
      // What is behind the second or third is reached by a swipe on a phone.
      { name: 'subject', title: of(heads.subject), type: 'markdown', width: '180px' },
      { name: 'status', title: of(heads.status), type: 'options' },
      { name: 'owner', title: of(text.label.owner), type: 'text' },
      { name: 'age', title: of(heads.age), type: 'text', align: 'right' },
      { name: 'guest', title: of(text.label.guest), type: 'text' },
    ],
    cells,
  );
  return [shown, ...openButtons(tickets, view)];
}

/** Its subject; where no field names one, its tags: in a list nobody reads the conversations. */
function about(ticket: Ticket, columnCount: number, say: Untrusted): readonly string[] {
  const line = say.markdown(subject(ticket, undefined, say) ?? ticket.tags.join(' · '), columnCount);
  return line === '' ? [] : [line];
}

/** The whole number, so that it can be copied; where tickets have pages, it leads there. */
function linkedId(id: string, view: View, say: Untrusted): string {
  const shown = say.markdown(id, 40);
  const page = pageOf(id, view);
  return page === undefined ? shown : `[${shown}](${page.replaceAll('(', '%28').replaceAll(')', '%29')})`;
}

/** In its largest unit alone: a cell is narrow. */
function coarse(ms: number): number {
  const unitMs = [86_400_000, 3_600_000, 60_000].find((one) => ms >= one) ?? 1_000;
  return Math.floor(ms / unitMs) * unitMs;
}

/** One for each row, by its number. */
function openButtons(tickets: readonly Ticket[], view: View): readonly Element[] {
  const action = 'ticket.show';
  if (!view.actions.has(action)) return [];
  const buttons = tickets.map(({ id }, index) =>
    button(same(index + 1), { call: { action, ticket: id } }, { size: 'small' }),
  );
  return [note(showOne), buttonRow(buttons)];
}

// ---------------------------------------------------------------- controls

function controls(data: TicketTableData, view: View): readonly Element[] {
  const action = 'tickets.page';
  if (!view.actions.has(action) || data.tickets.length === 0) return [];
  const { page, totalCount, sort, line, typed } = data;
  const pageCount = Math.max(1, Math.ceil(totalCount / ticketsPerPage));
  const go = (label: Text, to: { readonly page: number; readonly sort: SortName }): Button =>
    button(label, { call: { action, line, typed, ...to } }, { size: 'small' });
  const turns = [
    ...(page > 1 ? [go(previous, { page: page - 1, sort })] : []),
    ...(page < pageCount ? [go(next, { page: page + 1, sort })] : []),
    go(text.button.refresh, { page, sort }),
  ];
  const sorts = sortNames.filter((one) => one !== sort).map((one) => go(sortBy[one], { page: 1, sort: one }));
  return [
    ...(pageCount === 1 ? [] : [note(pageNumber({ page, pageCount: grouped(pageCount) }))]),
    buttonRow(turns),
    ...(totalCount > 1 ? [note(sortedBy({ order: sortBy[sort] })), buttonRow(sorts)] : []),
  ];
}

/** Says which filter to loosen. */
function nothing({ strictest }: TicketTableData, say: Untrusted): readonly Element[] {
  if (strictest === undefined) return [plain(noneMatches)];
  const filter = same(say.line(strictest.filter, 80));
  if (strictest.count === 0) return [plain(noneMatches), note(allStrict)];
  return [plain(noneMatches), plain(withoutIt({ filter, tickets: text.tickets(strictest.count) }))];
}

// ---------------------------------------------------------------- sentences

const heads = {
  status: say('状态', 'State', '状態'),
  subject: say('主题与编号', 'Subject and number', '件名と番号'),
  age: say('已创建', 'Age', '経過'),
} as const;

const sortBy: Readonly<Record<SortName, Text>> = {
  newest: say('最新', 'Newest first', '新しい順'),
  oldest: say('最早', 'Oldest first', '古い順'),
  updated: say('最近更新', 'Last updated', '更新順'),
  status: say('按状态', 'By state', '状態順'),
  owner: say('按负责人', 'By owner', '担当者順'),
};

const moreThan = sentence('超过 {count} 个工单', 'More than {count} tickets', '{count} 件を超えるチケット');
const onlyNewest = say(
  '只列出其中最新的。请加上条件缩小范围，例如 since:7d。',
  'Only the newest of them are listed. Narrow it down, such as with since:7d.',
  '最新のものだけを表示しています。since:7d などで絞り込んでください。',
);
const pageNumber = sentence(
  '第 {page} / {pageCount} 页',
  'Page {page} of {pageCount}',
  '{page} / {pageCount} ページ',
);
const sortedBy = sentence('排序：{order}', 'Order: {order}', '並び順：{order}');
const previous = say('上一页', 'Previous', '前へ');
const next = say('下一页', 'Next', '次へ');
const showOne = say('打开第几个：', 'Open number:', '開く番号：');
const noneMatches = say('没有符合条件的工单。', 'No ticket matches.', '条件に合うチケットはありません。');
const allStrict = say(
  '去掉任何一个条件，也没有符合的工单。',
  'None matches without any one of the filters either.',
  'どの条件を外しても一致するチケットはありません。',
);
const withoutIt = sentence(
  '排除最多的条件是 {filter}：去掉它有 {tickets}。',
  'Most are left out by {filter}: without it there are {tickets}.',
  '最も多く除外している条件は {filter} です。外すと {tickets}になります。',
);
