import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, callerOf } from './caller.ts';
import { inspectPicture } from './pictureFormat.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { faqIds, mainTicketId, ticketIds, veryLongCount } from './seed.ts';

let nowMs = Date.now();
let sandbox: Sandbox;
let api: Caller;

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => (nowMs += 250) });
  api = await callerOf(sandbox);
});
afterAll(() => sandbox.close());

const imagePath = (ticketId: string, messageId: string, index?: number | string) =>
  `/helpdesk/v1/ticket_images?ticket_id=${ticketId}&msg_id=${messageId}${index === undefined ? '' : `&index=${index}`}`;
const messageOf = (ticketId: string, type: string) => {
  const message = sandbox.world.tickets.get(ticketId)?.messages.find((one) => one.type === type);
  if (message === undefined) throw new Error(`no ${type} in ${ticketId}`);
  return message;
};

describe('a ticket', () => {
  it('keeps numbers above 2^53 whole on the wire', async () => {
    const { bytes } = await api.get(`/helpdesk/v1/tickets/${mainTicketId}`);
    expect(bytes.toString('utf8')).toContain('"user_id":7262656095919128578');
  });

  it.each([
    ['unknown', '1234567890123456789', 404, 154004],
    ['no number', 'abc', 400, 154000],
    ['encoded path', '..%2F..%2Fx', 400, 154000],
  ])('%s is refused', async (_name, id, status, code) => {
    expect(await api.get(`/helpdesk/v1/tickets/${id}`)).toMatchObject({ status, code });
  });

  it('may lack almost everything', async () => {
    const { data } = await api.get(`/helpdesk/v1/tickets/${ticketIds.noMessages}`);
    expect(data['ticket']).not.toHaveProperty('closed_at');
    expect(data['ticket']).toMatchObject({ updated_at: -1 });
  });
});

describe('the list of tickets', () => {
  const total = async (query: string) => (await api.get(`/helpdesk/v1/tickets?${query}`)).data['total'];

  it('filters by status, score, stage, tag and time', async () => {
    expect(await total('status_list=51&status_list=52')).toBe(2);
    expect(await total('score=1')).toBe(1);
    expect(await total('type=1')).toBe(2);
    expect(await total(`tags=${encodeURIComponent('VPN')}`)).toBe(1);
    expect(await total(`create_time_start=${nowMs - 3_600_000}&create_time_end=${nowMs}`)).toBe(3);
    expect(await total(`ticket_id=${mainTicketId}`)).toBe(1);
  });

  it.each(['create_time_start=1', 'page_size=201', 'page=0', 'page=51&page_size=200', 'score=x'])(
    'refuses %s',
    async (query) => {
      expect(await api.get(`/helpdesk/v1/tickets?${query}`)).toMatchObject({ status: 400, code: 154000 });
    },
  );
});

describe('the messages of a ticket', () => {
  it('come 20 to a page unless asked, with the total', async () => {
    const { data } = await api.get(`/helpdesk/v1/tickets/${ticketIds.veryLong}/messages`);
    expect(data).toMatchObject({ total: veryLongCount });
    expect(data['messages']).toHaveLength(20);
  });

  it('come in pages that fit together', async () => {
    const ids = new Set<unknown>();
    for (let page = 1; page <= 7; page += 1) {
      const { data } = await api.get(
        `/helpdesk/v1/tickets/${ticketIds.veryLong}/messages?page=${page}&page_size=200`,
      );
      for (const message of Array.isArray(data['messages']) ? data['messages'] : []) ids.add(message.id);
    }
    expect(ids.size).toBe(veryLongCount);
  });

  it('can be cut by seconds', async () => {
    const first = sandbox.world.tickets.get(mainTicketId)?.messages[0]?.createdAtMs ?? 0;
    const sec = Math.floor(first / 1_000);
    const { data } = await api.get(
      `/helpdesk/v1/tickets/${mainTicketId}/messages?time_start=${sec}&time_end=${sec}`,
    );
    expect(data['total']).toBe(1);
  });

  it('are refused beyond 200 a page', async () => {
    const answer = await api.get(`/helpdesk/v1/tickets/${mainTicketId}/messages?page_size=201`);
    expect(answer).toMatchObject({ status: 400, code: 154000 });
  });
});

