import { h, icon } from './dom.js';
import { avatar } from './people.js';
import { chatTitle, kindWord } from './rail.js';
import { LANGUAGES } from './words.js';

/**
 * The line above the conversation: where I am, and how the page looks.
 * @typedef {import('./app.js').App} App
 * @typedef {object} Look
 * @property {boolean} dark
 * @property {boolean} panelOpen
 * @property {(theme: string) => void} setTheme
 * @property {(open: boolean) => void} setPanel
 * @property {(lang: import('./words.js').Lang) => void} setLang
 */

/** @type {Record<string, string>} */
const SHORT = { zh_cn: '中', en_us: 'EN', ja_jp: '日' };

/**
 * @param {App} app
 * @param {Look} look
 * @returns {Node[]}
 */
export function drawTopBar(app, look) {
  const chat = app.chat();
  const title =
    chat === undefined
      ? [h('div', { class: 'top-words' })]
      : [
          avatar(chat.chatId, chat.name, 'small', chat.type === 'p2p' ? 'bot' : chat.type),
          h(
            'div',
            { class: 'top-words' },
            h('h1', {}, chatTitle(chat, app)),
            h('span', {}, kindWord(chat, app)),
          ),
        ];
  const languages = LANGUAGES.map(({ lang, name }) =>
    h(
      'button',
      {
        type: 'button',
        title: name,
        'aria-label': name,
        'aria-pressed': String(lang === app.lang),
        'data-lang': lang,
        click: () => look.setLang(lang),
      },
      SHORT[lang] ?? lang,
    ),
  );
  const tool = (
    /** @type {Parameters<typeof icon>[0]} */ name,
    /** @type {string} */ label,
    /** @type {boolean} */ on,
    /** @type {() => void} */ run,
  ) =>
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        title: label,
        'aria-label': label,
        'aria-pressed': String(on),
        click: run,
      },
      icon(name),
    );
  return [
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button back',
        'aria-label': app.t('back'),
        click: () => app.openChat(undefined),
      },
      icon('back'),
    ),
    ...title,
    h('div', { class: 'segments', role: 'group' }, ...languages),
    tool(look.dark ? 'sun' : 'moon', app.t(look.dark ? 'light' : 'dark'), false, () =>
      look.setTheme(look.dark ? 'light' : 'dark'),
    ),
    tool('panel', app.t('panel'), look.panelOpen, () => look.setPanel(!look.panelOpen)),
  ];
}
