import { checkContent } from '../contentRules.ts';
import type { Chat, Message, Notification } from '../nouns.ts';
import { perTarget, sizes } from '../rules.ts';
import type { World } from '../world.ts';
import type { Answer, ApiCall, Desk, Handler } from './answers.ts';
import { bodyText, imRefusal, invalidField, ok, onlyFields, queryText, Refusal } from './answers.ts';

/** Sending, answering, updating and taking back messages. https://open.feishu.cn/document/server-docs/im-v1/message/intro */

/** A message as the API answers it. */
export function messageJson(message: Message, content = message.content): Record<string, unknown> {
  return {
    message_id: message.messageId,
    root_id: message.rootId,
    parent_id: message.parentId,
    thread_id: message.threadId,
    msg_type: message.msgType,
    create_time: String(message.createTimeMs),
    update_time: String(message.updateTimeMs),
    deleted: message.deleted || message.recalled,
    updated: message.updated,
    chat_id: message.chatId,
    sender: {
      id: message.sender.id,
      id_type: message.sender.type === 'app' ? 'app_id' : 'open_id',
      sender_type: message.sender.type,
      tenant_key: message.sender.tenantKey,
    },
    body: message.recalled ? undefined : { content },
    mentions:
      message.mentions.length === 0
        ? undefined
        : message.mentions.map(({ key, id, name, tenantKey }) => ({
            key,
            id,
            id_type: 'open_id',
            name,
            tenant_key: tenantKey,
          })),
  };
}

/** A message by its id, or the refusal that its state calls for. */
export function messageOf(world: World, id: string | undefined): Message {
  if (id === undefined || !/^om_\w+$/.test(id)) {
    throw new Refusal(400, 99992354, 'The request you send is not a valid {message_id} or not exists');
  }
  const message = world.messages.get(id);
  if (message === undefined || message.recalled) throw imRefusal.recalled();
  if (message.deleted) throw imRefusal.deleted();
  return message;
}

/** The chat, when the bot may act in it. */
export function chatForBot(world: World, chatId: string): Chat {
  const chat = world.chats.get(chatId);
  if (chat === undefined) throw new Refusal(400, 230034, 'The receive_id is invalid.');
  if (chat.dissolved) throw imRefusal.dissolved();
  if (!chat.botIn) throw imRefusal.outside();
  return chat;
}

interface Outgoing {
  readonly chat: Chat;
  readonly parent?: Message;
  readonly inThread: boolean;
}

/** Sends once per uuid: a known one answers the message that it made, one under way is refused. */
function send(call: ApiCall, desk: Desk, to: Outgoing): Answer {
  const { world, uuids } = desk;
  if (!world.settings.botOn) throw imRefusal.botOff();
  const uuid = call.body.get('uuid');
  if (uuid !== undefined && (typeof uuid !== 'string' || [...uuid].length > sizes.uuidChars)) {
    throw invalidField('uuid', `the max len is ${sizes.uuidChars}`);
  }
  if (typeof uuid !== 'string' || uuid === '') return sendNow(call, desk, to);
  const known = uuids.look(uuid);
  if (known === 'sending') throw imRefusal.sending();
  const before = known === 'fresh' ? undefined : world.messages.get(known.messageId);
  if (before !== undefined) return ok(messageJson(before), { made: before.messageId, repeated: true });
  const answer = sendNow(call, desk, to);
  if (answer.made !== undefined) uuids.sent(uuid, answer.made);
  uuids.sending(uuid);
  return { ...answer, settled: () => uuids.settled(uuid) };
}

function sendNow(call: ApiCall, desk: Desk, { chat, parent, inThread }: Outgoing): Answer {
  const { world, windows } = desk;
  if (!chat.botMayPost) throw imRefusal.closedToBots();
  if (inThread && !chat.threads) throw imRefusal.noThreads();
  const msgType = bodyText(call, 'msg_type');
  const checked = checkContent(world, chat, msgType, bodyText(call, 'content'));
  if (!windows.take(`chat ${chat.chatId}`, [perTarget.chat]).ok) throw imRefusal.tooFast();
  const message = world.addMessage({
    chatId: chat.chatId,
    sender: { id: world.app.appId, type: 'app', tenantKey: world.app.tenantKey, name: desk.botName },
    msgType,
    content: checked.content,
    ...(checked.card === undefined ? {} : { card: checked.card }),
    mentions: [...checked.mentions],
    ...(parent === undefined ? {} : { parent }),
    inThread,
  });
  notify(world, message, checked.notified, checked.via);
  return ok(messageJson(message), { made: message.messageId });
}

