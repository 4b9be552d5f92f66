/** An event as the queue keeps it: what `accept` stores and `handle` gets back, perhaps from an older version of the bot. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  ClickInbound,
  Json,
  MembershipInbound,
  MessageInbound,
  ReadInbound,
  TicketInbound,
} from './domain.ts';
import type { NewJob } from './store/store.ts';

/** The inbound events that are worked on after their acknowledgement. */
export type StoredInbound = MessageInbound | ClickInbound | TicketInbound | MembershipInbound | ReadInbound;

/** A timer that a command has set, when it is due. */
export interface DueTimer {
  readonly kind: 'timer';
  /** `<command>.<timer>` */
  readonly name: string;
  readonly value: Json;
}

/** What the bot works on although nobody has asked. */
export type BackgroundCause = TicketInbound | MembershipInbound | ReadInbound | DueTimer;

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

const membership = z.object({
  ...base,
  kind: z.literal('membership'),
  chatId: text,
  change: z.enum(['added', 'removed']),
});

const read = z.object({ ...base, kind: z.literal('read'), readerId: text, messageIds: z.array(text) });

const timer = z.object({ kind: z.literal('timer'), name: text, value: json });

const stored = z.discriminatedUnion('kind', [message, click, ticket, membership, read, timer]);

/** The key that an event has alone. */
export const eventKey = (eventId: string): string => `event/${eventId}`;

/**
 * The job of an event. Its keys make it one of a kind: Feishu repeats an event under the same event id, and a message now and
 * then under another one.
 */
export function jobOf(inbound: StoredInbound): NewJob {
  return {
    id: inbound.eventId,
    keys: [eventKey(inbound.eventId), ...otherKeys(inbound)],
    priority: inbound.kind === 'message' || inbound.kind === 'click' ? 'person' : 'card',
    payload: inbound,
    ...(inbound.kind === 'click' ? { holdMs: clickHoldMs } : {}),
  };
}

/**
 * Other names of the same wish. Feishu repeats a message under several event ids. A person whose finger slips clicks twice: the
 * second click of the same person on the same button is the first one until 3 s have passed, and an own one after 4 s at the latest.
 */
function otherKeys(inbound: StoredInbound): readonly string[] {
  if (inbound.kind === 'message') return [`message/${inbound.messageId}`];
  if (inbound.kind !== 'click') return [];
  const { messageId, operator, value, formValue, option, receivedAtMs } = inbound;
  const wish = JSON.stringify([messageId, operator.openId, value, formValue, option]);
  const name = createHash('sha256').update(wish).digest('hex').slice(0, 32);
  const second = Math.floor(receivedAtMs / 1000);
  return [0, 1, 2, 3].map((later) => `click/${name}/${second + later}`);
}

/** @returns undefined for a payload that no version of the bot has written */
export function inboundOf(payload: Json): StoredInbound | DueTimer | undefined {
  const parsed = stored.safeParse(payload);
  return parsed.success ? parsed.data : undefined;
}
