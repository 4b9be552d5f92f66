/** Which tickets a figure is made of: those opened or closed in a time, those open at a moment, those that need someone. */

import type { Span, Ticket } from './domain.ts';

export function isOpen({ status }: Ticket): boolean {
  return status !== 'unknown' && !status.startsWith('closed');
}

export function isClosed({ status }: Ticket): boolean {
  return status.startsWith('closed');
}

const within = (atMs: number | undefined, { fromMs, untilMs }: Span): boolean =>
  atMs !== undefined && atMs >= fromMs && atMs <= untilMs;

export const openedIn =
  (span: Span) =>
  ({ createdAtMs }: Ticket): boolean =>
    within(createdAtMs, span);

export const closedIn =
  (span: Span) =>
  (ticket: Ticket): boolean =>
    isClosed(ticket) && within(ticket.closedAtMs, span);

/** Open at a moment: created before it, and closed after it or not at all. When a closed one was closed must be known. */
export function openAt(atMs: number): (ticket: Ticket) => boolean {
  return (ticket) => {
    const { createdAtMs, closedAtMs } = ticket;
    if (createdAtMs === undefined || createdAtMs > atMs) return false;
    return isOpen(ticket) || (isClosed(ticket) && closedAtMs !== undefined && closedAtMs > atMs);
  };
}

/** So many are shown as needing someone. */
const needyMaxCount = 5;

/** How urgent an open ticket is, and since when: nobody owns it, nobody has answered yet, or nobody has for the longest time. */
function urgency(ticket: Ticket): { readonly rank: number; readonly sinceMs: number } | undefined {
  const { status, stage, owner, createdAtMs = 0, agentEnteredAtMs, firstResponseAtMs } = ticket;
  if (!isOpen(ticket) || status === 'pending' || status === 'waiting_for_guest') return undefined;
  if (stage === 'bot' && status !== 'queueing') return undefined;
  if (owner === undefined) return { rank: 0, sinceMs: createdAtMs };
  if (firstResponseAtMs === undefined) return { rank: 1, sinceMs: agentEnteredAtMs ?? createdAtMs };
  return { rank: 2, sinceMs: ticket.lastResponseAtMs ?? firstResponseAtMs };
}

/** The most urgent first. */
export function needyOf(tickets: readonly Ticket[]): readonly Ticket[] {
  return tickets
    .flatMap((ticket) => {
      const found = urgency(ticket);
      return found === undefined ? [] : [{ ticket, ...found }];
    })
    .sort((one, other) => one.rank - other.rank || one.sinceMs - other.sinceMs)
    .slice(0, needyMaxCount)
    .map(({ ticket }) => ticket);
}
