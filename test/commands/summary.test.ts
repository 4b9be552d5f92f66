import { describe, expect, it } from 'vitest';
import type { Background } from '../../src/command.ts';
import { sendDue } from '../../src/commands/summary/schedule.ts';
import type { Reply, Ticket, TicketFilter } from '../../src/domain.ts';
import { createSummarySchedules } from '../../src/services/summarySchedules.ts';
import type { ReadOptions } from '../../src/services/ticketLists.ts';
import { matches } from '../../src/services/ticketMatch.ts';
import type { NewTimer } from '../../src/services/timers.ts';
import {
  buttonsOf,
  caseOf,
  click,
  feishuError,
  from,
  helpdesk,
  message,
  nowMs,
  routing,
  type Setting,
  spoken,
} from '../support/asked.ts';
import { opened } from '../support/deskTickets.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { gate } from '../support/fakeFeishu.ts';
import { tempStore } from '../support/tempStore.ts';

const zone = 'Asia/Shanghai';
const hourMs = 3_600_000;
const tickets: readonly Ticket[] = [
  { ...opened('1', '2026-01-05 10:00'), createdAtMs: nowMs - hourMs, tags: ['VPN'] },
  { ...opened('2', '2026-01-05 10:00'), createdAtMs: nowMs - 30 * hourMs },
  {
    ...opened('3', '2026-01-01 10:00'),
    status: 'closed_by_agent',
    updatedAtMs: nowMs - hourMs,
    closedAtMs: nowMs - hourMs,
  },
];

type Read = (
  filter: TicketFilter,
  options?: ReadOptions,
) => Promise<{ tickets: readonly Ticket[]; isWhole: boolean }>;

/** A helpdesk with these tickets, or one that reads as the test says. */
function desk(read: Read = async (filter) => ({ tickets: tickets.filter(matches(filter)), isWhole: true })) {
  const asked: TicketFilter[] = [];
  const setting: Setting = {
    tickets: { 42: caseOf('42') },
    more: {
      ticketLists: {
        read: (filter, options) => {
          asked.push(filter);
          return read(filter, options);
        },
        count: async () => 0,
      },
    },
  };
  return { setting, asked };
}

async function ask(
  text: string,
  setting: Setting,
  changes: Parameters<typeof message>[1] = {},
): Promise<Reply> {
  const reply = await routing(setting).router.route(message(text, changes));
  if (reply === undefined) throw new Error('silence');
  return reply;
}

async function filesOf(reply: Reply): Promise<string[]> {
  return ((await reply.files?.()) ?? []).map(
    ({ name, bytes }) => `${name}\n${Buffer.from(bytes).toString('utf8')}`,
  );
}

async function versionsOf(reply: Reply): Promise<string[]> {
  const said: string[] = [];
  for await (const draw of reply.updates?.() ?? []) said.push(spoken(draw()));
  return said;
}

