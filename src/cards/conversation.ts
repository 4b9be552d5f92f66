/** What was said in a ticket: the customer's words in full view, and the latest messages. */

import type { Conversation, Text, Ticket, TicketMessage } from '../domain.ts';
import { grouped, joinText, same, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { box, columns, type Element } from './elements.ts';
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
  /** There is a button that shows the whole conversation. */
  readonly canReadOn?: boolean;
}

export interface ConversationSection {
  readonly words: readonly Element[];
  readonly latest: readonly Element[];
  /** More was said than is shown. */
  readonly isMore: boolean;
}

/** Both parts, or why there is nothing to show. */
export function conversationSection(
  ticket: Ticket,
  conversation: Conversation | undefined,
  limits: ConversationLimits,
  timeZone: string,
  say: Untrusted,
): ConversationSection {
  if (conversation === undefined) {
    return { words: [plain(text.messagesUnread, { color: 'orange' })], latest: [], isMore: false };
  }
  if (conversation.messages.length === 0)
    return { words: [note(text.noMessages)], latest: [], isMore: false };
  const quoted = description(ticket, conversation, quotedMaxCount);
  // In a short conversation the latest messages begin with those that are quoted already.
  const latest = conversation.messages
    .slice(-limits.latestCount)
    .filter((message) => !quoted.includes(message));
  const quote = customersWords(quoted, limits, say);
  const shownCount = new Set([...quoted, ...latest]).size;
  return {
    words: quote.elements,
    isMore: quote.isCut || shownCount < conversation.totalCount || latest.some((one) => isLong(one, limits)),
    latest: latestMessages(conversation, latest, limits.latest, timeZone, say),
  };
}

/** A guess that errs on the side of offering the rest. */
function isLong({ text: words }: TicketMessage, { latest }: ConversationLimits): boolean {
  return 2 * words.length > latest.columnCount || words.split('\n').length > latest.lineCount;
}

function customersWords(
  quoted: readonly TicketMessage[],
  { words, canReadOn }: ConversationLimits,
  say: Untrusted,
): { readonly elements: readonly Element[]; readonly isCut: boolean } {
  const [first] = quoted;
  if (first === undefined) return { elements: [], isCut: false };
  const cut = say.block(quoted.map((message) => message.text).join('\n'), words);
  const isCut = cut.leftOutCount > 0;
  const rest = (canReadOn ? text.readOn : text.leftOut)({ count: grouped(cut.leftOutCount) });
  const elements = [
    box([
      note(joinText([text.label.words, name(first.author, say)], ' · ')),
      plain(same(cut.text)),
      ...(isCut ? [note(rest)] : []),
    ]),
  ];
  return { elements, isCut };
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
    note(joinText([text.latest, total], ' · ')),
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
