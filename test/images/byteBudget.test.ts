import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteBudget } from '../../src/images/byteBudget.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('byte budget', () => {
  it('lets wait what has no room, in the order in which it came', async () => {
    const budget = createByteBudget(10);
    const first = await budget.reserve(6);
    const order: string[] = [];
    const large = budget.reserve(8).then((room) => {
      order.push('large');
      return room;
    });
    // It would fit, but then the large one might wait for ever.
    const small = budget.reserve(2).then(() => order.push('small'));
    await turn();
    expect(order).toEqual([]);
    await first.resize(2);
    const room = await large;
    expect(order).toEqual(['large']);
    room.release();
    await small;
    expect(order).toEqual(['large', 'small']);
  });

  it('gives back what is not needed, once', async () => {
    const budget = createByteBudget(10);
    const room = await budget.reserve(10);
    await room.resize(4);
    expect(budget.usedBytes()).toBe(4);
    room.release();
    room.release();
    expect(budget.usedBytes()).toBe(0);
  });

  it('lets those who need more in before those who have nothing yet, and holds nothing for them meanwhile', async () => {
    const budget = createByteBudget(10);
    const [first, second, third] = await Promise.all([4, 3, 3].map((bytes) => budget.reserve(bytes)));
    const order: string[] = [];
    const newcomer = budget.reserve(1).then(() => order.push('newcomer'));
    const larger = second?.resize(6).then(() => order.push('second'));
    const largest = third?.resize(10).then(() => order.push('third'));
    await turn();
    expect({ order, used: budget.usedBytes() }).toEqual({ order: ['second'], used: 10 });
    first?.release();
    second?.release();
    await Promise.all([larger, largest]);
    expect(order).toEqual(['second', 'third']);
    third?.release();
    await newcomer;
    expect(order).toEqual(['second', 'third', 'newcomer']);
  });

  it('lets the urgent in first, and always keeps room for them', async () => {
    const budget = createByteBudget(10);
    const order: string[] = [];
    const wish = (name: string, bytes: number, urgent: boolean) =>
      budget.reserve(bytes, urgent).then((room) => {
        order.push(name);
        return room;
      });
    const [first] = await Promise.all([wish('patient 1', 3, false), wish('patient 2', 4, false)]);
    const third = wish('patient 3', 1, false);
    const larger = first?.resize(7).then(() => order.push('patient 1, larger'));
    const person = await wish('person 1', 3, true);
    const next = wish('person 2', 4, true);
    await turn();
    expect(order).toEqual(['patient 1', 'patient 2', 'person 1']);
    person.release();
    (await next).release();
    await turn();
    expect(order.slice(3)).toEqual(['person 2']);
    expect({ used: budget.usedBytes() }).toEqual({ used: 4 });
    await Promise.race([larger, third, turn()]);
    expect(order.slice(3)).toEqual(['person 2']);
  });

  it('lets something large that is not urgent begin when nothing else is held', async () => {
    const budget = createByteBudget(10);
    const room = await budget.reserve(9, false);
    const other = budget.reserve(9, false);
    room.release();
    await other;
    expect(budget.usedBytes()).toBe(9);
  });

  it('refuses what could never be had', async () => {
    const budget = createByteBudget(10);
    await expect(budget.reserve(11)).rejects.toThrow(RangeError);
    await expect((await budget.reserve(5)).resize(11)).rejects.toThrow(RangeError);
  });

  it('is never exceeded, and everyone gets in', async () => {
    const wish = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.nat({ max: 3 }), fc.boolean());
    const sizes = fc.array(wish, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, async (wishes) => {
        const budget = createByteBudget(20);
        let served = 0;
        let peak = 0;
        await Promise.all(
          wishes.map(async ([size, real, turns, urgent]) => {
            const room = await budget.reserve(size, urgent);
            peak = Math.max(peak, budget.usedBytes());
            for (let n = 0; n < turns; n += 1) await Promise.resolve();
            await room.resize(real);
            peak = Math.max(peak, budget.usedBytes());
            await Promise.resolve();
            room.release();
            served += 1;
          }),
        );
        expect({ served, used: budget.usedBytes() }).toEqual({ served: wishes.length, used: 0 });
        expect(peak).toBeLessThanOrEqual(20);
      }),
    );
  });
});
