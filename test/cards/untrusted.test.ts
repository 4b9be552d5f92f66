import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disarm, mask, untrusted } from '../../src/cards/untrusted.ts';
import { same } from '../../src/text.ts';
import { foundIn } from './markup.ts';

const open = untrusted('open');
const masked = untrusted('masked');

describe('the parser of these tests', () => {
  it.each([
    '<at id=all></at>',
    '<AT ID="all"/>',
    '&lt;at id=all&gt;',
    '&amp;lt;at id=all&amp;gt;',
    '&#60;at id=all&#62;',
    '[Reset password](https://evil.example)',
    '&#91;Reset&#93;&#40;https://evil.example&#41;',
    '![x](img_v3_other)',
    '<a href=https://evil.example>x</a>',
    '<person id=ou_x></person>',
    "<font color='red'>x</font>",
    "<text_tag color='blue'>x</text_tag>",
    ':OK:',
    '```\ncode',
    '# heading',
    '---',
    'https://evil.example',
  ])('sees through %j', (text) => {
    expect(foundIn(text)).not.toEqual([]);
  });

  it('finds nothing in harmless text', () => {
    expect(foundIn('**Name** value 1&#58;2<br>**Other** a&#95;b ＜at id=all＞')).toEqual([]);
  });
});

/** T01–T09 of what people try. */
const attacks = [
  '<at id=all></at>',
  '<at id="all"/>',
  '<AT ID=ALL>',
  '<at user_id="all">x</at>',
  '<at ids=ou_a,ou_b>',
  '<at email=a@b.c>',
  '&lt;at id=all&gt;',
  '&amp;lt;at id=all&amp;gt;',
  '&#60;at id=all&#62;&#60;/at&#62;',
  '&#x3c;at id=all&#x3e;',
  '@_all @_user_1 @所有人',
  '[Reset password](https://evil.example)',
  '[x][1]\n[1]: https://evil.example',
  '<a href="https://evil.example">x</a><link url=https://evil.example>',
  '![x](img_v3_other)',
  '```\n</at>\n```',
  '---\n# h\n> q\n| a | b |\n| - | - |\n- list\n+ list\n1. one',
  '<font color=red>x</font><text_tag color=red>x</text_tag><number_tag>1</number_tag><person id=ou_x></person>',
  `:OK: $urlVal $${'{var}'} {{var}}`,
  'https://evil.example/?a=1',
  '\\<at id=all>\\</at>',
];

describe('rich text', () => {
  it.each(attacks)('makes %j inert', (attack) => {
    expect(foundIn(open.markdown(attack, 500))).toEqual([]);
    expect(foundIn(`**${open.markdown(attack, 500)}** ${open.markdown(attack, 500)}`)).toEqual([]);
  });

  it('shows what was typed, but for the full-width twins', () => {
    expect(open.markdown('a_b*c (d) #1 ~x~', 50)).toBe('a&#95;b&#42;c &#40;d&#41; &#35;1 &#126;x&#126;');
    expect(open.markdown('[x] <y> & @z', 50)).toBe('［x］ ＜y＞ ＆ ＠z');
  });

  const alphabet = '<>&@[]()!*_~`#{}$\\"\'/ atidluser=\n|:;-+.&#60;中😀';
  const hostile = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 120 });

  it('lets nothing through, alone or joined, over 10,000 strings', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(foundIn(open.markdown(one, 400) + open.markdown(other, 400))).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('plain messages', () => {
  it.each(attacks)('disarms %j', (attack) => {
    expect(disarm(attack)).not.toMatch(/[<>&@[\]]/);
  });
});

describe('tidying', () => {
  it('joins lines by a blank, but not behind a full-width mark, which brings its own', () => {
    expect(untrusted('open').line('连不上。\n 代码 809\nWindows\n11', 80)).toBe(
      '连不上。代码 809 Windows 11',
    );
    expect(untrusted('open').line('连不上。 代码', 80)).toBe('连不上。 代码');
  });

  it('leaves no comma before the dots of a line that was cut', () => {
    expect(open.line('月底要关账，比较急', 13)).toBe('月底要关账…');
    expect(open.line('月底要关账，…', 80)).toBe('月底要关账，…');
  });

  it.each([
    ['bidirectional overrides', 'abc\u202Edcba\u2066x\u2069', 'abcdcbax'],
    ['zero-width characters', 'a\u200Bb\u200Cc\u2060d\uFEFFe\u00ADf', 'abcdef'],
    ['joiners that join no emoji', 'a\u200Db👍\u200Dc\u200D', 'ab👍c'],
    ['control characters', 'a\u0000b\u0007c\u001B[2Jd\u009Be', 'abc[2Jde'],
    ['halves of characters', 'a\uD800b\uDC00c', 'abc'],
    ['invisible tags', 'a\u{E0041}\u{E007F}b', 'ab'],
    ['line ends of other systems', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['many empty lines', 'a\n \n\n\t\n\nb', 'a\n\nb'],
    ['tabs', 'a\tb', 'a b'],
  ])('removes %s', (_, text, expected) => {
    expect(open.block(text, { columnCount: 100, lineCount: 100 }).text).toBe(expected);
  });

  it('keeps emoji whole', () => {
    const family = '👨‍👩‍👧 👍🏽 1️⃣ ❤️‍🔥';
    expect(open.line(family, 100)).toBe(family);
  });

  it('stops a flood of marks on one letter', () => {
    expect(open.line(`Z${'\u0301'.repeat(1000)}`, 100)).toBe('Z\u0301\u0301\u0301\u0301');
  });

  it('puts a line into one line', () => {
    expect(open.line('  a\n\nb\u2029 c  ', 100)).toBe('a b c');
  });

  it('copes with long runs of spaces', () => {
    expect(open.block(`a${' '.repeat(19_000)}b`, { columnCount: 10, lineCount: 2 }).text).toMatch(/^a\s*…$/);
  });
});

describe('cutting', () => {
  it('leaves a text that fits alone', () => {
    expect(open.block('主题'.repeat(20), { columnCount: 80, lineCount: 1 })).toEqual({
      text: '主题'.repeat(20),
      leftOutCount: 0,
    });
  });

  it('counts a Chinese character as two columns and says how much is left out', () => {
    const { text, leftOutCount } = open.block('字'.repeat(50), { columnCount: 80, lineCount: 1 });
    expect(text).toBe(`${'字'.repeat(39)}…`);
    expect(leftOutCount).toBe(11);
  });

  it('cuts by lines too', () => {
    expect(open.block('a\nb\nc\nd', { columnCount: 80, lineCount: 2 })).toEqual({
      text: 'a\nb…',
      leftOutCount: 4,
    });
  });

  it('never cuts inside a character that readers see as one', () => {
    expect(open.line('👨‍👩‍👧'.repeat(5), 20)).toBe('👨‍👩‍👧👨‍👩‍👧…');
    expect(open.line('e\u0301'.repeat(10), 7)).toBe(`${'e\u0301'.repeat(3)}…`);
  });

  const codePoint = fc.integer({ min: 0, max: 0x10ffff });
  const anyText = fc.array(codePoint, { maxLength: 300 }).map((all) => String.fromCodePoint(...all));

  it('keeps within the columns and within three bytes for each, whatever comes', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 100 }), (text, columnCount) => {
        const shown = open.line(text, columnCount);
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(3 * columnCount);
        expect(shown).not.toMatch(/\p{Cs}/u);
      }),
    );
  });

  it('counts what it did not even read', () => {
    const { leftOutCount } = open.block('字'.repeat(200_000), { columnCount: 80, lineCount: 1 });
    expect(leftOutCount).toBe(200_000 - 39);
  });
});

