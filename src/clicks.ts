/** From a click on a button to its work. Rights are those of the person who clicks, not of the one who asked for the card. */

import { z } from 'zod';
import { type Asker, clickDenied, clickUnchecked, type Decision } from './access.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { AccessLevel, Action, Command } from './command.ts';
import type { ClickInbound, Json, Reply, Text, Toast } from './domain.ts';
import { noteRefusal, refuse, replyOf, settled } from './outcome.ts';
import { contextOfClick, type Desk } from './place.ts';
import { say } from './text.ts';

/** Feishu waits 3 s for the answer to a click; rights that are not known by then are said to be unknown. */
const deadlineMs = 2_000;

/** `ok` says that there is work to do. */
export interface CheckedClick {
  readonly ok: boolean;
  readonly toast: Toast;
}

/**
 * Judges a click within 2 s. Never throws, because a click is never delivered again: whatever goes wrong is said in the toast.
 * https://open.feishu.cn/document/feishu-cards/card-callback-communication
 */
export async function checkClick(desk: Desk, inbound: ClickInbound): Promise<CheckedClick> {
  const found = actionOf(desk, inbound.value);
  if (found?.action.prepare(inbound.value) === undefined) return refused('warning', outdated);
  const { command, action } = found;
  const asker = clicker(inbound);
  const decision = await decideInTime(desk, action.access, asker, inbound.chatId);
  if (decision === 'allowed') return { ok: true, toast: { type: 'info', content: action.toast } };
  noteRefusal(desk, { command, level: action.access, decision, asker, chatId: inbound.chatId });
  return decision === 'denied' ? refused('error', clickDenied) : refused('warning', clickUnchecked);
}

/** Does the work of a click. When it fails, its card stays as it is: what people are reading must not vanish. */
export async function runClick(desk: Desk, inbound: ClickInbound): Promise<Reply> {
  const context = await contextOfClick(desk, inbound);
  const found = actionOf(desk, inbound.value);
  const work = found?.action.prepare(inbound.value);
  if (found === undefined || work === undefined)
    return beside({ card: noticeCard({ tone: 'problem', what: outdated }, context.view), tickets: [] });
  const { command, action } = found;
  const asker = clicker(inbound);
  const decision = await desk.access.decide(action.access, asker, inbound.chatId);
  if (decision !== 'allowed') {
    const refusal = { command, level: action.access, decision, asker, chatId: inbound.chatId };
    return beside(refuse(desk, refusal, context));
  }
  const outcome = await settled(() => work(context));
  const reply = replyOf(desk, command, outcome, context.view);
  return outcome.ok ? reply : beside(reply);
}

function beside(reply: Reply): Reply {
  return { ...reply, beside: true };
}

const button = z.object({ action: z.string() });

/** The action that a button's value names, as `<command>.<action>`, when there is one. */
function actionOf(
  { actions, commands }: Desk,
  value: Json,
): { readonly command: Command; readonly action: Action } | undefined {
  const parsed = button.safeParse(value);
  if (!parsed.success || !actions.has(parsed.data.action)) return undefined;
  const [commandName, actionName = ''] = parsed.data.action.split('.');
  const command = commands.find(({ name }) => name === commandName);
  const action = command?.actions[actionName];
  return command && action && { command, action };
}

function clicker({ operator, tenantKey }: ClickInbound): Asker {
  return { openId: operator.openId || undefined, tenantKey: operator.tenantKey, botTenantKey: tenantKey };
}

function refused(type: Toast['type'], content: Text): CheckedClick {
  return { ok: false, toast: { type, content } };
}

async function decideInTime(desk: Desk, level: AccessLevel, who: Asker, chatId: string): Promise<Decision> {
  const decided = new AbortController();
  const late = desk.clock.sleep(deadlineMs, decided.signal).then((): Decision => 'unknown');
  const deciding = desk.access.decide(level, who, chatId).catch((error: unknown): Decision => {
    desk.log.error({ err: error, chatId }, 'rights could not be checked');
    return 'unknown';
  });
  const decision = await Promise.race([deciding, late]);
  decided.abort();
  return decision;
}

const outdated = say(
  '这张卡片已过期，请重新发送指令。',
  'This card is outdated. Please send the command again.',
  'このカードは古くなっています。コマンドをもう一度送信してください。',
);
