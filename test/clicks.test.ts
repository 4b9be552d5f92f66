import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Context, defineAction, defineCommand } from '../src/command.ts';
import type { ClickInbound, Json, Text } from '../src/domain.ts';
import { StoreUnavailable } from '../src/store/store.ts';
import { same } from '../src/text.ts';
import { caseOf, click, feishuError, routing, spoken } from './support/asked.ts';

const refresh = { action: 'ticket.refresh', ticket: '42' };
const tickets = { 42: caseOf('42') };
const by = (openId: string | undefined, tenantKey: string | undefined = 't_own'): Partial<ClickInbound> => ({
  operator: { openId, tenantKey },
});

/** Deeper than anything that a card carries. */
function nested(depth: number): Json {
  let value: Json = 'end';
  for (let level = 0; level < depth; level += 1) value = { action: value };
  return value;
}

describe('a click', () => {
  it('is answered with what its button does, without reading the ticket', async () => {
    const { router, asked } = routing({ tickets });
    const { ok, toast } = await router.checkClick(click(refresh));
    expect(ok).toBe(true);
    expect(toast).toMatchObject({ type: 'info', content: { zh_cn: '正在刷新…', en_us: 'Refreshing…' } });
    expect(asked).toEqual([]);
  });

  it('does its work each time it is made', async () => {
    const { router, asked } = routing({ tickets });
    expect(spoken((await router.runClick(click(refresh))).card)).toContain('Ticket 42');
    expect(spoken((await router.runClick(click(refresh, { eventId: 'event-2' }))).card)).toContain(
      'Ticket 42',
    );
    expect(asked).toEqual(['42', '42']);
  });

  const worthless: readonly Json[] = [
    null,
    0,
    'ticket.refresh',
    [],
    ['ticket.refresh'],
    {},
    { action: 5 },
    { action: '' },
    { action: 'ticket' },
    { action: 'ticket.' },
    { action: '.refresh' },
    { action: 'ticket.refresh.now', ticket: '42' },
    { action: 'ticket.constructor', ticket: '42' },
    { action: '__proto__.toString', ticket: '42' },
    { action: 'refresh', ticket: '42' },
    { action: 'ticket.close', ticket: '42' },
    { action: 'close.run', ticket: '42' },
    { action: 'ticket.refresh' },
    { action: 'ticket.refresh', ticket: 42 },
    { action: 'ticket.refresh', ticket: '42/../43' },
    { action: 'ticket.refresh', ticket: '4'.repeat(100_000) },
    JSON.parse('{"__proto__":{"action":"ticket.refresh","ticket":"42"}}'),
    nested(1_000),
  ];
  it.each(worthless.map((value) => [JSON.stringify(value).slice(0, 60), value] as const))(
    'on an outdated or forged card says so: %s',
    async (_, value) => {
      const { router, asked } = routing({ tickets });
      const { ok, toast } = await router.checkClick(click(value));
      expect(ok).toBe(false);
      expect(toast.content.en_us).toBe('This card is outdated. Please send the command again.');
      // The worker may get one that was stored by an older version.
      const reply = await router.runClick(click(value));
      expect(spoken(reply.card)).toContain('This card is outdated');
      expect(reply.beside).toBe(true);
      expect(asked).toEqual([]);
    },
  );
});

describe('a button that no longer exists', () => {
  const posted = [{ messageId: 'om_card', tickets: ['42'] }];

  it.each([[{ action: 'ticket.assign', ticket: '42' }], ['ticket.refresh'], [{ action: 'ticket.refresh' }]])(
    'brings its card up to date: %j',
    async (value) => {
      const { router } = routing({ tickets, posted });
      const { ok, toast } = await router.checkClick(click(value));
      expect({ ok, type: toast.type }).toEqual({ ok: true, type: 'warning' });
      const reply = await router.runClick(click(value));
      expect(spoken(reply.card)).toContain('Ticket 42');
      expect(reply.beside).toBeUndefined();
    },
  );

  it('never shows another ticket than the card does', async () => {
    const { router, asked } = routing({ tickets, posted });
    await router.runClick(click({ action: 'ticket.nothing', ticket: '43' }));
    expect(asked).toEqual(['42']);
  });

  it('on a list of tickets says that the card is outdated', async () => {
    const { router } = routing({ tickets, posted: [{ messageId: 'om_card', tickets: ['42', '43'] }] });
    expect((await router.checkClick(click({ action: 'x.y' }))).ok).toBe(false);
  });

  it('is refused to somebody without access', async () => {
    const { router } = routing({ tickets, posted });
    const { ok, toast } = await router.checkClick(click({ action: 'x.y' }, by('ou_nobody')));
    expect({ ok, type: toast.type }).toEqual({ ok: false, type: 'error' });
  });
});

