import type { Card, Json, JsonObject } from '../domain.ts';
import { text } from '../text.ts';
import { plain } from './contentElements.ts';

/** The card with a line above the others that says that the same answer may stand here already. */
export function withMayRepeat(card: Card): Card {
  const { body } = card;
  if (!isObject(body)) return card;
  const { elements } = body;
  if (!isList(elements)) return card;
  const line = plain(text.mayRepeat, { size: 'notation', color: 'orange' });
  return { ...card, body: { ...body, elements: [line, ...elements] } };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
