/**
 * An entry of the knowledge base → `Faq`.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/get
 */

import { z } from 'zod';
import type { Faq, FaqPart } from '../domain.ts';
import { parseStructure } from './plainText.ts';
import {
  cleanText,
  cutText,
  field,
  idOf,
  lineOf,
  listOf,
  momentMsOf,
  objectOf,
  personOf,
  textMaxCount,
  textOf,
} from './wire.ts';

/** More parts than any entry has; a broken one must not make a card of a million pieces. */
const partMaxCount = 2_000;

const lines = field((value) =>
  listOf(value)
    .map((item) => lineOf(objectOf(item)?.['name'] ?? item))
    .filter((line) => line !== ''),
);

const faqShape = z.object({
  faq_id: field(idOf),
  id: field(idOf),
  question: field(lineOf),
  answer: field(textOf),
  answer_richtext: field((value) => value),
  categories: lines,
  tags: lines,
  update_time: field(momentMsOf),
  expire_time: field(momentMsOf),
  update_user: field(personOf),
});

/** Reads one entry. Undefined when it does not say which one it is. Never throws. */
export function parseFaq(value: unknown): Faq | undefined {
  const wire = faqShape.parse(objectOf(value) ?? {});
  const id = wire.faq_id ?? wire.id;
  if (id === undefined) return undefined;
  const rich = partsOf(id, wire.answer_richtext);
  return {
    id,
    question: wire.question,
    answer: rich.length > 0 || wire.answer === '' ? rich : [{ kind: 'text', text: wire.answer }],
    categories: wire.categories,
    similarQuestions: wire.tags,
    updatedAtMs: wire.update_time,
    updatedBy: wire.update_user,
    expiresAtMs: wire.expire_time,
  };
}

/**
 * The rich text in its order, neighbouring texts together. The page of the entry gives an array; a JSON string of one is read too.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/get
 */
function partsOf(faqId: string, value: unknown): readonly FaqPart[] {
  const items = typeof value === 'string' ? parseStructure(value) : value;
  const parts: FaqPart[] = [];
  for (const item of listOf(items).slice(0, partMaxCount)) {
    const part = partOf(faqId, item);
    const last = parts.at(-1);
    if (part?.kind === 'text' && last?.kind === 'text')
      parts[parts.length - 1] = { kind: 'text', text: cutText(`${last.text}${part.text}`, textMaxCount) };
    else if (part !== undefined) parts.push(part);
  }
  return parts;
}

function partOf(faqId: string, value: unknown): FaqPart | undefined {
  const wire = objectOf(value) ?? {};
  const url = httpUrl(wire['url'] ?? wire['href']);
  const words = spoken(wire['text'] ?? wire['content']);
  switch (wire['type']) {
    case 'img':
    case 'image': {
      const imageKey = idOf(wire['key'] ?? wire['image_key']);
      if (imageKey !== undefined) return { kind: 'picture', picture: { kind: 'faq', faqId, imageKey } };
      return undefined;
    }
    case 'hyperlink':
    case 'a':
      return url === undefined
        ? { kind: 'text', text: words }
        : { kind: 'link', text: words.trim() || url, url };
    case 'text':
      // An empty content stands for a line break.
      return { kind: 'text', text: words === '' ? '\n' : words };
    default:
      return words === '' ? undefined : { kind: 'text', text: words };
  }
}

/** White space at the ends is kept: it stands between two parts. */
const spoken = (value: unknown): string =>
  typeof value === 'string' ? cutText(cleanText(value), textMaxCount) : '';

function httpUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2_000 || !/^https?:\/\//i.test(value)) return undefined;
  return URL.canParse(value) ? new URL(value).href : undefined;
}
