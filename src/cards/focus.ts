/** The one line that matters now: who waits for whom and for how long, or how it ended. */

import type { Conversation, Text, Ticket } from '../domain.ts';
import { duration, text } from '../text.ts';
import { fromGuest } from './subject.ts';

/** Somebody waits. */
export interface Wait {
  readonly on: 'agent' | 'first_reply' | 'reply' | 'guest';
  readonly sinceMs: number;
}

export interface Focus {
  readonly text: Text;
  readonly color: 'red' | 'orange' | 'green' | 'blue' | 'grey';
}

export function isClosed(ticket: Ticket): boolean {
  return (
    ticket.status === 'closed_by_agent' ||
    ticket.status === 'closed_by_bot' ||
    ticket.status === 'closed_by_guest'
  );
}

/** Who is waited for, and since when; undefined when nobody waits or the beginning is not known. */
export function waiting(ticket: Ticket, conversation: Conversation | undefined): Wait | undefined {
  if (isClosed(ticket) || ticket.status === 'pending') return undefined;
  if (ticket.status === 'waiting_for_guest') return wait('guest', ticket.lastResponseAtMs);
  if (isWithBot(ticket)) return undefined;
  if (ticket.owner === undefined) return wait('agent', ticket.createdAtMs);
  if (ticket.firstResponseAtMs === undefined)
    return wait('first_reply', ticket.agentEnteredAtMs ?? ticket.createdAtMs);
  return wait('reply', guestSpokeLastAtMs(ticket, conversation));
}

function wait(on: Wait['on'], sinceMs: number | undefined): Wait | undefined {
  return sinceMs === undefined ? undefined : { on, sinceMs };
}

function isWithBot(ticket: Ticket): boolean {
  return ticket.stage === 'bot' && ticket.status !== 'queueing';
}

/** When the guest began the last turn of the conversation, if the last turn is the guest's. */
function guestSpokeLastAtMs(ticket: Ticket, conversation: Conversation | undefined): number | undefined {
  const messages = conversation?.messages ?? [];
  const isGuest = fromGuest(ticket);
  const lastOther = messages.findLastIndex((message) => !isGuest(message));
  return messages[lastOther + 1]?.createdAtMs;
}

export function focus(ticket: Ticket, conversation: Conversation | undefined, nowMs: number): Focus {
  if (isClosed(ticket)) return ending(ticket);
  if (ticket.status === 'pending') return { text: text.now.onHold, color: 'grey' };
  const found = waiting(ticket, conversation);
  if (found !== undefined) return waitingFor(found, nowMs);
  if (ticket.status === 'waiting_for_guest') return { text: text.status.waiting_for_guest, color: 'grey' };
  if (isWithBot(ticket)) return { text: text.now.withBot, color: 'blue' };
  if (ticket.owner === undefined) return { text: text.now.nobody, color: 'red' };
  if (ticket.lastResponseAtMs === undefined) return { text: text.now.inProgress, color: 'blue' };
  return { text: text.now.replied({ time: duration(nowMs - ticket.lastResponseAtMs) }), color: 'blue' };
}

function waitingFor({ on, sinceMs }: Wait, nowMs: number): Focus {
  const time = duration(nowMs - sinceMs);
  switch (on) {
    case 'agent':
      return { text: text.now.waitingForAgent({ time }), color: 'red' };
    case 'first_reply':
      return { text: text.now.waitingForFirstReply({ time }), color: 'orange' };
    case 'reply':
      return { text: text.now.waitingForReply({ time }), color: 'orange' };
    case 'guest':
      return { text: text.now.waitingForGuest({ time }), color: 'grey' };
  }
}

function ending(ticket: Ticket): Focus {
  if (ticket.solved === undefined) return { text: text.now.closed, color: 'grey' };
  return ticket.solved
    ? { text: text.now.solved, color: 'green' }
    : { text: text.now.unsolved, color: 'red' };
}