describe('a menu', () => {
  it('does what was chosen, with its page', async () => {
    const { router } = routing({ tickets });
    const menu = { action: 'menu', ticket: '42' };
    const chosen = (option: string) => router.runClick(click(menu, { option }));
    expect(spoken((await chosen('ticket.refresh')).card)).toContain('Ticket 42');
    expect((await chosen('ticket.conversation:1')).shown).toMatchObject({ face: 'conversation', page: 1 });
    for (const option of [
      '',
      'ticket.nothing',
      'ticket.conversation:x',
      'ticket.conversation:-1',
      'run',
      'menu',
    ])
      expect((await router.checkClick(click(menu, { option }))).ok).toBe(false);
    expect((await router.checkClick(click(menu))).ok).toBe(false);
  });
});

describe('a button that stands for typing a command', () => {
  const run = (command: string, words = '', more: object = {}) => ({
    action: 'run',
    command,
    words,
    ...more,
  });

  it('runs it, under the card or in its place', async () => {
    const { router } = routing({ tickets });
    const beside = await router.runClick(click(run('ticket', '42')));
    expect(spoken(beside.card)).toContain('Ticket 42');
    expect(beside.beside).toBe(true);
    expect((await router.runClick(click(run('工单', '42', { instead: true })))).beside).toBeUndefined();
  });

  it('asks for the rights of the command', async () => {
    const { router, asked } = routing({ tickets });
    expect((await router.checkClick(click(run('help'), by('ou_nobody')))).ok).toBe(true);
    expect((await router.checkClick(click(run('ticket', '42'), by('ou_nobody')))).ok).toBe(false);
    await router.runClick(click(run('ticket', '42'), by('ou_nobody')));
    expect(asked).toEqual([]);
  });

  it('says what is wrong with the words', async () => {
    const { router } = routing({ tickets });
    const reply = await router.runClick(click(run('ticket', 'nonsense')));
    expect(spoken(reply.card)).toContain('neither a ticket number nor a link');
    expect(reply.beside).toBe(true);
  });

  it.each([
    [run('nothing')],
    [run('')],
    [{ action: 'run' }],
    [run('ticket', 'x'.repeat(201))],
    [run('close')],
  ])('does nothing for %j', async (value) => {
    expect((await routing({ tickets }).router.checkClick(click(value))).ok).toBe(false);
  });
});

describe('the rights of a click', () => {
  it.each([
    ['somebody without access', by('ou_nobody')],
    ['nobody', by(undefined)],
    ['an empty open id, wherever', { ...by(''), chatId: 'oc_listed' }],
    ['somebody of another tenant', by('ou_agent', 't_other')],
    ['somebody of no tenant', { operator: { openId: 'ou_agent', tenantKey: undefined } }],
  ])('are denied to %s', async (_, changes) => {
    const { router, asked, lines } = routing({ tickets });
    const { ok, toast } = await router.checkClick(click(refresh, changes));
    expect(ok).toBe(false);
    expect(toast.type).toBe('error');
    expect(toast.content.en_us).toContain('You may not use this button');
    const reply = await router.runClick(click(refresh, changes));
    expect(spoken(reply.card)).toContain('You may not use /ticket here');
    expect(reply).toMatchObject({ beside: true, tickets: [] });
    expect(asked).toEqual([]);
    expect(lines.join()).toContain('"decision":"denied"');
  });

  it('are those of the place where the card stands now', async () => {
    const { router } = routing({ tickets });
    expect((await router.checkClick(click(refresh, { ...by('ou_nobody'), chatId: 'oc_listed' }))).ok).toBe(
      true,
    );
    expect((await router.checkClick(click(refresh, { ...by('ou_nobody'), chatId: 'oc_any' }))).ok).toBe(
      false,
    );
  });

  it('are unknown when the roster cannot be read', async () => {
    const { router, asked } = routing({ tickets, roster: () => Promise.reject(feishuError()) });
    const { ok, toast } = await router.checkClick(click(refresh));
    expect(ok).toBe(false);
    expect(toast.content.en_us).toContain('Your rights cannot be checked now');
    expect(spoken((await router.runClick(click(refresh))).card)).toContain(
      'Your rights cannot be checked now',
    );
    expect(asked).toEqual([]);
    expect((await router.checkClick(click(refresh, by('ou_listed')))).ok).toBe(true);
  });

  it('are unknown when the roster takes longer than 2 s, and the answer does not wait for it', async () => {
    const { router, clock } = routing({ tickets, roster: () => new Promise(() => {}) });
    let answered = false;
    const checking = router.checkClick(click(refresh)).finally(() => {
      answered = true;
    });
    await clock.advance(1_999);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(answered).toBe(true);
    expect((await checking).toast.content.en_us).toContain('Your rights cannot be checked now');
  });

  it('leave no timer behind', async () => {
    const { router, clock } = routing({ tickets });
    await router.checkClick(click(refresh));
    expect(clock.sleepers()).toBe(0);
  });

  it.each([[new StoreUnavailable('gone')], [new TypeError('a bug')]])(
    'are unknown, not a lost click, when checking them fails: %s',
    async (error) => {
      const { router, lines } = routing({ tickets, roster: () => Promise.reject(error) });
      expect((await router.checkClick(click(refresh))).toast.content.en_us).toContain(
        'cannot be checked now',
      );
      expect(lines.join()).toContain('rights could not be checked');
    },
  );
});

