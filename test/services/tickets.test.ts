import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/feishu/client.ts';
import type { EndpointName } from '../../src/feishu/endpoints.ts';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { createLog } from '../../src/log.ts';
import { createTickets } from '../../src/services/tickets.ts';
import { dataOf } from '../support/answers.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { type Answer, failure, fakeFeishu, gate } from '../support/fakeFeishu.ts';

const id = '6626871355780366331';
const choice = { id: '6834320707288072194', key_name: 'kind', value: '295cf315-df56-445b-b430-b58925ef331c' };
const ticket = { ticket: { ticket_id: id, status: 2 } };
const nameless = { ticket: { ...ticket.ticket, customized_fields: [choice] } };
const messages = {
  messages: [{ id: '1', message_type: 'text', content: '{"content":"VPN"}', created_at: 1 }],
  total: 1,
};

function desk(answers: Partial<Record<EndpointName, Answer>>) {
  const lines: string[] = [];
  const clock = fakeClock();
  const client = fakeFeishu({ ticket: () => ticket, ticketMessages: () => messages, ...answers });
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const tickets = createTickets({ helpdesk: createHelpdeskApi(client), clock, log });
  return { clock, client, lines, get: () => tickets.get(id) };
}

const pageOf = ({ query }: Call): unknown => query?.['page'];
/** A full page of messages that no other page has. */
const fullPage = (call: Call, total: number) => ({
  messages: Array.from({ length: 200 }, (_, index) => ({
    id: `${String(pageOf(call))}-${index}`,
    created_at: 1,
  })),
  total,
});

describe('a ticket with its messages', () => {
  it('costs two calls, made side by side', async () => {
    const answers = { ticket: gate<unknown>(), ticketMessages: gate<unknown>() };
    const { client, clock, lines, get } = desk({
      ticket: () => answers.ticket.promise,
      ticketMessages: () => answers.ticketMessages.promise,
    });
    const got = get();
    await clock.settle();
    expect(client.calls.map(({ endpoint }) => endpoint).sort()).toEqual(['ticket', 'ticketMessages']);
    expect(client.to('ticketMessages')[0]?.query).toEqual({ page: 1, page_size: 200 });
    answers.ticketMessages.open(messages);
    answers.ticket.open(ticket);
    expect(await got).toMatchObject({
      ticket: { id, status: 'in_progress' },
      conversation: { messages: [{ id: '1', text: 'VPN' }], totalCount: 1, omittedCount: 0 },
    });
    expect(client.calls).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  it('and one for each further page', async () => {
    const { client, get } = desk({ ticketMessages: (call) => fullPage(call, 600) });
    expect((await get()).conversation?.messages).toHaveLength(600);
    expect(client.to('ticketMessages').map(pageOf)).toEqual([1, 2, 3]);
  });
});

describe('messages that cannot be read', () => {
  it.each([
    ['the first page', 1],
    ['a later page', 2],
  ])('%s: the ticket is shown, and the log says why', async (_, broken) => {
    const { lines, get } = desk({
      ticketMessages: (call) => {
        if (pageOf(call) === broken) throw failure('forbidden', 'ticketMessages');
        return fullPage(call, 600);
      },
    });
    expect(await get()).toMatchObject({ ticket: { id }, conversation: undefined });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', ticketId: id, err: { kind: 'forbidden', endpoint: 'ticketMessages' } },
    ]);
  });

  it('because the number is no ticket’s, are no news for whoever watches the log', async () => {
    const { lines, get } = desk({
      ticketMessages: () => Promise.reject(failure('not_found', 'ticketMessages')),
    });
    await get();
    expect(lines).toEqual([]);
  });

  it('because of a bug of ours, are not passed over', async () => {
    const bug = new TypeError('a bug');
    await expect(desk({ ticketMessages: () => Promise.reject(bug) }).get()).rejects.toBe(bug);
  });
});

describe('a ticket that cannot be read', () => {
  const notFound = failure('not_found');

  it('is the error, at once, though its messages are still on the way', async () => {
    const slow = gate<unknown>();
    const { clock, client, get } = desk({
      ticket: () => Promise.reject(notFound),
      ticketMessages: (call) => (pageOf(call) === 1 ? slow.promise : fullPage(call, 600)),
    });
    await expect(get()).rejects.toBe(notFound);
    slow.open({ ...fullPage({ endpoint: 'ticketMessages', query: { page: 1 } }, 600) });
    await clock.settle();
    expect(client.to('ticketMessages').map(pageOf)).toEqual([1]);
  });

  it.each([
    ['Feishu', failure('not_found', 'ticketMessages')],
    ['a bug', new TypeError('a bug')],
  ])(
    'is the error, also when its messages fail later because of %s, and nothing is left unhandled',
    async (_, error) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      const slow = gate<unknown>();
      const { clock, lines, get } = desk({
        ticket: () => Promise.reject(notFound),
        ticketMessages: () => slow.promise,
      });
      await expect(get()).rejects.toBe(notFound);
      slow.fail(error);
      await clock.settle();
      process.off('unhandledRejection', note);
      expect([unhandled, lines]).toEqual([[], []]);
    },
  );
});

describe('names of custom fields', () => {
  it('are not asked for when the ticket brings them', async () => {
    const { client, get } = desk({ ticket: () => dataOf('helpdesk/ticket') });
    expect((await get()).ticket.fields).toMatchObject([{ name: 'display name', value: 'value' }]);
    expect(client.to('customizedFields')).toEqual([]);
  });

  it('are asked for once when it does not, and stand in for tags too', async () => {
    const { client, get } = desk({
      ticket: () => nameless,
      customizedFields: () => dataOf('helpdesk/customized-fields'),
    });
    const [first, second] = await Promise.all([get(), get()]);
    const fields = [{ id: choice.id, key: 'kind', name: '问题类别', value: '网络' }];
    expect([first.ticket.fields, second.ticket.fields]).toEqual([fields, fields]);
    expect(client.to('customizedFields')).toHaveLength(1);
  });

  it('are asked for while the messages are still on the way', async () => {
    const slow = gate<unknown>();
    const { clock, client, get } = desk({
      ticket: () => nameless,
      ticketMessages: () => slow.promise,
      customizedFields: () => ({}),
    });
    const got = get();
    await clock.settle();
    expect(client.to('customizedFields')).toHaveLength(1);
    slow.open(messages);
    await got;
  });

  it('that cannot be had cost the ticket nothing but the names', async () => {
    const { lines, get } = desk({
      ticket: () => nameless,
      customizedFields: () => Promise.reject(failure('scope', 'customizedFields')),
    });
    expect((await get()).ticket.fields).toEqual([
      { id: choice.id, key: 'kind', name: 'kind', value: choice.value },
    ]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', err: { kind: 'scope' } }]);
  });
});
