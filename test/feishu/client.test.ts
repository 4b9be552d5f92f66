import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FeishuError, type FeishuErrorKind } from '../../src/errors.ts';
import type { Call } from '../../src/feishu/client.ts';
import { type EndpointName, endpoints } from '../../src/feishu/endpoints.ts';
import { type NockedClient, nockedClient, origin } from '../support/nockedClient.ts';

let self: NockedClient;

beforeEach(() => {
  nock.disableNetConnect();
  self = nockedClient();
});

afterEach(() => {
  self.expectNoSecrets();
  expect(self.windows.openCount()).toBe(0);
  nock.abortPendingRequests();
  nock.cleanAll();
  nock.enableNetConnect();
});

const anything = z.unknown();
const picture = Buffer.from('89504e470d0a1a0a00ff00ff', 'hex');

/** A call of each endpoint, and where nock should see it. */
const upload = {
  fields: { image_type: 'message' },
  file: { part: 'image', name: 'image.png', mime: 'image/png', bytes: picture },
};
const samples = {
  ticket: {
    call: { endpoint: 'ticket', path: { ticketId: '6626871355780366331' } },
    path: '/open-apis/helpdesk/v1/tickets/6626871355780366331',
  },
  ticketMessages: {
    call: { endpoint: 'ticketMessages', path: { ticketId: '66' }, query: { page: 1, page_size: 200 } },
    path: '/open-apis/helpdesk/v1/tickets/66/messages?page=1&page_size=200',
  },
  ticketImage: {
    call: { endpoint: 'ticketImage', query: { ticket_id: '66', msg_id: '694', index: 0 } },
    path: '/open-apis/helpdesk/v1/ticket_images?ticket_id=66&msg_id=694&index=0',
  },
  faqImage: {
    call: { endpoint: 'faqImage', path: { faqId: '77', imageKey: 'img_b6e302c0' } },
    path: '/open-apis/helpdesk/v1/faqs/77/image/img_b6e302c0',
  },
  agentSchedules: {
    call: { endpoint: 'agentSchedules', query: { status: [1, 2, 3] } },
    path: '/open-apis/helpdesk/v1/agent_schedules?status=1&status=2&status=3',
  },
  image: {
    call: { endpoint: 'image', path: { imageKey: 'img_v3_02' } },
    path: '/open-apis/im/v1/images/img_v3_02',
  },
  imageUpload: { call: { endpoint: 'imageUpload', form: upload }, path: '/open-apis/im/v1/images' },
  messageReply: {
    call: {
      endpoint: 'messageReply',
      path: { messageId: 'om_1' },
      body: { msg_type: 'text', content: '{"text":"回复"}', uuid: 'u-1' },
      chatId: 'oc_1',
    },
    path: '/open-apis/im/v1/messages/om_1/reply',
  },
  messagePatch: {
    call: {
      endpoint: 'messagePatch',
      path: { messageId: 'om_1' },
      body: { content: '{}' },
      messageId: 'om_1',
    },
    path: '/open-apis/im/v1/messages/om_1',
  },
} as const satisfies Partial<Record<EndpointName, { call: Call; path: string }>>;
type Sampled = keyof typeof samples;

/** Feishu, about to be called as the sample says. */
function expecting(name: Sampled): nock.Interceptor {
  const { method } = endpoints[name];
  return nock(origin).intercept(samples[name].path, method);
}

function ask(name: Sampled): Promise<unknown> {
  const { call } = samples[name];
  return endpoints[name].answer === 'bytes'
    ? self.client.download(call, 1_000)
    : self.client.call(call, anything);
}

async function failure(promise: Promise<unknown>): Promise<FeishuError> {
  const error = await self.failureOf(promise);
  if (!(error instanceof FeishuError)) throw error;
  return error;
}

