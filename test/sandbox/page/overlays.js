import { h, icon } from './dom.js';

/** What lies over the page: toasts, menus, questions, pictures in full size. */

const TOAST_SHOWN_MS = 3600;
/** @type {Record<string, Parameters<typeof icon>[0]>} */
const TOAST_ICONS = { success: 'check', error: 'error', warning: 'warning', info: 'info' };

/** @returns {HTMLElement} */
function toastBox() {
  const box = document.querySelector('.toasts');
  if (box instanceof HTMLElement) return box;
  const made = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  document.body.append(made);
  return made;
}

/**
 * @param {string} type info, success, warning or error
 * @param {string} content
 */
export function showToast(type, content) {
  const kind = Object.hasOwn(TOAST_ICONS, type) ? type : 'info';
  const toast = h(
    'div',
    { class: `toast ${kind}` },
    icon(TOAST_ICONS[kind] ?? 'info'),
    h('span', {}, content),
  );
  toastBox().append(toast);
  setTimeout(() => toast.remove(), TOAST_SHOWN_MS);
}

/**
 * A menu under (or over) an element; closes on a choice, a click elsewhere or Escape.
 * @param {HTMLElement} anchor
 * @param {{ label: string, detail?: string, lead?: Node, current?: boolean, run: () => void }[]} items
 */
export function openMenu(anchor, items) {
  document.querySelector('.menu')?.remove();
  const menu = h(
    'div',
    { class: 'menu', role: 'menu' },
    ...items.map(({ label, detail, lead, current, run }) =>
      h(
        'button',
        {
          type: 'button',
          role: 'menuitem',
          class: current === true ? 'current' : '',
          click: () => {
            close();
            run();
          },
        },
        lead,
        h('span', { class: 'menu-label' }, label),
        detail !== undefined && h('span', { class: 'menu-detail' }, detail),
      ),
    ),
  );
  const away = (/** @type {Event} */ event) => {
    if (
      event instanceof KeyboardEvent
        ? event.key === 'Escape'
        : !menu.contains(/** @type {Node} */ (event.target))
    )
      close();
  };
  const close = () => {
    menu.remove();
    document.removeEventListener('pointerdown', away);
    document.removeEventListener('keydown', away);
  };
  document.body.append(menu);
  place(menu, anchor);
  menu.querySelector('button')?.focus({ preventScroll: true });
  document.addEventListener('pointerdown', away);
  document.addEventListener('keydown', away);
}

/** @type {(menu: HTMLElement, anchor: HTMLElement) => void} */
function place(menu, anchor) {
  const from = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left, window.innerWidth - size.width - 8));
  const below = from.bottom + 4;
  const top = below + size.height > window.innerHeight - 8 ? Math.max(8, from.top - size.height - 4) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

/**
 * Opens a modal dialog and resolves with the value it was closed with.
 * @param {string} className
 * @param {(close: (value: string) => void) => Node[]} content
 * @returns {Promise<string>}
 */
function modal(className, content) {
  const dialog = h('dialog', { class: className });
  dialog.append(...content((value) => dialog.close(value)));
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close('');
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

/**
 * @param {{ title: string, text: string, ok: string, cancel: string }} words
 * @returns {Promise<boolean>}
 */
export async function ask({ title, text, ok, cancel }) {
  const answer = await modal('ask', (close) => [
    h('h2', {}, title),
    ...(text === '' ? [] : [h('p', {}, text)]),
    h(
      'div',
      { class: 'ask-buttons' },
      h('button', { type: 'button', class: 'btn type-default size-medium', click: () => close('') }, cancel),
      h(
        'button',
        {
          type: 'button',
          class: 'btn type-primary_filled size-medium',
          autofocus: true,
          click: () => close('ok'),
        },
        ok,
      ),
    ),
  ]);
  return answer === 'ok';
}

/**
 * Pictures in full size; arrow keys and buttons turn over.
 * @param {string[]} urls
 * @param {number} start
 * @param {string} closeLabel
 */
export async function showPictures(urls, start, closeLabel) {
  let index = start;
  const image = h('img', { alt: '' });
  const place = h('span', { class: 'preview-place' });
  const show = (/** @type {number} */ by) => {
    index = (index + by + urls.length) % urls.length;
    image.src = urls[index] ?? '';
    place.textContent = urls.length > 1 ? `${index + 1} / ${urls.length}` : '';
  };
  show(0);
  await modal('preview', (close) => {
    image.addEventListener('click', () => close(''));
    const turn = (/** @type {number} */ by, /** @type {string} */ name) =>
      h(
        'button',
        { type: 'button', class: `preview-turn ${name}`, 'aria-label': name, click: () => show(by) },
        icon('chevron'),
      );
    const frame = h('div', { class: 'preview-frame' }, image, place);
    frame.append(
      h(
        'button',
        { type: 'button', class: 'preview-close', 'aria-label': closeLabel, click: () => close('') },
        icon('close'),
      ),
    );
    if (urls.length > 1) frame.append(turn(-1, 'previous'), turn(1, 'next'));
    frame.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowLeft') show(-1);
      if (event.key === 'ArrowRight') show(1);
    });
    return [frame];
  });
}

/**
 * @param {string} title
 * @param {unknown} value
 * @param {string} closeLabel
 */
export async function showJson(title, value, closeLabel) {
  await modal('json', (close) => [
    h(
      'header',
      {},
      h('h2', {}, title),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': closeLabel, click: () => close('') },
        icon('close'),
      ),
    ),
    jsonView(value),
  ]);
}

/**
 * @param {unknown} value
 * @returns {HTMLElement}
 */
export function jsonView(value) {
  const text = JSON.stringify(value, null, 2) ?? String(value);
  const view = h('pre', { class: 'json-view' });
  let last = 0;
  for (const match of text.matchAll(
    /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi,
  )) {
    const kind = match[2] === undefined ? valueKind(match[1]) : 'key';
    view.append(text.slice(last, match.index), h('span', { class: `json-${kind}` }, match[1] ?? match[0]));
    last = match.index + (match[1] ?? match[0]).length;
  }
  view.append(text.slice(last));
  return view;
}

/** @type {(quoted: string | undefined) => string} */
const valueKind = (quoted) => (quoted === undefined ? 'literal' : 'text');
