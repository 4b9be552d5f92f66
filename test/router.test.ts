import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessLevel, type Command, defineCommand } from '../src/command.ts';
import { commands } from '../src/commands/index.ts';
import type { Card, MessageInbound, Reply, Text } from '../src/domain.ts';
import { UserError } from '../src/errors.ts';
import { caseOf, feishuError, from, message, nowMs, routing, type Setting, spoken } from './support/asked.ts';

const same = (text: string): Text => ({ zh_cn: text, en_us: text, ja_jp: text });
const card = (text: string): Card => ({ schema: '2.0', content: text });

/** A command that does what the test says. */
function commandThat(
  run: () => Promise<Reply>,
  { access = 'served', effect = 'reads' }: { access?: AccessLevel; effect?: 'reads' | 'changes' } = {},
): Command {
  return defineCommand({
    name: 'work',
    access,
    effect,
    args: [],
    summary: same('work'),
    examples: [],
    run,
  });
}

const tickets = { 42: caseOf('42') };

async function said(inbound: MessageInbound, setting: Setting = {}): Promise<string | undefined> {
  const { router } = routing({ tickets, ...setting });
  const reply = await router.route(inbound);
  // What is stored and what is answered are the same.
  expect(router.concerns(inbound)).toBe(reply !== undefined);
  return reply && spoken(reply.card);
}

const others = [
  { key: '@_user_2', openId: 'ou_tom', name: 'Tom' },
  { key: '@_all', openId: undefined, name: 'all' },
];

describe('silence', () => {
  const user = { openId: 'ou_agent', tenantKey: 't_own', type: 'user' } as const;
  it.each([
    ['a bot', message('@_user_1 /ticket 42', { sender: { ...user, type: 'bot' } })],
    ['a sender of an unknown kind', message('/ticket 42', { sender: { ...user, type: 'unknown' } })],
    ['another tenant', message('@_user_1 /help', { sender: { ...user, tenantKey: 't_other' } })],
    [
      'another tenant in a direct chat',
      message('/help', { sender: { ...user, tenantKey: 't_other' }, chatType: 'p2p' }),
    ],
    ['a sender without a tenant', message('/help', { sender: { ...user, tenantKey: undefined } })],
    ['a sender without an open id', message('/help', from(undefined))],
    ['a sender with an empty open id', message('/help', from(''))],
    ['the bot itself', message('/help', from('ou_bot'))],
    ['an edited message', message('@_user_1 /ticket 42', { edited: true })],
    ['an edited message in a direct chat', message('/ticket 42', { edited: true, chatType: 'p2p' })],
    ['chatter in a group', message('did anybody see ticket 42?')],
    ['a picture in a group', message('')],
    ['a mention of everyone', message('@_all lunch', { mentions: others })],
    ['a mention of somebody else', message('@_user_2 look', { mentions: others })],
    ['a command for somebody else', message('@_user_2 /ticket 42', { mentions: others })],
    ['a command in the middle of a sentence', message('try /ticket 42')],
    ['a command on a later line', message('hello\n/ticket 42')],
    ['a command in a code block', message('```\n/ticket 42\n```')],
    ['a command of another bot', message('/deploy production')],
    ['a short command of another bot', message('/tt')],
    ['a long command that is not near enough', message('/ticketabc')],
    ['a path', message('/etc/passwd')],
    ['what development left behind elsewhere', message('/debug')],
  ])('for %s', async (_, inbound) => {
    expect(await said(inbound)).toBeUndefined();
  });
});

describe('help', () => {
  it.each([
    ['a mention alone', message('@_user_1')],
    ['a mention with chatter', message('@_user_1 hello')],
    ['a mention at the end', message('hello @_user_1')],
    ['anything in a direct chat', message('hello', { chatType: 'p2p' })],
    ['a picture or a file in a direct chat', message('', { chatType: 'p2p' })],
    ['emoji in a direct chat', message('👋', { chatType: 'p2p' })],
    ['a lone slash in a direct chat', message('/', { chatType: 'p2p' })],
    ['somebody without access', message('@_user_1', from('ou_nobody'))],
  ])('for %s', async (_, inbound) => {
    expect(await said(inbound)).toContain('/ticket [id or link …]');
  });
});

