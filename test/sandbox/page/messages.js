import { headOf, isThreadReply } from './app.js';
import { renderCard } from './card.js';
import { h, icon } from './dom.js';
import { outside } from './markdownView.js';
import { avatar } from './people.js';
import { at, list, string, webAddress, words } from './read.js';
import { BCP47, repliesText, roleWord } from './words.js';

/**
 * One message as a row of the conversation.
 * @typedef {import('./api.js').StateMessage} StateMessage
 * @typedef {import('./app.js').App} App
 * @typedef {{ message: StateMessage, joined: boolean, replies: StateMessage[], inThread: boolean }} Row
 */

/** @type {(app: App, id: string) => string | undefined} */
export const nameOf = (app, id) =>
  id === app.state.bot.openId || id === app.state.bot.appId
    ? app.state.bot.name
    : app.state.people.find((person) => person.openId === id)?.name;

/** @type {(ms: number, lang: string) => string} */
export const clockTime = (ms, lang) =>
  new Intl.DateTimeFormat(BCP47[lang] ?? 'en', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);

/**
 * @param {Row} row
 * @param {App} app
 * @returns {HTMLElement}
 */
export function drawMessage({ message, joined, replies, inThread }, app) {
  const { sender } = message;
  const isBot = sender.type === 'app';
  const own = sender.id === app.me;
  const role = app.state.people.find((person) => person.openId === sender.id)?.role;
  const word = role === undefined ? undefined : roleWord(role);
  const head = h(
    'div',
    { class: 'message-head' },
    h('span', { class: 'message-name' }, sender.name || nameOf(app, sender.id) || '?'),
    isBot && h('span', { class: 'tag c-blue' }, app.t('bot')),
    word !== undefined && h('span', { class: 'tag c-neutral' }, app.t(word)),
    h('time', {}, clockTime(message.createTimeMs, app.lang)),
  );
  const lead =
    isBot && sender.id === app.state.bot.appId
      ? avatar(sender.id, sender.name, 'normal', 'bot')
      : avatar(sender.id, sender.name);
  return h(
    'div',
    { class: `message${joined ? ' joined' : ''}${own ? ' own' : ''}`, 'data-message': message.messageId },
    joined ? h('span', { class: 'avatar-space' }) : lead,
    h(
      'div',
      { class: 'message-main' },
      !joined && head,
      !inThread && quoteOf(message, app),
      drawContent(message, app),
      message.reactions.length > 0 &&
        h('div', { class: 'reactions' }, ...message.reactions.map((one) => h('span', {}, one.emojiType))),
      replies.length > 0 && !inThread && threadStrip(message, replies, app),
    ),
    tools(message, app),
  );
}

/** @type {(message: StateMessage, app: App) => HTMLElement | false} */
function quoteOf(message, app) {
  if (message.parentId === undefined || isThreadReply(app, message)) return false;
  const parent = app.state.messages.find((one) => one.messageId === message.parentId);
  if (parent === undefined) return false;
  const jump = () => {
    document
      .querySelector(`[data-message="${CSS.escape(parent.messageId)}"]`)
      ?.scrollIntoView({ block: 'center' });
  };
  const summary = `${parent.sender.name}: ${summaryOf(parent, app)}`;
  return h('button', { type: 'button', class: 'quote', click: jump }, `${app.t('replyTo')} ${summary}`);
}

/** @type {(message: StateMessage, app: App) => HTMLElement} */
function tools(message, app) {
  const tool = (
    /** @type {Parameters<typeof icon>[0]} */ name,
    /** @type {string} */ label,
    /** @type {() => void} */ run,
  ) =>
    h(
      'button',
      { type: 'button', class: 'icon-button', title: label, 'aria-label': label, click: run },
      icon(name),
    );
  const chat = app.chat();
  return h(
    'div',
    { class: 'message-tools' },
    tool('reply', app.t('reply'), () => app.replyTo(message.messageId)),
    chat !== undefined &&
      chat.type !== 'p2p' &&
      tool('thread', app.t('replyInThread'), () => app.openThread(headOf(app, message))),
    tool('braces', app.t('json'), () => app.showJson(message)),
  );
}

/** @type {(message: StateMessage, replies: StateMessage[], app: App) => HTMLElement} */
function threadStrip(message, replies, app) {
  const last = replies.at(-1);
  return h(
    'button',
    { type: 'button', class: 'thread-strip', click: () => app.openThread(message.messageId) },
    icon('thread'),
    h('strong', {}, repliesText(app.t, replies.length)),
    last !== undefined && h('span', {}, `${last.sender.name}: ${summaryOf(last, app)}`),
  );
}