describe('a call on the wire', () => {
  it('asks the helpdesk with both credentials and without a body', async () => {
    const seen = nock(origin, { ...self.headers('helpdesk'), badheaders: ['content-type', 'content-length'] })
      .get(samples.ticket.path, (body) => body === '')
      .reply(200, { code: 0, msg: 'success', data: { ticket: { ticket_id: '66' } } });
    const schema = z.object({ ticket: z.object({ ticket_id: z.string() }) });
    expect(await self.clock.until(self.client.call(samples.ticket.call, schema))).toEqual({
      ticket: { ticket_id: '66' },
    });
    expect(seen.isDone()).toBe(true);
  });

  it.each(['ticketMessages', 'agentSchedules'] as const)('sends the query of %s', async (name) => {
    nock(origin, self.headers('helpdesk'))
      .get(samples[name].path)
      .reply(200, { code: 0, msg: '', data: { total: 1 } });
    expect(await self.clock.until(ask(name))).toEqual({ total: 1 });
  });

  it.each(['ticketImage', 'faqImage', 'image'] as const)('downloads the bytes of %s', async (name) => {
    const headers = name === 'image' ? self.headers() : self.headers('helpdesk');
    nock(origin, headers).get(samples[name].path).reply(200, picture, { 'content-type': 'image/png' });
    expect(await self.clock.until(ask(name))).toEqual(picture);
  });

  it('does not show the helpdesk’s credentials to others', async () => {
    nock(origin, { ...self.headers(), badheaders: ['x-lark-helpdesk-authorization'] })
      .post(samples.messageReply.path, samples.messageReply.call.body)
      .reply(200, { code: 0, msg: '', data: { message_id: 'om_2' } });
    expect(await self.clock.until(ask('messageReply'))).toEqual({ message_id: 'om_2' });
  });

  it('updates a card', async () => {
    nock(origin, self.headers())
      .patch(samples.messagePatch.path, { content: '{}' })
      .reply(200, { code: 0, msg: '', data: {} });
    expect(await self.clock.until(ask('messagePatch'))).toEqual({});
    expect(self.windows.departures('message:om_1')).toHaveLength(1);
  });

  it('uploads a picture as a file with its name, type and length', async () => {
    let seen = '';
    let length = 0;
    nock(origin, {
      reqheaders: { ...self.headers().reqheaders, 'content-type': /^multipart\/form-data; boundary=/ },
    })
      .post(samples.imageUpload.path, (body) => {
        seen = Buffer.from(String(body), 'hex').toString('latin1');
        return true;
      })
      .reply(200, function reply() {
        length = Number(this.req.headers['content-length']);
        return { code: 0, msg: '', data: { image_key: 'img_v3_1' } };
      });
    expect(await self.clock.until(ask('imageUpload'))).toEqual({ image_key: 'img_v3_1' });
    expect(seen).toMatch(/name="image_type"\r\n\r\nmessage\r\n/);
    expect(seen).toMatch(/name="image"; filename="image.png"\r\nContent-Type: image\/png\r\n\r\n/);
    expect(seen).toContain(picture.toString('latin1'));
    expect(length).toBe(seen.length);
  });

  it('fetches a token without credentials in the headers, and takes it from the top of the answer', async () => {
    expect(await self.clock.until(self.client.tenantToken())).toBe(self.token(1));
    expect(self.tokensFetched()).toBe(1);
  });

  it('gives what stands beside `code` where there is no `data`', async () => {
    nock(origin)
      .get('/open-apis/bot/v3/info')
      .reply(200, { code: 0, msg: 'ok', bot: { open_id: 'ou_1' } });
    expect(await self.clock.until(self.client.call({ endpoint: 'botInfo' }, anything))).toEqual({
      bot: { open_id: 'ou_1' },
    });
  });

  it('reads answers with integers that JavaScript cannot hold', async () => {
    const body =
      '{"code":0,"msg":"","data":{"id":"7262656095919128578","comments":{"user_id":7262656095919128578}}}';
    expecting('ticket').reply(200, body, { 'content-type': 'application/json' });
    expect(await self.clock.until(ask('ticket'))).toMatchObject({ id: '7262656095919128578' });
  });
});

