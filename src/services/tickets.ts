import type { Conversation, Ticket } from '../domain.ts';

/** A ticket with what was said in it. `conversation` is undefined when it could not be read; the ticket still counts. */
export interface TicketCase {
  readonly ticket: Ticket;
  readonly conversation: Conversation | undefined;
}

export interface Tickets {
  /**
   * Reads a ticket and its messages side by side.
   * @throws FeishuError when the ticket cannot be read: `not_found` and `forbidden` look the same to people.
   */
  get(ticketId: string): Promise<TicketCase>;
}
