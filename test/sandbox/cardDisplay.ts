import {
  align,
  bool,
  type Check,
  type Components,
  filled,
  int,
  list,
  malformed,
  oneOf,
  perLanguage,
  shape,
  string,
  wordOrPx,
} from './cardChecks.ts';
import { chartProperties, tableProperties } from './cardTables.ts';
import { icon, imageKey, markdownText, personId, plainText, styledText, text, textSize } from './cardText.ts';

/** Components that show something. https://open.feishu.cn/document/feishu-cards/card-json-v2-components/component-json-v2-overview */

const sizeWord = oneOf('large', 'medium', 'small', 'tiny', 'stretch');
/** A word, or `w h` in pixels up to 1000. */
const imageSize: Check = (value, path, walk) => {
  const pixels = typeof value === 'string' ? /^(\d+)px (\d+)px$/.exec(value) : null;
  if (pixels === null) return sizeWord(value, path, walk);
  if ([pixels[1], pixels[2]].some((px) => Number(px) < 1 || Number(px) > 1_000)) {
    malformed(walk, path, 'must be 1 to 1000 px each way');
  }
};

const imageList = list(shape({ img_key: imageKey, transparent: bool }, 'img_key'));
const persons = list(shape({ id: filled }, 'id'));

export const displayComponents: Components = {
  markdown: {
    properties: {
      content: markdownText,
      i18n_content: perLanguage(markdownText),
      text_align: align,
      text_size: textSize,
      icon,
    },
    required: [],
  },
  div: {
    properties: {
      text: styledText,
      icon,
      width: wordOrPx(['fill', 'auto'], 16, 999),
      fields: list(shape({ is_short: bool, text: styledText }, 'text')),
    },
    required: [],
  },
  img: {
    properties: {
      img_key: imageKey,
      alt: plainText,
      title: text(['plain_text', 'lark_md']),
      corner_radius: string,
      scale_type: oneOf('crop_center', 'crop_top', 'fit_horizontal'),
      size: imageSize,
      transparent: bool,
      preview: bool,
    },
    required: ['img_key', 'alt'],
  },
  img_combination: {
    properties: {
      combination_mode: oneOf('double', 'triple', 'bisect', 'trisect'),
      img_list: imageList,
      combination_transparent: bool,
      corner_radius: string,
    },
    required: ['combination_mode', 'img_list'],
  },
  hr: { properties: {}, required: [] },
  person: {
    properties: {
      user_id: personId,
      size: oneOf('extra_small', 'small', 'medium', 'large'),
      show_avatar: bool,
      show_name: bool,
      style: oneOf('normal', 'capsule'),
    },
    required: ['user_id'],
  },
  person_list: {
    properties: {
      persons,
      show_name: bool,
      show_avatar: bool,
      size: oneOf('extra_small', 'small', 'medium', 'large'),
      lines: int(1, 99),
      drop_invalid_user_id: bool,
      icon,
    },
    required: ['persons'],
  },
  table: { properties: tableProperties, required: ['columns', 'rows'] },
  chart: { properties: chartProperties, required: ['chart_spec'] },
};
