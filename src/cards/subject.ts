/** What a ticket is about. Tickets have no title, so this is a custom field of that kind, or how the guest began. */

import type { Conversation, Ticket, TicketMessage } from '../domain.ts';
import type { Untrusted } from './untrusted.ts';

/** About 40 Chinese characters. */
const subjectColumnCount = 80;

const latinName = /^(?:(?:ticket|issue|request|problem)[ _-]?)?(?:subject|title)$/i;
const otherName = /(?:主题|主題|标题|標題|件名|タイトル)$/;

/** The subject in one line, or undefined when neither a field nor a word of the guest gives one. */
export function subject(
  ticket: Ticket,
  conversation: Conversation | undefined,
  say: Untrusted,
): string | undefined {
  const field = ticket.fields.find((one) => isSubject(one.name) || isSubject(one.key));
  const words = guestMessages(ticket, conversation).map((message) => message.text);
  for (const candidate of [field?.value ?? '', ...words]) {
    const line = say.line(candidate, subjectColumnCount);
    if (line !== '') return line;
  }
  return undefined;
}

function isSubject(name: string): boolean {
  const plain = name.normalize('NFKC').trim();
  return latinName.test(plain) || otherName.test(plain);
}

/** What the guest wrote, oldest first. When Feishu does not say who the guest is: everyone who is not known to serve. */
function guestMessages(ticket: Ticket, conversation: Conversation | undefined): readonly TicketMessage[] {
  return (conversation?.messages ?? []).filter(fromGuest(ticket));
}

/**
 * How the guest described it: the texts before somebody first answered, or the guest's first text if others began. A bot's answers
 * in between do not end it.
 */
export function description(
  ticket: Ticket,
  conversation: Conversation,
  maxCount: number,
): readonly TicketMessage[] {
  const staffIds = idsOfStaff(ticket);
  const { messages } = conversation;
  const isAnswer = ({ author }: TicketMessage): boolean => staffIds.has(author.openId ?? '');
  const answeredAt = messages.findIndex(isAnswer);
  const before = answeredAt < 0 ? messages : messages.slice(0, answeredAt);
  const hasText = (message: TicketMessage): boolean => message.text.trim() !== '';
  const described = before.filter(fromGuest(ticket)).filter(hasText).slice(0, maxCount);
  return described.length > 0 ? described : guestMessages(ticket, conversation).filter(hasText).slice(0, 1);
}

export function fromGuest(ticket: Ticket): (message: TicketMessage) => boolean {
  const guestId = ticket.guest?.openId;
  if (guestId !== undefined) return ({ author }) => author.openId === guestId;
  const staffIds = idsOfStaff(ticket);
  return ({ author }) => !staffIds.has(author.openId ?? '');
}

/** Those known to serve. A guest who also serves counts as the guest. */
function idsOfStaff({ owner, agents, collaborators, guest }: Ticket): ReadonlySet<string> {
  const ids = [owner, ...agents, ...collaborators].flatMap((person) => person?.openId ?? []);
  return new Set(ids.filter((id) => id !== guest?.openId));
}
