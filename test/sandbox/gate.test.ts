import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, callerOf } from './caller.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { mainTicketId } from './seed.ts';

let nowMs = Date.now();
let sandbox: Sandbox;
let api: Caller;

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => nowMs });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  sandbox.reset();
  api = await callerOf(sandbox);
});

const ticketPath = `/helpdesk/v1/tickets/${mainTicketId}`;
const login = (body: object) => api.call('POST', '/auth/v3/tenant_access_token/internal', body);
const good = () => ({ app_id: sandbox.app.appId, app_secret: sandbox.app.appSecret });

describe('tenant tokens', () => {
  it('are the same again while 30 minutes are left, and new below that, with both valid', async () => {
    const first = await login(good());
    nowMs += 5_400_000;
    const again = await login(good());
    expect(again.json).toMatchObject({
      tenant_access_token: first.json['tenant_access_token'],
      expire: 1_800,
    });
    nowMs += 1;
    const second = await login(good());
    expect(second.json['tenant_access_token']).not.toBe(first.json['tenant_access_token']);
    expect(second.json['expire']).toBe(7_200);
    for (const { json } of [first, second]) {
      const authorization = `Bearer ${String(json['tenant_access_token'])}`;
      expect((await api.call('GET', ticketPath, undefined, { authorization })).code).toBe(0);
    }
  });

  it('refuse wrong credentials with HTTP 200 and a code', async () => {
    expect(await login({ ...good(), app_secret: 'wrong' })).toMatchObject({ status: 200, code: 10014 });
    expect(await login({ ...good(), app_id: 'cli_0000000000000000' })).toMatchObject({
      status: 200,
      code: 10003,
    });
  });

  it('end after two hours and when they are revoked', async () => {
    expect((await api.get(ticketPath)).code).toBe(0);
    nowMs += 7_200_000;
    expect(await api.get(ticketPath)).toMatchObject({ status: 400, code: 99991663 });
    api = await callerOf(sandbox);
    sandbox.world.revokeTokens();
    expect(await api.get(ticketPath)).toMatchObject({ status: 400, code: 99991663 });
    api = await callerOf(sandbox);
    expect((await api.get(ticketPath)).code).toBe(0);
  });

  it.each([
    ['', 99991661],
    ['Bearer abc', 99991671],
    ['Bearer t-0000000000000000000000000000000000000000', 99991663],
  ])('refuse the header %j with %i', async (authorization, code) => {
    expect(await api.call('GET', ticketPath, undefined, { authorization })).toMatchObject({
      status: 400,
      code,
    });
  });
});

describe('the helpdesk header', () => {
  it.each([
    ['missing', ''],
    ['with Bearer', `Bearer ${Buffer.from('6626871355780366330:x').toString('base64')}`],
    ['of another helpdesk', Buffer.from('1:2').toString('base64')],
  ])('%s is refused', async (_name, value) => {
    const answer = await api.call('GET', ticketPath, undefined, { 'x-lark-helpdesk-authorization': value });
    expect(answer).toMatchObject({ status: 401, code: 154001 });
  });

  it('with Bearer before the right value is refused too', async () => {
    const value = `Bearer ${api.headers['x-lark-helpdesk-authorization']}`;
    const answer = await api.call('GET', ticketPath, undefined, { 'x-lark-helpdesk-authorization': value });
    expect(answer).toMatchObject({ status: 401, code: 154001 });
  });
});

describe('what every answer carries', () => {
  it('a request id, in errors also in the body', async () => {
    const { headers, json } = await api.get('/helpdesk/v1/tickets/abc');
    expect(headers.get('x-tt-logid')).toMatch(/^\d{14}[0-9A-F]{20}$/);
    expect(json['error']).toMatchObject({ log_id: headers.get('x-tt-logid') });
  });

  it('404 and no JSON where there is no such path', async () => {
    const { status, headers } = await api.get('/helpdesk/v1/nothing');
    expect(status).toBe(404);
    expect(headers.get('content-type')).not.toContain('json');
  });

  it('the missing permission', async () => {
    sandbox.world.revokeScope('helpdesk:all:readonly');
    const answer = await api.get(ticketPath);
    expect(answer).toMatchObject({ status: 400, code: 99991672 });
    expect(answer.json['error']).toMatchObject({
      permission_violations: [{ subject: 'helpdesk:all:readonly' }],
    });
    sandbox.world.grantScope('helpdesk:all:readonly');
    expect((await api.get(ticketPath)).code).toBe(0);
  });
});

describe('rates', () => {
  const burst = async (path: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => api.get(path)));
  const refused = (answers: { status: number }[]) => answers.filter(({ status }) => status === 429).length;

  it('ticket detail takes 10 in any second and says when to come back', async () => {
    const answers = await burst(ticketPath, 12);
    expect(refused(answers)).toBe(2);
    const last = answers.find(({ status }) => status === 429);
    expect(last?.code).toBe(99991400);
    expect(last?.headers.get('x-ogw-ratelimit-limit')).toBe('10');
    expect(last?.headers.get('x-ogw-ratelimit-reset')).toBe('1');
    nowMs += 999;
    expect(refused(await burst(ticketPath, 1))).toBe(1);
    nowMs += 1;
    expect(refused(await burst(ticketPath, 10))).toBe(0);
  });

  it('the standard tier takes 50 a second and 1000 a minute', async () => {
    for (let second = 0; second < 20; second += 1) {
      expect(refused(await burst('/bot/v3/info', 50))).toBe(0);
      nowMs += 1_000;
    }
    const [answer] = await burst('/bot/v3/info', 1);
    expect(answer?.headers.get('x-ogw-ratelimit-limit')).toBe('1000');
    expect(answer?.headers.get('x-ogw-ratelimit-reset')).toBe('40');
    expect(sandbox.ledger.worst({ endpoint: 'botInfo', windowMs: 60_000 })).toBe(1_001);
  });
});
