/** From a failed call to the thing that is broken: one line of the table of codes may break every call. */

import type { Text } from '../../domain.ts';
import { FeishuError } from '../../errors.ts';
import { say, sentence } from '../../text.ts';
import type { Blame, Verdict } from './examine.ts';

/** The pages of the console on which things are mended. */
export interface Console {
  readonly base: string;
  permissions(scopes: readonly string[]): string;
}

/** https://open.feishu.cn/document/server-docs/application-scope/introduction */
export function consoleOf(baseUrl: string, appId: string): Console {
  const base = `${baseUrl}/app/${appId}`;
  return {
    base,
    permissions: (scopes) => `${base}/auth?q=${scopes.join(',')}&op_from=openapi&token_type=tenant`,
  };
}

/** What a code blames, whichever call met it: the page of the console may be replaced by the helpdesk's. */
interface Cause {
  readonly check: string;
  readonly what: Text;
  readonly remedy: Text;
  readonly page: 'console' | 'helpdesk' | 'none';
}

function causes(): ReadonlyMap<number, Cause> {
  const all = (codes: readonly number[], cause: Cause): [number, Cause][] =>
    codes.map((code) => [code, cause]);
  const page = 'console';
  return new Map([
    ...all([99991401], { check: 'network', what: notListed, remedy: listAddress, page }),
    ...all([99991543, 10003, 10014, 10015, 20013], {
      check: 'app',
      what: wrongCredentials,
      remedy: checkCredentials,
      page,
    }),
    ...all([99991662, 99991673, 11207, 11210], { check: 'app', what: appOff, remedy: publish, page }),
    ...all([230006, 11205, 11240, 234007], { check: 'bot', what: noBot, remedy: turnBotOn, page }),
    ...all([230002, 230034, 99992356, 232011], {
      check: 'card',
      what: wrongChat,
      remedy: checkChat,
      page: 'none',
    }),
    ...all([154001], { check: 'helpdesk', what: wrongHelpdesk, remedy: checkHelpdesk, page: 'helpdesk' }),
    ...all([154003], { check: 'helpdesk', what: otherTenant, remedy: sameTenant, page: 'helpdesk' }),
  ]);
}

/** What every call may meet, whatever it is for. */
export function blamer(console: Console, helpdeskLink: string): Blame {
  const known = causes();
  return (error, { check }) => {
    if (!(error instanceof FeishuError)) return { check, verdict: fail(unexpected) };
    const cause = error.code === undefined ? undefined : known.get(error.code);
    if (cause !== undefined) {
      const links = { console: console.base, helpdesk: helpdeskLink, none: undefined };
      return { check: cause.check, verdict: fail(cause.what, cause.remedy, links[cause.page]) };
    }
    if (error.kind === 'quota') return { check: 'quota', verdict: fail(quotaGone, raiseQuota) };
    return { check, verdict: verdictOf(error, check, console) };
  };
}

function verdictOf(error: FeishuError, check: string, console: Console): Verdict {
  const { kind, code, logId } = error;
  const traced = (what: Text): Text => (logId === undefined ? what : withLogId({ what, id: logId }));
  if (kind === 'scope') return missingScope(error, console);
  if (kind === 'passing' || kind === 'rate' || kind === 'in_flight') return fail(traced(noAnswer), tryLater);
  if (check === 'app') return fail(traced(wrongCredentials), checkCredentials, console.base);
  return fail(traced(refusedWith({ code: code ?? kind })), askSupport);
}

export function fail(what: Text, remedy?: Text, link?: string): Verdict {
  return { state: 'fail', what, remedy, link };
}

/** @returns the verdict that names the permissions of which one is missing, and where it is granted */
function missingScope(error: FeishuError, console: Console): Verdict {
  const { scopes } = error;
  return fail(lacksScope({ scopes: oneOf(scopes) }), grantScope, console.permissions(scopes));
}

/** `a or b`, in all languages. */
export function oneOf(scopes: readonly string[]): Text {
  return say(scopes.join(' 或 '), scopes.join(' or '), scopes.join(' または '));
}

