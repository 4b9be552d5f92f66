/** The buttons that cards about tickets share. Each is undefined when it would do nothing. */

import type { Conversation, Text, Ticket } from '../domain.ts';
import { say, text } from '../text.ts';
import { type Button, button, overflow } from './controlElements.ts';
import { buttonRow, type Element } from './elements.ts';
import { isClosed, waiting } from './focus.ts';
import type { View } from './view.ts';

/** Posts the ticket's own card. */
export function showButton(ticketId: string, view: View, label = text.button.show): Button | undefined {
  if (!view.actions.has('ticket.show')) return undefined;
  return button(label, { call: { action: 'ticket.show', ticket: ticketId } }, { size: 'small' });
}

/** Opens the ticket's page in the helpdesk. */
export function openButton(ticketId: string, view: View, size?: 'small'): Button | undefined {
  const url = pageOf(ticketId, view);
  if (url === undefined) return undefined;
  return button(text.button.open, { open: url }, size === undefined ? { type: 'primary' } : { size });
}

/** The address of the ticket's page in the helpdesk, when tickets have such. */
export function pageOf(ticketId: string, { ticketUrl }: View): string | undefined {
  return ticketUrl?.replaceAll('{id}', encodeURIComponent(ticketId));
}

// ---------------------------------------------------------------- a row of buttons

/** Something that can be done with a ticket: an action with its page, or a page to open. */
export interface Choice {
  readonly label: Text;
  readonly does: { readonly action: string; readonly page?: number } | { readonly open: string };
}

/** More buttons are no choice any more. */
const inRowMaxCount = 3;

/** What exists of these, the first three as buttons, the rest in a menu. The way into the helpdesk stands out. */
export function choiceRow(ticketId: string, choices: readonly Choice[], view: View): readonly Element[] {
  const all = view.privacy === 'masked' ? [...choices, revealChoice] : choices;
  const found = all.filter(({ does }) => 'open' in does || view.actions.has(does.action));
  if (found.length === 0) return [];
  const rest = found.slice(inRowMaxCount);
  const menu = { action: 'menu', ticket: ticketId };
  return [
    buttonRow([
      ...found.slice(0, inRowMaxCount).map((one) => choiceButton(ticketId, one)),
      ...(rest.length === 0 ? [] : [overflow(menu, rest.map(menuItem))]),
    ]),
  ];
}

function choiceButton(ticketId: string, { label, does }: Choice): Button {
  if ('open' in does) return button(label, does, { type: 'primary' });
  const { action, page } = does;
  return button(label, { call: { action, ticket: ticketId, ...(page === undefined ? {} : { page }) } });
}

/** In a menu all choices share one value, so the page is a part of the choice. */
function menuItem({ label, does }: Choice): Parameters<typeof overflow>[1][number] {
  if ('open' in does) return { text: label, open: does.open };
  const { action, page } = does;
  return { text: label, value: page === undefined ? action : `${action}:${page}` };
}

/** The way into the helpdesk, when tickets have pages there. */
export function openChoice(ticketId: string, view: View): readonly Choice[] {
  const url = pageOf(ticketId, view);
  return url === undefined ? [] : [{ label: text.button.open, does: { open: url } }];
}

export const backChoice: Choice = {
  label: say('返回工单', 'Back to ticket', 'チケットに戻る'),
  does: { action: 'ticket.refresh' },
};

/** What a ticket's own card offers, the most useful in this state first. */
export function ticketChoices(
  ticket: Ticket,
  conversation: Conversation | undefined,
  more: { readonly words: boolean; readonly pictures: boolean },
  view: View,
): readonly Choice[] {
  const refresh: Choice = { label: text.button.refresh, does: { action: 'ticket.refresh' } };
  const read: Choice = { label: label.conversation, does: { action: 'ticket.conversation' } };
  const pictures: Choice = { label: label.pictures, does: { action: 'ticket.pictures' } };
  const escalate: Choice = { label: label.escalate, does: { action: 'escalate.open' } };
  const watch: Choice = { label: label.watch, does: { action: 'watch.start' } };
  const open = openChoice(ticket.id, view);
  const reading = [...(more.words ? [read] : []), ...(more.pictures ? [pictures] : [])];
  if (isClosed(ticket)) return [refresh, ...reading.slice(0, 1), ...open, ...reading.slice(1)];
  const on = waiting(ticket, conversation)?.on;
  // Where somebody waits for us, calling for help comes before the way into the helpdesk.
  const help =
    on === 'agent' || on === 'first_reply' || on === 'reply' ? [escalate, ...open] : [...open, escalate];
  const exists = ({ does }: Choice): boolean => 'open' in does || view.actions.has(does.action);
  const [third = watch, ...others] = help.filter(exists);
  return [refresh, ...reading.slice(0, 1), third, ...reading.slice(1), ...others, watch].filter(
    (one, index, all) => all.indexOf(one) === index,
  );
}

/** Where personal data is masked: the whole card, for the one who asks, where nobody else reads it. */
const revealChoice: Choice = {
  label: say('私信给我完整内容', 'Show to me', '自分だけに全文を表示'),
  does: { action: 'ticket.reveal' },
};

const label = {
  conversation: say('查看会话', 'Conversation', '会話を見る'),
  pictures: say('全部图片', 'All pictures', 'すべての画像'),
  escalate: say('升级', 'Escalate', 'エスカレーション'),
  watch: say('关注', 'Watch', 'ウォッチ'),
} as const;
