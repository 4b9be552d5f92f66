/** Cards that follow their tickets: what happens when the helpdesk says that something changed, and when a card grows too old. */

import { z } from 'zod';
import { ticketId } from '../arguments.ts';
import { cardLifeMs } from '../cards/size.ts';
import { type Background, defineTimer } from '../command.ts';
import type { Outgoing, TicketInbound } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { allPictures, type Face, faceOf } from './ticketFaces.ts';
import { isNews, type Reading } from './ticketState.ts';

/** News of one ticket within so long are one reading. */
const togetherMs = 2_000;
/** Cards of one ticket that follow it; older ones stay as they are. */
const followersMaxCount = 20;
/** Some of the cards that mention the ticket are lists, which do not follow. */
const lookedAtMaxCount = 100;

const ofTicket = z.object({ ticket: z.string().regex(ticketId) });

/**
 * News is a hint only: what it says may be late, doubled or out of order, so it is not looked at. The ticket is read at the end of the
 * two seconds in which the news fell; that reading is younger than all of them.
 */
export async function onTicket(
  { ticketId: ticket }: TicketInbound,
  background: Background,
): Promise<readonly Outgoing[]> {
  const { timers, nowMs } = background;
  if ((await followers(ticket, background)).length === 0) return [];
  const generation = Math.floor(nowMs / togetherMs);
  const atMs = (generation + 1) * togetherMs;
  await timers.set({ name: 'ticket.follow', key: ticket, generation, atMs, value: { ticket } });
  return [];
}

/** Brings the cards of a ticket up to date, in all chats. A card that shows the same already is left alone. */
export const follow = defineTimer({
  value: ofTicket,
  async run({ ticket }, background) {
    const cards = await followers(ticket, background);
    const reading = cards.length === 0 ? undefined : await read(ticket, background);
    if (reading === undefined) return [];
    const pictures = rememberedPictures(background);
    const updates = cards.map(async ({ messageId, chatId, chatType, shown }): Promise<Outgoing[]> => {
      const face = faceOf(reading, shown.face, shown.page);
      if (!isNews(face.shown, shown)) return [];
      const card = face.draw(await pictures(face), background.viewIn({ chatId, chatType }));
      return [{ kind: 'update', messageId, card, shown: face.shown }];
    });
    return (await Promise.all(updates)).flat();
  },
});

/** Tells on a card, shortly before Feishu takes no more updates of it, that it ends. */
export const end = defineTimer({
  value: z.object({ ...ofTicket.shape, messageId: z.string() }),
  async run({ ticket, messageId }, background) {
    const card = await background.postedCards.get(messageId);
    if (card === undefined || !card.tickets.includes(ticket)) return [];
    const reading = await read(ticket, background);
    if (reading === undefined) return [];
    const face = faceOf(reading, 'ended');
    const pictures = await allPictures(face.sources, background);
    return [
      { kind: 'update', messageId, card: face.draw(pictures, background.viewIn(card)), shown: face.shown },
    ];
  },
});

/** The cards that show this ticket alone and can still be updated, the newest first. */
async function followers(ticket: string, { postedCards, nowMs }: Background) {
  const cards = await postedCards.ofTicket(ticket, lookedAtMaxCount);
  return cards
    .flatMap(({ shown, ...card }) => (shown === undefined ? [] : [{ ...card, shown }]))
    .filter(({ shown, tickets }) => shown.face !== 'ended' && tickets.length === 1)
    .filter(({ postedAtMs }) => nowMs - postedAtMs < cardLifeMs)
    .slice(0, followersMaxCount);
}

/** @returns undefined when the ticket is gone or not ours to see any more. @throws FeishuError, so that it is tried again */
async function read(ticket: string, { tickets, nowMs }: Background): Promise<Reading | undefined> {
  try {
    return { ...(await tickets.get(ticket, 'card')), readAtMs: nowMs };
  } catch (error) {
    if (error instanceof FeishuError && isHidden(error)) return undefined;
    throw error;
  }
}

/** Whether a ticket does not exist or is not ours to see stays our secret. */
export function isHidden({ kind }: FeishuError): boolean {
  return kind === 'not_found' || kind === 'forbidden' || kind === 'deleted';
}

/** Cards that show the same part of the ticket share its pictures. */
function rememberedPictures(background: Background): (face: Face) => ReturnType<typeof allPictures> {
  const found = new Map<string, ReturnType<typeof allPictures>>();
  return ({ shown, sources }) => {
    const key = `${shown.face}/${shown.page}`;
    const pictures = found.get(key) ?? allPictures(sources, background);
    found.set(key, pictures);
    return pictures;
  };
}
