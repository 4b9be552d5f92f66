/** Whether a ticket is one of those that a filter means: for what the list endpoint cannot filter by, or reads otherwise. */

import type { Person, Span, Ticket, TicketFilter } from '../domain.ts';

/** True when all that the filter gives holds. */
export function matches(filter: TicketFilter): (ticket: Ticket) => boolean {
  const tests = testsOf(filter);
  return (ticket) => tests.every((test) => test(ticket));
}

/** True when the list endpoint cannot say alone which tickets match. */
export function needsLooking({ unassigned, channel }: TicketFilter): boolean {
  return unassigned !== undefined || channel === 'other';
}

type Test = (ticket: Ticket) => boolean;

function testsOf(filter: TicketFilter): readonly Test[] {
  const { statuses, agentId, guestId, guestName, tags, created, updated } = filter;
  const tests: readonly (Test | undefined)[] = [
    statuses && (({ status }) => statuses.includes(status)),
    agentId === undefined ? undefined : ({ owner, agents }) => isOneOf(agentId, [owner, ...agents]),
    guestId === undefined ? undefined : ({ guest }) => isOneOf(guestId, [guest]),
    guestName === undefined ? undefined : ({ guest }) => holds(guest?.name ?? '', guestName),
    tags && ((ticket) => ticket.tags.some((tag) => tags.includes(tag))),
    same(filter.channel, ({ channel }) => channel),
    same(filter.score, ({ score }) => score),
    same(filter.solved, ({ solved }) => solved),
    same(filter.unassigned, ({ owner }) => owner === undefined),
    created && (({ createdAtMs }) => isWithin(createdAtMs, created)),
    updated && (({ updatedAtMs }) => isWithin(updatedAtMs, updated)),
  ];
  return tests.filter((test) => test !== undefined);
}

function same<T>(wanted: T | undefined, read: (ticket: Ticket) => T | undefined): Test | undefined {
  return wanted === undefined ? undefined : (ticket) => read(ticket) === wanted;
}

function isOneOf(openId: string, people: readonly (Person | undefined)[]): boolean {
  return people.some((person) => person?.openId === openId);
}

function holds(name: string, part: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
  return plain(name).includes(plain(part));
}

function isWithin(atMs: number | undefined, { fromMs, untilMs }: Span): boolean {
  return atMs !== undefined && atMs >= fromMs && atMs <= untilMs;
}
