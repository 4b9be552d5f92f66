import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bullId, dataOf, idOf, setAsideOf } from '../../src/store/redisJobs.ts';

describe('the id of a job in BullMQ', () => {
  it('is one that BullMQ takes, is no name of its own keys, and leads back', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom('wait', '%3A', '%:%25')),
        (id) => {
          const bull = bullId(id);
          expect(bull).not.toContain(':');
          expect(bull).not.toBe(String(Number.parseInt(bull, 10)));
          expect(bull.startsWith('job-')).toBe(true);
          expect(idOf(bull)).toBe(id);
        },
      ),
    );
  });

  it('differs for different ids', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(bullId(one) === bullId(other)).toBe(one === other);
      }),
    );
  });
});

describe('a job that was set aside', () => {
  it('says the same words on every storage, and counts no start that was none', () => {
    expect(setAsideOf('job stalled more than allowable limit', 6)).toEqual({
      reason: 'started 5 times without an end',
      attempts: 5,
    });
    expect(setAsideOf('no such chat', 2)).toEqual({ reason: 'no such chat', attempts: 2 });
  });
});

describe('the data of a job', () => {
  it('is read as it was written, and what nobody has written is not taken for a job', () => {
    expect(dataOf({ payload: null, putAtMs: 1 })).toEqual({ payload: null, putAtMs: 1 });
    for (const found of [undefined, null, {}, { payload: 1 }, { putAtMs: 1 }, { payload: 1, putAtMs: 'x' }])
      expect(dataOf(found)).toBeUndefined();
  });
});
