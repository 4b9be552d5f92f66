import { describe, expect, it } from 'vitest';
import { pictureKeys, showcase, ticketCard } from '../support/sampleCards.ts';
import { missingFrom } from './complete.ts';

const all = new Map(pictureKeys.map((key) => [key, true]));
const saying = (zh_cn: string) => ({
  ...ticketCard,
  body: {
    elements: [
      ...ticketCard.body.elements,
      { tag: 'div', text: { tag: 'plain_text', content: 'x', i18n_content: { zh_cn } } },
    ],
  },
});

describe('a complete card', () => {
  it('has at least three pictures that can all be fetched', () => {
    expect(missingFrom(ticketCard, all)).toBeUndefined();
    expect(missingFrom(showcase, all)).toBe('the card shows 1 of at least 3 pictures');
    const lost = new Map([...all, ['img_v3_two', false] as const]);
    expect(missingFrom(ticketCard, lost)).toBe("1 of the card's 4 pictures cannot be fetched");
    expect(missingFrom(ticketCard, new Map())).toBe("4 of the card's 4 pictures cannot be fetched");
  });

  it('has no place left where a picture is still to come', () => {
    expect(missingFrom(saying('2 张图片加载中…'), all)).toBe('the card still says “2 张图片加载中…”');
    expect(missingFrom(saying('正在处理…'), all)).toBe('the card still says “正在处理…”');
  });

  it('may quote a customer who wrote that something is loading', () => {
    const quoted = { tag: 'div', text: { tag: 'plain_text', content: '页面一直加载中…' } };
    const card = { ...ticketCard, body: { elements: [...ticketCard.body.elements, quoted] } };
    expect(missingFrom(card, all)).toBeUndefined();
  });

  it('is a card of version 2.0', () => {
    expect(missingFrom({ elements: [] }, all)).toBe('the answer is not a card 2.0');
    expect(missingFrom('text', all)).toBe('the answer is not a card 2.0');
  });
});
