import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseFaq } from '../../src/feishu/wireFaq.ts';
import { dataOf } from '../support/answers.ts';

const { faq: documented } = z.object({ faq: z.looseObject({}) }).parse(dataOf('helpdesk/faq'));

describe('an entry of the knowledge base', () => {
  it('is read from the documented answer: seconds, rich text in order, blank lines', () => {
    expect(parseFaq(documented)).toEqual({
      id: '6936004780707807231',
      question: 'VPN 连不上怎么办？',
      answer: [
        { kind: 'text', text: '检查网关，见 ' },
        { kind: 'link', text: '手册', url: 'https://wiki.example.com/vpn' },
        { kind: 'text', text: '。\n截图：' },
        { kind: 'picture', picture: { kind: 'faq', faqId: '6936004780707807231', imageKey: 'img_1' } },
      ],
      categories: ['网络'],
      similarQuestions: ['VPN 报错 809', '在家连不上公司网络'],
      updatedAtMs: 1_596_379_009_000,
      updatedBy: {
        openId: 'ou_7dab8a3d3cdcc9da365777c7ad535d62',
        name: '林晓',
        email: undefined,
        department: 'IT',
      },
      expiresAtMs: 1_596_379_010_000,
    });
  });

  it('without rich text has its plain answer, and may lack nearly everything', () => {
    expect(parseFaq({ id: '7', question: 'Q', answer: 'plain' })).toMatchObject({
      id: '7',
      answer: [{ kind: 'text', text: 'plain' }],
      expiresAtMs: undefined,
      updatedBy: undefined,
    });
    expect(parseFaq({ question: 'nobody knows which' })).toBeUndefined();
  });

  it.each(['javascript:alert(1)', 'ftp://x', 'file:///etc/passwd', '', 7])(
    'a link to %j is text only',
    (url) => {
      const faq = parseFaq({ ...documented, answer_richtext: [{ type: 'hyperlink', text: 'here', url }] });
      expect(faq?.answer).toEqual([{ kind: 'text', text: 'here' }]);
    },
  );

  it('a picture whose key could not stand in a call is left out', () => {
    const items = [{ type: 'img', key: '../../etc' }, { type: 'img' }, { type: 'img', key: 'ok_1' }];
    expect(parseFaq({ ...documented, answer_richtext: items })?.answer).toHaveLength(1);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (whole, rich) => {
        parseFaq(whole);
        const faq = parseFaq({ ...documented, answer_richtext: rich });
        expect(faq?.id).toBe('6936004780707807231');
      }),
    );
  });
});
