import { describe, expect, it } from 'vitest';
import type { Card, Shown } from '../src/domain.ts';
import { FeishuError } from '../src/errors.ts';
import { keepCardsLiving } from '../src/livingCards.ts';
import { createLog } from '../src/log.ts';
import type { Posting } from '../src/posting.ts';
import { createPostedCards } from '../src/services/postedCards.ts';
import type { NewTimer } from '../src/services/timers.ts';
import { fakeClock } from './support/fakeClock.ts';
import { tempStore } from './support/tempStore.ts';

const dayMs = 86_400_000;
const to = { chatId: 'oc_1', chatType: 'group', replyTo: undefined, inThread: false } as const;
const card = (words: string): Card => ({ schema: '2.0', words });
const shown = (change: Partial<Shown> = {}): Shown => ({
  face: 'ticket',
  page: 1,
  readAtMs: 1_000,
  updatedAtMs: 500,
  messageCount: 3,
  digest: 'a',
  ...change,
});

/** A chat in which each message is what was put there last. `hold` keeps updates waiting. */
async function chat(fail: () => FeishuError | undefined = () => undefined) {
  const clock = fakeClock();
  const { records } = await tempStore(clock);
  const postedCards = createPostedCards(records);
  const seen: string[] = [];
  const timers: NewTimer[] = [];
  const left: string[] = [];
  const keys = new Map<string, string>();
  let hold: Promise<void> | undefined;
  const put = async (one: Card): Promise<void> => {
    await hold;
    const error = fail();
    if (error !== undefined) throw error;
    seen.push(`${one['words']}`);
  };
  const posting: Posting = {
    exists: async (key) => keys.has(key),
    standingAt: async (key) => keys.get(key),
    postFile: async () => undefined,
    async post({ key, card: one, tickets, to: { chatId, chatType } }) {
      await put(one);
      const messageId = `om_${key}`;
      const known = await postedCards.get(messageId);
      keys.set(key, messageId);
      await postedCards.remember({
        messageId,
        chatId,
        chatType,
        threadId: undefined,
        tickets,
        postedAtMs: known?.postedAtMs ?? clock.nowMs(),
        shown: known?.shown,
      });
      return messageId;
    },
    async update(_, one) {
      await put(one);
      return true;
    },
  };
  const living = keepCardsLiving(posting, {
    postedCards,
    timers: { set: async (timer) => void timers.push(timer) },
    clock,
    log: createLog('silent'),
    leaveChat: async (chatId) => void left.push(chatId),
  });
  const post = (words: string, now: Shown | undefined, asked = true) =>
    living.post({ key: 'k', to, card: card(words), tickets: ['7'], shown: now, asked });
  const holdUpdates = (): (() => void) => {
    let go = (): void => undefined;
    hold = new Promise((resolve) => {
      go = resolve;
    });
    return go;
  };
  return { living, post, postedCards, seen, timers, left, clock, holdUpdates };
}

describe('a card', () => {
  it('is written down with what it shows', async () => {
    const { living, post, postedCards } = await chat();
    await post('first', shown());
    expect(await postedCards.get('om_k')).toMatchObject({ tickets: ['7'], shown: shown() });
    await living.update('om_k', card('second'), {
      shown: shown({ readAtMs: 2_000, digest: 'b' }),
      asked: false,
    });
    expect((await postedCards.get('om_k'))?.shown).toEqual(shown({ readAtMs: 2_000, digest: 'b' }));
  });

  it('is not put back to an older state, whoever brings it', async () => {
    const { living, post, seen } = await chat();
    await post('now', shown({ readAtMs: 5_000 }));
    await living.update('om_k', card('late news'), { shown: shown({ readAtMs: 4_000 }), asked: false });
    await living.update('om_k', card('late click'), { shown: shown({ readAtMs: 4_000 }), asked: true });
    await living.update('om_k', card('stale server'), {
      shown: shown({ readAtMs: 6_000, updatedAtMs: 400 }),
      asked: false,
    });
    await post('late picture', shown({ readAtMs: 4_000 }), false);
    expect(seen).toEqual(['now']);
  });

  it('takes its turns: what began later is judged by what came before it', async () => {
    const { living, post, seen, holdUpdates } = await chat();
    await post('first', shown());
    const go = holdUpdates();
    const newer = living.update('om_k', card('newer'), { shown: shown({ readAtMs: 3_000 }), asked: false });
    const older = living.update('om_k', card('older'), { shown: shown({ readAtMs: 2_000 }), asked: false });
    go();
    await Promise.all([newer, older]);
    expect(seen).toEqual(['first', 'newer']);
  });

  it('is left on the page that somebody has turned to', async () => {
    const { living, post, seen, postedCards } = await chat();
    await post('ticket', shown());
    const page = shown({ face: 'conversation', page: 3, readAtMs: 2_000 });
    await living.update('om_k', card('page 3'), { tickets: ['7'], shown: page });
    await living.update('om_k', card('news'), { shown: shown({ readAtMs: 3_000 }), asked: false });
    await post('more pictures', shown({ readAtMs: 3_000 }), false);
    expect(seen).toEqual(['ticket', 'page 3']);
    expect((await postedCards.get('om_k'))?.shown).toEqual(page);
    await living.update('om_k', card('the end'), {
      shown: shown({ face: 'ended', readAtMs: 4_000 }),
      asked: false,
    });
    expect(seen.at(-1)).toBe('the end');
  });

  it('says that it ends half a day before Feishu takes no more updates, counted from when it was posted', async () => {
    const { living, post, timers, clock } = await chat();
    const postedAtMs = clock.nowMs();
    await post('a question', undefined);
    expect(timers).toEqual([]);
    await clock.advance(3_600_000);
    await living.update('om_k', card('a ticket'), { tickets: ['7'], shown: shown() });
    await living.update('om_k', card('again'), { shown: shown({ readAtMs: 2_000 }) });
    expect(timers).toEqual([
      {
        name: 'ticket.end',
        key: 'om_k',
        generation: 1,
        atMs: postedAtMs + 13.5 * dayMs,
        value: { ticket: '7', messageId: 'om_k' },
      },
    ]);
  });
});

describe('a chat in which the bot can no longer speak', () => {
  const refusal = (code: number) =>
    new FeishuError({ kind: 'unreachable_chat', code, endpoint: 'messageCreate' });

  it.each([230_002, 232_009, 232_011, 11_237])('is left: %i', async (code) => {
    let error: FeishuError | undefined;
    const { living, post, left } = await chat(() => error);
    await post('first', shown());
    error = refusal(code);
    await expect(living.update('om_k', card('x'), { shown: shown() })).rejects.toBe(error);
    await expect(post('y', shown())).rejects.toBe(error);
    expect(left).toEqual(['oc_1', 'oc_1']);
  });

  it('is not left because the bot is muted there', async () => {
    const { post, left } = await chat(() => refusal(230_018));
    await expect(post('x', shown())).rejects.toThrow(FeishuError);
    expect(left).toEqual([]);
  });
});
