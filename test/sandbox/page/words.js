/**
 * The page's own sentences. A card's words come from the card.
 * @typedef {'zh_cn' | 'en_us' | 'ja_jp'} Lang
 */

/** @type {{ lang: Lang, name: string }[]} */
export const LANGUAGES = [
  { lang: 'zh_cn', name: '简体中文' },
  { lang: 'en_us', name: 'English' },
  { lang: 'ja_jp', name: '日本語' },
];

/** @type {Record<string, string>} */
export const BCP47 = { zh_cn: 'zh-CN', en_us: 'en-GB', ja_jp: 'ja-JP' };

const WORDS = {
  all: ['全部', 'all', 'すべて'],
  appCalls: ['接口调用', 'API calls', 'API 呼び出し'],
  apply: ['添加', 'Add', '追加'],
  asPerson: ['以谁的身份', 'You are', 'あなたは'],
  back: ['返回', 'Back', '戻る'],
  bot: ['机器人', 'Bot', 'ボット'],
  botNoAnswer: [
    '机器人没有应答，请稍后再试',
    'The bot did not answer. Try again in a moment.',
    'ボットが応答しません。少し待ってから再試行してください。',
  ],
  calls: ['调用', 'Calls', '呼び出し'],
  callsAbout: [
    '机器人向飞书发出的每次接口调用，最新的在前。',
    'Every call that the bot made to Feishu, the latest first.',
    'ボットが Feishu に行った API 呼び出し（新しい順）。',
  ],
  cancel: ['取消', 'Cancel', 'キャンセル'],
  cardUnsupported: ['不支持的组件', 'Unsupported component', '未対応のコンポーネント'],
  chart: ['图表', 'Chart', 'グラフ'],
  chartBroken: ['图表无法绘制', 'The chart cannot be drawn', 'グラフを描画できません'],
  chats: ['会话', 'Chats', 'チャット'],
  clear: ['清除全部', 'Clear all', 'すべて消去'],
  close: ['关闭', 'Close', '閉じる'],
  confirm: ['确定', 'OK', 'OK'],
  connectionLost: [
    '与沙盒的连接断开，正在重连…',
    'Lost the sandbox. Connecting again…',
    'サンドボックスとの接続が切れました。再接続中…',
  ],
  count: ['次数', 'Times', '回数'],
  dark: ['深色', 'Dark', 'ダーク'],
  deadToken: ['令牌失效', 'Token revoked', 'トークン失効'],
  deadTokenHint: [
    '让现有 tenant_access_token 立即失效',
    'The tenant token in use stops working at once',
    '使用中のトークンが直ちに無効になります',
  ],
  deletedPicture: ['图片被删除', 'Picture deleted', '画像を削除'],
  deletedPictureHint: [
    '工单图片的下载返回 154404',
    'Downloading a ticket picture answers 154404',
    'チケット画像の取得が 154404 を返します',
  ],
  direct: ['私聊', 'Direct', 'ダイレクト'],
  edited: ['已更新', 'updated', '更新済み'],
  empty: ['还没有消息。试试：', 'No messages yet. Try:', 'まだメッセージはありません。例：'],
  events: ['事件', 'Events', 'イベント'],
  eventsAbout: [
    '飞书投递给机器人的每个事件，以及机器人的应答。',
    'Every event that Feishu delivered to the bot, and how it answered.',
    'Feishu がボットに届けたイベントと、その応答。',
  ],
  everyone: ['所有人', 'everyone', '全員'],
  faults: ['故障', 'Faults', '障害'],
  faultsAbout: [
    '让飞书出故障，看机器人怎么应对。',
    'Break something at Feishu, and see what the bot makes of it.',
    'Feishu に障害を起こし、ボットの対応を確かめます。',
  ],
  faultsActive: ['正在生效', 'In force', '適用中'],
  faultsNone: ['没有故障', 'No faults', '障害なし'],
  file: ['文件', 'File', 'ファイル'],
  group: ['群聊', 'Group', 'グループ'],
  json: ['查看 JSON', 'Show JSON', 'JSON を表示'],
  light: ['浅色', 'Light', 'ライト'],
  limits: ['限流', 'Limits', 'レート制限'],
  limitsAbout: [
    '各接口的用量：现在 · 最多 / 上限 · 时段。',
    'How full each limit is: now · at most / allowed · window.',
    '各 API の使用量：現在 · 最大 / 上限 · 期間。',
  ],
  limitsNone: ['还没有调用', 'No calls yet', 'まだ呼び出しはありません'],
  lostReply: ['应答丢失', 'Reply lost', '応答消失'],
  lostReplyHint: [
    '请求已执行，但连接被切断',
    'The call takes effect, then the connection is cut',
    '処理は実行され、接続が切断されます',
  ],
  members: ['人', 'members', '人'],
  mention: ['@ 机器人', '@ the bot', '@ ボット'],
  mentionHint: [
    '默认权限下，群里只有 @ 机器人的消息才会送达',
    'With the default scope a bot gets only the group messages that mention it',
    '既定の権限では、メンションされたメッセージだけがボットに届きます',
  ],
  message: ['发消息', 'Message', 'メッセージを送信'],
  more: ['更多', 'More', 'その他'],
  most: ['最多', 'at most', '最大'],
  newTopic: ['发起话题', 'Start a topic', 'トピックを開始'],
  noChats: ['没有会话', 'No chats', 'チャットはありません'],
  nothing: ['暂无内容', 'Nothing yet', 'まだありません'],
  panel: ['开发面板', 'Developer panel', '開発パネル'],
  playground: ['本机上的小飞书', 'A small Feishu on your machine', 'この PC 上の小さな Feishu'],
  playgroundAbout: [
    '人、会话和工单都是虚构的，不会连到外部。在会话里发指令，点卡片上的按钮；左上角可以换一个人。',
    'People, chats and tickets are made up, and nothing leaves this machine. Type a command, press the buttons of its card, or become somebody else, top left.',
    '人、チャット、チケットは架空で、外部には接続しません。コマンドを送り、カードのボタンを押してください。左上で別の人になれます。',
  ],
  picture: ['图片', 'Picture', '画像'],
  pictureGone: ['图片无法加载', 'The picture cannot be loaded', '画像を読み込めません'],
  rateLimited: ['限流 429', 'Rate limited (429)', 'レート制限 (429)'],
  rateLimitedHint: [
    '返回 HTTP 429 和 x-ogw-ratelimit-reset',
    'Answers HTTP 429 with x-ogw-ratelimit-reset',
    'HTTP 429 と x-ogw-ratelimit-reset を返します',
  ],
  recalled: ['消息已撤回', 'This message was recalled', 'メッセージは取り消されました'],
  replies: ['{n} 条回复', '{n} replies', '{n} 件の返信'],
  oneReply: ['1 条回复', '1 reply', '1 件の返信'],
  reply: ['回复', 'Reply', '返信'],
  replyInThread: ['回复话题', 'Reply in thread', 'スレッドで返信'],
  replyTo: ['回复', 'Reply to', '返信先'],
  role_agent: ['客服', 'Agent', '担当者'],
  role_guest: ['用户', 'Guest', 'ゲスト'],
  role_manager: ['主管', 'Manager', '管理者'],
  role_oncall: ['值班', 'On call', '当番'],
  role_outsider: ['外部成员', 'Outsider', '部外者'],
  seconds: ['秒', 'Seconds', '秒'],
  select: ['请选择', 'Select', '選択'],
  send: ['发送', 'Send', '送信'],
  sendFailed: ['没有送出', 'Not sent', '送信できませんでした'],
  serverError: ['服务器错误 500', 'Server error (500)', 'サーバーエラー (500)'],
  serverErrorHint: ['返回 HTTP 500', 'Answers HTTP 500', 'HTTP 500 を返します'],
  slow: ['响应缓慢', 'Slow', '遅延'],
  slowHint: ['应答前等待', 'Waits before it answers', '応答前に待ちます'],
  theme: ['主题', 'Theme', 'テーマ'],
  thread: ['话题', 'Thread', 'スレッド'],
  topic: ['话题群', 'Topic group', 'トピックグループ'],
  unknownPerson: ['未知用户', 'Unknown user', '不明なユーザー'],
  where: ['接口', 'Endpoint', 'エンドポイント'],
};

/** @typedef {keyof typeof WORDS} Word */

const ORDER = { zh_cn: 0, en_us: 1, ja_jp: 2 };

/**
 * @param {Lang} lang
 * @returns {(word: Word) => string}
 */
export const translator = (lang) => (word) => WORDS[word][ORDER[lang]] ?? word;

/**
 * @param {string} role
 * @returns {Word | undefined}
 */
export function roleWord(role) {
  const key = `role_${role}`;
  return Object.hasOwn(WORDS, key) ? /** @type {Word} */ (key) : undefined;
}

/**
 * @param {string | null} text
 * @returns {Lang | undefined}
 */
export function asLang(text) {
  return LANGUAGES.find(({ lang }) => lang === text)?.lang;
}

/**
 * @param {(word: Word) => string} t
 * @param {number} count
 */
export const repliesText = (t, count) =>
  count === 1 ? t('oneReply') : t('replies').replace('{n}', String(count));
