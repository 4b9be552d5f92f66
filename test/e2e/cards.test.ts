/** Cards as people live with them: they follow their tickets, have pages, take clicks, and say what is the matter. */

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { picture, terminal } from '../sandbox/pictures.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { buttonsOf } from '../support/asked.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';

const support = 'IT 服务台';
const lunch = '午餐拼单';
const agent = '林晓';
const dayMs = 86_400_000;

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
afterEach(() => {
  sandbox.clearFaults();
});

const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);
const inSupport = (text: string): SayInput => ({ chat: support, person: agent, text });
const isDone = (reply: SentReply): boolean => !/Loading \d/.test(said(reply));

async function ask(input: SayInput): Promise<SentReply> {
  const { messageId } = await sandbox.say(input);
  return sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId).find(isDone));
}

const now = (messageId: string): SentReply | undefined =>
  [...sandbox.world.chats.keys()]
    .flatMap((chatId) => sandbox.ledger.sentTo(chatId))
    .find((sent) => sent.messageId === messageId);

const becomes = (messageId: string, pattern: RegExp): Promise<SentReply> =>
  sandbox.waitFor(() => {
    const sent = now(messageId);
    return sent !== undefined && pattern.test(said(sent)) && isDone(sent) ? sent : undefined;
  });

/** Presses the button or menu item of a card that calls this action. */
async function press(card: SentReply, action: string, person = agent) {
  const value = JSON.parse(JSON.stringify(buttonOf(card, action)));
  return sandbox.click({ person, messageId: card.messageId, value });
}

function buttonOf(card: SentReply, action: string): unknown {
  const { values } = buttonsOf(JSON.parse(said(card)));
  const found = values.find((value) => JSON.stringify(value).includes(`"${action}"`));
  if (found === undefined) throw new Error(`no button ${action} among ${JSON.stringify(values)}`);
  return found;
}

function ticketOf(id: string) {
  const ticket = sandbox.world.tickets.get(id);
  if (ticket === undefined) throw new Error(`no ticket ${id}`);
  return ticket;
}

describe('cards that follow their ticket', () => {
  it('are brought up to date in all chats, by one reading for a burst of news', async () => {
    const here = await ask(inSupport(`/ticket ${mainTicketId}`));
    const there = await ask({ chat: lunch, person: agent, text: `/ticket ${mainTicketId}` });
    const ticket = ticketOf(mainTicketId);
    ticket.wire.tags = [{ id: '1', name: 'escalated-tag' }];
    ticket.wire.updated_at = Math.floor(sandbox.world.now());
    sandbox.ledger.clear();
    for (let news = 0; news < 5; news += 1) {
      await sandbox.announce.ticketUpdated(mainTicketId, { status: 1 });
    }
    await becomes(here.messageId, /escalated-tag/);
    await becomes(there.messageId, /escalated-tag/);
    // The news may have fallen into two spans of two seconds.
    expect(sandbox.ledger.callsTo('ticket').length).toBeLessThanOrEqual(2);
    expect(sandbox.ledger.callsTo('messageReply')).toEqual([]);
  });

  it('show a new message with its picture, and are not touched by the same news again', async () => {
    const card = await ask(inSupport(`/ticket ${mainTicketId}`));
    const ticket = ticketOf(mainTicketId);
    const message = sandbox.world.addTicketMessage(ticket, {
      type: 'image',
      content: { msg_type: 'image', image_key: 'img_new' },
      userName: '王敏',
      userId: ticket.wire.guest?.id ?? '',
      pictures: [picture(terminal(['one more']))],
    });
    await sandbox.announce.ticketMessage(mainTicketId, message.id);
    await becomes(card.messageId, /5 pictures/);
    // The older cards of the same ticket come later.
    const cards = () => sandbox.ledger.sentTo(sandbox.world.chat(lunch).chatId);
    await sandbox.waitFor(() => cards().find((sent) => /5 pictures/.test(said(sent))));
    await ask(inSupport('/help'));
    sandbox.ledger.clear();
    await sandbox.announce.ticketMessage(mainTicketId, message.id);
    await sandbox.waitFor(() => sandbox.ledger.callsTo('ticketMessages')[0]?.endMs);
    await ask(inSupport('/help'));
    expect(sandbox.ledger.callsTo('messagePatch')).toEqual([]);
  });

  it('follow on the page that somebody has turned to', async () => {
    const card = await ask(inSupport(`/ticket ${ticketIds.english}`));
    const ticket = ticketOf(ticketIds.english);
    await press(card, 'ticket.refresh');
    await sandbox.click({
      person: agent,
      messageId: card.messageId,
      value: { action: 'ticket.conversation', ticket: ticketIds.english },
    });
    await becomes(card.messageId, /Conversation, page/);
    const message = sandbox.world.addTicketMessage(ticket, {
      type: 'text',
      content: { msg_type: 'text', content: 'and another thing' },
      userName: 'David Tan',
    });
    await sandbox.announce.ticketMessage(ticketIds.english, message.id);
    expect(said(await becomes(card.messageId, /and another thing/))).toContain('Conversation, page');
  });

  it('need no click: the bot has subscribed the helpdesk’s events itself', async () => {
    await sandbox.waitFor(() =>
      sandbox.world.subscriptions.has('helpdesk.ticket_message.created_v1') ? true : undefined,
    );
    expect([...sandbox.world.subscriptions].sort()).toEqual([
      'helpdesk.ticket.created_v1',
      'helpdesk.ticket.updated_v1',
      'helpdesk.ticket_message.created_v1',
    ]);
  });
});

