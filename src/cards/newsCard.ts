/** News that nobody asked for just then: about one ticket, about a new one, or about many at once. Short, and it notifies nobody. */

import type { Card, Conversation, Person, Text, Ticket, TicketStatus } from '../domain.ts';
import { grouped, joinText, mapText, same, say, sentence, text } from '../text.ts';
import { markdown, note, plain } from './contentElements.ts';
import { type Element, lineWithButton } from './elements.ts';
import { name } from './facts.ts';
import { focus } from './focus.ts';
import { headless } from './frame.ts';
import { subject } from './subject.ts';
import { showButton } from './ticketButtons.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

/** One thing that is new. */
export type NewsLine =
  | { readonly kind: 'status'; readonly status: TicketStatus }
  | { readonly kind: 'owner'; readonly owner: Person | undefined }
  | {
      readonly kind: 'message';
      readonly by: 'guest' | 'agent';
      readonly author: Person;
      readonly text: string;
    }
  | { readonly kind: 'more'; readonly count: number }
  | { readonly kind: 'pictures'; readonly count: number };

export interface News {
  readonly ticket: Ticket;
  readonly conversation: Conversation | undefined;
  readonly lines: readonly NewsLine[];
}

/** What is new about one ticket, for its thread. */
export function newsCard({ ticket, conversation, lines }: News, view: View): Card {
  const head = headOf(ticket, conversation, view);
  const news = lines.map((line) => newsLine(line, view));
  const summary = joinText([head, ...news.slice(0, 1)], ' · ');
  return headless(summary, [note(head), ...news.map((line) => plain(line))]);
}

/** A ticket that was just made, for a chat that wants to hear of such. */
export function newTicketCard({ ticket, conversation }: Omit<News, 'lines'>, view: View): Card {
  const title = words.newTicket({ ticket: headOf(ticket, conversation, view) });
  const now = focus(ticket, conversation, view.nowMs);
  const say = untrusted(view.privacy);
  const guest = ticket.guest === undefined ? [] : [name(ticket.guest, say)];
  const about: readonly Element[] = [
    plain(title),
    note(joinText([...guest, text.channel[ticket.channel], now.text], ' · ')),
  ];
  return headless(title, lineWithButton(about, showButton(ticket.id, view)));
}

export interface DigestData {
  readonly items: readonly {
    readonly ticket: string;
    readonly isNew: boolean;
    readonly known: Ticket | undefined;
  }[];
}

const digestMaxCount = 20;

/** What there was no room for, in one message. */
export function digestCard({ items }: DigestData, view: View): Card {
  const say = untrusted(view.privacy);
  const title = words.digest({ tickets: text.tickets(items.length) });
  const rows = items.slice(0, digestMaxCount).flatMap(({ ticket, isNew, known }) => {
    const number = text.ticket({ id: say.line(ticket, 40) });
    const about = known === undefined ? undefined : subject(known, undefined, say);
    const remarks = [
      ...(isNew ? [words.isNew] : []),
      ...(known === undefined ? [] : [text.status[known.status]]),
    ];
    const lines =
      about === undefined
        ? [plain(joinText([number, ...remarks], ' · '))]
        : [plain(same(about)), note(joinText([number, ...remarks], ' · '))];
    return lineWithButton(lines, showButton(ticket, view));
  });
  const rest = items.length - digestMaxCount;
  const more = rest > 0 ? [note(words.others({ count: rest }))] : [];
  return headless(title, [markdown(mapText(title, (line) => `**${line}**`)), ...rows, ...more]);
}

function headOf(ticket: Ticket, conversation: Conversation | undefined, view: View): Text {
  const say = untrusted(view.privacy);
  const about = subject(ticket, conversation, say);
  const number = text.ticket({ id: say.line(ticket.id, 40) });
  return about === undefined ? number : joinText([number, same(about)], ' · ');
}

function newsLine(line: NewsLine, { privacy }: View): Text {
  const say = untrusted(privacy);
  switch (line.kind) {
    case 'status':
      return text.labelled({ label: words.status, value: text.status[line.status] });
    case 'owner': {
      const owner = line.owner === undefined ? text.unassigned : name(line.owner, say);
      return text.labelled({ label: text.label.owner, value: owner });
    }
    case 'message': {
      const who = line.by === 'guest' ? words.guest : words.agent;
      return words.said({ who, name: name(line.author, say), words: say.line(line.text, 160) });
    }
    case 'more':
      return words.moreMessages(line.count);
    case 'pictures':
      return words.newPictures({ pictures: text.pictures(line.count) });
  }
}

const words = {
  status: say('状态', 'State', '状態'),
  guest: say('用户', 'Customer', 'ユーザー'),
  agent: say('客服', 'Agent', '担当者'),
  said: sentence('{who} {name}：{words}', '{who} {name}: {words}', '{who} {name}：{words}'),
  moreMessages: (count: number) =>
    say(
      `另有 ${grouped(count)} 条新消息`,
      `${grouped(count)} more new ${count === 1 ? 'message' : 'messages'}`,
      `ほか新着 ${grouped(count)} 件`,
    ),
  newPictures: sentence('新增 {pictures}', 'New: {pictures}', '新着：{pictures}'),
  newTicket: sentence('新{ticket}', 'New: {ticket}', '新規：{ticket}'),
  digest: sentence('{tickets}有更新', 'News about {tickets}', '{tickets}に更新があります'),
  isNew: say('新建', 'New', '新規'),
  others: sentence('另有 {count} 个', '{count} more', 'ほか {count} 件'),
} as const;
