import type { Faq, Picture, RichText } from './nouns.ts';
import { networkGraph, picture, printerDisplay, settingsPanel, strip } from './pictures.ts';
import type { Cast } from './seedPeople.ts';
import type { World } from './world.ts';

/** The knowledge base: five answers in three languages, each with a picture. */
export const faqIds = {
  vpn: '6936004780707807231',
  printer: '6936004780707807232',
  password: '6936004780707807233',
  japanese: '6936004780707807234',
  deleted: '6936004780707807235',
} as const;

interface Entry {
  readonly id: string;
  readonly categoryId: string;
  readonly question: string;
  readonly lines: readonly string[];
  readonly link: { readonly text: string; readonly url: string };
  readonly image: Picture;
  readonly tags: readonly string[];
  readonly status: Faq['status'];
}

export function seedFaqs(world: World, cast: Cast): void {
  for (const [id, name, language] of [
    ['6948728206392295501', '网络', 'zh_cn'],
    ['6948728206392295502', '办公设备', 'zh_cn'],
    ['6948728206392295503', 'Accounts', 'en_us'],
  ] as const) {
    world.categories.set(id, { id, name, parentId: '0', language });
  }
  for (const entry of entries()) addFaq(world, cast, entry);
}

function addFaq(world: World, cast: Cast, entry: Entry): void {
  const nowSec = Math.floor(world.now() / 1_000);
  const key = `img_faq_${entry.id.slice(-4)}`;
  const richText: RichText[] = [
    ...entry.lines.flatMap((line) => [
      { type: 'text', content: line },
      { type: 'text', content: '' },
    ]),
    { type: 'hyperlink', text: entry.link.text, url: entry.link.url },
    { type: 'img', src: `https://s1-imfile.feishucdn.com/${key}`, key, width: '820', height: '398' },
  ];
  world.faqs.set(entry.id, {
    id: entry.id,
    question: entry.question,
    answer: entry.lines.join('\n'),
    richText,
    createdAtSec: nowSec - 86_400 * 90,
    updatedAtSec: nowSec - 86_400 * 3,
    expireAtSec: nowSec + 86_400 * 300,
    categoryId: entry.categoryId,
    tags: [...entry.tags],
    status: entry.status,
    author: cast.linXiao.openId,
    images: new Map([[key, entry.image]]),
  });
}

const entries = (): Entry[] => [
  {
    id: faqIds.vpn,
    categoryId: '6948728206392295501',
    question: 'VPN 连不上怎么办？',
    lines: [
      '1. 检查网关是否为 vpn-sh2.yunfan.example。',
      '2. 证书过期时点“更新证书”，等一分钟再连。',
      '3. 仍然报错 809，请联系服务台。',
    ],
    link: { text: 'VPN 使用手册', url: 'https://wiki.yunfan.example/vpn' },
    image: picture(
      settingsPanel('VPN 设置', [
        ['网关 Gateway', 'vpn-sh2.yunfan.example', true],
        ['证书 Certificate', '有效 Valid', true],
      ]),
    ),
    tags: ['VPN 报错 809', '在家连不上公司网络', 'vpn 证书过期'],
    status: '1',
  },
  {
    id: faqIds.printer,
    categoryId: '6948728206392295502',
    question: '打印机提示卡纸，但里面没有纸',
    lines: ['打开纸盒 2 和后盖，取出传感器上的碎纸。', '合上后长按 START 三秒。'],
    link: { text: '打印机位置图', url: 'https://wiki.yunfan.example/printers' },
    image: picture(printerDisplay('就绪', '纸盒 2 正常', 'OK'), 'jpeg'),
    tags: ['卡纸', '打印不了', 'J-0420'],
    status: '1',
  },
  {
    id: faqIds.password,
    categoryId: '6948728206392295503',
    question: 'How do I reset my password?',
    lines: [
      'Open the account page and choose "Forgot password".',
      'A code is sent to your phone. It is valid for ten minutes.',
    ],
    link: { text: 'Account page', url: 'https://id.yunfan.example' },
    image: picture(
      settingsPanel('Account', [
        ['Password', 'expires in 3 days', false],
        ['Phone', 'verified', true],
      ]),
    ),
    tags: ['password expired', 'locked account', '密码重置'],
    status: '1',
  },
  {
    id: faqIds.japanese,
    categoryId: '6948728206392295501',
    question: '社内Wi-Fiにつながりません',
    lines: [
      'SSID「YF-Office」を選び、社員番号でログインしてください。',
      '電波が弱い場合は、窓から離れてお試しください。',
    ],
    link: { text: 'Wi-Fi の手引き', url: 'https://wiki.yunfan.example/wifi-ja' },
    image: picture(networkGraph('Wi-Fi YF-Office', 'Mbit/s', [40, 60, 80, 75, 78, 90, 85])),
    tags: ['Wi-Fi', '無線LAN'],
    status: '1',
  },
  {
    id: faqIds.deleted,
    categoryId: '6948728206392295502',
    question: '旧版门禁卡怎么激活？',
    lines: ['旧版门禁卡已停用。'],
    link: { text: '门禁', url: 'https://wiki.yunfan.example/door' },
    image: picture(strip(820, 200, '旧版门禁卡')),
    tags: ['门禁'],
    status: '0',
  },
];
