/** What the bot says when it comes into a group. */

import type { Card } from '../domain.ts';
import { text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { buttonRow, type Element } from './elements.ts';
import { frame } from './frame.ts';
import { helpButton } from './helpCard.ts';
import type { View } from './view.ts';

/** One short card: what to type, and where to read more. */
export function welcomeCard(view: View): Card {
  const { title, body, example } = text.welcome;
  const help = helpButton(view);
  const elements: readonly Element[] = [
    plain(body),
    note(example),
    ...(help === undefined ? [] : [buttonRow([help])]),
  ];
  return frame({ title, color: 'blue', summary: title, elements }, view);
}
