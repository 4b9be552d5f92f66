/** What takes minutes or hours: real webhook, queue, client and sandbox, all on a clock that the test moves. */

import { describe, expect, it } from 'vitest';
import { noticeCard } from '../../src/cards/noticeCard.ts';
import { defineCommand } from '../../src/command.ts';
import { StoreUnavailable } from '../../src/store/store.ts';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { redeliveryMs } from '../sandbox/push.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type InProcessBot, inProcessBot } from '../support/inProcessBot.ts';

const support = 'IT 服务台';
const hourMs = 3_600_000;
const asks = (text: string): SayInput => ({ chat: support, person: '林晓', text });
const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);

/** The one reply, once nothing is under way any more. */
async function onlyReply(bot: InProcessBot, messageId: string): Promise<SentReply> {
  await bot.waitFor(() => bot.sandbox.ledger.repliesTo(messageId)[0]);
  await bot.idle();
  const [reply, ...more] = bot.sandbox.ledger.repliesTo(messageId);
  expect(more).toEqual([]);
  if (reply === undefined) throw new Error('no reply');
  return reply;
}

/** Lets the ladder of redeliveries go by. Meanwhile events are taken, and none is worked on: that would only cost real time. */
async function throughTheLadder({ clock, pause, resume }: InProcessBot): Promise<void> {
  await pause();
  for (const delayMs of redeliveryMs) await clock.advance(delayMs);
  resume();
}

describe('the ladder of redeliveries', () => {
  it('ends in one late answer when the bot was away until its last step', async () => {
    let attempts = 0;
    const bot = await inProcessBot({
      accept: (accept) => async (inbound) => {
        attempts += 1;
        if (attempts < 5) throw new StoreUnavailable('away');
        return accept(inbound);
      },
    });
    const { messageId, status } = await bot.sandbox.say(asks('/help'));
    expect(status).toBe(503);
    await throughTheLadder(bot);
    const reply = await onlyReply(bot, messageId);
    expect(said(reply)).toContain('Late answer');
    const times = bot.sandbox.deliveries().map(({ atMs, status: answer }) => ({ atMs, answer }));
    expect(times.map(({ answer }) => answer)).toEqual([503, 503, 503, 503, 200]);
    const gapsMs = times.slice(1).map(({ atMs }, index) => atMs - (times[index]?.atMs ?? 0));
    expect(gapsMs).toEqual([...redeliveryMs]);
  });

  it('has one effect when every answer to it was lost, and the message comes again under another id', async () => {
    const bot = await inProcessBot({
      accept: (accept) => async (inbound) => {
        await accept(inbound);
        throw new Error('the answer is lost');
      },
    });
    const { messageId } = await bot.sandbox.say(asks('/help'));
    const reply = await onlyReply(bot, messageId);
    await throughTheLadder(bot);
    await bot.sandbox.say({ ...asks('/help'), messageId, eventId: 'another-event' });
    await bot.pause();
    await bot.clock.advance(40 * hourMs);
    await bot.sandbox.say({ ...asks('/help'), messageId, eventId: 'and-one-more' });
    bot.resume();
    expect(await onlyReply(bot, messageId)).toEqual(reply);
    expect(bot.sandbox.deliveries().length).toBeGreaterThanOrEqual(7);
  });
});

describe('a message that was written hours before it came', () => {
  it.each([
    ['is served, and says that it is late', 6 * hourMs, true],
    ['of a minute ago is not late', 60_000, false],
  ])('%s', async (_, ageMs, late) => {
    const bot = await inProcessBot();
    const createTimeMs = bot.clock.nowMs() - ageMs;
    const { messageId } = await bot.sandbox.say({ ...asks(`/ticket ${mainTicketId}`), createTimeMs });
    const card = said(await onlyReply(bot, messageId));
    expect(card).toContain(mainTicketId);
    expect(card.includes('Late answer')).toBe(late);
  });
});

describe('an answer that was sent while the process died', () => {
  /** Asks; Feishu takes the answer, and the process dies before it hears of that. */
  async function diesAfterSending(bot: InProcessBot, input: SayInput): Promise<string> {
    const { sandbox } = bot;
    sandbox.fault({ endpoint: 'messageReply', drop: 'after' });
    const { messageId } = await sandbox.say(input);
    await bot.waitFor(() => sandbox.ledger.repliesTo(messageId)[0]);
    await bot.pause();
    sandbox.clearFaults();
    return messageId;
  }

  it('within the hour is not sent again', async () => {
    const bot = await inProcessBot();
    const messageId = await diesAfterSending(bot, asks('/help'));
    await bot.clock.advance(50 * 60_000);
    bot.resume();
    await onlyReply(bot, messageId);
    expect(bot.sandbox.ledger.callsTo('messages')).toEqual([]);
  });

  it.each([
    ['in a chat', {}],
    ['in a thread', { inThread: true }],
  ])('%s is found later, and updated', async (_, place) => {
    const bot = await inProcessBot();
    const { messageId: replyTo } = await bot.sandbox.say(asks('/help'));
    await onlyReply(bot, replyTo);
    const messageId = await diesAfterSending(bot, { ...asks(`/ticket ${mainTicketId}`), replyTo, ...place });
    const diedAtMs = bot.clock.nowMs();
    for (let n = 0; n < 60; n += 1)
      await bot.sandbox.say({ ...asks(`chatter ${n}`), mentionBot: 'none', replyTo, ...place });
    await bot.clock.advance(90 * 60_000);
    bot.resume();
    const { ledger } = bot.sandbox;
    await bot.waitFor(() => ledger.repliesTo(messageId).find(({ updateCount }) => updateCount > 0));
    const reply = await onlyReply(bot, messageId);
    expect(said(reply)).toContain(mainTicketId);
    expect(said(reply)).not.toContain('may repeat');
    const sends = ledger.callsTo('messageReply').filter((call) => call.params['messageId'] === messageId);
    expect(sends.every(({ atMs }) => atMs < diedAtMs + hourMs)).toBe(true);
  });

  it('is sent once more, and says so, where the bot may not look', async () => {
    const bot = await inProcessBot();
    const { sandbox } = bot;
    for (const scope of ['im:message', 'im:message:readonly', 'im:message.history:readonly'])
      sandbox.world.revokeScope(scope);
    const messageId = await diesAfterSending(bot, asks('/help'));
    await bot.clock.advance(90 * 60_000);
    bot.resume();
    await bot.waitFor(() => sandbox.ledger.repliesTo(messageId)[1]);
    await bot.idle();
    const [first, second, ...more] = sandbox.ledger.repliesTo(messageId);
    expect(more).toEqual([]);
    expect(said(first)).not.toContain('may repeat an earlier answer');
    expect(said(second)).toContain('may repeat an earlier answer');
  });
});

