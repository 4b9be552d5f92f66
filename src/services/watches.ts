/** Who wants news about which tickets, and how much of it a chat has had. Facts alone: nothing that people wrote is kept. */

import { z } from 'zod';
import type { NewsFilter } from '../newsFilter.ts';
import type { RecordKind, Records } from '../store/store.ts';

/** What was told of a ticket last. */
export interface Seen {
  readonly status: string;
  /** The owner's open id, or name; empty for nobody. */
  readonly owner: string;
  readonly messageCount: number;
}

/** A chat that wants news about one ticket, in one thread. */
export interface Watch {
  readonly ticket: string;
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** The message in whose thread the news goes. */
  readonly replyTo: string | undefined;
  readonly seen: Seen;
}

/** A chat that wants to hear of new tickets. */
export interface NewWatch {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  readonly filter: NewsFilter;
}

/** What a digest says of one ticket. */
export interface DigestItem {
  readonly ticket: string;
  readonly isNew: boolean;
}

export interface ChatNews {
  readonly mutedUntilMs: number | undefined;
  /** `n` counts on. */
  readonly waiting: readonly (DigestItem & { readonly n: number })[];
}

export interface Watches {
  /** One for each ticket and chat: a second one replaces where the news goes. @returns whether there was none */
  add(watch: Watch): Promise<boolean>;
  /** @returns whether there was one */
  remove(ticketId: string, chatId: string): Promise<boolean>;
  ofTicket(ticketId: string): Promise<readonly Watch[]>;
  ofChat(chatId: string): Promise<readonly Watch[]>;
  saw(watch: Watch, seen: Seen): Promise<void>;
  watchNew(watch: NewWatch): Promise<void>;
  unwatchNew(chatId: string): Promise<boolean>;
  newIn(chatId: string): Promise<NewWatch | undefined>;
  allNew(): Promise<readonly NewWatch[]>;
  /** Drops everything of a chat. */
  forgetChat(chatId: string): Promise<void>;
  news(chatId: string, nowMs: number): Promise<ChatNews>;
  mute(chatId: string, untilMs: number | undefined, nowMs: number): Promise<void>;
  /**
   * Asks for room for one unasked message. Asking again with the same key gives the same answer.
   * @returns when the digest is due that says it, if there is no room
   */
  admit(chatId: string, key: string, item: DigestItem, nowMs: number): Promise<'now' | Digest>;
  /** What waits for a digest. It waits on until `digestSent`. */
  digestSent(chatId: string, upTo: number, nowMs: number): Promise<void>;
  /** When the news of a ticket is told together: at the end of the time that the first of it began. */
  nextTelling(ticketId: string, nowMs: number, togetherMs: number): Promise<Telling>;
}

export interface Digest {
  readonly generation: number;
  readonly dueAtMs: number;
}

export interface Telling {
  readonly generation: number;
  readonly atMs: number;
}

const keepMs = 90 * 86_400_000;
const hourMs = 3_600_000;
/** So many unasked messages an hour a chat gets; the rest in one. */
const perHourCount = 10;
const listedCount = 200;
const waitingMaxCount = 100;
const triesMaxCount = 50;

const text = z.string();
const chatType = z.enum(['p2p', 'group']);
const seen = z.object({ status: text, owner: text, messageCount: z.number() });
const watches: RecordKind<Watch> = {
  name: 'watch',
  schema: z.object({
    ticket: text,
    chatId: text,
    chatType,
    replyTo: text.optional().transform((value) => value),
    seen,
  }),
  keepMs,
};
/** The same watches, listed by chat. */
const ofChats: RecordKind<{ ticket: string }> = {
  name: 'watch_of_chat',
  schema: z.object({ ticket: text }),
  keepMs,
};
const filter = z.object({
  words: z.array(text),
  notWords: z.array(text),
  tags: z.array(text),
  notTags: z.array(text),
  channel: z.enum(['open_api', 'qr_code', 'share', 'search', 'other']).optional(),
});
/** For good, as long as the bot is in the chat. */
const news: RecordKind<NewWatch> = {
  name: 'watch_new',
  schema: z.object({ chatId: text, chatType, filter }),
  keepMs: 100 * 365 * 86_400_000,
};
const allChats = 'all';

interface Had {
  readonly mutedUntilMs?: number | undefined;
  readonly sent: readonly { readonly key: string; readonly atMs: number }[];
  /** `n` counts on, so that what came while a digest was sent waits for the next one. */
  readonly waiting: readonly (DigestItem & { readonly n: number; readonly key: string })[];
  readonly generation: number;
  readonly digestAtMs?: number | undefined;
}
const had: RecordKind<Had> = {
  name: 'watch_had',
  schema: z.object({
    mutedUntilMs: z.number().optional(),
    sent: z.array(z.object({ key: text, atMs: z.number() })),
    waiting: z.array(z.object({ ticket: text, isNew: z.boolean(), n: z.number(), key: text })),
    generation: z.number(),
    digestAtMs: z.number().optional(),
  }),
  keepMs,
};
const nothingHad: Had = { sent: [], waiting: [], generation: 0 };
const tellings: RecordKind<Telling> = {
  name: 'watch_telling',
  schema: z.object({ generation: z.number(), atMs: z.number() }),
  keepMs,
};

const keyOf = ({ ticket, chatId }: Pick<Watch, 'ticket' | 'chatId'>): string => `${ticket}/${chatId}`;

