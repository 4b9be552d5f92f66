import type { ChatType, Role } from './controlShapes.ts';
import { chatIdOf, newMessageId, newThreadId, openIdOf, unionIdOf, userIdOf } from './ids.ts';
import type { Chat, Message, Notification, Person, Picture } from './nouns.ts';

/** People, chats, and what is said in them. */

/** Something a person in the chat could see. */
export type Change =
  | { readonly kind: 'message' | 'update'; readonly message: Message }
  | { readonly kind: 'reset' };

interface NewPerson {
  readonly name: string;
  readonly role?: Role;
  readonly openId?: string;
  readonly tenantKey?: string;
  readonly locale?: Person['locale'];
  readonly email?: string;
  readonly mobile?: string;
  readonly department?: string;
  readonly city?: string;
  readonly country?: string;
}

interface NewChat {
  readonly name: string;
  readonly type?: ChatType;
  readonly chatId?: string;
  /** open_ids. */
  readonly members?: readonly string[];
  readonly botIn?: boolean;
}

interface NewMessage {
  readonly chatId: string;
  readonly sender: Message['sender'];
  readonly msgType: string;
  readonly content: string;
  readonly card?: unknown;
  readonly mentions?: Message['mentions'];
  readonly messageId?: string;
  readonly createTimeMs?: number;
  readonly updateTimeMs?: number;
  /** The message that is answered. */
  readonly parent?: Message;
  readonly inThread?: boolean;
}

export function createChats(tenantKey: string, now: () => number) {
  const people = new Map<string, Person>();
  const chats = new Map<string, Chat>();
  const messages = new Map<string, Message>();
  /** What people sent in messages, by `message_id/file_key`. */
  const resources = new Map<string, Picture>();
  const notifications: Notification[] = [];
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };

  function addPerson(input: NewPerson): Person {
    const person = personOf(input, tenantKey);
    people.set(person.openId, person);
    return person;
  }

  function addChat(input: NewChat): Chat {
    const chat = chatOf(input, tenantKey);
    chats.set(chat.chatId, chat);
    return chat;
  }

  return {
    people,
    chats,
    messages,
    resources,
    notifications,
    addPerson,
    addChat,
    tell,
    onChange(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** The direct chat of the bot with a person; made when there is none. */
    directChat: (openId: string): Chat =>
      [...chats.values()].find((chat) => chat.type === 'p2p' && chat.members.has(openId)) ??
      addChat({ name: `p2p:${openId}`, type: 'p2p', members: [openId] }),

    /** Puts a message into its chat, and into its thread. */
    addMessage(input: NewMessage): Message {
      const threadId = threadFor(chats.get(input.chatId), input.parent, input.inThread ?? false);
      const message = messageOf(
        input,
        { threadId, rootId: rootFor(messages, input.parent, threadId) },
        now(),
      );
      messages.set(message.messageId, message);
      tell({ kind: 'message', message });
      return message;
    },

    /** Shows another card in the message's place. */
    replaceCard(message: Message, card: unknown): void {
      message.card = card;
      message.content = JSON.stringify(card);
      message.updated = true;
      message.updateTimeMs = Math.floor(now());
      tell({ kind: 'update', message });
    },

    /** Finds a person by open_id or by name. Throws when there is none. */
    person: (idOrName: string): Person =>
      found(people.get(idOrName) ?? named(people, idOrName), 'person', idOrName),
    /** Finds a chat by chat_id or by name. Throws when there is none. */
    chat: (idOrName: string): Chat => found(chats.get(idOrName) ?? named(chats, idOrName), 'chat', idOrName),
    /** Whom an id of any kind (open_id, union_id, user_id) means. */
    personByAnyId: (id: string): Person | undefined =>
      people.get(id) ?? [...people.values()].find((person) => person.unionId === id || person.userId === id),
  };
}

function personOf(input: NewPerson, ownTenantKey: string): Person {
  const {
    name,
    role = 'guest',
    openId = openIdOf(name),
    tenantKey = ownTenantKey,
    locale = 'zh_cn',
    ...rest
  } = input;
  return { openId, unionId: unionIdOf(name), userId: userIdOf(name), name, role, tenantKey, locale, ...rest };
}

function chatOf(
  { name, type = 'group', chatId = chatIdOf(name), members = [], botIn = true }: NewChat,
  tenantKey: string,
): Chat {
  return {
    chatId,
    name,
    type,
    members: new Set(members),
    botIn,
    threads: true,
    atAll: false,
    botMayPost: true,
    mayBuzz: true,
    dissolved: false,
    tenantKey,
  };
}

/**
 * In topic groups every message belongs to a thread; elsewhere a thread begins with its first reply.
 * https://open.feishu.cn/document/im-v1/message/thread-introduction
 */
function threadFor(
  chat: Chat | undefined,
  parent: Message | undefined,
  inThread: boolean,
): string | undefined {
  if (parent?.threadId !== undefined) return parent.threadId;
  if (chat?.type !== 'topic' && !inThread) return undefined;
  const threadId = newThreadId();
  if (parent !== undefined) parent.threadId = threadId;
  return threadId;
}

/**
 * In a thread the root is the message at its head, also when that one answers another by itself; elsewhere it is the first message of
 * the answers. https://open.feishu.cn/document/im-v1/message/thread-introduction
 */
function rootFor(
  messages: ReadonlyMap<string, Message>,
  parent: Message | undefined,
  threadId: string | undefined,
): string | undefined {
  const root = parent?.rootId === undefined ? undefined : messages.get(parent.rootId);
  if (threadId !== undefined && root?.threadId !== threadId) return parent?.messageId;
  return parent?.rootId ?? parent?.messageId;
}

interface Standing {
  readonly threadId: string | undefined;
  readonly rootId: string | undefined;
}

function messageOf(input: NewMessage, { threadId, rootId }: Standing, nowMs: number): Message {
  const { parent, chatId, msgType, sender, content, card, mentions = [], messageId = newMessageId() } = input;
  const createTimeMs = Math.floor(input.createTimeMs ?? nowMs);
  return {
    messageId,
    chatId,
    ...(parent === undefined || rootId === undefined ? {} : { rootId, parentId: parent.messageId }),
    ...(threadId === undefined ? {} : { threadId }),
    msgType,
    createTimeMs,
    updateTimeMs: Math.floor(input.updateTimeMs ?? createTimeMs),
    recalled: false,
    deleted: false,
    updated: false,
    sender,
    content,
    ...(card === undefined ? {} : { card }),
    mentions,
    reactions: [],
    readers: [],
  };
}

const named = <T extends { name: string }>(map: ReadonlyMap<string, T>, name: string): T | undefined =>
  [...map.values()].find((thing) => thing.name === name);

function found<T>(thing: T | undefined, kind: string, asked: string): T {
  if (thing === undefined) throw new Error(`The sandbox knows no ${kind} "${asked}".`);
  return thing;
}
