import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mention, MessageInbound } from '../src/domain.ts';
import { readCommand } from '../src/typed.ts';

const bot: Mention = { key: '@_user_1', openId: 'ou_bot', name: 'Helpdesk' };
const tom: Mention = { key: '@_user_2', openId: 'ou_tom', name: 'Tom' };
const everyone: Mention = { key: '@_all', openId: undefined, name: '所有人' };

interface Said {
  readonly mentions?: readonly Mention[];
  readonly chatType?: MessageInbound['chatType'];
  readonly bot?: string | undefined;
}

function read(text: string, { mentions = [bot, tom], chatType = 'group', ...rest }: Said = {}) {
  return readCommand({ text, chatType, mentions }, 'bot' in rest ? rest.bot : 'ou_bot');
}

/** The command in short: its name and its words. */
function parsed(text: string, said?: Said): readonly string[] | undefined {
  const { command } = read(text, said);
  return command && [command.name, ...command.words.map((word) => word.text)];
}

describe('a command is found', () => {
  it.each([
    ['/ticket 123'],
    ['  /ticket 123  '],
    ['\n\t/ticket\t123\n'],
    ['/TICKET 123'],
    ['/Ticket 123'],
    ['／ticket　１２３'],
    ['／ｔｉｃｋｅｔ １２３'],
    ['/ticket\u00a0123'],
    ['/ticket\u2003123\u205f'],
    ['/ticket\u2028123'],
    ['/ticket\u0085123'],
    ['/ticket\r\n123'],
    ['\u200b/tic\u200dket\u2060 1\ufeff23'],
    ['\u202e/ticket 123\u202c'],
    ['/ticket\u0000 12\u00073'],
    ['/ticket \ud800123'],
    ['@_user_1 /ticket 123'],
    ['@_user_1/ticket 123'],
    ['@_user_1\n/ticket 123'],
    ['@_user_1　／ticket 123'],
    ['/ticket 123 @_user_1'],
    ['/ticket 123@_user_1'],
    ['/ticket@_user_1 123'],
    ['/ticket @_user_1 123'],
    ['/ticket@_user_1123'],
    ['@_user_2 @_user_1 /ticket 123'],
    ['@_user_1 @_user_1 /ticket 123 @_user_1'],
    ['/ticket [123](https://123)'],
    ['/ticket [１２３](https://desk.example/ticket/9)'],
  ])('%j', (text) => {
    expect(parsed(text)).toEqual(['ticket', '123']);
  });

  it.each([
    ['/t 1', ['t', '1']],
    ['/工单 1', ['工单', '1']],
    ['/帮助', ['帮助']],
    ['/?', ['?']],
    ['／？', ['?']],
    ['/ticket', ['ticket']],
    ['/ticket 1，2 、3', ['ticket', '1,2', '、3']],
    ['/ticket #1 ＃2', ['ticket', '#1', '#2']],
    [
      '/ticket [https://a.example/ticket/1](https://a.example/ticket/1)看',
      ['ticket', 'https://a.example/ticket/1', '看'],
    ],
    ['/ticket [工单 [5] 详情](https://a.example/ticket/5)', ['ticket', 'https://a.example/ticket/5']],
    ['/ticket [a](javascript:alert(1))', ['ticket', '[a](javascript:alert(1))']],
    ['/ticket 1 @_all', ['ticket', '1']],
    ['/ticket <at id=all></at>', ['ticket', '<at', 'id=all></at>']],
    ['/ticket 1\n/ticket 2', ['ticket', '1', '/ticket', '2']],
    ['/etc/passwd', ['etc/passwd']],
    ['/a\u00a8b', ['a', '\u0308b']],
  ])('%j', (text, expected) => {
    expect(parsed(text, { mentions: [bot, tom, everyone] })).toEqual(expected);
  });

  it('whoever is mentioned after it is a word with an open id, the bot is none', () => {
    expect(read('/escalate 5 @_user_2 @_user_1 disk full').command?.words).toEqual([
      { text: '5', openId: undefined },
      { text: '@Tom', openId: 'ou_tom' },
      { text: 'disk', openId: undefined },
      { text: 'full', openId: undefined },
    ]);
  });
});

describe('no command', () => {
  it.each([
    [''],
    ['   '],
    ['hello'],
    ['please /ticket 1'],
    ['hello\n/ticket 1'],
    ['`/ticket 1`'],
    ['```\n/ticket 1\n```'],
    ['> /ticket 1'],
    ['"/ticket 1"'],
    ['[/ticket 1](https://a.example)'],
    ['/'],
    ['/ ticket 1'],
    ['//ticket 1'],
    ['/-/'],
    ['https://a.example/ticket/1'],
    ['@Helpdesk /ticket 1'],
    ['@_user_1'],
    ['@_user_1 hello /ticket 1'],
    ['👋'],
  ])('in %j', (text) => {
    expect(parsed(text)).toBeUndefined();
  });

  it.each([['@_user_2 /ticket 1'], ['@_all /ticket 1'], ['@_all @_user_2 /ticket 1']])(
    'for the bot in %j, because it speaks to others',
    (text) => {
      expect(parsed(text, { mentions: [tom, everyone] })).toBeUndefined();
    },
  );
});

