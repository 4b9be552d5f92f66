import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faqCard, faqListCard, picturesOfAnswer } from '../../src/cards/faqCard.ts';
import { measure } from '../../src/cards/size.ts';
import type { Faq, FaqPart } from '../../src/domain.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { hostileText } from '../support/hostileText.ts';
import { entry, pictured } from './faqSamples.ts';
import { richTexts } from './markup.ts';
import { nowMs, view } from './samples.ts';

const bodyOf = (card: unknown): string => JSON.stringify(card);
const shown = (faq: Faq, privacy: 'open' | 'masked' = 'open'): string =>
  bodyOf(faqCard({ faq, pictures: pictured(faq) }, view({ privacy })));

describe('an entry', () => {
  it('shows text, links and pictures in their order', () => {
    const card = shown(entry());
    const places = [
      '1&#46; 检查网关',
      '[VPN 使用手册](https://wiki.example.com/vpn)',
      'img_v3_1',
      '仍然报错',
    ].map((one) => card.indexOf(one));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('keeps the blank between a text and its link', () => {
    const answer: FaqPart[] = [
      { kind: 'text', text: 'see ' },
      { kind: 'link', text: 'here', url: 'https://a.example/' },
      { kind: 'text', text: ' now\n\nor never' },
    ];
    expect(shown(entry({ answer }))).toContain('see [here](https://a.example/) now<br>');
  });

  it('warns only when it has expired', () => {
    expect(shown(entry({ expiresAtMs: nowMs - 1 }))).toContain('expired on');
    expect(shown(entry({ expiresAtMs: nowMs + 1 }))).not.toContain('expired on');
  });

  it('masks an address in a link, and closes no link early', () => {
    const link = (url: string): Faq => entry({ answer: [{ kind: 'link', text: 'write', url }] });
    expect(shown(link('https://x.example/?to=wang.fang@example.com'), 'masked')).not.toContain('wang.fang');
    expect(shown(link('https://x.example/a)b](c'))).toContain('https://x.example/a%29b%5D%28c');
  });

  it('says that it was cut, and stays within the limits', () => {
    const card = faqCard(
      { faq: entry({ answer: [{ kind: 'text', text: '*很长。'.repeat(9_000) }] }), pictures: [] },
      view(),
    );
    expect(bodyOf(card)).toContain('too long for one card');
    expect(measure(card).bytes).toBeLessThan(28_000);
  });
});

describe('any entry', () => {
  const part: fc.Arbitrary<FaqPart> = fc.oneof(
    hostileText.map((text): FaqPart => ({ kind: 'text', text })),
    fc
      .tuple(hostileText, fc.webUrl({ withQueryParameters: true, withFragments: true }))
      .map(([text, url]): FaqPart => ({ kind: 'link', text, url })),
    fc.constant<FaqPart>({ kind: 'picture', picture: { kind: 'faq', faqId: '1', imageKey: 'k' } }),
  );
  it('makes a card that Feishu takes and that mentions nobody', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), hostileText, fc.boolean(), (answer, question, open) => {
        const faq = entry({ answer, question, similarQuestions: [question, question] });
        const seen = view({ privacy: open ? 'open' : 'masked' });
        for (const card of [
          faqCard({ faq, pictures: pictured(faq) }, seen),
          faqListCard({ words: question, kind: 'near', faqs: [faq, faq, faq, faq, faq] }, seen),
        ]) {
          expect(checkCard(card)).toEqual([]);
          expect(measure(card).bytes).toBeLessThanOrEqual(28_000);
          for (const rich of richTexts(card)) expect(rich).not.toMatch(/<(?!br>)/);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names its pictures in order', () => {
    expect(picturesOfAnswer(entry())).toEqual([{ kind: 'faq', faqId: entry().id, imageKey: 'img_1' }]);
  });
});
