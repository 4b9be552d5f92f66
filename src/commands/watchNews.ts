/** What is new about a ticket since it was told last, by reading it again: events are hints only. */

import type { NewsLine } from '../cards/newsCard.ts';
import { fromGuest, subject } from '../cards/subject.ts';
import { untrusted } from '../cards/untrusted.ts';
import type { Background } from '../command.ts';
import type { Ticket } from '../domain.ts';
import type { Sought } from '../newsFilter.ts';

type TicketCase = Awaited<ReturnType<Background['tickets']['get']>>;
type Seen = Parameters<Background['watches']['saw']>[1];

/** The messages have never been read, so none of them is new. */
const notRead = -1;
/** Of several new messages the last ones are quoted. */
const quotedMaxCount = 3;

export function seenOf({ ticket, conversation }: TicketCase, before?: Seen): Seen {
  return {
    status: ticket.status,
    owner: ownerOf(ticket),
    // What cannot be read now is not news the next time either.
    messageCount: conversation?.totalCount ?? before?.messageCount ?? notRead,
  };
}

function ownerOf({ owner }: Ticket): string {
  return owner?.openId ?? owner?.name ?? '';
}

/** Empty: nothing that anybody would want to be told. */
export function newsSince(seen: Seen, { ticket, conversation }: TicketCase): readonly NewsLine[] {
  const lines: NewsLine[] = [];
  if (ticket.status !== seen.status) lines.push({ kind: 'status', status: ticket.status });
  if (ownerOf(ticket) !== seen.owner) lines.push({ kind: 'owner', owner: ticket.owner });
  const total = seen.messageCount === notRead ? notRead : (conversation?.totalCount ?? 0);
  const newCount = Math.max(0, total - seen.messageCount);
  const fresh = newCount === 0 ? [] : (conversation?.messages ?? []).slice(-newCount);
  const isGuest = fromGuest(ticket);
  const told = fresh.filter(({ text }) => text.trim() !== '');
  for (const message of told.slice(-quotedMaxCount))
    lines.push({
      kind: 'message',
      by: isGuest(message) ? 'guest' : 'agent',
      author: message.author,
      text: message.text,
    });
  const others = told.length - Math.min(told.length, quotedMaxCount);
  if (others > 0) lines.push({ kind: 'more', count: others });
  const pictureCount = fresh.reduce((sum, { pictures }) => sum + pictures.length, 0);
  if (pictureCount > 0) lines.push({ kind: 'pictures', count: pictureCount });
  return lines;
}

/** What a filter looks at: nothing of it is shown, so nothing of it is masked. */
export function soughtIn({ ticket, conversation }: TicketCase): Sought {
  const isGuest = fromGuest(ticket);
  const said = (conversation?.messages ?? []).filter(isGuest).map(({ text }) => text);
  const about = subject(ticket, conversation, untrusted('open')) ?? '';
  const fields = ticket.fields.map(({ value }) => value);
  return { text: [about, ...fields, ...said].join('\n'), tags: ticket.tags, channel: ticket.channel };
}
