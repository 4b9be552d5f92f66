import type { Check, Json, Walk } from './cardChecks.ts';
import {
  align,
  anything,
  bool,
  codes,
  color,
  fail,
  filled,
  int,
  isObject,
  list,
  malformed,
  oneOf,
  perLanguage,
  shape,
  string,
  wordOrPx,
} from './cardChecks.ts';

/** Text, icons, links and buttons' behaviour: the parts that many components share. */

const textSizes =
  'heading-0 heading-1 heading-2 heading-3 heading-4 heading normal notation xxxx-large xxx-large xx-large x-large large medium small x-small'.split(
    ' ',
  );

/** A size of the list, or one that config.style.text_size names. */
export const textSize: Check = (value, path, walk) => {
  if (typeof value === 'string' && (textSizes.includes(value) || value.startsWith('cus-'))) return;
  malformed(walk, path, `unknown text size ${String(value)}`);
};

interface MarkdownTag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The tags of a markdown text that name people. Entities such as `&#60;` open no tag. */
function personTags(text: string): MarkdownTag[] {
  return [...text.matchAll(/<(at|person)\b([^<>]*)>/gi)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: new Map(
      [...rest.matchAll(/([a-z_]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/gi)].map(([, key = '', value = '']) => [
        key.toLowerCase(),
        value.replace(/^["']|["']$/g, ''),
      ]),
    ),
  }));
}

/** Whom a markdown text notifies: ids, `email:…`, or `all`. */
export function mentionsIn(text: string): string[] {
  return personTags(text)
    .filter(({ name }) => name === 'at')
    .flatMap(({ attributes }) => {
      const email = attributes.get('email');
      if (email !== undefined) return [`email:${email}`];
      return (attributes.get('ids') ?? attributes.get('id') ?? attributes.get('user_id') ?? '')
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== '');
    });
}

/** Markdown of either kind: people must exist, pictures must be uploaded, tables are few. */
export const markdownText: Check = (value, path, walk) => {
  if (typeof value !== 'string') return malformed(walk, path, 'must be a string');
  for (const id of mentionsIn(value)) checkMention(id, path, walk);
  for (const { name, attributes } of personTags(value)) {
    const id = attributes.get('id') ?? '';
    if (name === 'person' && !walk.context.personExists(id)) badUser(walk, path, id);
  }
  for (const [, key = ''] of value.matchAll(/!\[[^\]]*\]\(([^)\s]+)\)/g)) checkImage(key, path, walk);
  const tables =
    value.match(/^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$/gm)?.length ?? 0;
  if (tables > 4) fail(walk, codes.overLimit, path, 'markdown table number over limit');
};

const badUser = (walk: Walk, path: string, id: string): void =>
  fail(
    walk,
    codes.badUser,
    path,
    `There is an invalid user resource(at/person) in your card; ErrorValue: ${id}`,
  );

function checkMention(id: string, path: string, walk: Walk): void {
  const { context } = walk;
  if (id === 'all') {
    if (!context.atAllAllowed) fail(walk, codes.atAllForbidden, path, 'at all is not permitted in this chat');
  } else if (id.startsWith('email:') ? !context.emailExists(id.slice(6)) : !context.personExists(id)) {
    badUser(walk, path, id);
  }
}

function checkImage(key: string, path: string, walk: Walk): void {
  if (!walk.context.imageExists(key))
    fail(walk, codes.badImage, path, `image key is invalid; ErrorValue: ${key}`);
}

export const imageKey: Check = (value, path, walk) => {
  if (typeof value !== 'string' || value === '') return malformed(walk, path, 'must be an image key');
  checkImage(value, path, walk);
};

/** A component's person: open_id, union_id or user_id. */
export const personId: Check = (value, path, walk) => {
  if (typeof value !== 'string' || !walk.context.personExists(value)) badUser(walk, path, String(value));
};

/** A text object of one of the tags; `style` names what besides content and languages may be set. */
export const text = (tags: readonly string[], style: Readonly<Record<string, Check>> = {}): Check => {
  const plain = shape({ tag: anything, content: string, i18n_content: perLanguage(string), ...style }, 'tag');
  const rich = shape(
    { tag: anything, content: markdownText, i18n_content: perLanguage(markdownText), ...style },
    'tag',
  );
  return (value, path, walk) => {
    const tag = isObject(value) ? value['tag'] : undefined;
    if (typeof tag !== 'string' || !tags.includes(tag))
      return malformed(walk, path, `tag must be one of ${tags.join(', ')}`);
    (tag === 'plain_text' ? plain : rich)(value, path, walk);
  };
};

export const plainText = text(['plain_text']);
export const styledText = text(['plain_text', 'lark_md'], {
  text_size: textSize,
  text_color: color,
  text_align: align,
  lines: int(1, 999),
});

const iconShape = shape(
  { tag: oneOf('standard_icon', 'custom_icon'), token: string, color, img_key: imageKey, size: string },
  'tag',
);
/** https://open.feishu.cn/document/feishu-cards/enumerations-for-icons */
export const icon: Check = iconShape;

export const urls = shape({ url: string, pc_url: string, ios_url: string, android_url: string });

/** A title is needed: without one old clients freeze. */
export const confirm = shape({ title: plainText, text: plainText }, 'title');

const callback = shape({ type: anything, value: isObjectCheck() }, 'value');
const openUrl = shape({
  type: anything,
  default_url: filled,
  pc_url: string,
  ios_url: string,
  android_url: string,
});

function isObjectCheck(): Check {
  return (value, path, walk) => {
    if (!isObject(value)) malformed(walk, path, 'must be an object, or clients report 200671');
  };
}

/** https://open.feishu.cn/document/feishu-cards/configuring-card-interactions */
export const behaviors = list((value, path, walk) => {
  const given: Json = isObject(value) ? value : {};
  if (given['type'] === 'callback') callback(value, path, walk);
  else if (given['type'] === 'open_url') {
    openUrl(value, path, walk);
    if (
      given['default_url'] === undefined &&
      ['pc_url', 'ios_url', 'android_url'].some((key) => given[key] === undefined)
    ) {
      malformed(walk, path, 'default_url is required unless every platform has its own');
    }
  } else malformed(walk, path, 'type must be callback or open_url');
});

export const tips = { hover_tips: plainText, disabled: bool, disabled_tips: plainText } as const;
export const controlWidth = wordOrPx(['default', 'fill'], 100, Number.POSITIVE_INFINITY);
