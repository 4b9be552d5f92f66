import { type Block, blocksOf, type Fact } from './blocks.ts';
import { at, isJson, type Locale, list, string, words } from './json.ts';
import type { Reader } from './reader.ts';
import { paint, type Span, styleOf } from './style.ts';
import { columnCount, cut, harmless, type Line, lineWidth, padEnd, wrap } from './width.ts';
import { phrase } from './words.ts';

/** What is known of a picture of the card. */
export interface PictureFacts {
  readonly widthPx: number;
  readonly heightPx: number;
  /** `PNG`, `JPEG` … */
  readonly format: string;
  readonly sizeBytes: number;
}

export interface TerminalOptions {
  readonly locale: Locale;
  readonly colour: boolean;
  /** Columns of the terminal. More than 100 are not used: long lines read badly. */
  readonly widthCount: number;
  /** By image key. `missing` when its bytes could not be fetched; undefined when nothing is known. */
  picture(imageKey: string): PictureFacts | 'missing' | undefined;
  name(openId: string): string | undefined;
}

const widthMaxCount = 100;
const widthMinCount = 24;
const indent = '  ';
const pairMinCount = 64;
const labelMaxCount = 24;

/**
 * Card JSON 2.0 as text for a terminal: title and tags, facts in columns, quotes, pictures by name, buttons as `[ Refresh ]`.
 * No line is wider than the terminal, whatever is in the card.
 */
export function renderCard(card: unknown, options: TerminalOptions): string {
  if (string(card, 'schema') !== '2.0') return phrase('notCard', options.locale);
  const { locale } = options;
  const widthCount = Math.max(widthMinCount, Math.min(widthMaxCount, options.widthCount)) - indent.length;
  const elements = list(at(card, 'body'), 'elements');
  const reader = readerOf(options, imageKeys(card).length);
  const body = lay(blocksOf(elements, reader), widthCount, locale);
  const lines = [...headerLines(at(card, 'header'), widthCount, locale), [], ...body];
  return lines
    .map((line) => paint(line.length === 0 ? [] : [{ text: indent }, ...line], options.colour))
    .join('\n');
}

/** Every `img_key` of a card, in the order of the card, each as often as it stands there. */
export function imageKeys(card: unknown): readonly string[] {
  if (Array.isArray(card)) return card.flatMap(imageKeys);
  if (!isJson(card)) return [];
  return Object.entries(card).flatMap(([key, value]) =>
    key === 'img_key' && typeof value === 'string' ? [value] : imageKeys(value),
  );
}

function readerOf(options: TerminalOptions, total: number): Reader {
  let count = 0;
  return {
    locale: options.locale,
    name: options.name,
    picture(imageKey, alt = '') {
      count += 1;
      const place = phrase('pictureOf', options.locale, { n: count, total: Math.max(total, count) });
      const label = alt === '' || /\d/.test(alt) ? '' : `: ${harmless(alt)}`;
      const known = options.picture(imageKey);
      const key = cut(harmless(imageKey), 18);
      const facts = [key];
      if (known === 'missing') facts.push(phrase('missing', options.locale));
      else if (known !== undefined) {
        facts.push(`${known.widthPx}×${known.heightPx} ${known.format} ${size(known.sizeBytes)}`);
      }
      return `▣ ${place}${label} (${facts.join(', ')})`;
    },
  };
}

const size = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function headerLines(header: unknown, widthCount: number, locale: Locale): Line[] {
  const bar: Span = { text: '▌ ', styles: styleOf(string(header, 'template')) };
  const title = harmless(words(at(header, 'title'), locale));
  const subtitle = harmless(words(at(header, 'subtitle'), locale));
  const i18nTags = list(at(header, 'i18n_text_tag_list'), locale);
  const tags = (i18nTags.length > 0 ? i18nTags : list(header, 'text_tag_list')).flatMap((tag): Span[] => [
    {
      text: `[${harmless(words(at(tag, 'text'), locale))}]`,
      styles: [...styleOf(string(tag, 'color')), 'bold'],
      whole: true,
    },
    { text: ' ' },
  ]);
  const second: Line = [
    ...(subtitle === '' ? [] : [{ text: `${subtitle}  `, styles: ['dim'] } as const]),
    ...tags,
  ];
  return [[{ text: title, styles: ['bold'] } as const], second]
    .filter((line) => line.length > 0)
    .flatMap((line) => wrap(line, widthCount - 2))
    .map((line) => [bar, ...line]);
}

// ---------------------------------------------------------------- laying out

/** Blocks below each other: an empty line between them, none between a label and what it names, which is set in a little. */
function lay(blocks: readonly Block[], widthCount: number, locale: Locale): readonly Line[] {
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    const named = block.kind === 'text' && block.label !== true && isLabel(before);
    const lines = named
      ? layOne(block, widthCount - 2, locale).map((line) => [{ text: '  ' }, ...line])
      : layOne(block, widthCount, locale);
    const apart = before !== undefined && !belongTogether(before, block, blocks[index + 1]);
    return apart ? [[], ...lines] : lines;
  });
}

const isLabel = (block: Block | undefined): boolean => block?.kind === 'text' && block.label === true;

function belongTogether(before: Block, block: Block, next: Block | undefined): boolean {
  if (isLabel(before)) return ['text', 'quote', 'picture'].includes(block.kind);
  // A label that is followed by another one is the heading of a part.
  if (isLabel(block) && isLabel(next)) return false;
  return before.kind === block.kind && (block.kind === 'text' || block.kind === 'picture');
}

