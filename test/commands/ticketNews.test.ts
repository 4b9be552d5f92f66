import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Background } from '../../src/command.ts';
import { ticket as command } from '../../src/commands/ticket.ts';
import { isNews, shownOf } from '../../src/commands/ticketState.ts';
import type { Outgoing, Picture, Shown, TicketInbound } from '../../src/domain.ts';
import type { PostedCard } from '../../src/services/postedCards.ts';
import type { TicketCase } from '../../src/services/tickets.ts';
import type { NewTimer } from '../../src/services/timers.ts';
import { caseOf, feishuError, helpdesk, nowMs, type Setting, spoken } from '../support/asked.ts';

const dayMs = 86_400_000;
const before = caseOf('7');
const after: TicketCase = {
  ...before,
  ticket: { ...before.ticket, status: 'closed_by_agent', updatedAtMs: nowMs - 1_000 },
};
const old: Shown = shownOf({ ...before, readAtMs: nowMs - 60_000 });
const news: TicketInbound = {
  kind: 'ticket',
  eventId: 'ev',
  appId: 'cli',
  tenantKey: 't',
  transport: 'webhook',
  receivedAtMs: nowMs,
  createdAtMs: nowMs,
  ticketId: '7',
  change: 'updated',
  ticketMessageId: undefined,
};

/** What a command looks at when nobody has asked, with the timers that it sets. */
function background(posted: readonly Partial<PostedCard>[], setting: Setting = {}) {
  const timers: NewTimer[] = [];
  const more = {
    timers: { set: async (timer: NewTimer) => void timers.push(timer), cancel: async () => undefined },
  };
  const { services, asked } = helpdesk({ posted, tickets: { 7: after }, more, ...setting });
  const at = (atMs: number): Background => ({
    ...services,
    nowMs: atMs,
    mayNow: async () => 'allowed',
    viewIn: ({ chatId, chatType }) => ({
      nowMs: atMs,
      timeZone: 'Asia/Shanghai',
      privacy: chatType === 'group' && chatId !== 'oc_listed' ? 'masked' : 'open',
      ticketUrl: undefined,
      actions: new Set(),
      late: false,
    }),
  });
  return { at, timers, asked };
}

const living = (messageId: string, change: Partial<PostedCard> = {}): Partial<PostedCard> => ({
  messageId,
  tickets: ['7'],
  shown: old,
  ...change,
});

type Update = Extract<Outgoing, { kind: 'update' }>;

async function fire(
  name: 'follow' | 'end',
  value: object,
  posted: readonly Partial<PostedCard>[],
  setting = {},
) {
  const { at, asked } = background(posted, setting);
  const work = command.timers[name]?.prepare(JSON.parse(JSON.stringify(value)));
  if (work === undefined) throw new Error('the value does not fit');
  const outgoing = await work(at(nowMs));
  return { outgoing: outgoing.filter((one): one is Update => one.kind === 'update'), asked };
}
const follow = (posted: readonly Partial<PostedCard>[], setting: Setting = {}) =>
  fire('follow', { ticket: '7' }, posted, setting);
const ids = (outgoing: readonly Update[]): string[] => outgoing.map(({ messageId }) => messageId);

