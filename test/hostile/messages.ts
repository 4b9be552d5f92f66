/** W85–W92: authentic events about odd messages. */

import { expect } from 'vitest';
import { mainTicketId } from '../sandbox/seed.ts';
import { agent, type Row, type Stage, saidIn, support } from './stage.ts';

const asAgent = { chat: support, person: agent } as const;
const hourMs = 3_600_000;

type Change = Parameters<ReturnType<Stage['kit']>['message']>[0];

async function expectReply(stage: Stage, change: Change): Promise<void> {
  const kit = stage.kit();
  expect(await stage.shoot(kit.message(change))).toMatchObject({ status: 200, body: '{}' });
  await stage.sandbox.waitFor(() => stage.sandbox.ledger.repliesTo(kit.messageId)[0]);
}

/** Nothing is made of it, so nothing can be answered. */
async function expectNothing(stage: Stage, change: Change): Promise<void> {
  const kit = stage.kit();
  const stored = await stage.storedCount();
  expect(await stage.shoot(kit.message(change))).toMatchObject({ status: 200, body: '{}' });
  expect(await stage.storedCount()).toBe(stored);
}

export const messageRows: readonly Row[] = [
  {
    id: 'W85',
    input: 'the bot’s own message, and that of another bot',
    async attempt(stage) {
      const { world } = stage.sandbox;
      const own = {
        sender_id: { open_id: world.app.botOpenId },
        sender_type: 'user',
        tenant_key: world.app.tenantKey,
      };
      await expectNothing(stage, { event: { sender: own } });
      for (const sender_type of ['app', 'bot']) {
        const sender = { ...own, sender_id: { open_id: world.person(agent).openId }, sender_type };
        await expectNothing(stage, { event: { sender } });
      }
    },
  },
  {
    id: 'W86',
    input: 'a message of seven hours ago, seen for the first time',
    async attempt(stage) {
      const reply = await stage.ask({ ...asAgent, text: '/help', createTimeMs: Date.now() - 7 * hourMs });
      expect(saidIn(reply)).toContain('Late answer');
    },
  },
  {
    id: 'W87',
    input: 'moments that cannot be: 2099, 0, abc, microseconds',
    async attempt(stage) {
      for (const create_time of ['4070908800000', '0', 'abc', `${Date.now()}000`, -1, null, {}])
        await expectReply(stage, { header: { create_time }, message: { create_time } });
    },
  },
  {
    id: 'W90',
    input: 'unknown kinds of message, and content of any other form',
    async attempt(stage) {
      const contents = ['not json', 'null', '{}', '{"text":7}', '[]', '{"text":null}', ''];
      for (const message_type of ['text', 'post', 'hologram', ''])
        for (const content of contents) {
          const kit = stage.kit();
          const shot = kit.message({ message: { message_type, content } });
          expect(await stage.shoot(shot)).toMatchObject({ status: 200, body: '{}' });
        }
      for (const content of [7, {}, null]) await expectNothing(stage, { message: { content } });
    },
  },
  {
    id: 'W91',
    input: '1,000 mentions, and place holders that were typed',
    async attempt(stage) {
      const { world } = stage.sandbox;
      const mentions = Array.from({ length: 1_000 }, (_, n) => ({
        key: `@_user_${n + 1}`,
        id: { open_id: `ou_${n}` },
        name: '<at id=all></at>',
        mentioned_type: 'user',
        tenant_key: world.app.tenantKey,
      }));
      const text = mentions.map(({ key }) => key).join(' ');
      await expectReply(stage, { message: { mentions, content: JSON.stringify({ text: `/help ${text}` }) } });
      // Without an entry among the mentions the letters are letters: nobody spoke to the bot.
      const typed = JSON.stringify({ text: '@_user_1 hello' });
      await expectNothing(stage, { message: { mentions: [], content: typed } });
      expect(stage.sandbox.ledger.notifications()).toEqual([]);
    },
  },
  {
    id: 'W92',
    input: 'a message that is recalled or edited around its answer',
    async attempt(stage) {
      const { sandbox } = stage;
      const { messageId } = await stage.ask({ ...asAgent, text: '/help' });
      const recalled = {
        message_id: messageId,
        chat_id: sandbox.world.chat(support).chatId,
        recall_type: 'x',
      };
      for (const type of ['im.message.recalled_v1', 'im.message.updated_v1'])
        expect((await sandbox.deliver({ type, event: recalled })).status).toBe(200);
      await stage.ignore({
        ...asAgent,
        text: `/ticket ${mainTicketId}`,
        updateTime: String(Date.now() + 60_000),
      });
    },
  },
];
