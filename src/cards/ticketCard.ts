/** One ticket, whole: what it is about, what matters now, who is involved, what was said and shown. */

import type { Card, Conversation, Picture, Text, Ticket, TicketStatus } from '../domain.ts';
import { joinText, locales, mapText, same, text } from '../text.ts';
import { type ConversationLimits, conversationSection } from './conversation.ts';
import {
  box,
  buttonRow,
  type CardParts,
  type Element,
  type HeaderColor,
  type HeaderTag,
  note,
  plain,
  type TagColor,
} from './elements.ts';
import { details, facts, name } from './facts.ts';
import { focus } from './focus.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { type PictureLimits, pictureSection } from './pictures.ts';
import { firstThatFits } from './size.ts';
import { subject } from './subject.ts';
import { openButton, refreshButton } from './ticketButtons.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface TicketCardData {
  readonly ticket: Ticket;
  /** Undefined when the messages could not be read. */
  readonly conversation: Conversation | undefined;
  /** In the order of the conversation. */
  readonly pictures: readonly Picture[];
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
  { ticket, conversation, pictures }: TicketCardData,
  view: View,
  detail: Detail,
): CardParts {
  const say = untrusted(view.privacy);
  const said = conversationSection(ticket, conversation, detail, view.timeZone, say);
  const sent = conversation?.messages.reduce((sum, message) => sum + message.pictures.length, 0) ?? 0;
  return {
    ...top(ticket, conversation, say),
    elements: [
      focusLine(ticket, conversation, view),
      ...facts(ticket, conversation, view, say),
      ...said.words,
      ...pictureSection(pictures, sent, detail.pictures),
      ...said.latest,
      ...rating(ticket, say),
      ...details(ticket, detail.fieldMaxCount, view, say),
      ...(detail === rich ? [] : [note(text.shortened)]),
      ...bottom(ticket, view),
    ],
  };
}

/** What is left when even the shortest form is too much. */
function smallestCard({ ticket, conversation }: TicketCardData, view: View): CardParts {
  return {
    ...top(ticket, conversation, untrusted(view.privacy)),
    elements: [focusLine(ticket, conversation, view), note(text.shortened), ...bottom(ticket, view)],
  };
}

// ---------------------------------------------------------------- the header

const headerColor: Readonly<Record<TicketStatus, HeaderColor>> = {
  created: 'orange',
  queueing: 'orange',
  in_progress: 'blue',
  pending: 'yellow',
  waiting_for_guest: 'wathet',
  closed_by_agent: 'grey',
  closed_by_bot: 'grey',
  closed_by_guest: 'grey',
  unknown: 'grey',
};

function colorOf({ status, solved }: Ticket): HeaderColor {
  const color = headerColor[status];
  if (!status.startsWith('closed') || solved === undefined) return color;
  return solved ? 'green' : 'red';
}

const scoreColor = { dissatisfied: 'red', average: 'yellow', satisfied: 'green' } as const satisfies Record<
  string,
  TagColor
>;

function top(
  ticket: Ticket,
  conversation: Conversation | undefined,
  say: Untrusted,
): Omit<CardParts, 'elements'> {
  const { status, stage, score } = ticket;
  const color = colorOf(ticket);
  const tags: readonly HeaderTag[] = [
    { text: text.status[status], color: color === 'grey' ? 'neutral' : color },
    ...(stage === 'unknown' ? [] : [{ text: text.stage[stage], color: 'turquoise' as const }]),
    ...(score === undefined ? [] : [{ text: text.score[score], color: scoreColor[score] }]),
  ];
  const number = text.ticket({ id: say.line(ticket.id, 40) });
  const about = subject(ticket, conversation, say);
  return {
    title: about === undefined ? number : same(about),
    subtitle: about === undefined ? undefined : number,
    color,
    tags,
    summary: joinText([number, text.status[status], ...(about === undefined ? [] : [same(about)])], ' · '),
  };
}

// ---------------------------------------------------------------- the body

function focusLine(ticket: Ticket, conversation: Conversation | undefined, view: View): Element {
  const now = focus(ticket, conversation, view.nowMs);
  return plain(now.text, { size: 'heading', color: now.color });
}

/** Why the customer was pleased or not; the verdict itself is a tag in the header. Boxed, because these words are the customer's. */
function rating({ guest, comment, dissatisfaction }: Ticket, say: Untrusted): readonly Element[] {
  const reason = reasonGiven(dissatisfaction, say);
  const words = say.block(comment ?? '', { columnCount: 240, lineCount: 4 }).text;
  if (reason === undefined && words === '') return [];
  const by = guest === undefined ? [] : [name(guest, say)];
  return [
    box([
      note(joinText([text.label.rating, ...by], ' · ')),
      ...(reason === undefined ? [] : [plain(text.labelled({ label: text.label.reason, value: reason }))]),
      ...(words === '' ? [] : [plain(same(words))]),
    ]),
  ];
}

/** In the languages that the helpdesk wrote it in; the others get the first of these. */
function reasonGiven(reason: Text | undefined, say: Untrusted): Text | undefined {
  if (reason === undefined) return undefined;
  const shown = say.sentence(reason, 120);
  const written = locales.map((locale) => shown[locale]).find((line) => line !== '');
  return written === undefined ? undefined : mapText(shown, (line) => (line === '' ? written : line));
}

/** What can be done, and when all this was true. */
function bottom(ticket: Ticket, view: View): readonly Element[] {
  const buttons = [refreshButton(ticket.id, view), openButton(ticket.id, view)].filter(
    (one) => one !== undefined,
  );
  return [
    ...(buttons.length === 0 ? [] : [buttonRow(buttons)]),
    note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
  ];
}
