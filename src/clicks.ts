/** From a click on a button to its work. Rights are those of the person who clicks, not of the one who asked for the card. */

import { z } from 'zod';
import { type Asker, clickDenied, clickUnchecked, type Decision } from './access.ts';
import { ticketId } from './arguments.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { AccessLevel, Action, Command } from './command.ts';
import { type Deed, isKept, keepDeed, ticketOfButton } from './deeds.ts';
import type { ClickInbound, Json, Reply, Text, Toast } from './domain.ts';
import { clickAgain, spend } from './heldBack.ts';
import { noteRefusal, refuse, replyOf, settled } from './outcome.ts';
import { contextOfClick, type Desk, runAction, runWordsMaxCount } from './place.ts';
import { say } from './text.ts';

/** Feishu waits 3 s for the answer to a click; rights that are not known by then are said to be unknown. */
const deadlineMs = 2_000;
/** The storage is near; when it does not answer by then, the click is answered without it. */
const lookUpMs = 400;
/** By then the click is judged, so that there is time to store it. */
const judgedMs = 2_400;

/** `ok` says that there is work to do. */
export interface CheckedClick {
  readonly ok: boolean;
  readonly toast: Toast;
}

/**
 * Judges a click within 2.4 s. Never throws, because a click is never delivered again: whatever goes wrong is said in the toast.
 * https://open.feishu.cn/document/feishu-cards/card-callback-communication
 */
export async function checkClick(desk: Desk, inbound: ClickInbound): Promise<CheckedClick> {
  const beganAtMs = desk.clock.monoMs();
  const found = workOf(desk, inbound) ?? (await refreshInTime(desk, inbound));
  if (found === undefined) return refused('warning', outdated);
  const { command, action, toast } = found;
  const asker = clicker(inbound);
  const isColleague = asker.tenantKey === asker.botTenantKey;
  const verdict = spend(desk, inbound, 'click', isColleague ? asker.openId : undefined);
  if (verdict.kind !== 'within') return refused('warning', clickAgain(verdict));
  const decision = await decideInTime(desk, action.access, asker, inbound.chatId);
  if (decision === 'allowed') {
    const leftMs = Math.max(lookUpMs, judgedMs - (desk.clock.monoMs() - beganAtMs));
    const objection = await inTime(desk, objectionTo(desk, found, inbound), leftMs, undefined);
    return objection === undefined ? { ok: true, toast } : refused('warning', objection);
  }
  const keeping = keepDeed(desk, deedOf(found, inbound, false), true).catch((error: unknown) =>
    desk.log.error({ err: error, eventId: inbound.eventId }, 'a refusal could not be kept'),
  );
  await inTime(desk, keeping, lookUpMs, undefined);
  const { chatId, eventId } = inbound;
  noteRefusal(desk, { command, level: action.access, decision, asker, chatId, eventId });
  return decision === 'denied' ? refused('error', clickDenied) : refused('warning', clickUnchecked);
}

/** Does the work of a click. When it fails, its card stays as it is: what people are reading must not vanish. */
export async function runClick(desk: Desk, inbound: ClickInbound): Promise<Reply> {
  const context = await contextOfClick(desk, inbound);
  const found = workOf(desk, inbound) ?? (await refreshOf(desk, inbound));
  if (found === undefined)
    return beside({ card: noticeCard({ tone: 'problem', what: outdated }, context.view), tickets: [] });
  const { command, action, work } = found;
  const asker = clicker(inbound);
  const decision = await desk.access.decide(action.access, asker, inbound.chatId);
  const allowed = decision === 'allowed';
  await keepDeed(desk, deedOf(found, inbound, allowed), !allowed || isKept(command, action));
  if (!allowed) {
    const { chatId, eventId } = inbound;
    const refusal = { command, level: action.access, decision, asker, chatId, eventId };
    return beside(refuse(desk, refusal, context));
  }
  const outcome = await settled(() => work(context));
  const reply = await replyOf(desk, command, outcome, context.view, inbound);
  return outcome.ok ? reply : beside(reply);
}

function beside(reply: Reply): Reply {
  return { ...reply, beside: true };
}

/** What a click asks for. */
interface Wish {
  /** For the audit: `ticket.refresh`, or a command's name. */
  readonly what: string;
  readonly ticket?: string | undefined;
  readonly command: Command;
  readonly action: Action;
  readonly toast: Toast;
  readonly objection?: ReturnType<NonNullable<Action['objection']>>;
  readonly work: NonNullable<ReturnType<Action['prepare']>>;
}

const button = z.looseObject({ action: z.string() });
/** What a menu carries: each of its choices names an action, and perhaps a page behind a colon. */
const menu = 'menu';

/** The action that a button names, as `<command>.<action>`, when there is one and its value fits. */
function workOf(desk: Desk, { value: carried, formValue, option }: ClickInbound): Wish | undefined {
  const value = withForm(carried, formValue);
  const parsed = button.safeParse(value);
  if (!parsed.success) return undefined;
  const { action } = parsed.data;
  if (action === runAction) return commandToRun(desk, value);
  if (action !== menu) return wishFor(desk, action, value);
  const [name = '', page] = (option ?? '').split(':');
  return wishFor(desk, name, page === undefined ? value : { ...parsed.data, page: Number(page) });
}

