import { describe, expect, it } from 'vitest';
import type { Faq, Reply } from '../../src/domain.ts';
import { buttonsOf, click, feishuError, message, routing, type Setting, spoken } from '../support/asked.ts';

const id = '6936004780707807231';
const entry: Faq = {
  id,
  question: 'VPN 连不上怎么办？',
  answer: [
    { kind: 'text', text: 'Check the gateway.\n' },
    { kind: 'picture', picture: { kind: 'faq', faqId: id, imageKey: 'img_1' } },
  ],
  categories: ['网络'],
  similarQuestions: [],
  updatedAtMs: undefined,
  updatedBy: undefined,
  expiresAtMs: undefined,
};

function knowing(found: readonly Faq[], kind: 'found' | 'near' = 'found'): Setting & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    more: {
      faqs: {
        get: async (wanted) => {
          asked.push(wanted);
          if (wanted !== id) throw feishuError({ kind: 'not_found', code: 154_004 });
          return entry;
        },
        search: async (words, limit) => {
          asked.push(`${words}/${limit}`);
          return { kind, faqs: found };
        },
      },
    },
  };
}

async function ask(text: string, setting: Setting): Promise<Reply> {
  const reply = await routing(setting).router.route(message(text));
  if (reply === undefined) throw new Error('silence');
  return reply;
}

describe('/faq', () => {
  it('searches for all words, and opens a hit under the list', async () => {
    const setting = knowing([entry]);
    const { router } = routing(setting);
    const list = await router.route(message('/知识库 VPN 连不上'));
    expect(setting.asked).toEqual(['VPN 连不上/5']);
    expect(spoken(list?.card)).toContain(entry.question);
    const [open] = buttonsOf(list?.card).values;
    expect(open).toEqual({ action: 'faq.open', faq: id });
    const opened = await router.runClick(click(open ?? null));
    expect(opened.beside).toBe(true);
    expect(spoken(opened.card)).toContain('Check the gateway');
  });

  it('opens an entry by its number, with its pictures', async () => {
    const reply = await ask(`/faq ${id}`, knowing([]));
    expect(JSON.stringify(reply.card)).toContain('img_v3_ready');
    expect(reply.updates).toBeUndefined();
  });

  it('takes a short number for a word', async () => {
    const setting = knowing([entry]);
    await ask('/faq 809', setting);
    expect(setting.asked).toEqual(['809/5']);
  });

  it('brings pictures in that must be loaded', async () => {
    const reply = await ask(`/faq ${id}`, {
      ...knowing([]),
      images: { known: async (sources) => sources.map((source) => ({ state: 'loading', source })) },
    });
    expect(spoken(reply.card)).toContain('Loading 0 of 1 picture');
    const cards: string[] = [];
    for await (const draw of reply.updates?.() ?? []) cards.push(JSON.stringify(draw()));
    expect(cards.at(-1)).toContain('img_v3_ready');
  });

  it('says that there is no such entry, that nothing was found, and what to write', async () => {
    expect(spoken((await ask('/faq 1234567890123456789', knowing([]))).card)).toContain('has no entry');
    const near = spoken((await ask('/faq zzz', knowing([entry], 'near'))).card);
    expect(near).toContain('Nothing in the knowledge base for “zzz”');
    expect(near).toContain('The nearest questions');
    expect(spoken((await ask('/faq', knowing([]))).card)).toContain('/faq VPN');
  });

  it('refuses the button of a forged card', async () => {
    const { router } = routing(knowing([]));
    const checked = await router.checkClick(click({ action: 'faq.open', faq: '../x' }));
    expect(checked.ok).toBe(false);
  });
});
