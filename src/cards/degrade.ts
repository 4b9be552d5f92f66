/**
 * The way down from a card that Feishu refuses: simpler forms of the same card, each from its JSON alone. What is taken away is
 * said, where it stood.
 */

import type { Card, Json, JsonObject, Locale, Text } from '../domain.ts';
import { joinText, mapText, same, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { grid } from './pictures.ts';
import { disarm } from './untrusted.ts';

// ---------------------------------------------------------------- without what may be refused

/** Without these pictures, or without any. The others close ranks. */
export function withoutPictures(card: Card, imageKeys?: readonly string[]): Card {
  const isBad = (key: string): boolean => imageKeys?.includes(key) ?? true;
  return withBody(card, (siblings) =>
    pictureRuns(siblings).flatMap((run) => {
      const keys = run.flatMap(imageKeysOf);
      const kept = keys.filter((key) => !isBad(key));
      if (kept.length === keys.length) return run;
      const dropped = text.pictures(keys.length - kept.length);
      const rest = kept.map((imageKey) => ({ imageKey, alt: text.picture }));
      return [...grid(rest, 'thumbnail'), note(text.picturesDropped({ pictures: dropped }))];
    }),
  );
}

/** With other pictures in the place of these; those that have none are taken away. */
export function withPictures(card: Card, renewed: ReadonlyMap<string, string | undefined>): Card {
  const lost = [...renewed].flatMap(([key, other]) => (other === undefined ? [key] : []));
  const { body } = lost.length === 0 ? card : withoutPictures(card, lost);
  const swap = (value: Json): Json => {
    if (isList(value)) return value.map(swap);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        name === 'img_key' && typeof one === 'string' ? (renewed.get(one) ?? one) : swap(one),
      ]),
    );
  };
  return { ...card, body: swap(body ?? null) };
}

/** The keys of the pictures that a card shows. */
export function imageKeysIn(card: Card): readonly string[] {
  const keysIn = (value: Json): readonly string[] => {
    if (isList(value)) return value.flatMap(keysIn);
    return isObject(value) ? [...imageKeysOf(value), ...Object.values(value).flatMap(keysIn)] : [];
  };
  const { body } = card;
  return keysIn(body ?? null);
}

/** Neighbouring pictures together, everything else by itself. */
function pictureRuns(siblings: readonly JsonObject[]): readonly (readonly JsonObject[])[] {
  const runs: JsonObject[][] = [];
  for (const element of siblings) {
    const last = runs.at(-1);
    const goesOn = imageKeysOf(element).length > 0 && last?.some((other) => imageKeysOf(other).length > 0);
    if (goesOn) last?.push(element);
    else runs.push([element]);
  }
  return runs;
}

function imageKeysOf({ tag, img_key, img_list }: JsonObject): readonly string[] {
  if (tag !== 'img' && tag !== 'img_combination') return [];
  const holders = isList(img_list) ? img_list.filter(isObject) : [{ img_key }];
  return holders.map((holder) => holder.img_key).filter((key) => typeof key === 'string');
}

/** Without persons and mentions: one that Feishu does not know makes it refuse the whole card. */
export function withoutPeople(card: Card): Card {
  return withBody(card, (siblings) =>
    siblings.filter(({ tag }) => tag !== 'person' && tag !== 'person_list').map(withoutMentions),
  );
}

function withoutMentions(element: JsonObject): JsonObject {
  const { tag, i18n_content } = element;
  if (tag !== 'markdown') return element;
  const mention = /<(at|person)\b[^<>]*>(?:[^<>]*<\/\1>)?/gi;
  const words = mapText(textOf(element), (line) => line.replaceAll(mention, ''));
  const content = { ...element, content: words.en_us };
  return i18n_content === undefined ? content : { ...content, i18n_content: words };
}

// ---------------------------------------------------------------- text alone

/** The card as lines of plain text under its title, with the addresses of its links. */
export function textOnly(card: Card): Card {
  const { header } = card;
  const lines = bodyLines(card).map((line) => plain(line.text));
  const title = isObject(header) ? { header: { ...picked(header, ['title', 'subtitle', 'template']) } } : {};
  return { schema: '2.0', ...picked(card, ['config']), ...title, body: { elements: lines } };
}