const withLogId = sentence('{what}（日志 ID {id}）', '{what} (log ID {id})', '{what}（ログ ID {id}）');
const refusedWith = sentence(
  '飞书以 {code} 拒绝',
  'Feishu refuses with {code}',
  'Feishu が {code} で拒否しました',
);
const lacksScope = sentence(
  '缺少权限 {scopes}',
  'lacks the permission {scopes}',
  '権限がありません：{scopes}',
);
const grantScope = say(
  '在开发者后台开通权限，然后发布新版本',
  'Grant it in the developer console and publish a version.',
  '開発者コンソールで権限を付与し、新しいバージョンを公開してください。',
);
const wrongCredentials = say(
  'App ID 或 App Secret 不对',
  'the app’s ID or secret is wrong',
  'アプリの ID またはシークレットが正しくありません',
);
const checkCredentials = say(
  '核对 FEISHU_APP_ID 和 FEISHU_APP_SECRET（开发者后台 → 凭证与基础信息）',
  'Check FEISHU_APP_ID and FEISHU_APP_SECRET (developer console → Credentials & Basic Info).',
  'FEISHU_APP_ID と FEISHU_APP_SECRET を確認してください（開発者コンソール → 認証情報と基本情報）。',
);
const appOff = say(
  '应用未启用，或没有发布到本企业',
  'the app is disabled, or not published in this organisation',
  'アプリが無効か、この組織に公開されていません',
);
const publish = say(
  '启用应用，发布一个版本并让管理员审核',
  'Enable the app, publish a version and have it approved.',
  'アプリを有効にし、バージョンを公開して承認を受けてください。',
);
export const noBot = say('应用没有启用机器人', 'the app has no bot', 'アプリでボットが有効になっていません');
export const turnBotOn = say(
  '在开发者后台的“添加应用能力”中启用机器人，然后发布新版本',
  'Turn on the bot in the developer console under Add features, and publish a version.',
  '開発者コンソールの「機能を追加」でボットを有効にし、新しいバージョンを公開してください。',
);
const wrongHelpdesk = say(
  '服务台不接受这组 ID 和 Token',
  'the helpdesk does not accept this ID and token',
  'ヘルプデスクがこの ID とトークンを受け付けません',
);
const checkHelpdesk = say(
  '核对 FEISHU_HELPDESK_ID 和 FEISHU_HELPDESK_TOKEN（服务台管理后台 → 设置中心 → API 凭证）；重置后旧 Token 立即失效',
  'Check FEISHU_HELPDESK_ID and FEISHU_HELPDESK_TOKEN (helpdesk admin console → Settings → API credentials); a reset ends the old token at once.',
  'FEISHU_HELPDESK_ID と FEISHU_HELPDESK_TOKEN を確認してください（ヘルプデスク管理画面 → 設定 → API 認証情報）。リセットすると古いトークンは直ちに無効になります。',
);
const otherTenant = say(
  '应用无权访问这个服务台：它们可能不在同一企业',
  'the app has no right to this helpdesk: they may be in different organisations',
  'アプリにこのヘルプデスクの権限がありません。組織が異なる可能性があります',
);
const sameTenant = say(
  '应用和服务台必须在同一企业；核对 FEISHU_APP_ID 和 FEISHU_HELPDESK_ID',
  'App and helpdesk must be in the same organisation; check FEISHU_APP_ID and FEISHU_HELPDESK_ID.',
  'アプリとヘルプデスクは同じ組織に属する必要があります。FEISHU_APP_ID と FEISHU_HELPDESK_ID を確認してください。',
);
const wrongChat = say(
  '群 ID 不对，或机器人不在群里',
  'the chat id is wrong, or the bot is not in the group',
  'チャット ID が正しくないか、ボットがグループにいません',
);
const checkChat = say(
  '从群设置中复制群 ID，并把机器人加入群',
  'Copy it from the group’s settings, and add the bot to the group.',
  'グループの設定からチャット ID をコピーし、ボットをグループに追加してください。',
);
const notListed = say(
  '本机地址不在应用的 IP 白名单中',
  'this machine’s address is not on the app’s IP list',
  'このマシンのアドレスがアプリの IP リストにありません',
);
const listAddress = say(
  '在开发者后台 → 安全设置 → IP 白名单中加入本机的出口地址',
  'Add this machine’s outgoing address in the developer console under Security → IP allowlist.',
  '開発者コンソール → セキュリティ設定 → IP 許可リストに、このマシンの送信元アドレスを追加してください。',
);
const quotaGone = say(
  '本月的 API 调用额度已用完',
  'the organisation’s monthly calls are used up',
  '組織の今月の API 呼び出し枠を使い切りました',
);
const raiseQuota = say(
  '由企业管理员升级套餐，或等到下个月',
  'An administrator raises the quota, or waits for the next month.',
  '管理者がプランを上げるか、翌月まで待ってください。',
);
const noAnswer = say('飞书没有应答', 'Feishu did not answer', 'Feishu が応答しませんでした');
const tryLater = say(
  '检查本机到飞书的网络，过几分钟再试',
  'Check the network between this machine and Feishu, and try again in a few minutes.',
  'このマシンと Feishu の間のネットワークを確認し、数分後に再試行してください。',
);
const askSupport = say(
  '在 README 的错误表中查这个错误码；仍不清楚时带上日志 ID 联系飞书支持',
  'Look the code up in the README’s table of errors; if that does not help, give Feishu’s support the log ID.',
  'README のエラー表でコードを確認し、解決しない場合はログ ID を添えて Feishu サポートに連絡してください。',
);
const unexpected = say(
  '自检程序内部出错，请反馈给维护者',
  'the self-check itself made an error; please report it',
  '自己診断の内部エラーです。開発者に報告してください',
);
