/** The whole way of one command, over real HTTP: the bot is a process of its own, Feishu is the sandbox. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';

const support = 'IT 服务台';
const lunch = '午餐拼单';

let sandbox: Sandbox;
let bot: BotProcess;

beforeAll(async () => {
  sandbox = await startSandbox();
  bot = await startBot(sandbox, { env: { ACCESS_CHATS: sandbox.world.chat(support).chatId } });
});
afterAll(async () => {
  expect(await bot.stop()).toBe(0);
  forget(bot);
  await sandbox.close();
});
beforeEach(() => {
  sandbox.clearFaults();
});

const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);
const pictureKeys = (reply: SentReply): string[] =>
  [...said(reply).matchAll(/"img_key":"([^"]+)"/g)].map((m) => m[1] ?? '');

/** Says something and waits for the one reply in the state that `complete` describes. */
async function ask(input: SayInput, complete: (reply: SentReply) => boolean = () => true) {
  const { messageId, status, body } = await sandbox.say(input);
  expect({ status, body }).toEqual({ status: 200, body: {} });
  const reply = await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId).find(complete));
  return { messageId, reply };
}

const stillLoading = (reply: SentReply): boolean => /Loading \d/.test(said(reply));
const inSupport = (text: string, person = '林晓'): SayInput => ({ chat: support, person, text });

/** Once nothing is under way any more, nothing was said. */
async function expectSilence(input: SayInput): Promise<void> {
  const { messageId, status } = await sandbox.say(input);
  expect(status).toBe(200);
  await ask(inSupport('/help'));
  expect(sandbox.ledger.repliesTo(messageId)).toEqual([]);
}

describe('/ticket', () => {
  it('shows the ticket with its pictures on one card, in the fewest calls', async () => {
    sandbox.ledger.clear();
    const { messageId, reply } = await ask(
      inSupport(`/ticket ${mainTicketId}`),
      (card) => pictureKeys(card).length >= 4,
    );
    expect(sandbox.ledger.repliesTo(messageId)).toHaveLength(1);
    for (const key of pictureKeys(reply)) expect(sandbox.world.images.has(key)).toBe(true);
    expect(said(reply)).toContain('VPN');
    const count = (endpoint: Parameters<typeof sandbox.ledger.callsTo>[0]) =>
      sandbox.ledger.callsTo(endpoint).length;
    expect(count('ticket')).toBe(1);
    expect(count('ticketMessages')).toBe(1);
    expect(count('messageReply')).toBe(1);
    // One, unless the machine is so busy that the pictures take longer than a second.
    expect(count('messagePatch')).toBeGreaterThanOrEqual(1);
    expect(count('ticketImage')).toBe(pictureKeys(reply).length);
    expect(count('imageUpload')).toBe(pictureKeys(reply).length);
  });

  it('asks for nothing twice: the second card is complete at once', async () => {
    await ask(inSupport(`/ticket ${mainTicketId}`), (card) => pictureKeys(card).length >= 4);
    sandbox.ledger.clear();
    const { reply } = await ask(inSupport(`/ticket ${mainTicketId}`));
    expect(pictureKeys(reply).length).toBeGreaterThanOrEqual(4);
    expect(
      sandbox.ledger
        .calls()
        .map(({ endpoint }) => endpoint)
        .sort(),
    ).toEqual(['messageReply', 'ticket', 'ticketMessages']);
  });

  it.each(['／ｔｉｃｋｅｔ　', '/t ', '/工单 ', '\u200b/TICKET\u00a0'])('understands %j', async (start) => {
    const { reply } = await ask(inSupport(`${start}${mainTicketId}`));
    expect(said(reply)).toContain(mainTicketId);
  });

  it.each(['before', 'after', 'none'] as const)('works with the bot mentioned: %s', async (mentionBot) => {
    const { reply } = await ask({ ...inSupport(`/ticket ${mainTicketId}`), mentionBot });
    expect(said(reply)).toContain(mainTicketId);
  });

  it('takes a link, and answers in the thread where it was asked', async () => {
    const first = await ask(inSupport('/help'));
    const link = `https://helpdesk.example/tickets/${mainTicketId}`;
    const { reply } = await ask({
      ...inSupport(`/ticket ${link}`),
      replyTo: first.messageId,
      inThread: true,
    });
    expect(said(reply)).toContain(mainTicketId);
    expect(reply.threadId).toBeDefined();
  });

  it('means the ticket of the card that it replies to', async () => {
    const { reply: card } = await ask(inSupport(`/ticket ${mainTicketId}`));
    const { reply } = await ask({ ...inSupport('/ticket'), replyTo: card.messageId });
    expect(said(reply)).toContain(mainTicketId);
  });

  it('lists several tickets, the one that does not exist in its own line', async () => {
    const others = Object.values(ticketIds).slice(0, 2);
    const { reply } = await ask(inSupport(`/ticket ${[mainTicketId, ...others, '404'].join(' ')}`));
    for (const id of [mainTicketId, ...others, '404']) expect(said(reply)).toContain(id);
  });

  it('says the same of a ticket that does not exist and of one that is not ours to see', async () => {
    const missing = await ask(inSupport('/ticket 11111'));
    sandbox.fault({ endpoint: 'ticket', status: 403, code: 154003 });
    const hidden = await ask(inSupport('/ticket 22222'));
    expect(said(hidden.reply).replaceAll('22222', '11111')).toBe(said(missing.reply));
  });

  it('loses a deleted picture and nothing else', async () => {
    const { reply } = await ask(
      inSupport(`/ticket ${ticketIds.deletedPicture}`),
      (card) => !stillLoading(card),
    );
    expect(pictureKeys(reply).length).toBeGreaterThan(0);
    expect(said(reply)).toMatch(/deleted/);
  });
});

