import type { Reader } from './reader.ts';
import type { Span, Style } from './style.ts';
import { styleOf } from './style.ts';
import { harmless, type Line } from './width.ts';

/** A card's markdown as styled lines of a terminal. */

/** One mark of the inline language; what matches none of them is plain text. */
const mark =
  /\\(?<escaped>[!-/:-@[-`{-~])|&(?<entity>#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});|`(?<code>[^`\n]{1,500})`|!\[[^\]\n]{0,300}\]\((?<image>[\w-]+)\)|\[(?<label>[^\]\n]{0,300})\]\((?<url>https?:\/\/[^\s)]+)\)|<(?<slash>\/?)(?<tag>[a-z_]+)(?<given>(?:\s+[a-z_]+\s*=\s*(?:'[^']*'|"[^"]*"|[^\s'"<>]+))*)\s*\/?>|(?<toggle>\*\*|~~|\*|(?<![\p{L}\p{N}_])__?(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])__?(?![\p{L}\p{N}_]))/giu;

const toggles: Readonly<Record<string, Style>> = {
  '**': 'bold',
  __: 'bold',
  '~~': 'strike',
  '*': 'italic',
  _: 'italic',
};

interface Writing {
  readonly lines: Span[][];
  styles: Style[];
  /** Styles to go back to at each closing tag. */
  readonly stack: Style[][];
}

/** Reads markdown (or `lark_md`) into lines. Never throws; what it does not know it shows as it is. */
export function markdownLines(source: string, reader: Reader): Line[] {
  return harmless(source)
    .split(/\n/)
    .filter((line, index, all) => line.trim() !== '' || (all[index - 1] ?? '').trim() !== '')
    .flatMap((line) => blockLine(line, reader));
}

function blockLine(line: string, reader: Reader): Line[] {
  if (/^\s*(?:```|~~~)/.test(line) || /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(line)) return [];
  if (/^\s*(?:-{3,}|\*{3,}|<hr\s*\/?>)\s*$/i.test(line)) return [[{ text: '─'.repeat(24), styles: ['dim'] }]];
  const heading = /^\s*#{1,6}\s+(.*)$/.exec(line);
  if (heading !== null) return inlineLines(heading[1] ?? '', reader, ['bold']);
  const quote = /^\s*>\s?(.*)$/.exec(line);
  if (quote !== null) {
    return inlineLines(quote[1] ?? '', reader, []).map((spans) => [
      { text: '│ ', styles: ['dim'] },
      ...spans,
    ]);
  }
  const item = /^(\s*)(?:[-*+]|(\d+[.)]))\s+(.*)$/.exec(line);
  if (item === null) return inlineLines(line, reader, []);
  const [, indent = '', number, rest = ''] = item;
  return inlineLines(rest, reader, []).map((spans, index) => [
    { text: `${indent}${index === 0 ? (number ?? '•') : ' '} ` },
    ...spans,
  ]);
}

function inlineLines(source: string, reader: Reader, base: Style[]): Line[] {
  const writing: Writing = { lines: [[]], styles: base, stack: [] };
  let last = 0;
  for (const match of source.matchAll(mark)) {
    put(writing, source.slice(last, match.index));
    last = match.index + match[0].length;
    readMark(writing, match, source.slice(last), reader);
  }
  put(writing, source.slice(last));
  return writing.lines;
}

function put(writing: Writing, text: string, ...more: readonly Style[]): void {
  if (text !== '') writing.lines.at(-1)?.push({ text, styles: [...writing.styles, ...more] });
}

function readMark(writing: Writing, match: RegExpMatchArray, rest: string, reader: Reader): void {
  const { escaped, entity, code, image, label, url, tag, toggle } = match.groups ?? {};
  if (escaped !== undefined) put(writing, escaped);
  else if (entity !== undefined) put(writing, harmless(decode(entity) ?? match[0]));
  else if (code !== undefined) put(writing, code, 'cyan');
  else if (image !== undefined) put(writing, reader.picture(image));
  else if (url !== undefined) put(writing, linkText(label ?? '', url), 'underline');
  else if (tag !== undefined) readTag(writing, match, rest, reader);
  else if (toggle !== undefined) readToggle(writing, toggle, rest);
}

function linkText(label: string, url: string): string {
  const [shown, address] = [decodeAll(label), decodeAll(url)];
  return shown === address || shown === '' ? address : `${shown} (${address})`;
}

function readToggle(writing: Writing, toggle: string, rest: string): void {
  const style = toggles[toggle] ?? 'bold';
  if (writing.styles.includes(style)) writing.styles = writing.styles.filter((one) => one !== style);
  else if (rest.includes(toggle) && /^\S/.test(rest)) writing.styles = [...writing.styles, style];
  else put(writing, toggle);
}

function readTag(writing: Writing, match: RegExpMatchArray, rest: string, reader: Reader): void {
  const name = (match.groups?.['tag'] ?? '').toLowerCase();
  const closing = match.groups?.['slash'] === '/';
  const given = attributes(match.groups?.['given'] ?? '');
  if (name === 'br') writing.lines.push([]);
  else if (standalone.has(name)) {
    if (!closing) put(writing, standaloneText(name, given, reader), name === 'at' ? 'blue' : 'bold');
  } else if (!paired.has(name)) put(writing, match[0]);
  else if (closing) closeTag(writing, name);
  else if (rest.toLowerCase().includes(`</${name}>`)) openTag(writing, name, given['color'] ?? '');
}

function openTag(writing: Writing, name: string, color: string): void {
  writing.stack.push(writing.styles);
  writing.styles = [...writing.styles, ...styleOf(color)];
  if (name === 'text_tag') put(writing, '[');
}

function closeTag(writing: Writing, name: string): void {
  if (name === 'text_tag') put(writing, ']');
  writing.styles = writing.stack.pop() ?? writing.styles;
}

const entities = /&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/gi;

const decodeAll = (text: string): string =>
  harmless(text.replaceAll(entities, (whole, entity: string) => decode(entity) ?? whole));

const paired = new Set(['font', 'text_tag', 'number_tag', 'a', 'link', 'raw']);
const standalone = new Set(['at', 'person', 'local_datetime']);

function standaloneText(name: string, given: Readonly<Record<string, string>>, reader: Reader): string {
  if (name === 'local_datetime') {
    return localTime(Number(given['millisecond']), given['format_type'] ?? 'date_num');
  }
  const id = given['id'] ?? '';
  const shown = id === 'all' ? 'all' : (reader.name(id) ?? '?');
  return name === 'at' ? `@${shown}` : shown;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** A moment in this machine's zone. */
function localTime(ms: number, format: string): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '—';
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (format === 'time') return clock;
  if (format === 'time_sec') return `${clock}:${pad(date.getSeconds())}`;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

function attributes(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/([a-z_]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'"<>]+))/gi);
  return Object.fromEntries(
    [...found].map(([, name = '', one, two, three]) => [name.toLowerCase(), one ?? two ?? three ?? '']),
  );
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decode(entity: string): string | undefined {
  if (!entity.startsWith('#')) return Object.hasOwn(named, entity) ? named[entity] : undefined;
  const point = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
    ? String.fromCodePoint(point)
    : '\ufffd';
}
