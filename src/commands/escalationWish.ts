/** What people want of an escalation, by a button or a command: who may, which one is meant, and what they are told. */

import { lineOf, personIn } from '../cards/escalationWords.ts';
import { lineCard } from '../cards/lineCard.ts';
import type { Context } from '../command.ts';
import type { Reply, Text } from '../domain.ts';
import { UserError } from '../errors.ts';
import type { Answer, Wish } from '../escalation.ts';
import { type Escalation, isOver } from '../escalationState.ts';
import { say, sentence, text } from '../text.ts';
import { draw, showTimer } from './escalationRun.ts';
import { namesOf, notTheBot } from './escalationStart.ts';

type Without<W> = W extends unknown ? Omit<W, 'by'> : never;
/** A wish without its author. */
export type Asked = Without<Wish>;

interface Which {
  readonly ticket: string;
  readonly number: number;
}

const openId = /^ou_\w{1,64}$/;
const reasonMaxCharCount = 200;

/** What somebody typed as a reason: something, and not too much of it. */
export function reasonIn(words: string): string {
  return [...words.trim()].slice(0, reasonMaxCharCount).join('');
}

/** Of a click the card itself is the answer; the thread is told besides. */
export async function clickWish(which: Which, asked: Asked, context: Context): Promise<Reply> {
  const seen = await context.escalations.get(which);
  // Who clicks has the card before them: that there is an escalation is no secret.
  if (seen !== undefined && !(await mayAct(seen, context))) throw new UserError(notYours, handedOnly);
  const { state, answer } = await tell(which, asked, context).finally(() =>
    context.escalations.worked(which, context.askerId),
  );
  if (answer !== 'done' && answer !== 'same') throw notDone(state, answer, context);
  const { chatId, chatType } = context.place;
  const viewIn = (): Context['view'] => context.view;
  const card = await draw(state, { chatId, chatType }, { ...context, viewIn });
  return { card, tickets: [state.ticket], afterwards: () => show(state, {}, context) };
}

/**
 * Of two who press at once the first goes on; the other is told what holds, before anything is done.
 * @returns for the toast; undefined when nothing stands against it, or the work itself has to say so
 */
export async function objectionTo(which: Which, asked: Asked, context: Context): Promise<Text | undefined> {
  const { escalations, askerId, view } = context;
  if (isToBot(asked, context)) return notTheBot().what;
  const seen = await escalations.get(which);
  if (seen === undefined || !(await mayAct(seen, context))) return undefined;
  const first = await escalations.press(which, askerId);
  // Looked at only now: what was worked on before the own press is seen in it.
  const state = (await escalations.get(which)) ?? seen;
  const answer = escalations.foresee(state, { ...asked, by: askerId });
  if (answer === 'taken' || answer === 'over') {
    await escalations.worked(which, askerId);
    return notDone(state, answer, context).what;
  }
  return first === undefined ? undefined : pressedBy({ by: personIn(state, first, 'plain', view) });
}

/** Of a command one line is the answer; in the escalation's own place that line is what the thread is told. */
export async function typedWish(which: Which, asked: Asked, context: Context): Promise<Reply> {
  const { state, answer } = await tell(which, asked, context);
  if (answer !== 'done' && answer !== 'same') throw notDone(state, answer, context);
  const { chatId, ticketHere } = context.place;
  const entry = state.story.findLast(
    (one) => 'by' in one && one.what !== 'read' && one.by === context.askerId,
  );
  const isHere = chatId === state.place.chatId && ticketHere === state.ticket;
  const line = entry === undefined ? done : lineOf(entry, state, isHere ? 'calling' : 'names', context.view);
  const shown = isHere && entry !== undefined ? { entry: entry.n } : {};
  return {
    card: lineCard(line, entry && lineOf(entry, state, 'plain', context.view)),
    tickets: [state.ticket],
    afterwards: () => show(state, shown, context),
  };
}

/** Only once the answer is shown, or an older state could be shown after a newer one. */
async function show(
  state: Escalation,
  shown: Parameters<typeof showTimer>[2],
  { timers, view }: Context,
): Promise<readonly []> {
  await timers.set(showTimer(state, view.nowMs, shown));
  return [];
}

async function tell(
  which: Which,
  asked: Asked,
  context: Context,
): Promise<{ readonly state: Escalation; readonly answer: Answer }> {
  const { escalations, askerId } = context;
  const state = await escalations.get(which);
  if (state === undefined || !(await mayAct(state, context))) throw none(which.ticket);
  if (asked.kind === 'hand' && !openId.test(asked.to)) throw new UserError(toWhom, handLike);
  if (isToBot(asked, context)) throw notTheBot();
  if (asked.kind === 'resolve' && asked.words === '') throw new UserError(howResolved, resolveLike);
  const names = await newNames(state, asked, context);
  const stepped = await escalations.tell(which, { ...asked, by: askerId, names });
  if (stepped === undefined) throw none(which.ticket);
  return stepped;
}