describe('ids', () => {
  it.each(['', '../../x/1', '1?y=2', 'a b', '１２', 'x'.repeat(129), '%2e%2e', '1\r\nx: y', '..'])(
    'that could leave their place are refused before any call: %j',
    async (id) => {
      const error = await failure(self.client.call({ endpoint: 'ticket', path: { ticketId: id } }, anything));
      expect(error.kind).toBe('invalid');
      expect(self.tokensFetched()).toBe(0);
      expect(self.windows.takesCount()).toBe(0);
    },
  );

  it('that are missing, inherited, or of a target are refused too', async () => {
    const calls: readonly Call[] = [
      { endpoint: 'ticket' },
      { endpoint: 'ticket', path: { id: '1' } },
      { endpoint: 'ticket', path: Object.create({ ticketId: '1' }) },
      { ...samples.messageReply.call, chatId: 'oc/1' },
      { ...samples.messagePatch.call, messageId: '' },
    ];
    for (const call of calls) expect((await failure(self.client.call(call, anything))).kind).toBe('invalid');
  });
});

type ErrorCase = readonly [Sampled, status: number, code: number, FeishuErrorKind];

const errorCases: readonly ErrorCase[] = [
  ['ticket', 400, 154000, 'invalid'],
  ['ticket', 401, 154001, 'setup'],
  ['ticket', 403, 154003, 'forbidden'],
  ['ticket', 401, 154003, 'forbidden'],
  ['ticket', 404, 154004, 'not_found'],
  ['ticket', 200, 154004, 'not_found'],
  ['ticketMessages', 401, 154001, 'setup'],
  ['ticketMessages', 401, 154401, 'invalid'],
  ['ticketMessages', 403, 154003, 'forbidden'],
  ['ticketImage', 400, 154000, 'invalid'],
  ['ticketImage', 403, 154003, 'forbidden'],
  ['ticketImage', 404, 154004, 'not_found'],
  ['ticketImage', 401, 154404, 'deleted'],
  ['ticketImage', 200, 154404, 'deleted'],
  ['faqImage', 404, 154004, 'not_found'],
  ['agentSchedules', 403, 154003, 'forbidden'],
  ['agentSchedules', 400, 99991672, 'scope'],
  ['image', 400, 234001, 'invalid'],
  ['image', 401, 234002, 'setup'],
  ['image', 400, 234005, 'deleted'],
  ['image', 400, 234007, 'setup'],
  ['image', 400, 234008, 'forbidden'],
  ['image', 400, 234041, 'setup'],
  ['image', 400, 234042, 'setup'],
  ['imageUpload', 400, 234001, 'invalid'],
  ['imageUpload', 401, 234002, 'setup'],
  ['imageUpload', 400, 234006, 'bad_picture'],
  ['imageUpload', 400, 234007, 'setup'],
  ['imageUpload', 400, 234010, 'bad_picture'],
  ['imageUpload', 400, 234011, 'bad_picture'],
  ['imageUpload', 400, 234039, 'bad_picture'],
  ['imageUpload', 400, 234041, 'setup'],
  ['imageUpload', 400, 234042, 'setup'],
  ['messageReply', 400, 230001, 'invalid'],
  ['messageReply', 400, 230002, 'unreachable_chat'],
  ['messageReply', 400, 230006, 'setup'],
  ['messageReply', 400, 230011, 'gone_target'],
  ['messageReply', 400, 230013, 'unreachable_chat'],
  ['messageReply', 400, 230018, 'unreachable_chat'],
  ['messageReply', 400, 230019, 'gone_target'],
  ['messageReply', 400, 230022, 'rejected_content'],
  ['messageReply', 400, 230025, 'rejected_card'],
  ['messageReply', 400, 230028, 'rejected_content'],
  ['messageReply', 400, 230035, 'unreachable_chat'],
  ['messageReply', 400, 230038, 'unreachable_chat'],
  ['messageReply', 400, 230050, 'gone_target'],
  ['messageReply', 400, 230053, 'unreachable_chat'],
  ['messageReply', 400, 230054, 'rejected_card'],
  ['messageReply', 400, 230071, 'gone_target'],
  ['messageReply', 400, 230099, 'rejected_card'],
  ['messageReply', 200, 230099, 'rejected_card'],
  ['messagePatch', 400, 230031, 'gone_target'],
  ['messagePatch', 400, 230075, 'gone_target'],
  ['messagePatch', 400, 230099, 'rejected_card'],
  ['messagePatch', 400, 424242, 'unknown'],
];

