import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToPlain, postToPlain } from '../../src/feishu/plainText.ts';
import { hidden, hostileText } from '../support/hostileText.ts';

const plain = (html: string): string => htmlToPlain(html).text;

describe('HTML-like text', () => {
  it.each([
    ['a<br>b<BR/>c', 'a\nb\nc'],
    ['<p>a</p><p>b</p>', 'a\n\nb'],
    ['<ul><li>a</li><li>b</li></ul>', '• a\n• b'],
    ['<b>bold</b> <span style="color: red">red</span>', 'bold red'],
    ['<a href="https://x.example/1?a=1&amp;b=2">here</a>!', 'here (https://x.example/1?a=1&b=2)!'],
    ['<a href="https://x.example">https://x.example</a>', 'https://x.example'],
    ['<a href="javascript:alert(1)">click</a>', 'click'],
    ['&lt;b&gt; &amp;amp; &#20013;&#x6587; &quot;&nbsp;&unknown;', '<b> &amp; 中文 " &unknown;'],
    ['a &amp;lt; b', 'a &lt; b'],
    ['<at user_id="all"></at> <at id=all/>', '@all @all'],
    ['<at user_id="ou_1"></at>x', 'x'],
    ['List<String>, a<b && c>d, <script>x</script>', 'List<String>, a<b && c>d, <script>x</script>'],
    ['x<img src="https://elsewhere.example/a.png">y', 'xhttps://elsewhere.example/a.pngy'],
    ['a\n\n\n\n\nb   \nc', 'a\n\nb\nc'],
    ['', ''],
  ])('%j reads %j', (html, text) => expect(plain(html)).toBe(text));

  it.each([
    '<at user_id="all"',
    '<<at>at user_id="all">',
    '&lt;at user_id=&quot;all&quot;&gt;&lt;/at&gt;',
    '<\u200bAT id=all',
  ])('%j cannot become a mention', (html) => expect(plain(html)).not.toMatch(/<\/?at/i));

  it('what entities hide is cleaned too', () => {
    expect(plain('a&#8238;b&#0;c&#x200b;d&#xd800;e&#9999999;')).toBe('abcde&#9999999;');
  });

  it.each([
    '<a',
    '<a href="',
    "<img src='",
    '<a href=x>',
    '&#1',
    '&lt;at ',
    ' ',
    '\n\n',
    '<p ',
    '</a>',
    '\u0301',
    '\u200d',
    '<b c="',
  ])('a megabyte of %j is read in one pass', (piece) => {
    const text = plain(piece.repeat(1_000_000 / piece.length));
    expect(text.length).toBeLessThanOrEqual(20_000);
  });
});

describe('rich text', () => {
  it.each([
    [[[{ tag: 'text', text: 'a' }], [{ tag: 'text', text: 'b' }]], 'a\nb'],
    [[{ tag: 'text', text: 'a' }], 'a'],
    [{ title: 'T', content: 'words' }, 'T\nwords'],
    [{ title: 'T' }, 'T'],
    ['{"title":"T","content":[]}', 'T'],
    ['{"code": 500}', '{"code": 500}'],
    ['[]', '[]'],
    ['{not json', '{not json'],
    [{ fr_fr: { content: [[{ tag: 'text', text: 'bonjour' }]] } }, 'bonjour'],
    [[[{ tag: 'at', user_id: 'all' }]], '@all'],
    [[[{ tag: 'at', user_id: 'ou_1' }]], ''],
    [[[{ tag: 'at', user_name: '@李宁' }]], '@李宁'],
    [[[{ tag: 'text', text: '<at user_id="all">' }]], '＜at user_id="all">'],
    [[[{ tag: 'new', text: 'still read' }, null, 7, 'words']], 'still readwords'],
    [null, ''],
    [42, ''],
  ])('%j reads %j', (content, text) => expect(postToPlain(content).text).toBe(text));

  it('deep nesting ends', () => {
    let post: unknown = { title: 'deep', content: [] };
    for (let level = 0; level < 5_000; level += 1) post = { zh_cn: post };
    expect(postToPlain(post).text).toBe('');
  });
});

describe('laws', () => {
  it('plain text holds no mention, nothing hidden, and at most 20,000 characters', () =>
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.jsonValue()), (content) => {
        const texts = [
          postToPlain(content).text,
          plain(typeof content === 'string' ? content : JSON.stringify(content)),
        ];
        for (const text of texts) {
          expect(text).not.toMatch(/<at/i);
          expect(text).not.toMatch(hidden);
          expect(text.length).toBeLessThanOrEqual(20_000);
        }
      }),
      { numRuns: 500 },
    ));
});
