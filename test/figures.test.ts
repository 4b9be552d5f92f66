import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ticket } from '../src/domain.ts';
import { type Figures, figuresOf } from '../src/figures.ts';
import { spansOf } from '../src/periods.ts';
import { at, closed, opened, person, tooSlow } from './support/deskTickets.ts';

const zone = 'Asia/Shanghai';
/** Friday. */
const nowMs = at('2026-11-20 17:30');
const yesterday = spansOf({ kind: 'yesterday' }, nowMs, zone);
const of = (...tickets: readonly Ticket[]): Figures => figuresOf(tickets, yesterday, zone);

describe('opened', () => {
  it('counts by the moment of creation, both ends of the day included', () => {
    const { opened: count } = of(
      opened('1', '2026-11-19 00:00'),
      opened('2', '2026-11-19 23:59'),
      opened('3', '2026-11-20 00:00'),
      opened('4', '2026-11-18 23:59'),
      { ...opened('5', '2026-11-19 12:00'), createdAtMs: undefined },
    );
    expect(count).toEqual({ now: 2, before: 1 });
  });
});

describe('closed', () => {
  it('counts by the moment of closing, whenever the ticket was opened, and only what is closed', () => {
    const { closed: count } = of(
      opened('1', '2026-10-01 09:00', closed('2026-11-19 09:00')),
      opened('2', '2026-11-19 09:00', closed('2026-11-20 09:00')),
      opened('3', '2026-11-01 09:00', closed('2026-11-18 09:00', { status: 'closed_by_guest' })),
      opened('4', '2026-11-19 09:00', { closedAtMs: at('2026-11-19 10:00') }),
      // Nobody knows when.
      opened('5', '2026-11-19 09:00', { status: 'closed_by_bot' }),
    );
    expect(count).toEqual({ now: 1, before: 1 });
  });
});

describe('the backlog', () => {
  it('is what is open now, against what was open when the period began', () => {
    const { backlog } = of(
      opened('1', '2026-10-01 09:00'),
      opened('2', '2026-11-19 09:00'),
      opened('3', '2026-11-01 09:00', closed('2026-11-19 10:00')),
      opened('4', '2026-11-01 09:00', closed('2026-11-18 10:00')),
      opened('5', '2026-11-01 09:00', { status: 'closed_by_bot' }),
      opened('6', '2026-11-01 09:00', { status: 'unknown' }),
    );
    // Now: 1 and 2. Then: 1 and 3.
    expect(backlog).toEqual({ now: 2, before: 2 });
  });

  it('has a trend that ends with what was open at the end of each part', () => {
    const week = spansOf({ kind: 'days', count: 3 }, nowMs, zone);
    const { trend } = figuresOf(
      [
        opened('1', '2026-11-18 09:00', closed('2026-11-19 08:00')),
        opened('2', '2026-11-19 09:00'),
        opened('3', '2026-11-19 10:00', closed('2026-11-19 11:00')),
        opened('4', '2026-11-20 10:00'),
      ],
      week,
      zone,
    );
    expect(trend).toEqual([
      { label: '11-18', opened: 1, closed: 0, backlog: 1 },
      { label: '11-19', opened: 2, closed: 2, backlog: 1 },
      { label: '11-20', opened: 1, closed: 0, backlog: 2 },
    ]);
  });
});

describe('first response and resolution', () => {
  it('leave out what is missing instead of counting it as nothing', () => {
    const { firstResponse, resolution } = of(
      opened('1', '2026-11-19 09:00', { firstResponseSec: 60 }),
      opened('2', '2026-11-19 10:00', { firstResponseSec: 180 }),
      opened('3', '2026-11-19 11:00'),
      opened('4', '2026-11-18 11:00', { firstResponseSec: 0 }),
      opened('5', '2026-11-01 09:00', closed('2026-11-19 12:00', { resolutionSec: 3_600 })),
      opened('6', '2026-11-01 09:00', closed('2026-11-19 12:00')),
    );
    expect(firstResponse.now).toEqual({ count: 2, medianSec: 120, p90Sec: 168 });
    expect(firstResponse.before).toEqual({ count: 1, medianSec: 0, p90Sec: 0 });
    expect(resolution.now).toEqual({ count: 1, medianSec: 3_600, p90Sec: 3_600 });
    expect(resolution.before).toEqual({ count: 0, medianSec: undefined, p90Sec: undefined });
  });
});