describe('an error code', () => {
  it.each(errorCases)('%s, HTTP %i, %i: %s, said at once', async (name, status, code, kind) => {
    expecting(name).once().reply(status, { code, msg: 'no' }, { 'x-tt-logid': '20260105abc' });
    const error = await failure(ask(name));
    expect(error).toMatchObject({
      kind,
      code,
      endpoint: name,
      httpStatus: status,
      logId: '20260105abc',
      said: 'no',
    });
    // 401 or not: only the codes about tokens fetch another.
    expect(self.tokensFetched()).toBe(1);
    expect(self.clock.sleepers()).toBe(0);
  });

  it('that nobody knows is logged as an error', async () => {
    expecting('ticket').reply(400, { code: 424242, msg: 'no' });
    await failure(ask('ticket'));
    expect(self.log.messages('error')).toHaveLength(1);
  });

  it('names the permissions that are missing', async () => {
    const violations = [
      { type: 'action_privilege_required', subject: 'helpdesk:all' },
      { scope: 'im:message' },
      { subject: 'helpdesk:all' },
      { subject: '<b>x</b>' },
      null,
      'x',
    ];
    expecting('ticket').reply(400, {
      code: 99991672,
      msg: 'no',
      error: { permission_violations: violations, log_id: 'L1' },
    });
    const error = await failure(ask('ticket'));
    expect(error).toMatchObject({ kind: 'scope', scopes: ['helpdesk:all', 'im:message'], logId: 'L1' });
  });

  it('falls back to the endpoint’s own permissions', async () => {
    expecting('ticket').reply(400, { code: 99991672, msg: 'no' });
    expect((await failure(ask('ticket'))).scopes).toEqual(endpoints.ticket.scopes);
  });

  it('of a card carries the number behind ErrCode', async () => {
    const msg = 'Failed to create card content, ext=ErrCode: 200570; ErrMsg: parse card json err';
    expecting('messageReply').reply(400, { code: 230099, msg, error: { logid: 'L2' } });
    expect(await failure(ask('messageReply'))).toMatchObject({
      kind: 'rejected_card',
      subCode: 200570,
      logId: 'L2',
    });
  });

  it('comes with Feishu’s words, cut and on one line', async () => {
    expecting('ticket').reply(400, { code: 154000, msg: `a\u0000b\r\n\u202ec ${'x'.repeat(9_000)}` });
    const { said } = await failure(ask('ticket'));
    expect(said).toMatch(/^a b c x+$/);
    expect(said).toHaveLength(300);
  });

  it.each([
    [
      'Failed, ext=ErrCode: 11310; ErrMsg: bad; ErrorValue: my printer burns',
      'Failed, ext=ErrCode: 11310; ErrMsg: bad; …',
    ],
    ['invalid content "the printer on my desk is burning"', 'invalid content …'],
    ['field 打印机坏了 of alice@example.com, 13800138000', 'field … of …, …'],
    [
      "invalid field 'receive_id' of 6626871355780366331",
      "invalid field 'receive_id' of 6626871355780366331",
    ],
  ])('leaves out what somebody wrote, though Feishu repeats it: %j', async (msg, kept) => {
    expecting('ticket').reply(400, { code: 154000, msg });
    expect((await failure(ask('ticket'))).said).toBe(kept);
  });

  it('never brings our credentials back, even when Feishu repeats them', async () => {
    const helpdesk = self.headers('helpdesk').reqheaders['x-lark-helpdesk-authorization'];
    const msg = `Invalid access token: ${self.token(1)}, secret canary-app-secret-7f3a, ht-canary-helpdesk-91bc, ${helpdesk}`;
    expecting('ticket').reply(400, { code: 154000, msg });
    const { said } = await failure(ask('ticket'));
    expect(said).toBe('Invalid access token: [secret], secret [secret], [secret], [secret]');
  });
});

