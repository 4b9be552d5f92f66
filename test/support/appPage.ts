/** What the pages about the app in the developer console say of events and permissions, made from the code's tables. */

import { type Endpoint, endpoints } from '../../src/feishu/endpoints.ts';
import { eventTypes } from '../../src/feishu/events.ts';

interface EventRow {
  readonly where: 'event' | 'callback';
  readonly needed: boolean;
  readonly for: string;
  readonly zh: string;
}

/** Why each type is subscribed. A type without a reason fails the build of the pages. */
const events: Readonly<Record<string, EventRow>> = {
  'im.message.receive_v1': {
    where: 'event',
    needed: true,
    for: 'messages to the bot',
    zh: '接收发给机器人的消息',
  },
  'im.message.message_read_v1': {
    where: 'event',
    needed: false,
    for: 'escalations: who has read the call',
    zh: '升级：谁已读呼叫',
  },
  'card.action.trigger': { where: 'callback', needed: true, for: 'buttons on cards', zh: '卡片上的按钮' },
  'url.preview.get': {
    where: 'callback',
    needed: false,
    for: 'previews of ticket links',
    zh: '工单链接预览',
  },
  'im.chat.member.bot.added_v1': {
    where: 'event',
    needed: false,
    for: 'greeting a new group',
    zh: '进群时打招呼',
  },
  'im.chat.member.bot.deleted_v1': {
    where: 'event',
    needed: false,
    for: 'forgetting a group that was left',
    zh: '退群后清理记录',
  },
  'helpdesk.ticket.created_v1': { where: 'event', needed: false, for: 'news about tickets', zh: '工单动态' },
  'helpdesk.ticket.updated_v1': {
    where: 'event',
    needed: false,
    for: 'cards that follow their ticket',
    zh: '卡片跟随工单更新',
  },
  'helpdesk.ticket_message.created_v1': {
    where: 'event',
    needed: false,
    for: 'cards that follow the conversation',
    zh: '卡片跟随对话更新',
  },
};

/** Permissions that no call needs, but without which no message comes. */
const receiving = ['im:message.p2p_msg:readonly', 'im:message.group_at_msg:readonly'];

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

export function eventsTable(table: Table, code: (value: string) => string): string {
  return table(
    ['event or callback', 'for', 'needed'],
    eventTypes().map((type) => {
      const row = events[type];
      if (row === undefined) throw new Error(`Say in test/support/appPage.ts why ${type} is subscribed.`);
      return [
        `${code(type)}${row.where === 'callback' ? ' (callback)' : ''}`,
        row.for,
        row.needed ? 'yes' : 'for this feature',
      ];
    }),
  );
}

/** Which permissions to grant: of each group the narrowest, which Feishu's tables name by the longest name. */
export function scopesToGrant(): readonly string[] {
  const groups = Object.values(endpoints).flatMap((row: Endpoint) =>
    row.scopes.length > 0 ? [row.scopes] : [],
  );
  const narrow = (scopes: readonly string[]): string =>
    scopes.find((scope) => scope.endsWith(':readonly')) ??
    scopes.find((scope) => scope === 'im:message:send_as_bot') ??
    scopes.find((scope) => scope === 'im:resource') ??
    scopes[0] ??
    '';
  return [...new Set([...groups.map(narrow), ...receiving])].sort();
}

/** What the console takes under Permissions → Batch import. */
export function scopesFile(): string {
  return `${JSON.stringify({ scopes: { tenant: scopesToGrant(), user: [] } }, undefined, 2)}\n`;
}
