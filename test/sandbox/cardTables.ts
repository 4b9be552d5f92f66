import type { Check, Json, Walk } from './cardChecks.ts';
import {
  align,
  bool,
  codes,
  fail,
  filled,
  int,
  isObject,
  list,
  malformed,
  object,
  oneOf,
  shape,
  string,
  verticalAlign,
  wordOrPx,
} from './cardChecks.ts';
import { markdownText } from './cardText.ts';

/** Tables and charts: components with data of their own. */

const column = shape(
  {
    name: filled,
    display_name: string,
    data_type: oneOf('text', 'lark_md', 'options', 'number', 'persons', 'date', 'markdown'),
    width: columnWidth,
    horizontal_align: align,
    vertical_align: verticalAlign,
    format: shape({ precision: int(0, 10), symbol: string, separator: bool }),
    date_format: string,
  },
  'name',
  'data_type',
);

function columnWidth(value: unknown, path: string, walk: Walk): void {
  if (value === 'auto' || (typeof value === 'string' && /^(100|[1-9]?\d)%$/.test(value))) return;
  wordOrPx(['auto'], 80, 600)(value, path, walk);
}

/** The properties of `table`. https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/table */
export const tableProperties = {
  page_size: int(1, 10),
  row_height: wordOrPx(['low', 'middle', 'high', 'auto'], 32, 124),
  row_max_height: wordOrPx([], 32, 999),
  freeze_first_column: bool,
  header_style: shape({
    text_align: align,
    text_size: oneOf('normal', 'heading'),
    background_style: oneOf('grey', 'none'),
    text_color: oneOf('default', 'grey'),
    bold: bool,
    lines: int(1, 99),
  }),
  columns: list(column, 50),
  rows: list(object),
} as const satisfies Record<string, Check>;

/** Rows may hold declared columns only (200915), each of its type (200914). */
export function checkRows(table: Json, path: string, walk: Walk): void {
  const columns = Array.isArray(table['columns']) ? table['columns'] : [];
  const types = new Map(columns.filter(isObject).map((one) => [one['name'], one['data_type']]));
  const rows = Array.isArray(table['rows']) ? table['rows'] : [];
  for (const [index, row] of rows.entries()) {
    for (const [name, cell] of Object.entries(isObject(row) ? row : {})) {
      const where = `${path} -> rows -> [${index}] -> ${name}`;
      if (!types.has(name)) fail(walk, codes.unknownColumn, where, `column ${name} is not declared`);
      else checkCell(String(types.get(name)), cell, where, walk);
    }
  }
}

function checkCell(type: string, cell: unknown, path: string, walk: Walk): void {
  if (type === 'markdown' || type === 'lark_md') {
    markdownText(cell, path, walk);
    return;
  }
  const fits: Record<string, (value: unknown) => boolean> = {
    text: (value) => typeof value === 'string',
    number: (value) => typeof value === 'number' && Number.isFinite(value),
    date: (value) => typeof value === 'number' && Number.isInteger(value),
    persons: (value) => typeof value === 'string' || isListOf(value, (one) => typeof one === 'string'),
    options: (value) => typeof value === 'string' || isListOf(value, isOption),
  };
  if (fits[type]?.(cell) !== true) fail(walk, codes.badCell, path, `the cell does not fit the type ${type}`);
}

const isListOf = (value: unknown, test: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(test);
const isOption = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['text'] === 'string' &&
  Object.keys(value).every((key) => key === 'text' || key === 'color');

const chartTypes =
  'line area bar pie common funnel scatter radar linearProgress circularProgress wordCloud'.split(' ');

/** A VChart specification of a type that the page shows, with data. https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/chart */
const chartSpec: Check = (value, path, walk) => {
  if (!isObject(value)) return fail(walk, codes.badChart, path, 'chart spec is invalid');
  if (typeof value['type'] !== 'string' || !chartTypes.includes(value['type'])) {
    fail(walk, codes.badChart, path, `chart spec is invalid; ErrorValue: type ${String(value['type'])}`);
  }
  const data = Array.isArray(value['data']) ? value['data'] : [value['data']];
  if (data.length === 0 || !data.every((one) => isObject(one) && Array.isArray(one['values']))) {
    fail(walk, codes.badChart, path, 'chart spec is invalid; ErrorValue: data has no values');
  }
  if ('axes' in value && !Array.isArray(value['axes'])) {
    fail(
      walk,
      codes.badChart,
      path,
      'chart spec is invalid; ErrorValue: axes: Invalid type. Expected: array',
    );
  }
};

export const chartProperties = {
  aspect_ratio: oneOf('1:1', '2:1', '4:3', '16:9'),
  color_theme: oneOf('brand', 'rainbow', 'complementary', 'converse', 'primary'),
  chart_spec: chartSpec,
  preview: bool,
  height: wordOrPx(['auto'], 1, 999),
} as const satisfies Record<string, Check>;

/** Where tables and charts may stand, and how many. */
export function checkPlace(tag: string, path: string, walk: Walk): void {
  if (tag === 'table' && walk.inside.length > 0)
    malformed(walk, path, 'table is not supported inside a container');
  if (tag === 'chart' && walk.inside.some((outer) => outer === 'form' || outer === 'interactive_container')) {
    malformed(walk, path, 'chart is not supported inside this container');
  }
  if (tag !== 'table' && tag !== 'chart') return;
  const count = (walk.counts.get(tag) ?? 0) + 1;
  walk.counts.set(tag, count);
  if (count === 6) fail(walk, codes.overLimit, path, `card ${tag} number over limit`);
}