describe('an answer that is none', () => {
  const bodies: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['null', 'null'],
    ['an array', '[{"code":0}]'],
    ['HTML', '<html><body>502</body></html>'],
    ['half of it', '{"code":0,"data":{"tick'],
    ['without a code', '{"msg":"ok","data":{}}'],
    ['with a code in quotes', '{"code":"0","msg":"ok","data":{}}'],
    ['with a code that is null', '{"code":null,"data":{}}'],
  ];

  it.each(bodies)('%s: is tried again', async (_name, body) => {
    expecting('ticket').reply(200, body, { 'content-type': 'application/json' });
    expecting('ticket').reply(200, { code: 0, msg: '', data: { ok: true } });
    expect(await self.clock.until(ask('ticket'))).toEqual({ ok: true });
  });

  it('is an error in the end, whatever it is', async () => {
    expecting('ticket').times(6).reply(200, '{"code":"0"}');
    expect(await failure(ask('ticket'))).toMatchObject({ kind: 'passing', code: undefined, httpStatus: 200 });
    expect(nock.isDone()).toBe(true);
  });

  it('does not become a picture', async () => {
    expecting('ticketImage').reply(200, { code: 0, msg: 'ok' });
    expect((await failure(ask('ticketImage'))).kind).toBe('unknown');
  });

  it('that redirects is refused, and the other place is not asked', async () => {
    const elsewhere = nock('https://elsewhere.test').get('/').reply(200, picture);
    expecting('ticketImage').reply(302, '', { location: 'https://elsewhere.test/' });
    expect(await failure(ask('ticketImage'))).toMatchObject({ kind: 'unknown', httpStatus: 302 });
    expect(elsewhere.isDone()).toBe(false);
  });

  it('of another shape names the place and not the value', async () => {
    expecting('ticket').reply(
      200,
      { code: 0, msg: '', data: { ticket: { id: 'private words' } } },
      { 'x-tt-logid': 'L3' },
    );
    const schema = z.object({ ticket: z.object({ id: z.number() }) });
    const error = await failure(self.client.call(samples.ticket.call, schema));
    expect(error).toMatchObject({
      kind: 'unknown',
      code: 0,
      logId: 'L3',
      said: 'the answer does not fit at ticket.id',
    });
    expect(self.log.lines.join('')).not.toContain('private words');
  });

  it('with more bytes than allowed is a bad picture, whether it says its length or not', async () => {
    expecting('ticketImage').reply(200, Buffer.alloc(1_001), { 'content-type': 'image/png' });
    expect(await failure(ask('ticketImage'))).toMatchObject({
      kind: 'bad_picture',
      said: 'more than 1000 bytes',
    });
    expecting('ticketImage').reply(200, picture, { 'content-type': 'image/png', 'content-length': '5000' });
    expect((await failure(ask('ticketImage'))).kind).toBe('bad_picture');
    expecting('ticketImage').reply(200, Buffer.alloc(1_000), { 'content-type': 'image/png' });
    expect(await self.clock.until(ask('ticketImage'))).toHaveLength(1_000);
  });
});

