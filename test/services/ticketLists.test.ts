import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ticket, TicketFilter } from '../../src/domain.ts';
import type { TicketsPage } from '../../src/feishu/helpdesk.ts';
import { parseTicket } from '../../src/feishu/wireTicket.ts';
import { createTicketLists, type ReadProgress } from '../../src/services/ticketLists.ts';
import { matches } from '../../src/services/ticketMatch.ts';
import { fakeClock } from '../support/fakeClock.ts';

const nowMs = Date.UTC(2026, 0, 5, 9);
const shownMaxCount = 10_000;

const ticketAt = (id: number, createdAtMs: number): Ticket =>
  parseTicket(
    { status: 1 + (id % 3), created_at: createdAtMs, agent_owner: id % 2 ? { id: 'ou_a' } : {} },
    `${id}`,
  );

/** A helpdesk as its page describes it: 200 a page, never more than 10,000 for one question. */
function desk(tickets: readonly Ticket[], saysTotal = true) {
  const asked: { readonly filter: TicketFilter; readonly number: number }[] = [];
  const ticketsPage = async (
    filter: TicketFilter,
    { number, sizeCount }: { readonly number: number; readonly sizeCount: number },
  ): Promise<TicketsPage> => {
    asked.push({ filter, number });
    if (number * sizeCount > shownMaxCount) throw new Error('too far');
    const { unassigned: _looked, ...known } = filter;
    const found = tickets.filter(matches(known));
    const page = found.slice((number - 1) * sizeCount, number * sizeCount);
    return { tickets: page, totalCount: saysTotal ? Math.min(shownMaxCount, found.length) : undefined };
  };
  const lists = createTicketLists({ helpdesk: { ticketsPage }, clock: fakeClock(nowMs) });
  return { lists, asked };
}

const minuteMs = 60_000;
const many = (count: number): Ticket[] =>
  Array.from({ length: count }, (_, index) => ticketAt(index, nowMs - index * minuteMs));
const idsOf = (tickets: readonly Ticket[]): string[] => tickets.map(({ id }) => id).sort();

describe('a list of tickets', () => {
  it('of one page takes one call', async () => {
    const { lists, asked } = desk(many(200));
    expect((await lists.read({})).tickets).toHaveLength(200);
    expect(asked).toHaveLength(1);
  });

  it('is read whole, page by page, each ticket once', async () => {
    const { lists, asked } = desk(many(1_950));
    const { tickets, isWhole } = await lists.read({});
    expect([new Set(idsOf(tickets)).size, isWhole, asked.length]).toEqual([1_950, true, 10]);
  });

  it('of more than Feishu shows is read by halves of its time', async () => {
    const tickets = many(25_000);
    const { lists, asked } = desk(tickets);
    const span = { fromMs: nowMs - 25_000 * minuteMs, untilMs: nowMs };
    const found = await lists.read({ created: span });
    expect([found.tickets.length, found.isWhole]).toEqual([25_000, true]);
    expect(idsOf(found.tickets)).toEqual(idsOf(tickets));
    // 125 pages, and the first pages of what had to be halved.
    expect(asked.length).toBeLessThan(150);
    for (const { filter } of asked) expect(filter.created).toBeDefined();
  });

  it('without a time is halved too, and by its changes where these are asked for', async () => {
    const { lists, asked } = desk(many(12_000));
    expect((await lists.read({ statuses: ['created', 'in_progress', 'queueing'] })).tickets).toHaveLength(
      12_000,
    );
    const updated = { fromMs: 0, untilMs: nowMs };
    const { lists: other, asked: otherAsked } = desk(
      many(12_000).map((ticket) => ({ ...ticket, updatedAtMs: ticket.createdAtMs })),
    );
    expect((await other.read({ updated })).tickets).toHaveLength(12_000);
    expect(asked.some(({ filter }) => filter.created !== undefined)).toBe(true);
    expect(otherAsked.every(({ filter }) => filter.created === undefined)).toBe(true);
  });

  it('ends at what is wanted, and has the newest then', async () => {
    const { lists, asked } = desk(many(12_000));
    const { tickets, isWhole } = await lists.read({}, { maxCount: 1_000 });
    expect(isWhole).toBe(false);
    expect(tickets.length).toBeGreaterThanOrEqual(1_000);
    const ids = new Set(idsOf(tickets));
    for (let id = 0; id < 1_000; id += 1) expect(ids.has(`${id}`)).toBe(true);
    expect(asked.length).toBeLessThan(40);
  });

  it('of one instant has an end, and says that it is not whole', async () => {
    const { lists } = desk(Array.from({ length: 11_000 }, (_, id) => ticketAt(id, nowMs)));
    const { tickets, isWhole } = await lists.read({ created: { fromMs: nowMs - 500, untilMs: nowMs } });
    expect([tickets.length, isWhole]).toEqual([10_000, false]);
  });

  it('is followed where Feishu does not say how long it is', async () => {
    const { lists } = desk(many(450), false);
    expect((await lists.read({})).tickets).toHaveLength(450);
  });

  it('holds only what matches, whatever Feishu gives', async () => {
    const { lists } = desk(many(10));
    const { tickets } = await lists.read({ unassigned: true });
    expect(idsOf(tickets)).toEqual(['0', '2', '4', '6', '8']);
  });

  it('tells how far it is', async () => {
    const { lists } = desk(many(1_000));
    const heard: ReadProgress[] = [];
    await lists.read({}, { onProgress: (progress) => heard.push(progress) });
    expect(heard.map(({ readCount }) => readCount)).toEqual([200, 400, 600, 800, 1_000]);
    expect(heard.every(({ expectedCount }) => expectedCount === 1_000)).toBe(true);
  });
});

