/** Which state of a ticket a card shows, and whether a card is behind. */

import { createHash } from 'node:crypto';
import type { Conversation, Shown, Ticket } from '../domain.ts';

/** A ticket with its conversation as it was read. */
export interface Reading {
  readonly ticket: Ticket;
  readonly conversation: Conversation | undefined;
  /** When the reading began. */
  readonly readAtMs: number;
}

/** What a card shows that was made of this reading. */
export function shownOf(
  { ticket, conversation, readAtMs }: Reading,
  face: Shown['face'] = 'ticket',
  page = 1,
): Shown {
  const content = JSON.stringify([ticket, conversation ?? null]);
  return {
    face,
    page,
    readAtMs,
    updatedAtMs: ticket.updatedAtMs,
    messageCount: conversation?.totalCount,
    digest: createHash('sha256').update(content).digest('hex').slice(0, 32),
  };
}

/**
 * Whether a card that shows `known` would learn something from `read`. Not when it is the same, nor when the reading lacks what the card
 * has: a server that has not heard of the latest change, or messages that could not be read this time.
 */
export function isNews(read: Shown, known: Shown): boolean {
  if (read.digest === known.digest) return false;
  const readUpdate = read.updatedAtMs ?? 0;
  const knownUpdate = known.updatedAtMs ?? 0;
  if (readUpdate !== knownUpdate) return readUpdate > knownUpdate;
  if (known.messageCount === undefined) return true;
  return read.messageCount !== undefined && read.messageCount >= known.messageCount;
}
