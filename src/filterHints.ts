/** The right form of a filter that cannot be read, as near to what was typed as possible. */

import {
  channelWords,
  type FilterKey,
  flagWords,
  keyWords,
  periodWords,
  scoreWords,
  sortWords,
  statusWords,
  type Words,
} from './filterWords.ts';
import { nearest } from './nearest.ts';

/** For a word that is no filter. Empty when nothing is like it. */
export function nearestForm(word: string, colon: number): string {
  if (colon < 0) {
    const known = [flagWords, periodWords, statusWords].flatMap(({ of }) => [...of.keys()]);
    const near = nearest(
      word.toLowerCase(),
      known.filter((one) => /\D/.test(one)),
    );
    return near?.name ?? '';
  }
  const near = nearest(word.slice(0, colon).toLowerCase(), [...keyWords.of.keys()]);
  return near === undefined ? '' : `${near.name}:${word.slice(colon + 1)}`;
}

/** For a value that its key does not take. */
export function rightForm(key: FilterKey, value: string): string {
  switch (key) {
    case 'status':
      return `status:${nearestName(statusWords, value, 'pending')}`;
    case 'channel':
      return `channel:${nearestName(channelWords, value, 'search')}`;
    case 'score':
      return `score:${nearestName(scoreWords, value, '1')}`;
    case 'sort':
      return `sort:${nearestName(sortWords, value, 'oldest')}`;
    case 'agent':
      return 'agent:me';
    case 'guest':
      return 'guest:Wang';
    case 'tag':
      return 'tag:VPN';
    case 'since':
      return `since:${/\d{1,3}/.exec(value)?.[0].replace(/^0+$/, '7') ?? '7'}d`;
  }
}

function nearestName<T extends string>({ of }: Words<T>, value: string, otherwise: string): string {
  const near = nearest(value.toLowerCase(), [...of.keys()]);
  return (near && of.get(near.name)) ?? otherwise;
}

/** The values that a key takes, as they are written. */
export function valuesOf(key: FilterKey): string {
  switch (key) {
    case 'status':
      return ['open', 'closed', ...statusWords.names].join(', ');
    case 'channel':
      return channelWords.names.join(', ');
    case 'score':
      return `1, 2, 3 (${scoreWords.names.join(', ')})`;
    case 'sort':
      return sortWords.names.join(', ');
    case 'agent':
      return 'me, @…';
    case 'guest':
      return '@…, Wang, "Wang Fang"';
    case 'tag':
      return 'VPN, "new laptop"';
    case 'since':
      return '7d, 24h, 2w, 2026-11-01';
  }
}
