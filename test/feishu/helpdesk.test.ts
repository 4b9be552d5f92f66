import { describe, expect, it } from 'vitest';
import { FeishuError } from '../../src/errors.ts';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { dataOf } from '../support/answers.ts';
import { type Answer, fakeFeishu } from '../support/fakeFeishu.ts';

const id = '6626871355780366331';

describe('ticket', () => {
  it('is asked for by its id, for a person', async () => {
    const client = fakeFeishu({ ticket: () => dataOf('helpdesk/ticket') });
    expect(await createHelpdeskApi(client).ticket(id)).toMatchObject({ id, status: 'closed_by_bot' });
    expect(client.calls).toEqual([{ endpoint: 'ticket', path: { ticketId: id }, priority: 'person' }]);
  });

  it.each([{}, { ticket: null }, { ticket: [] }])('the answer %j is no ticket', async (data) => {
    const api = createHelpdeskApi(fakeFeishu({ ticket: () => data }));
    await expect(api.ticket(id)).rejects.toThrow(FeishuError);
  });
});

describe('messages', () => {
  const page = (data: unknown) => {
    const client = fakeFeishu({ ticketMessages: () => data });
    return { client, read: () => createHelpdeskApi(client).messagesPage(id, 2, 200, 'background') };
  };

  it('are asked for by page', async () => {
    const { client, read } = page({ messages: [{ id: '1' }, { id: '2' }], total: 202 });
    const { messages, totalCount } = await read();
    expect([messages.map((message) => message.id), totalCount]).toEqual([['1', '2'], 202]);
    expect(client.calls).toEqual([
      {
        endpoint: 'ticketMessages',
        path: { ticketId: id },
        query: { page: 2, page_size: 200 },
        priority: 'background',
      },
    ]);
  });

  it.each([
    [{}, undefined],
    [{ messages: null, total: -1 }, undefined],
    [{ messages: [], total: '7' }, 7],
  ])('%j has no messages and the total %s', async (data, totalCount) => {
    expect(await page(data).read()).toEqual({ messages: [], totalCount });
  });
});

describe('pictures', () => {
  const bytes = new Uint8Array([1, 2, 3]);

  it('of rich text are asked for with an index, of an image message without', async () => {
    const client = fakeFeishu({ ticketImage: () => bytes });
    const api = createHelpdeskApi(client);
    expect(await api.ticketImage({ ticketId: id, messageId: '7', index: 0 })).toBe(bytes);
    await api.ticketImage({ ticketId: id, messageId: '7', index: undefined });
    expect(client.calls.map(({ query }) => query)).toEqual([
      { ticket_id: id, msg_id: '7', index: 0 },
      { ticket_id: id, msg_id: '7' },
    ]);
  });

  it('are refused over the size that the caller allows', async () => {
    const api = createHelpdeskApi(fakeFeishu({ faqImage: () => bytes }));
    expect(await api.faqImage('1', 'img_1', { maxBytes: 3 })).toBe(bytes);
    await expect(api.faqImage('1', 'img_1', { maxBytes: 2 })).rejects.toMatchObject({ kind: 'bad_picture' });
  });
});

describe('field definitions', () => {
  const pages = (answer: Answer) => {
    const client = fakeFeishu({ customizedFields: answer });
    return { client, read: () => createHelpdeskApi(client).fieldNames() };
  };

  it('are read from the documented answer', async () => {
    const { read } = pages(() => dataOf('helpdesk/customized-fields'));
    const [field] = await read();
    expect(field).toMatchObject({ id: '6834320707288072194', key: 'test dropdown', name: '问题类别' });
    expect(field?.options.get('498ed5f1-f2b1-4585-b21f-3d4d2cd0cd26')).toBe('打印机');
  });

  it('all pages are read, each once', async () => {
    const { client, read } = pages(({ query }) =>
      query?.['page_token'] === 'b'
        ? { items: [{ key_name: 'second' }], has_more: false, next_page_token: '' }
        : { items: [{ key_name: 'first' }], has_more: true, next_page_token: 'b' },
    );
    expect((await read()).map(({ key }) => key)).toEqual(['first', 'second']);
    expect(client.calls.map(({ query }) => query)).toEqual([
      { page_size: 100 },
      { page_size: 100, page_token: 'b' },
    ]);
  });

  it.each([
    ['the same page token for ever', () => ({ has_more: true, next_page_token: 'same' }), 2],
    ['more without a token', () => ({ has_more: true }), 1],
    [
      'a new token each time',
      ({ query }) => ({ has_more: true, page_token: `${query?.['page_token'] ?? ''}x` }),
      10,
    ],
  ] as const satisfies readonly (readonly [string, Answer, number])[])(
    '%s ends',
    async (_, answer, callCount) => {
      const { client, read } = pages(answer);
      expect(await read()).toEqual([]);
      expect(client.calls).toHaveLength(callCount);
    },
  );
});

describe('agent schedules', () => {
  it('keep who can be told, with their states', async () => {
    const client = fakeFeishu({ agentSchedules: () => dataOf('helpdesk/agent-schedules') });
    const agents = await createHelpdeskApi(client).agentSchedules([1, 2, 3]);
    expect(agents.map(({ person, state, skills }) => [person.name, state, skills])).toEqual([
      ['test-user', 'online', ['agent-skill']],
      ['manual offline', 'offline', []],
      ['off duty', 'off_duty', []],
      ['removed', 'removed', []],
      ['no page names this status', 'unknown', []],
    ]);
    expect(client.calls).toEqual([
      { endpoint: 'agentSchedules', query: { status: [1, 2, 3] }, priority: 'person' },
    ]);
  });
});
