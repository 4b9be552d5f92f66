/** Tells of news: what one ticket has that its watchers have not heard of, new tickets, and the digest of what there was no room for. */

import { digestCard, newsCard, newTicketCard } from '../cards/newsCard.ts';
import type { Background } from '../command.ts';
import type { Card, JsonObject, Outgoing, SendEnd, TicketInbound } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { matchesNews } from '../newsFilter.ts';
import { isHidden } from './ticketNews.ts';
import { newsSince, seenOf, soughtIn } from './watchNews.ts';

/** Several changes within so long make one message. */
const togetherMs = 30_000;
/** What Feishu did not take is sent again after so long. */
const againAfterMs = 60_000;

type Watch = Awaited<ReturnType<Background['watches']['ofTicket']>>[number];
type TicketCase = Awaited<ReturnType<Background['tickets']['get']>>;

/** Sets the time at which the ticket is read and its watchers are told; news until then is part of it. */
export async function onTicket(
  { ticketId, change }: TicketInbound,
  { watches, timers, nowMs }: Background,
): Promise<readonly Outgoing[]> {
  if (change === 'created' && (await watches.allNew()).length > 0) {
    const value = { ticket: ticketId };
    await timers.set({ name: 'watch.fresh', key: ticketId, generation: 1, atMs: nowMs + togetherMs, value });
  }
  if ((await watches.ofTicket(ticketId)).length === 0) return [];
  const { generation, atMs } = await watches.nextTelling(ticketId, nowMs, togetherMs);
  const value = { ticket: ticketId, generation };
  await timers.set({ name: 'watch.tell', key: ticketId, generation, atMs, value });
  return [];
}

/** Reads the ticket once, and tells each chat that watches it what is new there. */
export async function tell(
  { ticket, generation }: { readonly ticket: string; readonly generation: number },
  background: Background,
): Promise<readonly Outgoing[]> {
  const watching = await background.watches.ofTicket(ticket);
  const found = watching.length === 0 ? undefined : await read(ticket, background);
  if (found === undefined) return [];
  const outgoing = await Promise.all(watching.map((watch) => tellOne(watch, found, generation, background)));
  return outgoing.flat();
}

async function tellOne(
  watch: Watch,
  found: TicketCase,
  generation: number,
  background: Background,
): Promise<readonly Outgoing[]> {
  const { ticket, chatId, chatType, replyTo } = watch;
  const seen = seenOf(found, watch.seen);
  const lines = newsSince(watch.seen, found);
  if (lines.length === 0) return [];
  const key = `watch/${ticket}/${chatId}/${generation}`;
  if (!(await hasRoom({ chatId, chatType }, key, { ticket, isNew: false }, background))) {
    await background.watches.saw(watch, seen);
    return [];
  }
  const view = background.viewIn({ chatId, chatType });
  return [
    {
      kind: 'post',
      key,
      to: { chatId, chatType, replyTo, inThread: replyTo !== undefined },
      card: newsCard({ ...found, lines }, view),
      tickets: [ticket],
      async ended(end) {
        // Only what was said is not said again.
        if (end.ok || end.forGood) await background.watches.saw(watch, seen);
        else await again('watch.tell', ticket, { ticket, generation }, background);
        return [];
      },
    },
  ];
}

/** Tells each chat that wants to hear of tickets like this one. A chat that watches it already has its news in a thread. */
export async function tellFresh(ticket: string, background: Background): Promise<readonly Outgoing[]> {
  const [chats, watching] = await Promise.all([
    background.watches.allNew(),
    background.watches.ofTicket(ticket),
  ]);
  const others = chats.filter(({ chatId }) => watching.every((watch) => watch.chatId !== chatId));
  const found = others.length === 0 ? undefined : await read(ticket, background);
  if (found === undefined) return [];
  const wanted = others.filter(({ filter }) => matchesNews(filter, soughtIn(found)));
  const outgoing = await Promise.all(
    wanted.map(async ({ chatId, chatType }): Promise<readonly Outgoing[]> => {
      const key = `watch/new/${ticket}/${chatId}`;
      if (!(await hasRoom({ chatId, chatType }, key, { ticket, isNew: true }, background))) return [];
      const card = newTicketCard(found, background.viewIn({ chatId, chatType }));
      return [post(key, { chatId, chatType }, card, [ticket])];
    }),
  );
  return outgoing.flat();
}

interface Chat {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
}

/** Whether it may be said now; else it waits for the digest. */
async function hasRoom(
  { chatId, chatType }: Chat,
  key: string,
  item: { readonly ticket: string; readonly isNew: boolean },
  { watches, timers, nowMs }: Background,
): Promise<boolean> {
  const admitted = await watches.admit(chatId, key, item, nowMs);
  if (admitted === 'now') return true;
  const { generation, dueAtMs } = admitted;
  const value = { chatId, chatType, generation };
  await timers.set({ name: 'watch.digest', key: chatId, generation, atMs: dueAtMs, value });
  return false;
}

/** One message about everything that waits. */
export async function tellDigest(
  { chatId, chatType, generation }: Chat & { readonly generation: number },
  background: Background,
): Promise<readonly Outgoing[]> {
  const { waiting, mutedUntilMs } = await background.watches.news(chatId, background.nowMs);
  if (waiting.length === 0) return [];
  if (mutedUntilMs !== undefined) {
    await again('watch.digest', chatId, { chatId, chatType, generation }, background, mutedUntilMs);
    return [];
  }
  const tickets = [...new Set(waiting.map(({ ticket }) => ticket))];
  const known = await background.knownTickets.get(tickets);
  const items = tickets.map((ticket, index) => ({
    ticket,
    isNew: waiting.some((one) => one.ticket === ticket && one.isNew),
    known: known[index]?.ticket,
  }));
  const card = digestCard({ items }, background.viewIn({ chatId, chatType }));
  const upTo = Math.max(...waiting.map(({ n }) => n));
  const digest = post(`watch/digest/${chatId}/${generation}`, { chatId, chatType }, card, tickets);
  return [
    {
      ...digest,
      async ended(end: SendEnd) {
        if (end.ok || end.forGood) await background.watches.digestSent(chatId, upTo, background.nowMs);
        else await again('watch.digest', chatId, { chatId, chatType, generation }, background);
        return [];
      },
    },
  ];
}

/** The same once more, under the same key: what was sent all the same is not sent twice. */
async function again(
  name: string,
  about: string,
  value: JsonObject,
  { timers, nowMs }: Background,
  atMs = nowMs + againAfterMs,
): Promise<void> {
  await timers.set({ name, key: `${about}/again`, generation: Math.floor(atMs), atMs, value });
}

function post(
  key: string,
  { chatId, chatType }: Chat,
  card: Card,
  tickets: readonly string[],
): Extract<Outgoing, { readonly kind: 'post' }> {
  return { kind: 'post', key, to: { chatId, chatType, replyTo: undefined, inThread: false }, card, tickets };
}

/** @returns undefined when the ticket is gone or not ours to see any more. @throws FeishuError, so that it is tried again */
async function read(ticket: string, { tickets }: Background): Promise<TicketCase | undefined> {
  try {
    return await tickets.get(ticket, 'card');
  } catch (error) {
    if (error instanceof FeishuError && isHidden(error)) return undefined;
    throw error;
  }
}
