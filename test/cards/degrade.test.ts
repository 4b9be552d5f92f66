import { describe, expect, it } from 'vitest';
import { imgCombination, markdown, plain } from '../../src/cards/contentElements.ts';
import { overflow } from '../../src/cards/controlElements.ts';
import {
  imageKeysIn,
  plainText,
  textOnly,
  withoutPeople,
  withoutPictures,
  withPictures,
} from '../../src/cards/degrade.ts';
import { columns } from '../../src/cards/elements.ts';
import { card } from '../../src/cards/frame.ts';
import { ticketCard } from '../../src/cards/ticketCard.ts';
import type { Card, Json } from '../../src/domain.ts';
import { same, say } from '../../src/text.ts';
import { cardMentions, checkCard } from '../sandbox/cardRules.ts';
import { allOf, headerOf, imageKeys, lines } from './reading.ts';
import { message, numbers, ready, talkWith, ticket, view } from './samples.ts';

const shown = (elements: Parameters<typeof card>[0]['elements']): Card =>
  card({ title: say('题', 'Title', '題'), color: 'blue', summary: same('s'), elements });
const pictured = (count: number): Card =>
  ticketCard(
    { ticket: ticket(), conversation: talkWith(count), pictures: numbers(count).map(ready) },
    view(),
  );
const keys = ({ body }: Card): readonly string[] => imageKeys(body);

describe('withoutPictures', () => {
  it('takes all pictures away, folded ones too, and says how many where they were', () => {
    const simpler = withoutPictures(pictured(14));
    expect(checkCard(simpler)).toEqual([]);
    expect(keys(simpler)).toEqual([]);
    expect(lines(simpler).filter((line) => line.endsWith('cannot be shown'))).toEqual([
      '9 pictures cannot be shown',
      '5 pictures cannot be shown',
    ]);
  });

  it('takes only the bad ones away and lets the others close ranks', () => {
    const before = pictured(9);
    const [, second = '', , fourth = ''] = keys(before);
    const after = withoutPictures(before, [second, fourth]);
    expect(checkCard(after)).toEqual([]);
    expect(keys(after)).toEqual(keys(before).filter((key) => key !== second && key !== fourth));
    expect(allOf(after, 'img_combination').map(({ combination_mode }) => combination_mode)).toEqual([
      'triple',
      'double',
      'double',
    ]);
    expect(lines(after)).toContain('2 pictures cannot be shown');
  });

  it('leaves a card alone in which none is bad', () => {
    const before = pictured(5);
    expect(withoutPictures(before, ['other'])).toEqual(before);
  });

  it('does not touch the card that it was given', () => {
    const before = pictured(3);
    const copy = structuredClone(before);
    withoutPictures(before);
    expect(before).toEqual(copy);
  });
});

describe('withPictures', () => {
  it('puts other pictures in their places, folded ones too, and changes nothing else', () => {
    const before = pictured(14);
    expect(imageKeysIn(before)).toEqual(keys(before));
    const [first = '', , , , , , , , , tenth = ''] = keys(before);
    const after = withPictures(
      before,
      new Map([
        [first, 'img_new_1'],
        [tenth, 'img_new_10'],
      ]),
    );
    expect(checkCard(after)).toEqual([]);
    expect(keys(after)).toEqual(keys(before).with(0, 'img_new_1').with(9, 'img_new_10'));
    expect(lines(after)).toEqual(lines(before));
  });

  it('takes away those for which there is no other, and keeps the rest', () => {
    const before = pictured(9);
    const [first = '', second = ''] = keys(before);
    const after = withPictures(
      before,
      new Map([
        [first, undefined],
        [second, 'img_new'],
      ]),
    );
    expect(checkCard(after)).toEqual([]);
    expect(keys(after)).toEqual(['img_new', ...keys(before).slice(2)]);
    expect(lines(after)).toContain('1 picture cannot be shown');
  });

  it('knows that a card without pictures has none', () => {
    expect(imageKeysIn(shown([plain(same('img_key'))]))).toEqual([]);
  });
});

