/** Tickets with their conversations, and the names of their custom fields. */

import type { Clock } from '../clock.ts';
import type { Conversation, Ticket } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import type { HelpdeskApi } from '../feishu/helpdesk.ts';
import { nameTicketFields, wantsFieldDefinitions } from '../feishu/wireTicketField.ts';
import type { Log } from '../log.ts';
import type { Priority } from '../store/store.ts';
import { pageSizeCount, readConversation } from './conversation.ts';
import { createFieldDefinitions, type FieldDefinitions } from './fieldDefinitions.ts';

/** A ticket with what was said in it. `conversation` is undefined when it could not be read; the ticket still counts. */
export interface TicketCase {
  readonly ticket: Ticket;
  readonly conversation: Conversation | undefined;
}

export interface Tickets {
  /**
   * Reads a ticket and its messages side by side.
   * @param priority default `person`
   * @throws FeishuError when the ticket cannot be read: `not_found` and `forbidden` look the same to people.
   */
  get(ticketId: string, priority?: Priority): Promise<TicketCase>;
}

export interface TicketsDeps {
  readonly helpdesk: Pick<HelpdeskApi, 'ticket' | 'messagesPage' | 'fieldNames'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads tickets from the helpdesk. Holds nothing but the names of custom fields, for ten minutes. */
export function createTickets({ helpdesk, clock, log }: TicketsDeps): Tickets {
  const definitions = createFieldDefinitions({ helpdesk, clock, log });
  return {
    async get(ticketId, priority = 'person') {
      // Ends the reading of further pages when the ticket turns out not to be ours to read.
      const wanted = new AbortController();
      const conversation = conversationOrNone({ helpdesk, log }, ticketId, priority, wanted.signal);
      // Without this, a conversation that fails after the ticket has failed would be a rejection that nobody looks at.
      conversation.catch(() => undefined);
      try {
        const ticket = await named(await helpdesk.ticket(ticketId, priority), definitions);
        return { ticket, conversation: await conversation };
      } finally {
        // With a reason, because without one an error with its stack is made each time.
        wanted.abort('over');
      }
    },
  };
}

/** @returns undefined, and says so in the log, when Feishu does not let us read it */
async function conversationOrNone(
  { helpdesk, log }: Pick<TicketsDeps, 'helpdesk' | 'log'>,
  ticketId: string,
  priority: Priority,
  wanted: AbortSignal,
): Promise<Conversation | undefined> {
  try {
    return await readConversation((page) => {
      if (wanted.aborted) return Promise.resolve({ messages: [], totalCount: 0 });
      return helpdesk.messagesPage(ticketId, page, pageSizeCount, priority);
    });
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    // A number that is no ticket's was mistyped: nothing is broken.
    const level = error.kind === 'not_found' ? 'debug' : 'warn';
    if (!wanted.aborted) log[level]({ err: error, ticketId }, 'the messages of the ticket cannot be read');
    return undefined;
  }
}

async function named(ticket: Ticket, definitions: FieldDefinitions): Promise<Ticket> {
  return nameTicketFields(ticket, wantsFieldDefinitions(ticket) ? await definitions.get() : []);
}
