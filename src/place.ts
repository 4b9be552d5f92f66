/** Where a question was asked, and what that means for its answer: the place, the view, and what a command may look at. */

import type { Access } from './access.ts';
import { ticketNumber } from './arguments.ts';
import { type Budget, createBudget } from './budget.ts';
import type { View } from './cards/view.ts';
import type { Clock } from './clock.ts';
import type { Command, Context, Place, Word } from './command.ts';
import type { Config } from './config.ts';
import type { ClickInbound, MessageInbound } from './domain.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PostedCard } from './services/postedCards.ts';
import type { Services } from './services/services.ts';

/** An event that was taken so long after it happened is late, and its card says so. */
const lateAfterMs = 120_000;
/** So many of the chat's latest cards are looked at, and so many tickets are offered to somebody who names none. */
const recentCardCount = 20;
const recentTicketCount = 5;

export interface RouterDeps {
  readonly commands: readonly Command[];
  readonly services: Services;
  readonly access: Access;
  readonly config: Pick<Config, 'timeZone' | 'ticketUrl'> & Partial<Pick<Config, 'locale' | 'budget'>>;
  /** The bot itself, once it is known. */
  readonly botOpenId: () => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'commands'>;
}

/** The action of a button that stands for typing a command: its value has `command` and `words`. */
export const runAction = 'run';
/** So many characters behind the command a button holds. */
export const runWordsMaxCount = 200;

/** What stays the same from message to message. */
export interface Desk extends RouterDeps {
  readonly budget: Budget;
  /** The buttons that exist. */
  readonly actions: ReadonlySet<string>;
  readonly ticketHost: string | undefined;
}

export function openDesk(deps: RouterDeps): Desk {
  const { ticketUrl } = deps.config;
  return {
    ...deps,
    budget: createBudget(deps.config.budget, deps.clock),
    actions: new Set([
      runAction,
      ...deps.commands.flatMap(({ name, actions }) =>
        Object.keys(actions).map((action) => `${name}.${action}`),
      ),
    ]),
    ticketHost: ticketUrl === undefined ? undefined : new URL(ticketUrl.replaceAll('{id}', '1')).host,
  };
}

/** @param words what follows the command */
export async function contextOfMessage(
  desk: Desk,
  inbound: MessageInbound,
  words: readonly Word[],
): Promise<Context> {
  const { postedCards } = desk.services;
  const { chatId, chatType, threadId, rootId, parentId, sender } = inbound;
  const read = async (messageId: string | undefined): Promise<PostedCard | undefined> =>
    messageId === undefined ? undefined : postedCards.get(messageId);
  const [parent, root, ofThread] = await Promise.all([
    read(parentId),
    read(rootId === parentId ? undefined : rootId),
    threadId === undefined ? undefined : postedCards.ticketOfThread(threadId),
  ]);
  // The card that is replied to says more than the thread it stands in.
  const ticketHere = onlyTicket(parent) ?? ofThread ?? onlyTicket(root);
  const { messageId } = inbound;
  const place = { chatId, chatType, messageId, ticketHere, recentTickets: [], ticketHost: desk.ticketHost };
  // For somebody who names no ticket; who begins with a number need not wait until they are read.
  const isNamed = ticketNumber(words[0]?.text ?? '') !== undefined;
  const recentTickets = isNamed ? [] : await recentIn(desk, chatId);
  return contextAt(desk, inbound, { ...place, recentTickets }, sender.openId);
}

/** A click does not say of what type its chat is; the card was written down with it. */
export async function contextOfClick(desk: Desk, inbound: ClickInbound): Promise<Context> {
  const { messageId, chatId, operator } = inbound;
  const [card, recentTickets] = await Promise.all([
    desk.services.postedCards.get(messageId),
    recentIn(desk, chatId),
  ]);
  const ticketHere = onlyTicket(card);
  const place = {
    chatId,
    chatType: card?.chatType ?? 'group',
    messageId,
    ticketHere,
    recentTickets,
    ticketHost: desk.ticketHost,
  } as const;
  return contextAt(desk, inbound, place, operator.openId);
}

function contextAt(
  desk: Desk,
  inbound: MessageInbound | ClickInbound,
  place: Place,
  askerId: string | undefined,
): Context {
  const view = viewFor(desk, inbound, place.chatType);
  const { chatId, tenantKey: botTenantKey } = inbound;
  const who = inbound.kind === 'message' ? inbound.sender : inbound.operator;
  const asker = { openId: askerId, tenantKey: who.tenantKey, botTenantKey };
  return {
    ...desk.services,
    askerId: askerId ?? '',
    botOpenId: desk.botOpenId(),
    place,
    view,
    commands: desk.commands,
    may: async (level) => (await desk.access.decide(level, asker, chatId)) === 'allowed',
  };
}

export function viewFor(
  desk: Desk,
  { createdAtMs, receivedAtMs, chatId }: MessageInbound | ClickInbound,
  chatType: Place['chatType'],
): View {
  const late = createdAtMs !== undefined && receivedAtMs - createdAtMs > lateAfterMs;
  return { ...viewIn(desk, chatId, chatType), late };
}

/** How a card looks in a chat. */
export function viewIn(desk: Desk, chatId: string, chatType: Place['chatType']): View {
  return {
    nowMs: desk.clock.nowMs(),
    timeZone: desk.config.timeZone,
    ...(desk.config.locale === undefined ? {} : { locale: desk.config.locale }),
    privacy: chatType === 'group' && !desk.access.isListedChat(chatId) ? 'masked' : 'open',
    ticketUrl: desk.config.ticketUrl,
    actions: desk.actions,
    late: false,
  };
}

async function recentIn({ services }: Desk, chatId: string): Promise<string[]> {
  const cards = await services.postedCards.inChat(chatId, recentCardCount);
  return [...new Set(cards.flatMap(({ tickets }) => tickets))].slice(0, recentTicketCount);
}

/** A list of tickets means none of them in particular. */
function onlyTicket(card: PostedCard | undefined): string | undefined {
  return card?.tickets.length === 1 ? card.tickets[0] : undefined;
}