function notify(world: World, message: Message, targets: readonly string[], via: Notification['via']): void {
  for (const target of targets) {
    world.notifications.push({ messageId: message.messageId, target, via, atMs: Math.floor(world.now()) });
  }
}

/** https://open.feishu.cn/document/server-docs/im-v1/message/create */
export const messageCreate: Handler = (call, desk) => {
  onlyFields(call, 'receive_id', 'msg_type', 'content', 'uuid');
  const { world } = desk;
  const id = bodyText(call, 'receive_id');
  const kind = queryText(call, 'receive_id_type');
  if (kind === 'chat_id') return send(call, desk, { chat: chatForBot(world, id), inThread: false });
  if (kind !== 'open_id' && kind !== 'union_id' && kind !== 'user_id' && kind !== 'email') {
    throw invalidField('receive_id_type', 'receive_id_type is required');
  }
  const person =
    kind === 'email' ? [...world.people.values()].find((one) => one.email === id) : world.personByAnyId(id);
  if (person === undefined) throw new Refusal(400, 230034, 'The receive_id is invalid.');
  if (person.resigned === true) throw new Refusal(400, 230029, 'User has resigned.');
  if (person.tenantKey !== world.app.tenantKey) {
    throw new Refusal(400, 230038, 'Cross tenant p2p chat operate forbid.');
  }
  return send(call, desk, { chat: world.directChat(person.openId), inThread: false });
};

/** https://open.feishu.cn/document/server-docs/im-v1/message/reply */
export const messageReply: Handler = (call, desk) => {
  onlyFields(call, 'msg_type', 'content', 'uuid', 'reply_in_thread');
  const inThread = call.body.get('reply_in_thread') ?? false;
  if (typeof inThread !== 'boolean')
    throw invalidField('reply_in_thread', 'reply_in_thread must be a boolean');
  const parent = messageOf(desk.world, call.params['messageId']);
  return send(call, desk, { chat: chatForBot(desk.world, parent.chatId), parent, inThread });
};

/**
 * Replaces the bot's own card: within 14 days, and only when old and new card both say `update_multi: true`.
 * https://open.feishu.cn/document/server-docs/im-v1/message-card/patch
 */
export const messagePatch: Handler = (call, desk) => {
  onlyFields(call, 'content');
  const { world, windows } = desk;
  const message = ownCard(world, call.params['messageId']);
  const checked = checkContent(
    world,
    world.chats.get(message.chatId),
    'interactive',
    bodyText(call, 'content'),
  );
  if (!isShared(message.card) || !isShared(checked.card)) {
    throw imRefusal.invalidParam('update_multi must be true in the card before and after the update');
  }
  if (!windows.take(`card ${message.messageId}`, [perTarget.card]).ok) throw imRefusal.tooFast();
  world.replaceCard(message, checked.card);
  notify(world, message, checked.notified, 'card');
  return { status: 200, json: { code: 0, msg: 'success', data: {} } };
};

function ownCard(world: World, id: string | undefined): Message {
  const message = messageOf(world, id);
  if (message.sender.id !== world.app.appId) throw imRefusal.noRight();
  if (message.msgType !== 'interactive') throw imRefusal.invalidParam('This message is NOT a card');
  if (world.now() - message.createTimeMs > sizes.cardEditableMs) throw imRefusal.tooOld();
  chatForBot(world, message.chatId);
  return message;
}

function isShared(card: unknown): boolean {
  const config = typeof card === 'object' && card !== null && 'config' in card ? card.config : undefined;
  return (
    typeof config === 'object' && config !== null && 'update_multi' in config && config.update_multi === true
  );
}

/** https://open.feishu.cn/document/server-docs/im-v1/message/delete */
export const messageDelete: Handler = (call, { world }) => {
  const message = messageOf(world, call.params['messageId']);
  if (message.sender.id !== world.app.appId) {
    throw new Refusal(400, 230026, 'No permission to recall this message.');
  }
  message.recalled = true;
  world.tell({ kind: 'update', message });
  return ok({});
};