describe('what passes', () => {
  it.each([
    ['ticket', 500, 155000],
    ['ticket', 500, 2200],
    ['imageUpload', 400, 232096],
    ['imageUpload', 400, 234019],
    ['messageReply', 500, 1500],
    ['messageReply', 400, 230049],
  ] as const)('%s, HTTP %i, %i: is tried again', async (name, status, code) => {
    expecting(name).times(2).reply(status, { code, msg: 'later' });
    expecting(name).reply(200, { code: 0, msg: '', data: { ok: true } });
    expect(await self.clock.until(ask(name))).toEqual({ ok: true });
  });

  it('ends after six tries with backoff', async () => {
    const startMs = self.clock.monoMs();
    expecting('ticket').times(7).reply(502, 'bad gateway');
    expect(await failure(ask('ticket'))).toMatchObject({ kind: 'passing', httpStatus: 502 });
    expect(self.windows.departures('ticket/1000')).toHaveLength(6);
    // Half of 0.5 + 1 + 2 + 4 + 8 s.
    expect(self.clock.monoMs() - startMs).toBe(7_750);
  });

  it('is a network that breaks', async () => {
    expecting('ticket').replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    expecting('ticket').reply(200, { code: 0, msg: '', data: {} });
    expect(await self.clock.until(ask('ticket'))).toEqual({});
    expecting('ticket')
      .times(6)
      .replyWithError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
    expect(await failure(ask('ticket'))).toMatchObject({
      kind: 'passing',
      httpStatus: undefined,
      said: 'ECONNREFUSED',
    });
  });

  it('is a card that somebody clicks on, after about a second', async () => {
    const startMs = self.clock.monoMs();
    const msg = 'ext=ErrCode: 11310; ErrMsg: card action is lock';
    expecting('messagePatch').reply(400, { code: 230099, msg });
    expecting('messagePatch').reply(200, { code: 0, msg: '', data: {} });
    await self.clock.until(ask('messagePatch'));
    expect(self.clock.monoMs() - startMs).toBe(1_000);
  });

  it('repeats the same message, and only one that has a name', async () => {
    const { body: _body, ...rest } = samples.messageReply.call;
    nock(origin).post(samples.messageReply.path, samples.messageReply.call.body).reply(502, '');
    nock(origin)
      .post(samples.messageReply.path, samples.messageReply.call.body)
      .reply(200, { code: 0, msg: '', data: {} });
    await self.clock.until(ask('messageReply'));
    expecting('messageReply').reply(502, '');
    const unnamed: Call = { ...rest, body: { msg_type: 'text', content: '{}' } };
    // Tried again, it would find nobody there and so have no status.
    expect(await failure(self.client.call(unnamed, anything))).toMatchObject({
      kind: 'passing',
      httpStatus: 502,
    });
  });
});

describe('a refused token', () => {
  it.each([200, 400, 401])('with HTTP %i is replaced once, and the call made again', async (status) => {
    expecting('ticket').reply(status, { code: 99991663, msg: 'Invalid access token' });
    nock(origin, { reqheaders: { authorization: `Bearer ${self.token(2)}` } })
      .get(samples.ticket.path)
      .reply(200, { code: 0, msg: '', data: { ok: true } });
    expect(await self.clock.until(ask('ticket'))).toEqual({ ok: true });
    expect(self.tokensFetched()).toBe(2);
    expect(self.log.messages('warn')).toEqual(['tenant token refused; fetching another']);
  });

  it('that is refused again is an error', async () => {
    expecting('ticket').times(2).reply(400, { code: 99991663, msg: 'Invalid access token' });
    expect(await failure(ask('ticket'))).toMatchObject({ kind: 'token', code: 99991663 });
    expect(self.tokensFetched()).toBe(2);
  });

  it('of many calls is replaced once for all', async () => {
    await self.clock.until(self.client.tenantToken());
    for (const [count, answer] of [
      [1, { code: 99991663, msg: '' }],
      [2, { code: 0, msg: '', data: {} }],
    ] as const) {
      nock(origin, { reqheaders: { authorization: `Bearer ${self.token(count)}` } })
        .get('/open-apis/im/v1/images/img_1')
        .times(40)
        .reply(count === 1 ? 400 : 200, answer, {
          'content-type': count === 1 ? 'application/json' : 'image/png',
        });
    }
    const call: Call = { endpoint: 'image', path: { imageKey: 'img_1' } };
    const all = Promise.all(Array.from({ length: 40 }, () => self.client.download(call, 1_000)));
    await self.clock.until(all);
    expect(self.tokensFetched()).toBe(2);
  });

  it('is not one of 154404 or 154401, though they come with 401', async () => {
    expecting('ticketImage').reply(401, { code: 154404, msg: 'image deleted' });
    await failure(ask('ticketImage'));
    expecting('ticketMessages').reply(401, { code: 154401, msg: 'closed' });
    await failure(ask('ticketMessages'));
    expect(self.tokensFetched()).toBe(1);
  });

  it('cannot be one that would break a header', async () => {
    nock.cleanAll();
    self = nockedClient({
      grant: () => ({ code: 0, msg: '', tenant_access_token: 't-x\r\nx: y', expire: 7_200 }),
    });
    expect(await failure(ask('ticket'))).toMatchObject({
      kind: 'unknown',
      endpoint: 'tenantToken',
      said: 'the answer does not fit at tenant_access_token',
    });
  });

  it('cannot be had with a wrong secret, and that is not asked again at once', async () => {
    nock.cleanAll();
    self = nockedClient({ grant: () => ({ code: 10014, msg: 'app secret invalid canary-app-secret-7f3a' }) });
    for (let count = 0; count < 5; count += 1) {
      expect(await failure(ask('ticket'))).toMatchObject({
        kind: 'setup',
        code: 10014,
        endpoint: 'tenantToken',
      });
    }
    expect(self.tokensFetched()).toBe(1);
  });
});

