import { plainText } from '../../src/cards/degrade.ts';
import type { Card, Json, JsonObject, Locale } from '../../src/domain.ts';

/** Ways of looking at a card as its readers do. */

/** Every text of a card, in one language. */
export const read = (card: Card, locale: Locale = 'en_us'): string => plainText(card, locale);

export const headerOf = ({ header }: Card): Json | undefined => header;
export const configOf = ({ config }: Card): Json | undefined => config;

/** Every object below a value. */
function objects(value: Json | undefined): readonly JsonObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap((one: Json) => objects(one));
  return isList(value) ? inner : [value, ...inner];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Every element with this tag, in its order. */
export function allOf(value: Json | undefined, wanted: string): readonly JsonObject[] {
  return objects(value).filter(({ tag }) => tag === wanted);
}

/** The grey boxes for what people wrote. */
export function boxes(value: Json): readonly JsonObject[] {
  return allOf(value, 'column_set').filter(({ background_style }) => background_style === 'grey');
}

/** The keys of all pictures that are shown, in their order. */
export function imageKeys(value: Json | undefined): readonly string[] {
  return objects(value).flatMap(({ img_key }) => (typeof img_key === 'string' ? [img_key] : []));
}

/** The lines of plain text, in English. */
export function lines(value: Json | undefined): readonly string[] {
  const texts = allOf(value, 'div').flatMap((div) => allOf(div, 'plain_text'));
  return texts.map(({ content }) => `${content}`);
}

/** What the buttons do. */
export function behaviors(value: Json): readonly unknown[] {
  return allOf(value, 'button').map(({ behaviors }) => behaviors);
}
