import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesNews, newsFilterText, parseNewsFilter, type Sought } from '../src/newsFilter.ts';

const ticket: Sought = { text: 'ＶＰＮ 连不上，错误 809', tags: ['紧急', 'VPN'], channel: 'qr_code' };
const matches = (typed: string, sought = ticket): boolean => {
  const filter = parseNewsFilter(typed.split(' ').filter(Boolean));
  if ('unknown' in filter) throw new Error(filter.unknown);
  return matchesNews(filter, sought);
};

describe('which new tickets are told', () => {
  it.each([
    ['', true],
    ['vpn', true],
    ['VPN 809', true],
    ['VPN 打印机', false],
    ['-打印机', true],
    ['VPN -809', false],
    ['－８０９', false],
    ['tag:紧急', true],
    ['tag:内部 tag:紧急', true],
    ['tag:内部', false],
    ['-tag:vpn', false],
    ['标签：紧急', true],
    ['channel:qr', true],
    ['channel:search', false],
    ['来源:二维码 -tag:内部', true],
  ])('%j: %s', (typed, expected) => {
    expect(matches(typed)).toBe(expected);
  });

  it.each(['channel:pigeon', '-channel:qr'])('does not understand %s', (word) => {
    expect(parseNewsFilter(['VPN', word])).toEqual({ unknown: word });
  });

  it('is written as it can be typed again', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).filter((word) => !/\s/u.test(word)),
          { maxLength: 8 },
        ),
        (words) => {
          const filter = parseNewsFilter(words);
          if ('unknown' in filter) return;
          const typed = newsFilterText(filter).split(' ').filter(Boolean);
          const again = parseNewsFilter(typed);
          if ('unknown' in again) throw new Error(again.unknown);
          expect(newsFilterText(again)).toBe(newsFilterText(filter));
        },
      ),
    );
  });
});