/** Of who acts, and of whom it is handed to. */
async function newNames(state: Escalation, asked: Asked, context: Context): Promise<Escalation['names']> {
  const given = asked.kind === 'hand' ? [{ openId: asked.to, name: asked.name }] : [];
  const people = [{ openId: context.askerId, name: undefined }, ...given];
  return namesOf(
    people.filter(({ openId }) => state.names[openId] === undefined),
    context,
  );
}

function isToBot(asked: Asked, { botOpenId }: Context): boolean {
  return asked.kind === 'hand' && asked.to === botOpenId;
}

/** Whoever is in it, whoever is in the chat for escalations, and whoever is served. */
async function mayAct(state: Escalation, { askerId, place, escalations, may }: Context): Promise<boolean> {
  if (askerId === '') return false;
  const isIn = [...state.people, state.askedBy, state.owner].includes(askerId);
  if (isIn || place.chatId === escalations.settings.chatId) return true;
  return may('served');
}

/**
 * The escalation that a command means: that of the ticket that is named, or of the place, or the only one that goes on in this chat.
 * @throws UserError
 */
export async function whichOne(ticket: string | undefined, context: Context): Promise<Which> {
  const { escalations, place } = context;
  const named = ticket ?? place.ticketHere;
  const candidates = named === undefined ? place.recentTickets : [named];
  const latest = await Promise.all(candidates.map(async (id) => (await escalations.ofTicket(id))[0]));
  const known = latest.filter((state) => state !== undefined);
  const open = known.filter((state) => !isOver(state));
  const [only = named === undefined ? undefined : known[0], ...others] = open;
  if (only === undefined && named !== undefined) throw none(named);
  if (only === undefined || others.length > 0) throw new UserError(whichEscalation, inThread);
  return { ticket: only.ticket, number: only.number };
}

/** Whether there is none, or it is not the asker's to see: people read the same words. */
function none(id: string): UserError {
  return new UserError(noSuch({ ticket: text.ticket({ id }) }), begin);
}

function notDone(state: Escalation, answer: Answer, { view }: Context): UserError {
  const who = personIn(state, state.owner ?? '', 'plain', view);
  if (answer === 'taken') return new UserError(takenBy({ by: who }), handInstead);
  const last = state.story.findLast(({ what }) => what === state.status);
  return new UserError(
    last === undefined ? overAlready : overBy({ how: lineOf(last, state, 'plain', view) }),
  );
}

// ---------------------------------------------------------------- sentences

const done = say('已处理', 'Done', '完了');
const noSuch = sentence(
  '{ticket} 没有正在进行的升级。',
  '{ticket} is not being escalated.',
  '{ticket} のエスカレーションはありません。',
);
const begin = say(
  '用 /escalate 加工单编号发起升级。',
  'Begin one with /escalate and the ticket number.',
  '/escalate とチケット番号で開始できます。',
);
const whichEscalation = say('是哪个升级？', 'Which escalation do you mean?', 'どのエスカレーションですか？');
const inThread = say(
  '请在升级的话题里发送，或在后面写上工单编号。',
  'Send it in the thread of the escalation, or add the ticket number.',
  'エスカレーションのスレッドで送信するか、チケット番号を付けてください。',
);
const notYours = say(
  '你不在这次升级中，无法操作。',
  'You are not in this escalation, so you cannot do this.',
  'このエスカレーションの関係者ではないため、操作できません。',
);
const handedOnly = say(
  '请让其中的人转交给你。',
  'Ask somebody who is in it to hand it over to you.',
  '関係者に引き継ぎを依頼してください。',
);
const takenBy = sentence(
  '晚了一步：{by} 已经接手。',
  'Too late: {by} has taken it.',
  '{by} がすでに対応しています。',
);
const handInstead = say(
  '如需换人，请用“转交”。',
  'If somebody else should have it, hand it over.',
  '担当を替える場合は「引き継ぐ」を使ってください。',
);
const overAlready = say(
  '这次升级已经结束。',
  'This escalation is over.',
  'このエスカレーションは終了しています。',
);
const overBy = sentence(
  '这次升级已经结束：{how}',
  'This escalation is over: {how}',
  'このエスカレーションは終了しています：{how}',
);
const pressedBy = sentence(
  '{by} 刚刚先按了按钮。请看卡片，如仍需要请再按一次。',
  '{by} pressed a button just before you. Look at the card, and press again if it is still needed.',
  '{by} が先にボタンを押しました。カードを確認し、必要ならもう一度押してください。',
);
const toWhom = say('要转交给谁？', 'To whom do you want to hand it over?', '誰に引き継ぎますか？');
const handLike = say(
  '请 @ 一个人，例如：/handover @某人',
  'Mention a person, such as: /handover @somebody',
  '相手をメンションしてください（例：/handover @担当者）。',
);
const howResolved = say(
  '请写明如何解决的。',
  'Please say how it was resolved.',
  '解決内容を書いてください。',
);
const resolveLike = say(
  '例如：/resolve 已重启交换机',
  'Such as: /resolve the switch was restarted',
  '例：/resolve スイッチを再起動',
);