describe('the pictures of a ticket', () => {
  it('need an index in a post and take none in an image message', async () => {
    const post = messageOf(mainTicketId, 'post');
    const image = messageOf(mainTicketId, 'image');
    const bad = { status: 400, code: 154000 };
    expect(await api.get(imagePath(mainTicketId, post.id))).toMatchObject(bad);
    expect(await api.get(imagePath(mainTicketId, post.id, 2))).toMatchObject(bad);
    expect(await api.get(imagePath(mainTicketId, post.id, 'x'))).toMatchObject(bad);
    expect(await api.get(imagePath(mainTicketId, image.id, 0))).toMatchObject(bad);
    for (const path of [imagePath(mainTicketId, post.id, 1), imagePath(mainTicketId, image.id)]) {
      const { status, headers, bytes } = await api.get(path);
      expect(status).toBe(200);
      expect(inspectPicture(bytes)?.contentType).toBe(headers.get('content-type'));
    }
  });

  it('must belong to the ticket', async () => {
    const image = messageOf(mainTicketId, 'image');
    expect(await api.get(imagePath(ticketIds.english, image.id))).toMatchObject({
      status: 404,
      code: 154004,
    });
    expect(await api.get(imagePath(mainTicketId, image.messageId))).toMatchObject({
      status: 404,
      code: 154004,
    });
  });

  it('are found by the chat message id in a world that is set so', async () => {
    const image = messageOf(mainTicketId, 'image');
    sandbox.world.settings.ticketImageId = 'message_id';
    expect((await api.get(imagePath(mainTicketId, image.messageId))).status).toBe(200);
    expect((await api.get(imagePath(mainTicketId, image.id))).code).toBe(154004);
    sandbox.world.settings.ticketImageId = 'id';
  });

  it('answer 401 when they were deleted', async () => {
    const image = messageOf(ticketIds.deletedPicture, 'image');
    const answer = await api.get(imagePath(ticketIds.deletedPicture, image.id));
    expect(answer).toMatchObject({ status: 401, code: 154404 });
  });
});

describe('the rest of the helpdesk', () => {
  it('lists schedules by status, which must be given', async () => {
    const path = '/helpdesk/v1/agent_schedules';
    expect(await api.get(path)).toMatchObject({ status: 400, code: 154000 });
    const statusesOf = async (query: string) => {
      const { data } = await api.get(`${path}?${query}`);
      return Array.isArray(data['agent_schedules']) ? data['agent_schedules'].map((one) => one.status) : [];
    };
    expect((await statusesOf('status=1&status=3')).sort()).toEqual([1, 1, 1, 3]);
    expect(await statusesOf('status=4')).toEqual([4]);
  });

  it('gives the options of dropdown fields page by page', async () => {
    const first = (await api.get('/helpdesk/v1/ticket_customized_fields?page_size=3')).data;
    expect(first).toMatchObject({ has_more: true });
    const token = String(first['next_page_token']);
    const second = (await api.get(`/helpdesk/v1/ticket_customized_fields?page_size=3&page_token=${token}`))
      .data;
    expect(second).toMatchObject({ has_more: false });
    expect(JSON.stringify(first['items'])).toContain('"dropdown_options":{"children":[{"tag":"');
  });

  it('searches answers, plainly or in base64', async () => {
    const idsOf = async (query: string) => {
      const { data } = await api.get(`/helpdesk/v1/faqs/search?${query}`);
      return Array.isArray(data['items']) ? data['items'].map((one) => one.faq_id) : [];
    };
    expect(await idsOf(`query=${encodeURIComponent('卡纸')}`)).toEqual([faqIds.printer]);
    const base64 = encodeURIComponent(Buffer.from('证书过期').toString('base64'));
    expect(await idsOf(`query=${base64}&base64=true`)).toEqual([faqIds.vpn]);
    expect(await idsOf(`query=${encodeURIComponent('门禁')}`)).toEqual([]);
    expect(await api.get('/helpdesk/v1/faqs/search')).toMatchObject({ status: 400, code: 154000 });
  });

  it('gives an answer and its picture', async () => {
    const { data } = await api.get(`/helpdesk/v1/faqs/${faqIds.vpn}`);
    const key = /"key":"([^"]+)"/.exec(JSON.stringify(data))?.[1];
    const image = await api.get(`/helpdesk/v1/faqs/${faqIds.vpn}/image/${key}`);
    expect(inspectPicture(image.bytes)?.contentType).toBe('image/png');
    expect(await api.get(`/helpdesk/v1/faqs/${faqIds.vpn}/image/none`)).toMatchObject({
      status: 404,
      code: 154004,
    });
  });

  it('takes subscriptions with type and subtype apart', async () => {
    const subscribe = (type: string, subtype: string) =>
      api.call('POST', '/helpdesk/v1/events/subscribe', { events: [{ type, subtype }] });
    expect((await subscribe('helpdesk.ticket', 'ticket.created_v1')).code).toBe(0);
    expect(sandbox.world.subscriptions).toContain('helpdesk.ticket.created_v1');
    expect((await subscribe('helpdesk.ticket.created_v1', '')).code).toBe(154000);
    expect((await api.call('POST', '/helpdesk/v1/events/subscribe', {})).code).toBe(99992402);
  });
});
