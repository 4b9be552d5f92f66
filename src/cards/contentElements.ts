/** Texts and pictures: elements of card JSON 2.0 that only show something. */

import type { Text } from '../domain.ts';
import { type Content, content, type PlainText, plainText } from './textObjects.ts';

/** `heading` 16 px, `normal` 14 px, `notation` 12 px. */
type TextSize = 'heading' | 'normal' | 'notation';
type TextColor = 'default' | 'grey' | 'red' | 'orange' | 'green' | 'blue';

export type Div = {
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

export type Markdown = { readonly tag: 'markdown'; readonly text_size?: TextSize } & Content;

/**
 * Rich text. What people wrote may only stand in it after `untrusted.ts` has escaped it for markdown.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
 */
export function markdown(text: Text, { size }: { readonly size?: TextSize } = {}): Markdown {
  return { tag: 'markdown', ...content(text), ...(size === undefined ? {} : { text_size: size }) };
}

export type Hr = { readonly tag: 'hr' };

export const hr: Hr = { tag: 'hr' };

// ---------------------------------------------------------------- pictures

export type Img = {
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

export type ImgCombination = {
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
