import { newReactionId } from '../ids.ts';
import type { Chat, Message } from '../nouns.ts';
import { perTarget } from '../rules.ts';
import type { World } from '../world.ts';
import type { Handler } from './answers.ts';
import { bodyText, imRefusal, invalidField, ok, pageOf, queryInt, queryText, Refusal } from './answers.ts';
import { chatForBot, messageJson, messageOf } from './messages.ts';
import { simplified } from './simplified.ts';

/** Chats, what was said in them, pins and reactions. */

const badPage = () => imRefusal.invalidParam('invalid page');

function chatOf(world: World, chatId: string | undefined): Chat {
  const chat = world.chats.get(chatId ?? '');
  if (chat === undefined)
    throw new Refusal(400, 232006, 'Your request specifies a chat_id which is invalid.');
  if (!chat.botIn) throw new Refusal(400, 232011, 'Operator can NOT be out of the chat.');
  return chat;
}

/** `group_message_type` is for ordinary groups only; counts are strings. https://open.feishu.cn/document/server-docs/group/chat/get-2 */
export const chat: Handler = (call, { world }) => {
  const one = chatOf(world, call.params['chatId']);
  return ok({
    avatar: '',
    name: one.type === 'p2p' ? undefined : one.name,
    description: '',
    group_message_type: one.type === 'group' ? 'chat' : undefined,
    chat_mode: one.type,
    chat_type: 'private',
    chat_tag: 'inner',
    add_member_permission: 'all_members',
    at_all_permission: one.atAll ? 'all_members' : 'only_owner',
    moderation_permission: one.botMayPost ? 'all_members' : 'only_owner',
    external: false,
    tenant_key: one.tenantKey,
    user_count: String(one.members.size),
    bot_count: '1',
    urgent_setting: one.mayBuzz ? 'all_members' : 'only_owner',
    chat_status: one.dissolved ? 'dissolved' : 'normal',
  });
};

/** Bots are never listed. https://open.feishu.cn/document/server-docs/group/chat-member/get */
export const chatMembers: Handler = (call, { world }) => {
  const members = [...chatOf(world, call.params['chatId']).members];
  const { items, hasMore, token } = pageOf(call, members, 100, badPage);
  return ok({
    items: items.map((openId) => ({
      member_id_type: 'open_id',
      member_id: openId,
      name: world.people.get(openId)?.name ?? '',
      tenant_key: world.people.get(openId)?.tenantKey ?? world.app.tenantKey,
    })),
    page_token: token,
    has_more: hasMore,
    member_total: members.length,
  });
};

/** A list even for one. https://open.feishu.cn/document/server-docs/im-v1/message/get */
export const message: Handler = (call, { world }) => {
  const one = world.messages.get(call.params['messageId'] ?? '');
  if (one?.recalled !== true) messageOf(world, call.params['messageId']);
  if (one === undefined) throw imRefusal.deleted();
  chatForBot(world, one.chatId);
  const raw = queryText(call, 'card_msg_content_type') === 'user_card_content';
  return ok({ items: [shown(one, raw)] });
};

const shown = (one: Message, raw: boolean): Record<string, unknown> =>
  messageJson(one, one.card === undefined || raw ? one.content : JSON.stringify(simplified(one.card)));

/** In a chat only the roots of threads are listed; times are seconds. https://open.feishu.cn/document/server-docs/im-v1/message/list */
export const messages: Handler = (call, { world }) => {
  const kind = queryText(call, 'container_id_type');
  const id = queryText(call, 'container_id');
  if ((kind !== 'chat' && kind !== 'thread') || id === undefined)
    throw imRefusal.invalidParam('invalid container');
  if (kind === 'chat') chatForBot(world, id);
  const range = { min: 0, max: 9_999_999_999, fallback: -1 };
  const startSec = queryInt(call, 'start_time', range, badPage);
  const endSec = queryInt(call, 'end_time', range, badPage);
  const matching = [...world.messages.values()].filter((one) =>
    kind === 'thread'
      ? one.threadId === id
      : one.chatId === id && isTop(one, world) && within(one.createTimeMs, startSec, endSec),
  );
  if (queryText(call, 'sort_type') === 'ByCreateTimeDesc') matching.reverse();
  const { items, hasMore, token } = pageOf(call, matching, 50, badPage);
  return ok({ has_more: hasMore, page_token: token, items: items.map((one) => shown(one, false)) });
};

