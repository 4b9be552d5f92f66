/** The header that all cards about one ticket share. */

import type { Conversation, Text, Ticket, TicketStatus } from '../domain.ts';
import { joinText, same, text } from '../text.ts';
import type { CardParts, HeaderColor, HeaderTag, TagColor } from './frame.ts';
import { subject } from './subject.ts';
import type { Untrusted } from './untrusted.ts';

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

/**
 * Number and subject, coloured by state, with state, stage and satisfaction as tags.
 * @param part what of the ticket the card shows, when it is not the ticket as such
 */
export function ticketHeader(
  ticket: Ticket,
  conversation: Conversation | undefined,
  say: Untrusted,
  part?: Text,
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
  const lines = [...(about === undefined ? [] : [number]), ...(part === undefined ? [] : [part])];
  return {
    title: about === undefined ? number : same(about),
    subtitle: lines.length === 0 ? undefined : joinText(lines, ' · '),
    color,
    tags,
    summary: joinText([number, text.status[status], ...(about === undefined ? [] : [same(about)])], ' · '),
  };
}
