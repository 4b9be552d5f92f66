import { describe, expect, it } from 'vitest';
import { hr, markdown, plain } from '../../src/cards/contentElements.ts';
import { button, overflow } from '../../src/cards/controlElements.ts';
import { buttonRow, type Element } from '../../src/cards/elements.ts';
import { card } from '../../src/cards/frame.ts';
import { same, say } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { allOf, configOf } from './reading.ts';

const text = say('中', 'en', '日');
const shown = (elements: readonly Element[]) => card({ title: text, color: 'blue', summary: text, elements });

describe('texts', () => {
  it('carry their languages, with English for readers of any other', () => {
    expect(plain(text)).toEqual({
      tag: 'div',
      text: { tag: 'plain_text', content: 'en', i18n_content: { zh_cn: '中', en_us: 'en', ja_jp: '日' } },
    });
  });

  it('are carried once when they are the same in all languages', () => {
    expect(markdown(same('王芳'))).toEqual({ tag: 'markdown', content: '王芳' });
  });
});

describe('controls', () => {
  const controls = shown([
    hr,
    buttonRow([
      button(
        text,
        { call: { action: 'ticket.refresh', ticket: '1' } },
        { type: 'danger', confirm: { title: text, text } },
      ),
      button(text, { open: 'https://desk.example.com' }, { size: 'small' }),
      overflow({ action: 'ticket.more', ticket: '1' }, [{ text, value: 'watch' }]),
    ]),
  ]);

  it('are what Feishu takes', () => {
    expect(checkCard(controls)).toEqual([]);
  });

  it('ask first, call back with an object, or open a page', () => {
    expect(allOf(controls, 'button')).toMatchObject([
      {
        type: 'danger',
        confirm: { title: { content: 'en' }, text: { content: 'en' } },
        behaviors: [{ type: 'callback', value: { action: 'ticket.refresh', ticket: '1' } }],
      },
      { type: 'default', behaviors: [{ type: 'open_url', default_url: 'https://desk.example.com' }] },
    ]);
    expect(allOf(controls, 'overflow')).toMatchObject([
      { value: { action: 'ticket.more' }, options: [{ value: 'watch' }] },
    ]);
  });
});

describe('a card', () => {
  it('can be updated from the start, and shows at most three tags', () => {
    const tags = ['a', 'b', 'c', 'd'].map((one) => ({ text: same(one), color: 'neutral' as const }));
    const made = card({ title: text, color: 'red', summary: text, elements: [], tags });
    expect(checkCard(made)).toEqual([]);
    expect(configOf(made)).toMatchObject({ update_multi: true });
    expect(allOf(made, 'text_tag')).toHaveLength(3);
  });
});
