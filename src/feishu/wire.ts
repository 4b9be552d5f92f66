/**
 * What all readers of Feishu's answers share. Nothing here refuses: Feishu leaves fields out, changes their types and adds values,
 * and none of that may cost a person the rest of their ticket. A piece that does not make sense reads as absent.
 */

import { z } from 'zod';
import type { Person } from '../domain.ts';

/** The longest text that is kept, in UTF-16 units, and the longest name. */
export const textMaxCount = 20_000;
const lineMaxCount = 200;

/** The last moment that people write with a four-digit year; anything later is no date but a mistake. */
const lastMomentMs = 253_402_300_799_999;

// ---------------------------------------------------------------- text

/** Control characters but for tab and line feed. */
const controls = /(?![\t\n])\p{Cc}/gu;
/** What changes the direction of text or takes no room: it can hide words, split them, or make a line read backwards. */
const invisible =
  /[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** Half of a character, which no UTF-8 can carry. */
const loneSurrogate = /\p{Surrogate}/gu;
/** More marks on one letter than any language puts there. */
const markFlood = /([\p{M}\u200d]{8})[\p{M}\u200d]+/gu;
/** The joiner of emoji sequences anywhere but between two emoji. */
const strayJoiner =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * Text without anything that people cannot see. Line breaks become `\n`. Cleaning twice changes nothing, which the order of the
 * steps sees to: none of them makes something that an earlier one would have removed.
 */
export function cleanText(text: string): string {
  return text
    .replace(loneSurrogate, '')
    .replace(/\r\n?|[\u2028\u2029]/gu, '\n')
    .replace(controls, '')
    .replace(invisible, '')
    .replace(markFlood, '$1')
    .replace(strayJoiner, '');
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Nothing that people take for one character is longer. */
const graphemeMaxCount = 256;

/**
 * At most `maxCount` UTF-16 units of the text, ending in `…` when something was cut. What people see as one character is not
 * divided, unless it is absurdly long.
 */
export function cutText(text: string, maxCount: number): string {
  if (text.length <= maxCount) return text;
  const end = maxCount - 1;
  // A little more than what is kept is enough to see where the last character begins.
  const last = graphemes.segment(text.slice(0, end + graphemeMaxCount)).containing(end);
  const start = last !== undefined && end - last.index <= graphemeMaxCount ? last.index : end;
  return `${text.slice(0, start).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** One line, such as a name: cleaned, without line breaks, at most 200 units. Empty when there is nothing to read. */
export function lineOf(value: unknown): string {
  return cutText(cleanText(scalarText(value)).replace(/\s+/gu, ' ').trim(), lineMaxCount);
}

/** Several lines: cleaned, at most 20,000 units. Numbers and yes/no count as text; anything else is empty. */
export function textOf(value: unknown): string {
  return cutText(cleanText(scalarText(value)).trim(), textMaxCount);
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  return '';
}

// ---------------------------------------------------------------- ids, numbers, moments

/**
 * An id as it may stand in a call. Numbers above 2^53 lost their last digits when the JSON was read, so they count as absent;
 * so does the `0` that stands for nobody.
 */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const id = value.trim();
  return /^[\w.:-]{1,128}$/.test(id) && id !== '0' && id !== '-' ? id : undefined;
}

/** A finite number, also when it is written as text. */
export function numberOf(value: unknown): number | undefined {
  const isText = typeof value === 'string' && /^\s{0,8}-?\d{1,20}(\.\d{1,20})?\s{0,8}$/.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/**
 * A moment in milliseconds. Feishu's pages write seconds, milliseconds and microseconds without saying which, so the size
 * decides: below 1e11 seconds, below 1e14 milliseconds, else microseconds. 0, -1 and nonsense are undefined.
 */
export function momentMsOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number === undefined || number <= 0) return undefined;
  const ms = Math.floor(number < 1e11 ? number * 1_000 : number / (number < 1e14 ? 1 : 1_000));
  return ms > 0 && ms <= lastMomentMs ? ms : undefined;
}

/** A length of time or a count: a number that is not negative. */
export function amountOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

// ---------------------------------------------------------------- shapes

export type Wire = Readonly<Record<string, unknown>>;

/** The value when it is an object, else undefined. */
export function objectOf(value: unknown): Wire | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of an array; a single thing counts as an array of one, and nothing as an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A field that reads as `read` says, whatever is in it and also when it is missing. */
export function field<T>(read: (value: unknown) => T): z.ZodType<T> {
  return z.unknown().optional().transform(read);
}

/** The object that an answer is about. Without it the answer counts as unreadable. */
export const wireObject: z.ZodType<Wire> = z.custom<Wire>(isObject, 'an object was expected');

const userShape = z.object({
  id: field((id) => idOf(objectOf(id)?.['open_id'] ?? id)),
  name: field(lineOf),
  email: field(lineOf),
  department: field(lineOf),
});

/**
 * A `ticket_user` or the agent of a schedule. Undefined when it names nobody: Feishu sends `{}` and empty ids, and `-` for a
 * name that it does not know. In events the id is an object of several ids.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get
 */
export function personOf(value: unknown): Person | undefined {
  const { id, name, email, department } = userShape.parse(objectOf(value) ?? {});
  const known = name === '-' ? '' : name;
  if (id === undefined && known === '') return undefined;
  return {
    openId: openIdOf(id),
    name: known,
    email: email === '' ? undefined : email,
    department: department === '' ? undefined : department,
  };
}

/** The id when it is an open_id: one of another sort in a mention makes Feishu refuse the whole card. */
export function openIdOf(id: unknown): string | undefined {
  return typeof id === 'string' && /^ou_\w{1,64}$/.test(id) ? id : undefined;
}
