import { addFault, clearFaults, getFaults } from './api.js';
import { h, icon } from './dom.js';

/**
 * Plugs to pull: each preset is one rule of POST /sandbox/faults.
 * @typedef {import('./app.js').App} App
 * @typedef {import('./api.js').FaultRule} FaultRule
 * @typedef {import('./words.js').Word} Word
 * @typedef {{ name: Word, hint: Word, endpoint: string, times: number, seconds?: number,
 *   rule: (seconds: number) => Partial<FaultRule> }} Preset
 */

/** @type {Preset[]} */
const PRESETS = [
  {
    name: 'rateLimited',
    hint: 'rateLimitedHint',
    endpoint: 'ticket',
    times: 1,
    seconds: 3,
    rule: (resetSec) => ({ resetSec }),
  },
  {
    name: 'slow',
    hint: 'slowHint',
    endpoint: 'ticket',
    times: 1,
    seconds: 9,
    rule: (seconds) => ({ delayMs: seconds * 1000 }),
  },
  {
    name: 'deadToken',
    hint: 'deadTokenHint',
    endpoint: 'ticket',
    times: 1,
    rule: () => ({ status: 400, code: 99991663, msg: 'Invalid access token for authorization.' }),
  },
  {
    name: 'deletedPicture',
    hint: 'deletedPictureHint',
    endpoint: 'ticketImage',
    times: 1,
    rule: () => ({ status: 401, code: 154404, msg: 'image is deleted' }),
  },
  {
    name: 'lostReply',
    hint: 'lostReplyHint',
    endpoint: 'messageReply',
    times: 1,
    rule: () => ({ drop: 'after' }),
  },
  { name: 'serverError', hint: 'serverErrorHint', endpoint: '*', times: 3, rule: () => ({ status: 500 }) },
];

const ENDPOINTS = [
  '*',
  'tenantToken',
  'ticket',
  'ticketMessages',
  'ticketImage',
  'agentSchedules',
  'messageReply',
  'messageCreate',
  'messagePatch',
  'imageUpload',
];

/**
 * @param {App} app
 * @param {Set<string>} _open
 * @param {() => Promise<void>} refresh
 * @returns {Promise<Node[]>}
 */
export async function faultsView(app, _open, refresh) {
  const faults = await getFaults();
  const end = (/** @type {string | undefined} */ id) => async () => {
    await clearFaults(id);
    await refresh();
  };
  const rows = faults.map(({ id, rule, hits }) =>
    h(
      'div',
      { class: 'fault' },
      h(
        'span',
        {},
        h('strong', {}, rule.endpoint),
        ` ${describe(rule)} · ${hits}${rule.times === undefined ? '' : ` / ${rule.times}`}`,
      ),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': app.t('close'), click: () => void end(id)() },
        icon('close'),
      ),
    ),
  );
  return [
    ...PRESETS.map((preset) => presetView(preset, app, refresh)),
    h(
      'div',
      { class: 'faults-active' },
      h('h3', {}, faults.length > 0 ? app.t('faultsActive') : app.t('faultsNone')),
      faults.length > 1 &&
        h(
          'button',
          { type: 'button', class: 'btn type-text size-small', click: () => void end(undefined)() },
          app.t('clear'),
        ),
    ),
    ...rows,
  ];
}

/** @type {(rule: FaultRule) => string} */
function describe(rule) {
  if (rule.resetSec !== undefined) return `429, ${rule.resetSec} s`;
  if (rule.delayMs !== undefined) return `+${rule.delayMs} ms`;
  if (rule.drop !== undefined) return `drop ${rule.drop}`;
  return [rule.status, rule.code].filter((part) => part !== undefined).join('/');
}

/** @type {(preset: Preset, app: App, refresh: () => Promise<void>) => HTMLElement} */
function presetView(preset, app, refresh) {
  const endpoint = h('select', { class: 'field-control', 'aria-label': app.t('where') });
  for (const name of ENDPOINTS) {
    endpoint.append(
      h('option', { value: name, selected: name === preset.endpoint }, name === '*' ? app.t('all') : name),
    );
  }
  const amount = (/** @type {Word} */ label, /** @type {number} */ value) =>
    h('input', {
      class: 'field-control',
      type: 'number',
      min: 1,
      max: 99,
      value,
      'aria-label': app.t(label),
      title: app.t(label),
    });
  const times = amount('count', preset.times);
  const seconds = preset.seconds === undefined ? undefined : amount('seconds', preset.seconds);
  const add = async () => {
    await addFault({
      endpoint: endpoint.value,
      times: Math.max(1, Number(times.value)),
      ...preset.rule(Math.max(1, Number(seconds?.value ?? 1))),
    });
    await refresh();
  };
  const unit = (/** @type {Node | undefined} */ field, /** @type {string} */ sign) =>
    field !== undefined && h('label', { class: 'unit' }, field, sign);
  return h(
    'div',
    { class: 'preset' },
    h(
      'div',
      { class: 'preset-words' },
      h('strong', {}, app.t(preset.name)),
      h('span', {}, app.t(preset.hint)),
    ),
    h(
      'div',
      { class: 'preset-line' },
      endpoint,
      unit(times, '×'),
      unit(seconds, 's'),
      h(
        'button',
        { type: 'button', class: 'btn type-default size-small', click: () => void add() },
        app.t('apply'),
      ),
    ),
  );
}
