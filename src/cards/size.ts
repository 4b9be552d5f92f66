/** How large a card is, and how it is kept within what Feishu takes. */

import type { Card, Json } from '../domain.ts';

/**
 * Feishu's limits are 30 KB and 200 elements; the bytes are counted as Feishu stores the card, which is a little more than we send.
 * https://open.feishu.cn/document/server-docs/im-v1/message/create
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
 */
const cardMaxBytes = 28_000;
const cardMaxElementCount = 200;

/** So long after it was sent, a card can be updated and its buttons work. */
export const cardLifeMs = 14 * 86_400_000;

export interface CardSize {
  readonly bytes: number;
  /** Everything with a tag counts, texts and icons included. */
  readonly elements: number;
}

export function measure(card: Card): CardSize {
  return { bytes: Buffer.byteLength(JSON.stringify(card)), elements: elementCount(card) };
}

function elementCount(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 'tag' in value ? 1 : 0;
  // By loop, because each card is measured while somebody waits for it.
  for (const inner of Array.isArray(value) ? value : Object.values(value)) count += elementCount(inner);
  return count;
}

/**
 * The first card that Feishu would take, from the richest to the plainest. The last one is taken as it is: it must be small by the
 * way in which it is made.
 */
export function firstThatFits(richest: () => Card, ...plainer: readonly (() => Card)[]): Card {
  let card = richest();
  for (const build of plainer) {
    const { bytes, elements } = measure(card);
    if (bytes <= cardMaxBytes && elements <= cardMaxElementCount) return card;
    card = build();
  }
  return card;
}
