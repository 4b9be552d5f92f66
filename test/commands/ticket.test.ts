import { describe, expect, it } from 'vitest';
import { ticket } from '../../src/commands/ticket.ts';
import type { Picture, Reply } from '../../src/domain.ts';
import {
  buttonsOf,
  caseOf,
  click,
  feishuError,
  helpdesk,
  message,
  nowMs,
  routing,
  type Setting,
  spoken,
} from '../support/asked.ts';

async function ask(text: string, setting: Setting = {}): Promise<Reply> {
  const reply = await routing(setting).router.route(message(text));
  if (reply === undefined) throw new Error('silence');
  return reply;
}

/** The later versions of a card. */
async function updatesOf(reply: Reply): Promise<string[]> {
  const cards: string[] = [];
  for await (const draw of reply.updates?.() ?? []) cards.push(JSON.stringify(draw()));
  return cards;
}

describe('/ticket with one id', () => {
  it('shows the ticket and remembers which one the card is about', async () => {
    const reply = await ask('/ticket 42', { tickets: { 42: caseOf('42') } });
    expect(spoken(reply.card)).toContain('Ticket 42');
    expect(spoken(reply.card)).toContain('The printer on floor 0 is broken');
    expect(reply.tickets).toEqual(['42']);
    expect(reply.beside).toBeUndefined();
  });

  it('is complete at once when all pictures are known', async () => {
    const reply = await ask('/ticket 42', { tickets: { 42: caseOf('42', [2, 1]) } });
    expect(JSON.stringify(reply.card).split('img_v3_ready')).toHaveLength(4);
    expect(reply.updates).toBeUndefined();
  });

  it('goes out before pictures that must be loaded, which come in by updates', async () => {
    const loaded: number[] = [];
    const reply = await ask('/ticket 42', {
      tickets: { 42: caseOf('42', [1, 1]) },
      images: {
        known: async (sources) => sources.map((source) => ({ state: 'loading', source })),
        async *load(sources) {
          for (let count = 1; count <= sources.length; count += 1) {
            loaded.push(count);
            yield sources.map(
              (source, at): Picture =>
                at < count
                  ? { state: 'ready', source, imageKey: `img_v3_${at}` }
                  : { state: 'loading', source },
            );
          }
        },
      },
    });
    expect(spoken(reply.card)).toContain('Loading 0 of 2 pictures');
    expect(loaded).toEqual([]);
    const [half, whole, ...more] = await updatesOf(reply);
    expect(half).toContain('img_v3_0');
    expect(half).not.toContain('img_v3_1');
    expect(whole).toContain('img_v3_1');
    expect(more).toEqual([]);
  });

  it('takes the first 40 pictures in the order of the conversation', async () => {
    const asked: string[][] = [];
    await ask('/ticket 42', {
      tickets: { 42: caseOf('42', [30, 0, 30]) },
      images: {
        known: async (sources) => {
          asked.push(
            sources.map((one) => (one.kind === 'ticket' ? `${one.messageIds[0]}/${one.index}` : '?')),
          );
          return [];
        },
      },
    });
    expect(asked[0]).toHaveLength(40);
    expect(asked[0]?.slice(29, 31)).toEqual(['m0/29', 'm2/0']);
    expect(asked[0]?.at(-1)).toBe('m2/9');
  });

  it('is shown although its messages could not be read', async () => {
    const reply = await ask('/ticket 42', { tickets: { 42: { ...caseOf('42'), conversation: undefined } } });
    expect(spoken(reply.card)).toContain('Ticket 42');
    expect(spoken(reply.card)).toContain('could not be read');
  });

  it.each(['zh_cn', 'en_us', 'ja_jp'] as const)(
    'that does not exist, is of another helpdesk or was removed is said in the same words (%s)',
    async (locale) => {
      const said = await Promise.all(
        (['not_found', 'forbidden', 'deleted'] as const).map(async (kind) => {
          const reply = await ask('/ticket 42', {
            tickets: { 42: feishuError({ kind, logId: `log-${kind}` }) },
          });
          expect(reply.tickets).toEqual([]);
          return spoken(reply.card, locale);
        }),
      );
      expect(said[0]).toContain('42');
      expect(new Set(said).size).toBe(1);
    },
  );
});

