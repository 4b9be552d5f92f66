import { h, icon } from './dom.js';
import { colorClass, larkMdView } from './markdownView.js';
import { at, isObject, list, number, string, webAddress, words } from './read.js';

/**
 * What the components of a card share: text objects, icons, spaces, shades and behaviours.
 * @typedef {import('./read.js').Json} Json
 * @typedef {import('./card.js').CardContext} CardContext
 */

/** @type {(tag: string, context: CardContext) => HTMLElement} */
export function unsupported(tag, context) {
  return h('div', { class: 'el-unsupported' }, icon('warning'), `${context.t('cardUnsupported')}: ${tag}`);
}

/**
 * A text object: plain words, or inline markup when it says so.
 * @param {unknown} source
 * @param {CardContext} context
 * @returns {HTMLElement}
 */
export function text(source, context) {
  const content = words(source, context.lang);
  const element =
    string(source, 'tag') === 'lark_md'
      ? larkMdView(content, context)
      : h('div', { class: 'plain' }, content);
  const color = string(source, 'text_color');
  if (color !== '' && color !== 'default') element.classList.add('font', colorClass(color, 'plain'));
  const lines = number(source, 'lines');
  if (lines > 0) {
    element.classList.add('clamped');
    element.style.setProperty('-webkit-line-clamp', String(lines));
  }
  typeset(element, source);
  return element;
}

/** @type {(view: HTMLElement, given: Json | undefined) => HTMLElement} */
export function withIcon(view, given) {
  if (given === undefined) return view;
  const mark = h(
    'span',
    { class: `el-icon font ${colorClass(string(given, 'color'), 'plain')}` },
    tokenIcon(string(given, 'token')),
  );
  return h('div', { class: 'el-with-icon' }, mark, view);
}

/**
 * Feishu's icon library is not ours to ship: the nearest of our own icons by the words in the token.
 * https://open.feishu.cn/document/feishu-cards/enumerations-for-icons
 * @param {string} token
 */
export function tokenIcon(token) {
  const name = token.replace(/_(outlined|filled|colorful).*$/, '');
  /** @type {[RegExp, Parameters<typeof icon>[0]][]} */
  const near = [
    [/refresh|reload|sync/, 'refresh'],
    [/link|share|external|jump|window/, 'link'],
    [/image|picture|album|photo/, 'picture'],
    [/chat|message|comment|conversation|thread/, 'thread'],
    [/group|members|team/, 'group'],
    [/person|member|user|contact/, 'person'],
    [/robot|bot/, 'bot'],
    [/chart|data|sheet/, 'chart'],
    [/down/, 'down'],
    [/right/, 'chevron'],
    [/close|delete|cancel/, 'close'],
    [/error|fail/, 'error'],
    [/warn|alert|urgent/, 'warning'],
    [/yes|done|check|succeed/, 'check'],
    [/more/, 'more'],
    [/ticket|helpdesk|service/, 'ticket'],
  ];
  return icon(near.find(([pattern]) => pattern.test(name))?.[1] ?? 'info');
}

/** @type {Record<string, string>} */
export const JUSTIFY = { left: 'flex-start', center: 'center', right: 'flex-end' };
/** @type {(box: HTMLElement, name: string) => void} */
export function shade(box, name) {
  if (name !== '' && name !== 'default')
    box.classList.add('shaded', colorClass(name.replace(/-\d+$/, ''), 'none'));
}

/** @type {Record<string, string>} */
const SPACES = { small: '4px', medium: '8px', large: '12px', extra_large: '16px' };

/**
 * A length of the card language as CSS, or `fallback` when it is none. Only names and pixels come through.
 * @type {(value: string, fallback: string) => string}
 */
export function px(value, fallback) {
  const named = SPACES[value];
  if (named !== undefined) return named;
  return /^-?\d{1,3}px( -?\d{1,3}px){0,3}$/.test(value) ? value : fallback;
}

/** @type {(box: HTMLElement, from: unknown, gap: string) => void} */
export function flow(box, from, gap) {
  const horizontal = string(from, 'direction') === 'horizontal';
  box.style.display = 'flex';
  box.style.flexDirection = horizontal ? 'row' : 'column';
  box.style.flexWrap = horizontal ? 'wrap' : 'nowrap';
  box.style.gap = px(string(from, horizontal ? 'horizontal_spacing' : 'vertical_spacing'), gap);
  const across = string(from, 'horizontal_align');
  if (!horizontal && JUSTIFY[across] !== undefined && across !== 'left')
    box.style.alignItems = JUSTIFY[across];
  if (horizontal && JUSTIFY[across] !== undefined) box.style.justifyContent = JUSTIFY[across];
}

/** @type {Record<string, string>} */
const SIZES = {
  'heading-0': '30px',
  'heading-1': '24px',
  'heading-2': '20px',
  'heading-3': '18px',
  'heading-4': '16px',
  heading: '16px',
  notation: '12px',
  'xxxx-large': '30px',
  'xxx-large': '24px',
  'xx-large': '20px',
  'x-large': '18px',
  large: '16px',
  small: '12px',
  'x-small': '10px',
};

/** @type {(element: HTMLElement, from: unknown) => void} */
export function typeset(element, from) {
  const size = SIZES[string(from, 'text_size')];
  if (size !== undefined) {
    element.style.fontSize = size;
    element.classList.add('sized');
  }
  const align = string(from, 'text_align');
  if (align === 'center' || align === 'right') element.style.textAlign = align;
}

/**
 * Where a card's behaviours lead: a callback value and an address to open.
 * @param {unknown} element
 * @returns {{ callback: unknown, url: string | undefined }}
 */
export function behaviours(element) {
  const all = list(element, 'behaviors').filter(isObject);
  const callback = all.find((one) => string(one, 'type') === 'callback');
  const open = all.find((one) => string(one, 'type') === 'open_url');
  const url = open === undefined ? undefined : string(open, 'pc_url') || string(open, 'default_url');
  return { callback: at(callback, 'value'), url: url === undefined ? undefined : webAddress(url) };
}
