/** K: what people type. */

import { expect } from 'vitest';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { agent, lunch, nobody, type Row, type Stage, saidIn, support } from './stage.ts';

const helpdeskCalls = ['ticket', 'ticketMessages', 'ticketImage', 'tickets'];
const asAgent = { chat: support, person: agent } as const;

/** None of these is worth a call to the helpdesk; each is told what is wrong. */
async function expectRefusedUnread(stage: Stage, texts: readonly string[], said: RegExp): Promise<void> {
  for (const text of texts) {
    const calls = await stage.callsOf(async () => expect(await stage.hear(text)).toMatch(said));
    expect(calls.filter((call) => helpdeskCalls.includes(call))).toEqual([]);
  }
}

/** A message whose event the test writes itself. */
async function expectIgnored(
  stage: Stage,
  change: (event: Record<string, unknown>) => unknown,
): Promise<void> {
  const { messageId, status } = await stage.sandbox.say({
    ...asAgent,
    text: 'good morning',
    mentionBot: 'none',
  });
  expect(status).toBe(200);
  const { payload } = stage.sandbox.deliveries().at(-1) ?? {};
  const event = Object(payload).event;
  const id = `${messageId}x`;
  event.message = { ...event.message, message_id: id, content: JSON.stringify({ text: '/ticket 123' }) };
  const stored = await stage.storedCount();
  const answer = await stage.sandbox.deliver({ type: 'im.message.receive_v1', event: change(event) });
  expect(answer.status).toBe(200);
  expect(await stage.storedCount()).toBe(stored);
}

