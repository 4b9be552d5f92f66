import { click, getState, imageUrl, listen, say } from './api.js';
import { chatsOf, headOf, messagesOf } from './app.js';
import { composer } from './composer.js';
import { conversation } from './conversation.js';
import { nameOf } from './messages.js';
import { ask, showJson, showPictures, showToast } from './overlays.js';
import { panel } from './panel.js';
import { drawRail } from './rail.js';
import { string, words } from './read.js';
import { browserLang, recall, remember } from './settings.js';
import { drawTopBar } from './topBar.js';
import { asLang, translator } from './words.js';

/**
 * Starts the page: reads the address, fetches the state, draws, and follows the stream.
 * Address: ?chat=<chat_id or name>&me=<open_id or name>&lang=zh_cn|en_us|ja_jp&theme=light|dark&panel=0|1&tab=calls&thread=<message_id>
 * @typedef {import('./app.js').App} App
 */

const REFRESH_PAUSE_MS = 60;
const PHONE = matchMedia('(max-width: 760px)');

/** @type {(selector: string) => HTMLElement} */
function part(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`index.html lacks ${selector}`);
  return found;
}

const given = new URLSearchParams(location.search);

/** @type {Map<string, Map<string, boolean>>} */
const folds = new Map();

/** @type {App} */
const app = {
  state: await getState(),
  me: '',
  chatId: undefined,
  threadRoot: undefined,
  replying: undefined,
  lang: asLang(given.get('lang')) ?? asLang(recall('lang')) ?? browserLang(),
  t: (word) => translator(app.lang)(word),
  seenMs: new Map(),
  chat: () => app.state.chats.find((chat) => chat.chatId === app.chatId),
  imageUrl,
  cardContext: (messageId) => ({
    lang: app.lang,
    t: app.t,
    name: (id) => nameOf(app, id),
    people: app.state.people.map(({ openId, name }) => ({ openId, name })),
    imageUrl,
    preview: app.preview,
    confirm: (question) =>
      ask({
        title: words(question.title, app.lang),
        text: words(question.text, app.lang),
        ok: app.t('confirm'),
        cancel: app.t('cancel'),
      }),
    act: (action) => act(messageId, action),
    folds: foldsOf(messageId),
  }),
  openChat,
  openThread,
  replyTo(messageId) {
    app.replying = messageId;
    writer.show();
    if (messageId !== undefined) writer.focus();
  },
  becomePerson(openId) {
    app.me = openId;
    remember('me', openId);
    if (!chatsOf(app).some((chat) => chat.chatId === app.chatId))
      app.chatId = PHONE.matches ? undefined : firstChat();
    app.threadRoot = undefined;
    drawAll();
  },
  preview: (keys, index) => void showPictures(keys.map(imageUrl), index, app.t('close')),
  showJson: (message) =>
    void showJson(
      message.messageId,
      message.msgType === 'interactive' ? (message.card ?? message.content) : message,
      app.t('close'),
    ),
  send,
};

const list = conversation(part('.messages'));
const threadList = conversation(part('.thread-messages'));
const writer = composer(part('.composer-box'), () => app, 'chat');
const threadWriter = composer(part('.thread-composer'), () => app, 'thread');
const tab = given.get('tab');
const tools = panel(
  part('.panel'),
  () => app,
  () => setPanel(false),
  tab === 'events' || tab === 'limits' || tab === 'faults' ? tab : 'calls',
);

/** @type {(messageId: string) => Map<string, boolean>} */
function foldsOf(messageId) {
  const known = folds.get(messageId) ?? new Map();
  folds.set(messageId, known);
  return known;
}

function firstChat() {
  const mine = chatsOf(app);
  return (mine.find((chat) => chat.type === 'group' && chat.botIn) ?? mine[0])?.chatId;
}

/** @type {(messageId: string, action: import('./card.js').CardAction) => Promise<void>} */
async function act(messageId, action) {
  try {
    const result = await click({ person: app.me, messageId, ...action });
    const { toast } = result;
    if (toast?.code !== undefined) showToast('error', `${app.t('botNoAnswer')} (${toast.code})`);
    else if (toast !== undefined) showToast(toast.type, string(toast.i18n, app.lang, toast.content));
    else if (result.status !== 200) showToast('error', app.t('botNoAnswer'));
  } catch {
    showToast('error', app.t('botNoAnswer'));
  }
  await refresh();
}

/**
 * A typed `@Name` of somebody in the chat becomes a mention; longer names first, so that none hides another.
 * @param {string} text
 */
function withMentions(text) {
  const members = app.state.people.filter(({ openId }) => app.chat()?.members.includes(openId));
  return members
    .sort((one, other) => other.name.length - one.name.length)
    .reduce((all, { openId, name }) => all.replaceAll(`@${name}`, `<at user_id="${openId}"></at>`), text);
}

/** @type {App['send']} */
async function send(text, { mention, replyTo, inThread }) {
  if (app.chatId === undefined) return;
  try {
    const result = await say({
      chat: app.chatId,
      person: app.me,
      text: withMentions(text),
      mentionBot: mention ? 'before' : 'none',
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(inThread === true ? { inThread } : {}),
    });
    if (result.status === 0 && result.eventId !== '') showToast('warning', app.t('botNoAnswer'));
  } catch {
    showToast('error', app.t('sendFailed'));
  }
  await refresh();
}

