import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, callerOf, goodCard } from './caller.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

let nowMs = Date.now();
let sandbox: Sandbox;
let api: Caller;
let question: string;

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => nowMs });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  sandbox.reset();
  nowMs += 60_000;
  api = await callerOf(sandbox);
  question = (await sandbox.say({ chat: 'IT 服务台', person: '林晓', text: '/ticket 1' })).messageId;
});

const idOf = (answer: { data: Readonly<Record<string, unknown>> }) => String(answer.data['message_id']);
const patch = (id: string, card: unknown) =>
  api.call('PATCH', `/im/v1/messages/${id}`, { content: JSON.stringify(card) });
const markdown = (content: string) => ({ tag: 'markdown', content });

describe('a reply', () => {
  it('answers the message and stands in the ledger', async () => {
    const answer = await api.reply(question, goodCard(), { uuid: 'u-1' });
    expect(answer.data).toMatchObject({ root_id: question, parent_id: question, msg_type: 'interactive' });
    expect(sandbox.ledger.repliesTo(question)).toMatchObject([
      { messageId: idOf(answer), uuid: 'u-1', card: goodCard() },
    ]);
  });

  it('goes into a thread when asked, and stays in it', async () => {
    const first = await api.reply(question, goodCard(), { reply_in_thread: true });
    expect(first.data['thread_id']).toMatch(/^omt_/);
    const second = await api.reply(idOf(first), goodCard());
    expect(second.data).toMatchObject({ thread_id: first.data['thread_id'], root_id: question });
  });

  it('begins a thread under an answer, which stays in the chat as its head', async () => {
    const { chatId } = sandbox.world.chat('IT 服务台');
    const card = await api.reply(question, goodCard());
    const under = await api.reply(idOf(card), goodCard(), { reply_in_thread: true });
    expect(under.data).toMatchObject({ root_id: idOf(card), parent_id: idOf(card) });
    const next = await api.reply(idOf(under), goodCard());
    expect(next.data).toMatchObject({ root_id: idOf(card), thread_id: under.data['thread_id'] });
    const listed = await api.get(`/im/v1/messages?container_id_type=chat&container_id=${chatId}`);
    const ids = [question, card, under, next].map((one) => (typeof one === 'string' ? one : idOf(one)));
    const text = JSON.stringify(listed.data['items']);
    expect(ids.map((id) => text.includes(`"message_id":"${id}"`))).toEqual([true, true, false, false]);
  });

  it('has a thread anyway in a topic group', async () => {
    const { messageId } = await sandbox.say({ chat: 'IT 话题群', person: '林晓', text: 'x' });
    const threadId = sandbox.world.messages.get(messageId)?.threadId;
    expect(threadId).toMatch(/^omt_/);
    expect((await api.reply(messageId, goodCard())).data['thread_id']).toBe(threadId);
  });

  it.each([
    ['a recalled message', 230011, () => void Object.assign(message(), { recalled: true })],
    ['a deleted message', 230110, () => void Object.assign(message(), { deleted: true })],
    [
      'a chat without the bot',
      230002,
      () => void Object.assign(sandbox.world.chat('IT 服务台'), { botIn: false }),
    ],
    [
      'a chat where bots may not post',
      230018,
      () => void Object.assign(sandbox.world.chat('IT 服务台'), { botMayPost: false }),
    ],
    [
      'a dissolved chat',
      232009,
      () => void Object.assign(sandbox.world.chat('IT 服务台'), { dissolved: true }),
    ],
    [
      'a bot that is switched off',
      230006,
      () => void Object.assign(sandbox.world.settings, { botOn: false }),
    ],
  ])('to %s is refused', async (_name, code, change) => {
    change();
    expect(await api.reply(question, goodCard())).toMatchObject({ status: 400, code });
    expect(sandbox.ledger.repliesTo(question)).toEqual([]);
  });
  function message() {
    const found = sandbox.world.messages.get(question);
    if (found === undefined) throw new Error('the question is gone');
    return found;
  }

  it('in a thread is refused where there are none', async () => {
    sandbox.world.chat('IT 服务台').threads = false;
    expect((await api.reply(question, goodCard(), { reply_in_thread: true })).code).toBe(230071);
    expect((await api.reply(question, goodCard())).code).toBe(0);
  });

  it('to an unknown message is refused', async () => {
    expect((await api.reply('om_00000000000000000000000000000000', goodCard())).code).toBe(230011);
    expect((await api.reply('nonsense', goodCard())).code).toBe(99992354);
  });

  it.each([
    ['an undocumented field', { receive_id: 'x' }],
    ['a long uuid', { uuid: 'x'.repeat(51) }],
    ['no type', { msg_type: undefined }],
  ])('with %s fails validation', async (_name, more) => {
    const answer = await api.reply(question, goodCard(), more);
    expect(answer).toMatchObject({ status: 400, code: 99992402 });
    expect(answer.json['error']).toHaveProperty('field_violations');
  });

  it('says the sub code of a refused card', async () => {
    const answer = await api.reply(
      question,
      goodCard({ tag: 'img', img_key: 'img_v3_gone', alt: { tag: 'plain_text', content: '' } }),
    );
    expect(answer).toMatchObject({ status: 400, code: 230099 });
    expect(answer.msg).toMatch(/ErrCode: 200570; ErrPath: ROOT -> body -> elements -> \[0\]\(tag: img\)/);
    expect(
      (await api.call('POST', `/im/v1/messages/${question}/reply`, { msg_type: 'interactive', content: '{' }))
        .msg,
    ).toContain('ErrCode: 200621');
  });

  it('takes an uploaded picture until it is deleted', async () => {
    const gif = Buffer.from('47494638396101000100000000003b', 'hex');
    const imageKey = String((await api.upload(gif)).data['image_key']);
    const card = goodCard({ tag: 'img', img_key: imageKey, alt: { tag: 'plain_text', content: '' } });
    expect((await api.reply(question, card)).code).toBe(0);
    Object.assign(sandbox.world.images.get(imageKey) ?? {}, { deleted: true });
    expect((await api.reply(question, card)).msg).toContain('ErrCode: 200570');
  });

  it('holds at most 30 KB as a card and 150 KB as text', async () => {
    const text = (count: number) => ({
      msg_type: 'text',
      content: JSON.stringify({ text: 'x'.repeat(count) }),
    });
    expect((await api.reply(question, goodCard(markdown('x'.repeat(31_000))))).code).toBe(230025);
    expect((await api.reply(question, {}, text(150 * 1024))).code).toBe(230025);
    expect((await api.reply(question, {}, text(150 * 1024 - 11))).code).toBe(0);
  });
});

