/**
 * The one place where text from people enters a card. Whatever a guest, an agent or a helpdesk setting says goes through here:
 * tidied, masked, cut, and in rich text escaped.
 *
 * Most of it then stands in `plain_text`, where Feishu parses nothing. For the few places of rich text, `markdown` below does not
 * rely on the renderer: see there.
 */

import type { Text } from '../domain.ts';
import { mapText } from '../text.ts';
import type { View } from './view.ts';

/** How much of a text is shown. A column is the width of a Latin letter; a Chinese character takes two. */
export interface Limit {
  readonly columnCount: number;
  readonly lineCount: number;
}

interface Cut {
  readonly text: string;
  /** How many characters of the tidied text were left out. */
  readonly leftOutCount: number;
}

export interface Untrusted {
  /** In one line: line breaks become spaces. For `plain_text`. */
  line(text: string, columnCount: number): string;
  /** With its line breaks. For `plain_text`. */
  block(text: string, limit: Limit): Cut;
  /** In one line, escaped. For `markdown`. */
  markdown(text: string, columnCount: number): string;
  /** One of our own sentences into which something typed may have been put. For `plain_text`. */
  sentence(text: Text, columnCount: number): Text;
}

/** The ways in, for one card. */
export function untrusted(privacy: View['privacy']): Untrusted {
  const block = (text: string, limit: Limit): Cut => {
    const read = mask(tidy(text.slice(0, readMaxCount)), privacy);
    if (text.length <= readMaxCount) return cut(read, limit);
    const { text: shown, leftOutCount } = cut(read.slice(0, -maskMaxCount), limit);
    return { text: shown, leftOutCount: leftOutCount + maskMaxCount + text.length - readMaxCount };
  };
  const line = (text: string, columnCount: number): string =>
    block(text.replaceAll(/[\s\u0085]+/g, ' '), { columnCount, lineCount: 1 }).text;
  return {
    line,
    block,
    markdown: (text, columnCount) => escapeMarkdown(line(text, columnCount)),
    sentence: (text, columnCount) =>
      mapText(text, (words) => block(words, { columnCount, lineCount: 12 }).text),
  };
}

/** No card shows nearly as much; what lies behind it is only counted. */
const readMaxCount = 20_000;
/** Longer than anything that a rule masks: what the end of the reading cuts in two, no rule can recognise, so it is not shown. */
const maskMaxCount = 1_000;

// ---------------------------------------------------------------- tidying

/** What joins emoji into one picture: only between two of them. */
const strayJoiner =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D|\u200D(?!\p{Extended_Pictographic})/gu;
/** Whatever is not seen, or changes how its neighbours are read: controls, direction marks, zero-width characters, halves of characters. */
const unseen =
  /(?!\n|\u200D|\uFE0E|\uFE0F)[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\uFFF9-\uFFFB]/gu;
/** More marks on one letter than any script needs. */
const markFlood = /(\p{M}{4})\p{M}+/gu;

