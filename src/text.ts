/**
 * The catalogue: every sentence that a card, or more than one command, says to people, in Chinese, English and Japanese.
 *
 * A sentence with gaps is made by `sentence`, which fills the gaps of all languages from the same values; a language that lacks a gap
 * of another one does not compile.
 */

import type {
  Locale,
  PictureFailure,
  Text,
  TicketChannel,
  TicketScore,
  TicketStage,
  TicketStatus,
} from './domain.ts';

// ---------------------------------------------------------------- how texts are made

export const locales = ['zh_cn', 'en_us', 'ja_jp'] as const satisfies readonly Locale[];

/** One text from its three languages. */
export function say(zh_cn: string, en_us: string, ja_jp: string): Text {
  return { zh_cn, en_us, ja_jp };
}

/** A value that reads the same everywhere: a name, a number, a date. */
export function same(value: string | number): Text {
  return say(`${value}`, `${value}`, `${value}`);
}

/** Changes a text language by language. */
export function mapText(text: Text, change: (sentence: string, locale: Locale) => string): Text {
  return say(change(text.zh_cn, 'zh_cn'), change(text.en_us, 'en_us'), change(text.ja_jp, 'ja_jp'));
}

/** Puts texts one after the other. */
export function joinText(parts: readonly Text[], separator: string): Text {
  return mapText(same(''), (_, locale) => parts.map((part) => part[locale]).join(separator));
}

type Value = Text | string | number;

/** The names of the gaps in a sentence: `'{a} of {b}'` has `'a' | 'b'`. */
type Gap<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Gap<Rest> : never;

/** Anything, when two sentences have the same gaps; else a type that no sentence has. */
type InStep<A extends string, B extends string> = [Gap<A>, Gap<B>] extends [Gap<B>, Gap<A>] ? unknown : never;

/**
 * A sentence with gaps. Values are put in once and are not looked at again, so a `{…}` inside a value stays as it is.
 *
 * @example const greet = sentence('你好，{name}', 'Hello, {name}', '{name}さん、こんにちは'); greet({ name: 'Li' })
 */
export function sentence<Z extends string, E extends string, J extends string>(
  zh_cn: Z,
  en_us: E & InStep<Z, E>,
  ja_jp: J & InStep<Z, J>,
): (values: Readonly<Record<Gap<Z>, Value>>) => Text {
  const wording = say(zh_cn, en_us, ja_jp);
  return (values) => {
    const known = new Map<string, Value>(Object.entries(values));
    return mapText(wording, (template, locale) =>
      template.replace(/\{(\w+)\}/g, (gap, name: string) => {
        const value = known.get(name) ?? gap;
        return typeof value === 'object' ? value[locale] : `${value}`;
      }),
    );
  };
}

// ---------------------------------------------------------------- numbers and units

/** `1,240` in all three languages. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** A number of things, with the English plural. */
export function counted(zh: string, one: string, many: string, ja: string): (count: number) => Text {
  return (count) => {
    const n = grouped(count);
    return say(`${n} ${zh}`, `${n} ${count === 1 ? one : many}`, `${n} ${ja}`);
  };
}

const unit = {
  day: counted('天', 'd', 'd', '日'),
  hour: counted('小时', 'h', 'h', '時間'),
  minute: counted('分钟', 'min', 'min', '分'),
  second: counted('秒', 's', 's', '秒'),
} as const;

/**
 * A length of time in its two largest units: `45 s`, `42 min`, `3 h 5 min`, `2 d`. Less than nothing, as clocks that differ produce
 * it, counts as nothing.
 */
