import type { Locale } from './json.ts';

/** What the demo itself says, in three languages. A card's words come from the card. */

type Text = Readonly<Record<Locale, string>>;

const phrases = {
  pictureOf: { zh_cn: '图片 {n}/{total}', en_us: 'picture {n} of {total}', ja_jp: '画像 {n}/{total}' },
  missing: { zh_cn: '无法获取', en_us: 'cannot be fetched', ja_jp: '取得できません' },
  folded: { zh_cn: '已折叠，{n} 行', en_us: 'folded, {n} lines', ja_jp: '折りたたみ、{n} 行' },
  foldedOne: { zh_cn: '已折叠，1 行', en_us: 'folded, 1 line', ja_jp: '折りたたみ、1 行' },
  chart: { zh_cn: '图表', en_us: 'chart', ja_jp: 'グラフ' },
  notCard: { zh_cn: '（不是卡片 2.0）', en_us: '(not a card 2.0)', ja_jp: '（カード 2.0 ではありません）' },
  starting: {
    zh_cn: '正在启动沙盒和机器人…',
    en_us: 'Starting the sandbox and the bot …',
    ja_jp: 'サンドボックスとボットを起動しています…',
  },
  asked: {
    zh_cn: '{person} 在「{chat}」里发送 {command}，{sec} 秒后收到完整的卡片：',
    en_us: '{person} sent {command} in “{chat}”. The complete card came back after {sec} s:',
    ja_jp: '{person}さんが「{chat}」で {command} を送信し、{sec} 秒で完全なカードが届きました：',
  },
  incomplete: {
    zh_cn: '最后收到的卡片：',
    en_us: 'The last card that came back:',
    ja_jp: '最後に届いたカード：',
  },
  page: {
    zh_cn: '打开 {url} ，在聊天里试试（Ctrl-C 结束）：',
    en_us: 'Open {url} and try it in the chat (Ctrl-C ends it):',
    ja_jp: '{url} を開いて、チャットで試してください（Ctrl-C で終了）：',
  },
  tryTicket: {
    zh_cn: '输入 {command}，点卡片上的按钮，展开图片',
    en_us: 'type {command}, press the buttons of the card, open a picture',
    ja_jp: '{command} を入力し、カードのボタンを押し、画像を開く',
  },
  tryHelp: {
    zh_cn: '输入 /help，看看机器人还会什么',
    en_us: 'type /help to see what else the bot does',
    ja_jp: '/help でボットのほかの機能を見る',
  },
  tryPage: {
    zh_cn: '换一种语言、一个人、一个话题群；右侧面板能看到每次调用，也能注入故障',
    en_us: 'switch the language, the person, the group; the panel shows every call and injects faults',
    ja_jp: '言語・人・グループを切り替える。パネルで各呼び出しを確認し、障害を注入できます',
  },
  unknownFlag: {
    zh_cn: '不认识 {flag}。用法：npm run demo 或 npm run demo -- --once',
    en_us: '{flag} is not known here. Say: npm run demo, or npm run demo -- --once',
    ja_jp: '{flag} は使えません。使い方：npm run demo または npm run demo -- --once',
  },
  stopped: { zh_cn: '已停止。', en_us: 'Stopped.', ja_jp: '停止しました。' },
  failed: { zh_cn: '演示失败：{why}', en_us: 'The demo failed: {why}', ja_jp: 'デモは失敗しました：{why}' },
} as const satisfies Readonly<Record<string, Text>>;

export type Phrase = keyof typeof phrases;

/** A sentence with its gaps filled. */
export function phrase(
  name: Phrase,
  locale: Locale,
  gaps: Readonly<Record<string, string | number>> = {},
): string {
  return phrases[name][locale].replace(/\{(\w+)\}/g, (gap, key: string) => `${gaps[key] ?? gap}`);
}