describe('lists in the background', () => {
  it('are read three at a time, in their order; a person does not wait for them', async () => {
    const started: string[] = [];
    const gates = new Map<string, () => void>();
    const lists = createTicketLists({
      clock: fakeClock(nowMs),
      helpdesk: {
        ticketsPage: ({ guestId = '' }) => {
          started.push(guestId);
          return new Promise((resolve) => gates.set(guestId, () => resolve({ tickets: [], totalCount: 0 })));
        },
      },
    });
    const all = ['a', 'b', 'c', 'd', 'e'].map((guestId) => lists.read({ guestId }));
    const person = lists.read({ guestId: 'person' }, { priority: 'person' });
    await Promise.resolve();
    expect(started).toEqual(['a', 'b', 'c', 'person']);
    for (const name of ['b', 'person', 'a', 'c', 'd', 'e']) {
      await new Promise((resolve) => setImmediate(resolve));
      gates.get(name)?.();
    }
    await Promise.all([...all, person]);
    expect(started.slice(4)).toEqual(['d', 'e']);
  });
});

describe('a count', () => {
  it('takes one call where the endpoint can tell', async () => {
    const { lists, asked } = desk(many(4_321));
    expect(await lists.count({ statuses: ['created'] })).toBe(1_441);
    expect(asked).toHaveLength(1);
  });
  it('reads where it cannot', async () => {
    expect(await desk(many(300)).lists.count({ unassigned: true })).toBe(150);
  });
});

describe('any helpdesk', () => {
  it('is read whole, wherever its tickets stand in time', async () => {
    const times = fc.array(fc.integer({ min: nowMs - 10 ** 10, max: nowMs }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 60 }), async (moments, maxCount) => {
        const tickets = moments.map((atMs, id) => ticketAt(id, atMs));
        const { lists } = desk(tickets);
        const all = await lists.read({}, { maxCount });
        if (all.isWhole) expect(idsOf(all.tickets)).toEqual(idsOf(tickets));
        else expect(all.tickets.length).toBeGreaterThanOrEqual(Math.min(maxCount, tickets.length));
      }),
      { numRuns: 50 },
    );
  });
});