describe('a known command', () => {
  it.each([
    ['/ticket 42'],
    ['/t #42'],
    ['/工单 ４２'],
    ['／TICKET　４２'],
    ['@_user_1/ticket 42'],
    ['/ticket@_user_1 42'],
    ['/ticket 42@_user_1'],
    ['\u200b/ticket\u00a042'],
    ['/ticket https://any.example/tickets/42'],
    ['/ticket [Printer](https://any.example/ticket/42)'],
  ])('%s is run', async (text) => {
    expect(await said(message(text))).toContain('Ticket 42');
  });

  it.each([
    ['/ticket 99999999999999999999999'],
    ['/ticket 123/../../im/v1/chats'],
    ['/ticket 42\r\nX-Evil: 1'],
    ['/ticket http://169.254.169.254/latest'],
    ['/ticket file:///etc/passwd'],
    ["/ticket ' OR 1=1 --"],
    ['/ticket <at id=all></at>'],
  ])('%j is refused before anything is read', async (text) => {
    const { router, asked } = routing({ tickets });
    expect(spoken((await router.route(message(text)))?.card)).toContain('neither a ticket number nor a link');
    expect(asked).toEqual([]);
  });

  it('quotes a wrong word as plain text, cut', async () => {
    const { router } = routing();
    const reply = await router.route(message(`/ticket <at\u00a0id=all></at>${'x'.repeat(150_000)}`));
    const wire = JSON.stringify(reply?.card);
    expect(wire.length).toBeLessThan(4_000);
    expect(wire).not.toContain('"tag":"markdown"');
  });

  it('links of the host of TICKET_URL are ticket links', async () => {
    const text = '/ticket https://desk.example/case/42';
    expect(await said(message(text))).toContain('neither a ticket number');
    const config = { ticketUrl: 'https://desk.example/case/{id}' };
    expect(await said(message(text), { config })).toContain('Ticket 42');
  });

  it('runs before the bot knows its own id, but help waits for it', async () => {
    expect(await said(message('@_user_1 /ticket 42'), { botOpenId: undefined })).toContain('Ticket 42');
    expect(await said(message('@_user_1'), { botOpenId: undefined })).toBeUndefined();
  });

  it('has names that are typed as they are read, each one once', () => {
    const names = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(names.map((name) => name.normalize('NFKC').toLowerCase()));
  });
});

