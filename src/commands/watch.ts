/** `/watch` and `/unwatch`: news about a ticket, in the thread where it was asked for, and about new tickets in this chat. */

import { z } from 'zod';
import { aboutTicket, ticketId } from '../arguments.ts';
import { lineCard } from '../cards/lineCard.ts';
import { clockTime } from '../cards/moment.ts';
import { untrusted } from '../cards/untrusted.ts';
import { watchListCard } from '../cards/watchListCard.ts';
import { type Argument, type Context, defineAction, defineCommand, defineTimer } from '../command.ts';
import type { Reply, Text } from '../domain.ts';
import { FeishuError, UserError } from '../errors.ts';
import { type NewsFilter, newsFilterText, parseNewsFilter } from '../newsFilter.ts';
import { say, sentence, text } from '../text.ts';
import { isHidden } from './ticketNews.ts';
import { seenOf } from './watchNews.ts';
import { onTicket, tell, tellDigest, tellFresh } from './watchTell.ts';

type Wanted =
  | { readonly what: 'ticket'; readonly ticket: string }
  | { readonly what: 'new'; readonly filter: NewsFilter }
  | { readonly what: 'list' }
  | { readonly what: 'mute'; readonly forMs: number };

const muteMaxMs = 7 * 24 * 3_600_000;
const usualMuteMs = 2 * 3_600_000;
/** As many as `/ticket` offers. */
const offeredMaxCount = 5;
const ticket = z.string().regex(ticketId);

export const watch = defineCommand({
  name: 'watch',
  aliases: ['关注'],
  access: 'served',
  effect: 'changes',
  args: [wanted()],
  summary: say(
    '关注工单或新工单的动态',
    'Follow a ticket, or new tickets',
    'チケットや新規チケットをウォッチ',
  ),
  examples: [
    '/watch 123',
    say('/关注 new VPN -测试 tag:紧急', '/watch new VPN -test tag:urgent', '/watch new VPN -テスト tag:緊急'),
    '/watch list',
    '/watch mute 2h',
  ],
  run([asked], context) {
    switch (asked.what) {
      case 'ticket':
        return watchTicket(asked.ticket, context);
      case 'new':
        return watchNew(asked.filter, context);
      case 'list':
        return list(context);
      case 'mute':
        return mute(asked.forMs, context);
    }
  },
  actions: {
    start: defineAction({
      toast: say('正在关注…', 'Following…', 'ウォッチしています…'),
      access: 'served',
      value: z.object({ ticket }),
      run: async (value, context) => ({ ...(await watchTicket(value.ticket, context)), beside: true }),
    }),
  },
  timers: {
    tell: defineTimer({ value: z.object({ ticket, generation: z.number() }), run: tell }),
    fresh: defineTimer({
      value: z.object({ ticket }),
      run: (value, background) => tellFresh(value.ticket, background),
    }),
    digest: defineTimer({
      value: z.object({ chatId: z.string(), chatType: z.enum(['p2p', 'group']), generation: z.number() }),
      run: tellDigest,
    }),
  },
  onTicket,
  onChatLeft: (chatId, { watches }) => watches.forgetChat(chatId),
});

export const unwatch = defineCommand({
  name: 'unwatch',
  aliases: ['取消关注'],
  access: 'served',
  effect: 'changes',
  args: [unwanted()],
  summary: say('取消关注', 'Stop following', 'ウォッチを解除'),
  examples: ['/unwatch 123', '/unwatch new'],
  async run([asked], { watches, place, view }) {
    if (asked === undefined) throw await unwatchWhich(watches, place.chatId);
    if (asked === 'new') {
      const known = await watches.unwatchNew(place.chatId);
      return one(known ? words.noMoreNew : words.noNew, []);
    }
    const known = await watches.remove(asked, place.chatId);
    const number = text.ticket({ id: untrusted(view.privacy).line(asked, 40) });
    return one(known ? words.stopped({ ticket: number }) : words.notWatched({ ticket: number }), [asked]);
  },
});

/** One line, in the thread that the news will come to. */
function one(line: Text, tickets: readonly string[]): Reply {
  return { card: lineCard(line), tickets };
}

async function watchTicket(id: string, context: Context): Promise<Reply> {
  const { watches, place } = context;
  const found = await readOrNone(id, context);
  const { chatId, chatType, messageId } = place;
  const isNew = await watches.add({ ticket: id, chatId, chatType, replyTo: messageId, seen: seenOf(found) });
  const number = text.ticket({ id });
  return one(isNew ? words.started({ ticket: number }) : words.moved({ ticket: number }), [id]);
}

