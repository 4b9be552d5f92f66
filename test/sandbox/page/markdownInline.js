import { decode, EMOJI } from './markdownEntities.js';
import { webAddress } from './read.js';

/**
 * The inline half of a card's markdown: text in, a tree of plain objects out. Nothing here touches the page.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
 *
 * @typedef {{ kind: 'text', text: string }
 *   | { kind: 'code', text: string }
 *   | { kind: 'break' }
 *   | { kind: 'rule' }
 *   | { kind: 'bold' | 'italic' | 'strike', children: Inline[] }
 *   | { kind: 'link', url: string, children: Inline[] }
 *   | { kind: 'image', key: string, alt: string }
 *   | { kind: 'at', id: string }
 *   | { kind: 'person', id: string, name: boolean, avatar: boolean, style: string }
 *   | { kind: 'font' | 'tag', color: string, children: Inline[] }
 *   | { kind: 'time', ms: number, format: string }} Inline
 *
 * @typedef {{ newline: 'space' | 'break', images: boolean }} Dialect
 *
 * @typedef {object} Reading
 * @property {string} source
 * @property {Dialect} dialect
 * @property {number} depth
 * @property {Map<string, number>} missing a closer that was looked for in vain, and from where: keeps hostile text linear
 */

const DEPTH_MAX_COUNT = 16;
const TAG_MAX_CHARS = 600;

/**
 * Parses inline markdown. Never throws, whatever the text.
 * @param {string} source
 * @param {Dialect} dialect `markdown` treats one newline as a space, `lark_md` as a line break and knows no images
 * @param {number} [depth]
 * @returns {Inline[]}
 */
export function parseInline(source, dialect, depth = 0) {
  if (depth > DEPTH_MAX_COUNT) return [{ kind: 'text', text: source }];
  /** @type {Reading} */
  const reading = { source, dialect, depth, missing: new Map() };
  /** @type {Inline[]} */
  const nodes = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') nodes.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let index = 0; index < source.length; ) {
    const found = readers[source.charAt(index)]?.(reading, index);
    if (found === undefined) {
      plain += source.charAt(index);
      index += 1;
      continue;
    }
    index = found.end;
    if (typeof found.node === 'string') plain += found.node;
    else {
      flush();
      if (found.node !== null) nodes.push(found.node);
    }
  }
  flush();
  return nodes;
}

/** @typedef {{ end: number, node: Inline | string | null } | undefined} Found */

/** @type {Record<string, (reading: Reading, index: number) => Found>} */
const readers = {
  '\\': escaped,
  '`': code,
  '!': picture,
  '[': link,
  '<': tag,
  '&': entity,
  '*': emphasis,
  _: emphasis,
  '~': emphasis,
  ':': emoji,
  h: address,
  '\n': newline,
};