describe('whom a message speaks to', () => {
  it.each([
    ['hello', [], 'group', false],
    ['hello', [], 'p2p', true],
    ['@_user_1', [bot], 'group', true],
    ['hello @_user_1', [bot], 'group', true],
    ['@_user_2 hello', [tom], 'group', false],
    ['@_all hello', [everyone], 'group', false],
    // The place holder alone proves nothing: anybody can type it.
    ['@_user_1 hello', [], 'group', false],
  ] as const)('%j', (text, mentions, chatType, addressed) => {
    expect(read(text, { mentions, chatType }).addressed).toBe(addressed);
  });

  it('is heard in a direct chat even behind a mention of somebody else', () => {
    expect(parsed('@_user_2 /ticket 1', { mentions: [tom], chatType: 'p2p' })).toEqual(['ticket', '1']);
  });

  it('takes a leading mention for the bot while the bot’s own id is not known', () => {
    expect(parsed('@_user_1 /ticket 1', { bot: undefined })).toEqual(['ticket', '1']);
    expect(parsed('@_all /ticket 1', { bot: undefined, mentions: [everyone] })).toBeUndefined();
    expect(read('@_user_1', { bot: undefined }).addressed).toBe(false);
  });

  it('knows mentions from the list that Feishu sends, never from the text', () => {
    expect(parsed('/ticket @_user_9', { mentions: [bot] })).toEqual(['ticket', '@_user_9']);
    expect(parsed('@_user_9 /ticket 1', { mentions: [bot] })).toBeUndefined();
  });

  it('tells @_user_1 from @_user_10', () => {
    const ten: Mention = { key: '@_user_10', openId: 'ou_ten', name: 'Ten' };
    expect(read('/ticket @_user_10', { mentions: [bot, ten] }).command?.words).toEqual([
      { text: '@Ten', openId: 'ou_ten' },
    ]);
  });
});

describe('long and hostile text', () => {
  it('is cut to 200 words of 1,000 characters', () => {
    expect(parsed(`/ticket ${'1 '.repeat(75_000)}`)).toHaveLength(201);
    expect(parsed(`/ticket ${'1'.repeat(150_000)}`)?.[1]).toHaveLength(1_000);
    // One letter that becomes 18.
    expect(parsed(`/ticket ${'\ufdfa'.repeat(50_000)}`)?.every((word) => word.length <= 1_000)).toBe(true);
  });

  it.each([
    ['many brackets', '['.repeat(500_000)],
    ['nested brackets', '[a['.repeat(330_000)],
    ['links that never end', '[a](http://'.repeat(50_000)],
    ['combining marks', `a${'\u0301\u0323'.repeat(500_000)}`],
    ['place holders', '@_user_1'.repeat(130_000)],
    ['white space', ' \u3000'.repeat(500_000)],
  ])('%s do not stop it', (_, text) => {
    // What grows with the square of the length takes longer than the time-out of a test.
    expect(parsed(`/ticket ${text}`)?.[0]).toBe('ticket');
  });

  it('finds its way through a thousand mentions', () => {
    const mentions = Array.from({ length: 1_000 }, (_, index) => ({
      key: `@_user_${index + 1}`,
      openId: `ou_${index + 1}`,
      name: `Person ${index + 1}`,
    }));
    const text = `/ticket ${mentions.map(({ key }) => key).join('')}`;
    expect(read(text, { mentions }).command?.words[199]?.openId).toBe('ou_200');
  });

  it('never throws, and leaves nothing that cannot be seen', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
        fc.constantFrom(
          '/',
          '／',
          '@_user_1',
          '@_user_2',
          '@_all',
          ' ',
          '\n',
          '\u200b',
          '\ud800',
          '[',
          '](',
          ')',
          '1',
        ),
      ),
      maxLength: 60,
    });
    fc.assert(
      fc.property(hostile, fc.constantFrom('group', 'p2p'), (text, chatType) => {
        const { command } = read(text, { chatType, mentions: [bot, tom, everyone] });
        const seen = [command?.name ?? '', ...(command?.words.map((each) => each.text) ?? [])].join(' ');
        expect(seen).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('however a known command is decorated, it is the same command', () => {
  const blank = fc.constantFrom(' ', '\n', '\t', '\u00a0', '\u3000', '\u2002', '\u2028', '\u0085', '  ');
  const unseen = fc.constantFrom('\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202e', '\u0000');
  const mention = fc.constant('@_user_1');
  const between = fc.array(fc.oneof(blank, unseen, mention), { maxLength: 5 }).map((parts) => parts.join(''));
  const gap = fc.tuple(between, fc.oneof(blank, mention), between).map((parts) => parts.join(''));
  const wide = (text: string): string =>
    text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
  const disguise = (text: string): fc.Arbitrary<string> =>
    fc
      .tuple(
        ...[...text].map((char) =>
          fc.tuple(fc.constantFrom(char, char.toUpperCase(), wide(char)), fc.option(unseen)),
        ),
      )
      .map((chars) => chars.map(([char, extra]) => `${char}${extra ?? ''}`).join(''));

  it.each([
    ['/ticket', ['123', '#456']],
    ['/工单', ['123']],
    ['/help', ['ticket']],
    ['/?', []],
  ])('%s', (name, words) => {
    const message = fc
      .tuple(
        between,
        disguise(name),
        fc.tuple(...words.map((word) => fc.tuple(gap, disguise(word)))),
        between,
      )
      .map(([before, typed, rest, after]) => [before, typed, ...rest.flat(), after].join(''));
    fc.assert(
      fc.property(message, (text) => {
        const found = parsed(text)?.map((word) => word.toLowerCase());
        expect(found).toEqual([name.slice(1), ...words]);
      }),
      { numRuns: 500 },
    );
  });
});
