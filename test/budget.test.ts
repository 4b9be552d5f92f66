import { describe, expect, it } from 'vitest';
import { type Asking, createBudget } from '../src/budget.ts';
import { fakeClock } from './support/fakeClock.ts';

let count = 0;
const asking = (changes: Partial<Asking> = {}): Asking => {
  count += 1;
  return { eventId: `event-${count}`, kind: 'command', openId: 'ou_1', chatId: 'oc_1', ...changes };
};
const limits = { personCount: 3, chatCount: 5 };

describe('the budget of a person', () => {
  it('serves so many in a minute, tells once, and is silent until the minute is over', async () => {
    const clock = fakeClock();
    const budget = createBudget(limits, clock);
    const spend = (): string => budget.spend(asking()).kind;
    expect([spend(), spend(), spend()]).toEqual(['within', 'within', 'within']);
    await clock.advance(20_000);
    expect(budget.spend(asking())).toEqual({ kind: 'tell', whose: 'person', forMs: 40_000 });
    expect([spend(), spend()]).toEqual(['silent', 'silent']);
    await clock.advance(39_999);
    expect(spend()).toBe('silent');
    await clock.advance(1);
    expect([spend(), spend(), spend(), spend(), spend()]).toEqual([
      ...['within', 'within', 'within'],
      ...['tell', 'silent'],
    ]);
  });

  it('is that of one person, in all chats together', () => {
    const budget = createBudget(limits, fakeClock());
    for (const chatId of ['oc_1', 'oc_2', 'oc_3']) budget.spend(asking({ chatId }));
    expect(budget.spend(asking({ chatId: 'oc_4' })).kind).toBe('tell');
    expect(budget.spend(asking({ openId: 'ou_2', chatId: 'oc_4' })).kind).toBe('within');
  });

  it('counts clicks apart', () => {
    const budget = createBudget(limits, fakeClock());
    for (let n = 0; n < 3; n += 1) budget.spend(asking());
    expect(budget.spend(asking({ kind: 'click' })).kind).toBe('within');
  });

  it('judges the same event as before, however often it is worked on', () => {
    const budget = createBudget(limits, fakeClock());
    const [first, second, third, over, silent] = [asking(), asking(), asking(), asking(), asking()];
    const all = [first, second, third, over, silent];
    const kinds = (): string[] => all.map((one) => budget.spend(one).kind);
    expect(kinds()).toEqual(['within', 'within', 'within', 'tell', 'silent']);
    expect(kinds()).toEqual(['within', 'within', 'within', 'tell', 'silent']);
  });

  it('does not depend on the wall clock', () => {
    const clock = fakeClock();
    const budget = createBudget(limits, clock);
    for (let n = 0; n < 3; n += 1) budget.spend(asking());
    clock.jumpWall(3_600_000);
    expect(budget.spend(asking()).kind).toBe('tell');
    clock.jumpWall(-7_200_000);
    expect(budget.spend(asking()).kind).toBe('silent');
  });
});

describe('the budget of a chat', () => {
  it('is told once, to whoever was the first over it', () => {
    const budget = createBudget(limits, fakeClock());
    for (let n = 0; n < 5; n += 1) budget.spend(asking({ openId: `ou_${n}` }));
    expect(budget.spend(asking({ openId: 'ou_8' }))).toMatchObject({ kind: 'tell', whose: 'chat' });
    expect(budget.spend(asking({ openId: 'ou_9' }))).toMatchObject({ kind: 'silent', whose: 'chat' });
    expect(budget.spend(asking({ openId: 'ou_9', chatId: 'oc_2' })).kind).toBe('within');
  });

  it('is not used up by somebody who is held back', () => {
    const budget = createBudget(limits, fakeClock());
    for (let n = 0; n < 100; n += 1) budget.spend(asking());
    expect(budget.spend(asking({ openId: 'ou_2' })).kind).toBe('within');
  });
});

it('holds nobody back without limits', () => {
  const budget = createBudget(undefined, fakeClock());
  for (let n = 0; n < 1_000; n += 1) expect(budget.spend(asking()).kind).toBe('within');
});