/** @type {(reading: Reading, index: number) => Found} */
function escaped({ source }, index) {
  const next = source.charAt(index + 1);
  return /[!-/:-@[-`{-~]/.test(next) ? { end: index + 2, node: next } : undefined;
}

/** @type {(reading: Reading, index: number) => Found} */
function newline({ source, dialect }, index) {
  const hard = dialect.newline === 'break' || source.slice(Math.max(0, index - 2), index) === '  ';
  return { end: index + 1, node: hard ? { kind: 'break' } : ' ' };
}

/** @type {(reading: Reading, index: number) => Found} */
function code(reading, index) {
  const fence = /^`+/.exec(reading.source.slice(index, index + 40))?.[0] ?? '`';
  const end = find(reading, fence, index + fence.length);
  if (end < 0) return { end: index + fence.length, node: fence };
  const text = reading.source.slice(index + fence.length, end);
  return { end: end + fence.length, node: { kind: 'code', text: text.trim() === '' ? text : text.trim() } };
}

/** @type {(reading: Reading, index: number) => Found} */
function picture(reading, index) {
  if (!reading.dialect.images || reading.source.charAt(index + 1) !== '[') return undefined;
  const parts = /^!\[([^\][]{0,200})\]\(([\w-]{1,200})\)/.exec(reading.source.slice(index, index + 420));
  if (parts === null) return undefined;
  return { end: index + parts[0].length, node: { kind: 'image', alt: parts[1] ?? '', key: parts[2] ?? '' } };
}

/** @type {(reading: Reading, index: number) => Found} */
function link(reading, index) {
  const middle = find(reading, '](', index + 1);
  if (middle < 0 || middle - index > 2000) return undefined;
  const label = reading.source.slice(index + 1, middle);
  const target = /^\]\(\s*([^\s()<>]{1,2000})\s*\)/.exec(reading.source.slice(middle, middle + 2100));
  const url = target?.[1] === undefined ? undefined : webAddress(decode(target[1]));
  if (target === null || url === undefined || label.includes('[')) return undefined;
  return {
    end: middle + target[0].length,
    node: { kind: 'link', url, children: parseInline(label, reading.dialect, reading.depth + 1) },
  };
}

/** @type {(reading: Reading, index: number) => Found} */
function address({ source }, index) {
  if (!source.startsWith('http', index) || /\w/.test(source.charAt(index - 1))) return undefined;
  const text = /^https?:\/\/[^\s<>()[\]"'`*~，。；：！？）】」』、]+/.exec(
    source.slice(index, index + 2000),
  )?.[0];
  const trimmed = text?.replace(/[.,;:!?&]+$/, '');
  const url = trimmed === undefined ? undefined : webAddress(trimmed);
  if (url === undefined || trimmed === undefined) return undefined;
  return {
    end: index + trimmed.length,
    node: { kind: 'link', url, children: [{ kind: 'text', text: trimmed }] },
  };
}

/** @type {(reading: Reading, index: number) => Found} */
function entity({ source }, index) {
  const parts = /^&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/i.exec(source.slice(index, index + 12));
  if (parts === null) return undefined;
  const text = decode(parts[0]);
  return text === parts[0] ? undefined : { end: index + parts[0].length, node: text };
}

/** @type {(reading: Reading, index: number) => Found} */
function emoji({ source }, index) {
  const parts = /^:([A-Za-z_]{2,20}):/.exec(source.slice(index, index + 24));
  const symbol = parts?.[1] === undefined ? undefined : EMOJI[parts[1].toLowerCase()];
  return parts === null || symbol === undefined ? undefined : { end: index + parts[0].length, node: symbol };
}

/** @type {(reading: Reading, index: number) => Found} */
function emphasis(reading, index) {
  const { source } = reading;
  const mark = source.charAt(index);
  const run = source.charAt(index + 1) === mark ? mark + mark : mark;
  if (run === '~') return undefined;
  const start = index + run.length;
  if (/^\s?$/.test(source.charAt(start)) || (mark === '_' && /\w/.test(source.charAt(index - 1)))) {
    return { end: start, node: run };
  }
  const end = closing(reading, run, start);
  if (end < 0) return { end: start, node: run };
  const children = parseInline(source.slice(start, end), reading.dialect, reading.depth + 1);
  const kind = run.length === 2 ? 'bold' : 'italic';
  return { end: end + run.length, node: { kind: mark === '~' ? 'strike' : kind, children } };
}

/**
 * Where the emphasis that was opened before `from` closes, or -1.
 * @param {Reading} reading
 * @param {string} run
 * @param {number} from
 */
function closing(reading, run, from) {
  const { source, missing } = reading;
  if ((missing.get(run) ?? Infinity) <= from) return -1;
  const mark = run.charAt(0);
  for (let index = from; index < source.length; index += 1) {
    const here = source.charAt(index);
    if (here === '\\') index += 1;
    else if (here === '`') index = code(reading, index)?.end ?? index;
    else if (here === mark) {
      const length = runLength(source, index, mark);
      const end = index + length - run.length;
      if (
        length >= run.length &&
        (run.length === 2 || length !== 2) &&
        closes(source, index, end + run.length, mark)
      ) {
        return end;
      }
      index += length - 1;
    }
  }
  missing.set(run, from);
  return -1;
}

/** @type {(source: string, index: number, mark: string) => number} */
function runLength(source, index, mark) {
  let end = index;
  while (source.charAt(end) === mark) end += 1;
  return end - index;
}

/** @type {(source: string, start: number, end: number, mark: string) => boolean} */
const closes = (source, start, end, mark) =>
  /\S/.test(source.charAt(start - 1)) && !(mark === '_' && /\w/.test(source.charAt(end)));

/** @type {(reading: Reading, index: number) => Found} */
function tag(reading, index) {
  const { source } = reading;
  const parts =
    /^<([a-z_]{1,20})((?:\s+[a-z_]{1,30}(?:\s*=\s*(?:'[^']*'|"[^"]*"|[^\s'"<>]+))?){0,12})\s*\/?>/i.exec(
      source.slice(index, index + TAG_MAX_CHARS),
    );
  if (parts === null) return undefined;
  const name = (parts[1] ?? '').toLowerCase();
  const given = attributes(parts[2] ?? '');
  const start = index + parts[0].length;
  if (name === 'br') return { end: start, node: { kind: 'break' } };
  if (name === 'hr') return { end: start, node: { kind: 'rule' } };
  const build = builders[name];
  if (build === undefined) return undefined;
  const shut = find(reading, `</${name}>`, start);
  const end = shut < 0 ? start : shut;
  if (shut < 0 && !STANDALONE.has(name)) return undefined;
  const inner = source.slice(start, end);
  return { end: shut < 0 ? start : end + name.length + 3, node: build(given, inner, reading) };
}

const STANDALONE = new Set(['at', 'person', 'local_datetime']);

/** @type {Record<string, (given: Record<string, string>, inner: string, reading: Reading) => Inline>} */
const builders = {
  at: (given) => ({ kind: 'at', id: given.id ?? given.ids ?? given.email ?? '' }),
  person: (given) => ({
    kind: 'person',
    id: given.id ?? '',
    name: given.show_name !== 'false',
    avatar: given.show_avatar !== 'false',
    style: given.style ?? 'normal',
  }),
  local_datetime: (given) => ({
    kind: 'time',
    ms: Number(given.millisecond ?? Number.NaN),
    format: given.format_type ?? 'date_num',
  }),
  font: (given, inner, reading) => wrapped('font', given.color ?? '', inner, reading),
  text_tag: (given, inner, reading) => wrapped('tag', given.color ?? 'neutral', inner, reading),
  number_tag: (given, inner, reading) => wrapped('tag', given.background_color ?? 'blue', inner, reading),
  a: (given, inner, reading) => anchor(given.href ?? '', inner, reading),
  link: (given, inner, reading) => anchor(given.url ?? given.pc_url ?? '', inner, reading),
  raw: (_given, inner) => ({ kind: 'text', text: inner }),
};

/** @type {(kind: 'font' | 'tag', color: string, inner: string, reading: Reading) => Inline} */
function wrapped(kind, color, inner, reading) {
  return { kind, color, children: parseInline(inner, reading.dialect, reading.depth + 1) };
}

/** @type {(target: string, inner: string, reading: Reading) => Inline} */
function anchor(target, inner, reading) {
  const url = webAddress(decode(target));
  if (url === undefined) return { kind: 'text', text: inner };
  return { kind: 'link', url, children: parseInline(inner, reading.dialect, reading.depth + 1) };
}

/** @type {(text: string) => Record<string, string>} */
function attributes(text) {
  /** @type {Record<string, string>} */
  const given = {};
  for (const parts of text.matchAll(/([a-z_]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'"<>]+))/gi)) {
    given[(parts[1] ?? '').toLowerCase()] = parts[2] ?? parts[3] ?? parts[4] ?? '';
  }
  return given;
}

/**
 * `indexOf` that remembers what is not there.
 * @type {(reading: Reading, text: string, from: number) => number}
 */
function find({ source, missing }, text, from) {
  const key = `find ${text}`;
  if ((missing.get(key) ?? Infinity) <= from) return -1;
  const index = source.indexOf(text, from);
  if (index < 0) missing.set(key, from);
  return index;
}
