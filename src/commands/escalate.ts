/** `/escalate`: calls people about a ticket, harder and harder, one after the other, until one takes it. */

import { z } from 'zod';
import { ticketId } from '../arguments.ts';
import { escalateFormCard } from '../cards/escalateFormCard.ts';
import { isClosed } from '../cards/focus.ts';
import { type Background, type Context, defineAction, defineCommand, defineTimer } from '../command.ts';
import type { Outgoing, ReadInbound, TicketInbound } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { isOver } from '../escalationState.ts';
import { say } from '../text.ts';
import { proceed, refresh, withPictures } from './escalationRun.ts';
import { crewFor, peopleIn, start, wanted } from './escalationStart.ts';
import { type Asked, clickWish, objectionTo, reasonIn } from './escalationWish.ts';
import { isHidden } from './ticketNews.ts';

const ticket = z.string().regex(ticketId);
const ref = z.object({ ticket, number: z.number().int().min(1) });
/** `open`: the card showed that nobody had taken it. */
const refAsSeen = ref.extend({ open: z.boolean().optional() });
const resolved = ref.extend({ form: z.object({ reason: z.string().catch('') }) });
const handed = refAsSeen.extend({ form: z.object({ person: z.string().catch('') }) });
const snoozeMs = 15 * 60_000;

/** What a button of the escalation's card does: its work, and before that whether somebody else was quicker. */
function wishing<T extends z.infer<typeof ref>>(wish: (value: T) => Asked) {
  return {
    objection: (value: T, context: Context) => objectionTo(value, wish(value), context),
    run: (value: T, context: Context) => clickWish(value, wish(value), context),
  };
}

export const escalate = defineCommand({
  name: 'escalate',
  aliases: ['升级'],
  access: 'served',
  effect: 'changes',
  args: [wanted()],
  summary: say(
    '升级工单，呼叫值班人员',
    'Escalate a ticket: call those on duty',
    'エスカレーション：当番を呼び出す',
  ),
  examples: [
    say(
      '/升级 123 打印机全部离线',
      '/escalate 123 all printers are offline',
      '/escalate 123 プリンターが全台オフライン',
    ),
    say('/升级 123 @某人 VPN 中断', '/escalate 123 @someone VPN is down', '/escalate 123 @誰か VPN が停止'),
    say('/升级 123 skill:网络', '/escalate 123 skill:network', '/escalate 123 skill:ネットワーク'),
  ],
  run: ([asked], context) => start(asked, context),
  actions: {
    open: defineAction({
      toast: say('正在打开…', 'Opening…', '開いています…'),
      access: 'served',
      audited: false,
      value: z.object({ ticket }),
      async run(value, context) {
        const crew = await crewFor({ people: [], skill: undefined }, context);
        const card = escalateFormCard({ ticket: value.ticket, crew }, context.view);
        return { card, tickets: [value.ticket], beside: true };
      },
    }),
    start: defineAction({
      toast: say('正在呼叫…', 'Calling…', '呼び出しています…'),
      access: 'served',
      value: z.object({
        ticket,
        form: z.object({ people: z.array(z.string()).catch([]), reason: z.string().catch('') }),
      }),
      run(value, context) {
        const people = peopleIn(value.form.people.map((openId) => ({ openId, text: '' })));
        return start(
          { ticket: value.ticket, people, skill: undefined, reason: reasonIn(value.form.reason) },
          context,
        );
      },
    }),
    take: defineAction({
      toast: say('正在接手…', 'Taking it…', '引き受けています…'),
      access: 'involved',
      value: ref,
      ...wishing(() => ({ kind: 'take' })),
    }),
    snooze: defineAction({
      toast: say('15 分钟后再叫你', 'Snoozed for 15 min', '15 分後に再通知します'),
      access: 'involved',
      value: ref,
      ...wishing(() => ({ kind: 'snooze', forMs: snoozeMs })),
    }),
    stop: defineAction({
      toast: say('正在停止…', 'Stopping…', '停止しています…'),
      access: 'involved',
      value: refAsSeen,
      ...wishing<z.infer<typeof refAsSeen>>(({ open }) => ({ kind: 'stop', whileOpen: open })),
    }),
    resolve: defineAction({
      toast: say('正在保存…', 'Saving…', '保存しています…'),
      access: 'involved',
      value: resolved,
      ...wishing<z.infer<typeof resolved>>(({ form }) => ({ kind: 'resolve', words: reasonIn(form.reason) })),
    }),
    hand: defineAction({
      toast: say('正在转交…', 'Handing it over…', '引き継いでいます…'),
      access: 'involved',
      value: handed,
      ...wishing<z.infer<typeof handed>>(({ form, open }) => ({
        kind: 'hand',
        to: form.person,
        whileOpen: open,
      })),
    }),
  },
  timers: {
    due: defineTimer({
      value: ref.extend({ seq: z.number() }),
      async run({ seq, ...which }, background) {
        // A tick makes a new generation, whose timer is due at once.
        if (await lookWhoRead(which, background)) return [];
        return proceed(which, { kind: 'due', seq }, background);
      },
    }),
    check: defineTimer({
      value: ref.extend({ call: z.number() }),
      run: ({ call, ...which }, background) => proceed(which, { kind: 'check', call }, background),
    }),
    pictures: defineTimer({
      value: z.object({
        ticket,
        messageId: z.string(),
        chatId: z.string(),
        chatType: z.enum(['p2p', 'group']),
      }),
      run: withPictures,
    }),
    show: defineTimer({
      value: ref.extend({ seq: z.number(), cardId: z.string().nullable(), entry: z.number().nullable() }),
      async run({ seq, cardId, entry, ...which }, background) {
        const state = await background.escalations.get(which);
        const shown = { seq, cardId: cardId ?? undefined, entry: entry ?? undefined };
        return state === undefined ? [] : refresh(state, background, shown);
      },
    }),
  },
  onTicket,
  onRead,
});