describe('/summary of a period', () => {
  it('counts what was opened, closed and is open, and sends the rows as a file', async () => {
    const { setting, asked } = desk();
    const reply = await ask('/summary today', setting);
    const said = spoken(reply.card);
    expect(said).toContain('Summary: Today');
    expect(said).toContain('What the figures mean');
    expect(JSON.stringify(reply.card)).toContain('"tag":"chart"');
    expect(reply.updates).toBeUndefined();
    const [file = ''] = await filesOf(reply);
    expect(file).toMatch(/^tickets-2026-01-05\.csv/);
    expect(file.match(/#\d/g)).toEqual(['#3', '#2', '#1']);
    // Opened since yesterday, closed since yesterday (by what has changed), and what is open now.
    const yesterday = Date.parse('2026-01-03T16:00:00Z');
    expect(asked).toMatchObject([
      { created: { fromMs: yesterday, untilMs: nowMs } },
      {
        updated: { fromMs: yesterday, untilMs: nowMs },
        statuses: ['closed_by_bot', 'closed_by_agent', 'closed_by_guest'],
      },
      { statuses: { length: 5 } },
    ]);
  });

  it('filters, and keeps to the states that were asked for', async () => {
    const { setting, asked } = desk();
    expect(spoken((await ask('/汇总 上周 tag:VPN status:pending', setting)).card)).toContain('Last week');
    expect(asked).toHaveLength(2);
    expect(asked).toMatchObject([{ statuses: ['pending'] }, { statuses: ['pending'] }]);
    for (const filter of asked) expect(filter.tags).toEqual(['VPN']);
  });

  it('is the last seven days without a word', async () => {
    expect(spoken((await ask('/summary', desk().setting)).card)).toContain('Last 7 days');
  });

  it('says how far it is while there is much to read, and becomes the summary', async () => {
    const end = gate();
    const { setting } = desk(async (filter, options) => {
      options?.onProgress?.({ readCount: 200, expectedCount: 9_000 });
      await end.promise;
      return { tickets: tickets.filter(matches(filter)), isWhole: true };
    });
    const reply = await ask('/summary 7d', setting);
    expect(spoken(reply.card)).toContain('Read 2% (600 rows)');
    end.open();
    const versions = await versionsOf(reply);
    expect(versions.at(-1)).toContain('Summary: Last 7 days');
    expect(await filesOf(reply)).toHaveLength(1);
  });

  it('says that it failed on the card that said how far it was, and sends no file', async () => {
    const end = gate();
    const { setting } = desk(async (_, options) => {
      options?.onProgress?.({ readCount: 200, expectedCount: 9_000 });
      await end.promise;
      throw feishuError({ kind: 'passing', endpoint: 'tickets', logId: 'log-7' });
    });
    const reply = await ask('/summary 7d', setting);
    end.open();
    expect((await versionsOf(reply)).at(-1)).toMatch(/could not all be read[\s\S]*log-7/);
    expect(await filesOf(reply)).toEqual([]);
  });

  it('says at once what cannot be mended by waiting', async () => {
    const { setting } = desk(async () => {
      throw feishuError({ kind: 'scope', endpoint: 'tickets', scopes: ['helpdesk:all:readonly'] });
    });
    expect(spoken((await ask('/summary 7d', setting)).card)).toContain('helpdesk:all:readonly');
  });

  it('knows that the future has no figures, and that some filters are wrong', async () => {
    expect(spoken((await ask('/summary 2026-03-01..2026-03-02', desk().setting)).card)).toContain(
      'lies in the future',
    );
    expect(spoken((await ask('/summary 7d scoer:1', desk().setting)).card)).toContain('/summary 7d score:1');
  });

  it('is for managers; one ticket is for everyone with access', async () => {
    const { setting, asked } = desk();
    const managed = { ...setting, access: { managers: new Set(['ou_boss']) } };
    expect(spoken((await ask('/summary 7d', managed)).card)).toContain('You may not use /summary');
    expect(asked).toEqual([]);
    expect(spoken((await ask('/summary 42', managed)).card)).toContain('What happened');
    expect(spoken((await ask('/summary 7d', managed, from('ou_boss'))).card)).toContain(
      'Summary: Last 7 days',
    );
    expect(spoken((await ask('/summary schedules', managed)).card)).toContain('You may not use');
  });
});

describe('/summary of a ticket', () => {
  it('tells what happened, by number, by link, and where the ticket is spoken about', async () => {
    const { setting } = desk();
    for (const text of ['/summary 42', '/summary https://x.example/ticket/42']) {
      const reply = await ask(text, setting);
      expect(spoken(reply.card)).toContain('Time line');
      expect(reply.tickets).toEqual(['42']);
      expect(reply.updates).toBeUndefined();
    }
    const posted = [{ messageId: 'om_card', tickets: ['42'] }];
    const here = await ask('/summary', { ...setting, posted }, { parentId: 'om_card' });
    expect(here.tickets).toEqual(['42']);
    expect(spoken((await ask('/summary 7', setting)).card)).toContain('No such ticket');
  });

  it('adds a paragraph that is marked, from masked words and without names', async () => {
    const heard: string[] = [];
    const { setting } = desk();
    const storyteller = {
      isOn: true,
      tell: async (transcript: string) => {
        heard.push(transcript);
        return 'The printer is broken.';
      },
    };
    const chats = { chats: new Set(['oc_any']) };
    const reply = await ask('/summary 42', {
      ...setting,
      access: chats,
      more: { ...setting.more, storyteller },
    });
    expect(spoken(reply.card)).not.toContain('language model');
    const [version = ''] = await versionsOf(reply);
    expect(version).toContain('Written by a language model');
    expect(version).toContain('The printer is broken.');
    expect(heard[0]).toMatch(/^Customer: The printer on floor 0 is broken/);
    expect(heard[0]).not.toMatch(/xiaoming@|Wang/);
  });

  it('is not hurt by a model that has nothing to say', async () => {
    const { setting } = desk();
    const storyteller = { isOn: true, tell: async () => undefined };
    expect(
      await versionsOf(await ask('/summary 42', { ...setting, more: { ...setting.more, storyteller } })),
    ).toEqual([]);
  });
});

describe('a scheduled summary', () => {
  async function planned() {
    const store = await tempStore(fakeClock());
    const summarySchedules = createSummarySchedules({ records: store.records });
    const set: NewTimer[] = [];
    const cancelled: string[] = [];
    const timers = {
      set: async (timer: NewTimer) => {
        set.push(timer);
      },
      cancel: async (_: string, key: string) => {
        cancelled.push(key);
      },
    };
    const { setting } = desk();
    const more = { ...setting.more, summarySchedules, timers };
    const whole = { ...setting, more };
    /** What happens when the timer fires at this time. */
    const fire = (timer: NewTimer | undefined, atMs: number) => {
      const { services } = helpdesk(whole);
      const background: Background = {
        ...services,
        nowMs: atMs,
        mayNow: async () => 'allowed',
        viewIn: () => ({
          nowMs: atMs,
          timeZone: zone,
          privacy: 'masked',
          ticketUrl: undefined,
          actions: new Set(),
          late: false,
        }),
      };
      const value = timer?.value;
      if (typeof value !== 'object' || value === null || !('id' in value)) throw new Error('no timer');
      return sendDue(
        { id: `${value['id']}`, dueAtMs: Number(value['dueAtMs']), revision: Number(value['revision']) },
        background,
      );
    };
    return { setting: whole, set, cancelled, fire };
  }

  // A Monday, 17:00 in Shanghai.
  const tuesday = Date.parse('2026-01-06T01:30:00Z');

  it('is set for the chat, and says when it comes first', async () => {
    const { setting, set } = await planned();
    const reply = await ask('/summary yesterday tag:VPN every weekday 09:30', setting);
    expect(spoken(reply.card)).toContain('Scheduled: every weekday 09:30');
    expect(spoken(reply.card)).toContain('/summary yesterday tag:VPN');
    expect(set).toMatchObject([{ name: 'summary.due', atMs: tuesday, value: { dueAtMs: tuesday } }]);
    expect(spoken((await ask('/汇总 昨天 每个工作日 09:30', setting)).card, 'zh_cn')).toContain(
      '每个工作日 09:30',
    );
  });

  it('comes with its file, as of the time that it was due, and sets the next time first', async () => {
    const { setting, set, fire } = await planned();
    await ask('/summary yesterday every weekday 09:30', setting);
    const [sent] = await fire(set[0], tuesday + 1_000);
    if (sent?.kind !== 'post') throw new Error('nothing was sent');
    expect(sent.key).toMatch(/^summary\/[0-9a-f]{8}\/\d+$/);
    expect(sent.to).toMatchObject({ chatId: 'oc_any', replyTo: undefined });
    expect(spoken(sent.card)).toContain('2026-01-05 00:00 – 2026-01-05 23:59');
    expect(spoken(sent.card)).not.toContain('was due at');
    expect(await sent.files?.()).toHaveLength(1);
    expect(set.at(-1)).toMatchObject({ atMs: tuesday + 24 * hourMs });
  });

  it('that was missed comes once, marked, for its own day; what was missed in between does not come', async () => {
    const { setting, set, fire } = await planned();
    await ask('/summary yesterday every weekday 09:30', setting);
    const back = tuesday + 50 * hourMs;
    const [sent, ...more] = await fire(set[0], back);
    if (sent?.kind !== 'post') throw new Error('nothing was sent');
    expect(more).toEqual([]);
    expect(spoken(sent.card)).toContain('was due at 2026-01-06 09:30; it is 2 d 2 h late');
    expect(spoken(sent.card)).toContain('2026-01-05 00:00 – 2026-01-05 23:59');
    expect(set.at(-1)?.atMs).toBe(tuesday + 72 * hourMs);
  });

  it('that is worked on again after a crash is the same message, and sets no second series', async () => {
    const { setting, set, fire } = await planned();
    await ask('/summary 7d every weekday 09:30', setting);
    const [first] = await fire(set[0], tuesday);
    const [again] = await fire(set[0], tuesday + 5_000);
    expect(first?.kind === 'post' && again?.kind === 'post' && first.key === again.key).toBe(true);
    expect(set).toHaveLength(2);
  });

  it('does not come twice where the clock was put back', async () => {
    const { setting, set, fire } = await planned();
    await ask('/summary 7d every weekday 09:30', setting);
    await fire(set[0], tuesday - 2 * hourMs);
    expect(set.at(-1)?.atMs).toBe(tuesday + 24 * hourMs);
  });

  it('is listed and stopped, by button or by its number, in its own chat only', async () => {
    const { setting, set, cancelled, fire } = await planned();
    const { router } = routing(setting);
    await router.route(message('/summary 7d every weekday 09:30'));
    const list = await router.route(message('/summary schedules'));
    expect(spoken(list?.card)).toContain('every weekday 09:30');
    const [stop] = buttonsOf(list?.card).values;
    const elsewhere = await router.runClick(click(stop ?? null, { chatId: 'oc_listed' }));
    expect(spoken(elsewhere.card)).toContain('There is no scheduled summary');
    const stopped = await router.runClick(click(stop ?? null));
    expect(spoken(stopped.card)).toContain('No summaries are scheduled');
    expect(cancelled).toEqual([set[0]?.key]);
    // A timer that was on its way already does nothing.
    expect(await fire(set[0], tuesday)).toEqual([]);
    await router.route(message('/summary 7d every weekday 09:30'));
    const again = await router.route(message('/summary schedules'));
    const id = /summary stop ([0-9a-f]{8})/.exec(spoken(again?.card))?.[1];
    expect(spoken((await router.route(message(`/summary stop ${id}`)))?.card)).toContain('Stopped');
  });

  it('ends when the bot leaves the chat', async () => {
    const { setting } = await planned();
    const { router } = routing(setting);
    await router.route(message('/summary 7d every weekday 09:30'));
    await router.leaveChat('oc_any');
    expect(spoken((await router.route(message('/summary schedules')))?.card)).toContain(
      'No summaries are scheduled',
    );
  });

  it('of a period that has not begun says so instead of failing', async () => {
    const { setting, set, fire } = await planned();
    await ask('/summary 2026-03-01..2026-03-31 every weekday 09:30', setting);
    const [sent] = await fire(set[0], tuesday);
    expect(sent?.kind === 'post' && spoken(sent.card)).toContain('lies in the future');
    expect(set).toHaveLength(2);
  });

  describe('whose creator', () => {
    const minuteMs = 60_000;

    /** Set by an agent in a group that is not listed; then time passes and the roster is what `roster` says. */
    async function later(roster: Setting['roster'], access: Setting['access'] = {}, chat = {}) {
      const plan = await planned();
      const { setting, set } = plan;
      const read: TicketFilter[] = [];
      const ticketLists = {
        read: async (filter: TicketFilter) => {
          read.push(filter);
          return { tickets, isWhole: true };
        },
        count: async () => 0,
      };
      await ask('/summary yesterday every weekday 09:30', setting, chat);
      const more = { ...setting.more, ticketLists };
      const changed = { ...setting, more, access, ...(roster === undefined ? {} : { roster }) };
      const { router, clock } = routing(changed);
      clock.jumpWall(tuesday - nowMs);
      const fireAt = async (timer: NewTimer | undefined) => {
        if (timer === undefined) throw new Error('no timer');
        clock.jumpWall(Math.max(0, timer.atMs - clock.nowMs()));
        return router.runInBackground({ kind: 'timer', name: timer.name, value: timer.value });
      };
      const listed = async () => spoken((await ask('/summary schedules', setting, chat)).card);
      return { ...plan, read, fireAt, listed, first: set[0] };
    }
    const without = async () => ({ readAtMs: Number.MAX_SAFE_INTEGER, agents: [] });
    const unreadable = () => Promise.reject(feishuError());

    it.each<readonly [string, Setting['roster'], Setting['access']]>([
      ['is an agent no more', without, {}],
      ['is no manager, now that there are any', undefined, { managers: new Set(['ou_boss']) }],
    ])('%s, ends: the chat is told in one line, and nothing is read', async (_, roster, access) => {
      const { first, fireAt, read, listed, set, cancelled } = await later(roster, access);
      const [line, ...others] = await fireAt(first);
      expect(others).toEqual([]);
      if (line?.kind !== 'post') throw new Error('nothing was said');
      expect(spoken(line.card)).toContain('The scheduled summary (every weekday 09:30) has ended');
      expect(line).toMatchObject({ once: true, tickets: [], to: { chatId: 'oc_any', replyTo: undefined } });
      expect(line.files).toBeUndefined();
      expect(read).toEqual([]);
      // A process that dies before it has said so says it again.
      expect(await fireAt(first)).toMatchObject([{ key: line.key }]);
      expect(await line.ended?.({ ok: true, messageId: 'om_line' })).toEqual([]);
      expect(await listed()).toContain('No summaries are scheduled');
      expect(cancelled).toEqual([set.at(-1)?.key]);
      expect(await fireAt(first)).toEqual([]);
      expect(await fireAt(set.at(-1))).toEqual([]);
    });

    it('may not see it any more is told at the next time when the chat could not be', async () => {
      const { first, fireAt, listed, set } = await later(without);
      const [line] = await fireAt(first);
      if (line?.kind !== 'post') throw new Error('nothing was said');
      await line.ended?.({ ok: false, forGood: false });
      expect(await listed()).toContain('every weekday 09:30');
      expect(await fireAt(set.at(-1))).toMatchObject([{ key: line.key }]);
    });

    it('has rights by the chat that was listed, or by a variable, goes on', async () => {
      const inListed = await later(without, {}, { chatId: 'oc_listed' });
      expect(await inListed.fireAt(inListed.first)).toHaveLength(1);
      expect(await inListed.listed()).toContain('every weekday 09:30');
      const named = await later(unreadable, { users: new Set(['ou_agent']) });
      expect(await named.fireAt(named.first)).toHaveLength(1);
      expect(named.read.length).toBeGreaterThan(0);
    });

    it('cannot be checked, waits: nothing is read or said, and it comes when it can be checked', async () => {
      let roster: NonNullable<Setting['roster']> = unreadable;
      const { first, fireAt, read, set, listed } = await later(() => roster());
      expect(await fireAt(first)).toEqual([]);
      expect(read).toEqual([]);
      // The next time was set before; then comes another try.
      expect(set.slice(1).map(({ atMs }) => (atMs - tuesday) / minuteMs)).toEqual([24 * 60, 5]);
      expect(await fireAt(set.at(-1))).toEqual([]);
      expect(await fireAt(set.at(-1))).toEqual([]);
      expect(await listed()).toContain('every weekday 09:30');
      const agents = [
        { person: { openId: 'ou_agent', name: 'Li', email: undefined, department: undefined }, skills: [] },
      ];
      roster = async () => ({
        readAtMs: Number.MAX_SAFE_INTEGER,
        agents: agents.map((one) => ({ ...one, state: 'online' as const })),
      });
      const [sent] = await fireAt(set.at(-1));
      if (sent?.kind !== 'post') throw new Error('nothing was sent');
      expect(sent.key).toMatch(new RegExp(`/${tuesday}$`));
      expect(spoken(sent.card)).toContain('was due at 2026-01-06 09:30');
    });

    it('cannot be checked for a day, makes room for the next time', async () => {
      const { first, fireAt, set } = await later(unreadable);
      let timer = first;
      const tries: number[] = [];
      for (let count = 0; count < 60; count += 1) {
        const before = set.length;
        expect(await fireAt(timer)).toEqual([]);
        timer = set.at(-1);
        if (set.length === before) break;
        tries.push(((timer?.atMs ?? 0) - tuesday) / minuteMs);
      }
      expect(tries.length).toBeLessThan(40);
      expect(Math.max(...tries)).toBeLessThanOrEqual(24 * 60);
      expect(set.filter(({ key }) => !key.endsWith('/again'))).toHaveLength(2);
    });
  });

  it('of an unreadable time is answered with the right form', async () => {
    const { setting } = await planned();
    const said = spoken((await ask('/summary 7d every fullmoon 09:30', setting)).card);
    expect(said).toContain('does not say when');
    expect(said).toContain('/summary 7d every weekday 09:30');
  });
});