function layOne(block: Block, widthCount: number, locale: Locale): readonly Line[] {
  switch (block.kind) {
    case 'text':
      return block.lines.flatMap((line) => wrap(line, widthCount));
    case 'picture':
      return wrap(block.line, widthCount);
    case 'facts':
      return layFacts(block, widthCount);
    case 'quote':
      return barred(lay(block.blocks, widthCount - 2, locale));
    case 'fold':
      return layFold(block, widthCount, locale);
    case 'beside':
      return layBeside(block, widthCount, locale);
    case 'buttons':
      return layButtons(block.items, widthCount);
    case 'table':
      return layTable(block, widthCount);
    case 'rule':
      return [[{ text: '─'.repeat(widthCount), styles: ['dim'] }]];
  }
}

/** Text with a button at the right end of its first line. */
function layBeside(
  { blocks, end }: Extract<Block, { kind: 'beside' }>,
  widthCount: number,
  locale: Locale,
): readonly Line[] {
  const room = widthCount - lineWidth(end) - 2;
  if (room < widthMinCount) return [...lay(blocks, widthCount, locale), ...wrap(end, widthCount)];
  const [first = [], ...rest] = lay(blocks, room, locale);
  return [[...first, { text: ' '.repeat(Math.max(0, room - lineWidth(first)) + 2) }, ...end], ...rest];
}

const barred = (lines: readonly Line[]): readonly Line[] =>
  lines.map((line) => [{ text: '│ ', styles: ['dim'] }, ...line]);

function layFold(
  { title, open, blocks }: Extract<Block, { kind: 'fold' }>,
  widthCount: number,
  locale: Locale,
): readonly Line[] {
  const inner = lay(blocks, widthCount - 2, locale);
  const countCount = inner.filter((line) => line.length > 0).length;
  const hint = phrase(countCount === 1 ? 'foldedOne' : 'folded', locale, { n: countCount });
  const head: Line = [
    { text: `${open ? '▾' : '▸'} ` },
    { text: title, styles: ['bold'] },
    ...(open ? [] : [{ text: `  ${hint}`, styles: ['dim'] } as const]),
  ];
  const heads = wrap(head, widthCount);
  return open ? [...heads, ...inner.map((line) => [{ text: '  ' }, ...line])] : heads;
}

/** Label and value in columns; each column of facts as wide as its widest label. */
function layFacts({ rows }: Extract<Block, { kind: 'facts' }>, widthCount: number): readonly Line[] {
  const across = widthCount >= pairMinCount ? Math.max(1, ...rows.map((row) => row.length)) : 1;
  const grid = across === 1 ? byColumn(rows).map((fact) => [fact]) : rows;
  const cellWidth = Math.floor((widthCount - 3 * (across - 1)) / across);
  const labelWidths = Array.from({ length: across }, (_, column) =>
    Math.min(
      labelMaxCount,
      Math.floor(cellWidth / 2),
      Math.max(0, ...grid.map((row) => columnCount(row[column]?.label ?? ''))),
    ),
  );
  return grid.flatMap((row) => {
    const cells = row.map((fact, column) => layFact(fact, labelWidths[column] ?? 0, cellWidth));
    return beside(cells, cellWidth);
  });
}

/** On a narrow screen: first all of the left column, then all of the right one. */
function byColumn(rows: readonly (readonly Fact[])[]): readonly Fact[] {
  const across = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: across }, (_, column) =>
    rows.flatMap((row) => (row[column] === undefined ? [] : [row[column]])),
  ).flat();
}

function layFact(fact: Fact, labelWidth: number, cellWidth: number): readonly Line[] {
  const lines = fact.value.flatMap((line) => wrap(line, Math.max(4, cellWidth - labelWidth - 2)));
  return lines.map((line, index) => [
    { text: `${padEnd(index === 0 ? cut(fact.label, labelWidth) : '', labelWidth)}  `, styles: ['dim'] },
    ...line,
  ]);
}

function beside(cells: readonly (readonly Line[])[], cellWidth: number): readonly Line[] {
  const height = Math.max(0, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, index) =>
    cells.flatMap((cell, column) => {
      const line = cell[index] ?? [];
      const last = column === cells.length - 1;
      return last ? line : [...line, { text: ' '.repeat(Math.max(0, cellWidth - lineWidth(line)) + 3) }];
    }),
  );
}

function layButtons(items: readonly Line[], widthCount: number): readonly Line[] {
  const lines: Line[] = [];
  for (const item of items.flatMap((one) => (lineWidth(one) > widthCount ? wrap(one, widthCount) : [one]))) {
    const before = lines.at(-1);
    if (before !== undefined && lineWidth(before) + 2 + lineWidth(item) <= widthCount) {
      lines[lines.length - 1] = [...before, { text: '  ' }, ...item];
    } else lines.push(item);
  }
  return lines;
}

function layTable({ head, rows }: Extract<Block, { kind: 'table' }>, widthCount: number): readonly Line[] {
  const fair = Math.max(4, Math.floor(widthCount / Math.max(1, head.length)) - 2);
  const widths = head.map((title, column) =>
    Math.min(fair, Math.max(columnCount(title), ...rows.map((row) => columnCount(row[column] ?? '')))),
  );
  const line = (cells: readonly string[], styles: Span['styles'] = []): Line => [
    {
      text: widths.map((width, column) => padEnd(cut(cells[column] ?? '', width), width)).join('  '),
      styles,
    },
  ];
  return [line(head, ['bold']), ...rows.map((row) => line(row))].map((one) => wrap(one, widthCount)[0] ?? []);
}
