/** From a command's `Reply` to messages in the chat: the answer to a question, its later versions, and what nobody asked for. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { Card, Destination, Outgoing, Reply } from './domain.ts';
import type { Question } from './earlier.ts';
import { FeishuError } from './errors.ts';
import type { Buzz } from './feishu/buzz.ts';
import type { Log } from './log.ts';
import { mayPass, send, sendAll, sendFiles } from './outgoing.ts';
import type { Posting } from './posting.ts';
import type { PostedCards } from './services/postedCards.ts';

/**
 * While a reply brings further versions, the card is updated after a second, then after two, four and so on; the final version comes
 * at once. Calls are money, and many cards that load for minutes would use up the limit of updates for all.
 */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** What is answered: a message, or a click on a card. `takenAtMs`: when the bot took it, where that may be long ago. */
export type Origin = { readonly takenAtMs?: number } & (
  | {
      readonly kind: 'message';
      readonly messageId: string;
      readonly chatId: string;
      readonly chatType: 'p2p' | 'group';
      readonly threadId: string | undefined;
    }
  | {
      readonly kind: 'click';
      readonly eventId: string;
      readonly messageId: string;
      readonly chatId: string;
      /** Who clicked. */
      readonly askerId?: string | undefined;
    }
);

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
  readonly buzz: Pick<Buzz, 'call'>;
  readonly postedCards: Pick<PostedCards, 'get'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createResponder(deps: ResponderDeps): Responder {
  return {
    answer: (origin) => openAnswer(deps, origin),
    send: (outgoing) => send(deps, outgoing),
  };
}

function openAnswer(deps: ResponderDeps, origin: Origin): Answer {
  const { posting, clock, log } = deps;
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
    { tickets, beside, shown, toAsker }: Pick<Reply, 'tickets' | 'beside' | 'shown' | 'toAsker'>,
    asked = true,
  ): Promise<string> => {
    const asker = askerOf(origin, toAsker);
    if (asker !== undefined) return posting.post({ key, to: directChat(asker), card, tickets, shown, asked });
    // Where the clicked card is too old to be replaced, a fresh one is posted under it.
    const now = { tickets, shown, asked };
    if (origin.kind === 'click' && !beside && (await posting.update(origin.messageId, card, now)))
      return origin.messageId;
    const question = await questionOf(deps, origin);
    return posting.post({ key, to: await destinationOf(deps, origin), card, question, ...now });
  };

  /** What nobody else may read is not shown in the chat: there it is only said why the asker gets nothing. */
  const sayUnreached = async (error: FeishuError, card: Card): Promise<void> => {
    const { messageId, chatId } = origin;
    log.warn({ err: error, messageId, chatId }, 'the bot may not write to who asked; the chat is told');
    await posting.post({ key: `${key}/otherwise`, to: await destinationOf(deps, origin), card, tickets: [] });
  };

  return {
    working: (card) =>
      inTurn(async () => {
        if (done || origin.kind === 'click') return;
        if (await posting.exists(key, await questionOf(deps, origin))) return;
        await showCard(card, { tickets: [] });
      }),
    async show(reply) {
      done = true;
      // Begun while the first version is on its way: that saves a round trip.
      const later = reply.updates === undefined ? undefined : begin(reply.updates());
      const messageId = await inTurn(() => showCard(reply.card, reply)).catch(async (error: unknown) => {
        later?.abandon();
        const { toAsker } = reply;
        if (askerOf(origin, toAsker) === undefined || !isForGood(error)) throw error;
        if (toAsker !== undefined) await inTurn(() => sayUnreached(error, toAsker.otherwise));
        return undefined;
      });
      if (messageId === undefined) return;
      if (later !== undefined)
        await paced(later, clock, async (card) => {
          await inTurn(() => showCard(card, reply, false));
        });
      if (reply.files !== undefined) {
        const to = await destinationOf(deps, origin);
        await sendFiles(posting, reply.files, { key, to: { ...to, replyTo: messageId, inThread: true } });
      }
      if (reply.afterwards !== undefined) await sendAll(deps, await reply.afterwards());
    },
  };
}

function askerOf(origin: Origin, toAsker: Reply['toAsker']): string | undefined {
  return toAsker !== undefined && origin.kind === 'click' ? origin.askerId : undefined;
}

function isForGood(error: unknown): error is FeishuError {
  return error instanceof FeishuError && !mayPass(error);
}

function directChat(openId: string): Destination {
  return { chatId: openId, chatType: 'p2p', replyTo: undefined, inThread: false };
}

/** Undefined when no attempt before this one can have answered it. */
async function questionOf({ postedCards }: ResponderDeps, origin: Origin): Promise<Question | undefined> {
  const { messageId, chatId, takenAtMs } = origin;
  if (takenAtMs === undefined) return undefined;
  const threadId = origin.kind === 'message' ? origin.threadId : (await postedCards.get(messageId))?.threadId;
  return { messageId, chatId, threadId, takenAtMs };
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

/** Versions of a card, the first of which is being made. */
interface Versions {
  readonly first: Promise<IteratorResult<() => Card>>;
  next(): Promise<IteratorResult<() => Card>>;
  /** Nobody will ask for more. */
  abandon(): void;
}

function begin(cards: AsyncIterable<() => Card>): Versions {
  const iterator = cards[Symbol.asyncIterator]();
  // A turn later, so that the first version is on its way by then if it can be: its reader waits for it alone.
  const first = nextTurn().then(() => iterator.next());
  const unheard = (): void => undefined;
  // Whoever asks for it hears of a failure; when nobody does, nobody needs to.
  first.catch(unheard);
  return {
    first,
    next: () => iterator.next(),
    abandon: () => void iterator.return?.().catch(unheard),
  };
}

/** Passes on the newest version after longer and longer pauses, and the last one without delay. */
async function paced(versions: Versions, clock: Clock, show: (card: Card) => Promise<void>): Promise<void> {
  let pauseMs = firstPauseMs;
  let shownAtMs = clock.monoMs();
  for (let next = versions.first; ; ) {
    const arrived = await next;
    if (arrived.done === true) return;
    const pause = startPause(clock, shownAtMs + pauseMs - clock.monoMs());
    const newest = await newestUntil(pause.over, arrived.value, versions).finally(pause.stop);
    await show(newest.draw());
    if (newest.next === undefined) return;
    next = newest.next;
    shownAtMs = clock.monoMs();
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
  }
}

/** The last version that arrives before the pause is over. `next`: the one after it, which is being made; undefined when there is none. */
async function newestUntil(
  pause: Promise<undefined>,
  first: () => Card,
  versions: Versions,
): Promise<{ readonly draw: () => Card; readonly next: Versions['first'] | undefined }> {
  let draw = first;
  for (;;) {
    const next = versions.next();
    const arrived = await Promise.race([next, pause]);
    if (arrived === undefined) return { draw, next };
    if (arrived.done === true) return { draw, next: undefined };
    draw = arrived.value;
  }
}

interface Pause {
  readonly over: Promise<undefined>;
  readonly stop: () => void;
}

function startPause(clock: Clock, ms: number): Pause {
  let stop = (): void => {};
  const over = new Promise<undefined>((resolve) => {
    stop = clock.alarm(ms, () => resolve(undefined));
  });
  return { over, stop };
}
