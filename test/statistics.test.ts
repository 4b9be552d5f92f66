import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantile, tally } from '../src/statistics.ts';

describe('a quantile', () => {
  it.each<[readonly number[], number, number | undefined]>([
    [[], 0.5, undefined],
    [[7], 0.9, 7],
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[15, 20, 35, 40, 50], 0.4, 29],
    [[10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 0.9, 91],
    [[1, 2], 0, 1],
    [[1, 2], 1, 2],
  ])('of %j at %f is %s, as spreadsheets have it', (values, share, wanted) => {
    const found = quantile(values, share);
    if (wanted === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(wanted, 9);
  });

  it('lies between the least and the most, grows with the share, and does not look at the order', () => {
    const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, share, (some, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)].map(
          (at) => quantile(some, at) ?? Number.NaN,
        );
        expect(low).toBeGreaterThanOrEqual(Math.min(...some) - 1e-6);
        expect(high).toBeLessThanOrEqual(Math.max(...some) + 1e-6);
        expect(low).toBeLessThanOrEqual((high ?? Number.NaN) + 1e-6);
        expect(quantile([...some].reverse(), one)).toBe(quantile(some, one));
      }),
    );
  });
});

describe('the middle', () => {
  it('is the mean of the two middle ones when there is no middle', () => {
    expect(median([1, 9])).toBe(5);
    expect(median([5, 1, 9])).toBe(5);
    expect(median([])).toBeUndefined();
  });
});

describe('a tally', () => {
  it('counts each', () => {
    expect([...tally(['a', 'b', 'a'])]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});
