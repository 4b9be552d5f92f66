/** What a reader presses: elements of card JSON 2.0 that open a page or send a value to the bot. */

import type { JsonObject, Text } from '../domain.ts';
import { type PlainText, plainText } from './textObjects.ts';

type Behavior =
  | { readonly type: 'callback'; readonly value: JsonObject }
  | { readonly type: 'open_url'; readonly default_url: string };

type Confirm = { readonly title: PlainText; readonly text: PlainText };

export type Button = {
  readonly tag: 'button';
  readonly text: PlainText;
  readonly type: 'default' | 'primary' | 'danger';
  readonly size?: 'small';
  readonly confirm?: Confirm;
  readonly behaviors: readonly [Behavior];
};

/** What a button sends back: always an object that names the action, because the SDKs refuse anything else. */
export type ActionValue = { readonly action: string } & JsonObject;

/** What a click does: open a page, or send a value to the bot. */
type Effect = { readonly open: string } | { readonly call: ActionValue };

interface ButtonStyle {
  readonly type?: 'default' | 'primary' | 'danger';
  readonly size?: 'small';
  /** Asked before anything is sent. */
  readonly confirm?: { readonly title: Text; readonly text: Text };
}

/**
 * A button.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/button
 */
export function button(text: Text, does: Effect, style: ButtonStyle = {}): Button {
  const { type = 'default', size, confirm } = style;
  return {
    tag: 'button',
    text: plainText(text),
    type,
    ...(size === undefined ? {} : { size }),
    ...(confirm === undefined
      ? {}
      : { confirm: { title: plainText(confirm.title), text: plainText(confirm.text) } }),
    behaviors: [
      'open' in does ? { type: 'open_url', default_url: does.open } : { type: 'callback', value: does.call },
    ],
  };
}

export type Overflow = {
  readonly tag: 'overflow';
  readonly options: readonly ({ readonly text: PlainText } & (
    | { readonly value: string }
    | { readonly multi_url: { readonly url: string } }
  ))[];
  readonly value: ActionValue;
};

/**
 * The menu behind "…", for what has no place among the buttons. A choice opens a page, or comes back as `option`.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/overflow
 */
export function overflow(
  value: ActionValue,
  options: readonly ({ readonly text: Text } & ({ readonly value: string } | { readonly open: string }))[],
): Overflow {
  return {
    tag: 'overflow',
    options: options.map((one) => ({
      text: plainText(one.text),
      ...('open' in one ? { multi_url: { url: one.open } } : { value: one.value }),
    })),
    value,
  };
}
