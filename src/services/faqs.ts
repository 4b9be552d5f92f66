/** The knowledge base: entries by number, by words, and the nearest questions where no words are found. */

import type { Clock } from '../clock.ts';
import type { Faq } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import type { HelpdeskApi } from '../feishu/helpdesk.ts';
import type { Log } from '../log.ts';

export interface FaqHits {
  /** `found`: Feishu found the words. `near`: it did not; these are the questions most like them. */
  readonly kind: 'found' | 'near';
  /** The best first. Empty when nothing is even near. */
  readonly faqs: readonly Faq[];
}

/** Both throw FeishuError. */
export interface Faqs {
  get(id: string): Promise<Faq>;
  /** One call; where nothing is found, one more for each hundred entries, at most once in ten minutes. */
  search(words: string, limit: number): Promise<FaqHits>;
}

const keepMs = 600_000;
/** A thousand entries; what lies behind them is only found by Feishu's own search. */
const pagesMaxCount = 10;
/** Less likeness than this is chance. */
const nearEnough = 0.2;

export interface FaqsDeps {
  readonly helpdesk: Pick<HelpdeskApi, 'faq' | 'faqSearch' | 'faqsPage'>;
  readonly clock: Pick<Clock, 'monoMs'>;
  readonly log: Log;
}

export function createFaqs({ helpdesk, clock, log }: FaqsDeps): Faqs {
  let latest: { readonly readAtMs: number; readonly faqs: Promise<readonly Faq[]> } | undefined;

  const all = (): Promise<readonly Faq[]> => {
    const nowMs = clock.monoMs();
    if (latest !== undefined && nowMs - latest.readAtMs <= keepMs) return latest.faqs;
    const flight = { readAtMs: nowMs, faqs: readAll(helpdesk) };
    latest = flight;
    flight.faqs.catch(() => {
      if (latest === flight) latest = undefined;
    });
    return flight.faqs;
  };

  return {
    get: (id) => helpdesk.faq(id),
    async search(words, limit) {
      const found = await helpdesk.faqSearch(words, limit);
      if (found.length > 0) return { kind: 'found', faqs: found.slice(0, limit) };
      try {
        return { kind: 'near', faqs: nearest(words, await all()).slice(0, limit) };
      } catch (error) {
        if (!(error instanceof FeishuError)) throw error;
        // That nothing was found is an answer already.
        log.warn({ err: error }, 'the list of questions cannot be read');
        return { kind: 'near', faqs: [] };
      }
    },
  };
}

async function readAll(helpdesk: FaqsDeps['helpdesk']): Promise<readonly Faq[]> {
  const faqs: Faq[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (let page = 1; page <= pagesMaxCount; page += 1) {
    const answer = await helpdesk.faqsPage(token);
    faqs.push(...answer.faqs);
    token = answer.next;
    if (token === undefined || seen.has(token)) break;
    seen.add(token);
  }
  return faqs;
}

/** The entries whose question, or a similar one, is most like the words; the likest first. */
function nearest(words: string, faqs: readonly Faq[]): readonly Faq[] {
  const wanted = pairsOf(words);
  const rated = faqs.map((faq) => ({
    faq,
    likeness: Math.max(
      ...[faq.question, ...faq.similarQuestions].map((question) => likeness(wanted, pairsOf(question))),
    ),
  }));
  return rated
    .filter((one) => one.likeness >= nearEnough)
    .sort((a, b) => b.likeness - a.likeness)
    .map(({ faq }) => faq);
}

/**
 * Pairs of neighbouring characters. They need no dictionary, so they serve Chinese and Japanese, and forgive slips of the pen; a single
 * character stands for itself.
 */
function pairsOf(text: string): ReadonlySet<string> {
  const characters = [...text.normalize('NFKC').toLowerCase()].filter((one) => /[\p{L}\p{N}]/u.test(one));
  if (characters.length < 2) return new Set(characters);
  return new Set(characters.slice(1).map((character, index) => `${characters[index]}${character}`));
}

/** How much of the words stands in the question, a little less for each thing that the question says besides. From 0 to 1. */
function likeness(wanted: ReadonlySet<string>, question: ReadonlySet<string>): number {
  if (wanted.size === 0 || question.size === 0) return 0;
  const shared = [...wanted].filter((pair) => question.has(pair)).length;
  return (0.8 * shared) / wanted.size + (0.2 * shared) / question.size;
}
