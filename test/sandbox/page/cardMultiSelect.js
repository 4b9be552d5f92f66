import { h, icon } from './dom.js';

/**
 * A choice of several: one line that says what is chosen, and a list to tick that opens under it.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/multi-select-dropdown-menu
 */

/**
 * @param {{ value: string, label: string }[]} options
 * @param {Set<string>} initial values that are chosen at first
 * @param {{ placeholder: string, disabled: boolean, name: string }} look
 * @returns {{ box: HTMLElement, chosen: () => string[] }}
 */
export function multiSelect(options, initial, { placeholder, disabled, name }) {
  const boxes = options.map(({ value }) =>
    h('input', { type: 'checkbox', value, name, checked: initial.has(value) }),
  );
  const line = h('span', { class: 'multi-line' });
  const chosen = () => boxes.filter((one) => one.checked).map((one) => one.value);
  const tell = () => {
    const labels = options.filter((_, index) => boxes[index]?.checked).map(({ label }) => label);
    line.textContent = labels.join(', ') || placeholder;
    line.classList.toggle('none', labels.length === 0);
  };
  const rows = options.map(({ label }, index) =>
    h('label', { class: 'checker' }, boxes[index], h('span', {}, label)),
  );
  const summary = h('summary', {}, line, icon('down'));
  const box = h('details', { class: 'field-control multi', tabindex: '-1' }, summary);
  if (disabled) {
    box.classList.add('disabled');
    summary.addEventListener('click', (event) => event.preventDefault());
  } else box.append(h('div', { class: 'multi-list' }, ...rows));
  box.addEventListener('change', tell);
  tell();
  return { box, chosen };
}
