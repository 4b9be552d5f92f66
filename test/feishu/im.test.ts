import { describe, expect, it } from 'vitest';
import { FeishuError } from '../../src/errors.ts';
import { createImApi } from '../../src/feishu/im.ts';
import { dataOf } from '../support/answers.ts';
import { fakeFeishu } from '../support/fakeFeishu.ts';

const card = { schema: '2.0', body: { elements: [] } } as const;
const chatId = 'oc_1';

describe('reply', () => {
  it('sends a card as JSON in a string and tells where it stands', async () => {
    const client = fakeFeishu({ messageReply: () => dataOf('im/reply') });
    const content = { kind: 'card', card } as const;
    const sent = await createImApi(client).reply({
      messageId: 'om_1',
      chatId,
      content,
      uuid: 'u',
      inThread: true,
    });
    expect(sent).toEqual({
      messageId: 'om_dc13264520392913993dd051dba21dcf',
      threadId: 'omt_d4be107c616a',
      chatId: 'oc_5ad11d72b830411d72b836c20',
    });
    expect(client.calls).toEqual([
      {
        endpoint: 'messageReply',
        path: { messageId: 'om_1' },
        body: { msg_type: 'interactive', content: JSON.stringify(card), reply_in_thread: true, uuid: 'u' },
        chatId,
        priority: 'person',
      },
    ]);
  });

  it('what the answer leaves out is what was asked, or nothing', async () => {
    const im = createImApi(fakeFeishu({ messageReply: () => ({ message_id: 'om_2', thread_id: '' }) }));
    const content = { kind: 'text', text: 'a' } as const;
    expect(await im.reply({ messageId: 'om_1', chatId, content, uuid: 'u', inThread: false })).toEqual({
      messageId: 'om_2',
      threadId: undefined,
      chatId,
    });
  });

  it.each([{}, { message_id: '' }, null])(
    'the answer %j, without a message id, is a failure',
    async (answer) => {
      const im = createImApi(fakeFeishu({ messageReply: () => answer }));
      const content = { kind: 'card', card } as const;
      const reply = im.reply({ messageId: 'om_1', chatId, content, uuid: 'u', inThread: false });
      await expect(reply).rejects.toThrow(FeishuError);
    },
  );
});

describe('create', () => {
  it('sends to a chat; a text mentions nobody, whatever is in it', async () => {
    const client = fakeFeishu({ messageCreate: () => ({ message_id: 'om_3' }) });
    const text = '出错了 <at user_id="all">all</at> "x"';
    expect(await createImApi(client).create({ chatId, content: { kind: 'text', text }, uuid: 'u' })).toEqual({
      messageId: 'om_3',
      threadId: undefined,
      chatId,
    });
    expect(client.calls).toEqual([
      {
        endpoint: 'messageCreate',
        query: { receive_id_type: 'chat_id' },
        body: {
          receive_id: chatId,
          msg_type: 'text',
          content: JSON.stringify({ text: '出错了 ＜at user_id="all">all＜/at> "x"' }),
          uuid: 'u',
        },
        chatId,
        priority: 'person',
      },
    ]);
  });

  it('sends to a person, and learns which chat that is', async () => {
    const answer = { message_id: 'om_3', chat_id: 'oc_direct' };
    const client = fakeFeishu({ messageCreate: () => answer });
    const message = { chatId: 'ou_1', content: { kind: 'text', text: 'x' }, uuid: 'u' } as const;
    expect(await createImApi(client).create(message)).toMatchObject({ chatId: 'oc_direct' });
    expect(client.calls).toMatchObject([
      { query: { receive_id_type: 'open_id' }, body: { receive_id: 'ou_1' }, chatId: 'ou_1' },
    ]);
  });
});

describe('patch', () => {
  it('replaces a card, behind people who wait, and needs nothing in the answer', async () => {
    const client = fakeFeishu({ messagePatch: () => undefined });
    await createImApi(client).patchCard({ messageId: 'om_1', card });
    expect(client.calls).toEqual([
      {
        endpoint: 'messagePatch',
        path: { messageId: 'om_1' },
        body: { content: JSON.stringify(card) },
        messageId: 'om_1',
        priority: 'card',
      },
    ]);
  });
});

