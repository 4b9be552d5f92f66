/** An escalation as it stands: who is called and how far that has come, who has it, what happened, and what can be done. */

import type { Card, Text, Ticket } from '../domain.ts';
import { type Call, currentPerson, type Entry, type Escalation, isOpen, isOver } from '../escalationState.ts';
import type { Rung } from '../ladder.ts';
import { duration, joinText, mapText, same, say, sentence, text } from '../text.ts';
import {
  box,
  button,
  buttonRow,
  type CardParts,
  collapsible,
  type Element,
  type HeaderColor,
  markdown,
  note,
  plain,
} from './elements.ts';
import { lineOf, means, personIn, refusal } from './escalationWords.ts';
import { name } from './facts.ts';
import { input, lineForm, selectPerson, submit } from './formElements.ts';
import { frame } from './frame.ts';
import { clockTime, moment } from './moment.ts';
import { firstThatFits } from './size.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface EscalationCardData {
  readonly state: Escalation;
  /** As it was last read, when that is known. */
  readonly ticket: Ticket | undefined;
  /** The card of one person alone, in their direct chat. */
  readonly isCopy?: boolean;
}

/** The card is the state: it is updated with each change. It mentions nobody; the lines in the thread do. */
export function escalationCard(data: EscalationCardData, view: View): Card {
  const build = (entryCount: number) => () => frame(parts(data, entryCount, view), view);
  return firstThatFits(build(20), build(8), build(0));
}

const colors: Readonly<Record<Escalation['status'], HeaderColor>> = {
  calling: 'red',
  snoozed: 'yellow',
  taken: 'blue',
  resolved: 'green',
  stopped: 'grey',
  closed: 'grey',
};

function parts({ state, ticket, isCopy }: EscalationCardData, entryCount: number, view: View): CardParts {
  const say = untrusted(view.privacy);
  const title = words.title({ ticket: text.ticket({ id: say.line(state.ticket, 40) }) });
  const color = colors[state.status];
  const status = statusText[state.status];
  return {
    title,
    color,
    tags: [{ text: status, color: color === 'grey' ? 'neutral' : color }],
    summary: joinText([title, status], ' · '),
    elements: [
      markdown(mapText(focus(state, view), (line) => `**${line}**`)),
      box([
        markdown(
          words.askedBy({
            by: personIn(state, state.askedBy, 'names', view),
            time: clockTime(state.startedAtMs, view),
          }),
        ),
        plain(state.reason.trim() === '' ? words.noReason : same(say.block(state.reason, reasonLimit).text)),
      ]),
      ...facts(ticket, view),
      ...ladder(state, view),
      ...controls(state, isCopy ?? false, view),
      ...timeline(state, entryCount, view),
      note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
    ],
  };
}

const reasonLimit = { columnCount: 400, lineCount: 6 };

/** The one line that matters now. In markdown. */
function focus(state: Escalation, view: View): Text {
  const who = (id: string): Text => personIn(state, id, 'names', view);
  switch (state.status) {
    case 'calling':
      return words.calling({ to: who(personShown(state)) });
    case 'snoozed':
      return words.snoozed({ time: clockTime(state.dueAtMs ?? view.nowMs, view) });
    case 'taken':
      return words.taken({ by: who(state.owner ?? ''), after: duration(endOf(state) - state.startedAtMs) });
    case 'resolved':
    case 'stopped':
    case 'closed': {
      const last = state.story.findLast(({ what }) => what === state.status);
      return last === undefined ? statusText[state.status] : lineOf(last, state, 'names', view);
    }
  }
}

function endOf(state: Escalation): number {
  return state.story.findLast(({ what }) => what === 'taken')?.atMs ?? state.startedAtMs;
}

/** What is known of the ticket without asking. */
function facts(ticket: Ticket | undefined, { privacy }: View): readonly Element[] {
  if (ticket === undefined) return [];
  const say = untrusted(privacy);
  const owner = ticket.owner === undefined ? text.unassigned : name(ticket.owner, say);
  return [
    note(
      joinText(
        [
          text.labelled({ label: words.ticketState, value: text.status[ticket.status] }),
          ...(ticket.guest === undefined
            ? []
            : [text.labelled({ label: text.label.guest, value: name(ticket.guest, say) })]),
          text.labelled({ label: text.label.owner, value: owner }),
        ],
        ' · ',
      ),
    ),
  ];
}

// ---------------------------------------------------------------- the ladder

