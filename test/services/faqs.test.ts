import { describe, expect, it } from 'vitest';
import type { Faq } from '../../src/domain.ts';
import { createLog } from '../../src/log.ts';
import { createFaqs, type FaqsDeps } from '../../src/services/faqs.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { failure } from '../support/fakeFeishu.ts';

const entry = (id: string, question: string, ...similarQuestions: string[]): Faq => ({
  id,
  question,
  answer: [],
  categories: [],
  similarQuestions,
  updatedAtMs: undefined,
  updatedBy: undefined,
  expiresAtMs: undefined,
});

const known = [
  entry('1', 'VPN 连不上怎么办？', '在家连不上公司网络'),
  entry('2', '打印机提示卡纸，但里面没有纸'),
  entry('3', 'How do I reset my password?', 'locked account'),
];

/** A knowledge base in which Feishu's own search finds nothing. */
function base(changes: Partial<FaqsDeps['helpdesk']> = {}) {
  const clock = fakeClock();
  const asked: (string | undefined)[] = [];
  const faqs = createFaqs({
    helpdesk: {
      faq: async (id) => entry(id, 'one'),
      faqSearch: async () => [],
      faqsPage: async (token) => {
        asked.push(token);
        return token === undefined
          ? { faqs: known.slice(0, 2), next: 'b' }
          : { faqs: known.slice(2), next: undefined };
      },
      ...changes,
    },
    clock,
    log: createLog('silent'),
  });
  return { faqs, clock, asked };
}

const idsOf = (faqs: readonly Faq[]): string[] => faqs.map(({ id }) => id);

describe('the search', () => {
  it('gives what Feishu finds, and asks for nothing else', async () => {
    const { faqs, asked } = base({ faqSearch: async () => known });
    expect(await faqs.search('VPN', 2)).toEqual({ kind: 'found', faqs: known.slice(0, 2) });
    expect(asked).toEqual([]);
  });

  it.each([
    ['vpn连不上', '1'],
    ['公司网络 在家', '1'],
    ['打印机卡纸了', '2'],
    ['pasword reset', '3'],
    ['LOCKED ACCOUNTS', '3'],
  ])('else the nearest questions: %s', async (words, nearest) => {
    const { kind, faqs } = await base().faqs.search(words, 5);
    expect([kind, faqs[0]?.id]).toEqual(['near', nearest]);
  });

  it.each(['午餐吃什么', 'zzz', '？？？'])('%s is near to nothing', async (words) => {
    expect(await base().faqs.search(words, 5)).toEqual({ kind: 'near', faqs: [] });
  });

  it('reads the list of questions once in ten minutes, all pages of it', async () => {
    const { faqs, clock, asked } = base();
    await Promise.all([faqs.search('x', 5), faqs.search('y', 5)]);
    expect(asked).toEqual([undefined, 'b']);
    await clock.advance(600_001);
    expect(idsOf((await faqs.search('password', 5)).faqs)).toEqual(['3']);
    expect(asked).toHaveLength(4);
  });

  it('says that nothing was found when the list cannot be read, and tries again the next time', async () => {
    let failing = true;
    const { faqs } = base({
      faqsPage: async () => {
        if (failing) throw failure('passing', 'faqs');
        return { faqs: known, next: undefined };
      },
    });
    expect(await faqs.search('password', 5)).toEqual({ kind: 'near', faqs: [] });
    failing = false;
    expect(idsOf((await faqs.search('password', 5)).faqs)).toEqual(['3']);
  });

  it('ends when Feishu says for ever that there is more', async () => {
    let count = 0;
    const { faqs } = base({
      faqsPage: async () => {
        count += 1;
        return { faqs: known, next: 'same' };
      },
    });
    await faqs.search('password', 5);
    expect(count).toBe(2);
  });
});