describe('/ticket with two to five ids', () => {
  const tickets = { 1: caseOf('1'), 2: caseOf('2'), 4: feishuError({ logId: 'log-4' }) };

  it('is one list; what fails for one ticket is said in its line', async () => {
    const reply = await ask('/ticket 1 2 3 4', { tickets });
    const said = spoken(reply.card);
    for (const id of ['1', '2', '3', '4']) expect(said).toContain(`Ticket ${id}`);
    expect(said).toContain('No such ticket, or it is not yours to see');
    expect(said).toContain('log-4');
    expect(said).not.toContain('log-404');
    expect(reply.tickets).toEqual(['1', '2']);
    expect(reply.updates).toBeUndefined();
  });

  it('has a button for each ticket that opens it under the list', async () => {
    const { router } = routing({ tickets });
    const list = await router.route(message('/ticket 1 2'));
    const { values } = buttonsOf(list?.card);
    expect(values).toEqual([
      { action: 'ticket.show', ticket: '1' },
      { action: 'ticket.show', ticket: '2' },
    ]);
    const opened = await router.runClick(click(values[1] ?? null));
    expect(spoken(opened.card)).toContain('Ticket 2');
    expect(opened).toMatchObject({ beside: true, tickets: ['2'] });
  });

  it('holds five and no more', async () => {
    const five = await ask('/ticket 1 2 3 4 5', { tickets });
    expect(spoken(five.card)).toContain('5 tickets');
    const { router, asked } = routing({ tickets });
    expect(spoken((await router.route(message('/ticket 1 2 3 4 5 6')))?.card)).toContain('At most 5 tickets');
    expect(asked).toEqual([]);
  });

  it('reads each ticket once, all at the same time', async () => {
    const { router, asked } = routing({ tickets });
    await router.route(message('/ticket 1, 2 #1 3'));
    expect(asked).toEqual(['1', '2', '3']);

    let running = 0;
    let most = 0;
    const { services } = helpdesk();
    const slow = {
      get: async (id: string) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return caseOf(id);
      },
    };
    const place = {
      chatId: 'oc_1',
      chatType: 'group',
      ticketHere: undefined,
      recentTickets: [],
      ticketHost: undefined,
    } as const;
    const view = {
      nowMs: 0,
      timeZone: 'UTC',
      privacy: 'open',
      ticketUrl: undefined,
      actions: new Set<string>(),
      late: false,
    } as const;
    const words = ['1', '2', '3'].map((text) => ({ text, openId: undefined }));
    await ticket.prepare(
      words,
      place,
    )({ ...services, tickets: slow, askerId: 'ou_agent', place, view, commands: [], may: async () => true });
    expect(most).toBe(3);
  });

  it.each(['setup', 'scope', 'quota'] as const)(
    'says once, not in every line, what an administrator must do: %s',
    async (kind) => {
      const error = feishuError({ kind, scopes: ['helpdesk:all'] });
      const said = spoken((await ask('/ticket 1 2', { tickets: { 1: error, 2: error } })).card);
      expect(said).not.toContain('Ticket 1');
      expect(said).toMatch(/administrator/);
    },
  );

  it('does not hide a bug', async () => {
    await expect(
      ask('/ticket 1 2', { tickets: { 1: caseOf('1'), 2: new TypeError('a bug') } }),
    ).rejects.toThrow('a bug');
  });
});

