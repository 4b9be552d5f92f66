/** All pictures of a ticket, page by page, each under whoever sent it. */

import type { Card, Conversation, Picture, PictureSource, Text, Ticket, TicketMessage } from '../domain.ts';
import { grouped, joinText, same, sentence, text, say as told } from '../text.ts';
import { note } from './contentElements.ts';
import type { Element } from './elements.ts';
import { name } from './facts.ts';
import { type CardParts, frame } from './frame.ts';
import { moment, shortMoment } from './moment.ts';
import { arrange, loadingLine, type Numbered, pictureSection } from './pictures.ts';
import { firstThatFits } from './size.ts';
import { backChoice, type Choice, choiceRow, openChoice } from './ticketButtons.ts';
import { ticketHeader } from './ticketHeader.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

/** A card holds so many pictures. */
export const picturesOnPageCount = 40;

export interface PicturesPage {
  readonly sources: readonly PictureSource[];
  /** From 1. */
  readonly page: number;
  readonly pageCount: number;
  readonly totalCount: number;
}

/** The wanted page of a conversation's pictures, or the last one when it does not exist. */
export function picturesPage(conversation: Conversation | undefined, wanted: number): PicturesPage {
  const all = conversation?.messages.flatMap(({ pictures }) => pictures) ?? [];
  const pageCount = Math.max(1, Math.ceil(all.length / picturesOnPageCount));
  const page = Math.max(1, Math.min(wanted, pageCount));
  const start = (page - 1) * picturesOnPageCount;
  return { sources: all.slice(start, start + picturesOnPageCount), page, pageCount, totalCount: all.length };
}

export interface PicturesCardData {
  readonly ticket: Ticket;
  readonly conversation: Conversation | undefined;
  readonly page: number;
  /** Of the page, in their order. */
  readonly pictures: readonly Picture[];
}

/** One page of pictures. Where naming each sender is too much, the pictures stand together. */
export function picturesCard(data: PicturesCardData, view: View): Card {
  const page = picturesPage(data.conversation, data.page);
  const numbered = data.pictures.map((picture, index) => ({
    ...picture,
    number: (page.page - 1) * picturesOnPageCount + index + 1,
  }));
  const say = untrusted(view.privacy);
  const build = (body: () => readonly Element[]) => () =>
    frame(pageCard(data, page, body(), view, say), view);
  return firstThatFits(
    build(() => bySender(data.conversation, numbered, view, say)),
    build(() => arrange(numbered, 'thumbnail')),
    build(() => gathered(data.pictures)),
    build(() => [note(text.picturesDropped({ pictures: text.pictures(numbered.length) }))]),
  );
}

function gathered(pictures: readonly Picture[]): readonly Element[] {
  const limits = { maxCount: picturesOnPageCount, inViewCount: picturesOnPageCount, gathered: true };
  return pictureSection(pictures, pictures.length, limits);
}

function pageCard(
  { ticket, conversation, pictures }: PicturesCardData,
  page: PicturesPage,
  body: readonly Element[],
  view: View,
  say: Untrusted,
): CardParts {
  const where = whereOf(page);
  const isLoading = pictures.some(({ state }) => state === 'loading');
  return {
    ...ticketHeader(ticket, conversation, say, where),
    elements: [
      ...(page.totalCount === 0 ? [note(noPictures)] : body),
      ...(isLoading ? [loadingLine(pictures)] : []),
      ...choiceRow(ticket.id, choices(ticket, page, view), view),
      note(joinText([where, text.asOf({ time: moment(view.nowMs, view.timeZone) })], ' · ')),
    ],
  };
}

function whereOf({ page, sources, totalCount }: PicturesPage): Text {
  const first = (page - 1) * picturesOnPageCount + 1;
  const last = first + sources.length - 1;
  if (sources.length === totalCount) return text.pictures(totalCount);
  return span({ first, last, total: grouped(totalCount) });
}

/** The numbers of the pictures lead through the messages in their order. */
function bySender(
  conversation: Conversation | undefined,
  pictures: readonly Numbered[],
  view: View,
  say: Untrusted,
): readonly Element[] {
  let next = 1;
  return (conversation?.messages ?? []).flatMap((message) => {
    const first = next;
    next += message.pictures.length;
    const own = pictures.filter(({ number }) => number >= first && number < next);
    if (own.length === 0) return [];
    return [note(byline(message, own, view, say)), ...arrange(own, 'thumbnail')];
  });
}

function byline(
  { author, createdAtMs }: TicketMessage,
  own: readonly Numbered[],
  { timeZone }: View,
  say: Untrusted,
): Text {
  const [first, last] = [own[0]?.number, own.at(-1)?.number];
  const numbers =
    first === last
      ? text.pictureAlt({ number: `${first}` })
      : text.pictureNumbers({ numbers: `${first}–${last}` });
  const time = createdAtMs === undefined ? [] : [same(shortMoment(createdAtMs, timeZone))];
  return joinText([numbers, name(author, say), ...time], ' · ');
}

function choices(ticket: Ticket, { page, pageCount }: PicturesPage, view: View): readonly Choice[] {
  const to = (label: Text, target: number): Choice => ({
    label,
    does: { action: 'ticket.pictures', page: target },
  });
  return [
    ...(page > 1 ? [to(label.previous, page - 1)] : []),
    ...(page < pageCount ? [to(label.next, page + 1)] : []),
    backChoice,
    ...openChoice(ticket.id, view),
  ];
}

const label = {
  previous: told('上一页', 'Previous', '前へ'),
  next: told('下一页', 'Next', '次へ'),
} as const;

const span = sentence(
  '图片 {first}–{last}，共 {total} 张',
  'Pictures {first}–{last} of {total}',
  '画像 {first}–{last} / 全 {total} 枚',
);

const noPictures = told('没有图片', 'No pictures', '画像はありません');
