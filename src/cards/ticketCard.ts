/** One ticket, whole: what it is about, what matters now, who is involved, what was said and shown. */

import type { Card, Conversation, Picture, Text, Ticket } from '../domain.ts';
import { joinText, locales, mapText, same, sentence, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { type ConversationLimits, conversationSection } from './conversation.ts';
import { box, type Element } from './elements.ts';
import { details, facts, name } from './facts.ts';
import { focus } from './focus.ts';
import { type CardParts, frame } from './frame.ts';
import { moment } from './moment.ts';
import { type PictureLimits, pictureSection } from './pictures.ts';
import { firstThatFits } from './size.ts';
import { choiceRow, openChoice, ticketChoices } from './ticketButtons.ts';
import { ticketHeader } from './ticketHeader.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface TicketCardData {
  readonly ticket: Ticket;
  /** Undefined when the messages could not be read. */
  readonly conversation: Conversation | undefined;
  /** In the order of the conversation. */
  readonly pictures: readonly Picture[];
  /** The card is updated for the last time, because Feishu soon takes no more updates of it. */
  readonly ended?: true | undefined;
}

/** How much of a ticket is shown. */
interface Detail extends ConversationLimits {
  readonly pictures: PictureLimits;
  readonly fieldMaxCount: number;
}

const rich: Detail = {
  words: { columnCount: 1000, lineCount: 15 },
  latest: { columnCount: 240, lineCount: 4 },
  latestCount: 3,
  pictures: { maxCount: 40, inViewCount: 9 },
  fieldMaxCount: 20,
};
const shortHistory: Detail = {
  ...rich,
  latest: { columnCount: 120, lineCount: 2 },
  latestCount: 1,
  pictures: { ...rich.pictures, gathered: true },
  fieldMaxCount: 6,
};
const fewPictures: Detail = { ...shortHistory, pictures: { maxCount: 9, inViewCount: 3, gathered: true } };
const fewWords: Detail = { ...fewPictures, words: { columnCount: 300, lineCount: 5 }, fieldMaxCount: 2 };

/**
 * The card of a ticket. It stays within Feishu's limits whatever the ticket holds, and says when it therefore leaves something out.
 * People are written as plain names: a card about a ticket notifies nobody.
 */
export function ticketCard(data: TicketCardData, view: View): Card {
  const build = (detail: Detail) => () => frame(wholeCard(data, view, detail), view);
  return firstThatFits(build(rich), build(shortHistory), build(fewPictures), build(fewWords), () =>
    frame(smallestCard(data, view), view),
  );
}

function wholeCard(
  { ticket, conversation, pictures, ended }: TicketCardData,
  view: View,
  detail: Detail,
): CardParts {
  const say = untrusted(view.privacy);
  const canReadOn = ended === undefined && view.actions.has('ticket.conversation');
  const said = conversationSection(ticket, conversation, { ...detail, canReadOn }, view.timeZone, say);
  const sent = conversation?.messages.reduce((sum, message) => sum + message.pictures.length, 0) ?? 0;
  const more = { words: said.isMore, pictures: sent > detail.pictures.inViewCount };
  return {
    ...ticketHeader(ticket, conversation, say),
    elements: [
      ...(ended === undefined ? [] : [endedLine(ticket, say)]),
      focusLine(ticket, conversation, view),
      ...facts(ticket, conversation, view, say),
      ...said.words,
      ...pictureSection(pictures, sent, detail.pictures),
      ...said.latest,
      ...rating(ticket, say),
      ...remark(ticket, say),
      ...details(ticket, conversation, detail.fieldMaxCount, view, say),
      ...(detail === rich ? [] : [note(text.shortened)]),
      ...bottom({ ticket, conversation, ended }, more, view),
    ],
  };
}

/** What is left when even the shortest form is too much. */
function smallestCard({ ticket, conversation, ended }: TicketCardData, view: View): CardParts {
  const more = { words: conversation !== undefined, pictures: true };
  return {
    ...ticketHeader(ticket, conversation, untrusted(view.privacy)),
    elements: [
      focusLine(ticket, conversation, view),
      note(text.shortened),
      ...bottom({ ticket, conversation, ended }, more, view),
    ],
  };
}

// ---------------------------------------------------------------- the body

function focusLine(ticket: Ticket, conversation: Conversation | undefined, view: View): Element {
  const now = focus(ticket, conversation, view.nowMs);
  return plain(now.text, { size: 'heading', color: now.color });
}

/** Why the customer was pleased or not; the verdict itself is a tag in the header. Boxed, because these words are the customer's. */
function rating({ guest, dissatisfaction }: Ticket, say: Untrusted): readonly Element[] {
  const reason = reasonGiven(dissatisfaction, say);
  if (reason === undefined) return [];
  const by = guest === undefined ? [] : [name(guest, say)];
  return [
    box([
      note(joinText([text.label.rating, ...by], ' · ')),
      plain(text.labelled({ label: text.label.reason, value: reason })),
    ]),
  ];
}

/** What somebody noted down on the ticket. */
function remark({ comment, commentAuthor }: Ticket, say: Untrusted): readonly Element[] {
  const words = say.block(comment ?? '', { columnCount: 240, lineCount: 4 }).text;
  if (words === '') return [];
  const author = say.line(commentAuthor ?? '', 40);
  const by = author === '' ? [] : [same(author)];
  return [box([note(joinText([text.label.comment, ...by], ' · ')), plain(same(words))])];
}

/** In the languages that the helpdesk wrote it in; the others get the first of these. */
function reasonGiven(reason: Text | undefined, say: Untrusted): Text | undefined {
  if (reason === undefined) return undefined;
  const shown = say.sentence(reason, 120);
  const written = locales.map((locale) => shown[locale]).find((line) => line !== '');
  return written === undefined ? undefined : mapText(shown, (line) => (line === '' ? written : line));
}

/** What can be done, and when all this was true. */
function bottom(
  { ticket, conversation, ended }: Pick<TicketCardData, 'ticket' | 'conversation' | 'ended'>,
  more: Parameters<typeof ticketChoices>[2],
  view: View,
): readonly Element[] {
  // The buttons of an old card soon do nothing.
  const choices =
    ended === undefined ? ticketChoices(ticket, conversation, more, view) : openChoice(ticket.id, view);
  return [
    ...choiceRow(ticket.id, choices, view),
    note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
  ];
}

function endedLine({ id }: Ticket, say: Untrusted): Element {
  const command = `/ticket ${say.line(id, 40)}`;
  return plain(endedSentence({ command }), { size: 'notation', color: 'orange' });
}

const endedSentence = sentence(
  '这张卡片即将满 14 天，不再更新。发送 {command} 查看最新状态。',
  'This card is almost 14 days old and is no longer updated. Send {command} for a fresh one.',
  'このカードはまもなく 14 日になるため、更新されません。最新の状態は {command} で表示できます。',
);