/** @type {(message: StateMessage, app: App) => HTMLElement} */
function drawContent(message, app) {
  if (message.deleted) return h('div', { class: 'bubble gone' }, app.t('recalled'));
  if (message.msgType === 'interactive') {
    return renderCard(message.card ?? message.content, app.cardContext(message.messageId));
  }
  if (message.msgType === 'image') return pictureMessage(string(message.content, 'image_key'), app);
  if (message.msgType === 'post') return postMessage(message, app);
  if (message.msgType === 'text')
    return h('div', { class: 'bubble' }, ...textNodes(string(message.content, 'text'), message, app));
  const kind = message.msgType === 'file' ? app.t('file') : message.msgType;
  const name = string(message.content, 'file_name', kind);
  return h('div', { class: 'bubble file' }, icon('picture'), name);
}

/** @type {(key: string, app: App) => HTMLElement} */
function pictureMessage(key, app) {
  const open = () => app.preview([key], 0);
  return h(
    'button',
    { type: 'button', class: 'bubble image', click: open },
    h('img', { src: app.imageUrl(key), alt: app.t('picture') }),
  );
}

/** @type {(message: StateMessage, app: App) => HTMLElement} */
function postMessage(message, app) {
  const title = string(message.content, 'title');
  const lines = list(message.content, 'content').map((line) =>
    h('p', {}, ...(Array.isArray(line) ? line : []).map((part) => postPart(part, message, app))),
  );
  return h('div', { class: 'bubble post' }, title !== '' && h('strong', {}, title), ...lines);
}

/** @type {(part: unknown, message: StateMessage, app: App) => Node} */
function postPart(part, message, app) {
  const text = string(part, 'text');
  switch (string(part, 'tag')) {
    case 'a': {
      const url = webAddress(string(part, 'href'));
      return url === undefined ? document.createTextNode(text) : h('a', outside(url), text);
    }
    case 'at': {
      const id = string(part, 'user_id');
      const mention = message.mentions.find((one) => one.key === id || one.id === id);
      return mentionView(
        mention?.name ?? nameOf(app, id) ?? string(part, 'user_name', id),
        mention?.id ?? id,
        app,
      );
    }
    case 'img':
      return pictureMessage(string(part, 'image_key'), app);
    default:
      return h('span', {}, ...textNodes(text, message, app));
  }
}

/** @type {(name: string, id: string, app: App) => HTMLElement} */
const mentionView = (name, id, app) =>
  h('span', { class: `mention${id === app.me ? ' me' : ''}` }, `@${name}`);

/**
 * Mention keys and addresses inside plain text, as a client shows them.
 * @type {(text: string, message: StateMessage, app: App) => Node[]}
 */
function textNodes(text, message, app) {
  const pattern =
    /(@_user_\d+|@_all)|<at user_id="([^"]{1,80})">([^<]{0,80})<\/at>|(https?:\/\/[^\s<>"'，。；）】]+)/g;
  /** @type {Node[]} */
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(document.createTextNode(text.slice(last, match.index)));
    const [whole, key, userId, userName, address] = match;
    const url = address === undefined ? undefined : webAddress(address);
    const mention = message.mentions.find((one) => one.key === key);
    if (url !== undefined) nodes.push(h('a', outside(url), whole));
    else if (key === '@_all' || userId === 'all') nodes.push(mentionView(app.t('everyone'), 'all', app));
    else if (mention !== undefined) nodes.push(mentionView(mention.name, mention.id, app));
    else if (userId !== undefined)
      nodes.push(mentionView(nameOf(app, userId) ?? userName ?? '', userId, app));
    else nodes.push(document.createTextNode(whole));
    last = match.index + whole.length;
  }
  nodes.push(document.createTextNode(text.slice(last)));
  return nodes;
}

/**
 * A message in a few words, for lists and quotes.
 * @param {StateMessage} message
 * @param {App} app
 * @returns {string}
 */
export function summaryOf(message, app) {
  if (message.deleted) return app.t('recalled');
  const content = message.msgType === 'interactive' ? (message.card ?? message.content) : message.content;
  if (message.msgType === 'interactive') {
    const summary = words(at(at(content, 'config'), 'summary'), app.lang);
    return summary || words(at(at(content, 'header'), 'title'), app.lang) || '…';
  }
  if (message.msgType === 'image') return `[${app.t('picture')}]`;
  if (message.msgType === 'file') return `[${app.t('file')}] ${string(content, 'file_name')}`.trim();
  const text = string(
    content,
    'text',
    string(content, 'title', string(content, 'file_name', message.msgType)),
  );
  return message.mentions
    .reduce((all, one) => all.replaceAll(one.key, `@${one.name}`), text)
    .replace(/<[^>]*>/g, '');
}
