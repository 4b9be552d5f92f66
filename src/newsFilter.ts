/** Which new tickets a chat wants to hear of: words that must and must not be in them, tags, and the channel. */

import type { TicketChannel } from './domain.ts';

export interface NewsFilter {
  /** Each of them must be found. */
  readonly words: readonly string[];
  /** None of them may be found. */
  readonly notWords: readonly string[];
  /** One of them is enough. */
  readonly tags: readonly string[];
  readonly notTags: readonly string[];
  readonly channel?: TicketChannel | undefined;
}

/** What a filter looks at. */
export interface Sought {
  /** Everything that the guest wrote, and the fields. */
  readonly text: string;
  readonly tags: readonly string[];
  readonly channel: TicketChannel;
}

const channels: Readonly<Record<string, TicketChannel>> = {
  api: 'open_api',
  open_api: 'open_api',
  qr: 'qr_code',
  qr_code: 'qr_code',
  二维码: 'qr_code',
  share: 'share',
  分享: 'share',
  search: 'search',
  搜索: 'search',
  other: 'other',
  其他: 'other',
};
const termMaxCount = 20;

type Term =
  | { readonly in: 'words' | 'notWords' | 'tags' | 'notTags'; readonly value: string }
  | { readonly in: 'channel'; readonly value: TicketChannel };

/**
 * `VPN -测试 tag:紧急 -tag:内部 channel:qr`
 * @returns the word that is not understood instead
 */
export function parseNewsFilter(words: readonly string[]): NewsFilter | { readonly unknown: string } {
  const terms = words.slice(0, termMaxCount).map((word) => ({ word, term: termOf(word) }));
  const unknown = terms.find(({ term }) => term === undefined);
  if (unknown !== undefined) return { unknown: unknown.word };
  const of = (name: Term['in']): string[] =>
    terms.flatMap(({ term }) => (term !== undefined && term.in === name ? [term.value] : []));
  const channel = terms.flatMap(({ term }) => (term?.in === 'channel' ? [term.value] : [])).at(-1);
  return {
    words: of('words'),
    notWords: of('notWords'),
    tags: of('tags'),
    notTags: of('notTags'),
    ...(channel === undefined ? {} : { channel }),
  };
}

function termOf(word: string): Term | undefined {
  const isNot = /^[-－!！]./u.test(word);
  const term = isNot ? word.slice(1) : word;
  const [, key = '', value = ''] = /^(tag|标签|channel|来源)[:：](.+)$/iu.exec(term) ?? [];
  if (key === '') return { in: isNot ? 'notWords' : 'words', value: term };
  if (/^(tag|标签)$/iu.test(key)) return { in: isNot ? 'notTags' : 'tags', value };
  const channel = channels[value.toLowerCase()];
  return channel === undefined || isNot ? undefined : { in: 'channel', value: channel };
}

export function matchesNews(filter: NewsFilter, { text, tags, channel }: Sought): boolean {
  const whole = even([text, ...tags].join('\n'));
  const own = tags.map(even);
  const has = (word: string): boolean => whole.includes(even(word));
  const isTagged = (tag: string): boolean => own.includes(even(tag));
  return (
    filter.words.every(has) &&
    !filter.notWords.some(has) &&
    (filter.tags.length === 0 || filter.tags.some(isTagged)) &&
    !filter.notTags.some(isTagged) &&
    (filter.channel === undefined || filter.channel === channel)
  );
}

/** As it is typed. Empty: every new ticket. */
export function newsFilterText({ words, notWords, tags, notTags, channel }: NewsFilter): string {
  return [
    ...words,
    ...notWords.map((word) => `-${word}`),
    ...tags.map((tag) => `tag:${tag}`),
    ...notTags.map((tag) => `-tag:${tag}`),
    ...(channel === undefined ? [] : [`channel:${channel}`]),
  ].join(' ');
}

function even(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
