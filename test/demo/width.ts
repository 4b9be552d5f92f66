import type { Span } from './style.ts';

/** How wide text stands in a terminal, and how it is broken into lines. */

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** East Asian wide and full-width blocks. https://www.unicode.org/reports/tr11/ */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

const isWide = (point: number): boolean => wideRanges.some(([from, to]) => point >= from && point <= to);

const emoji = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F)/u;
const unseen = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns of one character as readers see it. */
function graphemeWidth(grapheme: string): number {
  if (unseen.test(grapheme)) return 0;
  if (emoji.test(grapheme)) return 2;
  return isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** Columns that a text takes in a terminal: two for each Chinese or Japanese character and emoji. */
export function columnCount(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/**
 * Text that cannot move the cursor, change colours, ring or turn the reading direction: control and bidirectional
 * characters are left out.
 */
export function harmless(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/(?!\n)[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu, '');
}

/** Cuts to a width, with "…" when something was left out. */
export function cut(text: string, widthCount: number): string {
  if (columnCount(text) <= widthCount) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > widthCount - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

export const padEnd = (text: string, widthCount: number): string =>
  text + ' '.repeat(Math.max(0, widthCount - columnCount(text)));

export type Line = readonly Span[];

export const lineWidth = (line: Line): number => line.reduce((sum, span) => sum + columnCount(span.text), 0);

/** A piece that stays on one line: a word with the spaces after it, or one wide character. */
interface Piece {
  readonly span: Span;
  readonly width: number;
  /** Without the spaces at its end. */
  readonly visible: number;
}

/** Characters that may not begin a line in Chinese and Japanese: they stay with the one before. */
const closing = /^[、。，．！？：；）」』】〉》”’…ー々]/u;

/** Breaks a styled text into lines of at most `widthCount` columns: between words, or between Chinese and Japanese characters. */
export function wrap(line: Line, widthCount: number): Line[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const piece of line.flatMap((span) => pieces(span, widthCount))) {
    if (used > 0 && used + piece.visible > widthCount) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(piece.span);
    used += piece.width;
  }
  return lines.map(trimEnd);
}

function pieces(span: Span, widthCount: number): Piece[] {
  const all = columnCount(span.text);
  if (span.whole === true && all <= widthCount) return [{ span, width: all, visible: all }];
  const found: { text: string; width: number }[] = [];
  let open = false;
  for (const { segment } of graphemes.segment(span.text)) {
    const width = graphemeWidth(segment);
    const last = found.at(-1);
    const fits = last !== undefined && last.width + width <= widthCount;
    const joins =
      (open && width < 2 && !(last?.text.endsWith(' ') === true && segment !== ' ')) || closing.test(segment);
    if (fits && joins) {
      last.text += segment;
      last.width += width;
    } else found.push({ text: segment, width });
    open = width < 2;
  }
  return found.map(({ text, width }) => ({
    span: { ...span, text },
    width,
    visible: width - (text.length - text.trimEnd().length),
  }));
}

function trimEnd(line: readonly Span[]): Line {
  const last = line.at(-1);
  if (last === undefined) return line;
  return [...line.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}
