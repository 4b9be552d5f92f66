/** Several tickets, briefly: a line and a button each. */

import type { Card, Conversation, Text, Ticket } from '../domain.ts';
import { joinText, same, text } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { type Element, lineWithButton } from './elements.ts';
import { name } from './facts.ts';
import { focus } from './focus.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { subject } from './subject.ts';
import { openButton, showButton } from './ticketButtons.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export type TicketListItem =
  | { readonly state: 'found'; readonly ticket: Ticket; readonly conversation: Conversation | undefined }
  /** There is none, or it is not the asker's to see: people read the same words. */
  | { readonly state: 'missing'; readonly id: string }
  | { readonly state: 'failed'; readonly id: string; readonly logId: string | undefined };

/** For two to five tickets, in the order in which they were asked for. */
export function ticketListCard(items: readonly TicketListItem[], view: View): Card {
  const say = untrusted(view.privacy);
  const title = text.tickets(items.length);
  const rows = items.flatMap((item, index) => [...(index === 0 ? [] : [hr]), ...row(item, view, say)]);
  const elements = [...rows, note(text.asOf({ time: moment(view.nowMs, view.timeZone) }))];
  return frame({ title, color: 'blue', summary: title, elements }, view);
}

function row(item: TicketListItem, view: View, say: Untrusted): readonly Element[] {
  switch (item.state) {
    case 'found':
      return foundRow(item.ticket, item.conversation, view, say);
    case 'missing':
      return [number(item.id, say), note(text.notFound)];
    case 'failed':
      return [number(item.id, say), plain(problem(item.logId, say), { size: 'notation', color: 'orange' })];
  }
}

function foundRow(
  ticket: Ticket,
  conversation: Conversation | undefined,
  view: View,
  say: Untrusted,
): readonly Element[] {
  const about = subject(ticket, conversation, say);
  const now = focus(ticket, conversation, view.nowMs);
  const owner = ticket.owner === undefined ? text.unassigned : name(ticket.owner, say);
  const pictureCount = conversation?.messages.reduce((sum, message) => sum + message.pictures.length, 0) ?? 0;
  const remarks = [
    text.ticket({ id: say.line(ticket.id, 40) }),
    text.status[ticket.status],
    owner,
    ...(pictureCount === 0 ? [] : [text.pictures(pictureCount)]),
  ];
  const lines = [
    ...(about === undefined ? [] : [plain(same(about))]),
    plain(now.text, { size: 'notation', color: now.color }),
    note(joinText(remarks, ' · ')),
  ];
  return lineWithButton(lines, showButton(ticket.id, view) ?? openButton(ticket.id, view, 'small'));
}

function number(id: string, say: Untrusted): Element {
  return plain(text.ticket({ id: say.line(id, 40) }));
}

function problem(logId: string | undefined, say: Untrusted): Text {
  if (logId === undefined) return text.unreadable;
  return joinText([text.unreadable, text.logId({ id: say.line(logId, 80) })], ' · ');
}