/** What was filled in goes to the action as `form`, beside what its button carries. */
function withForm(value: Json, formValue: ClickInbound['formValue']): Json {
  const parsed = button.safeParse(value);
  return formValue === undefined || !parsed.success
    ? value
    : z.json().parse({ ...parsed.data, form: formValue });
}

function wishFor(desk: Desk, name: string, value: Json): Wish | undefined {
  if (!desk.actions.has(name)) return undefined;
  const [commandName, actionName = ''] = name.split('.');
  const command = desk.commands.find((one) => one.name === commandName);
  const action = command?.actions[actionName];
  const work = action?.prepare(value);
  if (command === undefined || action === undefined || work === undefined) return undefined;
  const objection = action.objection?.(value);
  return { what: name, command, action, objection, work, toast: { type: 'info', content: action.toast } };
}

const commandLine = z.object({
  command: z.string(),
  words: z.string().max(runWordsMaxCount).default(''),
  /** The card makes room for the answer, because it only asked. */
  instead: z.boolean().default(false),
});

/** A button that stands for typing a command. The rights that count are those of the command. */
function commandToRun({ commands }: Desk, value: Json): Wish | undefined {
  const parsed = commandLine.safeParse(value);
  if (!parsed.success) return undefined;
  const { words, instead, command: typedName } = parsed.data;
  const command = commands.find(({ name, aliases }) => [name, ...aliases].includes(typedName));
  if (command === undefined) return undefined;
  const typed = words.split(/\s+/u).filter((word) => word !== '');
  const action: Action = {
    toast: running,
    access: command.access,
    prepare: () => async (context) => {
      const given = typed.map((text) => ({ text, openId: undefined }));
      const reply = await command.prepare(given, context.place)(context);
      return instead ? reply : beside(reply);
    },
  };
  const work = action.prepare(value);
  const ticket = typed.find((word) => ticketId.test(word));
  const toast = { type: 'info', content: running } as const;
  return work && { what: command.name, ticket, command, action, work, toast };
}

/** A button that no longer exists, on a card about one ticket, brings that card up to date. */
async function refreshOf(desk: Desk, { messageId }: ClickInbound): Promise<Wish | undefined> {
  const card = await desk.services.postedCards.get(messageId);
  const [ticket, ...others] = card?.tickets ?? [];
  if (ticket === undefined || others.length > 0) return undefined;
  const wish = wishFor(desk, 'ticket.refresh', { action: 'ticket.refresh', ticket });
  return wish && { ...wish, toast: { type: 'warning', content: refreshing } };
}

function deedOf(wish: Wish, { value, operator, chatId, eventId }: ClickInbound, allowed: boolean): Deed {
  const { what, ticket = ticketOfButton(value) } = wish;
  return { what, ticket, openId: operator.openId, chatId, eventId, allowed };
}

function clicker({ operator, tenantKey }: ClickInbound): Asker {
  return { openId: operator.openId || undefined, tenantKey: operator.tenantKey, botTenantKey: tenantKey };
}

function refused(type: Toast['type'], content: Text): CheckedClick {
  return { ok: false, toast: { type, content } };
}

async function decideInTime(desk: Desk, level: AccessLevel, who: Asker, chatId: string): Promise<Decision> {
  const deciding = desk.access.decide(level, who, chatId).catch((error: unknown): Decision => {
    desk.log.error({ err: error, chatId }, 'rights could not be checked');
    return 'unknown';
  });
  return inTime(desk, deciding, deadlineMs, 'unknown');
}

/** Without it the click goes on: its work finds out for itself. */
async function objectionTo(
  desk: Desk,
  { objection }: Wish,
  inbound: ClickInbound,
): Promise<Text | undefined> {
  if (objection === undefined) return undefined;
  try {
    return await objection(await contextOfClick(desk, inbound));
  } catch (error) {
    desk.log.error({ err: error, eventId: inbound.eventId }, 'what stands against a click could not be read');
    return undefined;
  }
}

async function refreshInTime(desk: Desk, inbound: ClickInbound): Promise<Wish | undefined> {
  const looking = refreshOf(desk, inbound).catch((error: unknown) => {
    desk.log.error({ err: error, messageId: inbound.messageId }, 'the card could not be looked up');
    return undefined;
  });
  return inTime(desk, looking, lookUpMs, undefined);
}

async function inTime<T>({ clock }: Desk, work: Promise<T>, forMs: number, otherwise: T): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(forMs, done.signal).then(() => otherwise);
  const result = await Promise.race([work, late]);
  done.abort();
  return result;
}

const outdated = say(
  '这张卡片已过期，请重新发送指令。',
  'This card is outdated. Please send the command again.',
  'このカードは古くなっています。コマンドをもう一度送信してください。',
);

const refreshing = say(
  '这张卡片已过期，正在刷新…',
  'This card is outdated. Refreshing it…',
  'このカードは古くなっています。更新しています…',
);

const running = say('正在处理…', 'Working on it…', '処理しています…');