type Which = z.infer<typeof ref>;

/** The ticket was closed, perhaps: then nobody is called about it any more. */
async function onTicket(
  { ticketId: id }: TicketInbound,
  background: Background,
): Promise<readonly Outgoing[]> {
  const [latest] = await background.escalations.ofTicket(id);
  if (latest === undefined || isOver(latest)) return [];
  try {
    const { ticket: now } = await background.tickets.get(id, 'card');
    return isClosed(now) ? await proceed(latest, { kind: 'closed' }, background) : [];
  } catch (error) {
    if (error instanceof FeishuError && isHidden(error)) return [];
    throw error;
  }
}

async function onRead(
  { readerId, messageIds }: ReadInbound,
  background: Background,
): Promise<readonly Outgoing[]> {
  const found: Outgoing[] = [];
  for (const messageId of messageIds) {
    const which = await background.escalations.ofCard(messageId);
    if (which !== undefined)
      found.push(...(await proceed(which, { kind: 'read', by: readerId }, background)));
  }
  return found;
}

/** One look for each rung: of messages in a group nobody is told that they were read. @returns whether the tick is new */
async function lookWhoRead(which: Which, { escalations }: Background): Promise<boolean> {
  const state = await escalations.get(which);
  const cardId = state?.place.cardId;
  if (state?.status !== 'calling' || cardId === undefined || state.waitingFor !== undefined) return false;
  const last = state.calls.findLast(({ end }) => end === 'reached' || end === 'uncertain');
  if (last === undefined || last.via === 'direct' || last.readAtMs !== undefined) return false;
  try {
    const readers = await escalations.readers(cardId);
    if (!readers.includes(last.to)) return false;
    const stepped = await escalations.tell(which, { kind: 'read', by: last.to });
    return stepped !== undefined && stepped.state.seq > state.seq;
  } catch (error) {
    // A tick that is missing must not hold up the call.
    if (error instanceof FeishuError) return false;
    throw error;
  }
}
