/**
 * How a `Text` stands in a card: each reader sees their own language, and readers of other languages get English. What is the same in all
 * languages carries `content` alone, which keeps people's words from being counted four times against the 30 KB.
 */

import type { Locale, Text } from '../domain.ts';

export type Content = { readonly content: string; readonly i18n_content?: Readonly<Record<Locale, string>> };

export function content(text: Text): Content {
  const { zh_cn, en_us, ja_jp } = text;
  const alike = zh_cn === en_us && en_us === ja_jp;
  return alike ? { content: en_us } : { content: en_us, i18n_content: { zh_cn, en_us, ja_jp } };
}

export type PlainText = { readonly tag: 'plain_text' } & Content;

export function plainText(text: Text): PlainText {
  return { tag: 'plain_text', ...content(text) };
}
