/**
 * @typedef {Node | string | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | undefined | ((event: Event) => void)>} Attributes
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. Strings become text nodes, never markup: that is what keeps text of strangers harmless.
 * A function is an event listener; `true` is an empty attribute; `false` and `undefined` are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...present(children));
  return element;
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  return children.flatMap((child) =>
    child === null || child === undefined || child === false || child === '' ? [] : [child],
  );
}

/**
 * A line icon of 16 × 16, in the colour of the text around it.
 * @param {keyof typeof paths} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({
    viewBox: '0 0 16 16',
    width: '16',
    height: '16',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.4',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}

const paths = {
  back: 'M10 3 5 8l5 5',
  bot: 'M8 2v2M3.5 4.5h9a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 11V6a1.5 1.5 0 0 1 1.5-1.5ZM5.7 8v1M10.3 8v1',
  braces:
    'M6 2.5H5A1.5 1.5 0 0 0 3.5 4v2.5L2.5 8l1 1.5V12A1.5 1.5 0 0 0 5 13.5h1M10 2.5h1A1.5 1.5 0 0 1 12.5 4v2.5l1 1.5-1 1.5V12a1.5 1.5 0 0 1-1.5 1.5h-1',
  chart: 'M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6',
  check: 'm3 8.5 3.2 3L13 4.5',
  chevron: 'm6 3.5 4.5 4.5L6 12.5',
  close: 'm4 4 8 8M12 4l-8 8',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  error: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  group:
    'M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6ZM1.8 13c0-2.2 1.8-3.7 4.2-3.7s4.2 1.5 4.2 3.7M10.5 3.2a2.1 2.1 0 0 1 0 4M12 9.6c1.4.5 2.3 1.7 2.3 3.4',
  info: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 7.2v4M8 4.8v.2',
  link: 'M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9.5v3H3.5v-8h3',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z',
  more: 'M3.2 8h.1M8 8h.1M12.8 8h.1',
  panel: 'M2.5 3h11v10h-11zM10 3v10',
  person: 'M8 7.8a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM3 13.6c0-2.5 2.1-4.1 5-4.1s5 1.6 5 4.1',
  picture: 'M2.5 3h11v10h-11zM2.8 11.5 6 8l2.5 2.6L10.5 9l2.7 2.6M10.4 6h.1',
  refresh: 'M13 3v3.2H9.8M12.8 6A5.2 5.2 0 1 0 13.2 8.6',
  reply: 'M6.5 3.5 2.5 7.3l4 3.8V8.8c3.6 0 5.6 1 7 3.4-.3-3.8-2.3-6.2-7-6.5Z',
  send: 'M14 2 7.2 8.8M14 2 9.6 14l-2.4-5.2L2 6.4Z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  thread: 'M2.5 3h11v8H8l-3 2.5V11H2.5zM5.2 6h5.6M5.2 8.2h3.4',
  ticket: 'M2 4.5h12v2.2a1.4 1.4 0 0 0 0 2.6v2.2H2V9.3a1.4 1.4 0 0 0 0-2.6zM9.5 4.8v1M9.5 7.5v1M9.5 10.2v1',
  warning: 'M8 2.2 14.2 13H1.8ZM8 6.4v3.2M8 11.3v.2',
};
