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
const markdown = (content: string) => ({ tag: 'markdown', content });

describe('sending without a question', () => {
  const create = (kind: string, receive_id: string) =>
    api.call('POST', `/im/v1/messages?receive_id_type=${kind}`, {
      receive_id,
      msg_type: 'interactive',
      content: JSON.stringify(goodCard()),
    });

  it('reaches a chat or a person', async () => {
    const { chatId } = sandbox.world.chat('IT 服务台');
    expect((await create('chat_id', chatId)).data['chat_id']).toBe(chatId);
    const person = sandbox.world.person('王敏');
    const answer = await create('open_id', person.openId);
    expect(answer.data['chat_id']).toBe(sandbox.world.directChat(person.openId).chatId);
    expect(sandbox.ledger.sentTo(chatId)).toHaveLength(1);
  });

  it('refuses unknown ids, people who left and other tenants', async () => {
    expect((await create('chat_id', 'oc_none')).code).toBe(230034);
    expect((await create('open_id', 'ou_none')).code).toBe(230034);
    expect((await create('open_id', sandbox.world.person('Alex（外部）').openId)).code).toBe(230038);
    sandbox.world.person('王敏').resigned = true;
    expect((await create('open_id', sandbox.world.person('王敏').openId)).code).toBe(230029);
    expect((await create('chat_id', sandbox.world.chat('项目群（机器人未加入）').chatId)).code).toBe(230002);
  });
});

describe('reading and marking', () => {
  it('gives a card simplified unless its JSON is asked for', async () => {
    const id = idOf(await api.reply(question, goodCard(markdown('hello'))));
    const contentOf = async (query: string) =>
      JSON.stringify((await api.get(`/im/v1/messages/${id}${query}`)).data['items']);
    expect(await contentOf('')).toContain('\\"tag\\":\\"text\\",\\"text\\":\\"hello\\"');
    expect(await contentOf('?card_msg_content_type=user_card_content')).toContain('\\"schema\\":\\"2.0\\"');
  });

  it('lists a chat without the replies inside of threads, and a thread whole', async () => {
    const first = await api.reply(question, goodCard(), { reply_in_thread: true });
    const idsOf = async (query: string) =>
      JSON.stringify((await api.get(`/im/v1/messages?page_size=50&${query}`)).data);
    const { chatId } = sandbox.world.chat('IT 服务台');
    const listed = await idsOf(`container_id_type=chat&container_id=${chatId}`);
    expect(listed).toContain(question);
    expect(listed).not.toContain(`"message_id":"${idOf(first)}"`);
    expect(await idsOf(`container_id_type=thread&container_id=${String(first.data['thread_id'])}`)).toContain(
      idOf(first),
    );
  });

  it('hides the bot among the members and counts in strings', async () => {
    const { chatId, members } = sandbox.world.chat('IT 服务台');
    expect((await api.get(`/im/v1/chats/${chatId}`)).data).toMatchObject({
      chat_mode: 'group',
      user_count: String(members.size),
    });
    expect((await api.get(`/im/v1/chats/${chatId}/members`)).data).toMatchObject({
      member_total: members.size,
    });
  });

  it('buzzes members about own messages and names the others', async () => {
    const id = idOf(await api.reply(question, goodCard()));
    const buzz = (message: string, ...ids: string[]) =>
      api.call('PATCH', `/im/v1/messages/${message}/urgent_app?user_id_type=open_id`, { user_id_list: ids });
    const { openId } = sandbox.world.person('陈锐');
    expect((await buzz(id, openId, 'ou_x')).data).toEqual({ invalid_user_id_list: ['ou_x'] });
    expect(sandbox.ledger.notifications()).toMatchObject([{ target: openId, via: 'urgent_app' }]);
    expect((await buzz(question, openId)).code).toBe(230012);
    expect((await buzz(id, 'ou_x')).code).toBe(230001);
    sandbox.world.chat('IT 服务台').mayBuzz = false;
    expect((await buzz(id, openId)).code).toBe(230052);
  });

  it('adds and takes away reactions and pins', async () => {
    const added = await api.call('POST', `/im/v1/messages/${question}/reactions`, {
      reaction_type: { emoji_type: 'OK' },
    });
    expect(sandbox.world.messages.get(question)?.reactions).toHaveLength(1);
    await api.call('DELETE', `/im/v1/messages/${question}/reactions/${String(added.data['reaction_id'])}`);
    expect(sandbox.world.messages.get(question)?.reactions).toHaveLength(0);
    expect((await api.call('POST', '/im/v1/pins', { message_id: question })).code).toBe(0);
    expect(
      JSON.stringify((await api.get(`/im/v1/pins?chat_id=${sandbox.world.chat('IT 服务台').chatId}`)).data),
    ).toContain(question);
  });

  it('leaves out what a person’s permission does not cover', async () => {
    const { openId } = sandbox.world.person('王敏');
    expect((await api.get(`/contact/v3/users/${openId}`)).data['user']).toMatchObject({ name: '王敏' });
    sandbox.world.revokeScope('contact:user.base:readonly');
    expect((await api.get(`/contact/v3/users/${openId}`)).data['user']).not.toHaveProperty('name');
    expect((await api.get('/contact/v3/users/ou_none')).code).toBe(41012);
    expect((await api.get(`/contact/v3/users/${sandbox.world.person('Alex（外部）').openId}`)).code).toBe(
      41050,
    );
  });
});
