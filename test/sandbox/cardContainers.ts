import {
  align,
  anything,
  bool,
  type Components,
  color,
  filled,
  int,
  margin,
  oneOf,
  shape,
  spacing,
  string,
  verticalAlign,
  wordOrPx,
} from './cardChecks.ts';
import { behaviors, confirm, icon, text, tips, urls } from './cardText.ts';

/** Components that hold others. https://open.feishu.cn/document/feishu-cards/card-json-v2-components/component-json-v2-overview */

/** How a container lays out what it holds. */
export const layout = {
  direction: oneOf('vertical', 'horizontal'),
  padding: margin,
  horizontal_spacing: spacing,
  horizontal_align: align,
  vertical_spacing: spacing,
  vertical_align: verticalAlign,
} as const;

/** `elements` is walked by the rules, which know the nesting. */
const children = { elements: anything } as const;

export const containerComponents: Components = {
  column_set: {
    properties: {
      columns: anything,
      flex_mode: oneOf('none', 'stretch', 'flow', 'bisect', 'trisect'),
      background_style: color,
      horizontal_spacing: spacing,
      horizontal_align: align,
      action: shape({ multi_url: urls }),
    },
    required: ['columns'],
  },
  column: {
    properties: {
      ...layout,
      ...children,
      width: wordOrPx(['auto', 'weighted'], 16, 600),
      weight: int(1, 5),
      background_style: color,
      action: shape({ multi_url: urls }),
    },
    required: [],
  },
  collapsible_panel: {
    properties: {
      ...layout,
      ...children,
      expanded: bool,
      background_color: color,
      border: shape({ color, corner_radius: string }),
      header: shape(
        {
          title: text(['plain_text', 'markdown']),
          background_color: color,
          icon,
          icon_position: oneOf('left', 'right', 'follow_text'),
          icon_expanded_angle: oneOf(-180, -90, 90, 180),
          width: oneOf('fill', 'auto', 'auto_when_fold'),
          vertical_align: verticalAlign,
          padding: margin,
          position: string,
        },
        'title',
      ),
    },
    required: ['header'],
  },
  interactive_container: {
    properties: {
      ...layout,
      ...children,
      ...tips,
      width: wordOrPx(['fill', 'auto'], 16, 999),
      height: wordOrPx(['auto'], 10, 999),
      background_style: color,
      has_border: bool,
      border_color: color,
      corner_radius: string,
      behaviors,
      confirm,
    },
    required: ['behaviors', 'elements'],
  },
  form: { properties: { ...layout, ...children, name: filled }, required: ['name', 'elements'] },
};
