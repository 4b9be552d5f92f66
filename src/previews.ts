/** Link previews: what somebody's client shows for a link to a ticket. In time or not at all, and only what that person may see. */

import { aboutTicket } from './arguments.ts';
import { preview } from './cards/preview.ts';
import type { JsonObject, PreviewInbound } from './domain.ts';
import { type Desk, viewIn } from './place.ts';

/** Feishu waits 3 s; a preview that comes later than this is none. */
const deadlineMs = 2_500;
const none: JsonObject = {};

/** The answer to one client. Never throws: a link without a preview is still a link. */
export async function answerPreview(desk: Desk, inbound: PreviewInbound): Promise<JsonObject> {
  const done = new AbortController();
  const late = desk.clock.sleep(deadlineMs, done.signal).then(() => none);
  const making = make(desk, inbound).catch((error: unknown) => {
    desk.log.error({ err: error, eventId: inbound.eventId }, 'a preview could not be made');
    return none;
  });
  const answer = await Promise.race([making, late]);
  done.abort();
  return answer;
}

async function make(desk: Desk, inbound: PreviewInbound): Promise<JsonObject> {
  const { url, chatId = '', messageId, operator, tenantKey } = inbound;
  const ticketId = ticketIn(desk, url);
  if (ticketId === undefined) return none;
  const { previews } = desk.services;
  const asker = { openId: operator.openId, tenantKey: operator.tenantKey, botTenantKey: tenantKey };
  // Clients ask by themselves and have no budget, so whoever has no rights costs no call to the helpdesk.
  if ((await desk.access.decide('served', asker, chatId)) !== 'allowed') return none;
  const found = await previews.ticket(ticketId);
  if (found === undefined) return none;
  // While the message is still a draft, it has no id, and its card would be gone with it.
  const isSent = chatId !== '' && messageId !== undefined;
  const withCard = isSent && (await previews.mayHaveCard({ ticketId, chatId, messageId }));
  return preview(found, withCard, viewIn(desk, chatId, 'group'));
}

/** The ticket that a link means, as commands understand links. */
function ticketIn({ ticketHost }: Desk, url: string): string | undefined {
  const place = {
    chatId: '',
    chatType: 'group',
    ticketHere: undefined,
    recentTickets: [],
    ticketHost,
  } as const;
  return aboutTicket().parse([{ text: url, openId: undefined }], place).value;
}
