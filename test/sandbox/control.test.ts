import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callerOf, goodCard } from './caller.ts';
import { type FakeBot, startFakeBot } from './fakeBot.ts';
import { inspectPicture } from './pictureFormat.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { mainTicketId } from './seed.ts';

let sandbox: Sandbox;
let bot: FakeBot;

beforeAll(async () => {
  bot = await startFakeBot(() => ({ status: 200, body: {} }));
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.close();
  await bot.close();
});
beforeEach(() => sandbox.reset());

async function ask(method: string, path: string, body?: unknown) {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${sandbox.url}${path}`, init);
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return { status: response.status, type, json: JSON.parse(type.includes('json') ? text : 'null') };
}

describe('the control interface', () => {
  it('shows bot, people, chats and messages', async () => {
    const { json } = await ask('GET', '/sandbox/state');
    expect(json.bot).toEqual({ appId: sandbox.app.appId, openId: sandbox.app.botOpenId, name: '工单助手' });
    expect(json.people).toContainEqual(
      expect.objectContaining({ name: '林晓', role: 'agent', locale: 'zh_cn' }),
    );
    expect(json.chats).toContainEqual(
      expect.objectContaining({ name: 'IT 话题群', type: 'topic', botIn: true }),
    );
    const times = json.messages.map((message: { createTimeMs: number }) => message.createTimeMs);
    expect(times).toEqual([...times].sort());
  });

  it('says, answers, updates and shows it all in order', async () => {
    await ask('POST', '/sandbox/webhook', { url: bot.url });
    const said = (await ask('POST', '/sandbox/say', { chat: 'IT 服务台', person: '林晓', text: '/help' }))
      .json;
    expect(said).toMatchObject({ status: 200, body: {} });
    await (await callerOf(sandbox)).reply(said.messageId, goodCard());
    const { messages } = (await ask('GET', '/sandbox/state')).json;
    expect(messages.at(-1)).toMatchObject({
      parentId: said.messageId,
      sender: { id: sandbox.app.appId, type: 'app', name: '工单助手' },
      card: goodCard(),
      updated: false,
    });
    const clicked = (
      await ask('POST', '/sandbox/click', {
        person: '林晓',
        messageId: messages.at(-1).messageId,
        value: { a: 1 },
      })
    ).json;
    expect(clicked).toMatchObject({ status: 200, body: {} });
    const { events, next } = (await ask('GET', '/sandbox/events')).json;
    expect(events.map((event: { type: string }) => event.type)).toEqual([
      'im.message.receive_v1',
      'card.action.trigger',
    ]);
    expect((await ask('GET', `/sandbox/events?since=${next}`)).json.events).toEqual([]);
    const { calls } = (await ask('GET', '/sandbox/ledger')).json;
    expect(calls.map((call: { endpoint: string }) => call.endpoint)).toEqual(['tenantToken', 'messageReply']);
    const { limits } = (await ask('GET', '/sandbox/limits')).json;
    expect(limits).toContainEqual({
      endpoint: 'messageReply',
      max: 50,
      windowMs: 1_000,
      used: 1,
      worst: 1,
      refused: 0,
    });
  });

  it('takes faults, lists them and clears them', async () => {
    const { id } = (await ask('POST', '/sandbox/faults', { endpoint: 'ticket', status: 500 })).json;
    await (await callerOf(sandbox)).get(`/helpdesk/v1/tickets/${mainTicketId}`);
    expect((await ask('GET', '/sandbox/faults')).json.faults).toMatchObject([{ id, hits: 1 }]);
    await ask('DELETE', `/sandbox/faults?id=${id}`);
    expect((await ask('GET', '/sandbox/faults')).json.faults).toEqual([]);
  });

  it('streams what happens', async () => {
    const response = await fetch(`${sandbox.url}/sandbox/stream`);
    const reader = response.body?.getReader();
    await sandbox.say({ chat: 'IT 服务台', person: '林晓', text: 'streamed' });
    let text = '';
    while (!text.includes('streamed')) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(text).toContain('data: {"kind":"message","message":{');
  });

  it('gives the bytes of an uploaded picture to the page', async () => {
    const picture = sandbox.world.tickets.get(mainTicketId)?.messages.find(({ type }) => type === 'image')
      ?.pictures[0];
    const bytes = (await picture?.bytes()) ?? Buffer.alloc(0);
    const key = String((await (await callerOf(sandbox)).upload(bytes)).data['image_key']);
    const response = await fetch(`${sandbox.url}/sandbox/images/${key}`);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(inspectPicture(Buffer.from(await response.arrayBuffer()))).toBeDefined();
    expect((await ask('GET', '/sandbox/images/none')).status).toBe(404);
  });

  it('begins anew', async () => {
    await sandbox.say({ chat: 'IT 服务台', person: '林晓', text: 'x' });
    sandbox.fault({ endpoint: '*', status: 500 });
    const before = sandbox.world.tickets.size;
    await ask('POST', '/sandbox/reset');
    expect(sandbox.world.tickets.size).toBe(before);
    expect(JSON.stringify((await ask('GET', '/sandbox/state')).json.messages)).not.toContain('"text":"x"');
    expect((await ask('GET', '/sandbox/ledger')).json.calls).toEqual([]);
    expect((await ask('GET', '/sandbox/faults')).json.faults).toEqual([]);
  });

  it.each([
    ['POST', '/sandbox/say', { chat: 'IT 服务台' }],
    ['POST', '/sandbox/say', { chat: 'nowhere', person: '林晓', text: 'x' }],
    ['POST', '/sandbox/click', { person: '林晓', messageId: 'om_none', value: {} }],
    ['POST', '/sandbox/faults', { endpoint: 'ticket', tiems: 1 }],
    ['POST', '/sandbox/webhook', { url: 'nonsense' }],
  ])('%s %s refuses %j with a reason', async (method, path, body) => {
    const { status, json } = await ask(method, path, body);
    expect(status).toBe(400);
    expect(json.error).toEqual(expect.any(String));
  });

  it('serves the page and nothing beside it', async () => {
    expect((await ask('GET', '/')).type).toContain('text/html');
    const library = await fetch(`${sandbox.url}/page/vendor/vchart.js`);
    expect(library.headers.get('content-type')).toContain('text/javascript');
    expect(await library.text()).toContain('VChart');
    for (const path of [
      '/page/%2e%2e/sandbox.ts',
      '/page/..%2fsandbox.ts',
      '/page/..%2f..%2f..%2fpackage.json',
      '/page/%00',
      '/page/',
      '/package.json',
      '/page/%',
      '/page/vendor/index.min.js',
      '/page/vendor/constructor',
      '/page/vendor/..%2f..%2f..%2fpackage.json',
    ]) {
      expect((await ask('GET', path)).status).toBe(404);
    }
  });

  it('answers to its own address only', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(`${sandbox.url}/sandbox/state`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });
});
