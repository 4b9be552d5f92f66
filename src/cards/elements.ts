/**
 * The part of card JSON 2.0 that the bot uses, as types and small constructors. Feishu refuses a whole card for one unknown
 * property, so nothing outside of this file writes card JSON by hand.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
 *
 * Texts come as `Text`. What is the same in all languages carries `content` alone, what differs carries `i18n_content` too: that
 * keeps people's words from being counted four times against the 30 KB. Readers of other languages get English.
 */

import type { Card, JsonObject, Text } from '../domain.ts';
import type { Chart, Table } from './dataElements.ts';
import type { Form } from './formElements.ts';
import { type Content, content, type PlainText, plainText } from './textObjects.ts';

// ---------------------------------------------------------------- texts

/** `heading` 16 px, `normal` 14 px, `notation` 12 px. */
type TextSize = 'heading' | 'normal' | 'notation';
type TextColor = 'default' | 'grey' | 'red' | 'orange' | 'green' | 'blue';

type Div = {
  readonly tag: 'div';
  readonly text: PlainText & { readonly text_size?: TextSize; readonly text_color?: TextColor };
};

/**
 * Text that is shown letter by letter: nothing in it is parsed, so it is the place for what people wrote.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/plain-text
 */
export function plain(text: Text, style: { readonly size?: TextSize; readonly color?: TextColor } = {}): Div {
  return {
    tag: 'div',
    text: {
      ...plainText(text),
      ...(style.size === undefined ? {} : { text_size: style.size }),
      ...(style.color === undefined ? {} : { text_color: style.color }),
    },
  };
}

/** A small grey line: labels, times, remarks. */
export function note(text: Text): Div {
  return plain(text, { size: 'notation', color: 'grey' });
}

type Markdown = { readonly tag: 'markdown' } & Content;

/**
 * Rich text. What people wrote may only stand in it after `untrusted.ts` has escaped it for markdown.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
 */
export function markdown(text: Text): Markdown {
  return { tag: 'markdown', ...content(text) };
}

// ---------------------------------------------------------------- pictures

type Img = {
  readonly tag: 'img';
  readonly img_key: string;
  readonly alt: PlainText;
  readonly scale_type: 'fit_horizontal' | 'crop_center';
  readonly size?: 'large';
};

/**
 * One picture. `whole` shows all of it as wide as the card; `thumbnail` a square of 160 px. Both open in full on a click.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/image
 */
export function img(imageKey: string, alt: Text, shape: 'whole' | 'thumbnail'): Img {
  const base = { tag: 'img', img_key: imageKey, alt: plainText(alt) } as const;
  return shape === 'whole'
    ? { ...base, scale_type: 'fit_horizontal' }
    : { ...base, scale_type: 'crop_center', size: 'large' };
}

/** How many pictures each arrangement holds. More are dropped by Feishu, fewer leave blanks. */
export const combinationCounts = { double: 2, triple: 3, bisect: 6, trisect: 9 } as const;
export type CombinationMode = keyof typeof combinationCounts;

type ImgCombination = {
  readonly tag: 'img_combination';
  readonly combination_mode: CombinationMode;
  readonly img_list: readonly { readonly img_key: string }[];
};

/**
 * Several pictures side by side; the mode must hold exactly as many.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/multi-image-laylout
 */
export function imgCombination(mode: CombinationMode, imageKeys: readonly string[]): ImgCombination {
  return {
    tag: 'img_combination',
    combination_mode: mode,
    img_list: imageKeys.map((key) => ({ img_key: key })),
  };
}

// ---------------------------------------------------------------- containers

type Column = {
  readonly tag: 'column';
  readonly width: 'weighted' | 'auto';
  readonly weight?: number;
  readonly vertical_align: 'top' | 'center';
  readonly vertical_spacing?: 'small';
  readonly padding?: string;
  readonly elements: readonly Element[];
};

type ColumnSet = {
  readonly tag: 'column_set';
  readonly flex_mode: 'none' | 'flow';
  readonly background_style?: 'grey';
  readonly horizontal_spacing: 'medium' | 'large';
  readonly columns: readonly Column[];
};

/**
 * Columns of equal width, on narrow screens too.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/column-set
 */
export function columns(...stacks: readonly (readonly Element[])[]): ColumnSet {
  return {
    tag: 'column_set',
    flex_mode: 'none',
    horizontal_spacing: 'large',
    columns: stacks.map((elements) => stack(elements)),
  };
}

