import { describe, expect, it } from 'vitest';
import type { Reply, Ticket, TicketFilter } from '../../src/domain.ts';
import { matches } from '../../src/services/ticketMatch.ts';
import { buttonsOf, caseOf, click, message, nowMs, routing, type Setting, spoken } from '../support/asked.ts';

const li = { openId: 'ou_agent', name: 'Li', email: undefined, department: undefined };
const ticketOf = (id: number, change: Partial<Ticket> = {}): Ticket => ({
  ...caseOf(`${id}`).ticket,
  createdAtMs: nowMs - id * 60_000,
  ...change,
});

/** A helpdesk that remembers what it was asked. */
function desk(tickets: readonly Ticket[], isWhole = true) {
  const asked: TicketFilter[] = [];
  const setting: Setting = {
    more: {
      ticketLists: {
        read: async (filter) => {
          asked.push(filter);
          return { tickets: tickets.filter(matches(filter)), isWhole };
        },
        count: async (filter) => tickets.filter(matches(filter)).length,
      },
    },
  };
  return { setting, asked };
}

async function ask(text: string, setting: Setting): Promise<Reply> {
  const reply = await routing(setting).router.route(message(text));
  if (reply === undefined) throw new Error('silence');
  return reply;
}
const shown = (reply: Reply): string => JSON.stringify(reply.card);
/** The ids in the table, in their order. */
const idsIn = (reply: Reply): string[] =>
  [...shown(reply).matchAll(/"subject":"[^"]*?\b(\d+)(?:\]\([^"]*)?"/g)].map(([, id = '']) => id);

const thirty = Array.from({ length: 30 }, (_, index) => ticketOf(index + 1));

describe('/tickets', () => {
  it('shows ten tickets, the newest first, and means them', async () => {
    const reply = await ask('/tickets since:7d', desk(thirty).setting);
    expect(idsIn(reply)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(reply.tickets).toEqual(idsIn(reply));
    expect(spoken(reply.card)).toContain('30 tickets');
    expect(spoken(reply.card)).toContain('Page 1 of 3');
  });

  it('asks for what was typed, the period in the bot’s time zone', async () => {
    const { setting, asked } = desk([]);
    await ask('/工单列表 我的 状态:处理中 tag:VPN 今天', setting);
    expect(asked[0]).toEqual({
      agentId: 'ou_agent',
      statuses: ['in_progress'],
      tags: ['VPN'],
      created: { fromMs: Date.parse('2026-01-04T16:00:00Z'), untilMs: nowMs },
    });
  });

  it('without a word lists what is open', async () => {
    const { setting, asked } = desk(thirty);
    await ask('/tickets', setting);
    expect(asked[0]?.statuses).toHaveLength(5);
  });

  it('finds an agent by the name', async () => {
    const { setting, asked } = desk(thirty);
    await ask('/tickets agent:li', setting);
    expect(asked[0]?.agentId).toBe('ou_agent');
    expect(spoken((await ask('/tickets agent:nobody', setting)).card)).toContain(
      'No agent is called “nobody”',
    );
  });

  it('turns pages on the same card, which reads again, and sorts from the first page on', async () => {
    const all = desk(thirty.map((ticket) => ({ ...ticket, owner: li })));
    const paging = routing(all.setting).router;
    const start = await paging.route(message('/tickets mine'));
    const { values } = buttonsOf(start?.card);
    const next = values.find((value) => JSON.stringify(value).includes('"page":2'));
    // Whoever presses it: the list is that of the person who asked.
    const second = await paging.runClick(
      click(next ?? null, { operator: { openId: 'ou_listed', tenantKey: 't_own' } }),
    );
    expect(second.beside).toBeUndefined();
    expect(idsIn(second).slice(0, 2)).toEqual(['11', '12']);
    expect(all.asked.at(-1)?.agentId).toBe('ou_agent');
    const oldest = values.find((value) => JSON.stringify(value).includes('"sort":"oldest"'));
    const sorted = await paging.runClick(click(oldest ?? null));
    expect(idsIn(sorted).slice(0, 2)).toEqual(['30', '29']);
  });

  it.each([
    ['sort:status', ['2', '3', '1']],
    ['sort:owner', ['3', '1', '2']],
    ['sort:updated', ['3', '2', '1']],
  ])('%s', async (sort, wanted) => {
    const tickets = [
      ticketOf(1, { status: 'pending', updatedAtMs: nowMs - 900_000_000 }),
      ticketOf(2, { status: 'created', owner: li, updatedAtMs: nowMs - 5_000 }),
      ticketOf(3, { status: 'in_progress', updatedAtMs: nowMs - 1_000 }),
    ];
    const reply = await ask(`/tickets open ${sort}`, desk(tickets).setting);
    expect(idsIn(reply)).toEqual(wanted);
  });

  it('says which filter left out most when nothing is left', async () => {
    const tickets = [
      ...thirty.map((one) => ({ ...one, tags: ['VPN'] })),
      ticketOf(99, { score: 'satisfied' }),
    ];
    const reply = await ask('/tickets tag:VPN score:3', desk(tickets).setting);
    expect(spoken(reply.card)).toContain(
      'Most are left out by score:satisfied: without it there are 30 tickets',
    );
    expect(spoken((await ask('/tickets tag:x score:1', desk(tickets).setting)).card)).toContain(
      'without any one of the filters',
    );
  });

  it('says that there are more than it lists', async () => {
    const reply = await ask('/tickets open', desk(thirty, false).setting);
    expect(spoken(reply.card)).toContain('More than 30 tickets');
    expect(spoken(reply.card)).toContain('Only the newest');
  });

  it('answers a wrong filter with the right form', async () => {
    const said = spoken((await ask('/tickets mine stauts:pending', desk([]).setting)).card);
    expect(said).toContain('/tickets mine status:pending');
  });

  it.each([{ page: 0 }, { line: 7 }, { sort: 'random' }])('refuses a forged button %j', async (change) => {
    const value = { action: 'tickets.page', line: 'open', typed: 'open', page: 1, sort: 'newest', ...change };
    expect((await routing(desk([]).setting).router.checkClick(click(value))).ok).toBe(false);
  });
});
