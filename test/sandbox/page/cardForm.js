import { flow, px } from './cardParts.js';
import { h } from './dom.js';
import { string } from './read.js';

/**
 * A form: its controls are read together when the submit button is pressed.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/form-container
 *
 * @typedef {import('./card.js').CardContext} CardContext
 * @typedef {{ name: string, control: HTMLElement,
 *   read: () => unknown, required: boolean }} FormField
 *
 * @typedef {object} FormScope
 * @property {(field: FormField) => void} add
 * @property {(value: unknown, name: string) => Promise<void>} submit
 * @property {() => void} reset
 */

/**
 * @param {unknown} element
 * @param {CardContext} context
 * @param {(inner: CardContext) => Node[]} drawInside
 * @returns {HTMLElement}
 */
export function drawForm(element, context, drawInside) {
  const form = h('form', { class: 'el-form', submit: (event) => event.preventDefault() });
  /** @type {FormField[]} */
  const fields = [];
  /** @type {FormScope} */
  const scope = {
    add: (field) => {
      fields.push(field);
    },
    reset: () => {
      form.reset();
      for (const { control } of fields) control.dispatchEvent(new Event('change'));
    },
    submit: async (value, name) => {
      const missing = fields.filter((field) => field.required && isEmpty(field.read()));
      for (const field of fields) field.control.classList.toggle('invalid', missing.includes(field));
      if (missing[0] !== undefined) {
        missing[0].control.focus();
        return;
      }
      const formValue = Object.fromEntries(fields.map((field) => [field.name, field.read()]));
      await context.act({ value: value ?? {}, tag: 'button', name, formValue });
    },
  };
  form.append(...drawInside({ ...context, form: scope }));
  form.style.padding = px(string(element, 'padding'), '');
  flow(form, element, '12px');
  return form;
}

/** @type {(value: unknown) => boolean} */
const isEmpty = (value) =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
