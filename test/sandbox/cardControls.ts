import {
  anything,
  bool,
  type Components,
  filled,
  int,
  list,
  margin,
  number,
  objectOrString,
  oneOf,
  shape,
  string,
} from './cardChecks.ts';
import {
  behaviors,
  confirm,
  controlWidth,
  icon,
  imageKey,
  personId,
  plainText,
  styledText,
  text,
  tips,
  urls,
} from './cardText.ts';

/** Components that a person uses. https://open.feishu.cn/document/feishu-cards/card-json-v2-components/component-json-v2-overview */

const control = {
  name: filled,
  required: bool,
  width: controlWidth,
  behaviors,
  confirm,
  disabled: bool,
} as const;
const option = shape({ text: plainText, value: filled, icon }, 'text', 'value');
const personOption = shape({ value: personId }, 'value');
const select = { ...control, type: oneOf('default', 'text'), placeholder: plainText } as const;
const picker = { ...control, placeholder: plainText, value: objectOrString } as const;

export const controlComponents: Components = {
  button: {
    properties: {
      ...tips,
      text: plainText,
      type: oneOf(
        'default',
        'primary',
        'danger',
        'text',
        'primary_text',
        'danger_text',
        'primary_filled',
        'danger_filled',
        'laser',
      ),
      size: oneOf('tiny', 'small', 'medium', 'large'),
      width: controlWidth,
      icon,
      confirm,
      behaviors,
      name: filled,
      form_action_type: oneOf('submit', 'reset'),
    },
    required: [],
  },
  overflow: {
    properties: {
      options: list(shape({ text: text(['plain_text']), multi_url: urls, value: string })),
      value: objectOrString,
      width: controlWidth,
      confirm,
      behaviors,
    },
    required: ['options'],
  },
  select_static: {
    properties: { ...select, options: list(option), initial_option: string, initial_index: int(0, 9_999) },
    required: [],
  },
  multi_select_static: {
    properties: { ...select, options: list(option), selected_values: list(string) },
    required: [],
  },
  select_person: {
    properties: { ...select, options: list(personOption), initial_option: personId },
    required: [],
  },
  multi_select_person: {
    properties: { ...select, options: list(personOption), selected_values: list(personId) },
    required: [],
  },
  date_picker: { properties: { ...picker, initial_date: string }, required: [] },
  picker_time: { properties: { ...picker, initial_time: string }, required: [] },
  picker_datetime: { properties: { ...picker, initial_datetime: string }, required: [] },
  input: {
    properties: {
      ...control,
      disabled_tips: plainText,
      placeholder: plainText,
      default_value: string,
      input_type: oneOf('text', 'multiline_text', 'password'),
      rows: int(1, 999),
      auto_resize: bool,
      max_rows: int(1, 999),
      max_length: int(1, 1_000),
      show_icon: bool,
      label: plainText,
      label_position: oneOf('top', 'left'),
      value: objectOrString,
    },
    required: [],
  },
  checker: {
    properties: {
      ...tips,
      name: filled,
      checked: bool,
      text: styledText,
      overall_checkable: bool,
      button_area: anything,
      checked_style: shape({ show_strikethrough: bool, opacity: number(0, 1) }),
      padding: margin,
      confirm,
      behaviors,
    },
    required: [],
  },
  select_img: {
    properties: {
      name: filled,
      required: bool,
      multi_select: bool,
      layout: oneOf('stretch', 'bisect', 'trisect'),
      can_preview: bool,
      aspect_ratio: oneOf('1:1', '16:9', '4:3'),
      disabled: bool,
      disabled_tips: plainText,
      options: list(
        shape({
          img_key: imageKey,
          value: filled,
          disabled: bool,
          disabled_tips: plainText,
          hover_tips: plainText,
        }),
      ),
      value: objectOrString,
      behaviors,
      confirm,
    },
    required: ['options'],
  },
};
