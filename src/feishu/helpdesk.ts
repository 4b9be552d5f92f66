/** The helpdesk's endpoints as functions that speak in our nouns. */

import { z } from 'zod';
import type { Agent, Faq, Ticket, TicketFilter, TicketMessage } from '../domain.ts';
import type { Priority } from '../store/store.ts';
import type { Admit } from './call.ts';
import type { FeishuClient } from './client.ts';
import { amountOf, field, idOf, listOf, objectOf, wireObject } from './wire.ts';
import { parseAgent } from './wireAgent.ts';
import { parseFaq } from './wireFaq.ts';
import { parseTicketMessage } from './wireMessage.ts';
import { parseTicket } from './wireTicket.ts';
import { type FieldDefinition, parseFieldDefinition } from './wireTicketField.ts';
import { ticketQuery } from './wireTicketQuery.ts';

/** One page of a ticket's messages, in the order in which Feishu lists them, which it does not document. */
export interface MessagesPage {
  readonly messages: readonly TicketMessage[];
  /** How many the whole conversation has, as Feishu says; undefined when it does not. */
  readonly totalCount: number | undefined;
}

/** One page of the ticket list, in the order in which Feishu lists them, which it does not document. */
export interface TicketsPage {
  readonly tickets: readonly Ticket[];
  /** How many match, never more than 10,000; undefined when Feishu does not say. */
  readonly totalCount: number | undefined;
}

/** One page of entries of the knowledge base. */
export interface FaqsPage {
  readonly faqs: readonly Faq[];
  /** For the next page; undefined on the last one. */
  readonly next: string | undefined;
}

interface DownloadOptions {
  /** Default 20 MiB. */
  readonly maxBytes?: number;
  readonly admit?: Admit | undefined;
  readonly priority?: Priority;
}

/** All functions throw FeishuError. A `priority` that is not given is `person`. */
export interface HelpdeskApi {
  /**
   * The ticket, whose custom fields may lack their names (see `nameTicketFields`).
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get
   */
  ticket(ticketId: string, priority?: Priority): Promise<Ticket>;
  /**
   * Tickets that match what the list can filter by (see `ticketQuery`); the rest of `filter` is not looked at.
   * @param page `number` from 1, `sizeCount` at most 200; together no further than the 10,000th ticket
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/list
   */
  ticketsPage(
    filter: TicketFilter,
    page: { readonly number: number; readonly sizeCount: number },
    priority?: Priority,
  ): Promise<TicketsPage>;
  /**
   * @param page from 1
   * @param pageSizeCount at most 200
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/list
   */
  messagesPage(
    ticketId: string,
    page: number,
    pageSizeCount: number,
    priority?: Priority,
  ): Promise<MessagesPage>;
  /**
   * The bytes of a picture in a ticket.
   * @param image `index` only for rich text: an image message refuses it
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/ticket_image
   */
  ticketImage(
    image: { readonly ticketId: string; readonly messageId: string; readonly index: number | undefined },
    options?: DownloadOptions,
  ): Promise<Uint8Array>;
  /**
   * An entry of the knowledge base, also one that was deleted and may be restored.
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/get
   */
  faq(faqId: string): Promise<Faq>;
  /**
   * Entries that Feishu finds for the words, the best first.
   * @param words Chinese too: the client encodes them for the address
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/search
   */
  faqSearch(words: string, pageSizeCount: number): Promise<readonly Faq[]>;
  /**
   * The entries that are online, page by page.
   * @param token from the page before
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/list
   */
  faqsPage(token: string | undefined): Promise<FaqsPage>;
  /** @see https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/faq_image */
  faqImage(faqId: string, imageKey: string, options?: DownloadOptions): Promise<Uint8Array>;
  /**
   * The definitions of all custom fields of tickets; a call for each hundred.
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket_customized_field/list-ticket-customized-fields
   */
  fieldNames(priority?: Priority): Promise<readonly FieldDefinition[]>;
  /**
   * The agents that have one of these states.
   * @param statuses see `agentStatus`
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/agent-function/agent-schedules/list
   */
  agentSchedules(statuses: readonly number[], priority?: Priority): Promise<readonly Agent[]>;
  /**
   * Asks to be told of new tickets, changed tickets and new messages. May be repeated.
   * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/event/subscribe
   */
  subscribeEvents(): Promise<void>;
}

const pictureMaxBytes = 20 * 1_024 * 1_024;
const fieldPageSizeCount = 100;
/** The page shows only the third; the first two are written in the same way. */
const ticketEvents = [
  { type: 'helpdesk.ticket', subtype: 'ticket.created_v1' },
  { type: 'helpdesk.ticket', subtype: 'ticket.updated_v1' },
  { type: 'helpdesk.ticket_message', subtype: 'ticket_message.created_v1' },
];
/** Nobody has more fields than this many pages hold; a server that always says that there is more must not hold us. */
const fieldPagesMaxCount = 10;

