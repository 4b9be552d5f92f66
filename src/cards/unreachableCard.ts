/** The helpdesk does not answer: what was known about the ticket last, and a way to try again. */

import type { Card, Ticket } from '../domain.ts';
import { joinText, sentence, text, say as told } from '../text.ts';
import { tryLater } from './callFailed.ts';
import { hr, note, plain } from './contentElements.ts';
import { button } from './controlElements.ts';
import { buttonRow, type Element } from './elements.ts';
import { facts } from './facts.ts';
import { focus } from './focus.ts';
import { frame } from './frame.ts';
import { moment } from './moment.ts';
import { openButton } from './ticketButtons.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface Unreachable {
  readonly ticketId: string;
  /** What was read last, and when; undefined when nothing is known. */
  readonly known: { readonly ticket: Ticket; readonly readAtMs: number } | undefined;
  /** The number that Feishu's support asks for. */
  readonly logId: string | undefined;
}

/** Everything on it is said as of the moment at which it was true. */
export function unreachableCard({ ticketId, known, logId }: Unreachable, view: View): Card {
  const say = untrusted(view.privacy);
  const number = text.ticket({ id: say.line(ticketId, 40) });
  const elements: readonly Element[] = [
    plain(known === undefined ? tryLater(logId) : lastKnown({ time: moment(known.readAtMs, view.timeZone) })),
    ...(known === undefined ? [] : lastState(known, view)),
    ...retryRow(ticketId, view),
    ...(logId === undefined ? [] : [note(text.logId({ id: say.line(logId, 80) }))]),
    note(text.asOf({ time: moment(view.nowMs, view.timeZone) })),
  ];
  return frame(
    {
      title: unreachable,
      subtitle: number,
      color: 'orange',
      tags:
        known === undefined ? [] : [{ text: text.status[known.ticket.status], color: 'neutral' as const }],
      summary: joinText([number, unreachable], ' · '),
      elements,
    },
    view,
  );
}

function lastState({ ticket, readAtMs }: NonNullable<Unreachable['known']>, view: View): readonly Element[] {
  const then = { ...view, nowMs: readAtMs };
  const { text: sentence } = focus(ticket, undefined, readAtMs);
  return [
    hr,
    plain(sentence, { size: 'heading', color: 'grey' }),
    ...facts(ticket, undefined, then, untrusted(view.privacy)),
  ];
}

/** Answers on this card, which has nothing that anybody would miss. */
function retryRow(ticketId: string, view: View): readonly Element[] {
  const call = { action: 'ticket.refresh', ticket: ticketId, retry: true };
  const buttons = [
    ...(view.actions.has('ticket.refresh') ? [button(text.button.retry, { call }, { type: 'primary' })] : []),
    openButton(ticketId, view, 'small'),
  ].filter((one) => one !== undefined);
  return buttons.length === 0 ? [] : [buttonRow(buttons)];
}

const unreachable = told(
  '服务台暂时没有响应',
  'The helpdesk does not answer now',
  'ヘルプデスクが応答しません',
);

const lastKnown = sentence(
  '以下是 {time} 的状态，之后可能已有变化。',
  'This is how it was at {time}; it may have changed since.',
  '{time} 時点の状態です。その後変わっている可能性があります。',
);
