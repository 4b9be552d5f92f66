import { describe, expect, it } from 'vitest';
import { type Asked, type Evidence, violationsOf } from './checker.ts';
import { chance } from './random.ts';

const answered: Asked = {
  messageId: 'om_1',
  deserves: 'answer',
  acknowledged: true,
  replyCount: 1,
  interim: false,
};
const clean: Evidence = {
  asked: [answered, { ...answered, deserves: 'silence', replyCount: 0 }],
  rates: [{ name: 'ticket', max: 10, worst: 10 }],
  refreshed: [{ messageId: 'om_2', current: true }],
  notified: [],
  said: ['a line of the log'],
  secrets: ['canary'],
  resources: [{ rssBytes: 100_000_000, fileCount: 60 }],
  undead: [],
};
const about = (change: Partial<Evidence>): readonly string[] =>
  violationsOf({ ...clean, ...change }).map((line) => line.slice(0, 3));

describe('the checker', () => {
  it('has nothing to say about a clean run', () => {
    expect(violationsOf(clean)).toEqual([]);
  });

  it('accepts silence for what was never acknowledged, and an answer too', () => {
    const asked = [
      { ...answered, acknowledged: false, replyCount: 0 },
      { ...answered, acknowledged: false },
    ];
    expect(about({ asked })).toEqual([]);
  });

  it.each<[string, Partial<Evidence>]>([
    ['(a)', { asked: [{ ...answered, replyCount: 0 }] }],
    ['(a)', { asked: [{ ...answered, interim: true }] }],
    ['(b)', { asked: [{ ...answered, replyCount: 2 }] }],
    ['(b)', { asked: [{ ...answered, acknowledged: false, replyCount: 2 }] }],
    ['(c)', { asked: [{ ...answered, deserves: 'silence' }] }],
    ['(d)', { rates: [{ name: 'ticket', max: 10, worst: 11 }] }],
    ['(e)', { refreshed: [{ messageId: 'om_2', current: false }] }],
    ['(f)', { notified: ['all'] }],
    ['(g)', { said: ['the canary sings'] }],
    ['(h)', { resources: [{ rssBytes: 600 * 1024 * 1024, fileCount: 60 }] }],
    ['(h)', { resources: [{ rssBytes: 0, fileCount: 1_000 }] }],
    ['(h)', { undead: [4711] }],
  ])('says %s when it should: %j', (letter, change) => {
    expect(about(change)).toEqual([letter]);
  });
});

describe('chance', () => {
  it('is the same for the same seed, and another for another seed or stream', () => {
    const draw = (seed: number, stream: string): number[] => {
      const { whole } = chance(seed, stream);
      return Array.from({ length: 20 }, () => whole(1, 1_000_000));
    };
    expect(draw(7, 'a')).toEqual(draw(7, 'a'));
    expect(draw(7, 'a')).not.toEqual(draw(8, 'a'));
    expect(draw(7, 'a')).not.toEqual(draw(7, 'b'));
  });

  it('stays within its bounds and reaches all of them', () => {
    const { whole, pick } = chance(1, '');
    const drawn = Array.from({ length: 500 }, () => whole(2, 4));
    expect(new Set(drawn)).toEqual(new Set([2, 3, 4]));
    expect(new Set(Array.from({ length: 500 }, () => pick(['x', 'y'])))).toEqual(new Set(['x', 'y']));
  });
});
