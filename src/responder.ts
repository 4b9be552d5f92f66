/** From a command's `Reply` to messages in the chat: the answer to a question, its later versions, and what nobody asked for. */

import type { Clock } from './clock.ts';
import type { Card, Destination, Outgoing, Reply } from './domain.ts';
import type { Posting } from './posting.ts';
import type { PostedCards } from './services/postedCards.ts';

/** While a reply brings further versions, the card is updated at most this often; the final version comes at once. */
const updateEveryMs = 1_000;

/** What is answered: a message, or a click on a card. */
export type Origin =
  | {
      readonly kind: 'message';
      readonly messageId: string;
      readonly chatId: string;
      readonly chatType: 'p2p' | 'group';
      readonly threadId: string | undefined;
    }
  | { readonly kind: 'click'; readonly eventId: string; readonly messageId: string; readonly chatId: string };

/** The answer to one origin. Its sends come one after the other, in the order of the calls. */
export interface Answer {
  /** Says that work goes on, unless something was said already. A clicked card is left as it is. */
  working(card: Card): Promise<void>;
  /**
   * Shows the reply and its later versions.
   * @throws FeishuError when it could be neither sent nor updated
   */
  show(reply: Reply): Promise<void>;
}

export interface Responder {
  answer(origin: Origin): Answer;
  /** Sends what nobody asked for just then. @throws FeishuError */
  send(outgoing: Outgoing): Promise<void>;
}

export interface ResponderDeps {
  readonly posting: Posting;
  readonly postedCards: Pick<PostedCards, 'get'>;
  readonly clock: Clock;
}

export function createResponder(deps: ResponderDeps): Responder {
  return {
    answer: (origin) => openAnswer(deps, origin),
    async send(outgoing) {
      if (outgoing.kind === 'post') await deps.posting.post(outgoing);
      else await deps.posting.update(outgoing.messageId, outgoing.card);
    },
  };
}

function openAnswer(deps: ResponderDeps, origin: Origin): Answer {
  const { posting, clock } = deps;
  const key = origin.kind === 'message' ? `message/${origin.messageId}` : `click/${origin.eventId}`;
  let queue: Promise<unknown> = Promise.resolve();
  let done = false;

  /** Sends never overlap: an older version must not arrive after a newer one. */
  const inTurn = <T>(send: () => Promise<T>): Promise<T> => {
    const turn = queue.then(send);
    queue = turn.catch(() => undefined);
    return turn;
  };

  const showCard = async (
    card: Card,
    { tickets, beside }: Pick<Reply, 'tickets' | 'beside'>,
  ): Promise<void> => {
    // Where the clicked card is too old to be replaced, a fresh one is posted under it.
    if (origin.kind === 'click' && !beside && (await posting.update(origin.messageId, card))) return;
    await posting.post({ key, to: await destinationOf(deps, origin), card, tickets });
  };

  return {
    working: (card) =>
      inTurn(async () => {
        if (done || origin.kind === 'click' || (await posting.exists(key))) return;
        await showCard(card, { tickets: [] });
      }),
    async show(reply) {
      done = true;
      await inTurn(() => showCard(reply.card, reply));
      if (reply.updates === undefined) return;
      await paced(reply.updates(), clock, (card) => inTurn(() => showCard(card, reply)));
    },
  };
}

async function destinationOf({ postedCards }: ResponderDeps, origin: Origin): Promise<Destination> {
  const { messageId, chatId } = origin;
  if (origin.kind === 'message')
    return { chatId, chatType: origin.chatType, replyTo: messageId, inThread: origin.threadId !== undefined };
  const card = await postedCards.get(messageId);
  return {
    chatId,
    chatType: card?.chatType ?? 'group',
    replyTo: messageId,
    inThread: card?.threadId !== undefined,
  };
}

/** Passes on the newest version at most once a second, and the last one without delay. */
async function paced(
  cards: AsyncIterable<Card>,
  clock: Clock,
  show: (card: Card) => Promise<void>,
): Promise<void> {
  const iterator = cards[Symbol.asyncIterator]();
  let shownAtMs = clock.monoMs();
  let latest: Card | undefined;
  let next = iterator.next();
  for (;;) {
    const stop = new AbortController();
    const pause =
      latest === undefined ? [] : [clock.sleep(shownAtMs + updateEveryMs - clock.monoMs(), stop.signal)];
    const arrived = await Promise.race([next, ...pause]);
    stop.abort();
    if (arrived === undefined) {
      if (latest !== undefined) await show(latest);
      latest = undefined;
      shownAtMs = clock.monoMs();
    } else if (arrived.done) {
      if (latest !== undefined) await show(latest);
      return;
    } else {
      latest = arrived.value;
      next = iterator.next();
    }
  }
}
