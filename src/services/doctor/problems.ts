/**
 * What the configuration and the storage say is wrong, in the operator's language. They speak English alone, because they also speak
 * to the log; each of their sentences has a row here, and a test looks that none is missing.
 */

import type { Text } from '../../domain.ts';
import { same, say, text } from '../../text.ts';

/** In the order in which they are tried. `$1` … stand for what the brackets found. */
const rows: readonly (readonly [RegExp, Text])[] = [
  [/^is required$/, say('必须设置', 'is required', '必須です')],
  [
    /^is required with the other LLM_ variables$/,
    say(
      '使用其他 LLM_ 变量时必须设置',
      'is required with the other LLM_ variables',
      '他の LLM_ 変数を使う場合は必須です',
    ),
  ],
  [
    /^is set twice, also as (\w+); keep one$/,
    say(
      '设置了两次（另有 $1），请只保留一个',
      'is set twice, also as $1; keep one',
      '$1 と重複しています。片方だけ残してください',
    ),
  ],
  [/^the file cannot be read$/, say('无法读取该文件', 'the file cannot be read', 'ファイルを読み取れません')],
  [
    /^must be printable ASCII without spaces$/,
    say(
      '只能是不含空格的可见 ASCII 字符',
      'must be printable ASCII without spaces',
      '空白を含まない ASCII 文字でなければなりません',
    ),
  ],
  [
    /^must be a comma-separated list of ids that start with (\w+)$/,
    say(
      '应为以逗号分隔、以 $1 开头的 ID 列表',
      'must be a comma-separated list of ids that start with $1',
      '$1 で始まる ID をカンマで区切ってください',
    ),
  ],
  [/^must look like (cli_…)$/, say('应形如 $1', 'must look like $1', '$1 の形でなければなりません')],
  [/^must not hold a colon$/, say('不能含冒号', 'must not hold a colon', 'コロンは使えません')],
  [
    /^must be feishu, lark or a base URL$/,
    say(
      '应为 feishu、lark 或一个基础 URL',
      'must be feishu, lark or a base URL',
      'feishu、lark、またはベース URL でなければなりません',
    ),
  ],
  [/^must be a port number$/, say('应为端口号', 'must be a port number', 'ポート番号でなければなりません')],
  [
    /^\* is not possible here; use ACCESS_CHATS$/,
    say(
      '这里不能用 *；请用 ACCESS_CHATS',
      '* is not possible here; use ACCESS_CHATS',
      'ここでは * は使えません。ACCESS_CHATS を使ってください',
    ),
  ],
  [/^\* is not possible here$/, say('这里不能用 *', '* is not possible here', 'ここでは * は使えません')],
  [
    /^must be two numbers such as 20,60, or off$/,
    say(
      '应为两个数字（例如 20,60）或 off',
      'must be two numbers such as 20,60, or off',
      '20,60 のような 2 つの数、または off でなければなりません',
    ),
  ],
  [
    /^must be a chat id that starts with oc_$/,
    say(
      '应为以 oc_ 开头的 chat_id',
      'must be a chat id that starts with oc_',
      'oc_ で始まる chat_id でなければなりません',
    ),
  ],
  [
    /^must be rungs such as (.+), in the order of their times$/,
    say(
      '应为按时间先后排列的各级，例如 $1',
      'must be rungs such as $1, in the order of their times',
      '時間の順に並べた段階（例：$1）でなければなりません',
    ),
  ],
  [
    /^must be an http\(s\) link with \{id\} in it$/,
    say(
      '应为含 {id} 的 http(s) 链接',
      'must be an http(s) link with {id} in it',
      '{id} を含む http(s) リンクでなければなりません',
    ),
  ],
  [
    /^must be an IANA time zone such as (\S+)$/,
    say(
      '应为 IANA 时区，例如 $1',
      'must be an IANA time zone such as $1',
      'IANA タイムゾーン（例：$1）でなければなりません',
    ),
  ],
  [
    /^must be an http\(s\) address without a user, query or fragment$/,
    say(
      '应为不含用户、查询和片段的 http(s) 地址',
      'must be an http(s) address without a user, query or fragment',
      'ユーザー・クエリ・フラグメントを含まない http(s) アドレスでなければなりません',
    ),
  ],
  [
    /^must be cli_ and 16 hexadecimal digits for the long connection$/,
    say(
      '使用长连接时应为 cli_ 加 16 位十六进制数字',
      'must be cli_ and 16 hexadecimal digits for the long connection',
      '長時間接続では cli_ と 16 桁の 16 進数でなければなりません',
    ),
  ],
  [
    /^must be (?:one of )?(\w+(?:, \w+)*(?:, | or )\w+|redis:.*)$/,
    say('应为其中之一：$1', 'must be one of: $1', '次のいずれかでなければなりません：$1'),
  ],

  [
    /^(DATA_DIR .+) cannot be written \((\w+)\)$/,
    say('无法写入 $1（$2）', '$1 cannot be written ($2)', '$1 に書き込めません（$2）'),
  ],
  [
    /^(.+) is damaged; restore a backup\.$/,
    say(
      '$1 已损坏，请恢复备份',
      '$1 is damaged; restore a backup',
      '$1 が破損しています。バックアップを復元してください',
    ),
  ],
  [
    /^(.+) has version (\d+), written by a newer bot; this one knows (\d+)\.$/,
    say(
      '$1 的版本是 $2，由更新的机器人写入；本机器人只认识到版本 $3',
      '$1 has version $2, written by a newer bot; this one knows $3',
      '$1 はバージョン $2 で、より新しいボットが書き込みました。このボットが扱えるのは $3 までです',
    ),
  ],
  [
    /^(.+) is on a file system that SQLite cannot share; use a local disk$/,
    say(
      '$1 所在的文件系统不适用于 SQLite，请用本地磁盘',
      '$1 is on a file system that SQLite cannot share; use a local disk',
      '$1 のファイルシステムは SQLite に使えません。ローカルディスクを使ってください',
    ),
  ],
  [
    /^(\/.+|\S+\.db) cannot be (?:read|opened) \((\w+)\)$/,
    say('无法读取 $1（$2）', '$1 cannot be read ($2)', '$1 を読み取れません（$2）'),
  ],
  [
    /^The storage cannot be used now \((\w+)\)$/,
    say(
      '现在无法使用存储（$1）',
      'The storage cannot be used now ($1)',
      '現在ストレージを使用できません（$1）',
    ),
  ],
  [
    /^REDIS_URL: Redis cannot be reached \((.+)\)$/,
    say('连不上 Redis（$1）', 'Redis cannot be reached ($1)', 'Redis に接続できません（$1）'),
  ],
  [
    /^REDIS_URL: Redis does not accept the user or password\.$/,
    say(
      'Redis 不接受这个用户或密码',
      'Redis does not accept the user or password',
      'Redis がユーザーまたはパスワードを受け付けません',
    ),
  ],
  [
    /^REDIS_URL: Redis (\S+) is too old; use (\S+) or newer\.$/,
    say(
      'Redis $1 太旧，请使用 $2 或更新的版本',
      'Redis $1 is too old; use $2 or newer',
      'Redis $1 は古すぎます。$2 以降を使ってください',
    ),
  ],
  [
    /^REDIS_URL: this Redis is a read-only replica; name its master\.$/,
    say(
      '这个 Redis 是只读副本，请填写它的主节点',
      'this Redis is a read-only replica; name its master',
      'この Redis は読み取り専用レプリカです。マスターを指定してください',
    ),
  ],
  [
    /^REDIS_URL: this Redis has no append-only file/,
    say(
      '这个 Redis 没有 AOF 文件，会丢失事件',
      'this Redis has no append-only file and would lose events',
      'この Redis には追記ファイル（AOF）がなく、イベントが失われます',
    ),
  ],
  [
    /^REDIS_URL: this Redis may throw keys away \(maxmemory-policy ([\w-]+)\)/,
    say(
      '这个 Redis 可能丢弃键（maxmemory-policy $1）',
      'this Redis may throw keys away (maxmemory-policy $1)',
      'この Redis はキーを破棄することがあります（maxmemory-policy $1）',
    ),
  ],
  [
    /^REDIS_URL: INFO, which tells/,
    say(
      'INFO 失败，无法得知这个 Redis 是否保存数据',
      'INFO, which tells whether this Redis keeps what it is given, fails',
      'INFO が失敗し、この Redis がデータを保持するか確認できません',
    ),
  ],
  [
    /^REDIS_URL: Redis does not keep what it is given\.$/,
    say('Redis 没有保存写入的数据', 'Redis does not keep what it is given', 'Redis が書き込みを保持しません'),
  ],
  [
    /^Redis was emptied since this process started/,
    say(
      '进程启动后 Redis 被清空；请重启机器人',
      'Redis was emptied since this process started; restart the bot',
      'プロセスの起動後に Redis が空にされました。ボットを再起動してください',
    ),
  ],
  [/^Redis does not answer$/, say('Redis 没有应答', 'Redis does not answer', 'Redis が応答しません')],
  [
    /^(?:REDIS_URL: )?Redis cannot be used(?: now)? \((.+)\)$/,
    say('无法使用 Redis（$1）', 'Redis cannot be used ($1)', 'Redis を使用できません（$1）'),
  ],
];

/** @param sentence of a StoreUnavailable, or of a ConfigError behind the name of the variable */
export function inWords(sentence: string): Text {
  for (const [pattern, translated] of rows) {
    const found = pattern.exec(sentence);
    if (found === null) continue;
    // What may stand there is a list of values.
    const isList = sentence.startsWith('must be ');
    const gap = (n: number): string => (isList ? found[n]?.replace(/,? or /, ', ') : found[n]) ?? '';
    const filled = (said: string): string => said.replaceAll(/\$(\d)/g, (_, n) => gap(Number(n)));
    return say(filled(translated.zh_cn), filled(translated.en_us), filled(translated.ja_jp));
  }
  return same(sentence);
}

/** `NAME: what is wrong`, as ConfigError lists it. */
export function problemInWords(problem: string): Text {
  const [, name, sentence] = /^(\w+): (.*)$/s.exec(problem) ?? [];
  if (name === undefined || sentence === undefined) return same(problem);
  return text.labelled({ label: same(name), value: inWords(sentence) });
}
