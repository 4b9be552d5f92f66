import type { Picture, Ticket, TicketMessage, TicketWire } from '../nouns.ts';
import type { World } from '../world.ts';
import type { ApiCall, Handler } from './answers.ts';
import { helpdeskRefusal, ok, okBytes, queryInt, queryText } from './answers.ts';

const bad = helpdeskRefusal.badRequest;

/** A ticket as it goes out, with its undocumented extras. */
const ticketJson = (ticket: Ticket): Record<string, unknown> => ({ ...ticket.wire, ...ticket.extra });

/** A ticket id is a number in text; another form is a bad request, an unknown one is not found. */
function ticketOf(id: string | undefined, world: World): Ticket {
  if (id === undefined || !/^\d+$/.test(id)) throw bad();
  const ticket = world.tickets.get(id);
  if (ticket === undefined) throw helpdeskRefusal.notFound();
  return ticket;
}

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get */
export const ticket: Handler = (call, { world }) =>
  ok({ ticket: ticketJson(ticketOf(call.params['ticketId'], world)) });

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/list */
export const tickets: Handler = (call, { world }) => {
  const page = queryInt(call, 'page', { min: 1, max: 10_000, fallback: 1 }, bad);
  const size = queryInt(call, 'page_size', { min: 1, max: 200, fallback: 20 }, bad);
  if (page * size > 10_000) throw bad();
  const wanted = filters(call);
  const matching = [...world.tickets.values()].filter((one) => wanted.every((test) => test(one.wire)));
  return ok({
    total: Math.min(matching.length, 10_000),
    tickets: matching.slice((page - 1) * size, page * size).map(ticketJson),
  });
};

type Test = (wire: TicketWire) => boolean;

function filters(call: ApiCall): Test[] {
  const tests: Test[] = [];
  const text = (name: string, read: (wire: TicketWire) => string | undefined): void => {
    const value = queryText(call, name);
    if (value !== undefined) tests.push((wire) => read(wire) === value);
  };
  const int = (name: string, read: (wire: TicketWire) => number | undefined): void => {
    if (queryText(call, name) === undefined) return;
    const value = queryInt(call, name, { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 }, bad);
    tests.push((wire) => read(wire) === value);
  };
  text('ticket_id', (wire) => wire.ticket_id);
  text('agent_id', (wire) => wire.agent_owner?.id);
  text('closed_by_id', (wire) => wire.closed_by?.id);
  text('guest_id', (wire) => wire.guest?.id);
  text('guest_name', (wire) => wire.guest?.name);
  int('type', (wire) => wire.ticket_type);
  int('channel', (wire) => wire.channel);
  int('solved', (wire) => wire.solve);
  int('score', (wire) => wire.score);
  const statuses = call.query['status_list'];
  if (statuses !== undefined) tests.push((wire) => statuses.includes(String(wire.status)));
  const tags = call.query['tags'];
  if (tags !== undefined) tests.push((wire) => wire.tags?.some((tag) => tags.includes(tag.name)) === true);
  tests.push(...span(call, 'create_time', (wire) => wire.created_at));
  tests.push(...span(call, 'update_time', (wire) => wire.updated_at));
  return tests;
}

/** Both ends or neither, in ms, both included. */
function span(call: ApiCall, name: string, read: (wire: TicketWire) => number | undefined): Test[] {
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: -1 };
  const start = queryInt(call, `${name}_start`, range, bad);
  const end = queryInt(call, `${name}_end`, range, bad);
  if (start === -1 && end === -1) return [];
  if (start === -1 || end === -1 || start > end) throw bad();
  return [(wire) => (read(wire) ?? -1) >= start && (read(wire) ?? -1) <= end];
}

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/list */
export const ticketMessages: Handler = (call, { world }) => {
  const { messages } = ticketOf(call.params['ticketId'], world);
  const page = queryInt(call, 'page', { min: 1, max: 1_000_000, fallback: 1 }, bad);
  const size = queryInt(call, 'page_size', { min: 1, max: 200, fallback: 20 }, bad);
  const range = { min: 0, max: 9_999_999_999, fallback: -1 };
  const startSec = queryInt(call, 'time_start', range, bad);
  const endSec = queryInt(call, 'time_end', range, bad);
  const within = messages.filter(
    ({ createdAtMs }) =>
      (startSec === -1 || createdAtMs >= startSec * 1_000) &&
      (endSec === -1 || createdAtMs < (endSec + 1) * 1_000),
  );
  if (world.settings.ticketMessageOrder === 'newest') within.reverse();
  return ok({
    messages: within.slice((page - 1) * size, page * size).map(messageJson),
    total: within.length,
  });
};

const messageJson = (message: TicketMessage): Record<string, unknown> => ({
  id: message.id,
  message_id: message.messageId,
  message_type: message.type,
  created_at: message.createdAtMs,
  content: typeof message.content === 'string' ? message.content : JSON.stringify(message.content),
  user_name: message.userName,
  avatar_url: message.avatarUrl,
  user_id: message.userId,
});

/**
 * `index` counts the pictures of a post and is wrong for an image message.
 * https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/ticket_image
 */
export const ticketImage: Handler = async (call, { world }) => {
  const messageId = queryText(call, 'msg_id');
  const { messages } = ticketOf(queryText(call, 'ticket_id'), world);
  if (messageId === undefined || !/^\w+$/.test(messageId)) throw bad();
  const kind = world.settings.ticketImageId;
  const message = messages.find(
    ({ id, messageId: chatMessageId }) =>
      (kind !== 'message_id' && id === messageId) || (kind !== 'id' && chatMessageId === messageId),
  );
  if (message === undefined) throw helpdeskRefusal.notFound();
  const index = queryText(call, 'index');
  if (message.type === 'post' ? index === undefined || !/^\d+$/.test(index) : index !== undefined)
    throw bad();
  const picture = message.pictures[Number(index ?? 0)];
  if (picture === undefined) throw bad();
  return pictureAnswer(picture);
};

/** The bytes of a picture, or that it is gone. */
export async function pictureAnswer(picture: Picture) {
  if (picture.deleted) throw helpdeskRefusal.imageDeleted();
  return okBytes(await picture.bytes(), picture.contentType);
}
