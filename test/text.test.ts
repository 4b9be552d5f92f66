import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Text } from '../src/domain.ts';
import { duration, grouped, joinText, locales, mapText, same, say, sentence, text } from '../src/text.ts';

/** Every wording of the catalogue by its path; sentences with gaps are filled with `x`. */
function wordings(value: unknown, path = 'text'): readonly (readonly [string, Text])[] {
  if (typeof value === 'function') {
    const filled: unknown = value.length === 0 ? value() : value(3);
    return isText(filled) ? [[path, filled]] : [];
  }
  if (isText(value)) return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => wordings(one, `${path}.${key}`));
}

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && locales.every((locale) => locale in value);
}

describe('the catalogue', () => {
  it('says everything in three languages', () => {
    const found = wordings(text);
    expect(found.length).toBeGreaterThan(60);
    for (const [path, wording] of found) {
      for (const locale of locales) expect(wording[locale].trim(), path).not.toBe('');
    }
  });

  it('keeps kana out of Chinese and English, and Chinese-only words out of Japanese', () => {
    for (const [path, { zh_cn, en_us, ja_jp }] of wordings(text)) {
      expect(zh_cn, path).not.toMatch(/[\u3040-\u30ff]/);
      expect(en_us, path).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
      expect(ja_jp, path).not.toMatch(/[们这请单务态时间图]/);
    }
  });
});

describe('sentence', () => {
  const greet = sentence('{name}，还有 {count} 个', '{name}, {count} more', '{name}さん、あと {count} 件');

  it('fills all languages from the same values, each with its own wording of a value', () => {
    expect(greet({ name: say('李', 'Li', 'リー'), count: 2 })).toEqual({
      zh_cn: '李，还有 2 个',
      en_us: 'Li, 2 more',
      ja_jp: 'リーさん、あと 2 件',
    });
  });

  it('does not look for gaps inside a value', () => {
    expect(greet({ name: '{count}$&$1', count: 2 }).en_us).toBe('{count}$&$1, 2 more');
  });

  it('does not compile when a language lacks a gap', () => {
    // @ts-expect-error the Japanese sentence forgets {name}
    expect(sentence('{name}好', 'Hello {name}', 'こんにちは')({ name: 'Li' }).ja_jp).toBe('こんにちは');
  });
});

describe('joinText and mapText', () => {
  it('work language by language', () => {
    const both = joinText([say('甲', 'a', 'あ'), same(1)], ' · ');
    expect(both).toEqual({ zh_cn: '甲 · 1', en_us: 'a · 1', ja_jp: 'あ · 1' });
    expect(mapText(both, (line, locale) => `${locale}:${line.length}`).ja_jp).toBe('ja_jp:5');
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [45_000, '45 s'],
    [60_000, '1 min'],
    [42 * 60_000 + 59_000, '42 min'],
    [3 * 3_600_000, '3 h'],
    [3 * 3_600_000 + 5 * 60_000, '3 h 5 min'],
    [2 * 86_400_000, '2 d'],
    [2 * 86_400_000 + 30 * 60_000, '2 d'],
    [2 * 86_400_000 + 4 * 3_600_000, '2 d 4 h'],
    [-5_000, '0 s'],
    [Number.NaN, '0 s'],
  ])('%d ms is %s', (ms, expected) => {
    expect(duration(ms).en_us).toBe(expected);
  });

  it('has its units in each language', () => {
    expect(duration(3 * 3_600_000 + 5 * 60_000)).toMatchObject({
      zh_cn: '3 小时 5 分钟',
      ja_jp: '3 時間 5 分',
    });
  });

  it('never says a number with a fraction, whatever the length', () => {
    fc.assert(
      fc.property(fc.double(), (ms) => {
        expect(duration(ms).en_us).toMatch(/^[\d,]+ (s|min|h( \d+ min)?|d( \d+ h)?)$/);
      }),
    );
  });

  it('groups thousands and knows the English plural', () => {
    expect(grouped(1240)).toBe('1,240');
    expect(text.pictures(1).en_us).toBe('1 picture');
    expect(text.messages(1240)).toEqual({
      zh_cn: '1,240 条消息',
      en_us: '1,240 messages',
      ja_jp: '1,240 件のメッセージ',
    });
  });
});
