import { describe, expect, it } from 'vitest';
import { type Context, defineCommand } from '../src/command.ts';
import { commands } from '../src/commands/index.ts';
import type { MessageInbound, Text } from '../src/domain.ts';
import { buttonsOf, caseOf, click, message, nowMs, routing, type Setting, spoken } from './support/asked.ts';

const same = (text: string): Text => ({ zh_cn: text, en_us: text, ja_jp: text });

/** What a command gets to see of its surroundings. */
async function seen(inbound: MessageInbound, setting: Setting = {}): Promise<Context> {
  const contexts: Context[] = [];
  const look = defineCommand({
    name: 'look',
    access: 'anyone',
    args: [],
    summary: same('look'),
    examples: [],
    async run(_, context) {
      contexts.push(context);
      return { card: { schema: '2.0' }, tickets: [] };
    },
  });
  await routing({ ...setting, commands: [look, ...commands] }).router.route(inbound);
  const [context] = contexts;
  if (context === undefined) throw new Error('not run');
  return context;
}

describe('the ticket that a place means', () => {
  const posted = [
    { messageId: 'om_list', tickets: ['1', '2'] },
    { messageId: 'om_one', tickets: ['3'] },
    { messageId: 'om_in_thread', threadId: 'omt_4', tickets: ['4'] },
  ];
  it.each([
    ['a reply to a card of one ticket', { parentId: 'om_one', rootId: 'om_one' }, '3'],
    ['a reply to a list of tickets', { parentId: 'om_list' }, undefined],
    ['a reply to anything else', { parentId: 'om_else' }, undefined],
    ['a message in the ticket’s thread', { threadId: 'omt_4', rootId: 'om_else', parentId: 'om_else' }, '4'],
    ['a reply in that thread to another card', { threadId: 'omt_4', parentId: 'om_one' }, '3'],
    ['a thread that began with a card', { threadId: 'omt_new', rootId: 'om_one', parentId: 'om_else' }, '3'],
    ['neither', {}, undefined],
  ])('%s', async (_, where, id) => {
    expect((await seen(message('/look', where), { posted })).place.ticketHere).toBe(id);
  });

  it('is what /ticket without a number shows', async () => {
    const { router } = routing({ tickets: { 3: caseOf('3') }, posted });
    const reply = await router.route(message('/ticket', { parentId: 'om_one' }));
    expect(spoken(reply?.card)).toContain('Ticket 3');
  });

  it('is asked for otherwise, with what this chat saw last to choose from', async () => {
    const elsewhere = { messageId: 'om_other', chatId: 'oc_secret', tickets: ['99'] };
    const { router } = routing({ posted: [elsewhere, ...posted] });
    const reply = await router.route(message('/ticket'));
    const said = spoken(reply?.card);
    expect(said).toContain('Which ticket do you mean?');
    const choice = (words: string) => ({ action: 'run', command: 'ticket', words, instead: true });
    expect(buttonsOf(reply?.card).values).toEqual(['1', '2', '3', '4'].map(choice));
    expect(said).not.toContain('99');
  });
});

describe('personal data', () => {
  it.each([
    ['group', 'oc_any', 'masked'],
    ['group', 'oc_listed', 'open'],
    ['p2p', 'oc_any', 'open'],
  ] as const)('in a %s, chat %s: %s', async (chatType, chatId, privacy) => {
    expect((await seen(message('/look', { chatType, chatId }))).view.privacy).toBe(privacy);
  });

  it('is open in every group for ACCESS_CHATS=*', async () => {
    expect((await seen(message('/look'), { access: { chats: 'all' } })).view.privacy).toBe('open');
  });

  it('in a direct chat stays open when a button of its card is clicked', async () => {
    const { router } = routing({
      tickets: { 42: caseOf('42') },
      posted: [{ messageId: 'om_card', chatType: 'p2p', tickets: ['42'] }],
    });
    const refresh = { action: 'ticket.refresh', ticket: '42' };
    const shown = async (messageId: string): Promise<string> =>
      JSON.stringify((await router.runClick(click(refresh, { messageId }))).card);
    expect(await shown('om_card')).toContain('xiaoming@example.com');
    // A card that was forwarded, or posted long ago: nobody knows who reads it.
    expect(await shown('om_elsewhere')).not.toContain('xiaoming@example.com');
  });

  it('on a ticket card in an unlisted group is masked, also after a click', async () => {
    const { router } = routing({ tickets: { 42: caseOf('42') } });
    const refresh = { action: 'ticket.refresh', ticket: '42' };
    const wire = async (at: Pick<MessageInbound, 'chatId'>): Promise<string[]> => [
      JSON.stringify((await router.route(message('/ticket 42', at)))?.card),
      JSON.stringify((await router.runClick(click(refresh, at))).card),
    ];
    for (const card of await wire({ chatId: 'oc_any' })) expect(card).not.toContain('xiaoming@example.com');
    for (const card of await wire({ chatId: 'oc_listed' })) expect(card).toContain('xiaoming@example.com');
  });
});

describe('the view', () => {
  it('is of this moment, with the buttons that exist', async () => {
    const { view, askerId } = await seen(message('/look'), {
      config: { ticketUrl: 'https://desk.example/{id}' },
    });
    expect(view).toMatchObject({
      nowMs,
      timeZone: 'Asia/Shanghai',
      ticketUrl: 'https://desk.example/{id}',
      actions: new Set([
        'run',
        ...commands.flatMap(({ name, actions }) => Object.keys(actions).map((action) => `${name}.${action}`)),
      ]),
    });
    for (const action of ['run', 'ticket.refresh', 'ticket.conversation'])
      expect(view.actions).toContain(action);
    expect(askerId).toBe('ou_agent');
  });

  it.each([
    [nowMs - 120_000, false],
    [nowMs - 120_001, true],
    [nowMs - 7 * 3_600_000, true],
    [nowMs + 1_000_000_000, false],
    [undefined, false],
  ])('is late for an event of %s taken now: %s', async (createdAtMs, late) => {
    expect((await seen(message('/look', { createdAtMs }))).view.late).toBe(late);
  });

  it('says on the card that it is late', async () => {
    const { router } = routing({ tickets: { 42: caseOf('42') } });
    const at = { createdAtMs: nowMs - 600_000 };
    for (const text of ['/ticket 42', '/ticket abc', '/help', '/tikcet'])
      expect(spoken((await router.route(message(text, at)))?.card), text).toContain('Late answer');
  });
});
