/** What can be done with an escalation as it stands. */

import type { Text } from '../domain.ts';
import { type Escalation, isOpen, type Status } from '../escalationState.ts';
import { say, text } from '../text.ts';
import { button } from './controlElements.ts';
import { buttonRow, type Element } from './elements.ts';
import { input, lineForm, selectPerson, submit } from './formElements.ts';
import { openButton, showButton } from './ticketButtons.ts';
import type { View } from './view.ts';

type Deed = 'take' | 'snooze' | 'stop' | 'resolve' | 'hand';

/**
 * What makes sense in each state, as in the machine (`escalation.ts`). Nobody stops calls that are not made any more, nor snoozes a pause:
 * whoever has taken it says how it ended, or hands it over. The commands take more, such as `/snooze 1h` for a longer pause.
 */
const deeds: Readonly<Record<Status, readonly Deed[]>> = {
  calling: ['take', 'snooze', 'stop', 'resolve', 'hand'],
  snoozed: ['take', 'stop', 'resolve', 'hand'],
  taken: ['resolve', 'hand'],
  resolved: [],
  stopped: [],
  closed: [],
};

/**
 * @param isCopy the card is that of one person alone: the ticket's own card does not stand above it, and inside a direct chat there are no
 *   members to choose from
 */
export function controls(state: Escalation, isCopy: boolean, view: View): readonly Element[] {
  const offered = deeds[state.status].filter((deed) => view.actions.has(`escalate.${deed}`));
  const pressed = offered.flatMap((deed) => pressable(deed, state));
  const aboutTicket = isCopy
    ? [showButton(state.ticket, view, text.button.showTicket), openButton(state.ticket, view, 'small')]
    : [];
  const buttons = [...pressed, ...aboutTicket.filter((one) => one !== undefined)];
  return [
    ...(buttons.length === 0 ? [] : [buttonRow(buttons)]),
    ...offered.flatMap((deed) => fillable(deed, state, isCopy)),
  ];
}

const call = (deed: Deed, { ticket, number }: Escalation) => ({ action: `escalate.${deed}`, ticket, number });

function pressable(deed: Deed, state: Escalation) {
  switch (deed) {
    case 'take':
      return [button(label.take, { call: call(deed, state) }, { type: 'primary' })];
    case 'snooze':
      return [button(label.snooze, { call: call(deed, state) })];
    case 'stop': {
      const does = { call: { ...call(deed, state), open: isOpen(state) } };
      return [button(label.stop, does, { confirm: { title: label.stop, text: confirmStop } })];
    }
    case 'resolve':
    case 'hand':
      return [];
  }
}

/** What needs a word or a name besides. */
function fillable(deed: Deed, state: Escalation, isCopy: boolean): readonly Element[] {
  switch (deed) {
    case 'resolve': {
      // Once somebody has it, this is what is left to do.
      const type = isOpen(state) ? 'default' : 'primary';
      const send = submit('send_resolve', label.resolve, call(deed, state), type);
      return [lineForm('resolve', input('reason', reasonHint, { required: true }), send)];
    }
    case 'hand': {
      const among = isCopy ? [...new Set([...state.people, state.askedBy])] : undefined;
      const value = { ...call(deed, state), open: isOpen(state) };
      const field = selectPerson('person', personHint, { required: true, among });
      return [lineForm('hand', field, submit('send_hand', label.hand, value))];
    }
    case 'take':
    case 'snooze':
    case 'stop':
      return [];
  }
}

const label: Readonly<Record<Deed, Text>> = {
  take: say('我来处理', 'Take it', '対応する'),
  snooze: say('15 分钟后再叫', 'Snooze 15 min', '15 分後に再通知'),
  stop: say('停止呼叫', 'Stop calling', '呼出停止'),
  resolve: say('解决', 'Resolve', '解決'),
  hand: say('转交', 'Hand over', '引き継ぐ'),
};

const confirmStop = say(
  '不再呼叫任何人，工单也没有人接手。',
  'Nobody is called any more, and nobody has taken the ticket.',
  '以後誰も呼び出さず、担当者も決まりません。',
);
const reasonHint = say('处理结果（必填）', 'What was done (required)', '対応内容（必須）');
const personHint = say('选择接手人', 'Whom to hand it to', '引き継ぐ相手');
