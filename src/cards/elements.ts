/**
 * The part of card JSON 2.0 that the bot uses, as types and small constructors: here its containers, in the files beside it what they hold.
 * Feishu refuses a whole card for one unknown property, so nothing outside of the files `…Elements.ts`, `textObjects.ts` and `frame.ts` writes
 * card JSON by hand.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
 */

import type { JsonObject, Text } from '../domain.ts';
import type { Div, Hr, Img, ImgCombination, Markdown } from './contentElements.ts';
import type { Button, Overflow } from './controlElements.ts';
import type { Chart, Table } from './dataElements.ts';
import type { Form } from './formElements.ts';
import { plainText } from './textObjects.ts';

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
  /** On narrow screens alone: squeezed, one below the other, one after the other like words, or two in a row. */
  readonly flex_mode: 'none' | 'stretch' | 'flow' | 'bisect';
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

/** Columns of equal width, on narrow screens one below the other. */
export function sideBySide(...stacks: readonly (readonly Element[])[]): ColumnSet {
  return { ...columns(...stacks), flex_mode: 'stretch' };
}

/** Four columns of equal width, on narrow screens two and two. */
export function quarters(...stacks: readonly (readonly Element[])[]): ColumnSet {
  return { ...columns(...stacks), flex_mode: 'bisect' };
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
