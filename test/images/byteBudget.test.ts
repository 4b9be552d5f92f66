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
    first.shrink(2);
    const room = await large;
    expect(order).toEqual(['large']);
    room.release();
    await small;
    expect(order).toEqual(['large', 'small']);
  });

  it('gives back what is not needed, once', async () => {
    const budget = createByteBudget(10);
    const room = await budget.reserve(10);
    room.shrink(4);
    room.shrink(9);
    expect(budget.usedBytes()).toBe(4);
    room.release();
    room.release();
    expect(budget.usedBytes()).toBe(0);
  });

  it('refuses what could never be had', async () => {
    await expect(createByteBudget(10).reserve(11)).rejects.toThrow(RangeError);
  });

  it('is never exceeded, and everyone gets in', async () => {
    const sizes = fc.array(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.nat({ max: 3 })), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (wishes) => {
        const budget = createByteBudget(20);
        let served = 0;
        let peak = 0;
        await Promise.all(
          wishes.map(async ([size, real, turns]) => {
            const room = await budget.reserve(size);
            peak = Math.max(peak, budget.usedBytes());
            for (let n = 0; n < turns; n += 1) await Promise.resolve();
            room.shrink(real);
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
