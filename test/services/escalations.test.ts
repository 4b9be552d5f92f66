import { describe, expect, it } from 'vitest';
import { parseLadder } from '../../src/ladder.ts';
import { createEscalations } from '../../src/services/escalations.ts';
import type { NewTimer } from '../../src/services/timers.ts';
import type { Records } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { memoryRecords } from '../support/memoryRecords.ts';
import { tempStore } from '../support/tempStore.ts';

function desk(records: Records = memoryRecords()) {
  const set: NewTimer[] = [];
  const cancelled: string[] = [];
  let nowMs = 1_000;
  const escalations = createEscalations({
    records,
    timers: {
      set: async (timer) => void set.push(timer),
      cancel: async (name, key, generation) => void cancelled.push(`${name}/${key}/${generation}`),
    },
    buzz: { readers: async () => [] },
    clock: { nowMs: () => nowMs },
    settings: { chatId: undefined, users: [], ladder: parseLadder('app@0m sms@5m') ?? [] },
    rules: { minuteOf: () => 0 },
  });
  const asked = {
    ticket: '1',
    reason: 'it burns',
    askedBy: 'ou_asker',
    people: ['ou_a', 'ou_b'],
    names: {},
    place: { chatId: 'oc_1', chatType: 'group', rootId: 'om_root' },
  } as const;
  const begin = () => escalations.begin(asked);
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { escalations, set, cancelled, begin, pass };
}

describe('escalations as they are written down', () => {
  it('one of a ticket goes on at a time, however many are begun at once', async () => {
    const { begin, escalations } = desk();
    const begun = await Promise.all([begin(), begin(), begin()]);
    expect(begun.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await escalations.ofTicket('1')).toHaveLength(1);
    await escalations.tell({ ticket: '1', number: 1 }, { kind: 'stop', by: 'ou_a' });
    expect((await begin()).escalation.number).toBe(2);
    expect((await escalations.ofTicket('1')).map(({ number, status }) => `${number} ${status}`)).toEqual([
      '2 calling',
      '1 stopped',
    ]);
  });

  it('of many who take it at once, one has it', async () => {
    const { begin, escalations } = desk();
    await begin();
    const people = Array.from({ length: 8 }, (_, index) => `ou_${index}`);
    const answers = await Promise.all(
      people.map((by) => escalations.tell({ ticket: '1', number: 1 }, { kind: 'take', by })),
    );
    expect(answers.filter((stepped) => stepped?.answer === 'done')).toHaveLength(1);
    expect(answers.filter((stepped) => stepped?.answer === 'taken')).toHaveLength(7);
  });

  it('has a timer of its generation while it is open, and none when it is taken', async () => {
    const { begin, escalations, set, cancelled } = desk();
    await begin();
    expect(set).toMatchObject([{ name: 'escalate.due', key: '1/1', generation: 1, atMs: 1_000 }]);
    const taken = await escalations.tell({ ticket: '1', number: 1 }, { kind: 'take', by: 'ou_a' });
    expect(cancelled).toEqual([`escalate.due/1/1/${taken?.state.seq}`]);
  });

  it('looks again after a call that it hears nothing of', async () => {
    const { begin, escalations, set, pass } = desk();
    await begin();
    const ref = { ticket: '1', number: 1 };
    const posted = await escalations.tell(ref, { kind: 'posted', cardId: 'om_card' });
    pass(10);
    const called = await escalations.tell(ref, { kind: 'due', seq: posted?.state.seq ?? 0 });
    expect(called?.effects).toMatchObject([{ kind: 'call', call: { n: 1, to: 'ou_a', end: 'started' } }]);
    expect(set.at(-1)).toMatchObject({ name: 'escalate.check', key: '1/1/1', atMs: 1_010 + 180_000 });
    expect(await escalations.ofCard('om_card')).toEqual(ref);
  });

  it('of several who press at once the first goes on until it is worked on; the others hear who that is', async () => {
    const { escalations } = desk();
    const ref = { ticket: '1', number: 1 };
    const pressed = await Promise.all(['ou_a', 'ou_b', 'ou_c'].map((by) => escalations.press(ref, by)));
    expect(pressed).toEqual([undefined, 'ou_a', 'ou_a']);
    // A double click is one click.
    expect(await escalations.press(ref, 'ou_a')).toBeUndefined();
    expect(await escalations.press({ ...ref, number: 2 }, 'ou_b')).toBeUndefined();
    await escalations.worked(ref, 'ou_b');
    expect(await escalations.press(ref, 'ou_b')).toBe('ou_a');
    await escalations.worked(ref, 'ou_a');
    expect(await escalations.press(ref, 'ou_b')).toBeUndefined();
  });

  it('keeps nobody waiting for somebody whose click is lost', async () => {
    const clock = fakeClock();
    const { records } = await tempStore(clock);
    const { escalations } = desk(records);
    const ref = { ticket: '1', number: 1 };
    await escalations.press(ref, 'ou_a');
    clock.jumpWall(4_900);
    expect(await escalations.press(ref, 'ou_b')).toBe('ou_a');
    clock.jumpWall(200);
    expect(await escalations.press(ref, 'ou_b')).toBeUndefined();
  });

  it('foresees what somebody would be told, and nothing happens', async () => {
    const { begin, escalations } = desk();
    await begin();
    const ref = { ticket: '1', number: 1 };
    await escalations.tell(ref, { kind: 'take', by: 'ou_a' });
    const before = await escalations.get(ref);
    if (before === undefined) throw new Error('none');
    const answers = (['take', 'stop'] as const).map((kind) =>
      escalations.foresee(before, { kind, by: 'ou_b' }),
    );
    expect(answers).toEqual(['taken', 'done']);
    expect(await escalations.get(ref)).toEqual(before);
  });

  it('knows nothing of what never was', async () => {
    const { escalations } = desk();
    expect(await escalations.tell({ ticket: '9', number: 1 }, { kind: 'take', by: 'ou_a' })).toBeUndefined();
    expect(await escalations.ofCard('om_x')).toBeUndefined();
  });
});
