import { multiSelect } from './cardMultiSelect.js';
import { behaviours, px, tokenIcon } from './cardParts.js';
import { h, icon } from './dom.js';
import { outside } from './markdownView.js';
import { openMenu } from './overlays.js';
import { at, flag, isObject, list, number, object, string, webAddress, words } from './read.js';

/**
 * Buttons, menus and the controls that a person fills in.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/button
 * @typedef {import('./card.js').CardContext} CardContext
 * @typedef {import('./card.js').CardAction} CardAction
 */

const TYPES = new Set([
  'default',
  'primary',
  'danger',
  'text',
  'primary_text',
  'danger_text',
  'primary_filled',
  'danger_filled',
  'laser',
]);
const SIZES = new Set(['tiny', 'small', 'medium', 'large']);

/** @type {import('./card.js').Draw} */
export function drawControl(element, context) {
  switch (string(element, 'tag')) {
    case 'button':
      return drawButton(element, context);
    case 'overflow':
      return drawOverflow(element, context);
    case 'input':
      return drawInput(element, context);
    case 'checker':
      return drawChecker(element, context);
    case 'date_picker':
      return drawPicker(element, context, 'date');
    case 'picker_time':
      return drawPicker(element, context, 'time');
    case 'picker_datetime':
      return drawPicker(element, context, 'datetime-local');
    default:
      return drawSelect(element, context);
  }
}

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawButton(element, context) {
  const type = string(element, 'type', 'default');
  const size = string(element, 'size', 'medium');
  const given = object(element, 'icon');
  const disabled = flag(element, 'disabled');
  const tips = words(object(element, disabled ? 'disabled_tips' : 'hover_tips'), context.lang);
  const { url, callback } = behaviours(element);
  const attributes = {
    class: `btn type-${TYPES.has(type) ? type : 'default'} size-${SIZES.has(size) ? size : 'medium'}`,
    title: tips === '' ? undefined : tips,
    disabled,
  };
  const content = [
    given !== undefined && tokenIcon(string(given, 'token')),
    h('span', {}, words(object(element, 'text'), context.lang)),
  ];
  const confirm = object(element, 'confirm');
  if (url !== undefined && callback === undefined && confirm === undefined && !disabled) {
    return sized(h('a', { ...attributes, ...outside(url) }, ...content), element);
  }
  const button = h('button', { ...attributes, type: 'button' }, ...content);
  button.addEventListener('click', () => void press());
  const press = () =>
    busy(button, async () => {
      if (confirm !== undefined && !(await context.confirm(confirm))) return;
      if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer');
      await callBack(element, callback, context);
    });
  return sized(button, element);
}

/** @type {(element: unknown, value: unknown, context: CardContext) => Promise<void>} */
async function callBack(element, value, context) {
  const name = string(element, 'name');
  const formAction = string(element, 'form_action_type');
  if (formAction === 'reset') context.form?.reset();
  else if (formAction === 'submit') await context.form?.submit(value, name);
  else if (value !== undefined) await context.act({ value, tag: 'button', ...(name === '' ? {} : { name }) });
}

/**
 * Runs something while the control shows that it is busy and takes no second press.
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 */
async function busy(button, work) {
  if (button.classList.contains('busy')) return;
  button.classList.add('busy');
  try {
    await work();
  } finally {
    button.classList.remove('busy');
  }
}

/** @type {<E extends HTMLElement>(box: E, element: unknown) => E} */
function sized(box, element) {
  const width = string(element, 'width', 'default');
  if (width === 'fill') box.classList.add('fill');
  else if (width !== 'default') box.style.width = px(width, '');
  return box;
}

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawOverflow(element, context) {
  const confirm = object(element, 'confirm');
  const button = h(
    'button',
    { class: 'btn type-default size-medium overflow', type: 'button', 'aria-label': context.t('more') },
    icon('more'),
  );
  const choose = async (/** @type {unknown} */ option) => {
    if (confirm !== undefined && !(await context.confirm(confirm))) return;
    const target = object(option, 'multi_url');
    const url =
      target === undefined ? undefined : webAddress(string(target, 'pc_url') || string(target, 'url'));
    if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer');
    else
      await context.act({ value: callbackValue(element), tag: 'overflow', option: string(option, 'value') });
  };
  const items = list(element, 'options').map((option) => ({
    label: words(object(option, 'text'), context.lang),
    run: () => void busy(button, () => choose(option)),
  }));
  button.addEventListener('click', () => openMenu(button, items));
  return sized(button, element);
}

