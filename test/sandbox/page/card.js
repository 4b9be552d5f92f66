import { drawControl } from './cardControls.js';
import { drawForm } from './cardForm.js';
import { drawMedia } from './cardMedia.js';
import { flow, JUSTIFY, px, shade, text, typeset, unsupported, withIcon } from './cardParts.js';
import { drawTable } from './cardTable.js';
import { h, icon } from './dom.js';
import { colorClass, markdownView } from './markdownView.js';
import { flag, list, number, object, string, words } from './read.js';

/**
 * Draws a card from the JSON that the bot sent.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
 *
 * @typedef {import('./read.js').Json} Json
 * @typedef {{ value: unknown, tag: string, name?: string, formValue?: Record<string, unknown>, inputValue?: string,
 *   option?: string, options?: string[] }} CardAction
 *
 * @typedef {object} CardContext
 * @property {import('./words.js').Lang} lang
 * @property {(word: import('./words.js').Word) => string} t
 * @property {(openId: string) => string | undefined} name
 * @property {{ openId: string, name: string }[]} people
 * @property {(imageKey: string) => string} imageUrl
 * @property {(imageKeys: string[], index: number) => void} preview
 * @property {(confirm: Json) => Promise<boolean>} confirm asks before an action that has a `confirm`
 * @property {(action: CardAction) => Promise<void>} act sends a callback; settles when it was answered
 * @property {Map<string, boolean>} folds which panels the reader opened or closed, kept over redraws
 * @property {import('./cardForm.js').FormScope} [form] set inside a form
 *
 * @typedef {(element: unknown, context: CardContext, path: string) => Node} Draw
 */

const WIDTHS = new Set(['default', 'compact', 'fill']);

/**
 * @param {unknown} card card JSON 2.0
 * @param {CardContext} context
 * @returns {HTMLElement}
 */
export function renderCard(card, context) {
  const width = string(object(card, 'config'), 'width_mode', 'default');
  const element = h('article', { class: `card width-${WIDTHS.has(width) ? width : 'default'}` });
  if (string(card, 'schema') !== '2.0') {
    element.append(
      h('div', { class: 'card-body' }, unsupported(`schema ${string(card, 'schema', '1.0')}`, context)),
    );
    return element;
  }
  const header = object(card, 'header');
  const body = object(card, 'body');
  if (header !== undefined) element.append(drawHeader(header, context));
  const box = h('div', { class: 'card-body' }, ...drawAll(list(body, 'elements'), context, 'e'));
  box.style.padding = px(string(body, 'padding'), '12px');
  flow(box, body, '8px');
  if (box.childElementCount > 0) element.append(box);
  return element;
}

/** @type {(header: Json, context: CardContext) => HTMLElement} */
function drawHeader(header, context) {
  const template = string(header, 'template', 'default');
  const i18nTags = list(object(header, 'i18n_text_tag_list'), context.lang);
  const tags = (i18nTags.length > 0 ? i18nTags : list(header, 'text_tag_list')).slice(0, 3);
  const title = object(header, 'title');
  const subtitle = words(object(header, 'subtitle'), context.lang);
  return h(
    'header',
    { class: `card-header ${colorClass(template, 'none')}` },
    h(
      'div',
      { class: 'card-title-line' },
      h('div', { class: 'card-title' }, text(title, context)),
      ...tags.map((tag) =>
        h(
          'span',
          { class: `tag ${colorClass(string(tag, 'color'), 'blue')}` },
          words(object(tag, 'text'), context.lang),
        ),
      ),
    ),
    subtitle !== '' && h('div', { class: 'card-subtitle' }, subtitle),
  );
}

/** @type {(elements: unknown[], context: CardContext, path: string) => Node[]} */
function drawAll(elements, context, path) {
  return elements.map((element, index) => draw(element, context, `${path}.${index}`));
}

/** @type {Draw} */
function draw(element, context, path) {
  const tag = string(element, 'tag');
  const node = drawers[tag]?.(element, context, path) ?? unsupported(tag === '' ? '?' : tag, context);
  if (node instanceof HTMLElement) {
    node.dataset.tag = tag;
    const margin = px(string(element, 'margin'), '');
    if (margin !== '') node.style.margin = margin;
  }
  return node;
}

