import { parseInline } from './markdownInline.js';

/**
 * The block half of a card's markdown: CommonMark without HTML blocks, with tables.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
 *
 * @typedef {import('./markdownInline.js').Inline} Inline
 * @typedef {'left' | 'center' | 'right'} Align
 * @typedef {{ kind: 'paragraph', children: Inline[] }
 *   | { kind: 'heading', level: number, children: Inline[] }
 *   | { kind: 'fence', text: string }
 *   | { kind: 'rule' }
 *   | { kind: 'quote', blocks: Block[] }
 *   | { kind: 'list', ordered: boolean, start: number, items: Block[][] }
 *   | { kind: 'table', align: Align[], head: Inline[][], rows: Inline[][][] }} Block
 */

/** @type {import('./markdownInline.js').Dialect} */
const MARKDOWN = { newline: 'space', images: true };
/** @type {import('./markdownInline.js').Dialect} */
const LARK_MD = { newline: 'break', images: false };
const DEPTH_MAX_COUNT = 8;

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*[\w+-]*\s*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|<hr\s*\/?>\s*)$/i;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?:\s+(.*)|\s*)$/;
const DELIMITER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * Parses the content of a `markdown` component. Never throws.
 * @param {string} source
 * @returns {Block[]}
 */
export function parseMarkdown(source) {
  return parseBlocks(source.replaceAll(/\r\n?/g, '\n').split('\n'), 0);
}

/**
 * Parses the content of a `lark_md` text object, which is one run of inline markup.
 * @param {string} source
 * @returns {Inline[]}
 */
export function parseLarkMd(source) {
  return parseInline(source.replaceAll(/\r\n?/g, '\n'), LARK_MD);
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Block[]}
 */
function parseBlocks(lines, depth) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let paragraph = [];
  const flush = () => {
    const text = paragraph.map((line) => line.trimStart()).join('\n');
    if (text.trim() !== '') blocks.push({ kind: 'paragraph', children: parseInline(text, MARKDOWN) });
    paragraph = [];
  };
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? '';
    const found = line.trim() === '' ? undefined : readBlock(lines, index, depth, paragraph.length > 0);
    if (found === undefined) {
      if (line.trim() === '') flush();
      else paragraph.push(line);
      index += 1;
      continue;
    }
    flush();
    blocks.push(found.block);
    index = found.end;
  }
  flush();
  return blocks;
}

/** @typedef {{ block: Block, end: number } | undefined} Found */

/** @type {(lines: string[], index: number, depth: number, inParagraph: boolean) => Found} */
function readBlock(lines, index, depth, inParagraph) {
  const line = lines[index] ?? '';
  if (FENCE.test(line)) return readFence(lines, index);
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const [, marks = '#', text = ''] = heading;
    const block = {
      kind: /** @type {const} */ ('heading'),
      level: marks.length,
      children: parseInline(text, MARKDOWN),
    };
    return { block, end: index + 1 };
  }
  if (RULE.test(line)) return { block: { kind: 'rule' }, end: index + 1 };
  if (depth >= DEPTH_MAX_COUNT) return undefined;
  if (QUOTE.test(line)) return readQuote(lines, index, depth);
  const item = ITEM.exec(line);
  // An ordered list may break into a paragraph only when it starts at 1: "I was born in\n1986. It rained."
  if (item !== null && (!inParagraph || /^([-*+]|1[.)])$/.test(item[2] ?? '')))
    return readList(lines, index, depth);
  if (
    line.includes('|') &&
    DELIMITER.test(lines[index + 1] ?? '') &&
    (lines[index + 1] ?? '').includes('|')
  ) {
    return readTable(lines, index);
  }
  return undefined;
}

/** @type {(lines: string[], index: number) => Found} */
function readFence(lines, index) {
  const fence = FENCE.exec(lines[index] ?? '')?.[1] ?? '```';
  let end = index + 1;
  const shuts = (/** @type {string} */ line) => line.trim().startsWith(fence) && /^[`~\s]+$/.test(line);
  while (end < lines.length && !shuts(lines[end] ?? '')) end += 1;
  return { block: { kind: 'fence', text: lines.slice(index + 1, end).join('\n') }, end: end + 1 };
}

/** @type {(lines: string[], index: number, depth: number) => Found} */
function readQuote(lines, index, depth) {
  let end = index;
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end += 1;
  const inner = lines.slice(index, end).map((line) => line.replace(QUOTE, ''));
  return { block: { kind: 'quote', blocks: parseBlocks(inner, depth + 1) }, end };
}

/** @type {(lines: string[], index: number, depth: number) => Found} */
function readList(lines, index, depth) {
  const [, lead = '', mark = '-'] = ITEM.exec(lines[index] ?? '') ?? [];
  const ordered = /\d/.test(mark);
  /** @type {string[][]} */
  const items = [];
  let end = index;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? '';
    const indent = line.length - line.trimStart().length;
    if (indent > lead.length) items.at(-1)?.push(line.slice(Math.min(indent, lead.length + mark.length + 1)));
    else if (startsItem(line, ordered)) items.push([ITEM.exec(line)?.[3] ?? '']);
    else break;
  }
  return {
    block: {
      kind: 'list',
      ordered,
      start: ordered ? Number.parseInt(mark, 10) : 1,
      items: items.map((item) => parseBlocks(item, depth + 1)),
    },
    end,
  };
}

/** @type {(line: string, ordered: boolean) => boolean} */
function startsItem(line, ordered) {
  const mark = RULE.test(line) ? undefined : ITEM.exec(line)?.[2];
  return mark !== undefined && /\d/.test(mark) === ordered;
}

/** @type {(lines: string[], index: number) => Found} */
function readTable(lines, index) {
  const align = cells(lines[index + 1] ?? '').map((cell) => {
    if (cell.startsWith(':') && cell.endsWith(':')) return 'center';
    return cell.endsWith(':') ? 'right' : 'left';
  });
  let end = index + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  const read = (/** @type {string} */ line) => cells(line).map((cell) => parseInline(cell, MARKDOWN));
  return {
    block: {
      kind: 'table',
      align,
      head: read(lines[index] ?? ''),
      rows: lines.slice(index + 2, end).map(read),
    },
    end,
  };
}

/** @type {(line: string) => string[]} */
function cells(line) {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