/** @type {(element: unknown) => unknown} */
const callbackValue = (element) => behaviours(element).callback ?? at(element, 'value') ?? {};

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawSelect(element, context) {
  const tag = string(element, 'tag');
  const multiple = tag.startsWith('multi_');
  const persons = tag.endsWith('_person');
  const given = list(element, 'options').filter(isObject);
  const options = (
    persons && given.length === 0 ? context.people.map(({ openId }) => ({ value: openId })) : given
  ).map((option) => {
    const value = string(option, 'value');
    return {
      value,
      label: persons ? (context.name(value) ?? value) : words(object(option, 'text'), context.lang),
    };
  });
  const initial = string(element, 'initial_option') || options[number(element, 'initial_index') - 1]?.value;
  const placeholder = words(object(element, 'placeholder'), context.lang) || context.t('select');
  const disabled = flag(element, 'disabled');
  if (multiple) {
    const first = new Set(list(element, 'selected_values').filter((one) => typeof one === 'string'));
    const look = { placeholder, disabled, name: string(element, 'name') };
    const { box, chosen } = multiSelect(options, first, look);
    bind(element, context, box, chosen, () => ({ options: chosen() }));
    return sized(box, element);
  }
  const select = h('select', { class: 'field-control', disabled });
  select.append(h('option', { value: '', disabled: true, selected: initial === undefined }, placeholder));
  for (const { value, label } of options)
    select.append(h('option', { value, selected: value === initial }, label));
  const chosen = () => (select.value === '' ? undefined : select.value);
  bind(element, context, select, chosen, () => ({ option: chosen() ?? '' }));
  return sized(select, element);
}

/** @type {(element: unknown, context: CardContext, type: 'date' | 'time' | 'datetime-local') => HTMLElement} */
function drawPicker(element, context, type) {
  const initial = ['initial_date', 'initial_time', 'initial_datetime']
    .map((key) => string(element, key))
    .find(Boolean);
  const placeholder = words(object(element, 'placeholder'), context.lang);
  const input = h('input', {
    class: 'field-control',
    type,
    value: initial?.replace(' ', 'T'),
    disabled: flag(element, 'disabled'),
    'aria-label': placeholder,
  });
  const chosen = () => (input.value === '' ? undefined : `${input.value.replace('T', ' ')} ${zoneOffset()}`);
  bind(element, context, input, chosen, () => ({ option: chosen() ?? '' }));
  return sized(input, element);
}

/** The reader's offset as Feishu writes it, such as `+0800`. */
function zoneOffset() {
  const minutes = -new Date().getTimezoneOffset();
  const two = (/** @type {number} */ value) => String(Math.floor(Math.abs(value))).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}${two(minutes % 60)}`;
}

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawInput(element, context) {
  const many = string(element, 'input_type') === 'multiline_text';
  const attributes = {
    class: 'field-control',
    placeholder: words(object(element, 'placeholder'), context.lang),
    maxlength: number(element, 'max_length', 1000),
    disabled: flag(element, 'disabled'),
  };
  const initial = string(element, 'default_value');
  const input = many
    ? h('textarea', { ...attributes, rows: Math.min(10, number(element, 'rows', 5)) }, initial)
    : h('input', {
        ...attributes,
        type: string(element, 'input_type') === 'password' ? 'password' : 'text',
        value: initial,
      });
  bind(
    element,
    context,
    input,
    () => input.value,
    () => ({ inputValue: input.value }),
  );
  const label = words(object(element, 'label'), context.lang);
  if (label === '') return sized(input, element);
  const side = string(element, 'label_position') === 'left' ? 'label-left' : 'label-top';
  const star = flag(element, 'required') && h('span', { class: 'required' }, '*');
  return h('label', { class: `labelled ${side}` }, h('span', {}, label, star), sized(input, element));
}

/** @type {(element: unknown, context: CardContext) => HTMLElement} */
function drawChecker(element, context) {
  const box = h('input', {
    type: 'checkbox',
    checked: flag(element, 'checked'),
    disabled: flag(element, 'disabled'),
  });
  bind(
    element,
    context,
    box,
    () => box.checked,
    () => ({}),
  );
  return h('label', { class: 'checker' }, box, h('span', {}, words(object(element, 'text'), context.lang)));
}

/**
 * Inside a form a control is read at the submit; alone it calls back as soon as it changes.
 * @param {unknown} element
 * @param {CardContext} context
 * @param {HTMLElement} control
 * @param {() => unknown} read
 * @param {() => Partial<CardAction>} alone
 */
function bind(element, context, control, read, alone) {
  const name = string(element, 'name');
  if (context.form !== undefined) {
    context.form.add({ name, control, read, required: flag(element, 'required') });
    return;
  }
  const value = callbackValue(element);
  const confirm = object(element, 'confirm');
  control.addEventListener('change', async () => {
    if (confirm !== undefined && !(await context.confirm(confirm))) return;
    await context.act({ value, tag: string(element, 'tag'), ...(name === '' ? {} : { name }), ...alone() });
  });
}
