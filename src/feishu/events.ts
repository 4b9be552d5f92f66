/**
 * Turns what Feishu says happened into our own words. Everything that is not understood becomes `unknown`: counted, not processed.
 * https://open.feishu.cn/document/ukTMukTMukTM/uUTNz4SN1MjL1UzM
 */

import { z } from 'zod';
import type {
  ClickInbound,
  Inbound,
  Json,
  MembershipInbound,
  Mention,
  MessageInbound,
  PreviewInbound,
  ReadInbound,
  TicketInbound,
  UnknownInbound,
} from '../domain.ts';
import { isObject, toJson } from './envelope.ts';
import { typedText } from './typedText.ts';

/** Which way an event came, and when (UTC). */
export interface EventMeta {
  readonly transport: Inbound['transport'];
  readonly receivedAtMs: number;
}

type Base = Omit<UnknownInbound, 'kind' | 'type'>;
/** Undefined when the event lacks what its type needs. */
type Reader = (base: Base, event: unknown) => Inbound | undefined;

/**
 * Reads one event or callback. Ids come from the envelope alone: fields of `event` with the same names never replace them.
 *
 * Never throws, whatever the JSON.
 * @returns undefined when there is no usable envelope: no event id of 1–128 characters, no type, no event, or no JSON
 */
export function parseEvent(payload: unknown, meta: EventMeta): Inbound | undefined {
  return readPayload(toJson(payload), meta);
}

/** The same, of what was made a clean copy already. */
export function readPayload(json: Json | undefined, meta: EventMeta): Inbound | undefined {
  const { transport, receivedAtMs } = meta;
  const current = currentEnvelope.safeParse(json);
  if (current.success) {
    const { header, event } = current.data;
    const base: Base = {
      eventId: header.event_id,
      appId: header.app_id,
      tenantKey: header.tenant_key,
      transport,
      receivedAtMs,
      createdAtMs: header.create_time,
    };
    const known = readers.get(header.event_type)?.(base, event);
    return known ?? { ...base, kind: 'unknown', type: header.event_type.slice(0, 128) };
  }
  const old = oldEnvelope.safeParse(json);
  if (!old.success) return undefined;
  const { uuid, ts, type, event } = old.data;
  const { app_id: appId, tenant_key: tenantKey } = event;
  const base: Base = { eventId: uuid, appId, tenantKey, transport, receivedAtMs, createdAtMs: ts };
  return { ...base, kind: 'unknown', type: (event.type ?? type).slice(0, 128) };
}

// ---------------------------------------------------------------- envelope

const id = z.string().min(1).max(256);
/** Absent, empty or of a wrong type: not known. */
const maybeId = id.optional().catch(undefined);
const word = z.string().catch('');

/**
 * Feishu writes moments in seconds, milliseconds or microseconds, as a number or as text, and does not always say which.
 * @returns milliseconds, or undefined for anything that is not a moment
 */
function toMs(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d{1,17}$/.test(value))) return undefined;
  const count = Number(value);
  if (!(count > 0) || count >= 1e17) return undefined;
  if (count < 1e11) return count * 1_000;
  return count < 1e14 ? count : Math.floor(count / 1_000);
}
const anything = z.unknown().optional();
const moment = anything.transform(toMs);

const eventId = z.string().min(1).max(128);

const currentEnvelope = z.object({
  header: z.object({
    event_id: eventId,
    event_type: z.string().min(1),
    app_id: word,
    tenant_key: word,
    create_time: moment,
  }),
  event: z.looseObject({}),
});

const oldEnvelope = z.object({
  schema: z.undefined().optional(),
  header: z.undefined().optional(),
  uuid: eventId,
  type: word,
  // Seconds with a fraction, as text.
  ts: anything.transform((value) =>
    typeof value === 'string' || typeof value === 'number' ? toMs(Math.floor(Number(value))) : undefined,
  ),
  event: z.object({ type: z.string().optional().catch(undefined), app_id: word, tenant_key: word }),
});

// ---------------------------------------------------------------- messages

const messageEvent = z.object({
  sender: z.object({
    sender_id: z.object({ open_id: maybeId }).catch({ open_id: undefined }),
    sender_type: word,
    tenant_key: maybeId,
  }),
  message: z.object({
    message_id: id,
    chat_id: id,
    chat_type: word,
    thread_id: maybeId,
    root_id: maybeId,
    parent_id: maybeId,
    create_time: moment,
    update_time: moment,
    message_type: word,
    content: word,
    // Mostly absent: a default costs less than a failure that is caught.
    mentions: z.array(z.unknown()).default([]).catch([]),
  }),
});

const mentionShape = z.object({
  key: z.string().min(1),
  id: z.object({ open_id: maybeId }).catch({ open_id: undefined }),
  name: word,
});

const senderTypes: ReadonlyMap<string, MessageInbound['sender']['type']> = new Map([
  ['user', 'user'],
  ['bot', 'bot'],
  ['app', 'bot'],
]);