describe('too many calls', () => {
  const tooMany = { code: 99991400, msg: 'request trigger frequency limit' };

  it.each([
    [429, '7', 7_350],
    [400, '7', 7_350],
    [429, undefined, 1_050],
    [429, 'NaN', 1_050],
    [429, '-1', 1_050],
    [429, '0', 1_050],
    [400, '1e9', 63_000],
  ] as const)('HTTP %i, reset %s: waits %i ms and is tried again', async (status, reset, waitMs) => {
    const headers: Record<string, string> = reset === undefined ? {} : { 'x-ogw-ratelimit-reset': reset };
    expecting('ticket').reply(status, tooMany, headers);
    expecting('ticket').reply(200, { code: 0, msg: '', data: {} });
    const startMs = self.clock.monoMs();
    expect(await self.clock.until(ask('ticket'))).toEqual({});
    expect(self.clock.monoMs() - startMs).toBeCloseTo(waitMs, 3);
    expect(self.log.messages('warn')).toEqual(['endpoint paused: too many calls']);
  });

  it('counts as no try', async () => {
    expecting('ticket').times(12).reply(429, tooMany);
    expecting('ticket').times(5).reply(502, '');
    expecting('ticket').reply(200, { code: 0, msg: '', data: {} });
    expect(await self.clock.until(ask('ticket'))).toEqual({});
  });

  it('takes nothing from the two minutes for faults', async () => {
    expecting('ticket').reply(502, '');
    expecting('ticket').times(3).reply(429, tooMany, { 'x-ogw-ratelimit-reset': '60' });
    expecting('ticket').reply(502, '');
    expecting('ticket').reply(200, { code: 0, msg: '', data: {} });
    expect(await self.clock.until(ask('ticket'))).toEqual({});
  });

  it('makes no storm: after each pause one call asks for all', async () => {
    let answered = 0;
    nock(origin)
      .get(samples.ticket.path)
      .times(100)
      .reply(() => {
        answered += 1;
        // The first ten were on their way together; then four pauses in a row.
        const refused = answered <= 14;
        return refused
          ? [429, tooMany, { 'x-ogw-ratelimit-reset': '5' }]
          : [200, { code: 0, msg: '', data: {} }];
      });
    const all = Promise.all(Array.from({ length: 10 }, () => ask('ticket')));
    await self.clock.until(all);
    expect(answered).toBe(10 + 4 + 10);
  });

  it.each([230020, 11232, 11233, 11247])(
    'in a chat (%i) pauses that chat and not the endpoint',
    async (code) => {
      expecting('messageReply').reply(400, { code, msg: 'busy' });
      expecting('messageReply').reply(200, { code: 0, msg: '', data: {} });
      const startMs = self.clock.monoMs();
      await self.clock.until(ask('messageReply'));
      expect(self.clock.monoMs() - startMs).toBeGreaterThanOrEqual(300);
      expect(self.clock.monoMs() - startMs).toBeLessThanOrEqual(5_000);
      expect(self.log.messages('warn')).toEqual(['chat or card paused: too many messages']);
    },
  );

  it('without a known chat waits alone', async () => {
    const { chatId: _chatId, ...call } = samples.messageReply.call;
    expecting('messageReply').reply(400, { code: 230020, msg: 'busy' });
    expecting('messageReply').reply(200, { code: 0, msg: '', data: {} });
    const startMs = self.clock.monoMs();
    await self.clock.until(self.client.call(call, anything));
    expect(self.clock.monoMs() - startMs).toBeGreaterThanOrEqual(300);
    expect(self.log.messages('warn')).toEqual([]);
  });
});

