import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, callerOf, goodCard } from './caller.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { mainTicketId, ticketIds } from './seed.ts';

let sandbox: Sandbox;
let api: Caller;
let nowMs = Date.now();

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => (nowMs += 200) });
  api = await callerOf(sandbox);
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.clearFaults());

const ticket = (id = mainTicketId) => api.get(`/helpdesk/v1/tickets/${id}`);

describe('a fault', () => {
  it('answers with status and code, as often as told, after as many as told', async () => {
    const { id } = sandbox.fault({
      endpoint: 'ticket',
      status: 500,
      code: 155000,
      msg: 'boom',
      after: 1,
      times: 2,
    });
    const codes: unknown[] = [];
    for (let call = 0; call < 4; call += 1) codes.push((await ticket()).code);
    expect(codes).toEqual([0, 155000, 155000, 0]);
    expect(sandbox.ledger.calls().filter(({ faultId }) => faultId === id)).toHaveLength(2);
  });

  it('touches only what it names', async () => {
    sandbox.fault({ endpoint: 'ticket', match: { ticketId: ticketIds.english }, code: 154003, status: 403 });
    expect((await ticket()).code).toBe(0);
    expect(await ticket(ticketIds.english)).toMatchObject({ status: 403, code: 154003 });
    expect((await api.get(`/helpdesk/v1/tickets/${ticketIds.english}/messages`)).code).toBe(0);
    sandbox.clearFaults();
    sandbox.fault({ endpoint: '*', when: (call) => call.path.endsWith('/messages'), code: 1 });
    expect((await ticket()).code).toBe(0);
    expect((await api.get(`/helpdesk/v1/tickets/${mainTicketId}/messages`)).code).toBe(1);
  });

  it('throttles with a reset', async () => {
    sandbox.fault({ endpoint: 'ticket', resetSec: 7, times: 1 });
    const answer = await ticket();
    expect(answer).toMatchObject({ status: 429, code: 99991400 });
    expect(answer.headers.get('x-ogw-ratelimit-reset')).toBe('7');
    sandbox.fault({ endpoint: 'ticket', resetSec: 2, status: 400, times: 1 });
    expect(await ticket()).toMatchObject({ status: 400, code: 99991400 });
  });

  it('sends an error with HTTP 200, or any raw answer', async () => {
    sandbox.fault({ endpoint: 'ticketImage', code: 154003, json200: true, times: 1 });
    expect(await api.get(`/helpdesk/v1/ticket_images?ticket_id=${mainTicketId}&msg_id=1`)).toMatchObject({
      status: 200,
      code: 154003,
    });
    sandbox.fault({
      endpoint: 'ticket',
      raw: { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>502</h1>' },
    });
    const answer = await ticket();
    expect([answer.status, answer.headers.get('content-type'), answer.bytes.toString()]).toEqual([
      502,
      'text/html',
      '<h1>502</h1>',
    ]);
  });

  it('delays and then serves', async () => {
    sandbox.fault({ endpoint: 'ticket', delayMs: 30, times: 1 });
    const startedAt = performance.now();
    expect((await ticket()).code).toBe(0);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  it.each([
    ['before', 0],
    ['after', 1],
    ['half', 1],
  ] as const)('drops the connection %s it was handled', async (drop, sentCount) => {
    const { messageId } = await sandbox.say({ chat: 'IT 服务台', person: '林晓', text: 'x' });
    sandbox.fault({ endpoint: 'messageReply', drop, times: 1 });
    await expect(api.reply(messageId, goodCard())).rejects.toThrow();
    expect(sandbox.ledger.repliesTo(messageId)).toHaveLength(sentCount);
    expect(sandbox.ledger.callsTo('messageReply').at(-1)?.endMs).toBeUndefined();
    expect((await api.reply(messageId, goodCard())).code).toBe(0);
  });
});

describe('the ledger', () => {
  it('keeps no secrets', async () => {
    await callerOf(sandbox);
    const text = JSON.stringify(sandbox.ledger.calls());
    expect(text).not.toContain(sandbox.app.appSecret);
    expect(text).not.toContain(sandbox.app.helpdeskToken);
    for (const token of sandbox.world.tokens) expect(text).not.toContain(token.value);
  });

  it('forgets when told, and counts on', async () => {
    await ticket();
    const before = sandbox.ledger.calls().at(-1)?.seq ?? 0;
    sandbox.ledger.clear();
    expect(sandbox.ledger.calls()).toEqual([]);
    await ticket();
    expect(sandbox.ledger.calls()).toMatchObject([
      { seq: before + 1, endpoint: 'ticket', status: 200, code: 0 },
    ]);
    expect(sandbox.ledger.calls(before + 1)).toEqual([]);
  });
});

describe('waiting', () => {
  it('ends with the change that the probe sees', async () => {
    const { messageId } = await sandbox.say({ chat: 'IT 服务台', person: '林晓', text: 'x' });
    const reply = sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId)[0]);
    await api.reply(messageId, goodCard());
    expect((await reply).card).toEqual(goodCard());
  });

  it('gives up with the probe’s words, and passes its errors on', async () => {
    await expect(sandbox.waitFor(() => undefined, 5)).rejects.toThrow(
      /within 5 ms: \(\) => (undefined|void 0)/,
    );
    await expect(
      sandbox.waitFor(() => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
  });
});