/** https://open.feishu.cn/document/server-docs/im-v1/message/events/receive */
function readMessage(base: Base, event: unknown): MessageInbound | undefined {
  const parsed = messageEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { sender, message } = parsed.data;
  const mentions = message.mentions.flatMap((item): Mention[] => {
    const mention = mentionShape.safeParse(item);
    if (!mention.success) return [];
    return [{ key: mention.data.key, openId: mention.data.id.open_id, name: mention.data.name }];
  });
  const { create_time: sentAtMs, update_time: changedAtMs } = message;
  return {
    kind: 'message',
    messageId: message.message_id,
    chatId: message.chat_id,
    // In doubt a group: there the bot answers only to commands.
    chatType: message.chat_type === 'p2p' ? 'p2p' : 'group',
    threadId: message.thread_id,
    rootId: message.root_id,
    parentId: message.parent_id,
    sender: {
      openId: sender.sender_id.open_id,
      tenantKey: sender.tenant_key,
      type: senderTypes.get(sender.sender_type) ?? 'unknown',
    },
    edited: changedAtMs !== undefined && changedAtMs > (sentAtMs ?? 0),
    text: typedText(message.message_type, message.content, mentions),
    mentions,
    // At the end: to put it first takes 7 µs, a third of the reading, because V8 then adds all that follows one by one.
    ...base,
    // The envelope of a message that is delivered again may be younger than the message.
    createdAtMs: earliest(base.createdAtMs, sentAtMs),
  };
}

function earliest(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined || second === undefined ? (first ?? second) : Math.min(first, second);
}

// ---------------------------------------------------------------- clicks and previews

const operator = z
  .object({ open_id: maybeId, tenant_key: maybeId })
  .catch({ open_id: undefined, tenant_key: undefined })
  .transform(({ open_id: openId, tenant_key: tenantKey }) => ({ openId, tenantKey }));

const clickEvent = z.object({
  operator,
  action: z.object({
    value: anything,
    form_value: anything,
    option: z.string().optional().catch(undefined),
  }),
  context: z.object({ open_message_id: id, open_chat_id: id }),
});

/** https://open.feishu.cn/document/feishu-cards/card-callback-communication */
function readClick(base: Base, event: unknown): ClickInbound | undefined {
  const parsed = clickEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { action, context } = parsed.data;
  const formValue = toJson(action.form_value);
  return {
    ...base,
    kind: 'click',
    operator: parsed.data.operator,
    messageId: context.open_message_id,
    chatId: context.open_chat_id,
    value: toJson(action.value) ?? null,
    formValue: isObject(formValue) ? formValue : undefined,
    option: action.option,
  };
}

const previewEvent = z.object({
  operator,
  context: z.object({ url: z.string().min(1), open_chat_id: maybeId, open_message_id: maybeId }),
});

/** https://open.feishu.cn/document/development-link-preview/pull-link-preview-data-callback-structure */
function readPreview(base: Base, event: unknown): PreviewInbound | undefined {
  const parsed = previewEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { url, open_chat_id: chatId, open_message_id: messageId } = parsed.data.context;
  return { ...base, kind: 'preview', operator: parsed.data.operator, url, chatId, messageId };
}

// ---------------------------------------------------------------- tickets

/** A number has already lost digits above 2^53, so only text counts. */
const longId = z.string().regex(/^\d{1,20}$/);
const ticket = z.object({ ticket_id: longId });
const updatedTicket = z.object({ object: ticket });
const ticketMessage = z.object({ ticket, ticket_message_id: longId.optional() });

const ticketNews = (
  base: Base,
  change: TicketInbound['change'],
  ticketId: string | undefined,
  ticketMessageId?: string,
): TicketInbound | undefined =>
  ticketId === undefined ? undefined : { ...base, kind: 'ticket', ticketId, change, ticketMessageId };

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/events/created */
const readCreated: Reader = (base, event) =>
  ticketNews(base, 'created', ticket.safeParse(event).data?.ticket_id);

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/events/updated */
const readUpdated: Reader = (base, event) =>
  ticketNews(base, 'updated', updatedTicket.safeParse(event).data?.object.ticket_id);

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/events/created */
const readTicketMessage: Reader = (base, event) => {
  const said = ticketMessage.safeParse(event).data;
  return ticketNews(base, 'message', said?.ticket.ticket_id, said?.ticket_message_id);
};

// ---------------------------------------------------------------- groups

const membershipEvent = z.object({ chat_id: id });

/**
 * https://open.feishu.cn/document/server-docs/group/chat-member/event/added
 * https://open.feishu.cn/document/server-docs/group/chat-member/event/deleted
 */
function readMembership(
  base: Base,
  event: unknown,
  change: MembershipInbound['change'],
): MembershipInbound | undefined {
  const chatId = membershipEvent.safeParse(event).data?.chat_id;
  return chatId === undefined ? undefined : { ...base, kind: 'membership', chatId, change };
}

// ---------------------------------------------------------------- what was read

const readEvent = z.object({
  reader: z.object({ reader_id: z.object({ open_id: id }) }),
  message_id_list: z.array(id).max(1_000),
});

/** https://open.feishu.cn/document/server-docs/im-v1/message/events/message_read */
function readRead(base: Base, event: unknown): ReadInbound | undefined {
  const parsed = readEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { reader, message_id_list: messageIds } = parsed.data;
  return { ...base, kind: 'read', readerId: reader.reader_id.open_id, messageIds };
}

// ---------------------------------------------------------------- the types that are read

/** Every type of event and callback that is read. */
export const eventTypes = (): readonly string[] => [...readers.keys()];

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['im.message.receive_v1', readMessage],
  ['im.message.message_read_v1', readRead],
  ['card.action.trigger', readClick],
  ['url.preview.get', readPreview],
  ['im.chat.member.bot.added_v1', (base, event) => readMembership(base, event, 'added')],
  ['im.chat.member.bot.deleted_v1', (base, event) => readMembership(base, event, 'removed')],
  ['helpdesk.ticket.created_v1', readCreated],
  ['helpdesk.ticket.updated_v1', readUpdated],
  ['helpdesk.ticket_message.created_v1', readTicketMessage],
]);
