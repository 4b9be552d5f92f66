/**
 * The one place where text from people enters a card. Whatever a guest, an agent or a helpdesk setting says goes through here:
 * tidied, masked, cut, and in rich text escaped.
 *
 * Most of it then stands in `plain_text`, where Feishu parses nothing. For the few places of rich text, `markdown` below does not
 * rely on the renderer: see there.
 */

import type { Text } from '../domain.ts';
import { mapText } from '../text.ts';
import { isSecretName, type MaskRule, maskRules, secretShown } from './maskRules.ts';
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
  /** Part `part` of `partCount` nearly equal ones, from 1; no character is divided. For `plain_text`. */
  part(text: string, part: number, partCount: number, columnCount: number): Cut;
  /** In one line, escaped. For `markdown`. */
  markdown(text: string, columnCount: number): string;
  /** What may be shown of the value of a field, to be given to one of the above: that of a field named "password" is one. */
  value(name: string, value: string): string;
  /** One of our own sentences into which something typed may have been put. For `plain_text`. */
  sentence(text: Text, columnCount: number): Text;
}

/** The ways in, for one card. */
export function untrusted(privacy: View['privacy']): Untrusted {
  const block = (text: string, limit: Limit): Cut => {
    const tidied = tidy(text.slice(0, readMaxCount));
    const read = tidied.slice(0, 4 * limit.columnCount + 2 * maskMaxCount);
    const unreadCount = text.length - Math.min(text.length, readMaxCount) + tidied.length - read.length;
    const masked = mask(read, privacy);
    if (unreadCount === 0) return cut(masked, limit);
    const { text: shown, leftOutCount } = cut(masked.slice(0, -maskMaxCount), limit);
    return { text: shown, leftOutCount: leftOutCount + maskMaxCount + unreadCount };
  };
  const line = (text: string, columnCount: number): string => {
    const { text: shown, leftOutCount } = block(oneLine(text), { columnCount, lineCount: 1 });
    return leftOutCount === 0 ? shown : shown.replace(/[，、；：,;:]…$/, '…');
  };
  return {
    line,
    block,
    part: (text, part, partCount, columnCount) => {
      const whole = block(text, { columnCount: Number.MAX_SAFE_INTEGER, lineCount: Number.MAX_SAFE_INTEGER });
      const own = cut(partOf(whole.text, part, partCount), {
        columnCount,
        lineCount: Number.MAX_SAFE_INTEGER,
      });
      // What was not read at all belongs behind the last part.
      return part < partCount ? own : { ...own, leftOutCount: own.leftOutCount + whole.leftOutCount };
    },
    markdown: (text, columnCount) => escapeMarkdown(line(text, columnCount)),
    value: (name, value) =>
      privacy === 'masked' && isSecretName(fold(name.slice(0, 200)).text) ? secretShown : value,
    sentence: (text, columnCount) =>
      mapText(text, (words) => block(words, { columnCount, lineCount: 12 }).text),
  };
}

/** A line break becomes a blank, but not behind a full-width mark, which brings its own. */
function oneLine(text: string): string {
  return text.replaceAll(/(?<=[。，、；：！？])\s*\n\s*/g, '').replaceAll(/[\s\u0085]+/g, ' ');
}

/** No card shows nearly as much; what lies behind it is only counted. */
const readMaxCount = 20_000;
/** Longer than what a rule needs to recognise something: what the end of the reading cuts in two may not be, so it is not shown. */
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

/**
 * Replaces personal data (see `maskRules.ts`), unless this place may see it. Looks at the text as NFKC reads it, so that
 * `ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ` and `１３８ ００００ ００００` are found too; what is not replaced stays as it was written.
 *
 * For cards, `untrusted` calls it. Whatever else carries text from people to people goes through it too: the lines of an export, a
 * link's preview, the name of a file. Mask before cutting: half an address is not recognised.
 */
export function mask(text: string, privacy: View['privacy']): string {
  if (privacy === 'open') return text;
  let shown = text;
  // What was hidden no longer hides where its neighbour begins.
  for (let pass = 0; pass < maskPassMaxCount; pass++) {
    const masked = maskRules.reduce(applyRule, fold(shown)).original;
    if (masked === shown) break;
    shown = masked;
  }
  return shown;
}

/** Each pass hides something more, so few are ever needed. */
const maskPassMaxCount = 8;

function applyRule(folded: Folded, { pattern, shown, isReal = () => true }: MaskRule): Folded {
  const { original, text, originAt } = folded;
  const finder = new RegExp(pattern);
  let result = '';
  let end = 0;
  for (let match = finder.exec(text); match !== null; match = finder.exec(text)) {
    const [found] = match;
    if (!isReal(found)) {
      // What is none may overlap what is one.
      finder.lastIndex = match.index + 1;
      continue;
    }
    result += original.slice(end, originAt(match.index)) + shown;
    end = originAt(match.index + found.length);
  }
  return end === 0 ? folded : fold(result + original.slice(end));
}

interface Folded {
  readonly original: string;
  readonly text: string;
  /** Where the character at this index of the folded text begins in the original. */
  readonly originAt: (index: number) => number;
}

const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/** The text in the form in which rules look at it: compatibility forms unified (NFKC), unseen characters dropped. */
function fold(original: string): Folded {
  const unify = (text: string): string => text.normalize('NFKC').replaceAll(ignorable, '');
  if (unify(original) === original) return { original, text: original, originAt: (index) => index };
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
  return { original, text, originAt: (index) => origins[index] ?? original.length };
}

// ---------------------------------------------------------------- cutting

/** Cuts between two characters as readers see them, never inside one, and puts "…" at the end. */
function cut(text: string, limit: Limit): Cut {
  if (surelyFits(text, limit)) return { text, leftOutCount: 0 };
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

/** Most texts are short, and to look at each character takes a hundred times as long. */
function surelyFits(text: string, limit: Limit): boolean {
  const widest = /[\u1100-\uffff]/.test(text) ? 2 : 1;
  return (
    text.length * widest <= limit.columnCount &&
    text.split('\n', limit.lineCount + 1).length <= limit.lineCount
  );
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

function partOf(text: string, part: number, partCount: number): string {
  if (partCount <= 1) return text;
  const boundary = (at: number): number =>
    at >= text.length
      ? text.length
      : (graphemes.segment(text).containing(Math.max(0, Math.floor(at)))?.index ?? 0);
  const size = text.length / partCount;
  return text.slice(boundary((part - 1) * size), boundary(part * size)).trim();
}

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
