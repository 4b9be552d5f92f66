import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { goodCard } from './caller.ts';
import type { Heard, Reply } from './fakeBot.ts';
import { redeliveryMs } from './push.ts';
import { startSandbox } from './sandbox.ts';
import { fine, opened, openStage, question, type Stage } from './stage.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function stage(answer: (heard: Heard) => Reply | Promise<Reply>): Promise<Stage> {
  const opening = await openStage(answer);
  open.push(opening.close);
  return opening;
}

describe('a message of a person', () => {
  it('comes signed over its raw bytes, with mentions as keys and times in ms', async () => {
    const { sandbox, bot } = await stage(() => fine);
    const said = await sandbox.say(question);
    expect(said).toMatchObject({ status: 200, body: {} });
    const [heard] = bot.heard;
    if (heard === undefined) throw new Error('nothing was heard');
    const { headers } = heard;
    expect(heard.path).toBe('/webhook/event');
    expect(headers['x-lark-signature']).toBe(
      createHash('sha256')
        .update(
          `${headers['x-lark-request-timestamp']}${headers['x-lark-request-nonce']}${sandbox.app.encryptKey}${heard.body}`,
        )
        .digest('hex'),
    );
    expect(headers['x-lark-request-timestamp']).toMatch(/^\d{10}$/);
    const { header, event } = opened(sandbox, heard);
    expect(header).toMatchObject({
      event_id: said.eventId,
      event_type: 'im.message.receive_v1',
      token: sandbox.app.verificationToken,
      app_id: sandbox.app.appId,
      tenant_key: sandbox.app.tenantKey,
      create_time: expect.stringMatching(/^\d{13}$/),
    });
    expect(event.sender).toEqual({
      sender_id: { union_id: expect.stringMatching(/^on_/), open_id: sandbox.world.person('林晓').openId },
      sender_type: 'user',
      tenant_key: sandbox.app.tenantKey,
    });
    expect(event.message).toMatchObject({
      message_id: said.messageId,
      chat_type: 'group',
      message_type: 'text',
      content: '{"text":"@_user_1 /ticket 1"}',
      mentions: [
        { key: '@_user_1', id: { open_id: sandbox.app.botOpenId }, mentioned_type: 'bot', name: '工单助手' },
      ],
    });
    expect(event.message).not.toHaveProperty('thread_id');
  });

  it('may mention the bot after, or nobody, and is a direct one without mention', async () => {
    const { sandbox, bot } = await stage(() => fine);
    const contents: unknown[] = [];
    const person = sandbox.world.person('Maya Patel').openId;
    for (const more of [
      { mentionBot: 'after' },
      { mentionBot: 'none' },
      { text: `/escalate 1 <at user_id="${person}">M</at>`, mentionBot: 'after' },
      { chat: '林晓 ↔ 工单助手' },
    ] as const) {
      await sandbox.say({ ...question, ...more });
      const heard = bot.heard.at(-1);
      const { message } = heard === undefined ? { message: {} } : opened(sandbox, heard).event;
      contents.push([message.chat_type, JSON.parse(message.content).text, message.mentions?.length ?? 0]);
    }
    expect(contents).toEqual([
      ['group', '/ticket 1 @_user_1', 1],
      ['group', '/ticket 1', 0],
      ['group', '/escalate 1 @_user_1 @_user_2', 2],
      ['p2p', '/ticket 1', 0],
    ]);
  });

  it('as a post has no language around it and holds the mention as a node', async () => {
    const { sandbox, bot } = await stage(() => fine);
    await sandbox.say({
      ...question,
      post: { title: '', content: [[{ tag: 'text', text: '/ticket 1', style: [] }]] },
    });
    const heard = bot.heard[0];
    const { message } = heard === undefined ? { message: {} } : opened(sandbox, heard).event;
    expect(JSON.parse(message.content).content[0][0]).toEqual({
      tag: 'at',
      user_id: '@_user_1',
      user_name: '工单助手',
      style: [],
    });
  });

  it('does not arrive without the permission for it', async () => {
    const { sandbox, bot } = await stage(() => fine);
    sandbox.world.revokeScope('im:message.group_msg');
    await sandbox.say({ ...question, mentionBot: 'none' });
    expect(bot.heard).toHaveLength(0);
    await sandbox.say(question);
    expect(bot.heard).toHaveLength(1);
  });

  it('is one message when it is said again by its id', async () => {
    const { sandbox, bot } = await stage(() => fine);
    const first = await sandbox.say(question);
    const count = sandbox.world.messages.size;
    await sandbox.say({ ...question, messageId: first.messageId, eventId: first.eventId });
    expect(sandbox.world.messages.size).toBe(count);
    expect(bot.heard.map((heard) => opened(sandbox, heard).header.event_id)).toEqual([
      first.eventId,
      first.eventId,
    ]);
  });
});