export function duration(ms: number): Text {
  const sec = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
  const parts = [
    [Math.floor(sec / 86_400), unit.day],
    [Math.floor(sec / 3600) % 24, unit.hour],
    [Math.floor(sec / 60) % 60, unit.minute],
    [sec % 60, unit.second],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return unit.second(0);
  // Seconds matter only while there is nothing larger to say.
  const shown = first === 3 ? parts.slice(3) : parts.slice(first, Math.min(first + 2, 3));
  return joinText(
    shown.filter(([count]) => count > 0).map(([count, name]) => name(count)),
    ' ',
  );
}

// ---------------------------------------------------------------- the catalogue

const status: Readonly<Record<TicketStatus, Text>> = {
  created: say('待响应', 'Awaiting response', '対応待ち'),
  in_progress: say('处理中', 'In progress', '対応中'),
  queueing: say('排队中', 'In queue', '順番待ち'),
  pending: say('已挂起', 'On hold', '保留中'),
  waiting_for_guest: say('待用户回复', 'Waiting for customer', 'ユーザー返信待ち'),
  closed_by_bot: say('机器人已关闭', 'Closed by bot', 'ボットが終了'),
  closed_by_agent: say('客服已关闭', 'Closed by agent', '担当者が終了'),
  closed_by_guest: say('用户已关闭', 'Closed by customer', 'ユーザーが終了'),
  unknown: say('状态未知', 'Unknown state', '状態不明'),
};

const stage: Readonly<Record<Exclude<TicketStage, 'unknown'>, Text>> = {
  bot: say('机器人', 'Bot', 'ボット'),
  human: say('人工', 'Human', '有人対応'),
};

const channel: Readonly<Record<TicketChannel, Text>> = {
  open_api: say('开放接口', 'Open API', 'オープン API'),
  qr_code: say('二维码', 'QR code', 'QR コード'),
  share: say('分享', 'Shared link', '共有リンク'),
  search: say('搜索', 'Search', '検索'),
  other: say('其他', 'Other', 'その他'),
};

const score: Readonly<Record<TicketScore, Text>> = {
  dissatisfied: say('不满意', 'Dissatisfied', '不満'),
  average: say('一般', 'Average', '普通'),
  satisfied: say('满意', 'Satisfied', '満足'),
};

const pictureFailure: Readonly<Record<PictureFailure, Text>> = {
  deleted: say('已被用户删除', 'deleted by the customer', 'ユーザーが削除しました'),
  too_large: say('太大，无法显示', 'too large to show', 'サイズが大きすぎて表示できません'),
  unreadable: say('不是可显示的图片', 'not a picture that can be shown', '表示できない形式です'),
  unavailable: say('暂时无法获取', 'could not be fetched', '取得できませんでした'),
};

const label = {
  owner: say('负责人', 'Owner', '担当者'),
  guest: say('用户', 'Customer', 'ユーザー'),
  agents: say('其他客服', 'Other agents', '他の担当者'),
  channel: say('来源', 'Channel', '受付経路'),
  created: say('创建时间', 'Created', '作成日時'),
  updated: say('更新时间', 'Updated', '更新日時'),
  firstResponse: say('首次响应', 'First response', '初回応答'),
  waiting: say('等待时长', 'Waiting', '待ち時間'),
  openFor: say('已开启', 'Open for', '経過時間'),
  closed: say('关闭时间', 'Closed', '終了日時'),
  closedBy: say('关闭人', 'Closed by', '終了した人'),
  tags: say('标签', 'Tags', 'タグ'),
  collaborators: say('协作人', 'Collaborators', '協力者'),
  words: say('用户描述', 'In the customer’s words', 'ユーザーの説明'),
  rating: say('满意度', 'Rating', '満足度'),
  comment: say('备注', 'Note', '備考'),
  reason: say('不满意原因', 'Reason', '不満の理由'),
  fields: say('自定义字段', 'Custom fields', 'カスタム項目'),
  more: say('更多信息', 'More details', '詳細'),
  agentTime: say('客服服务时长', 'Agent service time', '担当者の対応時間'),
  botTime: say('机器人服务时长', 'Bot service time', 'ボットの対応時間'),
  firstResponseTime: say('首次响应用时', 'Time to first response', '初回応答までの時間'),
  resolutionTime: say('解决用时', 'Time to resolution', '解決までの時間'),
  processingTime: say('实际处理时长', 'Time worked', '実作業時間'),
} as const;

const button = {
  refresh: say('刷新', 'Refresh', '更新'),
  open: say('在服务台打开', 'Open in helpdesk', 'ヘルプデスクで開く'),
  show: say('查看', 'Show', '表示'),
  help: say('查看指令', 'Show commands', 'コマンドを見る'),
  run: say('执行', 'Run', '実行'),
  retry: say('重试', 'Try again', '再試行'),
  showTicket: say('查看工单', 'Show ticket', 'チケットを表示'),
} as const;

const pictures = counted('张图片', 'picture', 'pictures', '枚の画像');
const morePictures = counted('张图片', 'more picture', 'more pictures', '枚の画像');
const messages = counted('条消息', 'message', 'messages', '件のメッセージ');
const files = {
  file: say('[文件]', '[file]', '[ファイル]'),
  media: say('[视频]', '[video]', '[動画]'),
  unknown: say('[暂不支持的消息]', '[message of an unknown kind]', '[未対応のメッセージ]'),
} as const;

/** Everything that cards say, by what it is about. */
export const text = {
  status,
  stage,
  channel,
  score,
  pictureFailure,
  label,
  button,
  pictures,
  morePictures,
  messages,
  files,
  labelled: sentence('{label}：{value}', '{label}: {value}', '{label}：{value}'),
  late: say(
    '回复迟了：这个请求过了 2 分钟以上才送达。',
    'Late answer: the request took more than 2 minutes to arrive.',
    '返信が遅れました。リクエストの到着に 2 分以上かかりました。',
  ),
  mayRepeat: say(
    '这条回复可能与之前的一条重复：机器人中断后，无法确认那条是否已发出。',
    'This may repeat an earlier answer: the bot was interrupted and cannot see whether that one was sent.',
    '以前の返信と重複している可能性があります。ボットが中断し、送信済みか確認できません。',
  ),
  asOf: sentence('截至 {time}', 'As of {time}', '{time} 時点'),

  ticket: sentence('工单 {id}', 'Ticket {id}', 'チケット {id}'),
  tickets: counted('个工单', 'ticket', 'tickets', '件のチケット'),
  unassigned: say('未分配', 'Unassigned', '未割り当て'),
  unknownPerson: say('未知', 'Unknown', '不明'),
  someone: say('某人', 'Someone', '誰か'),
  none: say('无', 'None', 'なし'),
  shortened: say(
    '内容太多，一张卡片放不下，部分内容未显示。',
    'This ticket is too large for one card; parts of it are not shown.',
    '内容が多くカードに収まらないため、一部を省略しています。',
  ),
  moreFields: sentence(
    '另有 {count} 个字段未显示',
    '{count} more fields are not shown',
    'ほか {count} 項目は省略',
  ),

  now: {
    waitingForAgent: sentence(
      '已等待客服 {time}，尚无人负责',
      'Waiting for an agent for {time}; nobody owns it',
      '担当者が未定のまま {time}待ち',
    ),
    waitingForFirstReply: sentence(
      '已等待首次回复 {time}',
      'Waiting for the first reply for {time}',
      '初回の返信を {time}待っています',
    ),
    waitingForReply: sentence(
      '用户已等待回复 {time}',
      'The customer has waited for a reply for {time}',
      'ユーザーが返信を {time}待っています',
    ),
    waitingForGuest: sentence(
      '等待用户回复已 {time}',
      'Waiting for the customer for {time}',
      'ユーザーの返信を {time}待っています',
    ),
    nobody: say('尚无人负责', 'Nobody owns it', '担当者が決まっていません'),
    withBot: say('机器人接待中，尚未转人工', 'With the bot; no agent yet', 'ボットが対応中（担当者なし）'),
    onHold: say('已挂起', 'On hold', '保留中'),
    replied: sentence('客服 {time}前回复过', 'An agent replied {time} ago', '{time}前に担当者が返信'),
    inProgress: say('客服处理中', 'An agent is on it', '担当者が対応中'),
    unsolved: say('已关闭，问题未解决', 'Closed without being solved', '未解決のまま終了'),
    solved: say('已解决并关闭', 'Solved and closed', '解決して終了'),
    closed: say('已关闭', 'Closed', '終了'),
  },

  leftOut: sentence(
    '还有 {count} 字未显示',
    '{count} more characters are not shown',
    '残り {count} 文字は省略',
  ),
  readOn: sentence(
    '还有 {count} 字，点“查看会话”继续阅读',
    '{count} more characters: read on with “Conversation”',
    '残り {count} 文字は「会話を見る」で読めます',
  ),
  latest: say('最近消息', 'Latest messages', '最新のメッセージ'),
  noMessages: say('还没有消息', 'No messages yet', 'メッセージはまだありません'),
  messagesUnread: say(
    '消息读取失败，请稍后重试。',
    'The messages could not be read. Try again later.',
    'メッセージを読み込めませんでした。後でもう一度お試しください。',
  ),
  messageTotal: sentence('共 {messages}', '{messages} in all', '全 {messages}'),
  messagesOmitted: sentence(
    '共 {messages}，中间 {omitted} 条未显示',
    '{messages}; the middle {omitted} are not shown',
    '全 {messages}（途中の {omitted} 件は省略）',
  ),
  inBrackets: sentence('[{what}]', '[{what}]', '[{what}]'),

  picture: say('图片', 'Picture', '画像'),
  pictureAlt: sentence('图片 {number}', 'Picture {number}', '画像 {number}'),
  pictureNumbers: sentence('图片 {numbers}', 'Pictures {numbers}', '画像 {numbers}'),
  pictureFailed: sentence('图片 {number}：{reason}', 'Picture {number}: {reason}', '画像 {number}：{reason}'),
  picturesFailed: sentence(
    '图片 {numbers}：{reason}',
    'Pictures {numbers}: {reason}',
    '画像 {numbers}：{reason}',
  ),
  picturesLoading: sentence('{pictures}加载中…', 'Loading {pictures}…', '{pictures}を読み込み中…'),
  picturesProgress: sentence(
    '{pictures}加载中…已完成 {done}',
    'Loading {done} of {pictures}…',
    '{pictures}を読み込み中…（{done} 枚完了）',
  ),
  picturesCut: sentence(
    '仅显示前 {shown} 张图片，共 {total} 张',
    'Only the first {shown} of {total} pictures are shown',
    '全 {total} 枚のうち最初の {shown} 枚だけを表示',
  ),
  picturesFolded: sentence('另有 {pictures}', '{pictures}', 'ほか {pictures}'),
  picturesDropped: sentence('{pictures}无法显示', '{pictures} cannot be shown', '{pictures}は表示できません'),

  notFound: say(
    '没有这个工单，或你无权查看',
    'No such ticket, or it is not yours to see',
    'このチケットは存在しないか、閲覧権限がありません',
  ),
  unreadable: say('暂时无法读取', 'Could not be read now', '今は読み込めません'),
  logId: sentence('日志 ID：{id}', 'Log ID: {id}', 'ログ ID：{id}'),

  help: {
    title: say('可用指令', 'Commands', 'コマンド一覧'),
    p2p: say('直接发送指令即可。', 'Just send a command.', 'コマンドをそのまま送信してください。'),
    group: say(
      '在群里请先 @ 我，再写指令。',
      'In a group, mention me first, then write the command.',
      'グループでは、先に私をメンションしてからコマンドを書いてください。',
    ),
    more: sentence(
      '用 {command} 查看某个指令的用法。',
      'See how a command is used with {command}.',
      '{command} で各コマンドの使い方を確認できます。',
    ),
    aliases: say('别名', 'Also', '別名'),
    examples: say('示例', 'Examples', '例'),
  },
  welcome: {
    title: say(
      '大家好，我是工单助手',
      'Hello, I show helpdesk tickets',
      'こんにちは、チケットを表示するボットです',
    ),
    body: say(
      '在群里 @我 并发送 /ticket 加工单编号，我会把工单连同图片放在一张卡片上，并随工单更新。',
      'Mention me here and send /ticket with a ticket number: I show the ticket with its pictures on one card, and keep the card up to date.',
      'このグループで私をメンションし、/ticket に続けてチケット番号を送信してください。チケットを画像付きで 1 枚のカードに表示し、更新も反映します。',
    ),
    example: say('例如：/ticket 123', 'For example: /ticket 123', '例：/ticket 123'),
  },
  didYouMean: say('你是不是想用：', 'Did you mean:', 'もしかして：'),
  stillWorking: {
    title: say('正在处理…', 'Still working…', '処理中です…'),
    body: say(
      '飞书响应较慢，结果会更新在这条消息里。',
      'Feishu is slow to answer. The result will appear in this message.',
      'Feishu の応答に時間がかかっています。結果はこのメッセージに表示されます。',
    ),
  },
} as const;
