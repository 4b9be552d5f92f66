import type { LimitFill, Role, State, StateMessage } from './controlShapes.ts';
import type { Ledger } from './ledger.ts';
import type { Message } from './nouns.ts';
import { rules } from './rules.ts';
import type { Windows } from './windows.ts';
import type { World } from './world.ts';

/** The world as the control interface shows it. */

export function messageView(message: Message): StateMessage {
  const { rootId, parentId, threadId } = message;
  return {
    messageId: message.messageId,
    chatId: message.chatId,
    sender: { id: message.sender.id, type: message.sender.type, name: message.sender.name },
    msgType: message.msgType,
    content: message.recalled ? null : parsed(message.content),
    card: message.recalled ? null : (message.card ?? null),
    ...(rootId === undefined ? {} : { rootId }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(threadId === undefined ? {} : { threadId }),
    createTimeMs: message.createTimeMs,
    updateTimeMs: message.updateTimeMs,
    updated: message.updated,
    deleted: message.deleted || message.recalled,
    mentions: message.mentions.map(({ key, id, name }) => ({ key, id, name })),
    reactions: message.reactions.map(({ reactionId, emojiType, by }) => ({ reactionId, emojiType, by })),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function stateView(world: World, botName: string, webhookUrl: string | undefined): State {
  return {
    bot: { appId: world.app.appId, openId: world.app.botOpenId, name: botName },
    tenantKey: world.app.tenantKey,
    webhookUrl: webhookUrl ?? null,
    nowMs: Math.floor(world.now()),
    people: [...world.people.values()].map(({ openId, name, role, tenantKey, locale, department }) => ({
      openId,
      name,
      role: role satisfies Role,
      tenantKey,
      locale,
      ...(department === undefined ? {} : { department }),
    })),
    chats: [...world.chats.values()].map(({ chatId, name, type, members, botIn }) => ({
      chatId,
      name,
      type,
      members: [...members],
      botIn,
    })),
    messages: [...world.messages.values()].map(messageView).sort((a, b) => a.createTimeMs - b.createTimeMs),
  };
}

export function limitsView(windows: Windows, ledger: Ledger): LimitFill[] {
  const isName = (name: string): name is keyof typeof rules => Object.hasOwn(rules, name);
  return Object.keys(rules)
    .filter(isName)
    .flatMap((endpoint) =>
      rules[endpoint].windows.map((window) => ({
        endpoint,
        max: window.max,
        windowMs: window.windowMs,
        used: windows.used(endpoint, window),
        worst: ledger.worst({ endpoint, windowMs: window.windowMs }),
        refused: windows.refused(endpoint),
      })),
    );
}