describe('the monthly quota', () => {
  const usedUp = { code: 99991403, msg: 'quota' };

  it('stops calls, but for one every ten minutes', async () => {
    let asked = 0;
    expecting('ticket')
      .times(50)
      .reply(400, () => {
        asked += 1;
        return usedUp;
      });
    for (let minute = 0; minute < 25; minute += 1) {
      expect((await failure(ask('ticket'))).kind).toBe('quota');
      expect((await failure(ask('ticketMessages'))).kind).toBe('quota');
      await self.clock.advance(60_000);
    }
    expect(asked).toBe(3);
  });

  it('leaves other families alone and comes back', async () => {
    expecting('ticket').reply(400, usedUp);
    await failure(ask('ticket'));
    expecting('messageReply').reply(200, { code: 0, msg: '', data: {} });
    await self.clock.until(ask('messageReply'));
    await self.clock.advance(600_000);
    expecting('ticket').times(2).reply(200, { code: 0, msg: '', data: {} });
    await self.clock.until(ask('ticket'));
    await self.clock.until(ask('ticket'));
    expect(self.log.messages('warn')).toEqual([
      'monthly quota used up; calls are held back',
      'quota is back',
    ]);
  });

  it('stops calls that wait for a place too', async () => {
    let asked = 0;
    expecting('ticket')
      .times(50)
      .reply(400, () => {
        asked += 1;
        return usedUp;
      });
    const kinds = Array.from({ length: 25 }, async () => (await failure(ask('ticket'))).kind);
    expect(new Set(await self.clock.until(Promise.all(kinds)))).toEqual(new Set(['quota']));
    expect(asked).toBe(10);
  });
});

describe('what others see of it', () => {
  it('counts calls by outcome, and tokens by reason', async () => {
    expecting('ticket').reply(502, '');
    expecting('ticket').reply(200, { code: 0, msg: '', data: {} });
    await self.clock.until(ask('ticket'));
    const text = await self.metrics.registry.metrics();
    expect(text).toContain('bot_feishu_calls_total{endpoint="ticket",outcome="passing"} 1');
    expect(text).toContain('bot_feishu_calls_total{endpoint="ticket",outcome="ok"} 1');
    expect(text).toContain('bot_feishu_call_seconds_count{endpoint="ticket"} 2');
    expect(text).toContain('bot_limit_wait_seconds_count{endpoint="ticket"} 2');
    expect(text).toContain('bot_token_refreshes_total{reason="first"} 1');
  });

  it('logs a failed call once, at debug', async () => {
    expecting('ticket').reply(404, { code: 154004, msg: 'no' });
    await failure(ask('ticket'));
    expect(self.log.messages('debug')).toEqual(['call failed']);
    expect(self.log.messages('warn')).toEqual([]);
  });
});