/** @type {App['openChat']} */
function openChat(chatId) {
  app.chatId = chatId;
  app.threadRoot = undefined;
  app.replying = undefined;
  drawAll();
  if (chatId !== undefined && !PHONE.matches) writer.focus();
}

/** @type {App['openThread']} */
function openThread(rootId) {
  app.threadRoot = rootId;
  drawAll();
  if (rootId !== undefined) threadWriter.focus();
}

/** @type {(open: boolean) => void} */
function setPanel(open) {
  document.body.classList.toggle('with-panel', open);
  remember('panel', open ? '1' : '0');
  drawTop();
  if (open) void tools.refresh();
}

/** @type {(theme: string) => void} */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  remember('theme', theme);
  drawTop();
}

function drawTop() {
  part('.top-bar').replaceChildren(
    ...drawTopBar(app, {
      dark: document.documentElement.dataset.theme === 'dark',
      panelOpen: document.body.classList.contains('with-panel'),
      setTheme,
      setPanel,
      setLang(lang) {
        app.lang = lang;
        remember('lang', lang);
        drawAll();
        void tools.refresh();
      },
    }),
  );
}

function drawAll() {
  document.documentElement.lang = { zh_cn: 'zh-Hans', en_us: 'en', ja_jp: 'ja' }[app.lang];
  if (app.chatId !== undefined)
    app.seenMs.set(app.chatId, messagesOf(app, app.chatId).at(-1)?.createTimeMs ?? 0);
  document.body.classList.toggle('in-chat', app.chatId !== undefined);
  document.body.classList.toggle('in-thread', app.threadRoot !== undefined);
  part('.rail').replaceChildren(...drawRail(app));
  drawTop();
  part('.composer-box').hidden = app.chatId === undefined;
  part('.empty').hidden =
    app.chatId !== undefined && app.state.messages.some((message) => message.chatId === app.chatId);
  part('.empty').textContent = app.chatId === undefined ? app.t('noChats') : app.t('nothing');
  part('.thread-title').textContent = app.t('thread');
  part('.thread-close').setAttribute('aria-label', app.t('close'));
  drawMessages();
  writer.show();
  threadWriter.show();
  tools.show();
}

function drawMessages() {
  list.show(app, undefined);
  if (app.threadRoot !== undefined) threadList.show(app, app.threadRoot);
}

/** @type {Promise<void> | undefined} */
let refreshing;

/** Reads the state again; calls that come while one is under way share the next. */
function refresh() {
  refreshing ??= (async () => {
    await new Promise((resolve) => setTimeout(resolve, REFRESH_PAUSE_MS));
    refreshing = undefined;
    app.state = await getState();
    if (!app.state.chats.some((chat) => chat.chatId === app.chatId))
      app.chatId = PHONE.matches ? undefined : firstChat();
    part('.rail').replaceChildren(...drawRail(app));
    if (app.chatId !== undefined)
      app.seenMs.set(app.chatId, messagesOf(app, app.chatId).at(-1)?.createTimeMs ?? 0);
    part('.empty').hidden =
      app.chatId !== undefined && app.state.messages.some((message) => message.chatId === app.chatId);
    drawMessages();
  })();
  return refreshing;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let panelTimer;

function refreshPanel() {
  if (panelTimer !== undefined || !document.body.classList.contains('with-panel')) return;
  panelTimer = setTimeout(() => {
    panelTimer = undefined;
    void tools.refresh();
  }, 250);
}

function start() {
  const { people, chats } = app.state;
  const wantedMe = given.get('me') ?? recall('me');
  const me =
    people.find((one) => one.openId === wantedMe || one.name === wantedMe) ??
    people.find((one) => one.role === 'agent');
  app.me = me?.openId ?? people[0]?.openId ?? '';
  const wantedChat = given.get('chat');
  app.chatId = chats.find((one) => one.chatId === wantedChat || one.name === wantedChat)?.chatId;
  if (app.chatId === undefined && !PHONE.matches) app.chatId = firstChat();
  for (const chat of chats)
    app.seenMs.set(chat.chatId, messagesOf(app, chat.chatId).at(-1)?.createTimeMs ?? 0);
  const root = app.state.messages.find((one) => one.messageId === given.get('thread'));
  if (root !== undefined) app.threadRoot = headOf(app, root);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = given.get('theme') ?? recall('theme') ?? (dark ? 'dark' : 'light');
  const wide = window.innerWidth > 1180 && recall('panel') !== '0';
  document.body.classList.toggle('with-panel', (given.get('panel') ?? (wide ? '1' : '0')) === '1');
  part('.thread-close').addEventListener('click', () => openThread(undefined));
  drawAll();
  void tools.refresh();
  listen(
    (item) => {
      refreshPanel();
      if (item.kind === 'message' || item.kind === 'update' || item.kind === 'reset') void refresh();
    },
    (connected) => {
      document.body.classList.toggle('offline', !connected);
      part('.offline-note').textContent = connected ? '' : app.t('connectionLost');
      if (connected) void refresh();
    },
  );
  document.body.classList.add('ready');
}

start();
