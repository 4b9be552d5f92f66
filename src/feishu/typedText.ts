/**
 * What somebody typed in a message, as one text: from plain and from rich text.
 * https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content
 */

import { z } from 'zod';
import type { Mention } from '../domain.ts';

const word = z.string().catch('');
const textContent = z.object({ text: z.string() });
const postContent = z.object({ content: z.array(z.array(z.unknown()).catch([])) });

/** What the sender typed, mentions as their keys. Pictures, files, cards and forwarded messages have no text of the sender's own. */
export function typedText(type: string, content: string, mentions: readonly Mention[]): string {
  const value = parseJson(content);
  if (type === 'text') return textContent.safeParse(value).data?.text ?? '';
  if (type !== 'post') return '';
  // The title is not taken: a heading is no command.
  const rows = postContent.safeParse(value).data?.content ?? [];
  const text = rows.map((row) => row.map((part) => partText(part, mentions)).join('')).join('\n');
  return beginsWithShown(rows.flat(), mentions) ? `${shownFirst}\n${text}` : text;
}

/** Stands for what is left out in front of everything that was typed. */
const shownFirst = '```';
/** What has no words of its own stands in nobody's way. */
const wordless: ReadonlySet<string> = new Set(['img', 'media', 'emotion', 'hr']);

const blank = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** Whether a code block, or anything else with words that only shows something, comes before what was typed: then no command is first. */
function beginsWithShown(parts: readonly unknown[], mentions: readonly Mention[]): boolean {
  for (const part of parts) {
    const { tag, text } = postPart.safeParse(part).data ?? { tag: '', text: '' };
    if (tag === 'at' || wordless.has(tag)) continue;
    if (!blank.test(partText(part, mentions))) return false;
    if (!typedTags.has(tag) && !blank.test(text)) return true;
  }
  return false;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The elements that people type. */
const typedTags: ReadonlySet<string> = new Set(['text', 'md', 'a', 'at']);
const postPart = z.object({ tag: z.string(), text: word, href: word, user_id: word });

/**
 * One element of a rich-text message as plain text. Code blocks and everything else that only shows something are left out; see
 * `beginsWithShown`.
 */
function partText(part: unknown, mentions: readonly Mention[]): string {
  const parsed = postPart.safeParse(part);
  if (!parsed.success) return '';
  const { tag, text, href, user_id: who } = parsed.data;
  switch (tag) {
    case 'text':
    case 'md':
      return text;
    case 'a':
      // Text messages write links like this too.
      return text === '' || text === href ? href : `[${text}](${href})`;
    case 'at':
      return who.startsWith('@') ? who : (mentions.find(({ openId }) => openId === who)?.key ?? '');
    default:
      return '';
  }
}