const isTop = (one: Message, world: World): boolean =>
  one.threadId === undefined ||
  one.rootId === undefined ||
  world.messages.get(one.rootId)?.threadId !== one.threadId;

const within = (atMs: number, startSec: number, endSec: number): boolean =>
  (startSec === -1 || atMs >= startSec * 1_000) && (endSec === -1 || atMs < (endSec + 1) * 1_000);

const pinJson = (one: Message, world: World): Record<string, unknown> => ({
  message_id: one.messageId,
  chat_id: one.chatId,
  operator_id: world.app.appId,
  operator_id_type: 'app_id',
  create_time: String(one.pinnedAtMs),
});

/** https://open.feishu.cn/document/server-docs/im-v1/pin/create */
export const pinCreate: Handler = (call, { world, windows }) => {
  const one = messageOf(world, bodyText(call, 'message_id'));
  chatForBot(world, one.chatId);
  if (!windows.take(`pin ${one.messageId}`, [perTarget.pin]).ok) {
    throw new Refusal(400, 230047, 'Pin/Unpin message trigger message_id limit.');
  }
  one.pinnedAtMs ??= Math.floor(world.now());
  return ok({ pin: pinJson(one, world) });
};

/** https://open.feishu.cn/document/server-docs/im-v1/pin/delete */
export const pinDelete: Handler = (call, { world }) => {
  delete messageOf(world, call.params['messageId']).pinnedAtMs;
  return ok({});
};

/** https://open.feishu.cn/document/server-docs/im-v1/pin/list */
export const pins: Handler = (call, { world }) => {
  const chatId = queryText(call, 'chat_id') ?? '';
  chatForBot(world, chatId);
  const pinned = [...world.messages.values()].filter(
    (one) => one.chatId === chatId && one.pinnedAtMs !== undefined,
  );
  const { items, hasMore, token } = pageOf(call, pinned, 50, badPage);
  return ok({ items: items.map((one) => pinJson(one, world)), has_more: hasMore, page_token: token });
};

/** https://open.feishu.cn/document/server-docs/im-v1/message-reaction/create */
export const reactionCreate: Handler = (call, { world }) => {
  const one = messageOf(world, call.params['messageId']);
  const type = call.body.get('reaction_type');
  const emoji =
    typeof type === 'object' && type !== null && 'emoji_type' in type ? type.emoji_type : undefined;
  if (typeof emoji !== 'string' || emoji === '')
    throw invalidField('reaction_type.emoji_type', 'emoji_type is required');
  const reaction = {
    reactionId: newReactionId(),
    emojiType: emoji,
    by: world.app.appId,
    atMs: Math.floor(world.now()),
  };
  one.reactions.push(reaction);
  world.tell({ kind: 'update', message: one });
  return ok({
    reaction_id: reaction.reactionId,
    operator: { operator_id: world.app.appId, operator_type: 'app' },
    action_time: String(reaction.atMs),
    reaction_type: { emoji_type: emoji },
  });
};

/** https://open.feishu.cn/document/server-docs/im-v1/message-reaction/delete */
export const reactionDelete: Handler = (call, { world }) => {
  const one = messageOf(world, call.params['messageId']);
  const kept = one.reactions.filter((reaction) => reaction.reactionId !== call.params['reactionId']);
  if (kept.length === one.reactions.length) throw new Refusal(400, 231010, 'The reaction does not exist.');
  one.reactions = kept;
  world.tell({ kind: 'update', message: one });
  return ok({});
};