describe('a helpdesk that fails', () => {
  it('is asked six times, and then the card says what failed, with the log id', async () => {
    const bot = await inProcessBot();
    const { sandbox } = bot;
    sandbox.fault({ endpoint: 'ticket', status: 500 });
    const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    await bot.waitFor(() => sandbox.ledger.repliesTo(messageId).find((reply) => /log id/i.test(said(reply))));
    const card = said(await onlyReply(bot, messageId));
    const calls = sandbox.ledger.callsTo('ticket');
    expect(calls).toHaveLength(6);
    expect(calls.map(({ logId }) => card.includes(logId))).toContain(true);
  });

  it('is asked once where trying again cannot help', async () => {
    const bot = await inProcessBot();
    const { sandbox } = bot;
    sandbox.fault({ endpoint: 'ticket', status: 404, code: 154_004 });
    const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    await onlyReply(bot, messageId);
    expect(sandbox.ledger.callsTo('ticket')).toHaveLength(1);
  });

  it('with 401 and the code of a deleted thing is no reason to fetch a token', async () => {
    const bot = await inProcessBot();
    const { sandbox } = bot;
    sandbox.fault({ endpoint: 'ticket', status: 401, code: 154_404 });
    const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    await onlyReply(bot, messageId);
    expect(sandbox.ledger.callsTo('tenantToken')).toHaveLength(1);
  });
});

describe('news about a ticket', () => {
  const chatOf = (bot: InProcessBot): string => bot.sandbox.world.chat(support).chatId;

  /** Keeps one card of each ticket, that says with which tags it is. */
  function board(chatId: () => string) {
    return defineCommand({
      name: 'board',
      access: 'served',
      args: [],
      summary: { zh_cn: '看板', en_us: 'Board', ja_jp: 'ボード' },
      examples: ['/board'],
      run: () => Promise.reject(new Error('not asked')),
      async onTicket({ ticketId }, { tickets, viewIn }) {
        const { ticket } = await tickets.get(ticketId);
        const to = { chatId: chatId(), chatType: 'group', replyTo: undefined, inThread: false } as const;
        const words = `tags: ${ticket.tags.join(' ')}.`;
        const what = { zh_cn: words, en_us: words, ja_jp: words };
        const card = noticeCard({ tone: 'info', what }, viewIn(to));
        return [{ kind: 'post', key: `board/${ticketId}`, to, card, tickets: [ticketId] }];
      },
    });
  }

  it('in any order, and while sends fail, leaves one card with what holds now', async () => {
    let chatId = '';
    const bot = await inProcessBot({ commands: [board(() => chatId)] });
    chatId = chatOf(bot);
    const { sandbox, clock } = bot;
    const ticket = sandbox.world.tickets.get(mainTicketId);
    if (ticket === undefined) throw new Error('no ticket');
    const tag = (name: string): void => {
      ticket.wire.tags = [{ id: '1', name }];
    };
    const boards = (): readonly SentReply[] =>
      sandbox.ledger.sentTo(chatId).filter((sent) => said(sent).includes('tags: '));
    tag('first');
    await sandbox.announce.ticketUpdated(mainTicketId, {});
    await bot.waitFor(() => boards()[0]);
    await bot.idle();
    // What was read under "second" cannot be shown at once; "third" must not be overwritten by it later.
    const isSecond = ({ body }: { readonly body: unknown }): boolean =>
      JSON.stringify(body).includes('second');
    sandbox.fault({ endpoint: 'messagePatch', status: 500, times: 3, when: isSecond });
    tag('second');
    await sandbox.announce.ticketUpdated(mainTicketId, {});
    await sandbox.waitFor(() => sandbox.ledger.callsTo('messagePatch')[0]);
    tag('third');
    await sandbox.announce.ticketUpdated(mainTicketId, {});
    await sandbox.announce.ticketCreated(mainTicketId);
    await clock.settle();
    await bot.idle();
    expect(boards()).toHaveLength(1);
    expect(said(boards()[0])).toContain('tags: third');
  });
});

describe('what is kept', () => {
  it('of a card, which ticket it is about: for 30 days', async () => {
    const bot = await inProcessBot();
    const { sandbox, clock } = bot;
    const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    const { messageId: replyTo } = await onlyReply(bot, messageId);
    const again = async (): Promise<string> => {
      const { messageId: asked } = await sandbox.say({ ...asks('/ticket'), replyTo });
      return said(await onlyReply(bot, asked));
    };
    clock.jumpWall(29 * 24 * hourMs);
    expect(await again()).toContain('VPN');
    clock.jumpWall(2 * 24 * hourMs);
    expect(await again()).not.toContain('VPN');
  });
});
