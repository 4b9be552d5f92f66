import { at, isJson, string } from './json.ts';
import { imageKeys } from './terminal.ts';

/** Is this card what `/ticket` promises? Judged from the card alone, as a reader would. */

const picturesMinCount = 3;

/** What the bot writes where pictures are still to come, and on the card of long work, in Chinese. */
const unfinished = /加载中…|正在处理…/;

/**
 * What keeps a card from being complete, as one clause in English, or undefined when nothing does.
 * @param fetched for each image key of the card whether the sandbox has its bytes
 */
export function missingFrom(card: unknown, fetched: ReadonlyMap<string, boolean>): string | undefined {
  if (string(card, 'schema') !== '2.0') return 'the answer is not a card 2.0';
  const unfinishedText = ownSentences(card).find((sentence) => unfinished.test(sentence));
  if (unfinishedText !== undefined) return `the card still says “${unfinishedText}”`;
  const keys = [...new Set(imageKeys(card))];
  if (keys.length < picturesMinCount) {
    return `the card shows ${keys.length} of at least ${picturesMinCount} pictures`;
  }
  const lost = keys.filter((key) => fetched.get(key) !== true);
  if (lost.length > 0) return `${lost.length} of the card's ${keys.length} pictures cannot be fetched`;
  return undefined;
}

/** The card's own sentences in Chinese. What people wrote has no translations, so it cannot be mistaken for one. */
function ownSentences(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(ownSentences);
  if (!isJson(value)) return [];
  const own = string(at(value, 'i18n_content'), 'zh_cn');
  return [...(own === '' ? [] : [own]), ...Object.values(value).flatMap(ownSentences)];
}
