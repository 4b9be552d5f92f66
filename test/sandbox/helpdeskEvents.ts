import type { Person, Ticket, TicketMessage, TicketUser } from './nouns.ts';
import type { OutgoingEvent } from './push.ts';
import { ids } from './speak.ts';
import type { World } from './world.ts';

/** The bodies of the events that the helpdesk and chats push. */

function guest(world: World, user: TicketUser | undefined): unknown {
  const person: Person | undefined = world.people.get(user?.id ?? '');
  return { id: person === undefined ? { open_id: user?.id } : ids(world, person), name: user?.name };
}

/** `customized_fields` is documented but never delivered. */
const ticketBody = (world: World, { wire, chatId }: Ticket): Record<string, unknown> => ({
  ticket_id: wire.ticket_id,
  helpdesk_id: wire.helpdesk_id,
  guest: guest(world, wire.guest),
  stage: wire.ticket_type,
  status: wire.status,
  score: wire.score,
  created_at: wire.created_at,
  updated_at: wire.updated_at,
  closed_at: wire.closed_at,
  channel: wire.channel,
  solve: wire.solve,
  chat_id: chatId,
});

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/events/created */
export const ticketCreated = (world: World, ticket: Ticket): OutgoingEvent => ({
  type: 'helpdesk.ticket.created_v1',
  event: ticketBody(world, ticket),
});

/** `old` holds the changed fields only. https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/events/updated */
export const ticketUpdated = (
  world: World,
  ticket: Ticket,
  old: Readonly<Record<string, unknown>>,
): OutgoingEvent => ({
  type: 'helpdesk.ticket.updated_v1',
  event: { object: ticketBody(world, ticket), old_object: old },
});

/** It has an `event_id` of its own. https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/events/created */
export function ticketMessageCreated(world: World, ticket: Ticket, message: TicketMessage): OutgoingEvent {
  const { wire } = ticket;
  const content: unknown =
    typeof message.content === 'string' ? JSON.parse(message.content) : message.content;
  const text = typeof content === 'object' && content !== null && 'content' in content ? content.content : '';
  const person = world.people.get(message.userId ?? '');
  return {
    type: 'helpdesk.ticket_message.created_v1',
    event: {
      ticket_message_id: message.id,
      message_id: message.messageId,
      msg_type: message.type,
      position: String(ticket.messages.indexOf(message) + 1),
      sender_id: person === undefined ? { open_id: message.userId } : ids(world, person),
      sender_type: senderType(message.userId, wire.guest?.id),
      text: typeof text === 'string' ? text : '',
      ticket: {
        ticket_id: wire.ticket_id,
        comments: {},
        ticket_type: wire.ticket_type,
        status: wire.status,
        agent_entry_time: wire.agent_entry_time,
        agent_first_response_time: wire.agent_first_response_time,
        agent_last_response_time: wire.agent_last_response_time,
        agent_owner: wire.agent_owner,
      },
      event_id: crypto.randomUUID(),
      chat_id: message.messageId,
      content,
    },
  };
}

/** 1 bot, 2 guest, 3 agent. */
function senderType(userId: string | undefined, guestId: string | undefined): number {
  if (userId === undefined) return 1;
  return userId === guestId ? 2 : 3;
}

/** https://open.feishu.cn/document/server-docs/group/chat-member/event/added */
export const botAdded = (world: World, chatId: string, operator: Person): OutgoingEvent => ({
  type: 'im.chat.member.bot.added_v1',
  event: {
    chat_id: chatId,
    operator_id: ids(world, operator),
    external: false,
    operator_tenant_key: operator.tenantKey,
    name: world.chats.get(chatId)?.name,
  },
});
