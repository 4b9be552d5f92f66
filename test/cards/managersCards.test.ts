import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/cards/degrade.ts';
import { schedulesCard } from '../../src/cards/schedulesCard.ts';
import { measure } from '../../src/cards/size.ts';
import { storyCard } from '../../src/cards/storyCard.ts';
import { summaryCard } from '../../src/cards/summaryCard.ts';
import { ticketTableCard } from '../../src/cards/ticketTableCard.ts';
import type { Ticket } from '../../src/domain.ts';
import { storyOf } from '../../src/story.ts';
import { same, say } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { closed, opened, person } from '../support/deskTickets.ts';
import { hostileText } from '../support/hostileText.ts';
import { managersView, nowMs, summaryOf } from './managersSamples.ts';
import { schedule, table } from './managersStates.ts';
import { foundIn, richTexts } from './markup.ts';
import { allOf } from './reading.ts';
import { conversation, guest, message } from './samples.ts';

describe('every card for managers', () => {
  it('keeps its table where only plain text is taken', () => {
    const text = plainText(ticketTableCard(table, managersView()), 'zh_cn');
    expect(text).toContain('# · 主题与编号 · 状态');
    expect(text).toContain(table.tickets[0]?.id);
  });

  it('gives the subject of a ticket its room, with the whole number under it as a link', () => {
    const [shown] = allOf(ticketTableCard(table, managersView()), 'table');
    expect(shown).toMatchObject({
      columns: expect.arrayContaining([
        {
          name: 'subject',
          display_name: '主题与编号',
          data_type: 'markdown',
          width: '180px',
          horizontal_align: 'left',
        },
      ]),
    });
    const subjects = (change: Partial<Ticket>, view = managersView()): string => {
      const tickets = table.tickets.slice(0, 1).map((one) => ({ ...one, ...change, id: '42' }));
      return `${/"subject":"([^"]*)"/.exec(JSON.stringify(ticketTableCard({ ...table, tickets }, view)))?.[1]}`;
    };
    const link = '[42](https://desk.example.com/tickets/42)';
    expect(subjects({})).toBe(`VPN 连接失败<br>${link}`);
    expect(subjects({}, managersView({ ticketUrl: undefined }))).toBe('VPN 连接失败<br>42');
    expect(subjects({}, managersView({ ticketUrl: 'https://d.example/(a)/{id}' }))).toContain(
      '(https://d.example/%28a%29/42)',
    );
    expect(subjects({ fields: [], tags: ['VPN', '月结'] })).toBe(`VPN · 月结<br>${link}`);
    expect(subjects({ fields: [], tags: [] })).toBe(link);
  });

  it('reads a row of the table as words where only plain text is taken', () => {
    const text = plainText(ticketTableCard(table, managersView()), 'zh_cn');
    expect(text).toContain('1 · VPN 连接失败 · 6900000000000000000 · 处理中');
    expect(text).not.toMatch(/desk\.example|<br>/);
  });

  it('shows three charts in the height of two', () => {
    const card = summaryCard(summaryOf({ kind: 'days', count: 7 }), managersView());
    const [row] = allOf(card, 'column_set').filter(({ flex_mode }) => flex_mode === 'stretch');
    expect(allOf(row, 'chart')).toHaveLength(2);
    const heights = allOf(card, 'chart').map(({ height }) => height);
    expect(heights).toEqual(['220px', '180px', '180px']);
  });

  it('says nothing of brackets and hours where nothing happened', () => {
    const said = plainText(summaryCard(summaryOf({ kind: 'yesterday' }, []), managersView()), 'en_us');
    expect(said).not.toMatch(/In brackets|By hour/);
    expect(said).toContain('Time zone: Asia/Shanghai');
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
            for (const rich of richTexts(card)) {
              expect(rich).not.toMatch(/<(?!br>)/);
              expect(foundIn(rich)).toEqual([]);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