describe('an unknown command', () => {
  it.each([
    ['/tikcet 42', '/ticket'],
    ['/hepl', '/help'],
    ['/TIKCET', '/ticket'],
    ['@_user_1 /公单 42', '/工单'],
    ['@_user_1 /ticket42', '/ticket'],
  ])('%s is answered with the nearest one, and not run', async (text, suggestion) => {
    const { router, asked } = routing({ tickets });
    const inbound = message(text);
    expect(router.concerns(inbound)).toBe(true);
    const lines = spoken((await router.route(inbound))?.card).split('\n');
    expect(lines[0]).toMatch(/^There is no command \/\S+[^.]$/);
    expect(lines.some((line) => line === suggestion || line.startsWith(`${suggestion} `))).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each([
    ['with a mention', message('@_user_1 /weather')],
    ['in a direct chat', message('/weather', { chatType: 'p2p' })],
  ])('is answered %s even when nothing is near', async (_, inbound) => {
    const answer = await said(inbound);
    expect(answer).toContain('There is no command /weather');
    expect(answer).toContain('/help');
    expect(answer).not.toContain('Did you mean');
  });

  it('is quoted as plain text, cut', async () => {
    const { router } = routing();
    const reply = await router.route(message(`/x<at\u3164id=all>${'y'.repeat(10_000)}`, { chatType: 'p2p' }));
    const wire = JSON.stringify(reply?.card);
    expect(wire.length).toBeLessThan(2_000);
    expect(wire).not.toContain('"tag":"markdown"');
  });
});

describe('rights', () => {
  it.each([
    ['zh_cn', '你没有在这里使用 /ticket 的权限', '管理员'],
    ['en_us', 'You may not use /ticket here', 'administrator'],
    ['ja_jp', 'ここで /ticket を使う権限がありません', '管理者'],
  ] as const)(
    'somebody without them hears which is missing and whom to ask (%s)',
    async (locale, what, whom) => {
      const { router, lines } = routing({ tickets });
      const reply = await router.route(message('/ticket 42', from('ou_nobody')));
      expect(spoken(reply?.card, locale)).toContain(what);
      expect(spoken(reply?.card, locale)).toContain(whom);
      expect(reply?.tickets).toEqual([]);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        {
          msg: 'refused',
          level: 'info',
          command: 'ticket',
          needs: 'served',
          decision: 'denied',
          openId: 'ou_nobody',
          chatId: 'oc_any',
        },
      ]);
    },
  );

  it('says that they cannot be checked when the roster cannot be read', async () => {
    const { router, lines } = routing({ tickets, roster: () => Promise.reject(feishuError()) });
    expect(spoken((await router.route(message('/ticket 42')))?.card)).toContain(
      'Your rights cannot be checked now',
    );
    expect(lines.join()).toContain('"decision":"unknown"');
    expect(spoken((await router.route(message('/ticket 42', from('ou_listed'))))?.card)).toContain(
      'Ticket 42',
    );
  });

  it('logs ids only', async () => {
    const { router, lines } = routing({ tickets: { 7: feishuError({ logId: 'log-7' }) } });
    await router.route(message('/ticket 42 mysecret', from('ou_nobody')));
    await router.route(message('/ticket 7'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'info',
        msg: 'refused',
        eventId: 'event-1',
        chatId: 'oc_any',
        command: 'ticket',
        needs: 'served',
      },
      { msg: 'audit' },
      {
        level: 'warn',
        msg: 'command',
        eventId: 'event-1',
        chatId: 'oc_any',
        command: 'ticket',
        outcome: 'failed',
      },
    ]);
    expect(lines.join()).not.toContain('mysecret');
  });

  it('are those of managers for their commands', async () => {
    const setting = {
      commands: [commandThat(async () => ({ card: card('done'), tickets: [] }), { access: 'managers' })],
      access: { managers: new Set(['ou_boss']) },
    };
    expect(await said(message('/work'), setting)).toContain('It is for managers');
    expect(await said(message('/work', from('ou_boss')), setting)).toBe('done');
    const unmanaged = { ...setting, access: { managers: undefined } };
    const refusal = await said(message('/work', from('ou_nobody')), unmanaged);
    expect(refusal).toContain('for the helpdesk’s agents and for people in ACCESS_USERS');
    expect(refusal).not.toContain('It is for managers');
  });
});

