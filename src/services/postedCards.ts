/** Which cards of the bot stand where, and which tickets they are about. */

import { z } from 'zod';
import type { Shown } from '../domain.ts';
import type { RecordKind, Records } from '../store/store.ts';

/** A card that the bot posted, and what it is about. */
export interface PostedCard {
  readonly messageId: string;
  readonly chatId: string;
  /** A group unless we know that it is a direct chat: nothing is shown there that a group may not see. */
  readonly chatType: 'p2p' | 'group';
  readonly threadId: string | undefined;
  readonly tickets: readonly string[];
  readonly postedAtMs: number;
  /** Which state of its one ticket it shows; undefined for cards of other kinds. */
  readonly shown?: Shown | undefined;
}

/** Which cards of the bot stand where. Kept for 30 days. */
export interface PostedCards {
  remember(card: PostedCard): Promise<void>;
  /** Notes what a card shows after it was updated. Of no effect for a card that is not known. */
  nowShows(messageId: string, now: Pick<PostedCard, 'tickets' | 'shown'>): Promise<void>;
  /** Drops everything about the cards of a chat. */
  forgetChat(chatId: string): Promise<void>;
  /** By the message id of the card. */
  get(messageId: string): Promise<PostedCard | undefined>;
  /** The ticket that a thread is about: that of the first card with a single ticket in it. */
  ticketOfThread(threadId: string): Promise<string | undefined>;
  /** The cards that show a ticket, the newest first. */
  ofTicket(ticketId: string, limit: number): Promise<readonly PostedCard[]>;
  /** The cards in a chat, the newest first. */
  inChat(chatId: string, limit: number): Promise<readonly PostedCard[]>;
}

const keepMs = 30 * 86_400_000;
const forgetAtOnceCount = 100;

const cardShape = z.object({
  messageId: z.string(),
  chatId: z.string(),
  chatType: z.enum(['p2p', 'group']),
  threadId: z.string().nullable(),
  tickets: z.array(z.string()).readonly(),
  postedAtMs: z.number(),
  shown: z
    .object({
      face: z.enum(['ticket', 'conversation', 'pictures', 'ended']),
      page: z.number(),
      readAtMs: z.number(),
      updatedAtMs: z.number().nullable(),
      messageCount: z.number().nullable(),
      digest: z.string(),
    })
    .nullish(),
});
type StoredCard = z.infer<typeof cardShape>;

/** By message id; listed by chat. */
const cards: RecordKind<StoredCard> = { name: 'posted_card', schema: cardShape, keepMs };

/** One for each ticket on a card, by `<ticket>/<message>`; listed by ticket. The card itself is kept once. */
const cardsOfTickets: RecordKind<{ messageId: string }> = {
  name: 'posted_card_of_ticket',
  schema: z.object({ messageId: z.string() }),
  keepMs,
};

/** By thread id. */
const threads: RecordKind<{ ticketId: string }> = {
  name: 'ticket_of_thread',
  schema: z.object({ ticketId: z.string() }),
  keepMs,
};

/** The registry of posted cards. A record can be listed by one index only, so a card is written down once for each way to it. */
export function createPostedCards(records: Records): PostedCards {
  const remember = async (card: PostedCard): Promise<void> => {
    const { messageId, chatId, threadId } = card;
    const tickets = [...new Set(card.tickets)];
    // The card comes first: a way that leads to no card is passed over, a card without a way is only harder to find.
    await records.put(cards, messageId, stored({ ...card, tickets }), { index: chatId });
    await Promise.all([
      ...tickets.map((ticketId) =>
        records.put(cardsOfTickets, wayTo(ticketId, messageId), { messageId }, { index: ticketId }),
      ),
      nameThread(records, threadId, tickets),
    ]);
  };

  return {
    remember,

    async nowShows(messageId, now) {
      const known = await records.get(cards, messageId);
      if (known !== undefined) await remember({ ...cardOf(known.value), ...now });
    },

    async forgetChat(chatId) {
      for (;;) {
        const found = await records.list(cards, chatId, forgetAtOnceCount);
        if (found.length === 0) return;
        await Promise.all(found.map(({ value }) => forget(records, value)));
      }
    },

    async get(messageId) {
      const stored = await records.get(cards, messageId);
      return stored === undefined ? undefined : cardOf(stored.value);
    },

    async ticketOfThread(threadId) {
      return (await records.get(threads, threadId))?.value.ticketId;
    },

    async ofTicket(ticketId, limit) {
      const ways = await records.list(cardsOfTickets, ticketId, limit);
      const found = await records.getMany(
        cards,
        ways.map(({ value }) => value.messageId),
      );
      // A card may have come to show another ticket since.
      return newestFirst(found.flatMap((stored) => stored ?? [])).filter((card) =>
        card.tickets.includes(ticketId),
      );
    },

    async inChat(chatId, limit) {
      return newestFirst(await records.list(cards, chatId, limit));
    },
  };
}

const wayTo = (ticketId: string, messageId: string): string => `${ticketId}/${messageId}`;

/** The card goes last: what is left after a crash is found again by it. */
async function forget(records: Records, { messageId, threadId, tickets }: StoredCard): Promise<void> {
  await Promise.all([
    ...tickets.map((ticketId) => records.delete(cardsOfTickets, wayTo(ticketId, messageId))),
    ...(threadId === null ? [] : [records.delete(threads, threadId)]),
  ]);
  await records.delete(cards, messageId);
}

/** A thread keeps the ticket that it first was about. */
async function nameThread(
  records: Records,
  threadId: string | undefined,
  tickets: readonly string[],
): Promise<void> {
  const [ticketId, ...others] = tickets;
  if (threadId === undefined || ticketId === undefined || others.length > 0) return;
  await records.put(threads, threadId, { ticketId }, { expect: 0 });
}

function newestFirst(found: readonly { readonly value: StoredCard }[]): readonly PostedCard[] {
  return found.map(({ value }) => cardOf(value)).sort((a, b) => b.postedAtMs - a.postedAtMs);
}

/** JSON has no `undefined`. */
function stored({ shown, threadId, ...card }: PostedCard): StoredCard {
  return {
    ...card,
    threadId: threadId ?? null,
    shown: shown
      ? { ...shown, updatedAtMs: shown.updatedAtMs ?? null, messageCount: shown.messageCount ?? null }
      : null,
  };
}

function cardOf({ shown, threadId, ...card }: StoredCard): PostedCard {
  return {
    ...card,
    threadId: threadId ?? undefined,
    shown: shown
      ? {
          ...shown,
          updatedAtMs: shown.updatedAtMs ?? undefined,
          messageCount: shown.messageCount ?? undefined,
        }
      : undefined,
  };
}
