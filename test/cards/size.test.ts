import { describe, expect, it } from 'vitest';
import { note, plain } from '../../src/cards/contentElements.ts';
import { card } from '../../src/cards/frame.ts';
import { firstThatFits, measure } from '../../src/cards/size.ts';
import type { Card } from '../../src/domain.ts';
import { same } from '../../src/text.ts';
import { countElements } from '../sandbox/cardRules.ts';
import { numbers } from './samples.ts';

const cardOf = (lineCount: number, line: string): Card =>
  card({
    title: same('t'),
    color: 'blue',
    summary: same('s'),
    elements: numbers(lineCount).map(() => plain(same(line))),
  });

describe('measure', () => {
  it('counts bytes as they are sent, not characters', () => {
    const bytes = (line: string): number => measure(cardOf(1, line)).bytes;
    expect(bytes('字') - bytes('')).toBe(3);
    expect(bytes('"') - bytes('')).toBe(2);
  });

  it('counts elements as Feishu does, texts included', () => {
    const some = cardOf(7, 'x');
    expect(measure(some).elements).toBe(15);
    expect(measure(some).elements).toBe(countElements(some));
  });
});

describe('firstThatFits', () => {
  const small = cardOf(1, 'x');

  it('takes the richest that fits and does not build the others', () => {
    const never = (): Card => {
      throw new Error('built for nothing');
    };
    expect(firstThatFits(() => small, never)).toBe(small);
  });

  it('goes on when there are too many bytes', () => {
    expect(
      firstThatFits(
        () => cardOf(1, 'x'.repeat(28_000)),
        () => small,
      ),
    ).toBe(small);
  });

  it('goes on when there are too many elements', () => {
    expect(measure(cardOf(100, '')).elements).toBe(201);
    expect(
      firstThatFits(
        () => cardOf(100, ''),
        () => small,
      ),
    ).toBe(small);
  });

  it('takes the last one as it is', () => {
    const large = card({
      title: same('t'),
      color: 'grey',
      summary: same(''),
      elements: numbers(150).map(() => note(same(''))),
    });
    expect(
      firstThatFits(
        () => cardOf(120, ''),
        () => large,
      ),
    ).toBe(large);
  });
});
