/**
 * Tables and charts: elements of card JSON 2.0 that hold data. Their texts cannot follow the reader's language, so they come as plain
 * strings. Both stand at the root of a card only.
 */

import type { JsonObject } from '../domain.ts';

export interface TableColumn {
  readonly name: string;
  readonly title: string;
  /** `options` shows a word in colour; `markdown` is for what was escaped for it. */
  readonly type: 'text' | 'options' | 'markdown';
  readonly width?: 'auto' | `${number}px` | `${number}%`;
  readonly align?: 'left' | 'right';
}

export type OptionColor = 'neutral' | 'blue' | 'wathet' | 'green' | 'yellow' | 'orange' | 'red';

/** A cell: text, or one word in colour. */
export type TableCell = string | { readonly text: string; readonly color: OptionColor };

export type Table = {
  readonly tag: 'table';
  readonly page_size: number;
  readonly row_height: 'auto';
  readonly header_style: JsonObject;
  readonly columns: readonly JsonObject[];
  readonly rows: readonly JsonObject[];
};

/** Feishu shows no more on one of a table's own pages. */
export const tablePageMaxCount = 10;

/**
 * A table. Rows beyond the first ten are turned to in the table itself, without asking the bot.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/table
 */
export function table(
  columns: readonly TableColumn[],
  rows: readonly Readonly<Record<string, TableCell>>[],
): Table {
  return {
    tag: 'table',
    page_size: Math.min(tablePageMaxCount, Math.max(1, rows.length)),
    row_height: 'auto',
    header_style: { background_style: 'grey', bold: true, text_align: 'left' },
    columns: columns.map(({ name, title, type, width = 'auto', align = 'left' }) => ({
      name,
      display_name: title,
      data_type: type,
      width,
      horizontal_align: align,
    })),
    rows: rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, cell]) => [name, typeof cell === 'string' ? cell : [{ ...cell }]]),
      ),
    ),
  };
}

export type Chart = {
  readonly tag: 'chart';
  readonly aspect_ratio: '2:1';
  readonly height: `${number}px`;
  readonly color_theme: 'brand';
  readonly chart_spec: JsonObject;
};

/** One value of a chart: where it stands, how much it is, and which series it belongs to. */
export interface Point {
  readonly x: string;
  readonly y: number;
  readonly s: string;
}

/** What every chart says: no animation, and a legend where there is more than one thing to tell apart. */
const base = (title: string, values: readonly Point[], hasLegend: boolean): JsonObject => ({
  title: { visible: true, text: title },
  data: { values: values.map((point) => ({ ...point })) },
  legends: { visible: hasLegend, orient: 'bottom' },
  animation: false,
});

/** Four or five round, whole numbers upwards, and labels below that leave each other room. */
function axes(values: readonly Point[]): readonly JsonObject[] {
  const most = Math.max(4, ...values.map(({ y }) => y));
  const decade = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].map((one) => one * decade).find((one) => most / one <= 5) ?? decade;
  const tickStep = Math.max(1, Math.round(step));
  return [
    {
      orient: 'left',
      min: 0,
      max: Math.ceil(most / tickStep) * tickStep,
      label: { visible: true },
      tick: { tickStep },
    },
    { orient: 'bottom', label: { visible: true, autoHide: true } },
  ];
}

/** As high on a phone as on a wide screen: by its shape alone it would be a strip there, or a tower here. */
const usualHeightPx = 220;
const lowHeightPx = 180;

/** The same chart for half the width of a card. */
export function lowChart(chart: Chart): Chart {
  return { ...chart, height: `${lowHeightPx}px` };
}

const chart = (spec: JsonObject): Chart => ({
  tag: 'chart',
  aspect_ratio: '2:1',
  height: `${usualHeightPx}px`,
  color_theme: 'brand',
  chart_spec: spec,
});

/**
 * Columns side by side, one for each series. VChart 1.12, as JSON alone; nothing in it that clients on phones lack.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/chart
 */
export function barChart(title: string, values: readonly Point[]): Chart {
  return chart({
    type: 'bar',
    ...base(title, values, true),
    xField: ['x', 's'],
    yField: 'y',
    seriesField: 's',
    axes: axes(values),
  });
}

/** One line for each series. */
export function lineChart(title: string, values: readonly Point[]): Chart {
  const hasLegend = new Set(values.map(({ s }) => s)).size > 1;
  return chart({
    type: 'line',
    ...base(title, values, hasLegend),
    xField: 'x',
    yField: 'y',
    seriesField: 's',
    point: { visible: values.length <= 62 },
    axes: axes(values),
  });
}

/** Shares of a whole, as a ring with its names beside it, where there is room for all of them; `x` is not looked at. */
export function ringChart(title: string, values: readonly Point[]): Chart {
  return chart({
    type: 'pie',
    ...base(title, values, true),
    legends: { visible: true, orient: 'right' },
    valueField: 'y',
    categoryField: 's',
    outerRadius: 0.9,
    innerRadius: 0.6,
    label: { visible: false },
  });
}
