/** What the pages about the app in the developer console say of events and permissions, made from the code's tables. */

import { type Endpoint, endpoints } from '../../src/feishu/endpoints.ts';
import { eventTypes } from '../../src/feishu/events.ts';

interface EventRow {
  readonly where: 'event' | 'callback';
  readonly needed: boolean;
  readonly for: string;
  /** Of each list any one is needed for Feishu to send it. Each event's own page in Feishu's documentation names them. */
  readonly scopes: readonly (readonly string[])[];
}

const chatMember = ['im:chat.members:bot_access', 'im:chat:readonly', 'im:chat'];
const helpdesk = ['helpdesk:all:readonly', 'helpdesk:all'];

/** Why each type is subscribed. A type without a reason fails the build of the pages. */
const events: Readonly<Record<string, EventRow>> = {
  'im.message.receive_v1': {
    where: 'event',
    needed: true,
    for: 'messages to the bot',
    scopes: [['im:message.p2p_msg:readonly'], ['im:message.group_at_msg:readonly']],
  },
  'im.message.message_read_v1': {
    where: 'event',
    needed: false,
    for: 'escalations: who has read the call',
    scopes: [['im:message:readonly', 'im:message']],
  },
  'card.action.trigger': { where: 'callback', needed: true, for: 'buttons on cards', scopes: [] },
  'url.preview.get': {
    where: 'callback',
    needed: false,
    for: 'previews of ticket links',
    scopes: [],
  },
  'im.chat.member.bot.added_v1': {
    where: 'event',
    needed: false,
    for: 'greeting a new group',
    scopes: [chatMember],
  },
  'im.chat.member.bot.deleted_v1': {
    where: 'event',
    needed: false,
    for: 'forgetting a group that was left',
    scopes: [chatMember],
  },
  'helpdesk.ticket.created_v1': {
    where: 'event',
    needed: false,
    for: 'news about tickets',
    scopes: [helpdesk],
  },
  'helpdesk.ticket.updated_v1': {
    where: 'event',
    needed: false,
    for: 'cards that follow their ticket',
    scopes: [helpdesk],
  },
  'helpdesk.ticket_message.created_v1': {
    where: 'event',
    needed: false,
    for: 'cards that follow the conversation',
    scopes: [helpdesk],
  },
};

/** What events need, event by event: of each list any one. */
export function eventScopeGroups(): readonly (readonly string[])[] {
  return Object.values(events).flatMap(({ scopes }) => scopes);
}

/** Permissions that no call needs, but without which Feishu sends no message and says nothing of groups. */
export const receiving: readonly (readonly [readonly string[], string])[] = [
  [['im:message.p2p_msg:readonly'], 'receiving direct messages'],
  [['im:message.group_at_msg:readonly'], 'receiving messages that mention the bot in groups'],
  [chatMember, 'hearing that the bot joins or leaves a group'],
];

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

export function eventsTable(table: Table, code: (value: string) => string): string {
  const anyOf = (scopes: readonly string[]): string => scopes.map(code).join(' or ');
  return table(
    ['event or callback', 'for', 'needed', 'permission'],
    eventTypes().map((type) => {
      const row = events[type];
      if (row === undefined) throw new Error(`Say in test/support/appPage.ts why ${type} is subscribed.`);
      return [
        `${code(type)}${row.where === 'callback' ? ' (callback)' : ''}`,
        row.for,
        row.needed ? 'yes' : 'for this feature',
        row.scopes.length === 0 ? 'none' : row.scopes.map(anyOf).join(' and '),
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
  // An event's list begins with the narrowest.
  const forEvents = eventScopeGroups().map(([first = '']) => first);
  return [...new Set([...groups.map(narrow), ...forEvents])].sort();
}

/** What the console takes under Permissions → Batch import. */
export function scopesFile(): string {
  return `${JSON.stringify({ scopes: { tenant: scopesToGrant(), user: [] } }, undefined, 2)}\n`;
}