describe('the pages of a ticket', () => {
  const tickets = {
    42: caseOf(
      '42',
      Array.from({ length: 25 }, () => 2),
    ),
  };
  const open = (action: string, page?: number) =>
    routing({ tickets }).router.runClick(
      click({ action, ticket: '42', ...(page === undefined ? {} : { page }) }),
    );

  it('begin with the latest messages, and with the first pictures', async () => {
    const conversation = await open('ticket.conversation');
    expect(spoken(conversation.card)).toContain('printer on floor 24');
    expect(conversation).toMatchObject({ tickets: ['42'], shown: { face: 'conversation', page: 3 } });
    const pictures = await open('ticket.pictures');
    expect(spoken(pictures.card)).toContain('Pictures 1–40 of 50');
    expect(pictures.shown).toMatchObject({ face: 'pictures', page: 1 });
  });

  it('are turned in place', async () => {
    const first = await open('ticket.conversation', 1);
    expect(spoken(first.card)).toContain('printer on floor 0');
    expect(first.beside).toBeUndefined();
    expect(spoken((await open('ticket.pictures', 2)).card)).toContain('Pictures 41–50 of 50');
    expect((await open('ticket.pictures', 99)).shown).toMatchObject({ page: 2 });
  });
});

describe('a ticket that cannot be read now', () => {
  const outage = { tickets: { 42: feishuError({ kind: 'passing', logId: 'log-42' }) } };
  const known = { 42: { ticket: caseOf('42').ticket, readAtMs: nowMs - 3_600_000 } };

  it('is shown as it was known last, with the time and a way to try again', async () => {
    const reply = await ask('/ticket 42', { ...outage, known });
    expect(spoken(reply.card)).toContain('This is how it was at 2026-01-05 16:00 (Asia/Shanghai)');
    expect(spoken(reply.card)).toContain('Wang Xiaoming');
    expect(spoken(reply.card)).not.toContain('printer');
    expect(buttonsOf(reply.card).values).toEqual([{ action: 'ticket.refresh', ticket: '42', retry: true }]);
    expect(reply).toMatchObject({ failed: true, tickets: ['42'] });
  });

  it('does not take the place of a card that people are reading, but of one that says the same', async () => {
    const { router } = routing({ ...outage, known });
    const press = (more: object) =>
      router.runClick(click({ action: 'ticket.refresh', ticket: '42', ...more }));
    expect((await press({})).beside).toBe(true);
    expect((await press({ retry: true })).beside).toBeUndefined();
    const page = { action: 'ticket.conversation', ticket: '42' };
    expect((await router.runClick(click(page))).beside).toBe(true);
  });

  it.each(['setup', 'scope', 'quota', 'unknown'] as const)(
    'for a lasting reason says the reason: %s',
    async (kind) => {
      const reply = await ask('/ticket 42', { tickets: { 42: feishuError({ kind }) }, known });
      expect(spoken(reply.card)).not.toContain('This is how it was');
    },
  );
});

describe('the refresh button', () => {
  it('is on the card, and gives the card as it is now', async () => {
    const tickets: Record<string, ReturnType<typeof caseOf>> = { 42: caseOf('42') };
    const { router } = routing({ tickets });
    const before = await router.route(message('/ticket 42'));
    const { values } = buttonsOf(before?.card);
    expect(values[0]).toEqual({ action: 'ticket.refresh', ticket: '42' });
    tickets['42'] = { ...caseOf('42'), ticket: { ...caseOf('42').ticket, status: 'closed_by_agent' } };
    const after = await router.runClick(click(values[0] ?? null));
    expect(spoken(before?.card)).toContain('In progress');
    expect(spoken(after.card)).toContain('Closed by agent');
    expect(after.tickets).toEqual(['42']);
    expect(after.beside).toBeUndefined();
  });

  it.each([
    [{}],
    [{ ticket: 42 }],
    [{ ticket: '' }],
    [{ ticket: '1/../2' }],
    [{ ticket: '123456789012345678901' }],
    ['42'],
    [null],
  ])('does nothing for %j', (value) => {
    const actions = Object.values(ticket.actions);
    expect(actions.map((action) => action.prepare(value))).toEqual(actions.map(() => undefined));
  });
});