describe('withoutPeople', () => {
  const person: Json = { tag: 'person', user_id: 'ou_gone' };
  const list: Json = { tag: 'person_list', persons: [{ id: 'ou_gone' }] };
  const text = say(
    '<at id=ou_a></at> 你好',
    'Hello <at id="all"></at>!',
    '<person id=ou_b show_name=true></person>さん',
  );
  const elements: readonly Json[] = [
    markdown(text),
    columns([plain(same('<at id=all></at>'))]),
    person,
    list,
  ];
  const notifying: Card = { ...shown([]), body: { elements } };

  it('removes persons and mentions in every language, and nothing else', () => {
    expect(cardMentions(notifying)).toEqual(expect.arrayContaining(['ou_a', 'all']));
    const simpler = withoutPeople(notifying);
    expect(cardMentions(simpler)).toEqual([]);
    expect(allOf(simpler, 'person')).toEqual([]);
    expect(allOf(simpler, 'person_list')).toEqual([]);
    expect(allOf(simpler, 'markdown')).toEqual([
      {
        tag: 'markdown',
        content: 'Hello !',
        i18n_content: { zh_cn: ' 你好', en_us: 'Hello !', ja_jp: 'さん' },
      },
    ]);
    expect(lines(simpler)).toEqual(['<at id=all></at>']);
  });
});

describe('textOnly', () => {
  it('keeps the title and every text in all languages, and nothing that could be refused', () => {
    const simpler = textOnly(pictured(3));
    expect(checkCard(simpler)).toEqual([]);
    const tags = new Set([...JSON.stringify(simpler).matchAll(/"tag":"(\w+)"/g)].map(([, tag]) => tag));
    expect(tags).toEqual(new Set(['plain_text', 'div']));
    expect(headerOf(simpler)).toMatchObject({
      template: 'blue',
      title: { content: 'VPN 连接失败，错误代码 809' },
    });
    expect(lines(simpler)).toEqual(expect.arrayContaining(['Owner: 佐藤健', '3 pictures cannot be shown']));
    expect(JSON.stringify(simpler)).toContain(
      'ヘルプデスクで開く：https://desk.example.com/tickets/6626871355780366331',
    );
  });

  it('reads the bot’s own rich text without its marks', () => {
    const simpler = textOnly(shown([markdown(same('**VPN** 5&#46;2<br>**a&#95;b** 1'))]));
    expect(lines(simpler)).toEqual(['VPN 5.2\na_b 1']);
  });
});

describe('plainText', () => {
  it('is the card in one language, with the addresses of its links', () => {
    expect(plainText(pictured(1), 'ja_jp').split('\n').slice(0, 6)).toEqual([
      'VPN 连接失败，错误代码 809',
      'チケット 6626871355780366331',
      '対応中 · 有人対応',
      '5 分前に担当者が返信',
      '担当者：佐藤健',
      'ユーザー：王芳 · 市场部',
    ]);
    expect(plainText(pictured(1), 'zh_cn')).toContain(
      '在服务台打开：https://desk.example.com/tickets/6626871355780366331',
    );
  });

  it('keeps the page that a menu opens, and none of its other choices', () => {
    const menu = overflow({ action: 'menu', ticket: '1' }, [
      { text: same('Watch'), value: 'watch.start' },
      { text: same('Open'), open: 'https://desk.example.com/1' },
    ]);
    const parts = { title: same('Title'), color: 'blue', summary: same('Title'), elements: [menu] } as const;
    expect(plainText(card(parts), 'en_us')).toBe('Title\nOpen: https://desk.example.com/1');
  });

  it('mentions nobody and links nothing that a customer wrote', () => {
    const said = message({ text: '<at user_id="all">all</at> @_all [x](https://evil.example)' });
    const text = plainText(
      ticketCard(
        { ticket: ticket({ fields: [] }), conversation: { ...talkWith(0), messages: [said] }, pictures: [] },
        view(),
      ),
      'en_us',
    );
    expect(text).toContain('＜at user_id="all"＞all＜/at＞ ＠_all ［x］(https://evil.example)');
    expect(text).not.toMatch(/<at|@|\]\(/);
  });

  it('does not stumble over a card that is not the bot’s', () => {
    const foreign: Card = {
      schema: '2.0',
      body: { elements: [{ tag: 'future', text: { tag: 'plain_text' } }, 1, null, [true]] },
    };
    expect(plainText(foreign, 'en_us')).toBe('');
    expect(plainText({ schema: '2.0' }, 'en_us')).toBe('');
    expect(plainText(shown([imgCombination('double', ['a', 'b'])]), 'zh_cn')).toBe('题\n2 张图片无法显示');
  });
});