describe('buttons', () => {
  it('refresh the card that was clicked, after the answer', async () => {
    const { reply } = await ask(inSupport(`/ticket ${mainTicketId}`), (card) => !stillLoading(card));
    const ticket = sandbox.world.tickets.get(mainTicketId);
    if (ticket === undefined) throw new Error('no ticket');
    ticket.wire.tags = [{ id: '1', name: 'fresh-tag' }];
    const value = { action: 'ticket.refresh', ticket: mainTicketId };
    const { status, body } = await sandbox.click({ person: '林晓', messageId: reply.messageId, value });
    expect({ status, body }).toMatchObject({ status: 200, body: { toast: { type: 'info' } } });
    await sandbox.waitFor(() =>
      sandbox.ledger
        .sentTo(sandbox.world.chat(support).chatId)
        .find((sent) => sent.messageId === reply.messageId && said(sent).includes('fresh-tag')),
    );
  });

  it('are refused to a person without rights, and to a forged value', async () => {
    const { reply } = await ask(
      { chat: lunch, person: '林晓', text: `/ticket ${mainTicketId}` },
      (card) => !stillLoading(card),
    );
    const press = (person: string, value: unknown) =>
      sandbox.click({ person, messageId: reply.messageId, value });
    const value = { action: 'ticket.refresh', ticket: mainTicketId };
    expect((await press('赵磊', value)).body).toMatchObject({ toast: { type: 'error' } });
    expect((await press('林晓', { ...value, ticket: '../1' })).body).toMatchObject({
      toast: { type: 'warning' },
    });
    expect((await press('林晓', 'ticket.refresh')).body).toMatchObject({ toast: { type: 'warning' } });
  });
});

