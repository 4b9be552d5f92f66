import { describe, expect, it } from 'vitest';
import { columnCount, cut, harmless, wrap } from './width.ts';

describe('width in a terminal', () => {
  it.each([
    ['abc', 3],
    ['工单', 4],
    ['チケット', 8],
    ['ﾁｹｯﾄ', 4],
    ['（）', 4],
    ['한글', 4],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👨‍👩‍👧', 2],
    ['🇯🇵', 2],
    ['a\u200bb', 2],
    ['𠮷', 2],
    ['…·▣', 3],
  ])('%s takes %i columns', (text, width) => {
    expect(columnCount(text)).toBe(width);
  });

  it('cuts between characters and never past the width', () => {
    expect(cut('工单助手', 8)).toBe('工单助手');
    expect(cut('工单助手', 7)).toBe('工单助…');
    expect(cut('工单助手', 6)).toBe('工单…');
  });

  it('breaks between words, between Chinese characters, and inside words that fit nowhere', () => {
    const lines = (text: string, width: number) =>
      wrap([{ text }], width).map((line) => line.map((span) => span.text).join(''));
    expect(lines('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(lines('一二三四五', 4)).toEqual(['一二', '三四', '五']);
    expect(lines('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(lines('', 4)).toEqual(['']);
  });

  it('drops what would move the cursor or turn the reading direction, and keeps line breaks', () => {
    expect(harmless('a\u001b[2Jb\u0000\u202ec\r\nd\te')).toBe('a[2Jbc\nd e');
  });
});