describe('pages', () => {
  it('of a conversation are turned on the same card, and lead back to the ticket', async () => {
    const card = await ask(inSupport(`/ticket ${ticketIds.veryLong}`));
    await press(card, 'ticket.conversation');
    const last = await becomes(card.messageId, /Conversation, page (\d+) of \1\b/);
    expect(last.messageId).toBe(card.messageId);
    const earlier = buttonOf(last, 'ticket.conversation');
    await sandbox.click({ person: agent, messageId: card.messageId, value: earlier });
    const { page } = JSON.parse(JSON.stringify(earlier));
    const before = await becomes(card.messageId, new RegExp(`Conversation, page ${page} of`));
    const { body } = await sandbox.click({
      person: agent,
      messageId: card.messageId,
      tag: 'overflow',
      value: { action: 'menu', ticket: ticketIds.veryLong },
      option: 'ticket.conversation:1',
    });
    expect(body).toMatchObject({ toast: { type: 'info' } });
    const first = await becomes(card.messageId, /Conversation, page 1 of/);
    expect(said(first)).not.toBe(said(before));
    await press(first, 'ticket.refresh');
    await becomes(card.messageId, /Latest messages/);
  });

  it('of pictures say how far they are, and show them all', async () => {
    const card = await ask(inSupport(`/ticket ${mainTicketId}`));
    await sandbox.click({
      person: agent,
      messageId: card.messageId,
      value: { action: 'ticket.pictures', ticket: mainTicketId },
    });
    const shown = await becomes(card.messageId, /Picture 1 · /);
    expect([...said(shown).matchAll(/"img_key"/g)].length).toBeGreaterThanOrEqual(4);
  });
});

describe('clicks', () => {
  it('made twice in a moment do one thing, and both are answered', async () => {
    const card = await ask(inSupport(`/ticket ${ticketIds.unassigned}`));
    sandbox.ledger.clear();
    const [one, two] = [await press(card, 'ticket.refresh'), await press(card, 'ticket.refresh')];
    for (const { body } of [one, two]) expect(body).toMatchObject({ toast: { type: 'info' } });
    await sandbox.waitFor(() => sandbox.ledger.callsTo('messagePatch')[0]?.endMs);
    await ask(inSupport('/help'));
    expect(sandbox.ledger.callsTo('ticket')).toHaveLength(1);
    expect(sandbox.ledger.callsTo('messagePatch')).toHaveLength(1);
  });

  it('on a button that no longer exists bring the card up to date', async () => {
    const card = await ask(inSupport(`/ticket ${ticketIds.unassigned}`));
    // Nobody clicks in the millisecond in which the bot has not yet written down what it posted.
    await ask(inSupport('/help'));
    const ticket = ticketOf(ticketIds.unassigned);
    ticket.wire.tags = [{ id: '1', name: 'tag-since-then' }];
    const { body } = await sandbox.click({
      person: agent,
      messageId: card.messageId,
      value: { action: 'ticket.assign', ticket: ticketIds.unassigned },
    });
    expect(body).toMatchObject({ toast: { type: 'warning' } });
    await becomes(card.messageId, /tag-since-then/);
  });

  it('on a card that is too old to be updated bring a fresh one under it', async () => {
    const card = await ask(inSupport(`/ticket ${ticketIds.japanese}`));
    const message = sandbox.world.messages.get(card.messageId);
    if (message === undefined) throw new Error('no message');
    message.createTimeMs -= 15 * dayMs;
    await press(card, 'ticket.refresh');
    const fresh = await sandbox.waitFor(() => sandbox.ledger.repliesTo(card.messageId)[0]);
    expect(said(fresh)).toContain(ticketIds.japanese);
  });
});

