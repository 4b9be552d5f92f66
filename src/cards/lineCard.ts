/** One line in a chat, without a header: what the bot says in the thread of something that it has a card for. */

import type { Card, Locale, Text } from '../domain.ts';
import { mapText, text } from '../text.ts';
import { markdown } from './contentElements.ts';
import { headless } from './frame.ts';

/**
 * @param line markdown; what people wrote in it was escaped
 * @param summary the same as plain text, for the notification: a line with people in it whom Feishu draws must bring its own, with their names
 */
export function lineCard(line: Text, summary?: Text): Card {
  return headless(summary ?? mapText(line, plainly), [markdown(line)]);
}

/** For the notification, where nothing is drawn; nobody is left out of a sentence without a word in their place. */
function plainly(line: string, locale: Locale): string {
  return line
    .replaceAll(/<(at|person)\b[^<>]*>(?:[^<>]*<\/\1>)?/gi, text.someone[locale])
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
