/** One line in a chat, without a header: what the bot says in the thread of something that it has a card for. */

import type { Card, Text } from '../domain.ts';
import { mapText } from '../text.ts';
import { headless, markdown } from './elements.ts';

/**
 * @param line markdown; what people wrote in it was escaped
 * @param summary the same as plain text, where the line itself has people in it whom Feishu draws
 */
export function lineCard(line: Text, summary?: Text): Card {
  return headless(summary ?? mapText(line, plainly), [markdown(line)]);
}

/** For the notification, where nothing is drawn. */
function plainly(line: string): string {
  return line
    .replaceAll(/<(at|person)\b[^<>]*>(?:[^<>]*<\/\1>)?/gi, '')
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
