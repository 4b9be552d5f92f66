import type { Notification } from '../nouns.ts';
import type { ApiCall, Desk, Handler } from './answers.ts';
import { imRefusal, invalidField, ok, pageOf, queryText, Refusal } from './answers.ts';
import { chatForBot, messageOf } from './messages.ts';

/**
 * Buzzing people about one of the bot's own messages.
 * https://open.feishu.cn/document/server-docs/im-v1/buzz-messages/urgent_app
 */
const buzz =
  (via: Notification['via']): Handler =>
  (call, desk) => {
    const { world } = desk;
    if (queryText(call, 'user_id_type') === undefined)
      throw invalidField('user_id_type', 'user_id_type is required');
    const ids = userIds(call);
    const message = messageOf(world, call.params['messageId']);
    if (message.sender.id !== world.app.appId) throw imRefusal.notOwn();
    const chat = chatForBot(world, message.chatId);
    if (!chat.mayBuzz) throw new Refusal(400, 230052, 'No permission to buzz in this group.');
    const reachable = ids.filter((id) => chat.members.has(id));
    if (reachable.length === 0) throw imRefusal.invalidParam('invalid user ids');
    refuseOverloaded(desk, reachable);
    for (const target of reachable) {
      world.notifications.push({ messageId: message.messageId, target, via, atMs: Math.floor(world.now()) });
    }
    return ok({ invalid_user_id_list: ids.filter((id) => !chat.members.has(id)) });
  };

function userIds(call: ApiCall): string[] {
  const list = call.body.get('user_id_list');
  if (!Array.isArray(list) || list.length === 0 || list.length > 200) {
    throw invalidField('user_id_list', 'user_id_list must hold 1 to 200 ids');
  }
  return list.map(String);
}

function refuseOverloaded({ world }: Desk, ids: readonly string[]): void {
  if (ids.some((id) => (world.people.get(id)?.unreadBuzzCount ?? 0) > 200)) {
    throw new Refusal(400, 230023, 'The number of unread urgent messages exceeds the limit.');
  }
}

export const urgentApp = buzz('urgent_app');
export const urgentSms = buzz('urgent_sms');
export const urgentPhone = buzz('urgent_phone');

/** Own messages of the last seven days. https://open.feishu.cn/document/server-docs/im-v1/message/read_users */
export const readUsers: Handler = (call, { world }) => {
  const message = messageOf(world, call.params['messageId']);
  if (message.sender.id !== world.app.appId) throw imRefusal.notOwn();
  if (world.now() - message.createTimeMs > 7 * 24 * 3_600_000) throw imRefusal.tooOld();
  const { items, hasMore, token } = pageOf(call, message.readers, 100, () => imRefusal.invalidParam('page'));
  return ok({
    items: items.map((openId) => ({
      user_id_type: 'open_id',
      user_id: openId,
      timestamp: String(message.updateTimeMs),
      tenant_key: world.app.tenantKey,
    })),
    has_more: hasMore,
    page_token: token,
  });
};