describe('the memory of uuid', () => {
  it('sends once in an hour, whatever the content', async () => {
    const first = await api.reply(question, goodCard(), { uuid: 'same' });
    const again = await api.reply(question, goodCard(markdown('other')), { uuid: 'same' });
    expect(idOf(again)).toBe(idOf(first));
    expect(sandbox.ledger.repliesTo(question)).toHaveLength(1);
    nowMs += 3_599_999;
    expect(idOf(await api.reply(question, goodCard(), { uuid: 'same' }))).toBe(idOf(first));
    nowMs += 1;
    expect(idOf(await api.reply(question, goodCard(), { uuid: 'same' }))).not.toBe(idOf(first));
  });

  it('does not remember what was refused', async () => {
    expect((await api.reply(question, { nonsense: true }, { uuid: 'u' })).code).toBe(230099);
    expect((await api.reply(question, goodCard(), { uuid: 'u' })).code).toBe(0);
  });

  it('refuses while the first is under way, and knows it afterwards although its answer was lost', async () => {
    const slow = await startSandbox({ latencyMs: 30 });
    try {
      const calls = await callerOf(slow);
      const { messageId } = await slow.say({ chat: 'IT 服务台', person: '林晓', text: 'x' });
      const first = calls.reply(messageId, goodCard(), { uuid: 'u' });
      await slow.waitFor(() => slow.ledger.repliesTo(messageId)[0]);
      expect((await calls.reply(messageId, goodCard(), { uuid: 'u' })).code).toBe(230049);
      expect(idOf(await calls.reply(messageId, goodCard(), { uuid: 'u' }))).toBe(idOf(await first));
      slow.fault({ endpoint: 'messageReply', drop: 'after', times: 1 });
      await expect(calls.reply(messageId, goodCard(), { uuid: 'v' })).rejects.toThrow();
      const [, lost] = slow.ledger.repliesTo(messageId);
      expect(idOf(await calls.reply(messageId, goodCard(), { uuid: 'v' }))).toBe(lost?.messageId);
    } finally {
      await slow.close();
    }
  });
});

