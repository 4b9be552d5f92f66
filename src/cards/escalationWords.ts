/** What is said about an escalation: each thing that happens as one line, for its thread, its card and an export. */

import type { CallMeans, CallRefusal, Text } from '../domain.ts';
import { currentPerson, type Entry, type Escalation } from '../escalationState.ts';
import { mapText, same, say, sentence, text } from '../text.ts';
import { clockTime } from './moment.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

/**
 * How people stand in a line.
 * - `names`: in markdown; whose name is not known is drawn by Feishu
 * - `calling`: in markdown; the one who is called is mentioned, and so notified
 * - `plain`: as text
 */
export type Naming = 'names' | 'calling' | 'plain';

const openId = /^ou_\w{1,64}$/;
const nameColumnCount = 40;

/** Mentions valid ids alone: Feishu refuses a whole card for one that is not. */
export function personIn(
  { names }: Pick<Escalation, 'names'>,
  id: string,
  naming: Naming,
  view: Pick<View, 'privacy'>,
): Text {
  const say = untrusted(view.privacy);
  const name = names[id];
  if (naming === 'calling' && openId.test(id)) return same(`<at id=${id}></at>`);
  if (name !== undefined && name !== '')
    return same(naming === 'plain' ? say.line(name, nameColumnCount) : say.markdown(name, nameColumnCount));
  if (naming !== 'plain' && openId.test(id))
    return same(`<person id='${id}' show_name=true show_avatar=false style='normal'></person>`);
  return text.someone;
}

/** One thing that happened, in one line. */
export function lineOf(entry: Entry, state: Escalation, naming: Naming, view: View): Text {
  const calm = naming === 'calling' ? 'names' : naming;
  const by = (id: string): Text => personIn(state, id, calm, view);
  const called = (id: string): Text => personIn(state, id, naming, view);
  const time = (atMs: number): string => clockTime(atMs, view);
  switch (entry.what) {
    case 'called':
      return line.called({ to: called(entry.to), how: means[entry.means] });
    case 'refused':
      return line.refused({ to: by(entry.to), how: means[entry.means], why: refusal[entry.why] });
    case 'uncertain':
      return line.uncertain({ to: by(entry.to), how: means[entry.means] });
    case 'vain':
      return line.vain({ to: called(currentPerson(state)), time: time(entry.untilMs) });
    case 'lost':
      return line.lost;
    case 'read':
      return line.read({ by: by(entry.by) });
    case 'taken':
      return line.taken({ by: by(entry.by) });
    case 'handed':
      return line.handed({ by: by(entry.by), to: called(entry.to) });
    case 'snoozed':
      return line.snoozed({ by: by(entry.by), time: time(entry.untilMs) });
    case 'awake':
      return line.awake;
    case 'resolved':
      return line.resolved({ by: by(entry.by), words: said(entry.words, naming, view) });
    case 'stopped':
      return line.stopped({ by: by(entry.by) });
    case 'closed':
      return line.closed;
  }
}

/** What somebody typed, in one line. */
export function said(words: string, naming: Naming, { privacy }: Pick<View, 'privacy'>): string {
  const say = untrusted(privacy);
  return naming === 'plain' ? say.line(words, 400) : say.markdown(words, 400);
}

/** The story as text, oldest first, with the times of the day: for an export. */
export function storyLines(state: Escalation, view: View): readonly Text[] {
  const asked = line.asked({
    by: personIn(state, state.askedBy, 'plain', view),
    reason: said(state.reason, 'plain', view),
  });
  const first = { atMs: state.startedAtMs, words: asked };
  const rest = state.story.map((entry) => ({ atMs: entry.atMs, words: lineOf(entry, state, 'plain', view) }));
  return [first, ...rest].map(({ atMs, words }) =>
    mapText(words, (text) => `${clockTime(atMs, view)} ${text}`),
  );
}

export const means: Readonly<Record<CallMeans, Text>> = {
  app: say('应用内加急', 'urgent message', 'アプリ内の緊急通知'),
  sms: say('短信', 'SMS', 'SMS'),
  phone: say('电话', 'phone', '電話'),
};

export const refusal: Readonly<Record<CallRefusal, Text>> = {
  outside: say('不在本群，改为私信', 'not in this chat, so directly', 'このチャットにいないため個別に連絡'),
  group: say(
    '本群不允许机器人加急，改为私信',
    'this group does not let the bot send urgent messages, so directly',
    'このグループではボットの緊急通知が許可されていないため個別に連絡',
  ),
  person: say('对方暂时无法接收加急', 'cannot be called now', '現在は呼び出せません'),
  scope: say('机器人缺少该权限', 'the bot lacks the permission', 'ボットに権限がありません'),
  quota: say('额度已用完', 'the quota is used up', '利用枠を使い切りました'),
  outage: say('飞书没有响应', 'Feishu did not answer', 'Feishu が応答しません'),
  needless: say('已不需要', 'no longer needed', '不要になりました'),
  other: say('飞书拒绝了请求', 'Feishu refused it', 'Feishu に拒否されました'),
};

const line = {
  asked: sentence(
    '{by} 发起升级：{reason}',
    '{by} asked for help: {reason}',
    '{by} がエスカレーション：{reason}',
  ),
  called: sentence(
    '已用{how}呼叫 {to}，请接手',
    'Called {to} by {how}: please take it',
    '{to} を{how}で呼び出しました。対応をお願いします',
  ),
  refused: sentence(
    '无法用{how}呼叫 {to}：{why}',
    'Could not call {to} by {how}: {why}',
    '{to} を{how}で呼び出せません：{why}',
  ),
  uncertain: sentence(
    '不确定{how}是否已呼叫到 {to}（机器人曾中断）；为避免重复不再重拨，继续下一位',
    'It is not known whether {to} was called by {how}: the bot was interrupted. It is not repeated; the next one is called',
    '{to} への{how}が届いたか不明です（ボットが中断）。重複を避けるため再発信せず、次の人を呼び出します',
  ),
  vain: sentence(
    '目前任何方式都无法呼叫；{time} 再试。{to} 请接手',
    'Nobody can be called by any means now; next try at {time}. {to}, please take it',
    '現在どの方法でも呼び出せません。{time} に再試行します。{to} 対応をお願いします',
  ),
  lost: say(
    '群里无法发消息，改为逐个私信',
    'The chat cannot be written to; people are called directly',
    'チャットに投稿できないため、個別に連絡します',
  ),
  read: sentence('{by} 已读', '{by} has read it', '{by} が既読'),
  taken: sentence('{by} 已接手', '{by} takes it', '{by} が対応します'),
  handed: sentence(
    '{by} 转交给 {to}，请接手',
    '{by} hands it over to {to}: please take it',
    '{by} が {to} に引き継ぎました。対応をお願いします',
  ),
  snoozed: sentence(
    '{by} 稍后处理，{time} 再次呼叫',
    '{by} snoozes it; calls go on at {time}',
    '{by} が保留。{time} に再度呼び出します',
  ),
  awake: say('暂停结束，继续呼叫', 'The pause is over; calls go on', '保留が終わり、呼び出しを再開'),
  resolved: sentence('{by} 已解决：{words}', '{by} resolved it: {words}', '{by} が解決：{words}'),
  stopped: sentence('{by} 停止了呼叫', '{by} stopped the calls', '{by} が呼び出しを停止'),
  closed: say(
    '工单已关闭，停止呼叫',
    'The ticket was closed; the calls stop',
    'チケットが終了したため呼び出しを停止',
  ),
} as const;
