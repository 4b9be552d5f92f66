/** `/ticket`: a ticket with its pictures on one card, or two to five tickets in a list. */

import { z } from 'zod';
import { ticketId, ticketRefs } from '../arguments.ts';
import { type TicketListItem, ticketListCard } from '../cards/ticketListCard.ts';
import { unreachableCard } from '../cards/unreachableCard.ts';
import { type Context, defineAction, defineCommand } from '../command.ts';
import type { Reply, Shown, Text } from '../domain.ts';
import { FeishuError, UserError } from '../errors.ts';
import { say, text } from '../text.ts';
import { faceOf, replyWith } from './ticketFaces.ts';
import { end, follow, isHidden, onTicket } from './ticketNews.ts';

/** What the buttons of a ticket carry. */
const button = z.object({ ticket: z.string().regex(ticketId) });
/** A part of a ticket that has pages. */
const page = z.object({ ...button.shape, page: z.number().int().min(1).optional() });

/** More do not fit into a list card that can still be read. */
const maxTicketCount = 5;

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
      // `retry`: from a card that only says that the helpdesk did not answer.
      value: z.object({ ...button.shape, retry: z.boolean().optional() }),
      run: (value, context) => keepingCard(showTicket(value.ticket, context), value.retry),
    }),
    show: defineAction({
      toast: say('正在打开工单…', 'Opening the ticket…', 'チケットを開いています…'),
      access: 'served',
      value: button,
      // Under the list, which stays.
      run: async (value, context) => ({ ...(await showTicket(value.ticket, context)), beside: true }),
    }),
    conversation: defineAction({
      toast: say('正在打开会话…', 'Opening the conversation…', '会話を開いています…'),
      access: 'served',
      value: page,
      run: (value, context) => keepingCard(showFace(value.ticket, 'conversation', context, value.page)),
    }),
    pictures: defineAction({
      toast: say('正在打开图片…', 'Opening the pictures…', '画像を開いています…'),
      access: 'served',
      value: page,
      run: (value, context) => keepingCard(showFace(value.ticket, 'pictures', context, value.page)),
    }),
    reveal: defineAction({
      toast: say(
        '正在私信发送给你…',
        'Sending it to you in our direct chat…',
        'ダイレクトチャットでお送りします…',
      ),
      access: 'served',
      audited: true,
      value: button,
      run: async (value, context) => ({ ...(await showTicket(value.ticket, alone(context))), toAsker: true }),
    }),
  },
  onTicket,
  timers: { follow, end },
});

/** As seen by the asker in the direct chat, where nothing is masked. */
function alone(context: Context): Context {
  const { place, view } = context;
  return { ...context, place: { ...place, chatType: 'p2p' }, view: { ...view, privacy: 'open' } };
}

function showTicket(id: string, context: Context): Promise<Reply> {
  return showFace(id, 'ticket', context);
}

/** When the helpdesk does not answer, what was known last is shown. */
async function showFace(id: string, face: Shown['face'], context: Context, page?: number): Promise<Reply> {
  const { tickets, view, knownTickets } = context;
  try {
    const found = await orNotFound(id, tickets.get(id));
    return await replyWith(faceOf({ ...found, readAtMs: view.nowMs }, face, page), id, context);
  } catch (error) {
    if (!(error instanceof FeishuError) || !isOutage(error)) throw error;
    const [known] = await knownTickets.get([id]);
    const card = unreachableCard({ ticketId: id, known, logId: error.logId }, view);
    // News brings it up to date, as any other card of this ticket.
    const shown = { ...nothingShown, readAtMs: view.nowMs, updatedAtMs: known?.ticket.updatedAtMs };
    return { card, tickets: [id], failed: true, shown };
  }
}

/** What people are reading must not vanish because the helpdesk does not answer. */
async function keepingCard(answering: Promise<Reply>, isRetry = false): Promise<Reply> {
  const reply = await answering;
  return reply.failed === true && !isRetry ? { ...reply, beside: true } : reply;
}

/** What a card shows of a ticket that could not be read: anything would be news. */
const nothingShown = { face: 'ticket', page: 1, messageCount: undefined, digest: '' } as const;

function isOutage({ kind }: FeishuError): boolean {
  return kind === 'passing' || kind === 'rate' || kind === 'in_flight';
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

const notFound = (id: string): Text => text.labelled({ label: text.ticket({ id }), value: text.notFound });

const checkNumber = say(
  '请检查编号，它必须属于本服务台。',
  'Please check the number: it must belong to this helpdesk.',
  '番号を確認してください。このヘルプデスクのものである必要があります。',
);
