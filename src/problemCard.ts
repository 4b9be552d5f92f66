/** What people read when a call to Feishu failed: what happened, and who can do what about it. */

import { tellAdministrator, tryLater } from './cards/callFailed.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import type { Card, Text } from './domain.ts';
import type { FeishuError } from './errors.ts';
import { say, sentence } from './text.ts';

/**
 * The card for a failed call, with Feishu's log id where somebody will be asked for it. Nothing of what Feishu said is shown. What does
 * not exist and what is not ours to see are told in the same words.
 */
export function problemCard(error: FeishuError, view: View): Card {
  const { what, next, traced } = explain(error);
  return noticeCard({ tone: 'problem', what, next, logId: traced ? error.logId : undefined }, view);
}

interface Explanation {
  readonly what: Text;
  readonly next: Text;
  /** The log id helps. It must not for what is hidden: it would tell the two reasons apart. */
  readonly traced: boolean;
}

function explain(error: FeishuError): Explanation {
  switch (error.kind) {
    case 'not_found':
    case 'forbidden':
    case 'deleted':
      return { ...hidden, traced: false };
    case 'passing':
    case 'rate':
    case 'in_flight':
      return { what: unanswered, next: tryLater(error.logId), traced: true };
    case 'token':
    case 'setup':
      return { ...setup, traced: true };
    case 'scope':
      return { ...scope(error.scopes), traced: true };
    case 'quota':
      return { ...quota, traced: true };
    case 'rejected_card':
    case 'rejected_content':
    case 'gone_target':
    case 'unreachable_chat':
    case 'bad_picture':
    case 'invalid':
    case 'unknown':
      return { ...unexpected(error), traced: true };
  }
}

type Words = Pick<Explanation, 'what' | 'next'>;

const hidden: Words = {
  what: say(
    '没有找到，或者你无权查看。',
    'This does not exist, or it is not yours to see.',
    '存在しないか、閲覧権限がありません。',
  ),
  next: say(
    '请检查编号，它必须属于本服务台。',
    'Please check the number: it must belong to this helpdesk.',
    '番号を確認してください。このヘルプデスクのものである必要があります。',
  ),
};

const unanswered = say('飞书没有响应。', 'Feishu did not answer.', 'Feishu が応答しませんでした。');

const setup: Words = {
  what: say(
    '飞书拒绝了机器人的请求：机器人的设置有问题。',
    'Feishu refuses the bot: something in its set-up is wrong.',
    'Feishu がボットの要求を拒否しました。設定に問題があります。',
  ),
  next: say(
    '请管理员检查：应用凭证、应用是否启用并已发布、IP 白名单、服务台 ID 和服务台 Token。',
    'An administrator must check: the app’s credentials, that the app is enabled and published, the list of allowed IP addresses, and the helpdesk’s ID and token.',
    '管理者は次を確認してください：アプリの認証情報、アプリの有効化と公開、IP 許可リスト、ヘルプデスクの ID とトークン。',
  ),
};

const quota: Words = {
  what: say(
    '贵组织本月的飞书 API 调用额度已用完。',
    'Your organisation has used up its calls to Feishu for this month.',
    '組織の今月の Feishu API 呼び出し枠を使い切りました。',
  ),
  next: say(
    '请管理员升级套餐，或者等到下个月。',
    'An administrator can upgrade the plan; otherwise it works again next month.',
    '管理者がプランを変更するか、来月までお待ちください。',
  ),
};

/** Any one of the scopes is enough. Their names come from Feishu's answer, so only what looks like one is shown. */
function scope(scopes: readonly string[]): Words {
  const names = scopes.filter((name) => /^[\w.:-]{1,80}$/.test(name)).slice(0, 5);
  return { what: scopeMissing, next: names.length === 0 ? grantIt : grantOne({ names: names.join(' / ') }) };
}

const scopeMissing = say(
  '机器人缺少飞书权限。',
  'The bot lacks a Feishu permission.',
  'ボットに Feishu の権限がありません。',
);

const grantIt = say(
  '请管理员在开发者后台开通服务台相关权限，并发布应用的新版本。',
  'An administrator must grant the helpdesk permissions in the developer console and publish a new version of the app.',
  '管理者が開発者コンソールでヘルプデスクの権限を追加し、アプリの新しいバージョンを公開してください。',
);

const grantOne = sentence(
  '请管理员在开发者后台开通以下任意一项权限，并发布应用的新版本：{names}',
  'An administrator must grant one of these permissions in the developer console and publish a new version of the app: {names}',
  '管理者が開発者コンソールで次のいずれかの権限を追加し、アプリの新しいバージョンを公開してください：{names}',
);

const unexpectedError = sentence(
  '飞书返回了意外的错误{number}。',
  'Feishu answered with an unexpected error{number}.',
  'Feishu から予期しないエラー{number}が返されました。',
);

/** Loud: nobody but an administrator can do anything about it. */
function unexpected({ code, logId }: FeishuError): Words {
  const what = unexpectedError({ number: code === undefined ? '' : ` ${code}` });
  return { what, next: tellAdministrator(logId) };
}
