import {
  anything,
  type Check,
  codes,
  fail,
  isObject,
  list,
  malformed,
  margin,
  oneOf,
  padding,
  perLanguage,
  shape,
  type Walk,
} from './cardChecks.ts';
import { containerComponents, layout } from './cardContainers.ts';
import { controlComponents } from './cardControls.ts';
import { displayComponents } from './cardDisplay.ts';
import { icon, plainText, text } from './cardText.ts';

/**
 * Every component that a card of JSON 2.0 may hold, with the properties that its page lists; any other property is refused.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/component-json-v2-overview
 */

/** Tags of 1.0 that 2.0 no longer has. */
const removed = ['note', 'action'];

/** Must be unique in the card, begin with a letter, and have 1 to 20 letters, digits and underscores. */
const elementId: Check = (value, path, walk) => {
  if (typeof value !== 'string' || !/^[a-zA-Z]\w{0,19}$/.test(value)) {
    return malformed(
      walk,
      path,
      'element_id must begin with a letter and have at most 20 letters, digits or underscores',
    );
  }
  if (walk.elementIds.has(value)) fail(walk, codes.duplicateId, path, `duplicate element_id ${value}`);
  walk.elementIds.add(value);
};

const shapes = new Map(
  Object.entries({ ...displayComponents, ...containerComponents, ...controlComponents }).map(
    ([tag, { properties, required }]) => [
      tag,
      shape({ tag: anything, element_id: elementId, margin, ...properties }, ...required),
    ],
  ),
);

/** One component without its children. Answers its tag, or undefined when the tag is unknown. */
export function checkComponent(value: unknown, path: string, walk: Walk): string | undefined {
  const tag = isObject(value) ? value['tag'] : undefined;
  if (typeof tag !== 'string') {
    malformed(walk, path, 'property tag is required');
    return undefined;
  }
  if (removed.includes(tag)) {
    fail(
      walk,
      codes.removedTag,
      path,
      `cards of schema V2 no longer support this capability; ErrorValue: unsupported tag ${tag}`,
    );
    return undefined;
  }
  const check = shapes.get(tag);
  if (check === undefined) {
    malformed(walk, path, `not support tag: ${tag}`);
    return undefined;
  }
  check(value, path, walk);
  return tag;
}

const textTag = shape(
  { tag: oneOf('text_tag'), element_id: elementId, text: plainText, color: oneOf(...tagColors()) },
  'tag',
  'text',
);

function tagColors(): string[] {
  return 'neutral blue turquoise lime orange violet indigo wathet green yellow red purple carmine'.split(' ');
}

/** https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/title */
export const header = shape(
  {
    title: text(['plain_text', 'lark_md']),
    subtitle: text(['plain_text', 'lark_md']),
    text_tag_list: list(textTag, 3),
    i18n_text_tag_list: perLanguage(list(textTag, 3)),
    template: oneOf(
      ...'blue wathet turquoise green yellow orange red carmine violet purple indigo grey default'.split(' '),
    ),
    icon,
    padding,
  },
  'title',
);

export const bodyLayout = { ...layout, padding } as const;
