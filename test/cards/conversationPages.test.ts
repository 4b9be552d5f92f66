import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationPage, conversationPage } from '../../src/cards/conversationPages.ts';
import { untrusted } from '../../src/cards/untrusted.ts';
import type { Conversation } from '../../src/domain.ts';
import { conversation, message, numbers, talkWith } from './samples.ts';

function pagesOf(talk: Conversation): readonly ConversationPage[] {
  const { pageCount } = conversationPage(talk, 1);
  return numbers(pageCount).map((page) => conversationPage(talk, page));
}

const texts = fc.oneof(
  { weight: 5, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 8_000 }).map((count) => '说了很多。'.repeat(count / 5)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 400 }).map((count) => 'x\n'.repeat(count)) },
);
const talks = fc.array(fc.record({ text: texts, pictureCount: fc.nat(12) }), { maxLength: 40 }).map((said) =>
  conversation(
    said.map(({ text, pictureCount }, index) =>
      message({
        id: `m${index}`,
        text,
        pictures: talkWith(pictureCount).messages[3]?.pictures ?? [],
      }),
    ),
  ),
);

describe('the pages of a conversation', () => {
  it('hold every message once, whole, and in its order', () => {
    fc.assert(
      fc.property(talks, (talk) => {
        const entries = pagesOf(talk).flatMap((page) => page.entries);
        const whole = entries.filter((entry) => entry.part === entry.partCount);
        expect(whole.map((entry) => entry.message.id)).toEqual(talk.messages.map(({ id }) => id));
        for (const { message: one, partCount } of whole) {
          const parts = entries.filter((entry) => entry.message === one).map((entry) => entry.part);
          expect(parts).toEqual(numbers(partCount));
        }
      }),
    );
  });

  it('number the pictures through, and count those that they leave out', () => {
    fc.assert(
      fc.property(talks, (talk) => {
        const entries = pagesOf(talk).flatMap((page) => page.entries);
        const shown = entries.flatMap((entry) => entry.pictures.map(({ number }) => number));
        expect(shown).toEqual([...shown].sort((a, b) => a - b));
        const left = entries.reduce((sum, entry) => sum + entry.morePicturesCount, 0);
        const all = talk.messages.reduce((sum, { pictures }) => sum + pictures.length, 0);
        expect(shown.length + left).toBe(all);
      }),
    );
  });

  it('stay the same when more is said, but for the last one', () => {
    fc.assert(
      fc.property(talks, talks, (talk, more) => {
        const before = pagesOf(talk).slice(0, -1);
        const after = pagesOf(conversation([...talk.messages, ...more.messages]));
        for (const [index, page] of before.entries()) expect(after[index]?.entries).toEqual(page.entries);
      }),
    );
  });

  it('are the last one unless another is wanted that exists', () => {
    const talk = conversation(numbers(25).map((id) => message({ id: `m${id}` })));
    expect(conversationPage(talk)).toMatchObject({ page: 3, pageCount: 3 });
    expect(conversationPage(talk, 2).entries[0]?.message.id).toBe('m11');
    expect(conversationPage(talk, 99).page).toBe(3);
    expect(conversationPage(conversation([]), 1)).toEqual({ entries: [], page: 1, pageCount: 1 });
  });

  it('say where messages were not read', () => {
    const talk = conversation([message(), message({ id: 'm2' })], {
      totalCount: 500,
      omittedCount: 498,
      omittedBefore: 1,
    });
    expect(conversationPage(talk).entries.map((entry) => entry.missingBeforeCount)).toEqual([0, 498]);
  });
});

describe('the parts of a long message', () => {
  it('make up the whole, and divide no character', () => {
    const unit = fc.constantFrom('字', '👨‍👩‍👧', 'é', 'x', '\n', ' ');
    const { part, block } = untrusted('open');
    const all = { columnCount: Number.MAX_SAFE_INTEGER, lineCount: Number.MAX_SAFE_INTEGER };
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 300 }), fc.integer({ min: 1, max: 9 }), (units, count) => {
        const text = units.join('');
        const parts = numbers(count).map((one) => part(text, one, count, all.columnCount).text);
        const bare = (words: string): string => words.replaceAll(/\s/g, '');
        expect(bare(parts.join(''))).toBe(bare(block(text, all).text));
        for (const one of parts) expect(one).not.toMatch(/^\u200d|\u200d$/);
      }),
    );
  });

  it('are masked before they are divided', () => {
    const text = `${'x'.repeat(50)} wang.fang@example.com ${'y'.repeat(50)}`;
    const { part } = untrusted('masked');
    for (const count of [1, 2, 3, 4, 5, 6, 7]) {
      const shown = numbers(count)
        .map((one) => part(text, one, count, 1_000).text)
        .join('');
      expect(shown).not.toMatch(/wang|example/);
    }
  });
});