describe('news of a ticket', () => {
  it('is not looked at: the ticket is read at the end of its two seconds, once for all news in them', async () => {
    const { at, timers, asked } = background([living('om_1')]);
    const start = Math.ceil(nowMs / 2_000) * 2_000;
    for (const atMs of [start, start + 700, start + 1_999])
      expect(await command.onTicket?.(news, at(atMs))).toEqual([]);
    await command.onTicket?.(news, at(start + 2_000));
    const [first, ...others] = timers;
    expect(first).toMatchObject({
      name: 'ticket.follow',
      key: '7',
      atMs: start + 2_000,
      value: { ticket: '7' },
    });
    expect(others.map(({ generation }) => generation - (first?.generation ?? 0))).toEqual([0, 0, 1]);
    expect(asked).toEqual([]);
  });

  it('is read after it happened, and soon', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e12 }), async (atMs) => {
        const { at, timers } = background([living('om_1', { postedAtMs: atMs })]);
        await command.onTicket?.(news, at(atMs));
        expect(timers[0]?.atMs).toBeGreaterThan(atMs);
        expect(timers[0]?.atMs).toBeLessThanOrEqual(atMs + 2_000);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['no card shows it', []],
    ['only a list mentions it', [living('om_1', { tickets: ['7', '8'] })]],
    ['its card is of another kind', [living('om_1', { shown: undefined })]],
    ['its card has ended', [living('om_1', { shown: { ...old, face: 'ended' } })]],
    ['its card is 14 days old', [living('om_1', { postedAtMs: nowMs - 14 * dayMs })]],
  ])('costs nothing when %s', async (_, posted) => {
    const { at, timers } = background(posted);
    await command.onTicket?.(news, at(nowMs));
    expect(timers).toEqual([]);
    const { outgoing, asked } = await follow(posted);
    expect(outgoing).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('the cards of a ticket', () => {
  it('are brought up to date, the newest first, by one reading, each as its chat may see it', async () => {
    const { outgoing, asked } = await follow([
      living('om_new', { chatId: 'oc_listed' }),
      living('om_old', { chatId: 'oc_any' }),
    ]);
    expect(asked).toEqual(['7']);
    expect(ids(outgoing)).toEqual(['om_new', 'om_old']);
    const [open, masked] = outgoing.map(({ card }) => JSON.stringify(card));
    expect(spoken(outgoing[0]?.card)).toContain('Closed by agent');
    expect(open).toContain('xiaoming@example.com');
    expect(masked).not.toContain('xiaoming@example.com');
  });

  it('that show the same already are left alone', async () => {
    const shown = shownOf({ ...after, readAtMs: nowMs - 10 });
    expect(ids((await follow([living('om_1', { shown }), living('om_2')])).outgoing)).toEqual(['om_2']);
  });

  it('are at most twenty', async () => {
    const posted = Array.from({ length: 30 }, (_, index) => living(`om_${index}`));
    expect((await follow(posted)).outgoing).toHaveLength(20);
  });

  it('stay on their page', async () => {
    const shown: Shown = { ...old, face: 'conversation', page: 1 };
    const { outgoing } = await follow([living('om_1', { shown })]);
    expect(outgoing[0]).toMatchObject({ shown: { face: 'conversation', page: 1 } });
    expect(spoken(outgoing[0]?.card)).toContain('Conversation, page 1 of 1');
  });

  it('come with their pictures, none of them loading', async () => {
    const loads: unknown[] = [];
    const images: Setting['images'] = {
      known: async (sources) => sources.map((source): Picture => ({ state: 'loading', source })),
      async *load(sources, priority) {
        loads.push([sources.length, priority]);
        yield sources.map((source): Picture => ({ state: 'loading', source }));
        yield sources.map((source): Picture => ({ state: 'ready', source, imageKey: 'img_v3_new' }));
      },
    };
    const { outgoing } = await follow([living('om_1'), living('om_2')], {
      images,
      tickets: { 7: { ...caseOf('7', [1, 1]), ticket: after.ticket } },
    });
    for (const { card } of outgoing) expect(JSON.stringify(card).split('img_v3_new')).toHaveLength(3);
    // Once for both, and behind everybody who waits for an answer.
    expect(loads).toEqual([[2, 'card']]);
  });

  it.each(['not_found', 'forbidden', 'deleted'] as const)(
    'stay as they are when the ticket is no longer ours to see: %s',
    async (kind) => {
      expect((await follow([living('om_1')], { tickets: { 7: feishuError({ kind }) } })).outgoing).toEqual(
        [],
      );
    },
  );

  it('are tried again when the helpdesk does not answer', async () => {
    await expect(follow([living('om_1')], { tickets: { 7: feishuError() } })).rejects.toThrow('passing');
  });
});

describe('a card that grows too old', () => {
  it('says that it ends, names the command, and has no button that would soon do nothing', async () => {
    const { outgoing } = await fire('end', { ticket: '7', messageId: 'om_1' }, [living('om_1')]);
    expect(outgoing[0]).toMatchObject({ messageId: 'om_1', shown: { face: 'ended' } });
    expect(spoken(outgoing[0]?.card)).toContain('Send /ticket 7 for a fresh one');
    expect(JSON.stringify(outgoing[0]?.card)).not.toContain('callback');
  });

  it('is left alone when it is gone or shows something else by now', async () => {
    const value = { ticket: '7', messageId: 'om_1' };
    expect((await fire('end', value, [])).outgoing).toEqual([]);
    expect((await fire('end', value, [living('om_1', { tickets: ['8'] })])).outgoing).toEqual([]);
  });
});

describe('whether a reading is news', () => {
  const shown = (change: Partial<Shown> = {}): Shown => ({
    ...old,
    updatedAtMs: 10,
    messageCount: 3,
    ...change,
  });

  it.each([
    ['the same', {}, false],
    ['something else at the same moment', { digest: 'x' }, true],
    ['a later change', { digest: 'x', updatedAtMs: 11 }, true],
    ['a later change with fewer messages', { digest: 'x', updatedAtMs: 11, messageCount: 2 }, true],
    ['an earlier change', { digest: 'x', updatedAtMs: 9, messageCount: 4 }, false],
    ['fewer messages at the same moment', { digest: 'x', messageCount: 2 }, false],
    ['messages that could not be read', { digest: 'x', messageCount: undefined }, false],
  ] as const)('%s', (_, change, expected) => {
    expect(isNews(shown(change), shown())).toBe(expected);
  });

  it('never goes back and forth between two states', () => {
    const any = fc.record({
      digest: fc.constantFrom('a', 'b'),
      updatedAtMs: fc.option(fc.nat(3), { nil: undefined }),
      messageCount: fc.nat(3),
    });
    fc.assert(
      fc.property(any, any, (one, other) => {
        const differ = one.updatedAtMs !== other.updatedAtMs || one.messageCount !== other.messageCount;
        if (differ && (one.updatedAtMs ?? 0) !== (other.updatedAtMs ?? 0))
          expect(isNews(shown(one), shown(other)) && isNews(shown(other), shown(one))).toBe(false);
      }),
    );
  });

  it('changes with every word and every picture', () => {
    const digest = (one: TicketCase): string => shownOf({ ...one, readAtMs: 0 }).digest;
    expect(digest(caseOf('7'))).toBe(digest(caseOf('7')));
    expect(digest(caseOf('7', [1]))).not.toBe(digest(caseOf('7', [2])));
    expect(digest(before)).not.toBe(digest({ ...before, ticket: { ...before.ticket, tags: ['x'] } }));
  });
});
