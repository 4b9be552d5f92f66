import { describe, expect, it } from 'vitest';
import { noticeCard, stillWorkingCard } from '../../src/cards/noticeCard.ts';
import { same, say } from '../../src/text.ts';
import { behaviors, configOf, headerOf, lines, read } from './reading.ts';
import { view } from './samples.ts';

const what = say('工单不存在', 'No such ticket', 'チケットがありません');

describe('the notice card', () => {
  it('says what happened, what to do, and the number for support', () => {
    const card = noticeCard(
      {
        tone: 'problem',
        what,
        next: same('Check the number.'),
        logId: 'L1',
        link: { text: same('Open'), url: 'https://desk.example.com' },
      },
      view(),
    );
    expect(read(card)).toBe('No such ticket\nCheck the number.\nOpen: https://desk.example.com\nLog ID: L1');
    expect(read(card, 'ja_jp')).toMatch(/^チケットがありません/);
    expect(behaviors(card)).toEqual([[{ type: 'open_url', default_url: 'https://desk.example.com' }]]);
    expect(headerOf(card)).toMatchObject({ template: 'orange' });
    expect(configOf(card)).toMatchObject({ summary: { content: 'No such ticket' } });
  });

  it('suggests commands', () => {
    const suggestions = [
      { command: 'ticket', words: '42', isWhole: true },
      { command: 'tickets', words: '@Li', isWhole: false },
    ];
    const card = noticeCard({ tone: 'info', what, suggestions }, view());
    expect(lines(card)).toEqual(['Did you mean:', '/ticket 42', '/tickets @Li']);
    const run = { action: 'run', command: 'ticket', words: '42', instead: true };
    expect(behaviors(card)).toEqual([[{ type: 'callback', value: run }]]);
    expect(headerOf(card)).toMatchObject({ template: 'blue' });
  });

  it('masks and cuts what was typed', () => {
    const typed = `no command /x alice@example.com ${'y'.repeat(500)}`;
    const shown = read(
      noticeCard(
        {
          tone: 'info',
          what: same(typed),
          suggestions: [{ command: 't', words: 'bob@example.com', isWhole: true }],
        },
        view({ privacy: 'masked' }),
      ),
    );
    expect(shown).not.toMatch(/alice|bob/);
    expect(shown.length).toBeLessThan(300);
  });

  it('says that it is late', () => {
    expect(lines(noticeCard({ tone: 'info', what }, view({ late: true })))[0]).toMatch(/^Late answer/);
  });
});

describe('the card that says that work goes on', () => {
  it('promises that the answer appears in the same message', () => {
    expect(read(stillWorkingCard(view()), 'zh_cn')).toBe('正在处理…\n飞书响应较慢，结果会更新在这条消息里。');
  });
});
