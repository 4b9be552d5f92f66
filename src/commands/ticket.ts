/** `/ticket`: a ticket with its pictures on one card, or two to five tickets in a list. */

import { z } from 'zod';
import { ticketId, ticketRefs } from '../arguments.ts';
import { ticketCard } from '../cards/ticketCard.ts';
import { type TicketListItem, ticketListCard } from '../cards/ticketListCard.ts';
import { type Context, defineAction, defineCommand } from '../command.ts';
import type { Conversation, PictureSource, Reply, Text } from '../domain.ts';
import { FeishuError, UserError } from '../errors.ts';
import { say, text } from '../text.ts';

/** What the buttons of a ticket carry. */
const button = z.object({ ticket: z.string().regex(ticketId) });

/** More do not fit into a list card that can still be read. */
const maxTicketCount = 5;
/** A card holds the first ones, in the order of the conversation. */
const maxPictureCount = 40;

export const ticket = defineCommand({
  name: 'ticket',
  aliases: ['t', '工单'],
  access: 'served',
  args: [ticketRefs({ max: maxTicketCount })],
  summary: say('查看工单及其图片', 'Show tickets, with their pictures', 'チケットを画像付きで表示'),
  examples: ['/ticket 7012345678901234567', '/ticket 123 456', '/工单 123'],
  run([ids], context) {
    const [only, ...others] = ids;
    return only !== undefined && others.length === 0 ? showTicket(only, context) : listTickets(ids, context);
  },
  actions: {
    refresh: defineAction({
      toast: say('正在刷新…', 'Refreshing…', '更新しています…'),
      access: 'served',
      value: button,
      run: (value, context) => showTicket(value.ticket, context),
    }),
    show: defineAction({
      toast: say('正在打开工单…', 'Opening the ticket…', 'チケットを開いています…'),
      access: 'served',
      value: button,
      // Under the list, which stays.
      run: async (value, context) => ({ ...(await showTicket(value.ticket, context)), beside: true }),
    }),
  },
});

/** The card goes out as soon as the text is known; pictures that are not known yet come in by updates. */
async function showTicket(id: string, { tickets, images, view }: Context): Promise<Reply> {
  const { ticket, conversation } = await orNotFound(id, tickets.get(id));
  const sources = picturesOf(conversation);
  const known = await images.known(sources);
  const reply: Reply = { card: ticketCard({ ticket, conversation, pictures: known }, view), tickets: [id] };
  if (!known.some(({ state }) => state === 'loading')) return reply;
  return {
    ...reply,
    async *updates() {
      for await (const pictures of images.load(sources))
        yield ticketCard({ ticket, conversation, pictures }, view);
    },
  };
}

function picturesOf(conversation: Conversation | undefined): readonly PictureSource[] {
  return (conversation?.messages ?? []).flatMap(({ pictures }) => pictures).slice(0, maxPictureCount);
}

/** One look-up each, side by side. What fails for one ticket is said in its line. */
async function listTickets(ids: readonly string[], { tickets, view }: Context): Promise<Reply> {
  const items = await Promise.all(ids.map((id) => listItem(id, tickets.get(id))));
  return {
    card: ticketListCard(items, view),
    tickets: ids.filter((_, index) => items[index]?.state === 'found'),
  };
}

/** @throws FeishuError that is about the bot as a whole: an administrator must read it, and every line would repeat it */
async function listItem(id: string, reading: ReturnType<Context['tickets']['get']>): Promise<TicketListItem> {
  try {
    return { state: 'found', ...(await reading) };
  } catch (error) {
    if (!(error instanceof FeishuError) || ['setup', 'scope', 'quota'].includes(error.kind)) throw error;
    return isHidden(error) ? { state: 'missing', id } : { state: 'failed', id, logId: error.logId };
  }
}

async function orNotFound<T>(id: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FeishuError && isHidden(error)) throw new UserError(notFound(id), checkNumber);
    throw error;
  }
}

/** Whether a ticket does not exist or is not ours to see stays our secret. */
function isHidden({ kind }: FeishuError): boolean {
  return kind === 'not_found' || kind === 'forbidden' || kind === 'deleted';
}

const notFound = (id: string): Text => text.labelled({ label: text.ticket({ id }), value: text.notFound });

const checkNumber = say(
  '请检查编号，它必须属于本服务台。',
  'Please check the number: it must belong to this helpdesk.',
  '番号を確認してください。このヘルプデスクのものである必要があります。',
);
