import { h } from './dom.js';
import { parseLarkMd, parseMarkdown } from './markdown.js';
import { avatar } from './people.js';
import { BCP47 } from './words.js';

/**
 * Draws parsed markdown. Text only ever becomes text nodes; colours and targets come from closed lists.
 * @typedef {import('./markdownInline.js').Inline} Inline
 * @typedef {import('./markdown.js').Block} Block
 * @typedef {import('./card.js').CardContext} CardContext
 */

/** The colour names that Feishu gives to text, tags and headers. */
const COLORS = new Set([
  'blue',
  'wathet',
  'turquoise',
  'green',
  'lime',
  'yellow',
  'orange',
  'red',
  'carmine',
  'violet',
  'purple',
  'indigo',
  'grey',
  'neutral',
]);

/**
 * The class that brings the variables of a named colour; anything unknown is `fallback`.
 * @param {string} name
 * @param {string} fallback
 */
export const colorClass = (name, fallback) => `c-${COLORS.has(name) ? name : fallback}`;

/**
 * @param {string} source
 * @param {CardContext} context
 * @returns {HTMLDivElement}
 */
export function markdownView(source, context) {
  return h('div', { class: 'md' }, ...parseMarkdown(source).map((block) => drawBlock(block, context)));
}

/**
 * @param {string} source
 * @param {CardContext} context
 * @returns {HTMLDivElement}
 */
export function larkMdView(source, context) {
  return h('div', { class: 'md' }, h('p', {}, ...drawInlines(parseLarkMd(source), context)));
}

/** @type {(block: Block, context: CardContext) => Node} */
function drawBlock(block, context) {
  switch (block.kind) {
    case 'paragraph':
      return h('p', {}, ...drawInlines(block.children, context));
    case 'heading':
      return h('div', { class: `md-h md-h${block.level}` }, ...drawInlines(block.children, context));
    case 'fence':
      return h('pre', {}, h('code', {}, block.text));
    case 'rule':
      return h('hr');
    case 'quote':
      return h('blockquote', {}, ...block.blocks.map((inner) => drawBlock(inner, context)));
    case 'list':
      return drawList(block, context);
    case 'table':
      return drawTable(block, context);
  }
}

/** @type {(block: Extract<Block, { kind: 'list' }>, context: CardContext) => Node} */
function drawList(block, context) {
  const items = block.items.map((item) => h('li', {}, ...item.map((inner) => drawBlock(inner, context))));
  return block.ordered ? h('ol', { start: block.start }, ...items) : h('ul', {}, ...items);
}

/** @type {(block: Extract<Block, { kind: 'table' }>, context: CardContext) => Node} */
function drawTable(block, context) {
  const cell = (
    /** @type {'th' | 'td'} */ tag,
    /** @type {Inline[]} */ children,
    /** @type {number} */ column,
  ) => h(tag, { class: `align-${block.align[column] ?? 'left'}` }, ...drawInlines(children, context));
  const row = (/** @type {'th' | 'td'} */ tag, /** @type {Inline[][]} */ cells) =>
    h('tr', {}, ...block.align.map((_, column) => cell(tag, cells[column] ?? [], column)));
  return h(
    'div',
    { class: 'md-table' },
    h(
      'table',
      {},
      h('thead', {}, row('th', block.head)),
      h('tbody', {}, ...block.rows.map((cells) => row('td', cells))),
    ),
  );
}

/** @type {(nodes: Inline[], context: CardContext) => Node[]} */
function drawInlines(nodes, context) {
  return nodes.map((node) => drawInline(node, context));
}

/** @type {(node: Inline, context: CardContext) => Node} */
function drawInline(node, context) {
  switch (node.kind) {
    case 'text':
      return document.createTextNode(node.text);
    case 'code':
      return h('code', {}, node.text);
    case 'break':
      return h('br');
    case 'rule':
      return h('span', { class: 'md-rule' });
    case 'bold':
      return h('strong', {}, ...drawInlines(node.children, context));
    case 'italic':
      return h('em', {}, ...drawInlines(node.children, context));
    case 'strike':
      return h('s', {}, ...drawInlines(node.children, context));
    case 'link':
      return h('a', outside(node.url), ...drawInlines(node.children, context));
    case 'font':
      return h(
        'span',
        { class: `font ${colorClass(node.color, 'plain')}` },
        ...drawInlines(node.children, context),
      );
    case 'tag':
      return h(
        'span',
        { class: `tag ${colorClass(node.color, 'neutral')}` },
        ...drawInlines(node.children, context),
      );
    case 'image':
      return inlineImage(node.key, node.alt, context);
    case 'at':
      return mention(node.id, context);
    case 'person':
      return personView(node, context);
    case 'time':
      return document.createTextNode(localTime(node.ms, node.format, context.lang));
  }
}

/**
 * The attributes of a link that leaves the page.
 * @param {string} url
 */
export const outside = (url) => ({ href: url, target: '_blank', rel: 'noopener noreferrer nofollow' });

/** @type {(key: string, alt: string, context: CardContext) => Node} */
function inlineImage(key, alt, context) {
  return h('img', { class: 'md-image', src: context.imageUrl(key), alt, loading: 'lazy' });
}

/** @type {(id: string, context: CardContext) => Node} */
function mention(id, context) {
  if (id === 'all') return h('span', { class: 'mention' }, `@${context.t('everyone')}`);
  const ids = id.split(',').filter((part) => part !== '');
  const names = ids.map((part) => `@${context.name(part) ?? context.t('unknownPerson')}`);
  return h('span', { class: 'mention' }, names.join(' '));
}

/**
 * A person's avatar and name, as `<person>` and the `person` component show them.
 * @param {{ id: string, name: boolean, avatar: boolean, style: string }} person
 * @param {CardContext} context
 */
export function personView(person, context) {
  const name = context.name(person.id);
  return h(
    'span',
    { class: `person${person.style === 'capsule' ? ' capsule' : ''}${name === undefined ? ' unknown' : ''}` },
    person.avatar && avatar(person.id, name ?? '?', 'tiny'),
    person.name && h('span', {}, name ?? context.t('unknownPerson')),
  );
}

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  date_short: { month: 'short', day: 'numeric' },
  date: { year: 'numeric', month: 'short', day: 'numeric' },
  week: { weekday: 'long' },
  week_short: { weekday: 'short' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  time_sec: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};

/**
 * `<local_datetime>` in the reader's own zone.
 * @param {number} ms
 * @param {string} format
 * @param {string} lang
 * @returns {string}
 */
export function localTime(ms, format, lang) {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '–';
  if (format === 'date_num') return new Intl.DateTimeFormat('sv-SE').format(date);
  if (format === 'timezone') {
    const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts(date);
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  }
  return new Intl.DateTimeFormat(BCP47[lang] ?? 'en', FORMATS[format] ?? FORMATS.date).format(date);
}
