/**
 * The filter language of `/tickets` and `/summary`: `mine open tag:VPN since:7d`, in Chinese as well. What cannot be read is answered
 * with the right form, with everything else that was typed left as it was.
 */

import type { Word } from './command.ts';
import type { TicketFilter } from './domain.ts';
import { nearestForm, rightForm } from './filterHints.ts';
import { readDay, readLength, readPeriod } from './filterValues.ts';
import {
  channelWords,
  closedStatuses,
  type FilterKey,
  type Flag,
  flagWords,
  keyWords,
  openStatuses,
  plainWord,
  type Sort,
  scoreWords,
  sortWords,
  statusWords,
  type Words,
} from './filterWords.ts';
import type { Period } from './periods.ts';

/** What was asked for, not yet bound to a person or a moment. */
export interface TicketQuery extends Omit<TicketFilter, 'agentId' | 'created' | 'updated'> {
  /** `me` is whoever asks; a name is looked up in the roster. */
  readonly agent?:
    | { readonly kind: 'me' }
    | { readonly kind: 'id'; readonly openId: string }
    | { readonly kind: 'name'; readonly name: string };
  readonly period?: Period;
  readonly sort?: Sort;
}

/** One thing that was typed, and what became of it. */
export type Part =
  | { readonly ok: true; readonly typed: string; readonly adds: TicketQuery }
  /** `instead` is the right form, empty when the part should go; `key` is set when the value behind it is wrong. */
  | {
      readonly ok: false;
      readonly typed: string;
      readonly wrong: 'word' | 'value' | 'twice';
      readonly instead: string;
      readonly key: FilterKey | undefined;
    };

/** Reads all words. Never throws; whoever asks looks for parts that are not `ok`. */
export function readFilters(words: readonly Word[]): readonly Part[] {
  const parts: Part[] = [];
  let rest = joinQuoted(words);
  while (rest.length > 0) {
    const { part, takenCount } = readPart(rest);
    parts.push(twice(parts, part) ?? part);
    rest = rest.slice(takenCount);
  }
  return parts;
}

/** All that the parts add up to. */
export function queryOf(parts: readonly Part[]): TicketQuery {
  return parts.reduce<TicketQuery>((query, part) => (part.ok ? merged(query, part.adds) : query), {});
}

/** Tags add to each other; nothing else is given twice. */
function merged(query: TicketQuery, adds: TicketQuery): TicketQuery {
  const tags = [...new Set([...(query.tags ?? []), ...(adds.tags ?? [])])];
  return { ...query, ...adds, ...(tags.length === 0 ? {} : { tags }) };
}

/** The same thing asked for in two ways cannot hold. */
function twice(before: readonly Part[], part: Part): Part | undefined {
  if (!part.ok) return undefined;
  const query = queryOf(before);
  const [name] = Object.keys(part.adds);
  if (name === undefined || name === 'tags' || !Object.hasOwn(query, name)) return undefined;
  return { ok: false, typed: part.typed, wrong: 'twice', instead: '', key: undefined };
}

// ---------------------------------------------------------------- reading

interface Taken {
  readonly part: Part;
  readonly takenCount: number;
}

const good = (typed: string, adds: TicketQuery, takenCount = 1): Taken => ({
  part: { ok: true, typed, adds },
  takenCount,
});

const bad = (part: Omit<Extract<Part, { ok: false }>, 'ok'>, takenCount = 1): Taken => ({
  part: { ok: false, ...part },
  takenCount,
});

function readPart([first, second, third]: readonly Word[]): Taken {
  if (first === undefined) throw new Error('no words');
  const { text: word, openId } = first;
  if (openId !== undefined || word.startsWith('@')) return mentioned(first);
  const colon = word.search(/[:：=]/u);
  const key = keyWords.of.get(plainWord(colon < 0 ? word : word.slice(0, colon)));
  if (key !== undefined && colon >= 0) return readKey(key, word, word.slice(colon + 1), second);
  return readPhrase(word, second, third) ?? readWord(word, colon);
}

/** Somebody alone means: the tickets of that agent. */
function mentioned({ text, openId }: Word): Taken {
  if (openId !== undefined) return good(text, { agent: { kind: 'id', openId } });
  return bad({ typed: text, wrong: 'value', instead: `agent:${text}`, key: 'agent' });
}

/** `this week`, `last 7 days`: what English says in several words. */
function readPhrase(word: string, second: Word | undefined, third: Word | undefined): Taken | undefined {
  if (second === undefined || !/^(?:this|last|past|最近|近)$/iu.test(word)) return undefined;
  const two = readPeriod(`${word}${second.text}`.replace(/^past/i, 'last'));
  if (two !== undefined) return good(`${word} ${second.text}`, { period: two }, 2);
  const three = third && readLength(`${second.text}${third.text}`);
  return three && good(`${word} ${second.text} ${third.text}`, { period: three }, 3);
}

