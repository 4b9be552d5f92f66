import { describe, expect, it } from 'vitest';
import { type Help, helpCard } from '../../src/cards/helpCard.ts';
import { measure } from '../../src/cards/size.ts';
import { same, say } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { headerOf, lines, read } from './reading.ts';
import { numbers, view } from './samples.ts';

const command = (name: string, alias: string): Help['commands'][number] => ({
  usage: say(`/${name} <编号>`, `/${name} <id>`, `/${name} <番号>`),
  aliases: ['/t', alias],
  summary: say('查看', `Does ${name}`, '表示'),
  examples: [same(`/${name} 123`), same(`${alias} 456`)],
});
const commands = [command('ticket', '/工单'), command('faq', '/知识库')];

describe('the help card', () => {
  it('lists every command with its aliases, what it does and an example', () => {
    expect(lines(helpCard({ commands, chatType: 'p2p' }, view()))).toEqual([
      'Just send a command.',
      '/ticket <id> · /t · /工单',
      'Does ticket · /ticket 123',
      '/faq <id> · /t · /知识库',
      'Does faq · /faq 123',
      'Only you and I can read this chat.',
      'See how a command is used with /help ticket.',
    ]);
  });

  it('says in the reader’s language what belongs behind a command', () => {
    expect(read(helpCard({ commands, chatType: 'p2p' }, view()), 'zh_cn')).toContain(
      '/ticket ＜编号＞ · /t · /工单',
    );
  });

  it('says in a group that the bot must be mentioned', () => {
    expect(read(helpCard({ commands, chatType: 'group' }, view()), 'zh_cn')).toContain('在群里请先');
  });

  it.each(['faq', '/faq', '/FAQ', '知识库', '／知识库'])('shows one command when asked for %j', (only) => {
    const card = helpCard({ commands, chatType: 'p2p', only }, view());
    expect(lines(card)).toEqual([
      'Does faq',
      'Also',
      '/t · /知识库',
      'Examples',
      '/faq 123\n/知识库 456',
      'Just send a command.',
    ]);
    expect(headerOf(card)).toMatchObject({ title: { content: '/faq <id>' } });
  });

  it('says that there is no such command, and lists all', () => {
    const [first, ...rest] = lines(
      helpCard({ commands, chatType: 'p2p', only: '/Nope<at id=all></at>' }, view()),
    );
    expect(first).toBe('There is no command /nope<at id=all></at>. These are all commands:');
    expect(rest).toEqual(lines(helpCard({ commands, chatType: 'p2p' }, view())));
  });

  it('shows examples in the reader’s language', () => {
    const one = {
      ...command('faq', '/知识库'),
      examples: [say('/知识库 打印机', '/faq printer', '/faq プリンター')],
    };
    const card = helpCard({ commands: [one], chatType: 'p2p', only: 'faq' }, view());
    expect(read(card, 'zh_cn')).toContain('/知识库 打印机');
    expect(read(card, 'en_us')).toContain('/faq printer');
  });

  it('stays within the limits with many commands, by leaving out the examples', () => {
    const many = numbers(46).map((number) => ({
      ...command(`c${number}`, `/别名${number}`),
      summary: say('长'.repeat(40), 'x'.repeat(80), '長'.repeat(40)),
    }));
    const card = helpCard({ commands: many, chatType: 'group' }, view());
    expect(checkCard(card)).toEqual([]);
    expect(measure(card).elements).toBeLessThanOrEqual(200);
    expect(read(card)).toContain('/c46 ＜id＞');
    expect(read(card)).not.toContain('/c46 123');
  });
});
