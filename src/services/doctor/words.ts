/** What the self-check says. */

import { say, sentence } from '../../text.ts';

export const words = {
  configuration: say('配置', 'configuration', '設定'),
  network: say('到飞书的网络', 'way to Feishu', 'Feishu への経路'),
  clock: say('本机时钟', 'clock', '時計'),
  app: say('应用凭证', 'app credentials', 'アプリの認証情報'),
  bot: say('机器人能力', 'bot capability', 'ボット機能'),
  helpdesk: say('服务台', 'helpdesk', 'ヘルプデスク'),
  helpdeskEvents: say('服务台事件订阅', 'helpdesk event subscription', 'ヘルプデスクのイベント購読'),
  longConnection: say('长连接', 'long connection', '長時間接続'),
  events: say('事件送达', 'event delivery', 'イベントの配信'),
  picture: say('图片上传与取回', 'picture up and down', '画像の送受信'),
  card: say('卡片发送与更新', 'card sent and updated', 'カードの送信と更新'),
  quota: say('每月调用额度', 'monthly quota', '月間の呼び出し枠'),
  storage: say('存储', 'storage', 'ストレージ'),
  redis: say('Redis 持久化', 'Redis persistence', 'Redis の永続化'),

  configured: say('所有变量都可用', 'every variable is usable', 'すべての変数が有効です'),
  fixVariable: say(
    '按 .env.example 改正',
    'Correct it; .env.example shows how.',
    '.env.example に従って修正してください。',
  ),
  reached: say('可以连通', 'Feishu answers', 'Feishu が応答します'),
  unreachable: sentence(
    '连不上（{why}）',
    'Feishu cannot be reached ({why})',
    'Feishu に接続できません（{why}）',
  ),
  openTheWay: say(
    '检查 FEISHU_DOMAIN，以及本机能否不经代理访问该域名的 443 端口',
    'Check FEISHU_DOMAIN, and that this machine reaches it on port 443 without a proxy.',
    'FEISHU_DOMAIN と、このマシンがプロキシなしで 443 番ポートに接続できることを確認してください。',
  ),
  noTime: say('飞书没有给出时间', 'Feishu does not tell its time', 'Feishu が時刻を返しません'),
  clockRight: say('与飞书一致', 'agrees with Feishu’s', 'Feishu と一致しています'),
  clockOff: sentence(
    '比飞书快 {seconds} 秒',
    'is {seconds} s ahead of Feishu’s',
    'Feishu より {seconds} 秒進んでいます',
  ),
  setClock: say(
    '开启时间同步（NTP）',
    'Turn on time synchronisation (NTP).',
    '時刻同期（NTP）を有効にしてください。',
  ),
  tokenIssued: say('可以取得访问令牌', 'a tenant token can be had', 'テナントトークンを取得できます'),
  botOn: sentence('已启用：{name}', 'on: {name}', '有効：{name}'),
  botState: sentence(
    '机器人不可用（状态 {status}）',
    'the bot cannot be used (state {status})',
    'ボットを使用できません（状態 {status}）',
  ),
  helpdeskOpen: say('可以读取工单', 'its tickets can be read', 'チケットを読み取れます'),
  helpdeskHas: sentence(
    '可以读取，共 {count} 张工单',
    'its tickets can be read: {count} in all',
    'チケットを読み取れます（計 {count} 件）',
  ),
  subscribed: say('已订阅', 'subscribed', '購読済み'),
  eventsCame: say('飞书的事件能到达', 'events of Feishu arrive', 'Feishu のイベントが届いています'),
  noEventYet: say('还没有收到过事件', 'no event has come yet', 'イベントはまだ届いていません'),
  eventsUnknown: say('这里无法得知', 'cannot be known from here', 'ここからは確認できません'),
  sayHelp: say(
    '启动机器人，在群里 @它发送 /doctor；没有回应时检查“事件与回调”的设置并发布版本',
    'Start the bot and send it /doctor in a chat; if nothing comes back, check Events & callbacks and publish a version.',
    'ボットを起動し、チャットで /doctor を送信してください。応答がない場合は「イベントとコールバック」の設定を確認し、バージョンを公開してください。',
  ),
  connectionReady: say('可以建立', 'may be made', '接続できます'),
  connectionRefused: sentence(
    '飞书以 {code} 拒绝',
    'Feishu refuses it with {code}',
    'Feishu が {code} で拒否しました',
  ),
  tooManyConnections: say(
    '一个应用最多 50 个连接；停掉使用同一应用的其他进程',
    'An app may have 50; stop the other processes that use this app.',
    '1 つのアプリで 50 本までです。同じアプリを使う他のプロセスを停止してください。',
  ),
  switchToConnection: say(
    '在“事件与回调”中把订阅方式改为长连接，并发布版本；Lark 不支持长连接',
    'Under Events & callbacks choose the long connection, and publish a version. Lark has none.',
    '「イベントとコールバック」で長時間接続を選び、バージョンを公開してください。Lark では使用できません。',
  ),
  pictureBack: say('上传后可以取回', 'came back after its upload', 'アップロード後に取得できました'),
  pictureEmpty: say('取回的是空文件', 'came back empty', '空のファイルが返りました'),
  noChat: say(
    '未检查：用 --chat oc_… 指定一个群',
    'not tried: name a chat with --chat oc_…',
    '未確認：--chat oc_… でチャットを指定してください',
  ),
  trying: say('自检：正在测试卡片…', 'Self-check: trying a card…', '自己診断：カードを試しています…'),
  worked: say(
    '自检：卡片可以发送和更新。',
    'Self-check: cards can be sent and updated.',
    '自己診断：カードの送信と更新ができます。',
  ),
  cardUpdated: say('已发送并更新', 'sent and updated', '送信と更新ができました'),
  thisCard: say('就是这张卡片', 'this very card', 'このカードです'),
  thisQuestion: say(
    '这条指令就是一个事件',
    'this very command came as an event',
    'このコマンドがイベントとして届きました',
  ),
  quotaLeft: say(
    '没有调用因额度被拒绝',
    'no call was refused for it',
    '枠を理由に拒否された呼び出しはありません',
  ),

  storageWritten: say('可以写入', 'can be written', '書き込めます'),
  storageKept: sentence(
    '{dir} 可写，数据完好（版本 {version}）',
    '{dir} can be written, and its data are whole (version {version})',
    '{dir} に書き込め、データは正常です（バージョン {version}）',
  ),
  storageNew: sentence(
    '{dir} 可写，还没有数据',
    '{dir} can be written; there are no data yet',
    '{dir} に書き込めます。データはまだありません',
  ),
  storageUnmade: sentence(
    '{dir} 还不存在，启动时可以创建',
    '{dir} does not exist yet; the bot can make it at its start',
    '{dir} はまだありません。起動時に作成できます',
  ),
  mendStorage: say(
    '检查 DATA_DIR 的权限、磁盘空间和文件系统（须为本地磁盘）',
    'Check the rights on DATA_DIR, the room on its disk, and that it is a local disk.',
    'DATA_DIR の権限、ディスクの空き容量、ローカルディスクであることを確認してください。',
  ),
  diskLow: sentence('磁盘只剩 {mb} MB', 'only {mb} MB are left on its disk', 'ディスクの残りは {mb} MB です'),
  freeDisk: say('清理磁盘', 'Make room on the disk.', 'ディスクの空きを増やしてください。'),
  redisKeeps: say(
    '已开启 AOF 文件，不会丢弃键',
    'it has an append-only file and throws nothing away',
    '追記ファイルが有効で、キーは破棄されません',
  ),
  startRedis: say(
    '启动 Redis，或改正 REDIS_URL',
    'Start Redis, or correct REDIS_URL.',
    'Redis を起動するか、REDIS_URL を修正してください。',
  ),
  redisPassword: say(
    '改正 REDIS_URL 中的用户和密码',
    'Correct the user and password in REDIS_URL.',
    'REDIS_URL のユーザーとパスワードを修正してください。',
  ),
  restartBot: say('重启机器人', 'Start the bot again.', 'ボットを再起動してください。'),
  mendRedis: say(
    '在 redis.conf 中设置 appendonly yes 和 maxmemory-policy noeviction，并检查 REDIS_URL',
    'Set “appendonly yes” and “maxmemory-policy noeviction” in redis.conf, and check REDIS_URL.',
    'redis.conf で appendonly yes と maxmemory-policy noeviction を設定し、REDIS_URL を確認してください。',
  ),
} as const;
