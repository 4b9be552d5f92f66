/** Short news from the bot about itself: what is wrong and what to do, or that work goes on. */

import type { Card, Text } from '../domain.ts';
import { mapText, same, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { button } from './controlElements.ts';
import { buttonRow, type Element, lineWithButton } from './elements.ts';
import { frame } from './frame.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

/** A command that may have been meant, with the words that were typed behind it. */
export interface Suggestion {
  readonly command: string;
  readonly words: string;
  /** The words say everything that was typed, so the command can be run at the press of a button. */
  readonly isWhole: boolean;
}

export interface Notice {
  /** `problem` when something did not work. */
  readonly tone: 'info' | 'problem';
  /** What happened, in one sentence. May quote what somebody typed. */
  readonly what: Text;
  /** What to do next. */
  readonly next?: Text | undefined;
  /** The number that Feishu's support asks for. */
  readonly logId?: string | undefined;
  /** An address from the configuration or from this program, never one that somebody typed. */
  readonly link?: { readonly text: Text; readonly url: string } | undefined;
  /** Commands that may have been meant. */
  readonly suggestions?: readonly Suggestion[];
}

/** The answer to what cannot be done, and the card of a failure. */
export function noticeCard(notice: Notice, view: View): Card {
  const say = untrusted(view.privacy);
  const { next, logId, link, suggestions = [] } = notice;
  // A title has no full stop at its end.
  const what = mapText(say.sentence(notice.what, 200), (title) => title.replace(/(?<!\.)[.。]$/u, ''));
  const meant = suggestions.slice(0, 5);
  const elements: readonly Element[] = [
    ...(next === undefined ? [] : [plain(say.sentence(next, 600))]),
    ...(meant.length === 0
      ? []
      : [note(text.didYouMean), ...meant.flatMap((one) => suggestion(one, say, view))]),
    ...(link === undefined ? [] : [buttonRow([button(link.text, { open: link.url })])]),
    ...(logId === undefined ? [] : [note(text.logId({ id: say.line(logId, 80) }))]),
  ];
  const color = notice.tone === 'problem' ? 'orange' : 'blue';
  return frame({ title: what, color, summary: what, elements }, view);
}

function suggestion({ command, words, isWhole }: Suggestion, say: Untrusted, view: View): readonly Element[] {
  const line = plain(same(say.line(`/${command} ${words}`, 80)));
  // What is not shown as it was typed is not sent either.
  const isPlain = say.line(command, 40) === command && say.line(words, 400) === words;
  if (!isWhole || !isPlain || !view.actions.has('run')) return [line];
  const call = { action: 'run', command, words, instead: true };
  return lineWithButton([line], button(text.button.run, { call }, { size: 'small' }));
}

/** Stands in the place of an answer that takes long, and is later replaced by it. */
export function stillWorkingCard(view: View): Card {
  const { title, body } = text.stillWorking;
  return frame({ title, color: 'wathet', summary: title, elements: [plain(body)] }, view);
}
