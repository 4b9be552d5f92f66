/** How an escalation begins: for which ticket, whom to call, and where it stands. */

import { aboutTicket } from '../arguments.ts';
import { calendarIn } from '../calendar.ts';
import { means, type Naming, personIn } from '../cards/escalationWords.ts';
import { isClosed } from '../cards/focus.ts';
import { lineCard } from '../cards/lineCard.ts';
import type { View } from '../cards/view.ts';
import type { Argument, Context, Word } from '../command.ts';
import type { Reply, Text } from '../domain.ts';
import { dutyAt } from '../duty.ts';
import { FeishuError, UserError } from '../errors.ts';
import { currentPerson, type Escalation, isOver } from '../escalationState.ts';
import { say, sentence, text } from '../text.ts';
import { isHidden } from './ticketNews.ts';

/** Whom somebody named, and what for. */
export interface Wanted {
  readonly ticket: string;
  readonly people: readonly { readonly openId: string; readonly name: string | undefined }[];
  readonly skill: string | undefined;
  readonly reason: string;
}

const openId = /^ou_\w{1,64}$/;
/** More are not called one after the other in any useful time. */
const peopleMaxCount = 10;
const reasonMaxCharCount = 200;
/** The latest cards of a ticket, among which is the one in this chat. */
const cardCount = 50;

/** `<id> [@people|skill:…] [reason]`, in any order of people and words. */
export function wanted(): Argument<Wanted> {
  return {
    usage: say(
      '<编号> [@某人|技能:…] [原因]',
      '<id> [@people|skill:…] [reason]',
      '<番号> [@担当者|スキル:…] [理由]',
    ),
    parse(words, place) {
      const people = peopleIn(words);
      const { value: ticket, rest } = aboutTicket().parse(
        words.filter((word) => word.openId === undefined),
        place,
      );
      if (ticket === undefined) throw new UserError(whichTicket, likeThis);
      const skills = rest.flatMap(({ text }) => skillIn(text) ?? []);
      const reason = rest.filter(({ text }) => skillIn(text) === undefined).map(({ text }) => text);
      const said = [...reason.join(' ')].slice(0, reasonMaxCharCount).join('');
      return { value: { ticket, people, skill: skills[0], reason: said }, rest: [] };
    },
  };
}

/** The people who are mentioned, each once, with valid ids alone. */
export function peopleIn(words: readonly Word[]): Wanted['people'] {
  const found = new Map<string, string>();
  for (const { openId: id, text } of words)
    if (id !== undefined && openId.test(id)) found.set(id, text.replace(/^@/u, ''));
  return [...found].slice(0, peopleMaxCount).map(([id, name]) => ({ openId: id, name: name || undefined }));
}

function skillIn(word: string): string | undefined {
  return /^(?:skill|技能|スキル)[:：](.+)$/iu.exec(word)?.[1];
}

/** Begins it, and answers with one line. The rest comes by itself: the first rung is due now. */
export async function start(asked: Wanted, context: Context): Promise<Reply> {
  const { escalations, askerId, view } = context;
  const [latest] = await escalations.ofTicket(asked.ticket);
  if (latest !== undefined && !isOver(latest)) {
    // Work that is done once more after a crash may find its timer not set.
    await escalations.tell(latest, { kind: 'told', upTo: 0, shownSeq: 0 });
    return alreadyOn(latest, view);
  }
  await checkTicket(asked.ticket, context);
  const people = asked.people.filter((one) => one.openId !== context.botOpenId);
  if (people.length === 0 && asked.people.length > 0) throw notTheBot();
  const crew = await crewFor({ ...asked, people }, context);
  if (crew.length === 0) throw new UserError(nobody, nameSomebody);
  const names = await namesOf([{ openId: askerId, name: undefined }, ...crew], context);
  const { escalation, isNew } = await escalations.begin({
    ticket: asked.ticket,
    reason: asked.reason,
    askedBy: askerId,
    people: crew.map((one) => one.openId),
    names,
    place: await placeFor(asked.ticket, context),
  });
  if (!isNew) return alreadyOn(escalation, view);
  return lineAbout(escalation, (naming) => begunLine(escalation, naming, view));
}

/** Whoever is chosen must be able to take it. */
export function notTheBot(): UserError {
  return new UserError(botCannot, choosePerson);
}

/** One line, and the same as plain text for its notification, which draws nobody. */
function lineAbout(state: Escalation, line: (naming: Naming) => Text): Reply {
  return { card: lineCard(line('names'), line('plain')), tickets: [state.ticket] };
}

function begunLine(state: Escalation, naming: Naming, view: View): Text {
  const to = personIn(state, currentPerson(state), naming, view);
  const how = means[state.ladder[0]?.means ?? 'app'];
  const ticket = text.ticket({ id: state.ticket });
  return begun({ ticket, to, how });
}

function alreadyOn(state: Escalation, view: View): Reply {
  const ticket = text.ticket({ id: state.ticket });
  return lineAbout(state, (naming) => {
    const who = personIn(state, state.owner ?? currentPerson(state), naming, view);
    return state.owner === undefined ? going({ ticket, to: who }) : taken({ ticket, by: who });
  });
}

