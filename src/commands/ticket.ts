/** `/ticket`: a ticket with its pictures on one card, or two to five tickets in a list. */

import { z } from 'zod';
import { ticketId, ticketRefs } from '../arguments.ts';
import { noticeCard } from '../cards/noticeCard.ts';
import { type TicketListItem, ticketListCard } from '../cards/ticketListCard.ts';
import { unreachableCard } from '../cards/unreachableCard.ts';
import { type Context, defineAction, defineCommand } from '../command.ts';
import type { Reply, Shown, Text } from '../domain.ts';
import { FeishuError, UserError } from '../errors.ts';
import { say, sentence, text } from '../text.ts';
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
  examples: ['/ticket 7012345678901234567', '/ticket 123 456', say('/工单 123', '/t 123', '/t 123')],
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
      async run({ ticket: id }, context) {
        const notice = { tone: 'problem', what: notReached, next: askDirectly({ id }) } as const;
        const otherwise = noticeCard(notice, context.view);
        return { ...(await showTicket(id, alone(context))), toAsker: { otherwise } };
      },
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

const notReached = say(
  '机器人无法给点击“私信给我完整内容”的人发私信，所以什么也没有发送。',
  'The bot may not write to the person who pressed “Show to me”, so nothing was sent.',
  '「自分だけに全文を表示」を押した人にボットから個別メッセージを送れないため、何も送信していません。',
);

const askDirectly = sentence(
  '请打开与机器人的单聊，在那里发送 /ticket {id}。如果找不到机器人，请让管理员把你加入应用的可用范围。',
  'Open a direct chat with the bot and send /ticket {id} there. If you cannot find the bot, ask an administrator to add you to the app’s availability.',
  'ボットとの個別チャットを開き、そこで /ticket {id} を送信してください。ボットが見つからない場合は、アプリの利用範囲に追加するよう管理者に依頼してください。',
);

const checkNumber = say(
  '请检查编号，它必须属于本服务台。',
  'Please check the number: it must belong to this helpdesk.',
  '番号を確認してください。このヘルプデスクのものである必要があります。',
);
