import { describe, expect, it } from 'vitest';
import { findEarlier, mayBeForgotten } from '../src/earlier.ts';
import { FeishuError, type FeishuErrorKind } from '../src/errors.ts';
import type { ImApi, ListedMessage } from '../src/feishu/im.ts';
import { createLog } from '../src/log.ts';
import { createPosting } from '../src/posting.ts';
import { createPostedCards } from '../src/services/postedCards.ts';
import { fakeClock } from './support/fakeClock.ts';
import { tempStore } from './support/tempStore.ts';

const minuteMs = 60_000;
const clock = fakeClock();
const takenAtMs = clock.nowMs() - 90 * minuteMs;
const question = { messageId: 'om_asked', chatId: 'oc_1', threadId: undefined, takenAtMs } as const;

const listed = (more: Partial<ListedMessage>): ListedMessage => ({
  messageId: 'om_answer',
  parentId: 'om_asked',
  threadId: undefined,
  createdAtMs: takenAtMs + 1_000,
  appId: 'cli_own',
  ...more,
});

type Query = Parameters<ImApi['listMessages']>[0];

/** A chat that lists these pages, by the id of the container. */
function chat(pages: Readonly<Record<string, readonly (readonly ListedMessage[])[]>>) {
  const asked: Query[] = [];
  const listMessages: ImApi['listMessages'] = async (query) => {
    asked.push(query);
    const all = pages[query.container.id] ?? [];
    const index = Number(query.page ?? 0);
    return {
      messages: all[index] ?? [],
      nextPage: index + 1 < all.length ? String(index + 1) : undefined,
    };
  };
  return { asked, listMessages };
}

/** Looks in such a chat; `recorded` are the messages that were written down. */
const look = (im: Pick<ImApi, 'listMessages'>, more = {}, recorded: readonly string[] = []) =>
  findEarlier(
    {
      im,
      postedCards: {
        get: async (messageId) =>
          recorded.includes(messageId)
            ? {
                messageId,
                chatId: 'oc_1',
                chatType: 'group',
                threadId: undefined,
                tickets: [],
                postedAtMs: 0,
              }
            : undefined,
      },
      appId: 'cli_own',
      clock,
      log: createLog('silent'),
    },
    { ...question, ...more },
  );

describe('an earlier answer', () => {
  it('may be forgotten by Feishu after 55 minutes', () => {
    const at = (minutes: number) => ({ ...question, takenAtMs: clock.nowMs() - minutes * minuteMs });
    expect([54, 56].map((minutes) => mayBeForgotten(at(minutes), clock))).toEqual([false, true]);
  });

  it('is the bot’s own message under the question, and was not written down', async () => {
    const others = [
      listed({ messageId: 'om_person', appId: undefined }),
      listed({ messageId: 'om_other_bot', appId: 'cli_other' }),
      listed({ messageId: 'om_elsewhere', parentId: 'om_other' }),
      listed({ messageId: 'om_known' }),
    ];
    expect(await look(chat({ oc_1: [others] }), {}, ['om_known'])).toBe('none');
    const im = chat({ oc_1: [others, [listed({ threadId: 'omt_1' })]] });
    expect(await look(im, {}, ['om_known'])).toMatchObject({
      messageId: 'om_answer',
      threadId: 'omt_1',
      chatId: 'oc_1',
    });
    expect(im.asked).toMatchObject([
      { container: { kind: 'chat', id: 'oc_1' }, newestFirst: false, page: undefined },
      { page: '1' },
    ]);
    const [{ fromMs } = { fromMs: 0 }] = im.asked;
    expect(fromMs).toBeLessThan(takenAtMs);
    expect(fromMs).toBeGreaterThan(takenAtMs - 30 * minuteMs);
  });

  it('is looked for in the thread, from its end back to the question', async () => {
    const old = listed({ messageId: 'om_old', parentId: 'om_other', createdAtMs: takenAtMs - 60 * minuteMs });
    const im = chat({ omt_1: [[old], [listed({})]] });
    expect(await look(im, { threadId: 'omt_1' })).toBe('none');
    expect(im.asked).toMatchObject([{ container: { kind: 'thread', id: 'omt_1' }, newestFirst: true }]);
    const found = await look(chat({ omt_1: [[listed({})]] }), { threadId: 'omt_1' });
    expect(found).toMatchObject({ messageId: 'om_answer' });
  });

  it('is found in a thread that somebody has begun under the question', async () => {
    const asked = listed({ messageId: 'om_asked', parentId: undefined, appId: undefined, threadId: 'omt_9' });
    const im = chat({ oc_1: [[asked]], omt_9: [[listed({ threadId: 'omt_9' })]] });
    expect(await look(im)).toMatchObject({ messageId: 'om_answer', threadId: 'omt_9' });
  });

  it('is given up after so many pages that nobody can say', async () => {
    const im = chat({ oc_1: Array.from({ length: 40 }, () => [listed({ parentId: 'om_other' })]) });
    expect(await look(im)).toBe('unknown');
    expect(im.asked).toHaveLength(10);
  });

  const failing = (kind: FeishuErrorKind): Pick<ImApi, 'listMessages'> => ({
    listMessages: () => Promise.reject(new FeishuError({ kind, code: 1, endpoint: 'messageList' })),
  });

  it.each(['scope', 'forbidden', 'not_found', 'invalid', 'unknown'] as const)(
    '%s: cannot be found',
    async (kind) => {
      expect(await look(failing(kind))).toBe('unknown');
    },
  );

  it.each(['passing', 'token', 'setup', 'quota', 'unreachable_chat'] as const)(
    '%s: is for the next try of the job',
    async (kind) => {
      await expect(look(failing(kind))).rejects.toMatchObject({ kind });
    },
  );
});

describe('a message that may repeat another', () => {
  it('says so in all its versions', async () => {
    const store = await tempStore(clock);
    const { records } = store;
    const sent: string[] = [];
    const take = (content: unknown): void => void sent.push(JSON.stringify(content));
    const postedCards = createPostedCards(records);
    const standing = { messageId: 'om_new', threadId: undefined, chatId: 'oc_1' };
    const posting = createPosting({
      im: {
        ...chat({ oc_1: Array.from({ length: 40 }, () => []) }),
        reply: async ({ content }) => {
          take(content);
          return standing;
        },
        create: async () => standing,
        patchCard: async ({ card }) => take(card),
        uploadFile: async () => 'file',
      },
      records,
      postedCards,
      pictures: { renew: async () => new Map() },
      appId: 'cli_own',
      clock,
      log: createLog('silent'),
      locale: 'en_us',
      view: () => {
        throw new Error('not needed');
      },
    });
    const to = { chatId: 'oc_1', chatType: 'group', replyTo: 'om_asked', inThread: false } as const;
    const card = { schema: '2.0', body: { elements: [{ tag: 'hr' }] } } as const;
    await posting.post({ key: 'message/om_asked', to, card, tickets: [], question });
    await posting.post({ key: 'message/om_asked', to, card, tickets: [] });
    expect(sent).toHaveLength(2);
    for (const version of sent) expect(version).toMatch(/may repeat an earlier answer.*"tag":"hr"/);
  });
});
