import { getCalls, getEvents, getLimits } from './api.js';
import { h, icon } from './dom.js';
import { faultsView } from './faultsPanel.js';
import { jsonView } from './overlays.js';

/**
 * The developer panel: what was delivered to the bot, what it called, how full each limit is, and which plugs are pulled.
 * @typedef {import('./app.js').App} App
 * @typedef {import('./api.js').CallRecord} CallRecord
 * @typedef {import('./api.js').DeliveryRecord} DeliveryRecord
 * @typedef {import('./api.js').LimitFill} LimitFill
 * @typedef {'calls' | 'events' | 'limits' | 'faults'} Tab
 */

/** @type {Tab[]} */
const TABS = ['calls', 'events', 'limits', 'faults'];
const ROWS_MAX_COUNT = 200;

/**
 * @param {HTMLElement} box
 * @param {() => App} getApp
 * @param {() => void} fold
 * @param {Tab} first
 * @returns {{ show: () => void, refresh: () => Promise<void> }}
 */
export function panel(box, getApp, fold, first) {
  /** @type {Tab} */
  let tab = first;
  const tabs = h('div', { class: 'tabs', role: 'tablist' });
  const list = h('div', { class: 'panel-list' });
  /** @type {Set<string>} */
  const open = new Set();

  const refresh = async () => {
    const app = getApp();
    const wanted = tab;
    const nodes = await contents[wanted](app, open, refresh);
    if (wanted !== tab) return;
    const about = h('p', { class: 'about' }, app.t(`${wanted}About`));
    list.replaceChildren(
      about,
      ...(nodes.length > 0 ? nodes : [h('p', { class: 'hint' }, app.t('nothing'))]),
    );
  };
  const choose = (/** @type {Tab} */ wanted) => {
    tab = wanted;
    show();
    void refresh();
  };
  const show = () => {
    const app = getApp();
    const buttons = TABS.map((name) =>
      h(
        'button',
        { type: 'button', role: 'tab', 'aria-selected': String(name === tab), click: () => choose(name) },
        app.t(name),
      ),
    );
    const close = h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': app.t('close'), click: fold },
      icon('close'),
    );
    tabs.replaceChildren(...buttons, close);
    box.replaceChildren(tabs, list);
  };
  return { show, refresh };
}

/** @type {Record<Tab, (app: App, open: Set<string>, refresh: () => Promise<void>) => Promise<Node[]>>} */
const contents = {
  calls: async (_app, open) => {
    const { calls } = await getCalls(0);
    return calls
      .slice(-ROWS_MAX_COUNT)
      .reverse()
      .map((call) => callRow(call, open));
  },
  events: async (_app, open) => {
    const { events } = await getEvents(0);
    return events
      .slice(-ROWS_MAX_COUNT)
      .reverse()
      .map((event) => eventRow(event, open));
  },
  limits: async (app) => {
    const limits = (await getLimits()).filter((limit) => limit.worst > 0);
    return limits.sort((a, b) => b.worst / b.max - a.worst / a.max).map((limit) => limitRow(limit, app));
  },
  faults: faultsView,
};

/** @type {(ms: number) => string} */
const preciseTime = (ms) =>
  `${new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`;

/** @type {(key: string, open: Set<string>, summary: HTMLElement, value: unknown) => HTMLElement} */
function foldable(key, open, summary, value) {
  const details = h('details', { class: 'row', open: open.has(key) }, summary);
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(jsonView(value));
    if (details.open) open.add(key);
    else open.delete(key);
  };
  details.addEventListener('toggle', fill);
  fill();
  return details;
}

/** @type {(call: CallRecord, open: Set<string>) => HTMLElement} */
function callRow(call, open) {
  const failed = call.status === undefined || call.status >= 400 || (call.code ?? 0) !== 0;
  const result = call.status === undefined ? '…' : String(call.status);
  const code = (call.code ?? 0) !== 0 && h('small', {}, String(call.code));
  const took = call.endMs === undefined ? '' : `${Math.round(call.endMs - call.atMs)} ms`;
  const summary = h(
    'summary',
    {},
    h('span', { class: `badge ${failed ? 'bad' : 'good'}` }, result, code),
    h('strong', {}, call.endpoint),
    h('span', { class: 'row-time' }, took),
    h('span', { class: 'row-path' }, `${call.method} ${call.path.replace(/^\/open-apis/, '')}`),
    h('span', { class: 'row-time' }, preciseTime(call.atMs)),
  );
  return foldable(`call ${call.seq}`, open, summary, call);
}

/** @type {(event: DeliveryRecord, open: Set<string>) => HTMLElement} */
function eventRow(event, open) {
  const failed = event.status !== 200;
  const summary = h(
    'summary',
    {},
    h('span', { class: `badge ${failed ? 'bad' : 'good'}` }, event.status === 0 ? '–' : String(event.status)),
    h('strong', {}, event.type),
    h('span', { class: 'row-time' }, `${Math.round(event.tookMs)} ms`),
    h('span', { class: 'row-path' }, `${event.attempt > 1 ? `×${event.attempt} ` : ''}${event.eventId}`),
    h('span', { class: 'row-time' }, preciseTime(event.atMs)),
  );
  return foldable(`event ${event.seq}`, open, summary, { payload: event.payload, answer: event.body });
}

/** @type {(limit: LimitFill, app: App) => HTMLElement} */
function limitRow(limit, app) {
  const window = limit.windowMs >= 60_000 ? `${limit.windowMs / 60_000} min` : `${limit.windowMs / 1000} s`;
  const part = (/** @type {number} */ count) => `${Math.min(100, (100 * count) / limit.max)}%`;
  const bar = h(
    'div',
    { class: `bar${limit.worst > limit.max ? ' over' : ''}` },
    h('i', { class: 'worst' }),
    h('i', { class: 'used' }),
  );
  const [worst, used] = /** @type {HTMLCollectionOf<HTMLElement>} */ (bar.children);
  if (worst !== undefined) worst.style.width = part(limit.worst);
  if (used !== undefined) used.style.width = part(limit.used);
  return h(
    'div',
    { class: 'limit' },
    h(
      'div',
      { class: 'limit-words' },
      h('strong', {}, limit.endpoint),
      h('span', {}, `${limit.used} · ${app.t('most')} ${limit.worst} / ${limit.max} · ${window}`),
    ),
    bar,
    limit.refused > 0 && h('div', { class: 'limit-refused' }, `429 × ${limit.refused}`),
    limit.worst === 0 && app.t('limitsNone'),
  );
}
