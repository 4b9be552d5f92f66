import { chatIdOf, snowflake } from './ids.ts';
import type {
  Category,
  Faq,
  FieldDefinition,
  Picture,
  Schedule,
  Ticket,
  TicketMessage,
  TicketWire,
} from './nouns.ts';

/** Tickets, answers and agents of the one helpdesk. */

interface NewTicketMessage {
  readonly type: string;
  readonly content: unknown;
  readonly id?: string;
  readonly messageId?: string;
  readonly createdAtMs?: number;
  readonly userName?: string;
  readonly userId?: string;
  readonly avatarUrl?: string;
  readonly pictures?: readonly Picture[];
}

export function createHelpdesk(helpdeskId: string, now: () => number) {
  const tickets = new Map<string, Ticket>();
  const schedules: Schedule[] = [];
  const fields: FieldDefinition[] = [];
  let sequence = 0;

  const nextId = (atMs = now()): string => {
    sequence += 1;
    return snowflake(atMs, sequence);
  };

  return {
    tickets,
    faqs: new Map<string, Faq>(),
    categories: new Map<string, Category>(),
    schedules,
    fields,
    subscriptions: new Set<string>(),

    /** Adds a ticket; what is not given is left out, as Feishu leaves out what it does not have. */
    addTicket(wire: Partial<TicketWire> = {}, extra?: Record<string, unknown>): Ticket {
      const id = wire.ticket_id ?? nextId();
      const ticket: Ticket = {
        wire: { ticket_id: id, helpdesk_id: helpdeskId, ...wire },
        ...(extra === undefined ? {} : { extra }),
        chatId: chatIdOf(`ticket:${id}`),
        messages: [],
      };
      tickets.set(id, ticket);
      return ticket;
    },

    addTicketMessage(ticket: Ticket, input: NewTicketMessage): TicketMessage {
      const createdAtMs = Math.floor(input.createdAtMs ?? now());
      const { id = nextId(createdAtMs), messageId = nextId(createdAtMs), pictures = [], ...rest } = input;
      const message: TicketMessage = { ...rest, id, messageId, createdAtMs, pictures: [...pictures] };
      ticket.messages.push(message);
      return message;
    },

    /** Makes a picture of a ticket answer 401/154404 from now on. */
    deletePicture(ticketId: string, messageId: string, index = 0): void {
      const message = tickets.get(ticketId)?.messages.find((one) => one.id === messageId);
      const picture = message?.pictures[index];
      if (picture === undefined) {
        throw new Error(`Ticket ${ticketId} has no picture ${index} in message ${messageId}.`);
      }
      picture.deleted = true;
    },
  };
}