describe('redelivery', () => {
  it('climbs 15 s, 5 min, 1 h, 6 h with the same event, and then gives up', async () => {
    const { sandbox, bot, timers } = await stage(() => ({ status: 503, body: {} }));
    const { eventId } = await sandbox.say(question);
    for (let step = 1; step <= 4; step += 1) {
      timers.at(-1)?.task();
      await sandbox.waitFor(() => sandbox.deliveries()[step]);
    }
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([...redeliveryMs]);
    expect(redeliveryMs).toEqual([15_000, 300_000, 3_600_000, 21_600_000]);
    expect(bot.heard.map((heard) => opened(sandbox, heard).header.event_id)).toEqual(Array(5).fill(eventId));
    expect(sandbox.deliveries().map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  });

  it('ends with the first 200', async () => {
    let status = 500;
    const { sandbox, timers } = await stage(() => ({ status, body: {} }));
    await sandbox.say(question);
    status = 200;
    timers[0]?.task();
    await sandbox.waitFor(() => sandbox.deliveries()[1]);
    expect(timers).toHaveLength(1);
  });

  it('is not for callbacks, and stops with the sandbox', async () => {
    const { sandbox, api, timers } = await stage(() => ({ status: 500, body: {} }));
    const said = await sandbox.say(question);
    await api.reply(said.messageId, goodCard());
    const messageId = sandbox.ledger.repliesTo(said.messageId)[0]?.messageId ?? '';
    expect(await sandbox.click({ person: '林晓', messageId, value: {} })).toMatchObject({
      toast: { code: 200671 },
    });
    expect(timers).toHaveLength(1);
    sandbox.reset();
    expect(timers[0]?.cancelled).toBe(true);
  });
});

describe('other pushes', () => {
  it('the check of a URL is encrypted and not signed', async () => {
    const { sandbox, bot } = await stage(() => ({ status: 200, body: { challenge: 'c' } }));
    expect(await sandbox.verifyUrl('c')).toMatchObject({ status: 200, body: { challenge: 'c' } });
    const [heard] = bot.heard;
    if (heard === undefined) throw new Error('nothing was heard');
    expect(heard.headers).not.toHaveProperty('x-lark-signature');
    expect(opened(sandbox, heard)).toEqual({
      challenge: 'c',
      token: sandbox.app.verificationToken,
      type: 'url_verification',
    });
  });

  it('events of tickets are made from the world', async () => {
    const { sandbox, bot } = await stage(() => fine);
    const [id = '', ticket] = [...sandbox.world.tickets][0] ?? [];
    await sandbox.announce.ticketCreated(id);
    await sandbox.announce.ticketUpdated(id, { status: 1 });
    await sandbox.announce.ticketMessage(id, ticket?.messages[0]?.id ?? '');
    await sandbox.announce.botAdded(sandbox.world.chat('IT 服务台').chatId, '周倩');
    const events = bot.heard.map((heard) => opened(sandbox, heard));
    expect(events.map(({ header }) => header.event_type)).toEqual([
      'helpdesk.ticket.created_v1',
      'helpdesk.ticket.updated_v1',
      'helpdesk.ticket_message.created_v1',
      'im.chat.member.bot.added_v1',
    ]);
    expect(events[0]?.event).toMatchObject({
      ticket_id: id,
      stage: 2,
      guest: { id: { open_id: ticket?.wire.guest?.id } },
    });
    expect(events[1]?.event.old_object).toEqual({ status: 1 });
    expect(events[2]?.event.event_id).not.toBe(events[2]?.header.event_id);
  });

  it('a bot that is not there gets nothing and is told so', async () => {
    const sandbox = await startSandbox({ redeliver: false, webhookUrl: 'http://127.0.0.1:9' });
    open.push(sandbox.close);
    expect((await sandbox.say(question)).status).toBe(0);
  });
});
