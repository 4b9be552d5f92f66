import { chatsOf, messagesOf } from './app.js';
import { h, icon } from './dom.js';
import { clockTime, summaryOf } from './messages.js';
import { openMenu } from './overlays.js';
import { avatar } from './people.js';
import { roleWord } from './words.js';

/**
 * The left column: who I am, and my chats.
 * @typedef {import('./app.js').App} App
 */

/**
 * @param {App} app
 * @returns {Node[]}
 */
export function drawRail(app) {
  const chats = chatsOf(app);
  const items = chats.map((chat) => drawChat(chat, app));
  return [
    drawMe(app),
    h('h2', { class: 'rail-title' }, app.t('chats')),
    h(
      'nav',
      { class: 'chat-list', 'aria-label': app.t('chats') },
      ...(items.length > 0 ? items : [h('p', { class: 'hint' }, app.t('noChats'))]),
    ),
    h(
      'p',
      { class: 'playground' },
      h('strong', {}, app.t('playground')),
      h('span', {}, app.t('playgroundAbout')),
    ),
  ];
}

/** @type {(app: App, role: string) => string} */
function roleName(app, role) {
  const word = roleWord(role);
  return word === undefined ? role : app.t(word);
}

/** @type {(app: App) => HTMLElement} */
function drawMe(app) {
  const me = app.state.people.find((person) => person.openId === app.me);
  const button = h(
    'button',
    {
      type: 'button',
      class: 'me',
      'aria-haspopup': 'menu',
      'aria-label': `${app.t('asPerson')}: ${me?.name ?? ''}`,
    },
    avatar(app.me, me?.name ?? '?'),
    h(
      'span',
      { class: 'me-words' },
      h('strong', {}, me?.name ?? '?'),
      h('span', {}, roleName(app, me?.role ?? '')),
    ),
    icon('down'),
  );
  button.addEventListener('click', () =>
    openMenu(
      button,
      app.state.people.map((person) => ({
        label: person.name,
        detail: roleName(app, person.role),
        lead: avatar(person.openId, person.name, 'small'),
        current: person.openId === app.me,
        run: () => app.becomePerson(person.openId),
      })),
    ),
  );
  return button;
}

/** @type {(chat: import('./api.js').StateChat, app: App) => HTMLElement} */
function drawChat(chat, app) {
  const last = messagesOf(app, chat.chatId).at(-1);
  const current = chat.chatId === app.chatId;
  const fresh = !current && last !== undefined && last.createTimeMs > (app.seenMs.get(chat.chatId) ?? 0);
  const kind = chat.type === 'p2p' ? 'bot' : chat.type;
  return h(
    'button',
    {
      type: 'button',
      class: `chat-item${current ? ' current' : ''}`,
      'aria-current': current ? 'page' : undefined,
      'data-chat': chat.chatId,
      click: () => app.openChat(chat.chatId),
    },
    avatar(chat.chatId, chat.name, 'normal', kind),
    h(
      'span',
      { class: 'chat-words' },
      h(
        'span',
        { class: 'chat-name' },
        h('strong', {}, chatTitle(chat, app)),
        last !== undefined && h('time', {}, clockTime(last.createTimeMs, app.lang)),
      ),
      h(
        'span',
        { class: 'chat-last' },
        last === undefined ? kindWord(chat, app) : `${last.sender.name}: ${summaryOf(last, app)}`,
      ),
    ),
    fresh && h('span', { class: 'dot' }),
  );
}

/** @type {(chat: import('./api.js').StateChat, app: App) => string} */
export const chatTitle = (chat, app) => (chat.type === 'p2p' ? app.state.bot.name : chat.name);

/** @type {(chat: import('./api.js').StateChat, app: App) => string} */
export function kindWord(chat, app) {
  if (chat.type === 'p2p') return app.t('direct');
  return `${app.t(chat.type)} · ${chat.members.length} ${app.t('members')}`;
}
