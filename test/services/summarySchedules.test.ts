import { describe, expect, it } from 'vitest';
import { createSummarySchedules } from '../../src/services/summarySchedules.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { tempStore } from '../support/tempStore.ts';

const wish = {
  chatId: 'oc_1',
  chatType: 'group',
  by: 'ou_1',
  line: 'since:7d',
  typed: '7d',
  days: 'weekday',
  hour: 9,
  minute: 30,
  dueAtMs: 1_000,
} as const;

async function schedules() {
  const store = await tempStore(fakeClock());
  return createSummarySchedules({ records: store.records });
}

describe('the schedules of a chat', () => {
  it('are kept, the next one first, each wish once', async () => {
    const all = await schedules();
    const first = await all.set(wish);
    await all.set({ ...wish, hour: 8, dueAtMs: 500 });
    await all.set({ ...wish, chatId: 'oc_2' });
    const again = await all.set({ ...wish, dueAtMs: 2_000 });
    expect(again?.id).toBe(first?.id);
    expect(again?.revision).toBe(2);
    expect((await all.ofChat('oc_1')).map(({ dueAtMs }) => dueAtMs)).toEqual([500, 2_000]);
  });

  it('stop once, and an older timer knows that it is old', async () => {
    const all = await schedules();
    const set = await all.set(wish);
    const id = set?.id ?? '';
    expect(await all.stop(id)).toMatchObject({ revision: 1, dueAtMs: 1_000 });
    expect(await all.stop(id)).toBeUndefined();
    expect(await all.get(id)).toMatchObject({ active: false, revision: 2 });
    expect(await all.ofChat('oc_1')).toEqual([]);
    expect((await all.set(wish))?.revision).toBe(3);
  });

  it('go on to the next time, unless they were changed meanwhile', async () => {
    const all = await schedules();
    const set = await all.set(wish);
    if (set === undefined) throw new Error('not set');
    await all.advance(set, 9_000);
    expect((await all.get(set.id))?.dueAtMs).toBe(9_000);
    await all.stop(set.id);
    await all.advance(set, 20_000);
    expect(await all.get(set.id)).toMatchObject({ dueAtMs: 9_000, active: false });
  });

  it('are ten at most', async () => {
    const all = await schedules();
    for (let hour = 0; hour < 10; hour += 1) expect(await all.set({ ...wish, hour })).toBeDefined();
    expect(await all.set({ ...wish, hour: 10 })).toBeUndefined();
    // One that is there may be set again.
    expect(await all.set({ ...wish, hour: 9 })).toBeDefined();
  });
});