describe('access', () => {
  it('serves an agent anywhere, with e-mail addresses masked outside the listed chats', async () => {
    const open = await ask(inSupport(`/ticket ${ticketIds.hostile}`));
    expect(said(open.reply)).toContain('@yunfan');
    const masked = await ask({ chat: lunch, person: '林晓', text: `/ticket ${ticketIds.hostile}` });
    expect(said(masked.reply)).not.toContain('@yunfan');
  });

  it('tells a colleague without rights why, and shows nothing', async () => {
    const { reply } = await ask({ chat: lunch, person: '赵磊', text: `/ticket ${mainTicketId}` });
    expect(said(reply)).not.toContain('VPN');
    expect(said(reply)).toMatch(/right|access/);
  });

  it('says nothing to another tenant, to bots, to edits and to chatter', async () => {
    const command = `/ticket ${mainTicketId}`;
    await expectSilence({ ...inSupport(command), tenantKey: 'elsewhere' });
    await expectSilence({ ...inSupport(command), senderType: 'bot' });
    await expectSilence({ ...inSupport(command), updateTime: String(Date.now() + 60_000) });
    await expectSilence({ ...inSupport('see ticket 123'), mentionBot: 'none' });
  });

  it('says that rights cannot be checked when the roster cannot be read', async () => {
    await bot.stop();
    sandbox.fault({ endpoint: 'agentSchedules', status: 403, code: 154003 });
    bot = await startBot(sandbox, { dataDir: bot.dataDir });
    const { reply } = await ask(inSupport(`/ticket ${mainTicketId}`));
    expect(said(reply)).toMatch(/cannot be checked/);
    await bot.stop();
    sandbox.clearFaults();
    bot = await startBot(sandbox, {
      dataDir: bot.dataDir,
      env: { ACCESS_CHATS: sandbox.world.chat(support).chatId },
    });
  });
});

describe('help', () => {
  it('comes for a mention without a command, in a direct chat, and for a slip of the pen', async () => {
    expect(said((await ask({ ...inSupport(''), mentionBot: 'before' })).reply)).toContain('/ticket');
    const direct = sandbox.world.directChat(sandbox.world.person('林晓').openId).chatId;
    expect(said((await ask({ chat: direct, person: '林晓', text: 'hello' })).reply)).toContain('/ticket');
    expect(said((await ask(inSupport('/tikcet 123'))).reply)).toContain('/ticket');
  });
});

describe('hostile text in a ticket', () => {
  it('mentions nobody', async () => {
    await ask(inSupport(`/ticket ${ticketIds.hostile}`), (card) => !stillLoading(card));
    expect(sandbox.ledger.notifications()).toEqual([]);
  });
});

describe('delivery', () => {
  it('answers one message once, whatever event id it comes under', async () => {
    const messageId = 'om_repeated';
    const input = { ...inSupport('/help'), messageId };
    const { reply } = await ask(input);
    const again = sandbox.deliveries().find(({ payload }) => JSON.stringify(payload).includes(messageId));
    if (again === undefined) throw new Error('no delivery');
    const { event, header } = JSON.parse(JSON.stringify(again.payload));
    for (const event_id of [header.event_id, 'another-event-id']) {
      const answer = await sandbox.deliver({ type: header.event_type, event, header: { event_id } });
      expect(answer).toMatchObject({ status: 200, body: {} });
    }
    await ask(inSupport('/help'));
    expect(sandbox.ledger.repliesTo(messageId).map((one) => one.messageId)).toEqual([reply.messageId]);
  });

  it('answers after the process was killed, once', async () => {
    // The answer hangs on its way; the process dies with it.
    sandbox.fault({ endpoint: 'messageReply', delayMs: 60_000, times: 1 });
    const { messageId, status } = await sandbox.say(inSupport('/help'));
    expect(status).toBe(200);
    await sandbox.waitFor(() =>
      sandbox.ledger.callsTo('messageReply').find((call) => call.params['messageId'] === messageId),
    );
    await bot.kill();
    sandbox.clearFaults();
    bot = await startBot(sandbox, {
      dataDir: bot.dataDir,
      env: { ACCESS_CHATS: sandbox.world.chat(support).chatId },
    });
    await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId)[0]);
    await ask(inSupport('/help'));
    expect(sandbox.ledger.repliesTo(messageId)).toHaveLength(1);
  });

  it('stays within the limits, and leaves no secret in its output', () => {
    expect(sandbox.ledger.worst({ endpoint: 'ticket', windowMs: 1_000 })).toBeLessThanOrEqual(10);
    const { app } = sandbox;
    for (const secret of [app.appSecret, app.helpdeskToken, app.encryptKey, app.verificationToken]) {
      expect(bot.output()).not.toContain(secret);
    }
  });
});
