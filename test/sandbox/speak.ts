import { isObject } from './cardChecks.ts';
import type { SayInput } from './controlShapes.ts';
import type { Chat, Mention, Message, Person } from './nouns.ts';
import type { OutgoingEvent } from './push.ts';
import type { World } from './world.ts';

/** A person's message, put into the world and told to the bot as im.message.receive_v1. */
export interface Spoken {
  readonly message: Message;
  /** Undefined when the app's permissions do not let this message through. */
  readonly event: OutgoingEvent | undefined;
}

/** https://open.feishu.cn/document/server-docs/im-v1/message/events/receive */
export function speak(world: World, botName: string, input: SayInput): Spoken {
  const chat = world.chat(input.chat);
  const person = world.person(input.person);
  const known = input.messageId === undefined ? undefined : world.messages.get(input.messageId);
  const message = known ?? put(world, botName, input, chat, person);
  if (!mayHear(world, chat, message)) return { message, event: undefined };
  const header = {
    ...(input.eventId === undefined ? {} : { event_id: input.eventId }),
    ...(input.createTimeMs === undefined ? {} : { create_time: String(Math.floor(input.createTimeMs)) }),
  };
  const event = receiveEvent(world, chat, person, message, input);
  return { message, event: { type: 'im.message.receive_v1', event, header } };
}

function put(world: World, botName: string, input: SayInput, chat: Chat, person: Person): Message {
  const mention = input.mentionBot ?? (chat.type === 'p2p' ? 'none' : 'before');
  const { content, mentions, msgType } = compose(world, botName, input, mention);
  const parent = input.replyTo === undefined ? undefined : world.messages.get(input.replyTo);
  return world.addMessage({
    chatId: chat.chatId,
    sender: {
      id: person.openId,
      type: 'user',
      tenantKey: input.tenantKey ?? person.tenantKey,
      name: person.name,
    },
    msgType,
    content,
    mentions,
    ...(input.messageId === undefined ? {} : { messageId: input.messageId }),
    ...(input.createTimeMs === undefined ? {} : { createTimeMs: input.createTimeMs }),
    ...(input.updateTime === undefined ? {} : { updateTimeMs: Number(input.updateTime) }),
    ...(parent === undefined ? {} : { parent }),
    inThread: input.inThread ?? false,
  });
}

type Place = 'before' | 'after' | 'none';

interface Composed {
  readonly content: string;
  readonly mentions: Mention[];
  readonly msgType: string;
}

function compose(world: World, botName: string, input: SayInput, place: Place): Composed {
  const bot: Omit<Mention, 'key'> = {
    id: world.app.botOpenId,
    name: botName,
    tenantKey: world.app.tenantKey,
    isBot: true,
  };
  const mentions: Mention[] = [];
  const mention = (who: Omit<Mention, 'key'>): string => {
    const key = `@_user_${mentions.length + 1}`;
    mentions.push({ key, ...who });
    return key;
  };
  if (input.content !== undefined) {
    if (place !== 'none') mention(bot);
    const content = typeof input.content === 'string' ? input.content : JSON.stringify(input.content);
    return { content, mentions, msgType: input.messageType ?? 'text' };
  }
  const before = place === 'before' ? mention(bot) : undefined;
  if (input.post !== undefined) {
    const after = place === 'after' ? mention(bot) : undefined;
    return {
      content: JSON.stringify(withMention(input.post, botName, before, after)),
      mentions,
      msgType: 'post',
    };
  }
  const text = keyed(input.text ?? '', world, mention);
  const after = place === 'after' ? mention(bot) : undefined;
  const parts = [before, text, after].filter((part) => part !== undefined && part !== '');
  return {
    content: JSON.stringify({ text: parts.join(' ') }),
    mentions,
    msgType: input.messageType ?? 'text',
  };
}

/** Writes `<at user_id="ou_…"></at>` as the keys that events carry. */
const keyed = (text: string, world: World, mention: (who: Omit<Mention, 'key'>) => string): string =>
  text.replace(/<at\s+user_id="([^"]+)"\s*>[^<]*<\/at>/g, (whole: string, id: string) => {
    if (id === 'all') return '@_all';
    const person = world.people.get(id);
    return person === undefined
      ? whole
      : mention({ id: person.openId, name: person.name, tenantKey: person.tenantKey, isBot: false });
  });

function withMention(
  post: unknown,
  botName: string,
  before: string | undefined,
  after: string | undefined,
): unknown {
  if (!isObject(post) || !Array.isArray(post['content'])) return post;
  const lines: unknown[][] = post['content'].map((line: unknown) => (Array.isArray(line) ? [...line] : []));
  const at = (key: string): unknown => ({ tag: 'at', user_id: key, user_name: botName, style: [] });
  if (lines.length === 0) lines.push([]);
  if (before !== undefined) lines[0]?.unshift(at(before), { tag: 'text', text: ' ', style: [] });
  if (after !== undefined) lines.at(-1)?.push({ tag: 'text', text: ' ', style: [] }, at(after));
  return { ...post, content: lines };
}

/** Which messages arrive depends on the app's permissions. */
function mayHear(world: World, chat: Chat, message: Message): boolean {
  if (chat.type === 'p2p') return world.scopes.has('im:message.p2p_msg:readonly');
  if (!chat.botIn) return false;
  if (world.scopes.has('im:message.group_msg')) return true;
  return world.scopes.has('im:message.group_at_msg:readonly') && message.mentions.some(({ isBot }) => isBot);
}

function receiveEvent(world: World, chat: Chat, person: Person, message: Message, input: SayInput): unknown {
  return {
    sender: {
      sender_id: ids(world, person),
      sender_type: input.senderType ?? 'user',
      tenant_key: input.tenantKey ?? person.tenantKey,
    },
    message: {
      message_id: message.messageId,
      root_id: message.rootId,
      parent_id: message.parentId,
      create_time: String(message.createTimeMs),
      update_time: String(message.updateTimeMs),
      chat_id: message.chatId,
      thread_id: message.threadId,
      chat_type: chat.type === 'p2p' ? 'p2p' : 'group',
      message_type: message.msgType,
      content: message.content,
      mentions:
        message.mentions.length === 0
          ? undefined
          : message.mentions.map((mention) => mentionJson(world, mention)),
    },
  };
}

/** `user_id` only with its permission. */
export const ids = (world: World, person: Person): Record<string, string | undefined> => ({
  union_id: person.unionId,
  user_id: world.scopes.has('contact:user.employee_id:readonly') ? person.userId : undefined,
  open_id: person.openId,
});

function mentionJson(world: World, { key, id, name, tenantKey, isBot }: Mention): unknown {
  const person = world.people.get(id);
  return {
    key,
    id: person === undefined ? { union_id: '', open_id: id } : ids(world, person),
    mentioned_type: isBot ? 'bot' : 'user',
    name,
    tenant_key: tenantKey,
  };
}
