/** The whole card around its elements: the header, and what notifications show. */

import type { Card, Text } from '../domain.ts';
import { text } from '../text.ts';
import { plain } from './contentElements.ts';
import type { Element } from './elements.ts';
import { content, plainText } from './textObjects.ts';
import type { View } from './view.ts';

/** https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/title */
export type HeaderColor = 'blue' | 'wathet' | 'green' | 'yellow' | 'orange' | 'red' | 'grey';
export type TagColor = 'neutral' | 'blue' | 'wathet' | 'green' | 'yellow' | 'orange' | 'red' | 'turquoise';

export interface HeaderTag {
  readonly text: Text;
  readonly color: TagColor;
}

export interface CardParts {
  readonly title: Text;
  readonly subtitle?: Text | undefined;
  readonly color: HeaderColor;
  /** Feishu shows three. */
  readonly tags?: readonly HeaderTag[];
  /** What the notification and the list of chats show. */
  readonly summary: Text;
  readonly elements: readonly Element[];
}

/** A whole card. `update_multi` must be true from the start, or the card can never be updated. */
export function card(parts: CardParts): Card {
  const tags = (parts.tags ?? []).slice(0, 3);
  return {
    schema: '2.0',
    config: { update_multi: true, summary: content(parts.summary) },
    header: {
      title: plainText(parts.title),
      ...(parts.subtitle === undefined ? {} : { subtitle: plainText(parts.subtitle) }),
      template: parts.color,
      ...(tags.length === 0
        ? {}
        : {
            text_tag_list: tags.map((tag) => ({
              tag: 'text_tag',
              text: plainText(tag.text),
              color: tag.color,
            })),
          }),
    },
    body: { elements: parts.elements },
  };
}

/** A card without a header: one line that says something. */
export function headless(summary: Text, elements: readonly Element[]): Card {
  return {
    schema: '2.0',
    config: { update_multi: true, summary: content(summary) },
    body: { elements },
  };
}

/** A card with what every card says when it has to: that the answer is late. */
export function frame(parts: CardParts, view: View): Card {
  if (!view.late) return card(parts);
  const late = plain(text.late, { size: 'notation', color: 'orange' });
  return card({ ...parts, elements: [late, ...parts.elements] });
}