export const commandRows: readonly Row[] = [
  {
    id: 'K01',
    input: 'no id; spaces, tabs, line breaks, full-width letters',
    async attempt(stage) {
      expect(await stage.hear('/ticket')).toMatch(/Which ticket|which ticket/);
      for (const text of [
        `/ticket \t  ${mainTicketId}`,
        `／ticket　${wide(mainTicketId)}`,
        `/ticket\n${mainTicketId}`,
      ])
        expect(await stage.hear(text)).toContain(mainTicketId);
    },
  },
  {
    id: 'K02',
    input: 'ids of 23 digits, negative, hexadecimal, with an exponent',
    attempt: (stage) =>
      expectRefusedUnread(
        stage,
        ['/ticket 99999999999999999999999', '/ticket -5', '/ticket 0x1F', '/ticket 1e9', '/ticket 1.5'],
        /neither a ticket number/,
      ),
  },
  {
    id: 'K03',
    input: 'ids that would leave their place in a path',
    attempt: (stage) =>
      expectRefusedUnread(
        stage,
        [
          '/ticket 123/../../im/v1/chats',
          '/ticket 123?x=1',
          '/ticket 123#',
          '/ticket %2F123',
          '/ticket ..',
          '/ticket 1%2e%2e%2f2',
        ],
        /neither a ticket number/,
      ),
  },
  {
    id: 'K04',
    input: 'line breaks that would start a header',
    attempt: (stage) =>
      expectRefusedUnread(
        stage,
        ['/ticket 123\r\nX-Evil: 1', '/ticket 123%0d%0aX-Evil:1'],
        /neither a ticket/,
      ),
  },
  {
    id: 'K05',
    input: 'a ticket of another helpdesk',
    async attempt(stage) {
      const missing = await stage.hear('/ticket 11111');
      stage.sandbox.fault({ endpoint: 'ticket', status: 403, code: 154003, times: 1 });
      const hiddenOne = await stage.hear('/ticket 22222');
      expect(hiddenOne.replaceAll('22222', '11111')).toBe(missing);
    },
  },
  {
    id: 'K06',
    input: 'somebody without rights: /ticket, /export, /close, /assign, /audit',
    async attempt(stage) {
      for (const command of ['ticket', 'export', 'close', 'assign', 'audit']) {
        const calls = await stage.callsOf(async () => {
          const said = await stage.hear(`/${command} ${mainTicketId}`, { chat: lunch, person: nobody });
          expect(said).not.toContain('VPN');
          expect(said).toMatch(/You may not use|There is no command/);
        });
        // The work of a reading may begin while the rights are looked up; nothing of it is shown.
        expect(calls.filter((call) => call !== 'messageReply' && command !== 'ticket')).toEqual([]);
      }
    },
  },
  {
    id: 'K07',
    input: 'an agent in a group of others',
    note: 'Served: an agent may ask anywhere; in a group that is not listed personal data is masked.',
    async attempt(stage) {
      const said = await stage.hear(`/ticket ${ticketIds.hostile}`, { chat: lunch });
      expect(said).toContain(ticketIds.hostile);
      expect(said).not.toMatch(/@yunfan|138 ?0013/);
    },
  },
  {
    id: 'K08',
    input: 'a manager, and an outsider, in a group with outsiders',
    async attempt(stage) {
      const { world } = stage.sandbox;
      const outsider = [...world.people.values()].find(({ role }) => role === 'outsider');
      const manager = world.person('周倩');
      const members = [manager.openId, outsider?.openId ?? ''];
      const { chatId } = world.addChat({ name: `外部群 ${Date.now()}`, members });
      const said = await stage.hear(`/ticket ${ticketIds.hostile}`, { chat: chatId, person: manager.openId });
      expect(said).not.toMatch(/@yunfan|138 ?0013/);
      await stage.ignore({
        chat: chatId,
        person: outsider?.openId ?? '',
        text: `/ticket ${mainTicketId}`,
        mentionBot: 'before',
      });
    },
  },
  {
    id: 'K09',
    input: 'personal data asked for in a group',
    note: 'The card in the group is masked; "Show to me" sends the whole one to the direct chat.',
    async attempt({ sandbox, ask }) {
      const reply = await ask({ chat: lunch, person: agent, text: `/ticket ${ticketIds.hostile}` });
      const value = { action: 'ticket.reveal', ticket: ticketIds.hostile };
      await sandbox.click({ person: agent, messageId: reply.messageId, value });
      const direct = sandbox.world.directChat(sandbox.world.person(agent).openId);
      const whole = await sandbox.waitFor(() =>
        sandbox.ledger.sentTo(direct.chatId).find((sent) => saidIn(sent).includes('@yunfan')),
      );
      expect(saidIn(whole)).toContain('138 0013 8000');
      const still = sandbox.ledger.sentTo(sandbox.world.chat(lunch).chatId);
      expect(saidIn(still.find(({ messageId }) => messageId === reply.messageId))).not.toContain('@yunfan');
    },
  },
  {
    id: 'K11',
    input: 'a command in a forwarded or quoted message',
    async attempt(stage) {
      const content = JSON.stringify({ content: `/ticket ${mainTicketId}` });
      for (const messageType of ['merge_forward', 'share_chat', 'system'])
        await stage.ignore({ ...asAgent, messageType, content, mentionBot: 'none' });
      const command = await stage.ask({ ...asAgent, text: '/help' });
      await stage.ignore({ ...asAgent, text: 'look', replyTo: command.messageId, mentionBot: 'none' });
    },
  },
  {
    id: 'K12',
    input: 'a command in a code block, a title, a later line, a card',
    async attempt(stage) {
      const text = `/ticket ${mainTicketId}`;
      const posts = [
        { title: text, content: [[{ tag: 'text', text: 'hello' }]] },
        { title: '', content: [[{ tag: 'code_block', language: 'BASH', text }]] },
        {
          title: '',
          content: [[{ tag: 'code_block', language: 'BASH', text: 'ls' }], [{ tag: 'text', text }]],
        },
        { title: '', content: [[{ tag: 'text', text: 'hello' }], [{ tag: 'text', text }]] },
      ];
      for (const post of posts) await stage.ignore({ ...asAgent, post, mentionBot: 'none' });
      const card = { elements: [{ tag: 'div', text }] };
      await stage.ignore({ ...asAgent, messageType: 'interactive', content: card, mentionBot: 'none' });
      await stage.ignore({ ...asAgent, text: `see ${text}`, mentionBot: 'none' });
    },
  },
  {
    id: 'K13',
    input: 'a command of another bot',
    async attempt(stage) {
      for (const senderType of ['bot', 'app', 'anonymous', ''])
        await stage.ignore({ ...asAgent, text: `/ticket ${mainTicketId}`, senderType });
    },
  },
  {
    id: 'K14',
    input: 'a sender without an open id, and one whose name looks like another’s',
    async attempt(stage) {
      const { world } = stage.sandbox;
      const senders = [{}, { open_id: '' }, { union_id: world.person(agent).unionId }, { open_id: 7 }, null];
      for (const sender_id of senders)
        await expectIgnored(stage, (event) => ({
          ...event,
          sender: { ...Object(event['sender']), sender_id },
        }));
      const double = world.addPerson({ name: `${agent}\u200B` });
      const said = await stage.hear(`/ticket ${mainTicketId}`, { chat: lunch, person: double.openId });
      expect(said).toMatch(/You may not use/);
    },
  },
  {
    id: 'K15',
    input: 'an edit that turns a message into a command',
    async attempt(stage) {
      const updateTime = String(Date.now() + 60_000);
      await stage.ignore({ ...asAgent, text: `/ticket ${mainTicketId}`, updateTime });
    },
  },
];

function wide(digits: string): string {
  return digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0));
}