function picked(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

/**
 * The card as the text of a plain message, in one language. Feishu reads mentions and links in such a message too, so everything
 * but the card's own links is disarmed.
 * https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json
 */
export function plainText(card: Card, locale: Locale): string {
  const { header } = card;
  return [...(isObject(header) ? headerLines(header) : []), ...bodyLines(card)]
    .map((line) => (line.isLink ? line.text[locale] : disarm(line.text[locale])))
    .filter((line) => line.trim() !== '')
    .join('\n');
}

interface Line {
  readonly text: Text;
  /** A label with an address that comes from the configuration. */
  readonly isLink: boolean;
}

function headerLines({ title, subtitle, text_tag_list }: JsonObject): readonly Line[] {
  const tags = isList(text_tag_list) ? text_tag_list.flatMap(linesOf).map((line) => line.text) : [];
  const tagLine: Line = { text: joinText(tags, ' · '), isLink: false };
  return [...linesOf(title ?? null), ...linesOf(subtitle ?? null), tagLine];
}

function bodyLines(card: Card): readonly Line[] {
  const { body } = withoutPictures(withoutPeople(card));
  return linesOf(body ?? null);
}

/** Every text below a value, in reading order. */
function linesOf(value: Json): readonly Line[] {
  if (isList(value)) return value.flatMap(linesOf);
  if (!isObject(value)) return [];
  const { tag } = value;
  switch (tag) {
    case 'plain_text':
      return [{ text: textOf(value), isLink: false }];
    case 'markdown':
      return [{ text: mapText(textOf(value), unmarked), isLink: false }];
    case 'column':
      return labelled(value) ?? Object.values(value).flatMap(linesOf);
    case 'button':
      return linkOf(value);
    case 'table':
      return rowsOf(value);
    case 'overflow':
      return menuLinks(value);
    case 'chart':
      return [];
    default:
      return Object.values(value).flatMap(linesOf);
  }
}

/** What is longer stays alone: beside a label it would be written in every language. */
const besideLabelMaxCount = 100;

/** A small label over one short text, as one line. */
function labelled({ elements }: JsonObject): readonly Line[] | undefined {
  const [label, words, ...others] = isList(elements)
    ? elements.filter(isObject).map(({ text: own }) => own)
    : [];
  if (!isObject(label) || !isObject(words) || others.length > 0) return undefined;
  if (label['text_size'] !== 'notation' || words['text_size'] === 'notation') return undefined;
  const value = textOf(words);
  if (value.en_us.length > besideLabelMaxCount) return undefined;
  return [{ text: text.labelled({ label: textOf(label), value }), isLink: false }];
}

/** A table as its heads and then each row, the cells parted by dots. */
function rowsOf({ columns, rows }: JsonObject): readonly Line[] {
  const heads = isList(columns) ? columns.filter(isObject) : [];
  const line = (cells: readonly string[]): Line => ({ text: same(cells.join(' · ')), isLink: false });
  const body = isList(rows) ? rows.filter(isObject) : [];
  return [
    line(heads.map(({ display_name }) => cellText(display_name))),
    ...body.map((row) => line(heads.map(({ name, data_type }) => shown(row[`${name}`], data_type)))),
  ];
}

/** The bot's own links are read as their words; in a row there is no place for lines. */
function shown(cell: Json | undefined, type: Json | undefined): string {
  const words = cellText(cell);
  if (type !== 'markdown') return words;
  return unmarked(words.replaceAll(/\[([^\]]*)\]\([^()]*\)/g, '$1')).replaceAll('\n', ' · ');
}

function cellText(cell: Json | undefined): string {
  if (isList(cell)) return cell.map(cellText).join(' ');
  if (isObject(cell)) return cellText(cell['text']);
  return typeof cell === 'string' || typeof cell === 'number' ? `${cell}` : '';
}

/** A button that opens a page becomes its address; the others are of no use without a card. */
function linkOf({ text: label, behaviors }: JsonObject): readonly Line[] {
  const addresses = isList(behaviors) ? behaviors.filter(isObject).map(({ default_url }) => default_url) : [];
  const url = addresses.find((address) => typeof address === 'string');
  if (url === undefined || !isObject(label)) return [];
  return [{ text: text.labelled({ label: textOf(label), value: same(url) }), isLink: true }];
}

/** The pages that a menu opens; its other choices are of no use without a card. */
function menuLinks({ options }: JsonObject): readonly Line[] {
  const choices = isList(options) ? options.filter(isObject) : [];
  return choices.flatMap(({ text: label, multi_url }) => {
    const url = isObject(multi_url) ? multi_url['url'] : undefined;
    if (typeof url !== 'string' || !isObject(label)) return [];
    return [{ text: text.labelled({ label: textOf(label), value: same(url) }), isLink: true }];
  });
}

/** The bot's own markdown without its marks. */
function unmarked(markdown: string): string {
  return markdown
    .replaceAll(/<br\s*\/?>/g, '\n')
    .replaceAll(/<[^<>]*>|\*\*/g, '')
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

// ---------------------------------------------------------------- JSON

/** What stands in the place of the elements of one container. */
type Change = (siblings: readonly JsonObject[]) => readonly JsonObject[];

/** Rebuilds the body from the inside out. */
function withBody(card: Card, change: Change): Card {
  const { body } = card;
  return { ...card, body: rebuilt(body ?? null, change) };
}

function rebuilt(value: Json, change: Change): Json {
  if (isList(value)) {
    const inner = value.map((one) => rebuilt(one, change));
    return inner.every(isElement) ? change(inner) : inner;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rebuilt(one, change)]));
}

function isElement(value: Json): value is JsonObject {
  return isObject(value) && 'tag' in value;
}

/** What a text object says; a language that it lacks reads the common content. */
function textOf({ content, i18n_content }: JsonObject): Text {
  const common = typeof content === 'string' ? content : '';
  const translated = isObject(i18n_content) ? i18n_content : {};
  return mapText(same(common), (_, locale) => {
    const words = translated[locale];
    return typeof words === 'string' ? words : common;
  });
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
