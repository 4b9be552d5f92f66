import { describe, expect, it } from 'vitest';
import { plainText, textOnly } from '../../src/cards/degrade.ts';
import { withMayRepeat } from '../../src/cards/mayRepeat.ts';
import { noticeCard } from '../../src/cards/noticeCard.ts';
import { spoken } from '../support/asked.ts';

const view = {
  nowMs: 0,
  timeZone: 'UTC',
  privacy: 'masked',
  ticketUrl: undefined,
  actions: new Set<string>(),
  late: false,
} as const;
const what = { zh_cn: '好', en_us: 'It works', ja_jp: '可' };

describe('withMayRepeat', () => {
  it('says it above everything else, in each language, and in the simpler forms too', () => {
    const card = withMayRepeat(noticeCard({ tone: 'info', what, next: what }, view));
    const lines = (locale: 'zh_cn' | 'en_us' | 'ja_jp') => spoken(card, locale);
    expect(lines('en_us')).toMatch(/may repeat an earlier answer[\s\S]*It works$/);
    expect(lines('zh_cn')).toContain('可能与之前的一条重复');
    expect(lines('ja_jp')).toContain('重複している可能性');
    expect(spoken(textOnly(card))).toContain('may repeat');
    expect(plainText(card, 'en_us')).toContain('may repeat');
  });

  it('leaves a card without elements as it is', () => {
    expect(withMayRepeat({ schema: '2.0' })).toEqual({ schema: '2.0' });
    expect(withMayRepeat({ schema: '2.0', body: {} })).toEqual({ schema: '2.0', body: {} });
  });
});
