/** How far the calls of an escalation have come: a line for each rung of its ladder, with a tick for what is known of it. */

import type { CallMeans, Text } from '../domain.ts';
import { type Call, currentPerson, type Escalation, isOpen } from '../escalationState.ts';
import type { Rung } from '../ladder.ts';
import { joinText, same, say, sentence } from '../text.ts';
import { personIn, refusal } from './escalationWords.ts';
import { clockTime } from './moment.ts';
import type { View } from './view.ts';

/** In markdown, one line for each rung of the round that goes on, or that was the last; and who comes after it. */
export function rungLines(state: Escalation, view: View): Text {
  const round = roundShown(state);
  const rungs = state.ladder.map((rung, index) => {
    const call = state.calls.findLast((one) => one.rung === index && one.round === round);
    if (call !== undefined) return made(state, call, view);
    return pending(state, rung, state.turn.round === round && index >= state.turn.rung, view);
  });
  const isNext = state.status === 'calling' && state.turn.round !== round;
  const next = isNext
    ? [
        words.nextPerson({
          to: personIn(state, currentPerson(state), 'names', view),
          time: nextTime(state, view),
        }),
      ]
    : [];
  return joinText([...rungs, ...next], '<br>');
}

function nextTime({ dueAtMs }: Escalation, view: View): string {
  return clockTime(dueAtMs ?? view.nowMs, view);
}

/** The round whose calls are seen: the last one of which there are any, unless somebody has begun another. */
function roundShown({ calls, turn, story, status }: Escalation): number {
  const last = calls.at(-1);
  const begun = story.findLast(({ what }) => what === 'handed' || what === 'awake');
  const isAnew = status === 'calling' && begun !== undefined && begun.atMs >= (last?.atMs ?? 0);
  return last === undefined || isAnew ? turn.round : last.round;
}

/** Whom the calls that are seen are for. */
export function personShown(state: Escalation): string {
  const call = state.calls.findLast(({ round }) => round === roundShown(state));
  return call?.to ?? currentPerson(state);
}

function pending(state: Escalation, rung: Rung, isToCome: boolean, view: View): Text {
  if (state.unusable.includes(rung.means)) {
    const last = state.calls.findLast(({ means, end }) => means === rung.means && end === 'refused');
    return step('✗', rung, refusal[last?.why ?? 'scope']);
  }
  if (state.status === 'calling' && isToCome)
    return step('○', rung, same(clockTime(state.turn.sinceMs + rung.afterMs, view)));
  return step('–', rung, isOpen(state) ? words.skipped : words.notNeeded);
}

function made(state: Escalation, call: Call, view: View): Text {
  const rung = { means: call.means };
  const to = personIn(state, call.to, 'names', view);
  const time = clockTime(call.atMs, view);
  const where = call.via === 'direct' ? [words.directly] : [];
  const detail = (state: Text): Text => joinText([same(time), to, ...where, state], ' · ');
  const hasTaken = state.owner === call.to && state.calls.findLast(({ to }) => to === call.to) === call;
  switch (call.end) {
    case 'started':
      return step('…', rung, detail(words.underWay));
    case 'reached':
      if (hasTaken) return step('✓✓✓', rung, detail(words.tookIt));
      return call.readAtMs === undefined
        ? step('✓', rung, detail(words.called))
        : step('✓✓', rung, detail(words.read));
    case 'refused':
      return step('✗', rung, detail(refusal[call.why ?? 'other']));
    case 'uncertain':
      return step('?', rung, detail(words.unknownEnd));
  }
}

function step(tick: string, rung: Pick<Rung, 'means'>, detail: Text): Text {
  return joinText([joinText([same(tick), names[rung.means]], ' '), detail], ' · ');
}

const names: Readonly<Record<CallMeans, Text>> = {
  app: say('应用内加急', 'Urgent message', 'アプリ内の緊急通知'),
  sms: say('短信', 'SMS', 'SMS'),
  phone: say('电话', 'Phone call', '電話'),
};

const words = {
  directly: say('私信', 'directly', '個別'),
  nextPerson: sentence('下一位：{to}，{time}', 'Next: {to} at {time}', '次：{to}（{time}）'),
  underWay: say('呼叫中', 'under way', '発信中'),
  called: say('已呼叫', 'called', '通知済み'),
  read: say('已读', 'read', '既読'),
  tookIt: say('已接手', 'took it', '対応'),
  unknownEnd: say('不确定是否送达，不重复', 'unknown; not repeated', '到達不明・再発信なし'),
  skipped: say('已跳过', 'passed over', 'スキップ'),
  notNeeded: say('未用到', 'not needed', '不要'),
} as const;