function readWord(word: string, colon: number): Taken {
  const flag = flagWords.of.get(plainWord(word));
  if (flag !== undefined) return good(word, flagAdds[flag]);
  const period = readPeriod(word);
  if (period !== undefined) return good(word, { period });
  const status = statusWords.of.get(plainWord(word));
  if (status !== undefined && !/^\d+$/.test(word)) return good(word, { statuses: [status] });
  return bad({ typed: word, wrong: 'word', instead: nearestForm(word, colon), key: undefined });
}

const flagAdds: Readonly<Record<Flag, TicketQuery>> = {
  mine: { agent: { kind: 'me' } },
  open: { statuses: openStatuses },
  closed: { statuses: closedStatuses },
  unassigned: { unassigned: true },
  solved: { solved: true },
  unsolved: { solved: false },
};

/** The value may be a mention, which is a word of its own. */
function readKey(key: FilterKey, typed: string, value: string, next: Word | undefined): Taken {
  const wantsPerson = key === 'agent' || key === 'guest';
  if (wantsPerson && value === '' && next?.openId !== undefined) {
    const { openId, text } = next;
    const adds: TicketQuery = key === 'agent' ? { agent: { kind: 'id', openId } } : { guestId: openId };
    return good(`${typed}${text}`, adds, 2);
  }
  // People put a blank behind the colon.
  const isApart = value === '' && next !== undefined && next.openId === undefined;
  const given = unquoted(isApart ? next.text : value);
  const whole = isApart ? `${typed}${next.text}` : typed;
  const adds = given === '' ? undefined : read[key](given);
  const takenCount = isApart ? 2 : 1;
  if (adds !== undefined) return good(whole, adds, takenCount);
  return bad({ typed: whole, wrong: 'value', instead: rightForm(key, given), key }, takenCount);
}

/** What each key makes of its value; undefined when it does not fit. */
const read: Readonly<Record<FilterKey, (value: string) => TicketQuery | undefined>> = {
  status: readStatuses,
  agent: (value) => {
    if (['me', '我', '自己', '自分', '私'].includes(value.toLowerCase())) return { agent: { kind: 'me' } };
    if (isOpenId(value)) return { agent: { kind: 'id', openId: value } };
    const name = value.replace(/^@/, '');
    return name === '' ? undefined : { agent: { kind: 'name', name } };
  },
  guest: (value) => {
    if (isOpenId(value)) return { guestId: value };
    const guestName = value.replace(/^@/, '');
    return guestName === '' ? undefined : { guestName };
  },
  tag: (value) => {
    const tags = split(value);
    return tags.length === 0 ? undefined : { tags };
  },
  channel: (value) => oneOf(channelWords, value, (channel) => ({ channel })),
  score: (value) => oneOf(scoreWords, value, (score) => ({ score })),
  since: readSince,
  sort: (value) => oneOf(sortWords, value, (sort) => ({ sort })),
};

const isOpenId = (value: string): boolean => /^ou_\w{1,64}$/.test(value);

function oneOf<T extends string>(
  { of }: Words<T>,
  value: string,
  adds: (meaning: T) => TicketQuery,
): TicketQuery | undefined {
  const meaning = of.get(plainWord(value));
  return meaning === undefined ? undefined : adds(meaning);
}

function readStatuses(value: string): TicketQuery | undefined {
  const flag = flagWords.of.get(plainWord(value));
  if (flag === 'open' || flag === 'closed') return flagAdds[flag];
  const found = split(value).map((word) => statusWords.of.get(plainWord(word)));
  const statuses = found.filter((status) => status !== undefined);
  return found.length > 0 && statuses.length === found.length
    ? { statuses: [...new Set(statuses)] }
    : undefined;
}

function readSince(value: string): TicketQuery | undefined {
  const from = readDay(value);
  if (from !== undefined) return { period: { kind: 'range', from, until: undefined } };
  const period = readPeriod(value);
  return period && { period };
}

/** By commas; white space around them, and empty pieces, do not count. */
function split(value: string): string[] {
  const pieces = value.split(/[,，、]/u).map((piece) => piece.trim());
  return pieces.filter((piece) => piece !== '');
}

function unquoted(value: string): string {
  return value.replaceAll(/["“”]/gu, '').trim();
}

/** Puts `guest:"Wang` and `Fang"` together again. A quote that is never closed ends with its word. */
function joinQuoted(words: readonly Word[]): readonly Word[] {
  const quoteCount = (text: string): number => text.match(/["“”]/gu)?.length ?? 0;
  const joined: Word[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const isOpen = word.openId === undefined && quoteCount(word.text) % 2 === 1;
    const close = isOpen
      ? words.findIndex((other, at) => at > index && quoteCount(other.text) % 2 === 1)
      : -1;
    const last = close < 0 ? index : close;
    joined.push({
      ...word,
      text: words
        .slice(index, last + 1)
        .map(({ text }) => text)
        .join(' '),
    });
    index = last;
  }
  return joined;
}
