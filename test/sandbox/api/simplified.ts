import { isObject } from '../cardChecks.ts';

/**
 * A card as other readers get it: a title and lines of text, without structure.
 * https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content
 */
export function simplified(card: unknown): { title: string; elements: { tag: string; text: string }[][] } {
  const header = isObject(card) ? card['header'] : undefined;
  const title = isObject(header) && isObject(header['title']) ? String(header['title']['content'] ?? '') : '';
  return {
    title,
    elements: textsIn(isObject(card) ? card['body'] : undefined).map((text) => [{ tag: 'text', text }]),
  };
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isObject(value)) return [];
  const own = typeof value['content'] === 'string' && value['content'] !== '' ? [value['content']] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, one]) => (key === 'i18n_content' ? [] : textsIn(one))),
  ];
}
