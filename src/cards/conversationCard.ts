/** What was said in a ticket, page by page, with the pictures where they were sent. */

import type { Card, Conversation, Picture, Text, Ticket } from '../domain.ts';
import { grouped, joinText, same, sentence, text, say as told } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { type ConversationPage, conversationPage, type Entry } from './conversationPages.ts';
import { columns, type Element } from './elements.ts';
import { name } from './facts.ts';
import { type CardParts, frame } from './frame.ts';
import { moment, shortMoment } from './moment.ts';
import { arrange, loadingLine } from './pictures.ts';
import { firstThatFits } from './size.ts';
import { fromGuest } from './subject.ts';
import { backChoice, type Choice, choiceRow, openChoice } from './ticketButtons.ts';
import { ticketHeader } from './ticketHeader.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface ConversationCardData {
  readonly ticket: Ticket;
  /** Undefined when the messages could not be read. */
  readonly conversation: Conversation | undefined;
  /** Default: the last one. */
  readonly page: number | undefined;
  /** Of the page, in their order; see `picturesOfPage`. */
  readonly pictures: readonly Picture[];
}

/** The pictures that stand on a page. */
export function picturesOfPage({ entries }: ConversationPage) {
  return entries.flatMap((entry) => entry.pictures.map(({ source }) => source));
}

/** One page of the conversation. Stays within Feishu's limits, and gives up pictures before words. */
export function conversationCard(data: ConversationCardData, view: View): Card {
  const page = conversationPage(data.conversation ?? nothing, data.page);
  const build = (shows: Shows) => () => frame(pageCard(data, page, view, shows), view);
  return firstThatFits(
    build({ pictures: true, columnCount: Number.MAX_SAFE_INTEGER }),
    build({ pictures: false, columnCount: 1_000 }),
    build({ pictures: false, columnCount: 200 }),
  );
}

const nothing: Conversation = { messages: [], totalCount: 0, omittedCount: 0, omittedBefore: undefined };

interface Shows {
  readonly pictures: boolean;
  /** Of one entry. */
  readonly columnCount: number;
}

function pageCard(
  { ticket, conversation, page: wanted, pictures }: ConversationCardData,
  page: ConversationPage,
  view: View,
  shows: Shows,
): CardParts {
  const say = untrusted(view.privacy);
  const where = pageOf({ page: page.page, count: page.pageCount });
  const waiting = pictures.some(({ state }) => state === 'loading');
  const isGuest = fromGuest(ticket);
  const role = (entry: Entry): Text | undefined => (isGuest(entry.message) ? text.label.guest : undefined);
  const shownAs = placed(page, shows.pictures ? pictures : []);
  return {
    ...ticketHeader(ticket, conversation, say, where),
    elements: [
      ...empty(conversation),
      ...page.entries.flatMap((entry, index) => [
        ...(index > 0 && entry.part === 1 ? [hr] : []),
        ...gap(entry),
        spoken(entry, {
          byline: byline(entry, role(entry), view, say),
          say,
          shows,
          pictures: shownAs(entry),
        }),
      ]),
      ...(waiting && shows.pictures ? [loadingLine(pictures)] : []),
      ...choiceRow(ticket.id, [...retry(conversation, wanted), ...choices(ticket, page, view)], view),
      note(joinText([where, text.asOf({ time: moment(view.nowMs, view.timeZone) })], ' · ')),
    ],
  };
}

function empty(conversation: Conversation | undefined): readonly Element[] {
  if (conversation === undefined) return [plain(text.messagesUnread, { color: 'orange' })];
  return conversation.messages.length === 0 ? [note(text.noMessages)] : [];
}

/** What could not be read may be read now. */
function retry(conversation: Conversation | undefined, page: number | undefined): readonly Choice[] {
  if (conversation !== undefined) return [];
  const action = 'ticket.conversation';
  return [{ label: text.button.retry, does: page === undefined ? { action } : { action, page } }];
}

function gap({ missingBeforeCount: count }: Entry): readonly Element[] {
  return count === 0 ? [] : [note(notRead({ messages: text.messages(count) })), hr];
}

interface Spoken {
  readonly byline: Text;
  readonly say: Untrusted;
  readonly shows: Shows;
  readonly pictures: ReturnType<ReturnType<typeof placed>>;
}

function spoken(entry: Entry, { byline: by, say, shows, pictures }: Spoken): Element {
  const { message, part, partCount, morePicturesCount } = entry;
  const words = say.part(message.text, part, partCount, shows.columnCount);
  const { kind } = message;
  const left = entry.pictures.length - pictures.length + morePicturesCount;
  const others = [
    ...(left === 0 ? [] : [text.inBrackets({ what: text.pictures(left) })]),
    ...(kind === 'file' || kind === 'media' || kind === 'unknown' ? [text.files[kind]] : []),
  ];
  return columns([
    note(by),
    ...(words.text === '' ? [] : [plain(same(words.text))]),
    ...(words.leftOutCount === 0 ? [] : [note(text.leftOut({ count: grouped(words.leftOutCount) }))]),
    ...arrange(pictures, 'thumbnail'),
    ...(others.length === 0 ? [] : [note(joinText(others, ' '))]),
  ]);
}

/** Which of the pictures of the page belong to an entry. */
function placed(page: ConversationPage, pictures: readonly Picture[]) {
  const numbers = page.entries.flatMap((entry) => entry.pictures.map(({ number }) => number));
  const numbered = pictures.flatMap((picture, index) => {
    const number = numbers[index];
    return number === undefined ? [] : [{ ...picture, number }];
  });
  return (entry: Entry) => {
    const own = new Set(entry.pictures.map(({ number }) => number));
    return numbered.filter(({ number }) => own.has(number));
  };
}

function byline(
  { message, part, partCount }: Entry,
  role: Text | undefined,
  { timeZone }: View,
  say: Untrusted,
): Text {
  const { createdAtMs, author } = message;
  const parts = [
    name(author, say),
    ...(role === undefined ? [] : [role]),
    ...(createdAtMs === undefined ? [] : [same(shortMoment(createdAtMs, timeZone))]),
    ...(partCount === 1 ? [] : [same(`${part}/${partCount}`)]),
  ];
  return joinText(parts, ' · ');
}

function choices(ticket: Ticket, { page, pageCount }: ConversationPage, view: View): readonly Choice[] {
  const to = (label: Text, target: number): Choice => ({
    label,
    does: { action: 'ticket.conversation', page: target },
  });
  return [
    ...(page > 1 ? [to(label.earlier, page - 1)] : []),
    ...(page < pageCount ? [to(label.later, page + 1)] : []),
    backChoice,
    ...(page > 2 ? [to(label.first, 1)] : []),
    ...(page < pageCount - 1 ? [to(label.last, pageCount)] : []),
    ...openChoice(ticket.id, view),
  ];
}

const label = {
  earlier: told('更早', 'Earlier', '前へ'),
  later: told('更晚', 'Later', '次へ'),
  first: told('从头看', 'From the beginning', '最初から'),
  last: told('最新消息', 'Latest messages', '最新のメッセージ'),
} as const;

const pageOf = sentence(
  '会话 第 {page}/{count} 页',
  'Conversation, page {page} of {count}',
  '会話 {page}/{count} ページ',
);

const notRead = sentence(
  '此处有 {messages}未读取',
  '{messages} were not read here',
  'ここの {messages}は読み込まれていません',
);
