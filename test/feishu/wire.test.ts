import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanText,
  cutText,
  idOf,
  lineOf,
  listOf,
  momentMsOf,
  numberOf,
  personOf,
  textOf,
} from '../../src/feishu/wire.ts';
import { hidden, hostileText } from '../support/hostileText.ts';

describe('moments', () => {
  it.each([
    [1_617_960_686, 1_617_960_686_000],
    [1_617_960_686_000, 1_617_960_686_000],
    [1_617_960_686_000_123, 1_617_960_686_000],
    ['1591239289000', 1_591_239_289_000],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [0, undefined],
    [-1, undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    [Number.NaN, undefined],
    [Number.MAX_VALUE, undefined],
    [{}, undefined],
    [true, undefined],
  ])('%s is %s', (given, expected) => expect(momentMsOf(given)).toBe(expected));

  it('are always dates that can be written', () =>
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.maxSafeInteger()), (number) => {
        const ms = momentMsOf(number);
        if (ms !== undefined) expect(new Date(ms).toISOString()).toMatch(/^\d{4}-/);
      }),
    ));
});

describe('ids and numbers', () => {
  it.each([
    ['6626871355780366331', '6626871355780366331'],
    [12, '12'],
    [7_262_656_095_919_129_000, undefined],
    ['', undefined],
    ['0', undefined],
    [' om_1 ', 'om_1'],
    ['../x?y', undefined],
    [{ id: 1 }, undefined],
  ])('the id of %s is %s', (given, expected) => expect(idOf(given)).toBe(expected));

  it.each([
    [1.5, 1.5],
    ['50', 50],
    ['-1', -1],
    ['', undefined],
    ['1e9', undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])('the number of %s is %s', (given, expected) => expect(numberOf(given)).toBe(expected));

  it('a list may be one thing, or missing', () => {
    expect([listOf([1]), listOf({}), listOf(null), listOf(undefined)]).toEqual([[1], [{}], [], []]);
  });
});

describe('people', () => {
  const nobody = { email: undefined, department: undefined };

  it.each([[{}], [null], ['ou_1'], [{ id: '', name: '' }], [{ id: '0', name: '-' }], [[]]])(
    '%j is nobody',
    (wire) => expect(personOf(wire)).toBeUndefined(),
  );

  it('an id may be an object of ids, as in events', () => {
    const wire = { id: { open_id: 'ou_1', union_id: 'on_1' }, name: '-' };
    expect(personOf(wire)).toEqual({ openId: 'ou_1', name: '', ...nobody });
  });

  it('an id that is no open_id is not taken for one', () => {
    expect(personOf({ id: '7278977548950978561', name: '王芳' })).toEqual({
      openId: undefined,
      name: '王芳',
      ...nobody,
    });
  });

  it('a name is one line without hidden characters', () => {
    expect(personOf({ id: 'ou_1', name: ' 王\u202e\n芳\0 ' })?.name).toBe('王 芳');
  });
});

describe('text', () => {
  it('loses what cannot be seen and keeps emoji whole', () => {
    expect(cleanText('a\u202eb\u2066c\u200bd\0e\u0007f\u{e0041}\ud800g')).toBe('abcdefg');
    expect(cleanText('👩\u200d💻 a\u200db ✌🏽\u200d✌ \u200d👩')).toBe('👩\u200d💻 ab ✌🏽\u200d✌ 👩');
    expect(cleanText('1\r\n2\r3\u20284')).toBe('1\n2\n3\n4');
  });

  it('keeps few marks on a letter', () => {
    expect(cleanText(`e${'\u0301'.repeat(500)}x`)).toBe(`e${'\u0301'.repeat(8)}x`);
  });

  it('is cut to 20,000 characters between two of what people see', () => {
    const families = textOf(`family${'👨‍👩‍👧‍👦'.repeat(100_000)}`);
    expect(families.length).toBeLessThanOrEqual(20_000);
    expect(families.length).toBeGreaterThan(19_900);
    expect(families).toMatch(/^family(?:👨‍👩‍👧‍👦)+…$/u);
    expect(textOf('x'.repeat(1_000_000))).toBe(`${'x'.repeat(19_999)}…`);
    expect(lineOf('长'.repeat(1_000))).toHaveLength(200);
    expect(cutText(`a${'\u200d👩'.repeat(5_000)}`, 1_000).length).toBeGreaterThan(990);
  });

  it('of any kind has nothing hidden in it, is well formed, and cleaning it again changes nothing', () =>
    fc.assert(
      fc.property(hostileText, (text) => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(hidden);
        expect(clean).not.toMatch(/\p{Surrogate}/u);
        expect(cleanText(clean)).toBe(clean);
      }),
      { numRuns: 2_000 },
    ));
});