async function readOrNone(id: string, { tickets }: Context) {
  try {
    return await tickets.get(id);
  } catch (error) {
    if (error instanceof FeishuError && isHidden(error))
      throw new UserError(text.labelled({ label: text.ticket({ id }), value: text.notFound }));
    throw error;
  }
}

async function watchNew(filter: NewsFilter, { watches, place, view }: Context): Promise<Reply> {
  const { chatId, chatType } = place;
  await watches.watchNew({ chatId, chatType, filter });
  const typed = newsFilterText(filter);
  const shown = untrusted(view.privacy).markdown(typed, 200);
  return one(typed === '' ? words.allNew : words.someNew({ filter: shown }), []);
}

async function list({ watches, knownTickets, place, view }: Context): Promise<Reply> {
  const { chatId } = place;
  const [watched, fresh, news] = await Promise.all([
    watches.ofChat(chatId),
    watches.newIn(chatId),
    watches.news(chatId, view.nowMs),
  ]);
  const ids = watched.map((one) => one.ticket);
  const known = await knownTickets.get(ids);
  const tickets = ids.map((id, index) => ({ id, known: known[index]?.ticket }));
  const data = {
    tickets,
    filter: fresh?.filter,
    mutedUntilMs: news.mutedUntilMs,
    waitingCount: news.waiting.length,
  };
  return { card: watchListCard(data, view), tickets: ids };
}

async function mute(forMs: number, { watches, place, view }: Context): Promise<Reply> {
  const untilMs = view.nowMs + forMs;
  await watches.mute(place.chatId, forMs === 0 ? undefined : untilMs, view.nowMs);
  return one(forMs === 0 ? words.unmuted : words.muted({ time: clockTime(untilMs, view) }), []);
}

// ---------------------------------------------------------------- arguments

function wanted(): Argument<Wanted> {
  return {
    usage: say(
      '[编号 | new [条件] | list | mute 2h]',
      '[id | new [filters] | list | mute 2h]',
      '[番号 | new [条件] | list | mute 2h]',
    ),
    parse(given, place) {
      const [first, ...others] = given.filter(({ openId }) => openId === undefined);
      const word = first?.text.toLowerCase() ?? '';
      if (['new', '新工单', '新建'].includes(word))
        return { value: newWanted(others.map((each) => each.text)), rest: [] };
      if (['list', '列表'].includes(word)) return { value: { what: 'list' }, rest: [] };
      if (['mute', '静音'].includes(word)) return { value: muteWanted(others[0]?.text), rest: [] };
      const { value, rest } = aboutTicket().parse(given, place);
      if (value === undefined) throw new UserError(words.whichTicket, words.watchLike, place.recentTickets);
      return { value: { what: 'ticket', ticket: value }, rest };
    },
  };
}

function newWanted(terms: readonly string[]): Wanted {
  const filter = parseNewsFilter(terms);
  if ('unknown' in filter)
    throw new UserError(words.badFilter({ word: filter.unknown.slice(0, 40) }), words.filterLike);
  return { what: 'new', filter };
}

function muteWanted(typed = ''): Wanted {
  if (['off', '0', '关', '取消'].includes(typed.toLowerCase())) return { what: 'mute', forMs: 0 };
  const found = /^(\d{1,4})(m|h|d|分钟|小时|天)$/iu.exec(typed);
  if (typed === '') return { what: 'mute', forMs: usualMuteMs };
  const unit = { m: 60_000, 分钟: 60_000, h: 3_600_000, 小时: 3_600_000, d: 86_400_000, 天: 86_400_000 }[
    found?.[2]?.toLowerCase() ?? ''
  ];
  const forMs = Number(found?.[1]) * (unit ?? Number.NaN);
  if (!(forMs > 0) || forMs > muteMaxMs) throw new UserError(words.badMute, words.muteLike);
  return { what: 'mute', forMs };
}

/** @returns undefined when it does not say which: what the chat follows is known only later */
function unwanted(): Argument<string | undefined> {
  return {
    usage: say('<编号 | new>', '<id | new>', '<番号 | new>'),
    parse(given, place) {
      if (['new', '新工单', '新建'].includes(given[0]?.text.toLowerCase() ?? ''))
        return { value: 'new', rest: [] };
      return aboutTicket().parse(given, place);
    },
  };
}