/** One line for each rung of the round that goes on, or that was the last; and who comes after it. */
function ladder(state: Escalation, view: View): readonly Element[] {
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
  return [...rungs, ...next].map((line) => markdown(line));
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
function personShown(state: Escalation): string {
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
  return joinText([same(tick), means[rung.means], detail], ' ');
}

// ---------------------------------------------------------------- what can be done

/** Of what is over, nothing. Inside a direct chat there are no members to choose from. */
function controls(state: Escalation, isCopy: boolean, view: View): readonly Element[] {
  if (isOver(state)) return [];
  const { ticket, number } = state;
  const call = (action: string) => ({ action: `escalate.${action}`, ticket, number });
  const has = (action: string): boolean => view.actions.has(`escalate.${action}`);
  const buttons = [
    ...(isOpen(state) && has('take')
      ? [button(label.take, { call: call('take') }, { type: 'primary' })]
      : []),
    ...(isOpen(state) && has('snooze') ? [button(label.snooze, { call: call('snooze') })] : []),
    ...(has('stop')
      ? [
          button(
            label.stop,
            { call: call('stop') },
            { confirm: { title: label.stop, text: words.confirmStop } },
          ),
        ]
      : []),
  ];
  const others = [...new Set([...state.people, state.askedBy])];
  const among = isCopy ? others : undefined;
  return [
    ...(buttons.length === 0 ? [] : [buttonRow(buttons)]),
    ...(has('resolve')
      ? [
          lineForm(
            'resolve',
            input('reason', words.reasonHint, { required: true }),
            submit('send_resolve', label.resolve, call('resolve')),
          ),
        ]
      : []),
    ...(has('hand')
      ? [
          lineForm(
            'hand',
            selectPerson('person', words.personHint, { required: true, among }),
            submit('send_hand', label.hand, call('hand')),
          ),
        ]
      : []),
  ];
}

function timeline(state: Escalation, count: number, view: View): readonly Element[] {
  const entries: readonly Entry[] = count === 0 ? [] : state.story.slice(-count);
  if (entries.length === 0) return [];
  const lines = entries.map((entry) =>
    markdown(
      mapText(lineOf(entry, state, 'names', view), (line) => `${clockTime(entry.atMs, view)} ${line}`),
    ),
  );
  return [collapsible(words.story, lines)];
}

const statusText: Readonly<Record<Escalation['status'], Text>> = {
  calling: say('呼叫中', 'Calling', '呼び出し中'),
  snoozed: say('已暂停', 'Snoozed', '保留中'),
  taken: say('已接手', 'Taken', '対応中'),
  resolved: say('已解决', 'Resolved', '解決済み'),
  stopped: say('已停止', 'Stopped', '停止'),
  closed: say('工单已关闭', 'Ticket closed', 'チケット終了'),
};

const label = {
  take: say('我来处理', 'Take it', '対応する'),
  snooze: say('15 分钟后再叫', 'Snooze 15 min', '15 分後に再通知'),
  stop: say('停止呼叫', 'Stop', '停止'),
  resolve: say('解决', 'Resolve', '解決'),
  hand: say('转交', 'Hand over', '引き継ぐ'),
} as const;

const words = {
  title: sentence('升级 · {ticket}', 'Escalation · {ticket}', 'エスカレーション · {ticket}'),
  askedBy: sentence('{by} 于 {time} 发起', 'Asked by {by} at {time}', '{by} が {time} に依頼'),
  noReason: say('（未写原因）', '(no reason given)', '（理由なし）'),
  calling: sentence(
    '正在呼叫 {to}，尚无人接手',
    'Calling {to}; nobody has taken it',
    '{to} を呼び出し中。まだ誰も対応していません',
  ),
  snoozed: sentence(
    '已暂停，{time} 继续呼叫',
    'Snoozed; calls go on at {time}',
    '保留中。{time} に呼び出しを再開',
  ),
  taken: sentence(
    '{by} 已接手，用时 {after}',
    '{by} took it after {after}',
    '{by} が対応中（{after}で引き受け）',
  ),
  ticketState: say('工单状态', 'Ticket', 'チケット'),
  directly: say('私信', 'directly', '個別'),
  nextPerson: sentence('下一位：{to}，{time}', 'Next: {to} at {time}', '次：{to}（{time}）'),
  underWay: say('呼叫中', 'under way', '発信中'),
  called: say('已呼叫', 'called', '通知済み'),
  read: say('已读', 'read', '既読'),
  tookIt: say('已接手', 'took it', '対応'),
  unknownEnd: say('不确定是否送达，不重复', 'unknown; not repeated', '到達不明・再発信なし'),
  skipped: say('已跳过', 'passed over', 'スキップ'),
  notNeeded: say('未用到', 'not needed', '不要'),
  confirmStop: say(
    '不再呼叫任何人，工单也没有人接手。',
    'Nobody is called any more, and nobody has taken the ticket.',
    '以後誰も呼び出さず、担当者も決まりません。',
  ),
  reasonHint: say('处理结果（必填）', 'What was done (required)', '対応内容（必須）'),
  personHint: say('选择接手人', 'Whom to hand it to', '引き継ぐ相手'),
  story: say('时间线', 'Time line', '経過'),
} as const;