/** Leaves only what can be seen, with at most one empty line in a row. */
function tidy(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(unseen, '')
    .replaceAll(strayJoiner, '')
    .replaceAll(markFlood, '$1')
    .replaceAll(/(?<![^\S\n])[^\S\n]+\n/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

// ---------------------------------------------------------------- masking

/** Personal data of one kind: how it looks after `fold`, and what is shown in its place. */
interface MaskRule {
  readonly pattern: RegExp;
  readonly shown: string;
}

// The sign itself, and the ways of writing it in links and in markup.
const at = '(?:@|%40|&#0*64;|&#x0*40;|&commat;)';

/** In the order in which they are applied. A new kind of personal data is a new row. */
const maskRules: readonly MaskRule[] = [
  // E-mail addresses in Latin letters, with white space around the sign too. The text right before and after them stays.
  {
    pattern: new RegExp(
      String.raw`[a-z0-9._%+'~-]{1,64}\s{0,2}${at}\s{0,2}(?:(?:[a-z0-9-]{1,63}[.。]){1,12}[a-z][a-z0-9-]{1,62}|\[[^\]\s]{1,64}\])`,
      'giu',
    ),
    shown: '•••@•••',
  },
  // The same in other letters. Where words are written without spaces this takes neighbouring words too.
  {
    pattern: new RegExp(
      String.raw`[\p{L}\p{N}._%+-]{1,64}${at}(?:[\p{L}\p{N}-]{1,63}\.){1,12}[\p{L}\p{N}-]{2,63}`,
      'giu',
    ),
    shown: '•••@•••',
  },
];

/**
 * Replaces personal data, unless this chat may see it. Looks at the text as NFKC reads it, so that `ａｌｉｃｅ＠example．com` is
 * found too; what is not replaced stays as it was written.
 */
export function mask(text: string, privacy: View['privacy']): string {
  if (privacy === 'open') return text;
  return maskRules.reduce(applyRule, text);
}

function applyRule(text: string, { pattern, shown }: MaskRule): string {
  const folded = fold(text);
  let result = '';
  let end = 0;
  for (const match of folded.text.matchAll(pattern)) {
    result += text.slice(end, folded.originAt(match.index)) + shown;
    end = folded.originAt(match.index + match[0].length);
  }
  return result + text.slice(end);
}

interface Folded {
  readonly text: string;
  /** Where the character at this index of the folded text begins in the original. */
  originAt(index: number): number;
}

const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/** The text in the form in which rules look at it: compatibility forms unified (NFKC), unseen characters dropped. */
function fold(original: string): Folded {
  const unify = (text: string): string => text.normalize('NFKC').replaceAll(ignorable, '');
  if (unify(original) === original) return { text: original, originAt: (index) => index };
  const origins: number[] = [];
  let text = '';
  let origin = 0;
  // Character by character, because only so is it known what became of each.
  for (const character of original) {
    const unified = unify(character);
    text += unified;
    for (let count = 0; count < unified.length; count++) origins.push(origin);
    origin += character.length;
  }
  return { text, originAt: (index) => origins[index] ?? original.length };
}

// ---------------------------------------------------------------- cutting

/** Cuts between two characters as readers see them, never inside one, and puts "…" at the end. */
function cut(text: string, limit: Limit): Cut {
  let columnCount = 0;
  let lineCount = 1;
  let kept = '';
  let room = 0;
  for (const { segment } of graphemes.segment(text)) {
    columnCount += widthOf(segment);
    if (segment === '\n') lineCount += 1;
    if (columnCount > limit.columnCount || lineCount > limit.lineCount) {
      const shown = kept.slice(0, room).trimEnd();
      return { text: `${shown}…`, leftOutCount: [...text.slice(room)].length };
    }
    kept += segment;
    // The "…" needs a place of its own.
    if (columnCount < limit.columnCount) room = kept.length;
  }
  return { text, leftOutCount: 0 };
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Counts every code point, so that a character made of many cannot be long in bytes and short in columns. */
function widthOf(segment: string): number {
  let width = 0;
  for (const character of segment) width += character < '\u1100' || joining.test(character) ? 1 : 2;
  return width;
}

const joining = /[\u200D\uFE0E\uFE0F]/;

// ---------------------------------------------------------------- escaping

/**
 * For rich text. Feishu documents HTML entities for its special characters, but an entity is safe only as long as every client
 * parses before it decodes. So what could notify, link, show a picture or start a tag is disarmed for good (see `disarm`), and only
 * what can at worst change how a word looks becomes an entity, so that it is shown as it was typed.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
 */
function escapeMarkdown(text: string): string {
  return disarm(text).replaceAll(/[*_~()`#!\\+:$-]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const twins: Readonly<Record<string, string>> = {
  '<': '＜',
  '>': '＞',
  '&': '＆',
  '@': '＠',
  '[': '［',
  ']': '］',
  '|': '｜',
};

/**
 * Replaces each character that can begin a tag, an entity, a mention, a link, a picture or a table by its full-width twin. Nothing
 * decodes these back. No piece of such syntax is left, so disarmed texts that are joined are as harmless as each alone.
 */
export function disarm(text: string): string {
  return text.replaceAll(/[<>&@[\]|]/g, (character) => twins[character] ?? '');
}
