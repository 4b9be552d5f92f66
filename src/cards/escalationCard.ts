/** An escalation as it stands: who is called and how far that has come, who has it, what happened, and what can be done. */

import type { Card, Text, Ticket } from '../domain.ts';
import type { Entry, Escalation } from '../escalationState.ts';
import { duration, joinText, mapText, same, say, sentence, text } from '../text.ts';
import { markdown, note, plain } from './contentElements.ts';
import { box, collapsible, type Element } from './elements.ts';
import { controls } from './escalationControls.ts';
import { personShown, rungLines } from './escalationRungs.ts';
import { lineOf, personIn } from './escalationWords.ts';
import { name } from './facts.ts';
import { type CardParts, frame, type HeaderColor } from './frame.ts';
import { clockTime, moment } from './moment.ts';
import { firstThatFits } from './size.ts';
import { subject } from './subject.ts';
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

function parts(
  { state, ticket, isCopy = false }: EscalationCardData,
  entryCount: number,
  view: View,
): CardParts {
  return {
    ...header(state, ticket, view),
    elements: [
      markdown(focus(state, view), { size: 'heading' }),
      ...question(state, view),
      ...facts(ticket, view),
      markdown(rungLines(state, view)),
      ...controls(state, isCopy, view),
      ...timeline(state, entryCount, view),
      note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
    ],
  };
}

/** What it is about, as on the ticket's own card, when that is known. */
function header(
  state: Escalation,
  ticket: Ticket | undefined,
  { privacy }: View,
): Omit<CardParts, 'elements'> {
  const say = untrusted(privacy);
  const number = words.title({ ticket: text.ticket({ id: say.line(state.ticket, 40) }) });
  const found = ticket === undefined ? undefined : subject(ticket, undefined, say);
  const about = found === undefined ? [] : [same(found)];
  const color = colors[state.status];
  const status = statusText[state.status];
  return {
    title: about[0] ?? number,
    subtitle: about.length === 0 ? undefined : number,
    color,
    tags: [{ text: status, color: color === 'grey' ? 'neutral' : color }],
    summary: joinText([number, status, ...about], ' · '),
  };
}

/** Who asks for help, and why. */
function question(state: Escalation, view: View): readonly Element[] {
  const by = personIn(state, state.askedBy, 'names', view);
  const reason = untrusted(view.privacy).block(state.reason, reasonLimit).text;
  return [
    box([
      markdown(words.askedBy({ by, time: clockTime(state.startedAtMs, view) }), { size: 'notation' }),
      plain(reason === '' ? words.noReason : same(reason)),
    ]),
  ];
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

function timeline(state: Escalation, count: number, view: View): readonly Element[] {
  const entries: readonly Entry[] = count === 0 ? [] : state.story.slice(-count);
  if (entries.length === 0) return [];
  const lines = entries.map((entry) =>
    mapText(lineOf(entry, state, 'names', view), (line) => `${clockTime(entry.atMs, view)} ${line}`),
  );
  return [collapsible(words.story, [markdown(joinText(lines, '<br>'))])];
}

const statusText: Readonly<Record<Escalation['status'], Text>> = {
  calling: say('呼叫中', 'Calling', '呼び出し中'),
  snoozed: say('已暂停', 'Snoozed', '保留中'),
  taken: say('已接手', 'Taken', '対応中'),
  resolved: say('已解决', 'Resolved', '解決済み'),
  stopped: say('已停止', 'Stopped', '停止'),
  closed: say('工单已关闭', 'Ticket closed', 'チケット終了'),
};

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
  story: say('时间线', 'Time line', '経過'),
} as const;
