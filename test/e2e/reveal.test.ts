/** “Show to me” where the bot may not write to who asks: it is said, and nothing of the ticket gets into the group. */

import { describe, expect, it } from 'vitest';
import type { SentReply } from '../sandbox/ledger.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { inProcessBot } from '../support/inProcessBot.ts';

const lunch = '午餐拼单';
const agent = '林晓';
const closed = { chats: new Set<string>(), users: new Set<string>(), managers: undefined };
const saidIn = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);

/** A masked card in a group, with the button on it. */
async function scene() {
  const bot = await inProcessBot({ access: closed });
  const { sandbox } = bot;
  const { openId } = sandbox.world.person(agent);
  const guest = sandbox.world.tickets.get(mainTicketId)?.wire.guest;
  if (guest !== undefined) guest.name = 'wang@yunfan.example';
  const { messageId } = await sandbox.say({ chat: lunch, person: agent, text: `/ticket ${mainTicketId}` });
  const card = await bot.waitFor(() => sandbox.ledger.repliesTo(messageId)[0]);
  await bot.idle();
  const before = sandbox.ledger.sentTo(sandbox.world.chat(lunch).chatId).length;
  return {
    ...bot,
    async press() {
      const value = { action: 'ticket.reveal', ticket: mainTicketId };
      const { toast } = await sandbox.click({ person: agent, messageId: card.messageId, value });
      expect(toast?.type).toBe('info');
      await bot.clock.advance(50);
      await bot.idle();
    },
    direct: () => sandbox.ledger.sentTo(sandbox.world.directChat(openId).chatId),
    /** What the group got after the card. */
    inGroup: () => sandbox.ledger.sentTo(sandbox.world.chat(lunch).chatId).slice(before),
    underCard: () => sandbox.ledger.repliesTo(card.messageId),
  };
}

describe('“Show to me”', () => {
  it('sends the whole card directly, and nothing to the group', async () => {
    const s = await scene();
    await s.press();
    expect(s.direct().map(saidIn).join()).toContain('wang@yunfan.example');
    expect(s.inGroup()).toEqual([]);
  });

  it.each([
    [230013, 'the app is not available to them'],
    [230029, 'they have resigned'],
    [230053, 'they have blocked the bot'],
    [11225, 'the app is not available to them'],
    [230034, 'Feishu does not know them'],
    [230038, 'they are in another organisation'],
    [4242, 'Feishu refuses it for a reason that nobody knows'],
  ])('says so under the card, without a word of the ticket: %i (%s)', async (code) => {
    const s = await scene();
    s.sandbox.fault({ endpoint: 'messageCreate', status: 400, code });
    await s.press();
    await s.clock.advance(60_000);
    await s.idle();
    expect(s.direct()).toEqual([]);
    const [notice, ...others] = s.underCard();
    expect(others).toEqual([]);
    expect(s.inGroup()).toHaveLength(1);
    expect(saidIn(notice)).toContain('The bot may not write to the person who pressed');
    expect(saidIn(notice)).toContain(`send /ticket ${mainTicketId} there`);
    expect(saidIn(notice)).not.toMatch(/VPN|wang@|yunfan|img_key/);
    expect(await s.store.queue.listSetAside()).toEqual([]);
  });

  it('waits where Feishu does not answer, and tells the group nothing', async () => {
    const s = await scene();
    s.sandbox.fault({ endpoint: 'messageCreate', status: 503, code: 0 });
    await s.sandbox.click({
      person: agent,
      messageId: s.sandbox.ledger.sentTo(s.sandbox.world.chat(lunch).chatId)[0]?.messageId ?? '',
      value: { action: 'ticket.reveal', ticket: mainTicketId },
    });
    await s.clock.advance(150_000);
    expect(s.inGroup()).toEqual([]);
    s.sandbox.clearFaults();
    await s.waitFor(() => s.direct()[0]);
    expect(s.inGroup()).toEqual([]);
  });
});
