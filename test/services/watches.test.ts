import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWatches } from '../../src/services/watches.ts';
import { memoryRecords } from '../support/memoryRecords.ts';

const hourMs = 3_600_000;
const item = { ticket: '1', isNew: false };

describe('room for unasked messages', () => {
  it('is for ten in any hour, whatever the times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 * 60_000 }), { maxLength: 60 }),
        async (gaps) => {
          const watches = createWatches(memoryRecords());
          const saidAtMs: number[] = [];
          let nowMs = 1_000_000;
          for (const [index, gapMs] of gaps.entries()) {
            nowMs += gapMs;
            if ((await watches.admit('oc_1', `k${index}`, item, nowMs)) === 'now') saidAtMs.push(nowMs);
          }
          for (const [index, atMs] of saidAtMs.entries())
            expect((saidAtMs[index + 10] ?? Number.POSITIVE_INFINITY) - atMs).toBeGreaterThanOrEqual(hourMs);
        },
      ),
    );
  });

  it('is given again to the same message, and asked for once', async () => {
    const watches = createWatches(memoryRecords());
    for (let n = 0; n < 20; n += 1) expect(await watches.admit('oc_1', 'same', item, 1)).toBe('now');
    for (let n = 0; n < 9; n += 1) expect(await watches.admit('oc_1', `k${n}`, item, 1)).toBe('now');
    const digest = { generation: 1, dueAtMs: 1 + hourMs };
    expect(await watches.admit('oc_1', 'more', item, 2)).toEqual(digest);
    expect(await watches.admit('oc_1', 'more', item, 3)).toEqual(digest);
    expect((await watches.news('oc_1', 3)).waiting).toHaveLength(1);
    expect(await watches.admit('oc_2', 'other chat', item, 3)).toBe('now');
  });

  it('what comes while a digest is sent waits for the next one', async () => {
    const watches = createWatches(memoryRecords());
    await watches.mute('oc_1', 10_000, 0);
    await watches.admit('oc_1', 'a', item, 1);
    const { waiting } = await watches.news('oc_1', 1);
    await watches.admit('oc_1', 'b', { ticket: '2', isNew: true }, 2);
    await watches.digestSent('oc_1', waiting[0]?.n ?? 0, 10_000);
    expect((await watches.news('oc_1', 10_000)).waiting).toMatchObject([{ ticket: '2', isNew: true }]);
  });
});

describe('the time at which news is told', () => {
  it('is half a minute after the first of it, and the same for all of it', async () => {
    const watches = createWatches(memoryRecords());
    const first = { generation: 1, atMs: 31_000 };
    expect(await watches.nextTelling('1', 1_000, 30_000)).toEqual(first);
    expect(await watches.nextTelling('1', 20_000, 30_000)).toEqual(first);
    expect(await watches.nextTelling('1', 31_000, 30_000)).toEqual({ generation: 2, atMs: 61_000 });
    expect(await watches.nextTelling('2', 31_000, 30_000)).toEqual({ generation: 1, atMs: 61_000 });
  });
});

describe('who watches', () => {
  const watch = (ticket: string, chatId: string) =>
    ({
      ticket,
      chatId,
      chatType: 'group',
      replyTo: 'om_1',
      seen: { status: 'created', owner: '', messageCount: 0 },
    }) as const;

  it('is found by ticket and by chat, and forgotten with the chat', async () => {
    const watches = createWatches(memoryRecords());
    expect(await watches.add(watch('1', 'oc_1'))).toBe(true);
    expect(await watches.add(watch('1', 'oc_1'))).toBe(false);
    await watches.add(watch('1', 'oc_2'));
    await watches.add(watch('2', 'oc_1'));
    await watches.watchNew({
      chatId: 'oc_1',
      chatType: 'group',
      filter: { words: [], notWords: [], tags: [], notTags: [] },
    });
    expect((await watches.ofTicket('1')).map(({ chatId }) => chatId).sort()).toEqual(['oc_1', 'oc_2']);
    expect((await watches.ofChat('oc_1')).map(({ ticket }) => ticket).sort()).toEqual(['1', '2']);
    await watches.forgetChat('oc_1');
    expect(await watches.ofChat('oc_1')).toEqual([]);
    expect(await watches.allNew()).toEqual([]);
    expect((await watches.ofTicket('1')).map(({ chatId }) => chatId)).toEqual(['oc_2']);
  });
});