function stack(elements: readonly Element[]): Column {
  return {
    tag: 'column',
    width: 'weighted',
    weight: 1,
    vertical_align: 'top',
    vertical_spacing: 'small',
    elements,
  };
}

/** A grey box around what somebody wrote, so that it cannot pass for the bot's own words. */
export function box(elements: readonly Element[]): ColumnSet {
  return {
    ...columns(),
    background_style: 'grey',
    columns: [{ ...stack(elements), padding: '12px' }],
  };
}

/** Text with a button at its right end; without a button it is the text alone. */
export function lineWithButton(elements: readonly Element[], end: Button | undefined): readonly Element[] {
  if (end === undefined) return elements;
  const right: Column = { tag: 'column', width: 'auto', vertical_align: 'center', elements: [end] };
  return [{ ...columns(), columns: [stack(elements), right] }];
}

/** Buttons next to each other, on the next line when the screen is narrow. */
export function buttonRow(buttons: readonly (Button | Overflow)[]): ColumnSet {
  return {
    tag: 'column_set',
    flex_mode: 'flow',
    horizontal_spacing: 'medium',
    columns: buttons.map((one) => ({
      tag: 'column',
      width: 'auto',
      vertical_align: 'center',
      elements: [one],
    })),
  };
}

type CollapsiblePanel = {
  readonly tag: 'collapsible_panel';
  readonly expanded: boolean;
  readonly header: JsonObject;
  readonly border: { readonly color: 'grey'; readonly corner_radius: '5px' };
  readonly padding: '8px';
  readonly elements: readonly Element[];
};

/**
 * A part that the reader unfolds.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/collapsible-panel
 */
export function collapsible(title: Text, elements: readonly Element[]): CollapsiblePanel {
  return {
    tag: 'collapsible_panel',
    expanded: false,
    header: {
      title: plainText(title),
      vertical_align: 'center',
      padding: '4px 8px',
      icon: { tag: 'standard_icon', token: 'down-small-ccm_outlined', size: '16px 16px' },
      icon_position: 'right',
      icon_expanded_angle: -180,
    },
    border: { color: 'grey', corner_radius: '5px' },
    padding: '8px',
    elements,
  };
}

type Hr = { readonly tag: 'hr' };

export const hr: Hr = { tag: 'hr' };

// ---------------------------------------------------------------- controls

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

type Overflow = {
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

// ---------------------------------------------------------------- the card

export type Element =
  | Div
  | Markdown
  | Img
  | ImgCombination
  | ColumnSet
  | CollapsiblePanel
  | Hr
  | Table
  | Chart
  | Button
  | Overflow
  | Form;

/** https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/title */
export type HeaderColor = 'blue' | 'wathet' | 'green' | 'yellow' | 'orange' | 'red' | 'grey';
export type TagColor = 'neutral' | 'blue' | 'wathet' | 'green' | 'yellow' | 'orange' | 'red' | 'turquoise';

export interface HeaderTag {
  readonly text: Text;
  readonly color: TagColor;
}

export interface CardParts {
  readonly title: Text;
  readonly subtitle?: Text | undefined;
  readonly color: HeaderColor;
  /** Feishu shows three. */
  readonly tags?: readonly HeaderTag[];
  /** What the notification and the list of chats show. */
  readonly summary: Text;
  readonly elements: readonly Element[];
}

/** A whole card. `update_multi` must be true from the start, or the card can never be updated. */
export function card(parts: CardParts): Card {
  const tags = (parts.tags ?? []).slice(0, 3);
  return {
    schema: '2.0',
    config: { update_multi: true, summary: content(parts.summary) },
    header: {
      title: plainText(parts.title),
      ...(parts.subtitle === undefined ? {} : { subtitle: plainText(parts.subtitle) }),
      template: parts.color,
      ...(tags.length === 0
        ? {}
        : {
            text_tag_list: tags.map((tag) => ({
              tag: 'text_tag',
              text: plainText(tag.text),
              color: tag.color,
            })),
          }),
    },
    body: { elements: parts.elements },
  };
}

/** A card without a header: one line that says something. */
export function headless(summary: Text, elements: readonly Element[]): Card {
  return {
    schema: '2.0',
    config: { update_multi: true, summary: content(summary) },
    body: { elements },
  };
}
