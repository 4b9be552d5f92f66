import { h, icon } from './dom.js';
import { colorClass, larkMdView, localTime, markdownView, personView } from './markdownView.js';
import { at, isObject, list, number, object, string, words } from './read.js';

/**
 * The table component with its pages.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/table
 * @typedef {import('./card.js').CardContext} CardContext
 */

const ALIGN = new Set(['left', 'center', 'right']);

/**
 * @param {unknown} element
 * @param {CardContext} context
 * @returns {HTMLElement}
 */
export function drawTable(element, context) {
  const columns = list(element, 'columns').filter(isObject);
  const rows = list(element, 'rows');
  const size = Math.min(10, Math.max(1, number(element, 'page_size', 5)));
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const body = h('tbody');
  const place = h('span');
  let page = 0;
  const show = () => {
    const part = rows.slice(page * size, page * size + size);
    body.replaceChildren(
      ...part.map((row) => h('tr', {}, ...columns.map((column) => cell(row, column, context)))),
    );
    place.textContent = `${page + 1} / ${pages}`;
  };
  const turn = (/** @type {number} */ by) => () => {
    page = Math.min(pages - 1, Math.max(0, page + by));
    show();
  };
  show();
  const head = h(
    'tr',
    {},
    ...columns.map((column) => h('th', { class: alignOf(column) }, heading(column, context))),
  );
  const breadth = columns.length > 4 ? 'el-table many' : 'el-table';
  const table = h('div', { class: breadth }, h('table', {}, h('thead', {}, head), body));
  if (pages < 2) return table;
  const pager = h(
    'div',
    { class: 'pager' },
    h('button', { type: 'button', click: turn(-1), 'aria-label': '←', class: 'flip' }, icon('chevron')),
    place,
    h('button', { type: 'button', click: turn(1), 'aria-label': '→' }, icon('chevron')),
  );
  return h('div', {}, table, pager);
}

/** @type {(column: unknown, context: CardContext) => string} */
const heading = (column, context) =>
  string(object(column, 'i18n_display_name'), context.lang, string(column, 'display_name'));

/** @type {(column: unknown) => string} */
function alignOf(column) {
  const align = string(column, 'horizontal_align', 'left');
  return `align-${ALIGN.has(align) ? align : 'left'}`;
}

/** @type {(row: unknown, column: unknown, context: CardContext) => Node} */
function cell(row, column, context) {
  const box = h('td', { class: alignOf(column) });
  box.append(...content(at(row, string(column, 'name')), column, context));
  const width = string(column, 'width', 'auto');
  if (/^\d{1,3}(px|%)$/.test(width)) box.style.minWidth = width.endsWith('%') ? '' : width;
  return box;
}

/** @type {(value: unknown, column: unknown, context: CardContext) => (Node | string)[]} */
function content(value, column, context) {
  switch (string(column, 'data_type')) {
    case 'number':
      return [amount(value, object(column, 'format'))];
    case 'date': {
      const ms = Number(value);
      return [`${localTime(ms, 'date_num', context.lang)} ${localTime(ms, 'time', context.lang)}`];
    }
    case 'options':
      return options(value);
    case 'persons': {
      const ids = (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'string');
      return ids.map((id) => personView({ id, name: true, avatar: true, style: 'normal' }, context));
    }
    case 'markdown':
      return [markdownView(plain(value, context), context)];
    case 'lark_md':
      return [larkMdView(plain(value, context), context)];
    default:
      return [plain(value, context)];
  }
}

/** @type {(value: unknown, context: CardContext) => string} */
function plain(value, context) {
  if (isObject(value)) return words(value, context.lang);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** @type {(value: unknown, format: unknown) => string} */
function amount(value, format) {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '';
  const precision = at(format, 'precision');
  const digits = typeof precision === 'number' ? Math.min(10, Math.max(0, precision)) : undefined;
  const text = new Intl.NumberFormat('en-US', {
    useGrouping: at(format, 'separator') === true,
    ...(digits === undefined
      ? { maximumFractionDigits: 10 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }).format(value);
  return `${string(format, 'symbol')}${text}`;
}

/** @type {(value: unknown) => Node[]} */
function options(value) {
  return (Array.isArray(value) ? value : [value]).map((one) => {
    const text = isObject(one) ? string(one, 'text') : String(one ?? '');
    return h('span', { class: `tag ${colorClass(string(one, 'color'), 'neutral')}` }, text);
  });
}