describe('masking e-mail addresses', () => {
  it.each([
    ['plain', 'write to alice.b+x@mail.example.com today', 'write to •••@••• today'],
    ['next to Chinese', '邮箱是alice@example.com谢谢', '邮箱是•••@•••谢谢'],
    ['full-width', 'ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ', '•••@•••'],
    ['with the small sign', 'alice﹫example.com', '•••@•••'],
    ['with an ideographic dot', 'alice@example。com', '•••@•••'],
    ['with spaces around the sign', 'alice @ example.com', '•••@•••'],
    ['over two lines', 'alice@\nexample.com', '•••@•••'],
    ['with unseen characters', 'al\u200Bice@exa\u00ADmple\u2060.com', '•••@•••'],
    ['in a link', 'https://x.example/?to=alice%40example.com&a=1', 'https://x.example/?to=•••@•••&a=1'],
    ['as an entity', 'alice&#64;example.com', '•••@•••'],
    ['of a number', 'alice@[192.168.0.1]', '•••@•••'],
    ['in other letters', '用户@例子.公司', '•••@•••'],
    ['in mathematical letters', '𝐚𝐥𝐢𝐜𝐞@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦', '•••@•••'],
    ['two', 'a.b@example.com,c@example.org', '•••@•••,•••@•••'],
  ])('%s', (_, text, expected) => {
    expect(masked.block(text, { columnCount: 200, lineCount: 10 }).text).toBe(expected);
  });

  it.each(['请@张三。谢谢', '@bob please look', 'meet me @ 5', 'x@y', '１２３．４５６'])(
    'leaves %j alone',
    (text) => {
      expect(masked.line(text, 100)).toBe(text);
    },
  );

  it('leaves addresses alone where they may be seen', () => {
    expect(mask('alice@example.com', 'open')).toBe('alice@example.com');
  });

  it('masks in one of our sentences that quotes what was typed', () => {
    expect(masked.sentence(same('no such command: /x alice@example.com'), 100).ja_jp).toBe(
      'no such command: /x •••@•••',
    );
  });

  it('masks before it cuts, also where it stops reading', () => {
    expect(masked.line('alice@example.com', 10)).not.toContain('alice');
    for (const shift of [0, 3, 5, 8, 12]) {
      const text = `${' \n'.repeat(10_000 - 10)}${'.'.repeat(shift)}alice@example.com`;
      expect(masked.block(text, { columnCount: 100, lineCount: 10 }).text).not.toContain('alice');
    }
  });

  const part = fc.string({ unit: fc.constantFrom(...'abcdefghij0189'), minLength: 2, maxLength: 12 });
  const noise = fc.constantFrom('', '\u200B', '\u2060', '\uFE0F', '\u202E');
  const width = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.replaceAll(/[!-~]/g, (one) => String.fromCodePoint(one.charCodeAt(0) + 0xfee0)),
  );

  it('hides any address in any surroundings', () => {
    fc.assert(
      fc.property(
        part,
        part,
        noise,
        width,
        fc.string(),
        fc.string(),
        (user, host, between, widen, before, after) => {
          const address = widen([...`${user}@${host}.com`].join(between));
          const shown = masked.block(`${before} ${address} ${after}`, {
            columnCount: 500,
            lineCount: 50,
          }).text;
          expect(shown.normalize('NFKC')).not.toContain(`${user}@${host}.com`);
          expect(shown.normalize('NFKC')).not.toContain(`@${host}`);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
