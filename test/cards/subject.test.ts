import { describe, expect, it } from 'vitest';
import { description, subject } from '../../src/cards/subject.ts';
import { untrusted } from '../../src/cards/untrusted.ts';
import { agent, conversation, message, person, talk, ticket } from './samples.ts';

const say = untrusted('open');
const field = (name: string, key = 'k') => ({ id: '1', key, name, value: 'from the field' });

describe('the subject', () => {
  it.each(['Subject', 'title', '主题', '问题标题', '件名', '　Ticket title ', 'ｓｕｂｊｅｃｔ', 'タイトル'])(
    'comes from the field %j',
    (name) => {
      expect(subject(ticket({ fields: [field('Other'), field(name)] }), talk, say)).toBe(
        'Other' === name ? '' : 'from the field',
      );
    },
  );

  it('comes from a field with such a key', () => {
    expect(subject(ticket({ fields: [field('おなまえ', 'subject')] }), talk, say)).toBe('from the field');
  });

  it.each(['Job title', 'Subject matter expert', '主题色'])('does not come from %j', (name) => {
    expect(subject(ticket({ fields: [field(name)] }), talk, say)).toMatch(/^VPN 一直连不上/);
  });

  it('is what the customer said first, in one line, cut at 40 Chinese characters', () => {
    const said = conversation([
      message({ author: agent, text: '有什么可以帮您？' }),
      message({ text: ' \u200B\n' }),
      message({ text: `电脑\n${'坏'.repeat(60)}` }),
    ]);
    expect(subject(ticket({ fields: [] }), said, say)).toBe(`电脑 ${'坏'.repeat(37)}…`);
  });

  it('is unknown when nobody said anything', () => {
    expect(subject(ticket({ fields: [{ ...field('主题'), value: '  ' }] }), undefined, say)).toBeUndefined();
  });
});

describe('the description', () => {
  const texts = (messages: Parameters<typeof conversation>[0], max = 5): readonly string[] =>
    description(ticket(), conversation(messages), max).map((one) => one.text);

  it('is what the customer wrote before anyone answered; a bot in between does not count', () => {
    const bot = person('bot', { openId: 'ou_bot' });
    expect(
      texts([
        message({ text: 'a' }),
        message({ author: bot, text: 'auto' }),
        message({ text: '' }),
        message({ text: 'b' }),
        message({ author: agent, text: 'yes?' }),
        message({ text: 'c' }),
      ]),
    ).toEqual(['a', 'b']);
  });

  it('is the first text when somebody else began', () => {
    expect(
      texts([message({ author: agent, text: 'hello' }), message({ text: 'a' }), message({ text: 'b' })]),
    ).toEqual(['a']);
  });

  it('does not grow without end', () => {
    expect(
      texts(
        ['a', 'b', 'c', 'd'].map((text) => message({ text })),
        3,
      ),
    ).toEqual(['a', 'b', 'c']);
  });
});