describe('solved by the bot', () => {
  it('is what was closed without a human and not called unsolved', () => {
    const day = '2026-11-19 12:00';
    const { byBot } = of(
      opened('1', day, closed(day, { stage: 'bot', status: 'closed_by_bot' })),
      opened('2', day, closed(day, { stage: 'bot', status: 'closed_by_guest', solved: true })),
      opened('3', day, closed(day, { stage: 'bot', solved: false })),
      opened('4', day, closed(day)),
      opened('5', day, { stage: 'bot' }),
    );
    expect(byBot).toEqual({ now: { part: 2, whole: 4 }, before: { part: 0, whole: 0 } });
  });
});

describe('satisfaction', () => {
  it('counts the ratings of what was closed, and the reasons of those who were not satisfied', () => {
    const day = '2026-11-19 12:00';
    const bad = { score: 'dissatisfied', dissatisfaction: tooSlow } as const;
    const figures = of(
      opened('1', day, closed(day, { score: 'satisfied' })),
      opened('2', day, closed(day, { score: 'average', dissatisfaction: tooSlow })),
      opened('3', day, closed(day, bad)),
      opened('4', day, closed(day, bad)),
      opened('5', day, closed(day)),
      opened('6', '2026-11-17 09:00', closed('2026-11-18 09:00', bad)),
    );
    expect(figures.ratings.now).toEqual({ satisfied: 1, average: 1, dissatisfied: 2 });
    expect(figures.reasons).toEqual([{ what: tooSlow, count: { now: 2, before: 1 } }]);
  });
});

describe('hours, tags and channels', () => {
  it('are counted by the clock of the zone, the most frequent first', () => {
    const figures = of(
      opened('1', '2026-11-19 09:05', { tags: ['VPN', '网络'], channel: 'share', firstResponseSec: 30 }),
      opened('2', '2026-11-19 09:55', { tags: ['VPN'], firstResponseSec: 90 }),
      opened('3', '2026-11-19 23:30', { tags: ['打印机'] }),
      opened('4', '2026-11-18 09:00', { tags: ['VPN'] }),
      opened('5', '2026-11-17 07:00', closed('2026-11-19 12:00', { resolutionSec: 60 })),
    );
    expect(figures.hours).toHaveLength(24);
    expect(figures.hours[9]).toEqual({
      hour: 9,
      opened: { now: 2, before: 1 },
      firstResponse: { count: 2, medianSec: 60, p90Sec: 84 },
      resolution: { count: 0, medianSec: undefined, p90Sec: undefined },
    });
    expect(figures.hours[7]?.resolution.medianSec).toBe(60);
    expect(figures.hours[23]?.opened.now).toBe(1);
    expect(figures.tags).toEqual([
      { what: 'VPN', count: { now: 2, before: 1 } },
      { what: '打印机', count: { now: 1, before: 0 } },
      { what: '网络', count: { now: 1, before: 0 } },
    ]);
    expect(figures.channels).toEqual([
      { what: 'search', count: { now: 2, before: 1 } },
      { what: 'share', count: { now: 1, before: 0 } },
    ]);
  });
});

describe('agents', () => {
  it('are the owners, who closed most first, nobody last', () => {
    const day = '2026-11-19 12:00';
    const [li, sato] = [person('li'), person('sato')];
    const { agents } = of(
      opened('1', day, closed(day, { owner: li, resolutionSec: 60, score: 'satisfied' })),
      opened('2', day, closed(day, { owner: li, resolutionSec: 120, score: 'dissatisfied' })),
      opened('3', day, { owner: sato, firstResponseSec: 10 }),
      opened('4', day),
      opened('5', '2026-11-18 09:00', { owner: sato }),
    );
    expect(agents.map(({ agent }) => agent?.name)).toEqual(['li', 'sato', undefined]);
    expect(agents[0]).toMatchObject({
      opened: { now: 2, before: 0 },
      closed: { now: 2, before: 0 },
      resolution: { count: 2, medianSec: 90 },
      satisfied: { part: 1, whole: 2 },
    });
    expect(agents[1]).toMatchObject({ opened: { now: 1, before: 1 }, firstResponse: { medianSec: 10 } });
  });
});