/** @throws UserError when there is none, or nothing is left to do */
async function checkTicket(id: string, { tickets }: Context): Promise<void> {
  try {
    const { ticket } = await tickets.get(id);
    if (isClosed(ticket)) throw new UserError(closed({ ticket: text.ticket({ id }) }));
  } catch (error) {
    if (error instanceof FeishuError && isHidden(error))
      throw new UserError(text.labelled({ label: text.ticket({ id }), value: text.notFound }));
    // The helpdesk does not answer: that is no time to refuse help.
    if (!(error instanceof FeishuError)) throw error;
  }
}

/** Those who were named; else the agents on duty now; else those of the configuration. */
export async function crewFor(
  { people, skill }: Pick<Wanted, 'people' | 'skill'>,
  { agents, escalations, askerId, view }: Context,
): Promise<Wanted['people']> {
  if (people.length > 0) return people;
  const serving = await onDutyNow(skill, { agents, view });
  // Who asks for help is no help, unless there is nobody else.
  const others = serving.filter((one) => one.openId !== askerId);
  const crew = others.length > 0 ? others : serving;
  if (crew.length > 0) return crew.slice(0, peopleMaxCount);
  return escalations.settings.users.slice(0, peopleMaxCount).map((id) => ({ openId: id, name: undefined }));
}

/** By open id, the names by which people were mentioned, else those in the agents' list: forms and settings bring ids alone. */
export async function namesOf(
  people: Wanted['people'],
  { agents }: Pick<Context, 'agents'>,
): Promise<Readonly<Record<string, string>>> {
  const mentioned = people.flatMap(({ openId: id, name }) => (name ? [[id, name] as const] : []));
  const asked = people.filter(({ name }) => !name).map(({ openId: id }) => id);
  if (asked.length === 0) return Object.fromEntries(mentioned);
  try {
    const roster = await agents.roster();
    const listed = roster.agents.flatMap(({ person: { openId: id, name } }) =>
      id !== undefined && name !== '' && asked.includes(id) ? [[id, name] as const] : [],
    );
    return Object.fromEntries([...listed, ...mentioned]);
  } catch (error) {
    if (error instanceof FeishuError) return Object.fromEntries(mentioned);
    throw error;
  }
}

/** Nobody, when the schedules cannot be read: others are called then. */
async function onDutyNow(
  skill: string | undefined,
  { agents, view }: Pick<Context, 'agents' | 'view'>,
): Promise<Wanted['people']> {
  try {
    const roster = await agents.roster();
    const { now } = dutyAt(roster.agents, view.nowMs, calendarIn(view.timeZone), skill);
    return now.flatMap(({ agent: { person } }) =>
      person.openId !== undefined && openId.test(person.openId)
        ? [{ openId: person.openId, name: person.name || undefined }]
        : [],
    );
  } catch (error) {
    if (error instanceof FeishuError) return [];
    throw error;
  }
}

/** The chat for escalations; else this one, under the ticket's card if it has one. */
async function placeFor(
  ticket: string,
  { escalations, postedCards, place }: Context,
): Promise<Escalation['place']> {
  const { chatId } = escalations.settings;
  const chat = chatId === undefined ? place : { chatId, chatType: 'group' as const };
  const cards = await postedCards.ofTicket(ticket, cardCount);
  const root = cards.find(
    (card) => card.chatId === chat.chatId && card.tickets.length === 1 && card.shown !== undefined,
  );
  const where = { chatId: chat.chatId, chatType: chat.chatType };
  return root === undefined ? where : { ...where, rootId: root.messageId };
}

// ---------------------------------------------------------------- sentences

const begun = sentence(
  '{ticket} 已升级，正在用{how}呼叫 {to}',
  '{ticket} is escalated: calling {to} by {how}',
  '{ticket} をエスカレーションしました。{to} を{how}で呼び出し中',
);
const going = sentence(
  '{ticket} 已在升级中，正在呼叫 {to}',
  '{ticket} is escalated already: {to} is being called',
  '{ticket} はエスカレーション済みです。{to} を呼び出し中',
);
const taken = sentence(
  '{ticket} 已在升级中，{by} 已接手',
  '{ticket} is escalated already: {by} has taken it',
  '{ticket} はエスカレーション済みです。{by} が対応中',
);
const closed = sentence(
  '{ticket} 已关闭，无需升级。',
  '{ticket} is closed; there is nothing to escalate.',
  '{ticket} は終了しているため、エスカレーションは不要です。',
);
const botCannot = say(
  '机器人不能接手，无法呼叫它。',
  'The bot cannot take it, so it cannot be called.',
  'ボットは対応できないため、呼び出せません。',
);
const choosePerson = say('请选择一个人。', 'Please choose a person.', '人を選んでください。');
const whichTicket = say(
  '要升级哪个工单？',
  'Which ticket do you want to escalate?',
  'どのチケットをエスカレーションしますか？',
);
const likeThis = say(
  '请写上工单编号，例如：/escalate 123 @某人 原因',
  'Write its number, such as: /escalate 123 @somebody the reason',
  'チケット番号を書いてください（例：/escalate 123 @担当者 理由）。',
);
const nobody = say(
  '现在没有值班人员可以呼叫。',
  'Nobody is on duty who could be called.',
  '呼び出せる当番がいません。',
);
const nameSomebody = say(
  '请在指令里 @ 要呼叫的人，或让管理员设置 ONCALL_USERS。',
  'Mention whom to call in the command, or ask the administrator to set ONCALL_USERS.',
  'コマンドで呼び出す人をメンションするか、管理者に ONCALL_USERS の設定を依頼してください。',
);
