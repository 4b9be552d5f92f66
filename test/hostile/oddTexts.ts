/** K17–K30: odd texts, and odd circumstances. */

import { expect } from 'vitest';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { hidden } from '../support/hostileText.ts';
import { agent, lunch, nobody, type Row, saidIn, support } from './stage.ts';

const asAgent = { chat: support, person: agent } as const;

export const oddTextRows: readonly Row[] = [
  {
    id: 'K17',
    input: 'a pattern that would make a careless search hang',
    async attempt(stage) {
      for (const command of ['faq', 'search', 'tickets'])
        expect(await stage.hear(`/${command} (a+)+$ ${'a'.repeat(40)}!`)).not.toBe('');
      expect(await stage.hear(`/${'t'.repeat(500)}i${'c'.repeat(500)}`)).toContain('There is no command');
    },
  },
  {
    id: 'K18',
    input: 'what other languages would run',
    async attempt(stage) {
      for (const text of ["' OR 1=1 --", `$${'{7*7}'}`, '{{7*7}}', '$(id)', '`id`', '; rm -rf /'])
        for (const command of ['search', 'faq']) {
          const said = await stage.hear(`/${command} ${text}`);
          expect(said).not.toMatch(/\b49\b|uid=/);
        }
    },
  },
  {
    id: 'K19',
    input: 'an argument of 150 KB',
    async attempt(stage) {
      for (const command of ['ticket', 'help', 'x'])
        expect((await stage.hear(`/${command} ${'y'.repeat(150_000)}`)).length).toBeLessThan(40_000);
      expect((await stage.hear(`/${'z'.repeat(150_000)}`)).length).toBeLessThan(10_000);
    },
  },
  {
    id: 'K20',
    input: 'characters that are not seen, or change what is seen',
    async attempt(stage) {
      expect(await stage.hear(`/ti\u200Bcket ${mainTicketId}\u202E`)).toContain(mainTicketId);
      for (const text of [
        '\u202E123',
        `1${'\u0301'.repeat(2_000)}`,
        '\u0000x',
        '\ud800x',
        '\u001b[2Jx',
        '\u2066x',
      ]) {
        const said = await stage.hear(`/ticket ${text}`);
        expect(said).not.toMatch(hidden);
        expect(said).not.toMatch(/\\u00|\\ud8|\p{Cs}/iu);
      }
    },
  },
  {
    id: 'K21',
    input: '/reply with a mention of everyone',
    note: 'The bot replies to no customer: the reason is given, and nothing that was typed is repeated.',
    async attempt(stage) {
      const said = await stage.hear('/reply <at id=all></at> down! @_all', { mentionBot: 'none' });
      expect(said).toContain('Feishu lets only an agent');
      expect(said).not.toContain('down!');
      expect(stage.sandbox.ledger.notifications()).toEqual([]);
    },
  },
  {
    id: 'K22',
    input: 'addresses and paths',
    async attempt(stage) {
      const links = [
        'http://169.254.169.254/latest/meta-data/ticket/1',
        'file:///etc/passwd',
        '/etc/passwd',
        'http://localhost:1/tickets/11111',
        'https://evil.example/?ticket_id=11111',
        'gopher://127.0.0.1:6379/_FLUSHALL',
      ];
      for (const link of links) {
        expect(await stage.hear(`/image ${link}`)).toContain('There is no command');
        const calls = await stage.callsOf(() => stage.hear(`/ticket ${link}`));
        // A link is only read: its number may be looked up in the helpdesk, and nothing else is asked.
        expect(calls.filter((call) => !['ticket', 'ticketMessages', 'messageReply'].includes(call))).toEqual(
          [],
        );
      }
    },
  },
  {
    id: 'K23',
    input: 'two people in the same moment',
    async attempt({ sandbox, ask }) {
      const text = `/ticket ${mainTicketId}`;
      const [first, second] = await Promise.all([
        ask({ chat: lunch, person: agent, text }),
        ask({ chat: lunch, person: nobody, text }),
      ]);
      expect(saidIn(first)).toContain('VPN');
      expect(saidIn(second)).toContain('You may not use');
      expect(sandbox.ledger.notifications()).toEqual([]);
    },
  },
  {
    id: 'K24',
    input: 'capitals, aliases, slips of the pen',
    async attempt(stage) {
      for (const name of ['TICKET', 'T', '工单'])
        expect(await stage.hear(`/${name} ${mainTicketId}`)).toContain('VPN');
      const calls = await stage.callsOf(async () =>
        expect(await stage.hear(`/tikcet ${mainTicketId}`)).toContain('There is no command'),
      );
      expect(calls).toEqual(['messageReply']);
    },
  },
  {
    id: 'K27',
    input: 'a ticket with very many messages',
    async attempt(stage) {
      const calls = await stage.callsOf(() => stage.hear(`/ticket ${ticketIds.veryLong}`));
      expect(calls.filter((call) => call === 'ticketMessages').length).toBeLessThanOrEqual(7);
    },
  },
  {
    id: 'K28',
    input: 'a chat that the bot was removed from',
    async attempt(stage) {
      const { world, ledger } = stage.sandbox;
      const chat = world.addChat({ name: `离开 ${Date.now()}`, members: [world.person(agent).openId] });
      stage.sandbox.fault({ endpoint: 'messageReply', status: 400, code: 230002, times: 1 });
      const { messageId } = await stage.sandbox.say({ chat: chat.chatId, person: agent, text: '/help' });
      await stage.sandbox.waitFor(() =>
        ledger.callsTo('messageReply').find(({ params }) => params['messageId'] === messageId),
      );
      await stage.settle();
      const tries = ledger.callsTo('messageReply').filter(({ params }) => params['messageId'] === messageId);
      expect(tries).toHaveLength(1);
      expect(ledger.repliesTo(messageId)).toEqual([]);
    },
  },
  {
    id: 'K29',
    input: 'commands that would show how the bot is set up',
    async attempt(stage) {
      for (const name of ['debug', 'config', 'env', 'eval', 'sh', 'constructor', 'toString'])
        expect(await stage.hear(`/${name}`)).toContain('There is no command');
      // No name of a command begins like this, so it is text that mentions the bot.
      expect(await stage.hear('/__proto__')).toContain('Commands');
    },
  },
  {
    id: 'K30',
    input: 'nothing but emoji, nothing but a mention',
    async attempt(stage) {
      expect(await stage.hear('')).toContain('/ticket');
      expect(await stage.hear('🎉🎉')).toContain('/ticket');
      await stage.ignore({ ...asAgent, text: '🎉🎉', mentionBot: 'none' });
    },
  },
];
