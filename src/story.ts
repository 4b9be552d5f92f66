/**
 * One ticket told by rules, so that it can be checked: every line has the time of the message or the field that it comes from. Nothing
 * is guessed: what the messages do not show is not said.
 */

import { description, fromGuest } from './cards/subject.ts';
import type { Conversation, Person, Ticket, TicketMessage } from './domain.ts';
import { isClosed } from './figuresTickets.ts';

export type StoryEvent =
  | {
      readonly kind: 'opened' | 'to_human' | 'first_answer' | 'closed';
      readonly atMs: number;
      readonly who: Person | undefined;
    }
  /** Another agent answers than the one before. */
  | { readonly kind: 'hand_over'; readonly atMs: number; readonly from: Person; readonly who: Person }
  /** The guest spoke then, and nobody answered for so long. `ongoing`: nobody has until now, or until the end. */
  | { readonly kind: 'wait'; readonly atMs: number; readonly waitedMs: number; readonly ongoing: boolean };

export interface Story {
  /** The oldest first. */
  readonly events: readonly StoryEvent[];
  readonly asked: readonly TicketMessage[];
  readonly lastAnswer: TicketMessage | undefined;
  /** Questions of the guest after the last answer. */
  readonly unanswered: readonly TicketMessage[];
  readonly pictured: readonly TicketMessage[];
}

/** A shorter wait is not worth a line. */
const longWaitMs = 3_600_000;
/** So many messages describe what the guest wants. */
const askedMaxCount = 5;

export function storyOf(ticket: Ticket, conversation: Conversation, nowMs: number): Story {
  const { messages } = conversation;
  const isStaff = fromStaff(ticket);
  const isGuest = fromGuest(ticket);
  const asked = description(ticket, conversation, askedMaxCount);
  const lastAnswerAt = messages.findLastIndex((one) => isStaff(one) && one.text.trim() !== '');
  const later = lastAnswerAt < 0 ? [] : messages.slice(lastAnswerAt + 1);
  return {
    events: [
      ...milestones(ticket),
      ...handOvers(conversation, isStaff),
      ...waits(ticket, conversation, nowMs),
    ].sort((one, other) => one.atMs - other.atMs || order[one.kind] - order[other.kind]),
    asked,
    lastAnswer: messages[lastAnswerAt],
    unanswered: later.filter((one) => isGuest(one) && isQuestion(one.text) && !asked.includes(one)),
    pictured: messages.filter(({ pictures }) => pictures.length > 0),
  };
}

/** What happens in one moment: in this order. */
const order: Readonly<Record<StoryEvent['kind'], number>> = {
  opened: 0,
  to_human: 1,
  wait: 2,
  first_answer: 3,
  hand_over: 4,
  closed: 5,
};

function milestones(ticket: Ticket): readonly StoryEvent[] {
  const { createdAtMs, agentEnteredAtMs, firstResponseAtMs, closedAtMs, guest, closedBy } = ticket;
  const at = (
    kind: 'opened' | 'to_human' | 'first_answer' | 'closed',
    atMs: number | undefined,
    who: Person | undefined,
  ): readonly StoryEvent[] => (atMs === undefined ? [] : [{ kind, atMs, who }]);
  return [
    ...at('opened', createdAtMs, guest),
    ...at('to_human', agentEnteredAtMs, undefined),
    ...at('first_answer', firstResponseAtMs, undefined),
    ...at('closed', closedAtMs, closedBy),
  ];
}

/** Known to serve, and not the guest. Where Feishu names nobody who serves, whoever is not the guest and has an id. */
function fromStaff(ticket: Ticket): (message: TicketMessage) => boolean {
  const { owner, agents, collaborators, guest } = ticket;
  const ids = [owner, ...agents, ...collaborators].flatMap((person) => person?.openId ?? []);
  const staff = new Set(ids.filter((id) => id !== guest?.openId));
  return ({ author: { openId } }) => {
    if (openId === undefined || openId === guest?.openId) return false;
    return staff.size === 0 ? guest?.openId !== undefined : staff.has(openId);
  };
}

/** Across messages that were left out nothing is said: somebody may have spoken there. */
function handOvers(
  { messages, omittedBefore }: Conversation,
  isStaff: (message: TicketMessage) => boolean,
): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  let last: Person | undefined;
  for (const [index, message] of messages.entries()) {
    if (index === omittedBefore) last = undefined;
    if (!isStaff(message)) continue;
    const { author, createdAtMs } = message;
    if (last !== undefined && last.openId !== author.openId && createdAtMs !== undefined)
      events.push({ kind: 'hand_over', atMs: createdAtMs, from: last, who: author });
    last = author;
  }
  return events;
}

/** From the guest's first word that nobody had answered to the answer, when it took over an hour. */
function waits(ticket: Ticket, conversation: Conversation, nowMs: number): readonly StoryEvent[] {
  const [isGuest, isStaff] = [fromGuest(ticket), fromStaff(ticket)];
  const events: StoryEvent[] = [];
  let sinceMs: number | undefined;
  const end = (untilMs: number | undefined, ongoing: boolean): void => {
    if (sinceMs !== undefined && untilMs !== undefined && untilMs - sinceMs > longWaitMs)
      events.push({ kind: 'wait', atMs: sinceMs, waitedMs: untilMs - sinceMs, ongoing });
    sinceMs = undefined;
  };
  for (const [index, message] of conversation.messages.entries()) {
    if (index === conversation.omittedBefore) sinceMs = undefined;
    if (isGuest(message)) sinceMs ??= message.createdAtMs;
    else if (isStaff(message)) end(message.createdAtMs, false);
  }
  end(isClosed(ticket) ? ticket.closedAtMs : nowMs, true);
  return events;
}

const questionMarks = /[?？]/;
const questionWords =
  /吗|怎么|如何|什么|为何|多久|哪里|哪个|能否|可否|是否|ですか|ますか|でしょうか|\b(?:how|what|why|when|where|which|who|can (?:i|you|we)|could you)\b/iu;

/** By its marks and words alone. */
function isQuestion(text: string): boolean {
  // A question mark in a link is none.
  const plain = text.replaceAll(/https?:\/\/\S+/gi, '');
  return questionMarks.test(plain) || questionWords.test(plain);
}
