import { markdownLines } from './inline.ts';
import { at, isJson, type Json, list, string, words } from './json.ts';
import type { Reader } from './reader.ts';
import { type Style, styleOf } from './style.ts';
import { harmless, type Line } from './width.ts';
import { phrase } from './words.ts';

/** Card JSON 2.0 → what a page of text is made of. https://open.feishu.cn/document/feishu-cards/card-json-v2-structure */

export interface Fact {
  readonly label: string;
  readonly value: readonly Line[];
}

export type Block =
  /** `label`: it names what comes below. */
  | { readonly kind: 'text'; readonly lines: readonly Line[]; readonly label?: true }
  | { readonly kind: 'picture'; readonly line: Line }
  /** Rows of label and value, two side by side where there is room. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly Fact[])[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'fold';
      readonly title: string;
      readonly open: boolean;
      readonly blocks: readonly Block[];
    }
  | { readonly kind: 'beside'; readonly blocks: readonly Block[]; readonly end: Line }
  | { readonly kind: 'buttons'; readonly items: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'rule' };

/** The blocks of some elements; neighbouring buttons become one row, neighbouring facts one table. */
export function blocksOf(elements: readonly unknown[], reader: Reader): readonly Block[] {
  const blocks: Block[] = [];
  for (const block of elements.flatMap((element) => blockOf(element, reader))) {
    const before = blocks.at(-1);
    if (before?.kind === 'buttons' && block.kind === 'buttons') {
      blocks[blocks.length - 1] = { kind: 'buttons', items: [...before.items, ...block.items] };
    } else if (before?.kind === 'facts' && block.kind === 'facts') {
      blocks[blocks.length - 1] = { kind: 'facts', rows: [...before.rows, ...block.rows] };
    } else blocks.push(block);
  }
  return blocks;
}

const plainLines = (text: string, styles: readonly Style[] = []): Line[] =>
  harmless(text)
    .split('\n')
    .map((line) => [{ text: line, styles }]);

const textBlock = (text: string, styles: readonly Style[] = []): Block[] =>
  text === '' ? [] : [{ kind: 'text', lines: plainLines(text, styles) }];

const pictureBlock = (text: string): Block[] => [{ kind: 'picture', line: [{ text }] }];

type Drawer = (element: Json, reader: Reader) => readonly Block[];

const drawers: Readonly<Record<string, Drawer>> = {
  markdown: (element, reader) => [{ kind: 'text', lines: textLines(element, reader) }],
  div: (element, reader) =>
    [at(element, 'text'), ...list(element, 'fields').map((field) => at(field, 'text'))]
      .filter(isJson)
      .map((text) => ({
        kind: 'text',
        lines: textLines(text, reader),
        ...(isSmall(text) ? { label: true } : {}),
      })),
  hr: () => [{ kind: 'rule' }],
  img: (element, reader) =>
    pictureBlock(reader.picture(string(element, 'img_key'), words(at(element, 'alt'), reader.locale))),
  img_combination: (element, reader) =>
    list(element, 'img_list').flatMap((one) => pictureBlock(reader.picture(string(one, 'img_key')))),
  column_set: columnSet,
  collapsible_panel: panel,
  interactive_container: (element, reader) => blocksOf(list(element, 'elements'), reader),
  form: (element, reader) => blocksOf(list(element, 'elements'), reader),
  button: (element, reader) => [{ kind: 'buttons', items: [buttonLine(element, reader)] }],
  overflow: (element, reader) => [{ kind: 'buttons', items: [overflowLine(element, reader)] }],
  person: (element, reader) => textBlock(reader.name(string(element, 'user_id')) ?? '?'),
  person_list: (element, reader) =>
    textBlock(
      list(element, 'persons')
        .map((person) => reader.name(string(person, 'id')) ?? '?')
        .join(', '),
    ),
  chart: (element, reader) =>
    textBlock(`▤ ${string(at(at(element, 'chart_spec'), 'title'), 'text', phrase('chart', reader.locale))}`),
  table: (element, reader) => [tableBlock(element, reader)],
  input: fieldBlock,
  select_static: fieldBlock,
  multi_select_static: fieldBlock,
  select_person: fieldBlock,
  date_picker: fieldBlock,
};

function blockOf(element: unknown, reader: Reader): readonly Block[] {
  if (!isJson(element)) return [];
  const tag = string(element, 'tag', '?');
  const draw = Object.hasOwn(drawers, tag) ? drawers[tag] : undefined;
  return draw?.(element, reader) ?? textBlock(`‹${harmless(tag)}›`, ['dim']);
}

/** The lines of a text object or a markdown element. */
function textLines(element: unknown, reader: Reader): readonly Line[] {
  const content = words(element, reader.locale);
  if (string(element, 'tag') !== 'plain_text') return markdownLines(content, reader);
  return plainLines(content, [
    ...styleOf(string(element, 'text_color')),
    ...(string(element, 'text_size').startsWith('heading') ? (['bold'] as const) : []),
  ]);
}

// ---------------------------------------------------------------- containers

function columnSet(element: Json, reader: Reader): readonly Block[] {
  const columns = list(element, 'columns').map((column) => list(column, 'elements'));
  const grey = [element, ...list(element, 'columns')].some((one) => string(one, 'background_style') !== '');
  const facts = grey ? [undefined] : columns.map((elements) => factsOf(elements, reader));
  if (facts.every((column) => column !== undefined)) return [{ kind: 'facts', rows: transpose(facts) }];
  const blocks = columns.map((elements) => blocksOf(elements, reader));
  if (grey) return [{ kind: 'quote', blocks: blocks.flat() }];
  const last = blocks.at(-1)?.[0];
  const first = blocks.slice(0, -1).flat();
  if (last?.kind === 'buttons' && first.length > 0 && first.every((block) => block.kind !== 'buttons')) {
    return [{ kind: 'beside', blocks: first, end: joined(last.items) }];
  }
  return blocks.flat();
}