describe('pictures', () => {
  it('are uploaded byte for byte as a file with a name', async () => {
    const client = fakeFeishu({ imageUpload: () => dataOf('im/upload') });
    const bytes = new Uint8Array([137, 80, 78, 71]);
    const key = await createImApi(client).uploadImage(bytes, { fileName: 'image.png', mime: 'image/png' });
    expect(key).toBe('img_8d5181ca-0aed-40f0-b0d1-b1452132afbg');
    expect(client.calls[0]?.form).toEqual({
      fields: { image_type: 'message' },
      file: { part: 'image', name: 'image.png', mime: 'image/png', bytes },
    });
  });

  it('an upload without a key is a failure', async () => {
    const im = createImApi(fakeFeishu({ imageUpload: () => ({}) }));
    const upload = im.uploadImage(new Uint8Array(1), { fileName: 'a.png', mime: 'image/png' });
    await expect(upload).rejects.toThrow(FeishuError);
  });

  it('of the bot come back as bytes, at most as many as can be uploaded', async () => {
    const bytes = new Uint8Array([1]);
    const client = fakeFeishu({ image: () => bytes });
    expect(await createImApi(client).image('img_1')).toBe(bytes);
    expect(client.calls).toEqual([{ endpoint: 'image', path: { imageKey: 'img_1' }, priority: 'person' }]);
    const large = createImApi(fakeFeishu({ image: () => new Uint8Array(10 * 1_024 * 1_024 + 1) }));
    await expect(large.image('img_1')).rejects.toMatchObject({ kind: 'bad_picture' });
  });
});

describe('bot', () => {
  const bot = { openId: 'ou_e6e14f667cfe239d7b129b521dce0569', name: 'name' };

  it.each([dataOf('im/bot-info'), { open_id: bot.openId, app_name: 'name' }])(
    'is read from %j',
    async (answer) => {
      expect(await createImApi(fakeFeishu({ botInfo: () => answer })).botInfo()).toMatchObject(bot);
    },
  );

  it.each([{}, { bot: { app_name: 'name' } }, { bot: { open_id: '' } }])(
    '%j does not say who we are',
    async (answer) => {
      await expect(createImApi(fakeFeishu({ botInfo: () => answer })).botInfo()).rejects.toThrow(FeishuError);
    },
  );
});

describe('listMessages', () => {
  const chatQuery = {
    container: { kind: 'chat', id: 'oc_1' },
    fromMs: 1_700_000_000_999,
    newestFirst: false,
    page: undefined,
  } as const;

  it('asks for a page of a chat from a moment on, and says who sent what', async () => {
    const items = [
      {
        message_id: 'om_1',
        parent_id: 'om_0',
        root_id: 'om_0',
        thread_id: 'omt_1',
        create_time: '1700000001000',
        sender: { id: 'cli_1', id_type: 'app_id', sender_type: 'app' },
      },
      { message_id: 'om_2', sender: { id: 'ou_1', id_type: 'open_id', sender_type: 'user' } },
      { sender: {} },
      null,
    ];
    const client = fakeFeishu({ messageList: () => ({ items, has_more: true, page_token: 'next' }) });
    expect(await createImApi(client).listMessages(chatQuery)).toEqual({
      messages: [
        {
          messageId: 'om_1',
          parentId: 'om_0',
          threadId: 'omt_1',
          createdAtMs: 1_700_000_001_000,
          appId: 'cli_1',
        },
        {
          messageId: 'om_2',
          parentId: undefined,
          threadId: undefined,
          createdAtMs: undefined,
          appId: undefined,
        },
      ],
      nextPage: 'next',
    });
    expect(client.calls).toMatchObject([
      {
        endpoint: 'messageList',
        query: {
          container_id_type: 'chat',
          container_id: 'oc_1',
          sort_type: 'ByCreateTimeAsc',
          start_time: 1_700_000_000,
          page_size: 50,
        },
      },
    ]);
  });

  it('asks for a thread without times, which it does not take, and ends where pages repeat', async () => {
    const client = fakeFeishu({ messageList: () => ({ has_more: true, page_token: 'same' }) });
    const page = await createImApi(client).listMessages({
      ...chatQuery,
      container: { kind: 'thread', id: 'omt_1' },
      newestFirst: true,
      page: 'same',
    });
    expect(page).toEqual({ messages: [], nextPage: undefined });
    expect(client.calls[0]?.query).toEqual({
      container_id_type: 'thread',
      container_id: 'omt_1',
      sort_type: 'ByCreateTimeDesc',
      page_size: 50,
      page_token: 'same',
    });
  });
});
