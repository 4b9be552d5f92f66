import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/cards/degrade.ts';
import { exportCard } from '../../src/cards/exportCard.ts';
import { faqCard, faqListCard } from '../../src/cards/faqCard.ts';
import { schedulesCard } from '../../src/cards/schedulesCard.ts';
import { measure } from '../../src/cards/size.ts';
import { storyCard } from '../../src/cards/storyCard.ts';
import { readingCard, summaryCard } from '../../src/cards/summaryCard.ts';
import { ticketTableCard } from '../../src/cards/ticketTableCard.ts';
import type { Card, Ticket } from '../../src/domain.ts';
import { recurrenceName } from '../../src/recurrence.ts';
import { storyOf } from '../../src/story.ts';
import { same, say } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { at, closed, opened, person } from '../support/deskTickets.ts';
import { hostileText } from '../support/hostileText.ts';
import { entry, pictured } from './faqSamples.ts';
import { managersView, manyTickets, nowMs, summaryOf } from './managersSamples.ts';
import { richTexts } from './markup.ts';
import { conversation, guest, message, talk, talkWith, ticket, view } from './samples.ts';

const table = {
  tickets: manyTickets(240).slice(0, 10),
  page: 2,
  totalCount: 34,
  isWhole: true,
  typed: '我的 未关闭',
  line: 'status:open agent:ou_1',
  sort: 'newest',
} as const;
const story = storyOf(ticket(), talkWith(3), view().nowMs);
const faqView = managersView({ nowMs: view().nowMs });
const exported = {
  ticketId: '42',
  messageCount: 12,
  pictureCount: 5,
  doneCount: 2,
  missingCount: 0,
  isDone: false,
};
const schedule = {
  id: '1a2b3c4d',
  when: recurrenceName({ days: 'weekday', hour: 9, minute: 30 }),
  typed: 'yesterday tag:VPN',
  dueAtMs: at('2026-11-23 09:30'),
};

const cards: Readonly<Record<string, () => Card>> = {
  'faq-entry': () => faqCard({ faq: entry(), pictures: pictured(entry()) }, faqView),
  'faq-expired': () =>
    faqCard({ faq: entry({ expiresAtMs: view().nowMs - 86_400_000, answer: [] }), pictures: [] }, faqView),
  'faq-list': () =>
    faqListCard({ words: 'VPN', kind: 'found', faqs: [entry(), entry({ id: '7' })] }, faqView),
  'faq-nearest': () => faqListCard({ words: 'VPM', kind: 'near', faqs: [entry()] }, faqView),
  'faq-nothing': () => faqListCard({ words: '<午餐>', kind: 'near', faqs: [] }, managersView()),
  'tickets-page': () => ticketTableCard(table, managersView()),
  'tickets-more': () =>
    ticketTableCard({ ...table, page: 1, totalCount: 1_000, isWhole: false }, managersView()),
  'tickets-none': () =>
    ticketTableCard(
      { ...table, tickets: [], page: 1, totalCount: 0, strictest: { filter: 'tag:VPN', count: 120 } },
      managersView(),
    ),
  'summary-week': () => summaryCard(summaryOf({ kind: 'days', count: 7 }), managersView()),
  'summary-today': () =>
    summaryCard(
      { ...summaryOf({ kind: 'today' }), typed: '今天 tag:VPN' },
      managersView({ locale: 'en_us' }),
    ),
  'summary-empty': () => summaryCard(summaryOf({ kind: 'yesterday' }, []), managersView()),
  'summary-late': () =>
    summaryCard(
      { ...summaryOf({ kind: 'yesterday' }), dueAtMs: nowMs - 8 * 3_600_000, isWhole: false },
      managersView(),
    ),
  'summary-reading': () => readingCard({ readCount: 2_400, expectedCount: 12_000 }, managersView()),
  'summary-schedules': () => schedulesCard({ title: same('…'), rows: [schedule, schedule] }, managersView()),
  'summary-no-schedules': () => schedulesCard({ title: same('…'), rows: [] }, managersView()),
  'story-open': () => storyCard({ ticket: ticket(), conversation: talkWith(3), story }, view()),
  'story-paragraph': () =>
    storyCard({ ticket: ticket(), conversation: talk, story, paragraph: 'VPN 连不上。' }, view()),
  'story-messages-unread': () =>
    storyCard(
      { ticket: ticket(), conversation: undefined, story: storyOf(ticket(), conversation([]), 0) },
      view(),
    ),
  'export-making': () => exportCard(exported, managersView()),
  'export-done': () => exportCard({ ...exported, missingCount: 2, isDone: true }, managersView()),
};

describe('every card for managers', () => {
  it.each(Object.entries(cards))('%s', async (name, build) => {
    const card = build();
    expect(checkCard(card)).toEqual([]);
    await expect(`${JSON.stringify(card, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.json`);
  });

  it('keeps its table where only plain text is taken', () => {
    const text = plainText(ticketTableCard(table, managersView()), 'zh_cn');
    expect(text).toContain('# · 状态 · 主题');
    expect(text).toContain(table.tickets[0]?.id);
  });

  it('adds up although not all agents fit', () => {
    const tickets = Array.from({ length: 80 }, (_, index) =>
      opened(`${index}`, '2026-11-19 10:00', { owner: person(`agent ${index}`) }),
    );
    const card = JSON.stringify(summaryCard(summaryOf({ kind: 'yesterday' }, tickets), managersView()));
    const numbers = [...card.matchAll(/"opened":"(\d+) \(/g)].map(([, count]) => Number(count));
    expect(numbers.reduce((one, other) => one + other, 0)).toBe(80);
    expect(card).toContain('其他 (');
  });
});

describe('any tickets', () => {
  const hostile = hostileText.map((text) => text.repeat(3));
  const any = fc.tuple(hostile, hostile, fc.boolean()).map(([name, word, isClosed]): Ticket => {
    const who = { openId: undefined, name, email: undefined, department: name };
    return {
      ...opened('6626871355780366331', '2026-11-19 10:00', {
        owner: who,
        guest: who,
        tags: [word, name],
        fields: [{ id: '1', key: 'subject', name: 'subject', value: word }],
        comment: word,
      }),
      ...(isClosed
        ? closed('2026-11-19 12:00', { score: 'dissatisfied', dissatisfaction: say(word, name, word) })
        : {}),
    };
  });

  it('make cards that Feishu takes, and that open no tag', () => {
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 40 }),
        hostile,
        fc.boolean(),
        (tickets, typed, isOpen) => {
          const seen = managersView({ privacy: isOpen ? 'open' : 'masked' });
          const [first] = tickets;
          if (first === undefined) return;
          const said = conversation([
            message({ text: typed }),
            message({ id: 'm2', author: guest, text: `${typed}?` }),
          ]);
          for (const card of [
            summaryCard({ ...summaryOf({ kind: 'yesterday' }, tickets), typed }, seen),
            ticketTableCard({ ...table, tickets: tickets.slice(0, 10), typed, line: 'open' }, seen),
            storyCard(
              { ticket: first, conversation: said, story: storyOf(first, said, nowMs), paragraph: typed },
              seen,
            ),
            schedulesCard({ title: same('…'), rows: [{ ...schedule, typed }] }, seen),
          ]) {
            expect(checkCard(card)).toEqual([]);
            const { bytes, elements } = measure(card);
            expect(bytes).toBeLessThanOrEqual(28_000);
            expect(elements).toBeLessThanOrEqual(200);
            for (const rich of richTexts(card)) expect(rich).not.toMatch(/<(?!br>)/);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
