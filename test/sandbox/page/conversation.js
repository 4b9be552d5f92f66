import { isThreadReply, messagesOf } from './app.js';
import { h, icon } from './dom.js';
import { drawMessage } from './messages.js';
import { BCP47, repliesText } from './words.js';

/**
 * The list of messages. Rows that did not change keep their elements, so that nothing flickers and no panel shuts.
 * @typedef {import('./api.js').StateMessage} StateMessage
 * @typedef {import('./app.js').App} App
 */

const JOIN_WITHIN_MS = 5 * 60_000;
const TOPIC_SHOWN_COUNT = 3;
const NEAR_PX = 60;
const HEAD_ROOM_PX = 12;

/**
 * @param {HTMLElement} box the scrolling element
 * @returns {{ show: (app: App, root: string | undefined) => void }} `root`: only that thread
 */
export function conversation(box) {
  const rows = h('div', { class: 'rows' });
  box.replaceChildren(rows);
  /** @type {Map<string, { made: string, node: HTMLElement }>} */
  const kept = new Map();
  let shown = '';
  let last = '';
  let near = true;
  let left = 0;
  let leftEnd = 0;
  // The end, or the head of the last message when that is taller than the screen.
  const goal = () => {
    const row = newestRow();
    return row === undefined ? end() : Math.min(end(), row.offsetTop - HEAD_ROOM_PX);
  };
  const newestRow = () => /** @type {HTMLElement[]} */ ([...rows.querySelectorAll('[data-message]')]).at(-1);
  const end = () => box.scrollHeight - box.clientHeight;
  const isNear = (/** @type {number} */ place) => Math.abs(box.scrollTop - place) < NEAR_PX;
  const leave = () => {
    left = box.scrollTop;
    leftEnd = end();
  };
  const look = () => {
    near = isNear(goal());
    leave();
  };
  // The browser tells of a scroll only with the next frame: a picture that comes before must not take the reader back. It moves down by
  // itself when something grows above, and that is no reader.
  const heed = () => {
    const down = box.scrollTop > left && end() === leftEnd;
    if (down || box.scrollTop < left) look();
  };
  const follow = () => {
    if (near) box.scrollTop = goal();
    leave();
  };
  box.addEventListener('scroll', look);
  // Pictures push the end down when they come. What the reader unfolds must not move the place where they read.
  rows.addEventListener(
    'load',
    () => {
      heed();
      follow();
    },
    true,
  );
  new ResizeObserver(follow).observe(box);

  /** @type {(key: string, made: string, draw: () => HTMLElement) => HTMLElement} */
  const keep = (key, made, draw) => {
    const before = kept.get(key);
    if (before?.made === made) return before.node;
    const node = draw();
    kept.set(key, { made, node });
    return node;
  };

  return {
    show(app, root) {
      const place = `${app.chatId}/${root}/${app.me}`;
      const moved = place !== shown;
      if (moved) kept.clear();
      heed();
      const read = moved || near || isNear(end());
      const nodes = root === undefined ? chatRows(app, keep) : threadRows(app, root, keep);
      sync(rows, nodes);
      const newest = newestRow()?.dataset.message ?? '';
      if (read && (moved || newest !== last)) near = true;
      shown = place;
      last = newest;
      follow();
    },
  };
}

/** @typedef {(key: string, made: string, draw: () => HTMLElement) => HTMLElement} Keep */

/** @type {(parent: HTMLElement, nodes: HTMLElement[]) => void} */
function sync(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children])
    if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
  for (const [index, node] of nodes.entries()) {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  }
}

/** @type {(app: App, keep: Keep) => HTMLElement[]} */
function chatRows(app, keep) {
  const all = app.chatId === undefined ? [] : messagesOf(app, app.chatId);
  const topics = app.chat()?.type === 'topic';
  const heads = all.filter((message) => !isThreadReply(app, message));
  return heads.flatMap((message, index) => {
    const replies = all.filter((one) => isThreadReply(app, one) && one.rootId === message.messageId);
    const day = dayOf(message, heads[index - 1], app, keep);
    const row = topics
      ? topic(message, replies, app, keep)
      : plainRow(message, replies, heads[index - 1], app, keep);
    return day === undefined ? [row] : [day, row];
  });
}

/** @type {(app: App, root: string, keep: Keep) => HTMLElement[]} */
function threadRows(app, root, keep) {
  const all = app.state.messages.filter(
    (one) => one.messageId === root || (one.rootId === root && isThreadReply(app, one)),
  );
  return all.map((message) => row(message, { joined: false, replies: [], inThread: true }, app, keep));
}

/** @type {(message: StateMessage, replies: StateMessage[], before: StateMessage | undefined, app: App, keep: Keep) => HTMLElement} */
function plainRow(message, replies, before, app, keep) {
  const joined =
    before !== undefined &&
    before.sender.id === message.sender.id &&
    message.createTimeMs - before.createTimeMs < JOIN_WITHIN_MS &&
    message.msgType !== 'interactive';
  return row(message, { joined, replies, inThread: false }, app, keep);
}

/** @type {(message: StateMessage, how: { joined: boolean, replies: StateMessage[], inThread: boolean }, app: App, keep: Keep) => HTMLElement} */
function row(message, how, app, keep) {
  const last = how.replies.at(-1);
  const parent = app.state.messages.find((one) => one.messageId === message.parentId);
  const made = JSON.stringify([
    message,
    how.joined,
    how.inThread,
    how.replies.length,
    last,
    parent,
    app.lang,
  ]);
  return keep(message.messageId, made, () => drawMessage({ message, ...how }, app));
}

/** @type {(message: StateMessage, replies: StateMessage[], app: App, keep: Keep) => HTMLElement} */
function topic(message, replies, app, keep) {
  const box = keep(`topic ${message.messageId}`, 'box', () => h('section', { class: 'topic-box' }));
  const shown = replies.slice(-TOPIC_SHOWN_COUNT);
  const parts = [message, ...shown].map((one) =>
    row(one, { joined: false, replies: [], inThread: true }, app, keep),
  );
  const hidden = replies.length - shown.length;
  const label = hidden > 0 ? repliesText(app.t, replies.length) : app.t('replyInThread');
  const open = keep(`open ${message.messageId}`, label, () =>
    h(
      'button',
      { type: 'button', class: 'thread-strip', click: () => app.openThread(message.messageId) },
      icon('thread'),
      label,
    ),
  );
  sync(box, [...parts, open]);
  return box;
}

/** @type {(message: StateMessage, before: StateMessage | undefined, app: App, keep: Keep) => HTMLElement | undefined} */
function dayOf(message, before, app, keep) {
  const day = new Date(message.createTimeMs).toDateString();
  if (before !== undefined && new Date(before.createTimeMs).toDateString() === day) return undefined;
  const format = new Intl.DateTimeFormat(BCP47[app.lang] ?? 'en', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
  });
  const text = format.format(message.createTimeMs);
  return keep(`day ${day}`, text, () => h('div', { class: 'day' }, h('span', {}, text)));
}
