import type { Card } from '../domain.ts';
import { text } from '../text.ts';
import { type CardParts, card, plain } from './elements.ts';
import type { View } from './view.ts';

/** A card with what every card says when it has to: that the answer is late. */
export function frame(parts: CardParts, view: View): Card {
  if (!view.late) return card(parts);
  const late = plain(text.late, { size: 'notation', color: 'orange' });
  return card({ ...parts, elements: [late, ...parts.elements] });
}
