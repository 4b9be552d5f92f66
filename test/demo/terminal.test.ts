import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileCard, hostileTexts, showcase, ticketCard } from '../support/sampleCards.ts';
import { imageKeys, renderCard, type TerminalOptions } from './terminal.ts';
import { columnCount } from './width.ts';

const options: TerminalOptions = {
  locale: 'en_us',
  colour: false,
  widthCount: 90,
  picture: (key) =>
    key === 'img_v3_two' ? 'missing' : { widthPx: 1280, heightPx: 720, format: 'PNG', sizeBytes: 34_567 },
  name: (openId) => ({ ou_agent: '陈静', ou_me: 'Maya Patel' })[openId],
};

const draw = (card: unknown, more: Partial<TerminalOptions> = {}): string =>
  renderCard(card, { ...options, ...more });
const linesOf = (text: string): readonly string[] => text.split('\n');

describe('a card in the terminal', () => {
  it('reads from the title to the buttons', () => {
    expect(draw(ticketCard)).toBe(
      [
        '  ▌ The printer cannot be reached',
        '  ▌ 6626871355780366331  [In progress] [Agent stage]',
        '',
        '  Waiting for an agent for 42 min',
        '',
        '  Owner    陈静                                Guest    Wang Xiaoming (Design)',
        '  Channel  Bot                                 Created  2026-07-20',
        '',
        `  ${'─'.repeat(88)}`,
        '',
        '  │ 打印机一直显示离线，',
        '  │ 我重启过两次了。',
        '  │ 三楼的同事也一样 *急*',
        '',
        '  ▣ picture 1 of 4 (img_v3_one, 1280×720 PNG 34 KB)',
        '  ▣ picture 2 of 4 (img_v3_two, cannot be fetched)',
        '  ▣ picture 3 of 4: Screenshot (img_v3_three, 1280×720 PNG 34 KB)',
        '',
        '  ▸ Conversation (3)  folded, 2 lines',
        '',
        '  [ Refresh ]  [ Escalate ]  [ Open in helpdesk ↗ ]  [ … Watch | Export ]',
      ].join('\n'),
    );
  });

  it('speaks the language that was asked for, and puts facts below each other where it is narrow', () => {
    const text = draw(ticketCard, { locale: 'ja_jp', widthCount: 50 });
    expect(text).toContain('▌ プリンターに接続できません');
    expect(text).toContain(
      '  担当者  陈静\n  経路    ボット\n  ゲスト  王小明（デザイン部）\n  作成    2026-07-20\n',
    );
    expect(text).toContain('▣ 画像 2/4 (img_v3_two, 取得できません)');
    expect(text).toContain('[ 更新 ]  [ エスカレーション ]');
  });

  it('sets facts side by side whose labels are small grey lines above them', () => {
    const note = (content: string) => ({
      tag: 'div',
      text: { tag: 'plain_text', content, text_size: 'notation', text_color: 'grey' },
    });
    const plain = (content: string) => ({ tag: 'div', text: { tag: 'plain_text', content } });
    const columns = [
      [note('Owner'), plain('林晓'), note('Open for'), plain('2 h')],
      [note('Customer'), plain('王敏 · 财务部'), note('Tags'), plain('VPN')],
    ].map((elements) => ({ tag: 'column', elements }));
    const box = {
      tag: 'column_set',
      background_style: 'grey',
      columns: [{ tag: 'column', elements: [note('Words'), plain('a\nb')] }],
    };
    const card = { schema: '2.0', body: { elements: [{ tag: 'column_set', columns }, box] } };
    expect(draw(card, { widthCount: 70 })).toContain(
      [
        '  Owner     林晓                     Customer  王敏 · 财务部',
        '  Open for  2 h                      Tags      VPN',
        '',
        '  │ Words',
        '  │   a',
        '  │   b',
      ].join('\n'),
    );
  });

  it('shows tables, lists, forms and what it does not know', () => {
    const text = draw(showcase);
    expect(text).toContain('bold italic strike code site (https://example.com/a?b=1&c=2)');
    expect(text).toContain('  • one\n  • two\n    1. inner');
    expect(text).toContain(
      '  Agent       State    Tickets\n  陈静        on duty  1200\n  ?           away     3',
    );
    expect(text).toContain('‹hologram›');
    expect(text).toContain('Reason: [Why]');
    expect(text).toContain('( Not now )');
  });

  it('colours only when it is asked to', () => {
    expect(draw(ticketCard)).not.toContain('\u001b');
    const coloured = draw(ticketCard, { colour: true });
    expect(coloured).toContain('\u001b[33m▌ \u001b[39m\u001b[1mThe printer cannot be reached\u001b[22m');
    expect(stripVTControlCharacters(coloured)).toBe(draw(ticketCard));
  });

  it.each(hostileTexts.map((text, index) => ({ index, text })))(
    'lets no hostile text take over the terminal ($index)',
    ({ text: hostile }) => {
      const text = draw(hostileCard(`${hostile}\u001b[2J\u0007\u009b31m\u202e`));
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    },
  );

  it('is never wider than the terminal, whatever is in the card', () => {
    const words = fc.string({
      unit: fc.constantFrom('a', ' ', '工', '。', '👍🏽', 'é', '\n', '*', '_', '<br>', '&#42;', '|', '`'),
      maxLength: 80,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 24, max: 120 }), (text, widthCount) => {
        const wide = linesOf(draw(hostileCard(text), { widthCount })).filter(
          (line) => columnCount(line) > widthCount,
        );
        expect(wide).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('says so when something is not a card of version 2.0', () => {
    expect(draw({ elements: [] })).toBe('(not a card 2.0)');
    expect(draw(undefined)).toBe('(not a card 2.0)');
  });

  it('finds every picture of a card, in its order', () => {
    expect(imageKeys(ticketCard)).toEqual(['img_v3_one', 'img_v3_two', 'img_v3_three', 'img_v3_four']);
  });
});
