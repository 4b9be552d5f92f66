import { picturesOfAnswer } from '../../src/cards/faqCard.ts';
import type { Faq, Picture } from '../../src/domain.ts';
import { minutesAgo, nowMs, person } from './samples.ts';

const id = '6936004780707807231';

export const entry = (change: Partial<Faq> = {}): Faq => ({
  id,
  question: 'VPN 连不上怎么办？',
  answer: [
    { kind: 'text', text: '1. 检查网关是否为 vpn-sh2.example。详见 ' },
    { kind: 'link', text: 'VPN 使用手册', url: 'https://wiki.example.com/vpn' },
    { kind: 'text', text: '。\n2. 设置如图：\n' },
    { kind: 'picture', picture: { kind: 'faq', faqId: id, imageKey: 'img_1' } },
    { kind: 'text', text: '\n3. 仍然报错 809，请联系服务台。' },
  ],
  categories: ['网络', 'VPN'],
  similarQuestions: ['VPN 报错 809', '在家连不上公司网络'],
  updatedAtMs: minutesAgo(3 * 1_440),
  updatedBy: person('林晓'),
  expiresAtMs: nowMs + 86_400_000,
  ...change,
});

/** All its pictures, ready to be shown. */
export const pictured = (faq: Faq): readonly Picture[] =>
  picturesOfAnswer(faq).map((source, index) => ({ state: 'ready', source, imageKey: `img_v3_${index + 1}` }));
