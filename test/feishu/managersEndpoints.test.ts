/** The calls of the managers' commands on the wire: what is asked, and what each error code means. */

import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHelpdeskApi } from '../../src/feishu/helpdesk.ts';
import { createImApi } from '../../src/feishu/im.ts';
import { dataOf } from '../support/answers.ts';
import { type NockedClient, nockedClient, origin } from '../support/nockedClient.ts';

let feishu: NockedClient;
beforeEach(() => {
  feishu = nockedClient();
});
afterEach(() => {
  feishu.expectNoSecrets();
  nock.cleanAll();
});

const ok = (data: unknown) => ({ code: 0, msg: 'success', data });
const desk = () => createHelpdeskApi(feishu.client);
const im = () => createImApi(feishu.client);
const helpdesk = () => nock(origin, feishu.headers('helpdesk'));

describe('the list of tickets', () => {
  it('is asked for with everything that the endpoint can filter by', async () => {
    const scope = helpdesk()
      .get('/open-apis/helpdesk/v1/tickets')
      .query({
        status_list: ['2', '50'],
        agent_id: 'ou_a',
        guest_id: 'ou_g',
        guest_name: '王芳',
        tags: ['VPN', '网络'],
        channel: '13',
        score: '1',
        solved: '1',
        create_time_start: '1000',
        create_time_end: '2000',
        update_time_start: '3000',
        update_time_end: '4000',
        page: '2',
        page_size: '200',
      })
      .reply(
        200,
        ok({ total: 201, tickets: [{ ticket_id: '6626871355780366331', status: 51 }, { status: 1 }] }),
      );
    const filter = {
      statuses: ['in_progress', 'closed_by_bot'],
      agentId: 'ou_a',
      guestId: 'ou_g',
      guestName: '王芳',
      tags: ['VPN', '网络'],
      channel: 'search',
      score: 'dissatisfied',
      solved: false,
      unassigned: true,
      created: { fromMs: 1_000, untilMs: 2_000 },
      updated: { fromMs: 3_000, untilMs: 4_000 },
    } as const;
    const page = await feishu.clock.until(
      desk().ticketsPage(filter, { number: 2, sizeCount: 200 }, 'background'),
    );
    expect(scope.isDone()).toBe(true);
    expect(page.totalCount).toBe(201);
    // One that does not say its number is left out.
    expect(page.tickets.map(({ id, status }) => [id, status])).toEqual([
      ['6626871355780366331', 'closed_by_agent'],
    ]);
  });

  it('leaves out what the endpoint cannot know', async () => {
    helpdesk()
      .get('/open-apis/helpdesk/v1/tickets')
      .query({ page: '1', page_size: '1', solved: '2' })
      .reply(200, ok({}));
    const page = desk().ticketsPage({ channel: 'other', solved: true }, { number: 1, sizeCount: 1 });
    expect(await feishu.clock.until(page)).toEqual({ tickets: [], totalCount: undefined });
  });
});

describe('the knowledge base', () => {
  it('is searched with the words encoded', async () => {
    helpdesk()
      .get('/open-apis/helpdesk/v1/faqs/search')
      .query({ query: 'VPN 连不上 & more', page_size: '5' })
      .reply(200, ok({ has_more: false, page_token: '', items: [{ faq_id: '1', question: 'Q' }, {}] }));
    const found = await feishu.clock.until(desk().faqSearch('VPN 连不上 & more', 5));
    expect(found.map(({ id }) => id)).toEqual(['1']);
  });

  it('gives an entry, and its pages', async () => {
    helpdesk()
      .get('/open-apis/helpdesk/v1/faqs/6936004780707807231')
      .reply(200, ok(dataOf('helpdesk/faq')));
    helpdesk()
      .get('/open-apis/helpdesk/v1/faqs')
      .query({ status: '1', page_size: '100', page_token: 'b' })
      .reply(200, ok({ has_more: true, page_token: 'c', items: [{ id: '2' }] }));
    expect((await feishu.clock.until(desk().faq('6936004780707807231'))).question).toBe('VPN 连不上怎么办？');
    expect(await feishu.clock.until(desk().faqsPage('b'))).toMatchObject({ faqs: [{ id: '2' }], next: 'c' });
  });
});

describe('a file', () => {
  it('goes up as a stream with its name, and comes into the chat by its key', async () => {
    let body = '';
    nock(origin, feishu.headers())
      .post('/open-apis/im/v1/files', (sent) => {
        body = String(sent);
        return true;
      })
      .reply(200, ok({ file_key: 'file_v3_1' }));
    nock(origin, feishu.headers())
      .post('/open-apis/im/v1/messages/om_1/reply', {
        msg_type: 'file',
        content: '{"file_key":"file_v3_1"}',
        reply_in_thread: true,
        uuid: 'u',
      })
      .reply(200, ok({ message_id: 'om_2' }));
    const file = { name: 'tickets-2026-11-20.csv', mime: 'text/csv' };
    const fileKey = await feishu.clock.until(im().uploadFile(Buffer.from('a,b'), file));
    for (const part of [
      'name="file_type"\r\n\r\nstream',
      'name="file_name"\r\n\r\ntickets-2026-11-20.csv',
      'filename="tickets-2026-11-20.csv"',
      'a,b',
    ])
      expect(body).toContain(part);
    const sent = im().reply({
      messageId: 'om_1',
      chatId: 'oc_1',
      content: { kind: 'file', fileKey },
      uuid: 'u',
      inThread: true,
    });
    expect((await feishu.clock.until(sent)).messageId).toBe('om_2');
  });
});

describe('an error code', () => {
  const calls = {
    tickets: () => desk().ticketsPage({}, { number: 1, sizeCount: 200 }),
    faq: () => desk().faq('1'),
    faqSearch: () => desk().faqSearch('x', 5),
    faqs: () => desk().faqsPage(undefined),
    faqImage: () => desk().faqImage('1', 'img_1'),
    image: () => im().image('img_1'),
    fileUpload: () => im().uploadFile(Buffer.from('x'), { name: 'x.csv', mime: 'text/csv' }),
  } as const;
  it.each([
    ['tickets', 400, 154000, 'invalid'],
    ['tickets', 401, 154001, 'setup'],
    ['faq', 404, 154004, 'not_found'],
    ['faq', 403, 154003, 'forbidden'],
    ['faqSearch', 400, 154000, 'invalid'],
    ['faqs', 401, 154001, 'setup'],
    ['faqImage', 404, 154004, 'not_found'],
    ['faqImage', 401, 154404, 'deleted'],
    ['image', 400, 234005, 'deleted'],
    ['image', 400, 234008, 'forbidden'],
    ['fileUpload', 400, 234006, 'invalid'],
    ['fileUpload', 400, 234010, 'invalid'],
    ['fileUpload', 400, 234007, 'setup'],
    ['fileUpload', 400, 99991672, 'scope'],
  ] as const)('of %s: %i/%i is %s', async (name, status, code, kind) => {
    const path = (uri: string): boolean => uri.startsWith('/open-apis/') && !uri.includes('/auth/');
    nock(origin).get(path).reply(status, { code, msg: 'no' });
    nock(origin).post(path).reply(status, { code, msg: 'no' });
    expect(await feishu.failureOf(calls[name]())).toMatchObject({ kind, code, endpoint: name });
  });
});