describe('limits per target', () => {
  it('five messages a second in one chat', async () => {
    const codes: unknown[] = [];
    for (let index = 0; index < 6; index += 1) codes.push((await api.reply(question, goodCard())).code);
    expect(codes).toEqual([0, 0, 0, 0, 0, 230020]);
    const other = await sandbox.say({ chat: '机房运维', person: '林晓', text: 'x' });
    expect((await api.reply(other.messageId, goodCard())).code).toBe(0);
    nowMs += 1_000;
    expect((await api.reply(question, goodCard())).code).toBe(0);
  });

  it('five updates a second of one card', async () => {
    const id = idOf(await api.reply(question, goodCard()));
    const codes: unknown[] = [];
    for (let index = 0; index < 6; index += 1)
      codes.push((await patch(id, goodCard(markdown(`${index}`)))).code);
    expect(codes).toEqual([0, 0, 0, 0, 0, 230020]);
    expect(sandbox.ledger.repliesTo(question)).toMatchObject([
      { updateCount: 5, card: goodCard(markdown('4')) },
    ]);
  });
});

describe('an update', () => {
  it('replaces the card', async () => {
    const id = idOf(await api.reply(question, goodCard()));
    expect(await patch(id, goodCard(markdown('new')))).toMatchObject({ status: 200, code: 0, data: {} });
    expect(sandbox.world.messages.get(id)).toMatchObject({ updated: true, card: goodCard(markdown('new')) });
  });

  it('is for the bot’s own cards, of 14 days, that say update_multi', async () => {
    const id = idOf(await api.reply(question, goodCard()));
    const text = idOf(await api.reply(question, {}, { msg_type: 'text', content: '{"text":"a"}' }));
    const silent = idOf(await api.reply(question, { schema: '2.0', body: { elements: [] } }));
    expect((await patch(question, goodCard())).code).toBe(230027);
    expect((await patch(text, goodCard())).code).toBe(230001);
    expect((await patch(silent, goodCard())).code).toBe(230001);
    expect((await patch(id, { schema: '2.0' })).code).toBe(230001);
    nowMs += 14 * 24 * 3_600_000;
    api = await callerOf(sandbox);
    expect((await patch(id, goodCard())).code).toBe(0);
    nowMs += 1;
    expect((await patch(id, goodCard())).code).toBe(230031);
  });
});

describe('mentions', () => {
  it('are kept: of people in cards and texts, and of all where it is allowed', async () => {
    const { openId } = sandbox.world.person('Maya Patel');
    await api.reply(question, goodCard(markdown(`<at id=${openId}></at>`)));
    await api.reply(
      question,
      {},
      { msg_type: 'text', content: JSON.stringify({ text: `<at user_id="${openId}">M</at>` }) },
    );
    expect((await api.reply(question, goodCard(markdown('<at id=all></at>')))).msg).toContain(
      'ErrCode: 11235',
    );
    sandbox.world.chat('IT 服务台').atAll = true;
    await api.reply(question, goodCard(markdown('<at id=all></at>')));
    expect(sandbox.ledger.notifications().map(({ target, via }) => [target, via])).toEqual([
      [openId, 'card'],
      [openId, 'text'],
      ['all', 'card'],
    ]);
  });

  it('are none when the text is plain or escaped', async () => {
    await api.reply(
      question,
      goodCard(
        { tag: 'div', text: { tag: 'plain_text', content: '<at id=all></at>' } },
        markdown('&#60;at id=all&#62;'),
      ),
    );
    expect(sandbox.ledger.notifications()).toEqual([]);
  });
});