/** @type {Record<string, Draw>} */
const drawers = {
  markdown: drawMarkdown,
  div: drawDiv,
  plain_text: (element, context) => text(element, context),
  lark_md: (element, context) => text(element, context),
  hr: () => h('hr', { class: 'card-hr' }),
  column_set: drawColumns,
  collapsible_panel: drawPanel,
  interactive_container: (element, context, path) =>
    h('div', { class: 'el-container' }, ...drawAll(list(element, 'elements'), context, path)),
  form: (element, context, path) =>
    drawForm(element, context, (inner) => drawAll(list(element, 'elements'), inner, path)),
  table: (element, context) => drawTable(element, context),
  img: drawMedia,
  img_combination: drawMedia,
  person: drawMedia,
  person_list: drawMedia,
  chart: drawMedia,
  button: drawControl,
  overflow: drawControl,
  select_static: drawControl,
  multi_select_static: drawControl,
  select_person: drawControl,
  multi_select_person: drawControl,
  date_picker: drawControl,
  picker_time: drawControl,
  picker_datetime: drawControl,
  input: drawControl,
  checker: drawControl,
};

/** @type {Draw} */
function drawMarkdown(element, context) {
  const view = markdownView(words(element, context.lang), context);
  typeset(view, element);
  return withIcon(view, object(element, 'icon'));
}

/** @type {Draw} */
function drawDiv(element, context) {
  const content = object(element, 'text');
  const fields = list(element, 'fields').map((field) =>
    h(
      'div',
      { class: flag(field, 'is_short') ? 'field short' : 'field' },
      text(object(field, 'text'), context),
    ),
  );
  const box = h('div', { class: 'el-div' }, content !== undefined && text(content, context));
  if (fields.length > 0) box.append(h('div', { class: 'fields' }, ...fields));
  return withIcon(box, object(element, 'icon'));
}

const FLEX = new Set(['none', 'stretch', 'flow', 'bisect', 'trisect']);

/** @type {Draw} */
function drawColumns(element, context, path) {
  const mode = string(element, 'flex_mode', 'none');
  const set = h('div', { class: `el-columns flex-${FLEX.has(mode) ? mode : 'none'}` });
  set.style.gap = px(string(element, 'horizontal_spacing'), '8px');
  shade(set, string(element, 'background_style'));
  set.style.justifyContent = JUSTIFY[string(element, 'horizontal_align')] ?? 'flex-start';
  for (const [index, column] of list(element, 'columns').entries()) {
    set.append(drawColumn(column, context, `${path}.c${index}`));
  }
  return set;
}

/** @type {Record<string, string>} */
const ALIGN = { top: 'flex-start', center: 'center', bottom: 'flex-end' };

/** @type {Draw} */
function drawColumn(column, context, path) {
  const box = h('div', { class: 'el-column' }, ...drawAll(list(column, 'elements'), context, path));
  const width = string(column, 'width', 'auto');
  const flex = (/** @type {string} */ value) => box.style.setProperty('--flex', value);
  if (width === 'weighted') flex(`${Math.min(5, Math.max(1, number(column, 'weight', 1)))} 1 0`);
  else if (width.endsWith('px')) flex(`0 0 ${px(width, 'auto')}`);
  box.style.padding = px(string(column, 'padding'), '');
  box.style.setProperty('--align', ALIGN[string(column, 'vertical_align')] ?? 'flex-start');
  shade(box, string(column, 'background_style'));
  flow(box, column, '8px');
  return box;
}

/** @type {Draw} */
function drawPanel(element, context, path) {
  const key = string(element, 'element_id', path);
  const header = object(element, 'header');
  const title = object(header, 'title');
  const open = context.folds.get(key) ?? flag(element, 'expanded');
  const isMarkdown = string(title, 'tag') === 'markdown';
  const label = isMarkdown ? markdownView(words(title, context.lang), context) : text(title, context);
  const body = h('div', { class: 'panel-body' }, ...drawAll(list(element, 'elements'), context, path));
  body.style.padding = px(string(element, 'padding'), '8px');
  flow(body, element, '8px');
  const summary = h('summary', {}, label, h('span', { class: 'panel-arrow' }, icon('down')));
  shade(summary, string(header, 'background_color'));
  const panel = h('details', { class: 'el-panel', open }, summary, body);
  const border = object(element, 'border');
  if (border !== undefined) panel.classList.add('bordered', colorClass(string(border, 'color'), 'none'));
  panel.style.borderRadius = px(string(border, 'corner_radius'), '');
  shade(panel, string(element, 'background_color'));
  panel.addEventListener('toggle', () => context.folds.set(key, panel.open));
  return panel;
}