/** Offers the tickets that the chat follows, and no others. */
async function unwatchWhich(watches: Context['watches'], chatId: string): Promise<UserError> {
  const followed = (await watches.ofChat(chatId)).map(({ ticket: id }) => id);
  if (followed.length === 0) return new UserError(words.nothingWatched, words.watchLike);
  return new UserError(words.noLongerWhich, words.unwatchLike, followed.slice(0, offeredMaxCount));
}

const words = {
  started: sentence(
    '已关注{ticket}：状态、负责人、新消息和图片的变化会发到这个话题。',
    'Following {ticket}: its state, owner, new messages and pictures are told in this thread.',
    '{ticket} をウォッチします。状態・担当者・新着メッセージや画像をこのスレッドでお知らせします。',
  ),
  moved: sentence(
    '本群已关注{ticket}，之后的动态会发到这个话题。',
    'This chat follows {ticket} already; from now on the news comes to this thread.',
    'このチャットは {ticket} をウォッチ済みです。今後はこのスレッドでお知らせします。',
  ),
  stopped: sentence(
    '已取消关注{ticket}。',
    'No longer following {ticket}.',
    '{ticket} のウォッチを解除しました。',
  ),
  notWatched: sentence(
    '本群没有关注{ticket}。',
    'This chat does not follow {ticket}.',
    'このチャットは {ticket} をウォッチしていません。',
  ),
  allNew: say(
    '有新工单时会在本群通知。',
    'New tickets are told in this chat.',
    '新規チケットをこのチャットでお知らせします。',
  ),
  someNew: sentence(
    '有符合条件的新工单时会在本群通知：{filter}',
    'New tickets that fit are told in this chat: {filter}',
    '条件に合う新規チケットをこのチャットでお知らせします：{filter}',
  ),
  noMoreNew: say(
    '不再通知新工单。',
    'New tickets are no longer told.',
    '新規チケットのお知らせを停止しました。',
  ),
  noNew: say(
    '本群没有关注新工单。',
    'This chat does not follow new tickets.',
    'このチャットは新規チケットをウォッチしていません。',
  ),
  muted: sentence(
    '{time} 前不再主动通知，之后汇总成一条。',
    'No news until {time}; then it comes in one message.',
    '{time} まで通知を停止し、その後まとめてお知らせします。',
  ),
  unmuted: say('已恢复通知。', 'News is told again.', '通知を再開しました。'),
  noLongerWhich: say(
    '要取消关注哪个工单？',
    'Which ticket are you no longer to hear of?',
    'どのチケットのウォッチを解除しますか？',
  ),
  nothingWatched: say(
    '本群没有关注任何工单。',
    'This chat follows no ticket.',
    'このチャットはどのチケットもウォッチしていません。',
  ),
  whichTicket: say('要关注哪个工单？', 'Which ticket do you mean?', 'どのチケットですか？'),
  watchLike: say(
    '请写上工单编号，例如：/watch 123；关注新工单：/watch new',
    'Write its number, such as: /watch 123; for new tickets: /watch new',
    '番号を書いてください（例：/watch 123）。新規チケットは /watch new',
  ),
  unwatchLike: say(
    '例如：/unwatch 123 或 /unwatch new',
    'Such as: /unwatch 123 or /unwatch new',
    '例：/unwatch 123、/unwatch new',
  ),
  badFilter: sentence(
    '没有看懂条件“{word}”。',
    '“{word}” is no condition.',
    '条件「{word}」を読み取れません。',
  ),
  filterLike: say(
    '可用：关键词、-排除词、tag:标签、-tag:标签、channel:qr（api、qr、share、search、other）',
    'Possible: words, -words, tag:…, -tag:…, channel:qr (api, qr, share, search, other)',
    '使用できる条件：単語、-除外語、tag:タグ、-tag:タグ、channel:qr（api、qr、share、search、other）',
  ),
  badMute: say('没有看懂静音时长。', 'That is no length of time.', '時間を読み取れません。'),
  muteLike: say(
    '例如：/watch mute 2h，最长 7 天；/watch mute off 恢复',
    'Such as: /watch mute 2h, at most 7 days; /watch mute off',
    '例：/watch mute 2h（最長 7 日）、/watch mute off',
  ),
} as const;