const joined = (items: readonly Line[]): Line =>
  items.flatMap((item, index) => (index === 0 ? item : [{ text: ' ' }, ...item]));

function transpose(columns: readonly (readonly Fact[])[]): readonly (readonly Fact[])[] {
  const height = Math.max(0, ...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, row) =>
    columns.flatMap((column) => (column[row] === undefined ? [] : [column[row]])),
  );
}

/**
 * The facts of a column, when it holds nothing else: a small grey label above its value, or both in one markdown with the
 * label in bold.
 */
function factsOf(elements: readonly unknown[], reader: Reader): readonly Fact[] | undefined {
  const facts: Fact[] = [];
  for (let index = 0; index < elements.length; index += 1) {
    const label = smallLabel(elements[index], reader);
    const value = label === undefined ? undefined : valueLines(elements[index + 1], reader);
    if (label !== undefined && value !== undefined) {
      facts.push({ label, value });
      index += 1;
      continue;
    }
    const fact = boldFact(elements[index], reader);
    if (fact === undefined) return undefined;
    facts.push(fact);
  }
  return facts.length === 0 ? undefined : facts;
}

function smallLabel(element: unknown, reader: Reader): string | undefined {
  const text = string(element, 'tag') === 'div' ? at(element, 'text') : undefined;
  return isSmall(text) ? harmless(words(text, reader.locale)) : undefined;
}

/** Small grey letters: a label or a remark. */
const isSmall = (text: unknown): boolean =>
  string(text, 'text_size') === 'notation' && string(text, 'text_color') === 'grey';

function valueLines(element: unknown, reader: Reader): readonly Line[] | undefined {
  const tag = string(element, 'tag');
  if (tag === 'markdown') return textLines(element, reader);
  if (tag === 'div') return textLines(at(element, 'text'), reader);
  const block = tag.startsWith('person') ? blockOf(element, reader)[0] : undefined;
  return block?.kind === 'text' ? block.lines : undefined;
}

function boldFact(element: unknown, reader: Reader): Fact | undefined {
  if (string(element, 'tag') !== 'markdown') return undefined;
  const parts = /^\*\*([^*\n]{1,60})\*\*\s*(?:<br\s*\/?>|[:：])?\s*(\S.*)$/s.exec(
    words(element, reader.locale),
  );
  if (parts === null) return undefined;
  const [, label = '', value = ''] = parts;
  return { label: harmless(label.replace(/[:：]$/, '')), value: markdownLines(value, reader) };
}

function panel(element: Json, reader: Reader): readonly Block[] {
  const title = textLines(at(at(element, 'header'), 'title'), reader);
  return [
    {
      kind: 'fold',
      title: title
        .flat()
        .map((span) => span.text)
        .join(' '),
      open: at(element, 'expanded') === true,
      blocks: blocksOf(list(element, 'elements'), reader),
    },
  ];
}

// ---------------------------------------------------------------- controls and tables

function buttonLine(element: Json, reader: Reader): Line {
  const label = harmless(words(at(element, 'text'), reader.locale));
  const opens = list(element, 'behaviors').some((one) => string(one, 'type') === 'open_url');
  const type = string(element, 'type');
  if (at(element, 'disabled') === true) return [{ text: `( ${label} )`, styles: ['dim'] }];
  const colour: readonly Style[] = type.startsWith('danger') ? ['red'] : [];
  return [
    {
      text: `[ ${label}${opens ? ' ↗' : ''} ]`,
      styles: type.startsWith('primary') ? ['blue', 'bold'] : colour,
    },
  ];
}

function overflowLine(element: Json, reader: Reader): Line {
  const options = list(element, 'options').map((one) => harmless(words(at(one, 'text'), reader.locale)));
  return [{ text: `[ … ${options.join(' | ')} ]` }];
}

function fieldBlock(element: Json, reader: Reader): readonly Block[] {
  const label = words(at(element, 'label'), reader.locale);
  const hint = words(at(element, 'placeholder'), reader.locale);
  return textBlock(`${label === '' ? '' : `${label}: `}[${hint === '' ? '________' : hint}]`);
}

function tableBlock(element: Json, reader: Reader): Block {
  const columns = list(element, 'columns').filter(isJson);
  return {
    kind: 'table',
    head: columns.map((column) => harmless(string(column, 'display_name'))),
    rows: list(element, 'rows').map((row) =>
      columns.map((column) => cell(at(row, string(column, 'name')), string(column, 'data_type'), reader)),
    ),
  };
}

function cell(value: unknown, type: string, reader: Reader): string {
  const values = Array.isArray(value) ? value : [value];
  return values
    .map((one) => {
      if (type === 'persons') return reader.name(String(one)) ?? '?';
      if (isJson(one)) return string(one, 'text', words(one, reader.locale));
      const text = typeof one === 'string' || typeof one === 'number' ? String(one) : '';
      if (!type.includes('m')) return harmless(text);
      return markdownLines(text, reader)
        .map((line) => line.map((span) => span.text).join(''))
        .join(' ');
    })
    .join(', ');
}