describe('work and rights side by side', () => {
  /** A roster that answers when the test says. */
  function slowRoster() {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const roster = () => answered.then(() => ({ readAtMs: nowMs, agents: [] }));
    return { answer: () => answer(), roster };
  }

  it.each(['reads', 'changes'] as const)(
    'a command that %s starts before or after they are known',
    async (effect) => {
      const order: string[] = [];
      const { roster, answer } = slowRoster();
      const run = async () => {
        order.push('work');
        return { card: card('secret'), tickets: ['42'] };
      };
      const { router, clock } = routing({ roster, commands: [commandThat(run, { effect })] });
      const reply = router.route(message('/work'));
      await clock.settle();
      expect(order).toEqual(effect === 'reads' ? ['work'] : []);
      answer();
      // Nobody is in this roster: the work that was done is not shown, the other is not begun.
      expect(JSON.stringify(await reply)).not.toContain('secret');
      expect(order).toEqual(effect === 'reads' ? ['work'] : []);
    },
  );

  it('what changes something starts once somebody may', async () => {
    const commands = [commandThat(async () => ({ card: card('done'), tickets: [] }), { effect: 'changes' })];
    expect(await said(message('/work'), { commands })).toBe('done');
  });

  it.each([
    ['fails', () => Promise.reject(new TypeError('a bug'))],
    ['never ends', () => new Promise<Reply>(() => {})],
    ['was asked for wrongly', () => Promise.reject(new UserError(same('secret')))],
  ])('somebody without rights hears only that, also when the work %s', async (_, run) => {
    const answer = await said(message('/work', from('ou_nobody')), { commands: [commandThat(run)] });
    expect(answer).toContain('You may not use /work here');
    expect(answer).not.toContain('secret');
  });

  it('a wrong argument is no news for somebody without rights', async () => {
    expect(await said(message('/ticket abc', from('ou_nobody')))).not.toContain('abc');
  });
});

describe('what goes wrong', () => {
  it('for the asker’s reason says so in the asker’s language', async () => {
    const wrong = new UserError(
      { zh_cn: '错', en_us: 'wrong', ja_jp: '違う' },
      { zh_cn: '改', en_us: 'mend it', ja_jp: '直す' },
    );
    const { router } = routing({ commands: [commandThat(() => Promise.reject(wrong))] });
    const reply = await router.route(message('/work'));
    expect(spoken(reply?.card)).toMatch(/^wrong$.*^mend it$/ms);
    expect(spoken(reply?.card, 'zh_cn')).toMatch(/^错$.*^改$/ms);
    expect(spoken(reply?.card, 'ja_jp')).toMatch(/^違う$.*^直す$/ms);
  });

  it('at Feishu says what, with the log id', async () => {
    const error = feishuError({ kind: 'passing', code: 155_000, logId: 'log-42', said: 'internal secret' });
    const answer = await said(message('/ticket 42'), { tickets: { 42: error } });
    expect(answer).toContain('The helpdesk does not answer now');
    expect(answer).toContain('log-42');
    expect(answer).not.toContain('internal secret');
  });

  it('in the code is not hidden', async () => {
    const { router } = routing({ tickets: { 42: new TypeError('a bug') } });
    await expect(router.route(message('/ticket 42'))).rejects.toThrow('a bug');
  });

  it('is counted by what came of it', async () => {
    const { router, metrics } = routing({
      tickets: { ...tickets, 7: feishuError(), 8: new TypeError('a bug') },
    });
    await router.route(message('/ticket 42'));
    await router.route(message('/ticket abc'));
    await router.route(message('/ticket 7'));
    await router.route(message('/ticket 8')).catch(() => undefined);
    await router.route(message('/ticket 42', from('ou_nobody')));
    await router.route(message('/tikcet 42'));
    const { values } = await metrics.commands.get();
    expect(values.map(({ labels, value }) => [labels.command, labels.outcome, value])).toEqual([
      ['ticket', 'answered', 1],
      ['ticket', 'mistaken', 1],
      ['ticket', 'failed', 2],
      ['ticket', 'refused', 1],
      ['unknown', 'mistaken', 1],
    ]);
  });
});

describe('any text', () => {
  it('is answered or not, but never throws', async () => {
    const { router } = routing({ tickets, access: { chats: 'all' } });
    const pieces = fc.constantFrom(
      '/',
      'ticket',
      'help',
      '工单',
      ' ',
      '42',
      '@_user_1',
      '@_user_2',
      '\n',
      '#',
      '\u200b',
    );
    const text = fc.string({
      unit: fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })),
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('group', 'p2p'), async (typed, chatType) => {
        const inbound = message(typed, { chatType });
        const reply = await router.route(inbound);
        expect(reply !== undefined).toBe(router.concerns(inbound));
        if (chatType === 'p2p') expect(reply).toBeDefined();
      }),
      { numRuns: 200 },
    );
  });
});
