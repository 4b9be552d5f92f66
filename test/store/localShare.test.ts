import { describe, expect, it } from 'vitest';
import { createLocalShare, type LocalShare, type Rules } from '../../src/store/localShare.ts';
import { fakeClock } from '../support/fakeClock.ts';

const second: Rules = new Map([['1000 call', { name: 'call', max: 20, perMs: 1_000 }]]);

function takeAll(share: LocalShare, rules: Rules): string[] {
  const places: string[] = [];
  for (;;) {
    const taken = share.take(rules);
    if ('waitMs' in taken) return places;
    places.push(taken.place);
  }
}

function begin() {
  const clock = fakeClock();
  return { clock, share: createLocalShare(clock, 'replica') };
}

describe('a replica without Redis', () => {
  it('has a quarter of each window, and at least one place', () => {
    const { share } = begin();
    expect(takeAll(share, second)).toHaveLength(5);
    expect(takeAll(share, new Map([['1000 one', { name: 'one', max: 1, perMs: 1_000 }]]))).toHaveLength(1);
  });

  it('counts what it had taken through Redis', () => {
    const { share } = begin();
    for (const place of ['a', 'b', 'c']) share.took(place, second);
    expect(takeAll(share, second)).toHaveLength(2);
  });

  it('shares what was left of a fuller window, for one window', async () => {
    const { clock, share } = begin();
    share.took('own', second);
    share.seen(second, [12]);
    expect(share.answered('own')).toBe(true);
    expect(takeAll(share, second)).toHaveLength(2);
    await clock.advance(1_000);
    // Those two have no answer yet.
    expect(takeAll(share, second)).toHaveLength(3);
  });

  it('has nothing of a full window until one window after Redis was last heard', async () => {
    const { clock, share } = begin();
    share.seen(second, [20]);
    expect(share.take(second)).toEqual({ waitMs: 1_000 });
    await clock.advance(1_000);
    expect(takeAll(share, second)).toHaveLength(5);
  });

  it('holds the place of a call for one window after its answer, or for 35 s and a window', async () => {
    const { clock, share } = begin();
    const [first = '', ...others] = takeAll(share, second);
    await clock.advance(500);
    share.answered(first);
    expect(share.take(second)).toEqual({ waitMs: 1_000 });
    await clock.advance(999);
    expect(share.take(second)).toEqual({ waitMs: 1 });
    await clock.advance(1);
    expect(takeAll(share, second)).toHaveLength(1);
    await clock.advance(34_499);
    expect(share.take(second)).toEqual({ waitMs: 1 });
    await clock.advance(1);
    expect(takeAll(share, second)).toHaveLength(others.length);
  });

  it('keeps what Redis does not know, by age, until it was told or no longer counts', async () => {
    const { clock, share } = begin();
    share.took('through Redis', second);
    expect(share.hasUntold()).toBe(false);
    const [first = '', later = ''] = takeAll(share, second);
    await clock.advance(300);
    share.answered(first);
    share.answered(first);
    await clock.advance(200);
    const [told, open] = share.untold(2);
    const windows = [{ key: '1000 call', perMs: 1_000 }];
    expect(told).toEqual({ place: first, windows, departedAgoMs: 500, answeredAgoMs: 200 });
    expect(open).toEqual({ place: later, windows, departedAgoMs: 500, answeredAgoMs: undefined });
    share.answered(later);
    share.told(told === undefined || open === undefined ? [] : [told, open]);
    // The second was answered while Redis was being told.
    expect(share.untold(9).map(({ place }) => place)).toContain(later);
    expect(share.untold(9).map(({ place }) => place)).not.toContain(first);
    await clock.advance(36_000);
    expect(share.untold(9)).toEqual([]);
    expect(share.hasUntold()).toBe(false);
    expect(share.answered('unknown')).toBe(false);
  });
});