describe('who needs someone', () => {
  it('is first what nobody owns, then what nobody has answered, then what waits longest', () => {
    const li = person('li');
    const answered = (local: string): Partial<Ticket> => ({
      owner: li,
      firstResponseAtMs: at('2026-11-01 09:00'),
      lastResponseAtMs: at(local),
    });
    const { needy } = of(
      opened('recent', '2026-11-01 09:00', answered('2026-11-20 10:00')),
      opened('stale', '2026-11-01 09:00', answered('2026-11-02 10:00')),
      opened('unanswered', '2026-11-19 09:00', { owner: li }),
      opened('nobody', '2026-11-20 09:00'),
      opened('nobody-longer', '2026-11-20 08:00', { status: 'queueing', stage: 'bot' }),
      opened('with-bot', '2026-11-01 09:00', { stage: 'bot', status: 'created' }),
      opened('waits-for-guest', '2026-11-01 09:00', { status: 'waiting_for_guest' }),
      opened('on-hold', '2026-11-01 09:00', { status: 'pending' }),
      opened('done', '2026-11-01 09:00', closed('2026-11-02 09:00')),
    );
    expect(needy.map(({ id }) => id)).toEqual(['nobody-longer', 'nobody', 'unanswered', 'stale', 'recent']);
  });
});

describe('the rows', () => {
  it('are what the figures of the period are made of', () => {
    const { rows } = of(
      opened('opened', '2026-11-19 09:00', closed('2026-11-20 09:00')),
      opened('closed', '2026-11-01 09:00', closed('2026-11-19 09:00')),
      opened('open', '2026-11-01 09:00'),
      opened('other', '2026-11-01 09:00', closed('2026-11-02 09:00')),
    );
    expect(rows.map(({ id }) => id)).toEqual(['opened', 'closed', 'open']);
  });
});

describe('any tickets', () => {
  const moment = fc.option(fc.integer({ min: at('2026-10-01 00:00'), max: nowMs }), { nil: undefined });
  const ticket: fc.Arbitrary<Ticket> = fc
    .record({
      id: fc.string(),
      createdAtMs: moment,
      closedAtMs: moment,
      status: fc.constantFrom<Ticket['status']>(
        'created',
        'pending',
        'closed_by_bot',
        'closed_by_agent',
        'unknown',
      ),
      stage: fc.constantFrom<Ticket['stage']>('bot', 'human', 'unknown'),
      channel: fc.constantFrom<Ticket['channel']>('search', 'share', 'other'),
      score: fc.constantFrom<Ticket['score']>('satisfied', 'average', 'dissatisfied', undefined),
      owner: fc.constantFrom(undefined, person('li'), person('sato')),
      tags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    })
    .map((change) => ({ ...opened('x', '2026-11-01 00:00'), ...change }));
  const period = fc.constantFrom(
    { kind: 'yesterday' } as const,
    { kind: 'today' } as const,
    { kind: 'days', count: 30 } as const,
    { kind: 'hours', count: 30 } as const,
  );

  it('have figures whose parts add up to the whole', () => {
    fc.assert(
      fc.property(fc.array(ticket), period, (tickets, asked) => {
        const figures = figuresOf(tickets, spansOf(asked, nowMs, zone), zone);
        const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);
        const { opened: all, closed: done, agents, hours, channels, trend, ratings } = figures;
        for (const when of ['now', 'before'] as const) {
          expect(sum(agents.map((row) => row.opened[when]))).toBe(all[when]);
          expect(sum(agents.map((row) => row.closed[when]))).toBe(done[when]);
          expect(sum(hours.map((row) => row.opened[when]))).toBe(all[when]);
        }
        expect(sum(channels.map(({ count }) => count.now))).toBe(all.now);
        expect(sum(trend.map((point) => point.opened))).toBe(all.now);
        expect(sum(trend.map((point) => point.closed))).toBe(done.now);
        expect(new Set(trend.map(({ label }) => label)).size).toBe(trend.length);
        expect(sum(Object.values(ratings.now))).toBe(sum(agents.map(({ satisfied }) => satisfied.whole)));
        expect(figures.byBot.now.whole).toBe(done.now);
        expect(figures.backlog.now).toBeLessThanOrEqual(tickets.length);
      }),
    );
  });

  it('opened minus closed is how the backlog grew, when all is known', () => {
    const known = fc.array(
      ticket
        .filter(({ createdAtMs, status }) => createdAtMs !== undefined && status !== 'unknown')
        .map((one) => ({
          ...one,
          closedAtMs: one.status.startsWith('closed')
            ? Math.min(nowMs, (one.createdAtMs ?? 0) + 3_600_000)
            : undefined,
        })),
    );
    fc.assert(
      fc.property(known, (tickets) => {
        const figures = figuresOf(tickets, spansOf({ kind: 'days', count: 9 }, nowMs, zone), zone);
        expect(figures.backlog.now - figures.backlog.before).toBe(figures.opened.now - figures.closed.now);
        expect(figures.trend.at(-1)?.backlog).toBe(figures.backlog.now);
      }),
    );
  });
});
