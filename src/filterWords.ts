/** The words of the filter language, in Chinese, English and Japanese. Compared in lower case, without blanks, `_` and `-`. */

import type { TicketChannel, TicketScore, TicketStatus } from './domain.ts';
import type { NamedPeriod } from './periods.ts';
import { locales, text } from './text.ts';

/** What may stand before a colon. */
export type FilterKey = 'status' | 'agent' | 'guest' | 'tag' | 'channel' | 'score' | 'since' | 'sort';

export type Sort = 'newest' | 'oldest' | 'updated' | 'status' | 'owner';

export type Flag = 'mine' | 'open' | 'closed' | 'unassigned' | 'solved' | 'unsolved';

/** A meaning, and the words that have it. */
type Entry<T extends string> = readonly [T, ...(readonly string[])];

export interface Words<T extends string> {
  /** What a word means. */
  readonly of: ReadonlyMap<string, T>;
  /** How each meaning is written by us. */
  readonly names: readonly T[];
}

/** A word as it is compared. */
export function plainWord(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
}

function words<T extends string>(...entries: readonly Entry<T>[]): Words<T> {
  const of = new Map<string, T>();
  for (const [meaning, ...others] of entries)
    for (const word of [meaning, ...others]) if (!of.has(plainWord(word))) of.set(plainWord(word), meaning);
  return { of, names: entries.map(([meaning]) => meaning) };
}

export const keyWords = words<FilterKey>(
  ['status', 'state', '状态', '状態', 'ステータス'],
  ['agent', 'owner', '客服', '负责人', '担当', '担当者'],
  ['guest', 'customer', 'user', '用户', '客户', 'ユーザー'],
  ['tag', 'tags', '标签', 'タグ'],
  ['channel', '渠道', '来源', '経路', 'チャネル'],
  ['score', 'rating', '评分', '满意度', '評価', '満足度'],
  ['since', '最近', '近', '过去', '直近'],
  ['sort', 'order', '排序', '並び', '並び順'],
);

export const flagWords = words<Flag>(
  ['mine', 'my', '我的', '自分', '自分の'],
  ['open', '未关闭', '未完了', '未終了'],
  ['closed', '已关闭', '終了', '終了済み'],
  ['unassigned', '未分配', '无人负责', '未割り当て', '担当者なし'],
  ['solved', 'resolved', '已解决', '解決済み'],
  ['unsolved', 'unresolved', '未解决', '未解決'],
);

export const periodWords = words<NamedPeriod>(
  ['today', '今天', '今日', '本日'],
  ['yesterday', '昨天', '昨日'],
  ['this_week', 'week', '本周', '这周', '今週'],
  ['last_week', '上周', '先週'],
  ['this_month', 'month', '本月', '这个月', '今月'],
  ['last_month', '上月', '上个月', '先月'],
);

export const sortWords = words<Sort>(
  ['newest', 'new', '最新', '新しい順'],
  ['oldest', 'old', 'age', '最早', '最旧', '古い順'],
  ['updated', 'update', '更新', '更新順'],
  ['status', 'state', '状态', '状態'],
  ['owner', 'agent', '负责人', '客服', '担当', '担当者'],
);

const spoken = (one: Readonly<Record<(typeof locales)[number], string>>): string[] =>
  locales.map((locale) => one[locale]);

/** By our name, by Feishu's number, and as cards call it. */
export const statusWords = words<TicketStatus>(
  ['created', '1', ...spoken(text.status.created)],
  ['in_progress', '2', ...spoken(text.status.in_progress)],
  ['queueing', '3', 'queue', '排队', ...spoken(text.status.queueing)],
  ['pending', '4', ...spoken(text.status.pending)],
  ['waiting_for_guest', '5', 'waiting', ...spoken(text.status.waiting_for_guest)],
  ['closed_by_bot', '50', ...spoken(text.status.closed_by_bot)],
  ['closed_by_agent', '51', ...spoken(text.status.closed_by_agent)],
  ['closed_by_guest', '52', ...spoken(text.status.closed_by_guest)],
);

export const channelWords = words<TicketChannel>(
  ['open_api', '9', 'api', ...spoken(text.channel.open_api)],
  ['qr_code', '2', 'qr', ...spoken(text.channel.qr_code)],
  ['share', '14', ...spoken(text.channel.share)],
  ['search', '13', ...spoken(text.channel.search)],
  ['other', ...spoken(text.channel.other)],
);

export const scoreWords = words<TicketScore>(
  ['dissatisfied', '1', 'bad', ...spoken(text.score.dissatisfied)],
  ['average', '2', ...spoken(text.score.average)],
  ['satisfied', '3', 'good', ...spoken(text.score.satisfied)],
);

export const openStatuses = ['created', 'in_progress', 'queueing', 'pending', 'waiting_for_guest'] as const;
export const closedStatuses = ['closed_by_bot', 'closed_by_agent', 'closed_by_guest'] as const;

/** `7d`, `24h`, `2w`, `3天`: a number and a unit. */
export const lengthWords = words<'hours' | 'days' | 'weeks'>(
  ['hours', 'h', 'hour', '小时', '个小时', '時間'],
  ['days', 'd', 'day', '天', '日', '日間'],
  ['weeks', 'w', 'week', '周', '星期', '週間', '週'],
);