export function createWatches(records: Records): Watches {
  const put = async (watch: Watch): Promise<void> => {
    const { ticket, chatId } = watch;
    await records.put(watches, keyOf(watch), watch, { index: ticket });
    await records.put(ofChats, keyOf(watch), { ticket }, { index: chatId });
  };
  const remove = async (ticket: string, chatId: string): Promise<boolean> => {
    const key = keyOf({ ticket, chatId });
    const known = await records.get(watches, key);
    await records.delete(watches, key);
    await records.delete(ofChats, key);
    return known !== undefined;
  };
  const ofChat = async (chatId: string): Promise<readonly Watch[]> => {
    const ways = await records.list(ofChats, chatId, listedCount);
    const found = await records.getMany(
      watches,
      ways.map(({ key }) => key),
    );
    return found.flatMap((stored) => stored?.value ?? []);
  };

  return {
    remove,
    ofChat,
    async add(watch) {
      const known = await records.get(watches, keyOf(watch));
      await put(watch);
      return known === undefined;
    },
    async ofTicket(ticketId) {
      return (await records.list(watches, ticketId, listedCount)).map(({ value }) => value);
    },
    async saw(watch, latest) {
      const known = await records.get(watches, keyOf(watch));
      if (known !== undefined) await put({ ...known.value, seen: latest });
    },
    async watchNew(watch) {
      await records.put(news, watch.chatId, watch, { index: allChats });
    },
    async unwatchNew(chatId) {
      const known = await records.get(news, chatId);
      await records.delete(news, chatId);
      return known !== undefined;
    },
    newIn: async (chatId) => (await records.get(news, chatId))?.value,
    allNew: async () => (await records.list(news, allChats, listedCount)).map(({ value }) => value),
    async forgetChat(chatId) {
      await records.delete(news, chatId);
      await records.delete(had, chatId);
      for (const { ticket } of await ofChat(chatId)) await remove(ticket, chatId);
    },
    ...newsOfChats(records),
    async nextTelling(ticketId, nowMs, togetherMs) {
      for (let count = 0; count < triesMaxCount; count += 1) {
        const known = await records.get(tellings, ticketId);
        if (known !== undefined && known.value.atMs > nowMs) return known.value;
        const next = { generation: (known?.value.generation ?? 0) + 1, atMs: nowMs + togetherMs };
        const written = await records.put(tellings, ticketId, next, { expect: known?.version ?? 0 });
        if (written !== 'conflict') return next;
      }
      throw new Error('the news of a ticket changes all the time');
    },
  };
}

/** How much a chat has had. */
function newsOfChats(records: Records): Pick<Watches, 'news' | 'mute' | 'admit' | 'digestSent'> {
  const change = async <T>(
    chatId: string,
    work: (known: Had) => { readonly next: Had; readonly result: T },
  ): Promise<T> => {
    for (let count = 0; count < triesMaxCount; count += 1) {
      const stored = await records.get(had, chatId);
      const before = stored?.value ?? nothingHad;
      const { next, result } = work(before);
      if (next === before) return result;
      const written = await records.put(had, chatId, next, { expect: stored?.version ?? 0 });
      if (written !== 'conflict') return result;
    }
    throw new Error('the news of a chat changes all the time');
  };

  return {
    async news(chatId, nowMs) {
      const { mutedUntilMs, waiting } = (await records.get(had, chatId))?.value ?? nothingHad;
      return { mutedUntilMs: isMuted(mutedUntilMs, nowMs) ? mutedUntilMs : undefined, waiting };
    },
    mute: (chatId, mutedUntilMs) =>
      change(chatId, (known) => ({ next: { ...known, mutedUntilMs }, result: undefined })),
    admit: (chatId, key, item, nowMs) => change(chatId, (known) => admitted(known, key, item, nowMs)),
    digestSent: (chatId, upTo, nowMs) =>
      change(chatId, (known) => {
        const waiting = known.waiting.filter(({ n }) => n > upTo);
        const sent = [...recent(known, nowMs), { key: `digest/${upTo}`, atMs: nowMs }];
        return { next: { ...known, waiting, sent, digestAtMs: undefined }, result: undefined };
      }),
  };
}

function isMuted(untilMs: number | undefined, nowMs: number): boolean {
  return untilMs !== undefined && untilMs > nowMs;
}

function recent({ sent }: Had, nowMs: number): Had['sent'] {
  return sent.filter(({ atMs }) => nowMs - atMs < hourMs);
}

function admitted(
  known: Had,
  key: string,
  item: DigestItem,
  nowMs: number,
): { readonly next: Had; readonly result: 'now' | Digest } {
  if (known.sent.some((one) => one.key === key)) return { next: known, result: 'now' };
  const sent = recent(known, nowMs);
  const muted = isMuted(known.mutedUntilMs, nowMs);
  if (!muted && sent.length < perHourCount)
    return { next: { ...known, sent: [...sent, { key, atMs: nowMs }] }, result: 'now' };
  const roomAtMs = (sent[0]?.atMs ?? nowMs) + hourMs;
  const dueAtMs = Math.max(
    muted ? (known.mutedUntilMs ?? nowMs) : 0,
    sent.length < perHourCount ? nowMs : roomAtMs,
  );
  const n = (known.waiting.at(-1)?.n ?? 0) + 1;
  const isKnown = known.waiting.some((one) => one.key === key);
  const waiting = isKnown ? known.waiting : [...known.waiting, { ...item, n, key }].slice(-waitingMaxCount);
  if (known.digestAtMs !== undefined && known.digestAtMs > nowMs)
    return {
      next: { ...known, waiting },
      result: { generation: known.generation, dueAtMs: known.digestAtMs },
    };
  const generation = known.generation + 1;
  return { next: { ...known, waiting, generation, digestAtMs: dueAtMs }, result: { generation, dueAtMs } };
}
