/**
 * What was last read about a ticket, for the time when the helpdesk cannot be reached. Facts only: states, names and times. What people
 * wrote is not kept, not even a subject.
 */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Person, Ticket } from '../domain.ts';
import type { Log } from '../log.ts';
import type { RecordKind, Records } from '../store/store.ts';
import type { TicketCase, Tickets } from './tickets.ts';

/** A ticket without its words, as it was at one moment. */
export interface KnownTicket {
  readonly ticket: Ticket;
  readonly readAtMs: number;
}

export interface KnownTickets {
  remember(ticket: Ticket, readAtMs: number): Promise<void>;
  /** In the order of the ids; undefined for tickets that nobody has asked for in 30 days. */
  get(ticketIds: readonly string[]): Promise<readonly (KnownTicket | undefined)[]>;
}

const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
const moment = maybe(z.number());
const person = z.object({ name: z.string(), department: maybe(z.string()) });

const factsShape = z.object({
  id: z.string(),
  readAtMs: z.number(),
  guest: maybe(person),
  owner: maybe(person),
  stage: z.enum(['bot', 'human', 'unknown']),
  status: z.enum([
    'created',
    'in_progress',
    'queueing',
    'pending',
    'waiting_for_guest',
    'closed_by_bot',
    'closed_by_agent',
    'closed_by_guest',
    'unknown',
  ]),
  channel: z.enum(['open_api', 'qr_code', 'share', 'search', 'other']),
  solved: maybe(z.boolean()),
  createdAtMs: moment,
  updatedAtMs: moment,
  closedAtMs: moment,
  agentEnteredAtMs: moment,
  firstResponseAtMs: moment,
  lastResponseAtMs: moment,
});
type Facts = z.infer<typeof factsShape>;

/** By ticket id. Kept as long as the bot knows which cards show the ticket. */
const facts: RecordKind<Facts> = { name: 'ticket_facts', schema: factsShape, keepMs: 30 * 86_400_000 };

export function createKnownTickets(records: Records): KnownTickets {
  return {
    async remember(ticket, readAtMs) {
      await records.put(facts, ticket.id, factsOf(ticket, readAtMs));
    },
    async get(ticketIds) {
      const found = await records.getMany(facts, ticketIds);
      return found.map((stored) => stored && known(stored.value));
    },
  };
}

/** The same tickets, with each reading remembered. That it cannot be remembered is no reason to fail. */
export function rememberTickets(
  tickets: Tickets,
  deps: { readonly knownTickets: KnownTickets; readonly clock: Pick<Clock, 'nowMs'>; readonly log: Log },
): Tickets {
  return {
    ...tickets,
    async get(ticketId, priority): Promise<TicketCase> {
      const readAtMs = deps.clock.nowMs();
      const found = await tickets.get(ticketId, priority);
      // Not waited for: somebody waits for the ticket.
      void deps.knownTickets.remember(found.ticket, readAtMs).catch((error: unknown) => {
        deps.log.error({ err: error, ticketId }, 'the facts of the ticket could not be kept');
      });
      return found;
    },
  };
}

function factsOf(ticket: Ticket, readAtMs: number): Facts {
  const named = (one: Person | undefined): Facts['owner'] =>
    one && { name: one.name, department: one.department };
  const { id, stage, status, channel, solved, createdAtMs, updatedAtMs, closedAtMs } = ticket;
  const { agentEnteredAtMs, firstResponseAtMs, lastResponseAtMs } = ticket;
  return {
    ...{ id, readAtMs, stage, status, channel, solved, createdAtMs, updatedAtMs, closedAtMs },
    ...{ agentEnteredAtMs, firstResponseAtMs, lastResponseAtMs },
    guest: named(ticket.guest),
    owner: named(ticket.owner),
  };
}

function known({ readAtMs, guest, owner, ...rest }: Facts): KnownTicket {
  const named = (one: Facts['owner']): Person | undefined =>
    one && { openId: undefined, name: one.name, email: undefined, department: one.department };
  return {
    readAtMs,
    ticket: {
      ...rest,
      guest: named(guest),
      owner: named(owner),
      helpdeskId: undefined,
      agents: [],
      collaborators: [],
      closedBy: undefined,
      score: undefined,
      dissatisfaction: undefined,
      comment: undefined,
      agentServiceMin: undefined,
      firstResponseSec: undefined,
      botServiceSec: undefined,
      resolutionSec: undefined,
      processingSec: undefined,
      fields: [],
      tags: [],
    },
  };
}
