/** What was said in a ticket: the customer's words in full view, and the latest messages. */

import type { Conversation, Text, Ticket, TicketMessage } from '../domain.ts';
import { grouped, joinText, same, text } from '../text.ts';
import { box, columns, type Element, note, plain } from './elements.ts';
import { name } from './facts.ts';
import { shortMoment } from './moment.ts';
import { description } from './subject.ts';
import type { Limit, Untrusted } from './untrusted.ts';

/** A description in more messages than this goes on among the latest ones, or in the helpdesk. */
const quotedMaxCount = 5;

export interface ConversationLimits {
  readonly words: Limit;
  readonly latest: Limit;
  readonly latestCount: number;
}

/** Both parts, or why there is nothing to show. */
export function conversationSection(
  ticket: Ticket,
  conversation: Conversation | undefined,
  limits: ConversationLimits,
  timeZone: string,
  say: Untrusted,
): { readonly words: readonly Element[]; readonly latest: readonly Element[] } {
  if (conversation === undefined) {
    return { words: [plain(text.messagesUnread, { color: 'orange' })], latest: [] };
  }
  if (conversation.messages.length === 0) return { words: [note(text.noMessages)], latest: [] };
  const quoted = description(ticket, conversation, quotedMaxCount);
  // In a short conversation the latest messages begin with those that are quoted already.
  const latest = conversation.messages
    .slice(-limits.latestCount)
    .filter((message) => !quoted.includes(message));
  return {
    words: customersWords(quoted, limits.words, say),
    latest: latestMessages(conversation, latest, limits.latest, timeZone, say),
  };
}

function customersWords(quoted: readonly TicketMessage[], limit: Limit, say: Untrusted): readonly Element[] {
  const [first] = quoted;
  if (first === undefined) return [];
  const cut = say.block(quoted.map((message) => message.text).join('\n'), limit);
  return [
    box([
      note(joinText([text.label.words, name(first.author, say)], ' · ')),
      plain(same(cut.text)),
      ...(cut.leftOutCount === 0 ? [] : [note(text.leftOut({ count: grouped(cut.leftOutCount) }))]),
    ]),
  ];
}

function latestMessages(
  conversation: Conversation,
  messages: readonly TicketMessage[],
  limit: Limit,
  timeZone: string,
  say: Untrusted,
): readonly Element[] {
  const total = totalLine(conversation);
  if (messages.length === 0) return [note(total)];
  return [
    note(joinText([text.latest({ zone: timeZone }), total], ' · ')),
    ...messages.map((message) =>
      columns([note(byline(message, timeZone, say)), ...contentOf(message, limit, say)]),
    ),
  ];
}

function totalLine({ totalCount, omittedCount }: Conversation): Text {
  const messages = text.messages(totalCount);
  return omittedCount === 0
    ? text.messageTotal({ messages })
    : text.messagesOmitted({ messages, omitted: grouped(omittedCount) });
}

function byline({ author, createdAtMs }: TicketMessage, timeZone: string, say: Untrusted): Text {
  const who = name(author, say);
  return createdAtMs === undefined ? who : joinText([who, same(shortMoment(createdAtMs, timeZone))], ' · ');
}

/** The text, and in words what is no text. */
function contentOf(
  { text: words, kind, pictures }: TicketMessage,
  limit: Limit,
  say: Untrusted,
): readonly Element[] {
  const shown = say.block(words, limit).text;
  const others = [
    ...(pictures.length === 0 ? [] : [text.inBrackets({ what: text.pictures(pictures.length) })]),
    ...(kind === 'file' || kind === 'media' || kind === 'unknown' ? [text.files[kind]] : []),
  ];
  return [
    ...(shown === '' ? [] : [plain(same(shown))]),
    ...(others.length === 0 ? [] : [note(joinText(others, ' '))]),
  ];
}
