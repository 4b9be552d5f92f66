/** Asks what a ticket is escalated for, and whom to call, before anybody is called. */

import type { Card, Text } from '../domain.ts';
import { joinText, mapText, say, sentence, text } from '../text.ts';
import { markdown } from './contentElements.ts';
import type { Element } from './elements.ts';
import { personIn } from './escalationWords.ts';
import { form, input, selectPerson, submit } from './formElements.ts';
import { frame } from './frame.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface EscalateForm {
  readonly ticket: string;
  /** Who would be called when nobody is chosen. */
  readonly crew: readonly { readonly openId: string; readonly name: string | undefined }[];
}

export function escalateFormCard({ ticket, crew }: EscalateForm, view: View): Card {
  const say = untrusted(view.privacy);
  const title = words.title({ ticket: text.ticket({ id: say.line(ticket, 40) }) });
  const value = { action: 'escalate.start', ticket };
  const required = crew.length === 0;
  const elements: readonly Element[] = [
    markdown(required ? words.nobody : words.crew({ people: peopleIn(crew, view) })),
    form('escalate', [
      selectPerson('people', required ? words.somebody : words.people, { several: true, required }),
      input('reason', words.reason),
      submit('send_escalate', words.send, value, 'primary'),
    ]),
  ];
  return frame({ title, color: 'orange', summary: title, elements }, view);
}

function peopleIn(crew: EscalateForm['crew'], view: View): Text {
  const names = Object.fromEntries(crew.flatMap(({ openId, name }) => (name ? [[openId, name]] : [])));
  const people = crew.map(({ openId }) => personIn({ names }, openId, 'names', view));
  return mapText(joinText(people, '、'), (line, locale) =>
    locale === 'en_us' ? line.replaceAll('、', ', ') : line,
  );
}

const words = {
  title: sentence('升级 · {ticket}', 'Escalate · {ticket}', 'エスカレーション · {ticket}'),
  crew: sentence(
    '不选人时，依次呼叫当前值班人员：{people}',
    'Choose nobody to call those on duty, one after the other: {people}',
    '相手を選ばない場合、当番を順に呼び出します：{people}',
  ),
  nobody: say(
    '现在没有值班人员，请选择要呼叫的人。',
    'Nobody is on duty now. Please choose whom to call.',
    '現在当番がいません。呼び出す人を選んでください。',
  ),
  people: say('选择要呼叫的人（可不选）', 'Whom to call (optional)', '呼び出す人（任意）'),
  somebody: say('选择要呼叫的人（必选）', 'Whom to call (required)', '呼び出す人（必須）'),
  reason: say('原因（可不填）', 'Reason (optional)', '理由（任意）'),
  send: say('立即升级', 'Escalate now', 'エスカレーションする'),
} as const;
