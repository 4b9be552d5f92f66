import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combinationCounts } from '../../src/cards/contentElements.ts';
import type { Element } from '../../src/cards/elements.ts';
import { card } from '../../src/cards/frame.ts';
import { grid, pictureSection } from '../../src/cards/pictures.ts';
import type { Picture } from '../../src/domain.ts';
import { same } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { allOf, imageKeys, lines, read } from './reading.ts';
import { failed, loading, numbers, ready } from './samples.ts';

const limits = { maxCount: 40, inViewCount: 9 };
const shownIn = (elements: readonly Element[]) =>
  card({ title: same(''), color: 'blue', summary: same(''), elements });
const section = (pictures: readonly Picture[], total = pictures.length): readonly Element[] =>
  pictureSection(pictures, total, limits);
const keysOf = (pictures: readonly Picture[]): readonly string[] =>
  pictures.flatMap((picture) => (picture.state === 'ready' ? [picture.imageKey] : []));

describe('grid', () => {
  it.each([
    [1, ['img']],
    [2, ['double']],
    [3, ['triple']],
    [4, ['double', 'double']],
    [5, ['triple', 'double']],
    [6, ['bisect']],
    [7, ['triple', 'double', 'double']],
    [8, ['bisect', 'double']],
    [9, ['trisect']],
    [10, ['bisect', 'double', 'double']],
  ])('lays out %d', (count, expected) => {
    const elements = grid(
      numbers(count).map((n) => ({ imageKey: `k${n}`, alt: same(n) })),
      'thumbnail',
    );
    expect(elements.map((one) => (one.tag === 'img_combination' ? one.combination_mode : one.tag))).toEqual(
      expected,
    );
  });

  it('shows every picture once, in order, and leaves no blank', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (count) => {
        const keys = numbers(count).map((n) => `k${n}`);
        const elements = grid(
          keys.map((imageKey) => ({ imageKey, alt: same('') })),
          'thumbnail',
        );
        expect(imageKeys(elements)).toEqual(keys);
        for (const one of elements) {
          if (one.tag === 'img_combination')
            expect(one.img_list).toHaveLength(combinationCounts[one.combination_mode]);
        }
      }),
    );
  });
});

describe('the picture section', () => {
  it('is absent without pictures', () => {
    expect(section([])).toEqual([]);
  });

  it('shows a single picture whole', () => {
    expect(allOf(section([ready(1)]), 'img')).toMatchObject([{ scale_type: 'fit_horizontal' }]);
  });

  it('keeps nine in view and folds the others', () => {
    const elements = section(numbers(14).map(ready));
    const [panel] = allOf(elements, 'collapsible_panel');
    expect(imageKeys(elements.filter((one) => one.tag !== 'collapsible_panel'))).toHaveLength(9);
    expect(imageKeys(panel)).toHaveLength(5);
    expect(read(shownIn(elements))).toContain('5 more pictures');
  });

  it('says how many are coming', () => {
    const elements = section([ready(1), loading(2), loading(3)]);
    expect(lines(elements)).toEqual(['3 pictures', 'Loading 1 of 3 pictures…']);
  });

  it('says in its place what failed, neighbours of one reason together', () => {
    const elements = section([
      ready(1),
      failed(2, 'deleted'),
      failed(3, 'deleted'),
      failed(4, 'too_large'),
      ready(5),
    ]);
    expect(elements.slice(1).map((one) => one.tag)).toEqual(['img', 'div', 'div', 'img']);
    expect(lines(elements).slice(1)).toEqual([
      'Pictures 2–3: deleted by the customer',
      'Picture 4: too large to show',
    ]);
  });

  it('says how many are not shown', () => {
    expect(lines(section(numbers(40).map(ready), 57)).at(-1)).toBe(
      'Only the first 40 of 57 pictures are shown',
    );
    expect(lines(section(numbers(45).map(ready))).at(-1)).toBe('Only the first 40 of 45 pictures are shown');
  });

  it('says it when none can be shown', () => {
    expect(lines(section([], 3))).toEqual(['3 pictures cannot be shown']);
  });

  const anyPicture = fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom('ready', 'loading', 'deleted', 'too_large'))
    .map(([n, state]): Picture => {
      if (state === 'ready') return ready(n);
      return state === 'loading' ? loading(n) : failed(n, state === 'deleted' ? 'deleted' : 'too_large');
    });

  it('accounts for every picture: shown, failed, coming or left out', () => {
    fc.assert(
      fc.property(fc.array(anyPicture, { minLength: 1, maxLength: 60 }), (pictures) => {
        const elements = section(pictures);
        expect(checkCard(shownIn(elements))).toEqual([]);
        expect(imageKeys(elements)).toEqual(keysOf(pictures.slice(0, 40)));
        const failures = lines(elements).flatMap(
          (line) => /^Pictures? (.*):/.exec(line)?.[1]?.split(', ') ?? [],
        );
        const failedCount = failures.reduce((sum, range) => {
          const [from = 0, to = from] = range.split('–').map(Number);
          return sum + to - from + 1;
        }, 0);
        const expected = pictures.slice(0, 40).filter((one) => one.state === 'failed').length;
        expect(failedCount).toBe(expected);
        const coming = pictures.slice(0, 40).filter((one) => one.state === 'loading').length;
        const progress = `Loading ${Math.min(40, pictures.length) - coming} of `;
        expect(lines(elements).some((line) => line.startsWith(progress))).toBe(coming > 0);
      }),
    );
  });
});
