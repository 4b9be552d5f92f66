import type { CallRecord } from './controlShapes.ts';
import type { Message, Notification } from './nouns.ts';
import type { EndpointName } from './rules.ts';
import { worstWindow } from './windows.ts';
import type { World } from './world.ts';

/** How many calls are kept in full; the times of all are kept. */
const keptCallCount = 50_000;

/** A call that may still be under way. */
export type OpenCall = { -readonly [K in keyof CallRecord]: CallRecord[K] };

/** A message that the bot sent in answer to another. */
export interface SentReply {
  readonly messageId: string;
  readonly msgType: string;
  readonly content: unknown;
  /** The card as it shows now. */
  readonly card: unknown;
  readonly uuid: string | undefined;
  readonly threadId: string | undefined;
  /** How often the card was replaced. */
  readonly updateCount: number;
  readonly atMs: number;
}

/** What the bot did, as the server saw it. */
export interface Ledger {
  calls(sinceSeq?: number): readonly CallRecord[];
  callsTo(endpoint: EndpointName): readonly CallRecord[];
  /** The bot's own messages that answer this one, oldest first. A send repeated with the same `uuid` is one message. */
  repliesTo(messageId: string): readonly SentReply[];
  /** The bot's own messages in a chat, replies too, oldest first. */
  sentTo(chatId: string): readonly SentReply[];
  /** Who was notified: nobody unless a card or message mentions or buzzes. */
  notifications(): readonly Notification[];
  /** Most calls of an endpoint that arrived in any window of this length, refused ones included. */
  worst(query: { endpoint: EndpointName; windowMs: number }): number;
  /** Forgets all calls; messages stay. */
  clear(): void;
}

export interface LedgerBook extends Ledger {
  open(call: Omit<OpenCall, 'seq'>): OpenCall;
  /** To be called once the answer is known. */
  done(call: OpenCall): void;
}

/** Keeps the calls; messages and notifications are the world's. */
export function createLedger(world: World): LedgerBook {
  let calls: OpenCall[] = [];
  const times = new Map<string, number[]>();
  const uuids = new Map<string, string>();
  const patches = new Map<string, number>();
  const byParent = new Map<string, Message[]>();
  const byChat = new Map<string, Message[]>();
  let seq = 0;

  world.onChange((change) => {
    if (change.kind === 'reset') {
      byParent.clear();
      byChat.clear();
    } else if (change.kind === 'message' && change.message.sender.type === 'app') {
      append(byChat, change.message.chatId, change.message);
      if (change.message.parentId !== undefined) append(byParent, change.message.parentId, change.message);
    }
  });

  const sent = (message: Message): SentReply => ({
    messageId: message.messageId,
    msgType: message.msgType,
    content: parsed(message.content),
    card: message.card,
    uuid: uuids.get(message.messageId),
    threadId: message.threadId,
    updateCount: patches.get(message.messageId) ?? 0,
    atMs: message.createTimeMs,
  });

  return {
    open(call) {
      seq += 1;
      const open: OpenCall = { seq, ...call };
      calls.push(open);
      if (calls.length > keptCallCount + 1_000) calls = calls.slice(-keptCallCount);
      append(times, call.endpoint, call.atMs);
      return open;
    },
    done(call) {
      if (call.code !== 0) return;
      const { messageId } = call.params;
      if (call.endpoint === 'messagePatch' && messageId !== undefined) {
        patches.set(messageId, (patches.get(messageId) ?? 0) + 1);
      }
      const uuid = uuidOf(call.body);
      if (call.made !== undefined && call.repeated === undefined && uuid !== undefined)
        uuids.set(call.made, uuid);
    },
    calls: (sinceSeq = 0) => calls.filter((call) => call.seq > sinceSeq),
    callsTo: (endpoint) => calls.filter((call) => call.endpoint === endpoint),
    repliesTo: (messageId) => (byParent.get(messageId) ?? []).map(sent),
    sentTo: (chatId) => (byChat.get(chatId) ?? []).map(sent),
    notifications: () => world.notifications,
    worst: ({ endpoint, windowMs }) => worstWindow(times.get(endpoint) ?? [], windowMs),
    clear() {
      calls = [];
      times.clear();
    },
  };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const uuidOf = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'uuid' in body && typeof body.uuid === 'string'
    ? body.uuid
    : undefined;
