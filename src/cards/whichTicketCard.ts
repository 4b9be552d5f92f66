/** A command did not say which ticket it means: the tickets that this chat saw last, to choose from. */

import type { Card, Text, Ticket } from '../domain.ts';
import { joinText, same, text, say as told } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { button } from './controlElements.ts';
import { type Element, lineWithButton } from './elements.ts';
import { name } from './facts.ts';
import { frame } from './frame.ts';
import { subject } from './subject.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface WhichTicket {
  /** The command that waits for a ticket, by its name. */
  readonly command: string;
  /** What happened. */
  readonly what: Text;
  /** How to name another one. */
  readonly next: Text | undefined;
  /** The latest first, with what is known of them. */
  readonly tickets: readonly { readonly id: string; readonly known: Ticket | undefined }[];
}

/** The chosen ticket's answer takes the place of this card. */
export function whichTicketCard({ command, what, next, tickets }: WhichTicket, view: View): Card {
  const say = untrusted(view.privacy);
  const rows = tickets.flatMap(({ id, known }) => {
    const call = { action: 'run', command, words: id, instead: true };
    const choose = view.actions.has('run') ? button(label, { call }, { size: 'small' }) : undefined;
    const number = text.ticket({ id: say.line(id, 40) });
    const about = known === undefined ? undefined : subject(known, undefined, say);
    const lines: readonly Element[] = [
      plain(about === undefined ? number : same(about)),
      ...(about === undefined ? [] : [note(number)]),
      ...(known === undefined ? [] : [note(remarks(known, view))]),
    ];
    return [hr, ...lineWithButton(lines, choose)];
  });
  const elements = [
    ...(next === undefined ? [] : [plain(say.sentence(next, 600))]),
    ...(rows.length === 0 ? [] : [note(recent)]),
    ...rows.slice(1),
  ];
  return frame({ title: what, color: 'blue', summary: what, elements }, view);
}

function remarks({ status, guest, owner }: Ticket, { privacy }: View): Text {
  const say = untrusted(privacy);
  const person = (label: Text, value: Text): Text => text.labelled({ label, value });
  return joinText(
    [
      text.status[status],
      ...(guest === undefined ? [] : [person(text.label.guest, name(guest, say))]),
      person(text.label.owner, owner === undefined ? text.unassigned : name(owner, say)),
    ],
    ' · ',
  );
}

const label = told('选择', 'Choose', '選択');
const recent = told(
  '本会话最近查看的工单：',
  'Latest tickets in this chat:',
  'このチャットで最近表示したチケット：',
);
