import { describe, expect, it } from 'vitest';
import { createFreshKeys } from '../../src/services/freshKeys.ts';
import { fakeClock } from '../support/fakeClock.ts';

/** Writing takes until `written` is called. */
function setup() {
  const clock = fakeClock();
  const keys = createFreshKeys(clock);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const keep = (name: string, imageKey: string): void =>
    keys.keep(name, {
      imageKey,
      write: () => {
        begun.push(imageKey);
        return new Promise((resolve) => ends.push(resolve));
      },
    });
  const written = async (): Promise<void> => {
    for (const end of ends.splice(0)) end();
    await clock.settle();
  };
  return { clock, keys, begun, keep, written };
}

describe('keys of pictures that were just made', () => {
  it('are known at once, and written down together a moment later', async () => {
    const { clock, keys, begun, keep } = setup();
    keep('a', 'img_1');
    keep('b', 'img_2');
    expect(['a', 'b', 'c'].map(keys.get)).toEqual(['img_1', 'img_2', undefined]);
    await clock.advance(99);
    expect(begun).toEqual([]);
    await clock.advance(1);
    expect(begun).toEqual(['img_1', 'img_2']);
  });

  it('are known until they can be read from storage', async () => {
    const { clock, keys, keep, written } = setup();
    keep('a', 'img_1');
    await clock.advance(100);
    expect(keys.get('a')).toBe('img_1');
    await written();
    expect(keys.get('a')).toBeUndefined();
  });

  it('give way to a newer one under the same name, also while they are written', async () => {
    const { clock, keys, begun, keep, written } = setup();
    keep('a', 'img_1');
    keep('a', 'img_2');
    await clock.advance(100);
    keep('a', 'img_3');
    await written();
    expect(keys.get('a')).toBe('img_3');
    await clock.advance(100);
    expect(begun).toEqual(['img_2', 'img_3']);
    await written();
    expect(keys.get('a')).toBeUndefined();
  });

  it('settle at once, with those that are being written, and only once', async () => {
    const { clock, keys, begun, keep, written } = setup();
    keep('a', 'img_1');
    await clock.advance(100);
    keep('b', 'img_2');
    let settled = false;
    const settling = keys.settle().then(() => {
      settled = true;
    });
    expect(begun).toEqual(['img_1', 'img_2']);
    await clock.settle();
    expect(settled).toBe(false);
    await written();
    await settling;
    await clock.advance(1_000);
    expect(begun).toEqual(['img_1', 'img_2']);
    expect(keys.get('b')).toBeUndefined();
  });
});
