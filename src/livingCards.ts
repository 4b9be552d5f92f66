/**
 * What each card shows by now. Several things change one card: a click, pictures that come in, news about its ticket. They take turns,
 * none puts an older state over a newer one, and none takes away what somebody has turned to meanwhile.
 */

import { isDeepStrictEqual } from 'node:util';
import { cardLifeMs } from './cards/size.ts';
import type { Clock } from './clock.ts';
import type { Shown } from './domain.ts';
import { FeishuError } from './errors.ts';
import type { Log } from './log.ts';
import type { NowShows, Posting } from './posting.ts';
import type { PostedCard, PostedCards } from './services/postedCards.ts';
import type { Timers } from './services/timers.ts';

/** So long before Feishu takes no more updates of a card, the card says that it ends. */
const endsBeforeMs = 12 * 3_600_000;
/** The timer that lets it say so. */
const endTimer = 'ticket.end';

/** The bot is not in the chat, or the chat is gone: nothing will be shown there again. */
const leftCodes: readonly (number | undefined)[] = [230_002, 232_009, 232_011, 11_237];

export interface LivingCardsDeps {
  readonly postedCards: PostedCards;
  readonly timers: Pick<Timers, 'set'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Drops what is kept for a chat in which the bot can no longer speak. */
  readonly leaveChat: (chatId: string) => Promise<void>;
}

/** The same way into the chat, with an eye on what the cards show. */
export function keepCardsLiving(posting: Posting, deps: LivingCardsDeps): Posting {
  const { postedCards } = deps;
  const inTurn = takeTurns();

  /** @returns what the work returns, or `unchanged` when the card is left as it is */
  const change = <T>(
    messageId: string,
    now: NowShows | undefined,
    work: () => Promise<T>,
    unchanged: T,
  ): Promise<T> =>
    inTurn(messageId, async () => {
      const card = await postedCards.get(messageId);
      if (now !== undefined && card !== undefined && !mayChange(now, card)) {
        deps.log.debug({ messageId }, 'the card shows something newer already');
        return unchanged;
      }
      const result = await noticingDeparture(deps, card?.chatId, work);
      if (now !== undefined && result !== false) await note(deps, messageId, now);
      return result;
    });

  return {
    ...posting,

    async post(message) {
      const { key, to } = message;
      const before = await posting.standingAt(key);
      const post = (): Promise<string> => posting.post(message);
      if (before !== undefined) return change(before, message, post, before);
      const messageId = await noticingDeparture(deps, to.chatId, post);
      await note(deps, messageId, message);
      return messageId;
    },

    update: (messageId, card, now) => change(messageId, now, () => posting.update(messageId, card), true),
  };
}

/** One after the other for each card. */
function takeTurns(): <T>(messageId: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (messageId, work) => {
    const turn = (last.get(messageId) ?? Promise.resolve()).then(work);
    const ended = turn
      .catch(() => undefined)
      .then(() => {
        if (last.get(messageId) === ended) last.delete(messageId);
      });
    last.set(messageId, ended);
    return turn;
  };
}

/** Whether a card may be changed to this: what was asked for just then always, unless it is older; the rest only where it belongs. */
function mayChange({ shown, asked }: NowShows, card: PostedCard): boolean {
  if (shown === undefined || card.shown === undefined) return true;
  const isSamePage = shown.face === card.shown.face && shown.page === card.shown.page;
  if (!isSamePage) return asked !== false || shown.face === 'ended';
  return !isBehind(shown, card.shown);
}

/** Read earlier, or read from a server that had not heard of the latest change. */
function isBehind(shown: Shown, known: Shown): boolean {
  if (shown.readAtMs < known.readAtMs) return true;
  return (
    shown.updatedAtMs !== undefined &&
    known.updatedAtMs !== undefined &&
    shown.updatedAtMs < known.updatedAtMs
  );
}

/** Writes down what the card shows now; the first time that it shows a ticket, sets the day on which it ends. */
async function note(
  { postedCards, timers }: LivingCardsDeps,
  messageId: string,
  now: NowShows,
): Promise<void> {
  const card = await postedCards.get(messageId);
  if (card === undefined) return;
  const { tickets = card.tickets, shown } = now;
  if (shown !== undefined && card.shown === undefined) {
    const atMs = card.postedAtMs + cardLifeMs - endsBeforeMs;
    const [ticket = ''] = tickets;
    await timers.set({ name: endTimer, key: messageId, generation: 1, atMs, value: { ticket, messageId } });
  }
  if (!isDeepStrictEqual([tickets, shown], [card.tickets, card.shown]))
    await postedCards.nowShows(messageId, { tickets, shown });
}

/** @throws what the work throws */
async function noticingDeparture<T>(
  { leaveChat, log }: LivingCardsDeps,
  chatId: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (chatId !== undefined && error instanceof FeishuError && leftCodes.includes(error.code))
      await leaveChat(chatId).catch((failure: unknown) => {
        log.error({ err: failure, chatId }, 'what was kept for a chat could not be dropped');
      });
    throw error;
  }
}