const ticketAnswer = z.object({ ticket: wireObject });
const ticketsAnswer = z.object({
  tickets: field((tickets) => listOf(tickets).flatMap(listedTicket)),
  total: field(amountOf),
});
const faqAnswer = z.object({ faq: wireObject.transform(parseFaq).pipe(z.custom<Faq>(objectOf)) });
const faqsAnswer = z.object({
  items: field((items) =>
    listOf(items)
      .map(parseFaq)
      .filter((faq) => faq !== undefined),
  ),
  has_more: field((more) => more === true),
  page_token: field(idOf),
});
const messagesAnswer = z.object({ messages: field(listOf), total: field(amountOf) });
const fieldsAnswer = z.object({
  items: field((items) => listOf(items).map(parseFieldDefinition)),
  has_more: field((more) => more === true),
  next_page_token: field(idOf),
  page_token: field(idOf),
});
const schedulesAnswer = z.object({
  agent_schedules: field((schedules) =>
    listOf(schedules)
      .map(parseAgent)
      .filter((agent) => agent !== undefined),
  ),
});

export function createHelpdeskApi(client: FeishuClient): HelpdeskApi {
  return {
    async ticket(ticketId, priority = 'person') {
      const answer = await client.call({ endpoint: 'ticket', path: { ticketId }, priority }, ticketAnswer);
      return parseTicket(answer.ticket, ticketId);
    },

    async ticketsPage(filter, { number, sizeCount }, priority = 'person') {
      const query = { ...ticketQuery(filter), page: number, page_size: sizeCount };
      const { tickets, total } = await client.call({ endpoint: 'tickets', query, priority }, ticketsAnswer);
      return { tickets, totalCount: total };
    },

    async faq(faqId) {
      return (await client.call({ endpoint: 'faq', path: { faqId } }, faqAnswer)).faq;
    },

    async faqSearch(words, pageSizeCount) {
      const query = { query: words, page_size: pageSizeCount };
      return (await client.call({ endpoint: 'faqSearch', query }, faqsAnswer)).items;
    },

    async faqsPage(token) {
      const query = { status: '1', page_size: 100, ...(token === undefined ? {} : { page_token: token }) };
      const answer = await client.call({ endpoint: 'faqs', query }, faqsAnswer);
      return { faqs: answer.items, next: answer.has_more ? answer.page_token : undefined };
    },

    async messagesPage(ticketId, page, pageSizeCount, priority = 'person') {
      const query = { page, page_size: pageSizeCount };
      const call = { endpoint: 'ticketMessages', path: { ticketId }, query, priority } as const;
      const { messages, total } = await client.call(call, messagesAnswer);
      return { messages: messages.map((wire) => parseTicketMessage(wire, ticketId)), totalCount: total };
    },

    ticketImage(
      { ticketId, messageId, index },
      { maxBytes = pictureMaxBytes, admit, priority = 'person' } = {},
    ) {
      const query = { ticket_id: ticketId, msg_id: messageId, ...(index === undefined ? {} : { index }) };
      return client.download({ endpoint: 'ticketImage', query, priority }, maxBytes, admit);
    },

    faqImage(faqId, imageKey, { maxBytes = pictureMaxBytes, admit, priority = 'person' } = {}) {
      return client.download({ endpoint: 'faqImage', path: { faqId, imageKey }, priority }, maxBytes, admit);
    },

    fieldNames: (priority = 'person') => readFieldNames(client, priority),

    async subscribeEvents() {
      await client.call(
        { endpoint: 'eventsSubscribe', body: { events: ticketEvents }, priority: 'background' },
        z.unknown(),
      );
    },

    async agentSchedules(statuses, priority = 'person') {
      const call = { endpoint: 'agentSchedules', query: { status: statuses }, priority } as const;
      return (await client.call(call, schedulesAnswer)).agent_schedules;
    },
  };
}

/** One that does not say its number cannot be told from the others. */
function listedTicket(wire: unknown): readonly Ticket[] {
  const id = idOf(objectOf(wire)?.['ticket_id']);
  return id === undefined ? [] : [parseTicket(wire, id)];
}

async function readFieldNames(client: FeishuClient, priority: Priority): Promise<readonly FieldDefinition[]> {
  const definitions: FieldDefinition[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (let page = 1; page <= fieldPagesMaxCount; page += 1) {
    const query = { page_size: fieldPageSizeCount, ...(token === undefined ? {} : { page_token: token }) };
    const answer = await client.call({ endpoint: 'customizedFields', query, priority }, fieldsAnswer);
    definitions.push(...answer.items);
    token = answer.next_page_token ?? answer.page_token;
    if (!answer.has_more || token === undefined || seen.has(token)) break;
    seen.add(token);
  }
  return definitions;
}