describe('a command without a ticket', () => {
  it('asks, with the last tickets of the chat as buttons, and the answer takes the place of the question', async () => {
    await ask(inSupport(`/ticket ${ticketIds.botStage}`));
    await ask(inSupport(`/ticket ${ticketIds.waitingForUser}`));
    const question = await ask(inSupport('/ticket'));
    expect(said(question)).toContain('Which ticket do you mean?');
    expect(buttonsOf(JSON.parse(said(question))).values).toHaveLength(5);
    const value = { action: 'run', command: 'ticket', words: ticketIds.botStage, instead: true };
    expect(buttonsOf(JSON.parse(said(question))).values).toContainEqual(value);
    await sandbox.click({ person: agent, messageId: question.messageId, value });
    await becomes(question.messageId, new RegExp(`Ticket ${ticketIds.botStage}`));
    // From now on it is that ticket's card.
    const reply = await ask({ ...inSupport('/ticket'), replyTo: question.messageId });
    expect(said(reply)).toContain(ticketIds.botStage);
  });
});

describe('while the helpdesk does not answer', () => {
  it('the last known state is shown with its time, and a button tries again', async () => {
    const id = ticketIds.closedDissatisfied;
    const card = await ask(inSupport(`/ticket ${id}`));
    sandbox.fault({ endpoint: 'ticket', status: 500, code: 155000 });
    const { messageId } = await sandbox.say(inSupport(`/ticket ${id}`));
    const pattern = /does not answer now/;
    const reply = await sandbox.waitFor(
      () => sandbox.ledger.repliesTo(messageId).find((sent) => pattern.test(said(sent))),
      130_000,
    );
    expect(said(reply)).toMatch(/This is how it was at \d{4}-/);
    expect(said(reply)).toContain('Closed by agent');
    sandbox.clearFaults();
    await press(reply, 'ticket.refresh');
    await becomes(reply.messageId, /Latest messages/);
    expect(said(now(card.messageId))).not.toMatch(pattern);
  }, 150_000);
});

describe('a group', () => {
  it('is greeted once when the bot comes, and forgotten when it goes', async () => {
    const { chatId } = sandbox.world.chat('项目群（机器人未加入）');
    sandbox.world.chat(chatId).botIn = true;
    await sandbox.announce.botAdded(chatId, agent);
    const hint = await sandbox.waitFor(() => sandbox.ledger.sentTo(chatId)[0]);
    expect(said(hint)).toContain('/ticket');
    await ask({ chat: chatId, person: agent, text: `/ticket ${ticketIds.noMessages}` });
    const gone = { chat_id: chatId, operator_id: {}, external: false };
    await sandbox.deliver({ type: 'im.chat.member.bot.deleted_v1', event: gone });
    await vi.waitFor(() => expect(bot.output()).toContain('the bot has left this chat'), 5_000);
    const question = await ask({ chat: chatId, person: agent, text: '/ticket' });
    expect(buttonsOf(JSON.parse(said(question))).values).toEqual([]);
    expect(sandbox.ledger.sentTo(chatId).filter((sent) => /Hello/.test(said(sent)))).toHaveLength(1);
  });
});

describe('hostile news', () => {
  it('of a ticket that nobody has on a card costs no call', async () => {
    sandbox.ledger.clear();
    await sandbox.announce.ticketUpdated(ticketIds.strange, {});
    await ask(inSupport('/help'));
    expect(sandbox.ledger.callsTo('ticket')).toEqual([]);
  });
});
