/** An event as the queue keeps it: what `accept` stores and `handle` gets back, perhaps from an older version of the bot. */

import { z } from 'zod';
import type { ClickInbound, Json, JsonObject, MessageInbound, TicketInbound } from './domain.ts';
import type { NewJob } from './store/store.ts';

/** The inbound events that are worked on after their acknowledgement. */
export type StoredInbound = MessageInbound | ClickInbound | TicketInbound;

/** A timer that a command has set, when it is due. */
export interface DueTimer {
  readonly kind: 'timer';
  /** `<command>.<timer>` */
  readonly name: string;
  readonly value: Json;
}

/** How long a click's work waits at most for its answer to be written. */
const clickHoldMs = 5_000;

const json: z.ZodType<Json> = z.json();
const text = z.string();
/** JSON has no `undefined`: such a key is absent in storage, and reads as undefined again. */
const maybe = <T extends z.ZodType>(schema: T) => schema.optional().transform((value) => value);

const base = {
  eventId: text,
  appId: text,
  tenantKey: text,
  transport: z.enum(['webhook', 'websocket']),
  receivedAtMs: z.number(),
  createdAtMs: maybe(z.number()),
};
const inChat = { messageId: text, chatId: text };

const message = z.object({
  ...base,
  ...inChat,
  kind: z.literal('message'),
  chatType: z.enum(['p2p', 'group']),
  threadId: maybe(text),
  rootId: maybe(text),
  parentId: maybe(text),
  sender: z.object({ openId: maybe(text), tenantKey: maybe(text), type: z.enum(['user', 'bot', 'unknown']) }),
  edited: z.boolean(),
  text,
  mentions: z.array(z.object({ key: text, openId: maybe(text), name: text })),
});

const click = z.object({
  ...base,
  ...inChat,
  kind: z.literal('click'),
  operator: z.object({ openId: maybe(text), tenantKey: maybe(text) }),
  value: json,
  formValue: maybe(z.record(text, json)),
  option: maybe(text),
});

const ticket = z.object({
  ...base,
  kind: z.literal('ticket'),
  ticketId: text,
  change: z.enum(['created', 'updated', 'message']),
  ticketMessageId: maybe(text),
});

const timer = z.object({ kind: z.literal('timer'), name: text, value: json });

const stored = z.discriminatedUnion('kind', [message, click, ticket, timer]);

/**
 * The job of an event. Its keys make it one of a kind: Feishu repeats an event under the same event id, and a message now and
 * then under another one.
 */
export function jobOf(inbound: StoredInbound): NewJob {
  const event = `event/${inbound.eventId}`;
  return {
    id: inbound.eventId,
    keys: inbound.kind === 'message' ? [event, `message/${inbound.messageId}`] : [event],
    priority: inbound.kind === 'ticket' ? 'card' : 'person',
    payload: withoutUndefined(inbound),
    ...(inbound.kind === 'click' ? { holdMs: clickHoldMs } : {}),
  };
}

/** @returns undefined for a payload that no version of the bot has written */
export function inboundOf(payload: Json): StoredInbound | DueTimer | undefined {
  const parsed = stored.safeParse(payload);
  return parsed.success ? parsed.data : undefined;
}

/** JSON knows no `undefined`; the round trip drops it, and proves that the value is plain JSON. */
function withoutUndefined(inbound: StoredInbound): JsonObject {
  return z.record(text, json).parse(JSON.parse(JSON.stringify(inbound)));
}