describe('what stands against a click', () => {
  /** One command with one button, and what it says before it is pressed. */
  function pressing(objection: (context: Context) => Promise<Text | undefined>) {
    const done: string[] = [];
    const guarded = defineCommand({
      name: 'guarded',
      access: 'served',
      args: [],
      summary: same('x'),
      examples: [],
      run: async () => ({ card: { schema: '2.0' }, tickets: [] }),
      actions: {
        go: defineAction({
          toast: same('going'),
          access: 'served',
          value: z.object({ n: z.number() }),
          objection: (_, context) => objection(context),
          async run({ n }) {
            done.push(`${n}`);
            return { card: { schema: '2.0' }, tickets: [] };
          },
        }),
      },
    });
    return { done, ...routing({ commands: [guarded] }) };
  }
  const go = { action: 'guarded.go', n: 1 };

  it('is said in the toast, and the click ends there', async () => {
    const { router } = pressing(async ({ askerId, place }) => same(`no, ${askerId} in ${place.chatId}`));
    expect(await router.checkClick(click(go))).toEqual({
      ok: false,
      toast: { type: 'warning', content: same('no, ou_agent in oc_any') },
    });
  });

  it('is not asked of somebody without rights', async () => {
    const asked: string[] = [];
    const { router } = pressing(async ({ askerId }) => void asked.push(askerId));
    expect((await router.checkClick(click(go, by('ou_nobody')))).toast.type).toBe('error');
    expect(asked).toEqual([]);
    expect((await router.checkClick(click(go))).ok).toBe(true);
    expect(asked).toEqual(['ou_agent']);
  });

  it('is left to the work when it is not known 2.4 s after the click, or cannot be read', async () => {
    const slow = pressing(() => new Promise(() => {}));
    let answered = false;
    const checking = slow.router.checkClick(click(go)).finally(() => {
      answered = true;
    });
    await slow.clock.advance(2_399);
    expect(answered).toBe(false);
    await slow.clock.advance(1);
    expect((await checking).ok).toBe(true);
    const broken = pressing(() => Promise.reject(new StoreUnavailable('gone')));
    expect((await broken.router.checkClick(click(go))).ok).toBe(true);
    await broken.router.runClick(click(go));
    expect(broken.done).toEqual(['1']);
  });
});

describe('the work of a click that fails', () => {
  it.each([
    ['passing', 'The helpdesk does not answer now'],
    ['not_found', 'No such ticket, or it is not yours to see'],
  ] as const)('is told under the card, which stays: %s', async (kind, words) => {
    const { router } = routing({ tickets: { 42: feishuError({ kind, logId: 'log-42' }) } });
    const reply = await router.runClick(click(refresh));
    expect(spoken(reply.card)).toContain(words);
    expect(reply.beside).toBe(true);
  });

  it('because of a bug is not hidden', async () => {
    const { router } = routing({ tickets: { 42: new TypeError('a bug') } });
    await expect(router.runClick(click(refresh))).rejects.toThrow('a bug');
  });
});
