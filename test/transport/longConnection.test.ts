import { afterEach, describe, expect, it } from 'vitest';
import type { Ack, Inbound } from '../../src/domain.ts';
import { messagePayload, payloadOf } from '../support/events.ts';
import {
  connectedBot,
  eventually,
  type FeishuSide,
  fastConfig,
  feishuSide,
} from '../support/longConnectionServer.ts';

const ok: Ack = { status: 200, body: {} };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function feishu(): Promise<FeishuSide> {
  const side = await feishuSide();
  closing.push(side.stop);
  return side;
}

/** A bot that remembers what it took. */
async function bot(side: FeishuSide, options: Parameters<typeof connectedBot>[1] = {}) {
  const one = connectedBot(side, options);
  const taken: Inbound[] = [];
  const stop = async (): Promise<void> => {
    const stopped = one.transport.stop();
    await one.clock.advance(10_000);
    await stopped;
  };
  closing.push(stop);
  await one.start(async (inbound) => {
    taken.push(inbound);
    return ok;
  });
  return { ...one, taken, stop };
}

const connected = (side: FeishuSide, count = 1): Promise<void> =>
  eventually(() => side.connections.count() === count, `${count} connected`);
const deliver = (side: FeishuSide, eventId = 'event-1') =>
  side.connections.deliver(messagePayload({ eventId, messageId: `om_${eventId}` }), 3_000);

describe('a connection that breaks', () => {
  it('is made again after a drop, with a line in the log and a count', async () => {
    const side = await feishu();
    const { changes, up, said, taken } = await bot(side);
    await connected(side);
    await eventually(async () => (await up()) === 1, 'the gauge is up');
    side.connections.dropAll();
    await eventually(async () => (await changes())['reconnected'] === 1, 'it reconnects');
    await connected(side);
    expect(await changes()).toMatchObject({ connected: 1, lost: 1, reconnected: 1 });
    expect(await up()).toBe(1);
    expect(said('long connection lost; connecting again')).toMatchObject([{ level: 'warn' }]);
    expect(said('long connection reconnected')).toMatchObject([{ level: 'info' }]);
    expect((await deliver(side)).status).toBe(200);
    expect(taken).toHaveLength(1);
  });

  it('is noticed when it only falls silent', async () => {
    const side = await feishu();
    side.connections.configure({ ...fastConfig, PingInterval: 0.4 });
    const { changes, said } = await bot(side, { pingTimeoutMs: 200 });
    await connected(side);
    side.connections.silenceAll();
    await eventually(async () => ((await changes())['reconnected'] ?? 0) > 0, 'it reconnects');
    expect(said('long connection silent; cutting it to connect again').length).toBeGreaterThan(0);
    await connected(side);
    expect((await deliver(side)).status).toBe(200);
  });

  it('is made again when Feishu comes back, however long it was away', async () => {
    const side = await feishu();
    const { changes, up, taken } = await bot(side);
    await connected(side);
    await side.stop();
    await eventually(async () => (await changes())['lost'] === 1, 'it is lost');
    await eventually(async () => ((await changes())['trouble'] ?? 0) > 2, 'it tries several times');
    expect(await up()).toBe(0);
    await side.restart();
    await connected(side);
    expect((await deliver(side)).status).toBe(200);
    expect(taken).toHaveLength(1);
  });

  it('while an event is stored: the event is kept, and taken again by its next delivery', async () => {
    const side = await feishu();
    const one = connectedBot(side);
    const taken: string[] = [];
    let store = (_ack: Ack): void => undefined;
    await one.start(({ eventId }) => {
      taken.push(eventId);
      return new Promise((resolve) => {
        store = resolve;
      });
    });
    closing.push(() => one.transport.stop());
    await connected(side);
    const delivered = deliver(side);
    await eventually(() => taken.length === 1, 'it is taken');
    side.connections.dropAll();
    expect((await delivered).status).toBe(0);
    store(ok);
    await connected(side);
    const again = deliver(side);
    await eventually(() => taken.length === 2, 'it is taken again');
    store(ok);
    expect((await again).status).toBe(200);
    expect(taken).toEqual(['event-1', 'event-1']);
  });

  it('does not let the work of a click go when the answer could not leave', async () => {
    const side = await feishu();
    const one = connectedBot(side);
    let written = 0;
    let store = (_ack: Ack): void => undefined;
    await one.start(
      () =>
        new Promise((resolve) => {
          store = resolve;
        }),
    );
    closing.push(() => one.transport.stop());
    await connected(side);
    const clicked = side.connections.deliver(payloadOf('card.action.trigger'), 3_000);
    await eventually(() => one.clock.sleepers() === 1, 'the click is taken');
    await side.stop();
    expect((await clicked).status).toBe(0);
    await eventually(async () => (await one.up()) === 0, 'the bot knows');
    store({
      ...ok,
      written: async () => {
        written += 1;
      },
    });
    await eventually(
      () => one.said('an answer could not be sent: the long connection broke').length === 1,
      'it says so',
    );
    expect(written).toBe(0);
  });
});

describe('a connection that cannot be made', () => {
  it('is refused for a wrong secret: the log names what to check, never the secret, and the bot keeps trying', async () => {
    const side = await feishu();
    const { lines, changes, clock, up } = await bot(side, { secret: 'wrong-secret-canary' });
    await eventually(async () => (await changes())['refused'] === 1, 'it is refused');
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({
      code: 514,
      pauseMs: 15_000,
      msg: expect.stringContaining('FEISHU_APP_SECRET'),
    });
    expect(await up()).toBe(0);
    await clock.advance(14_999);
    expect((await changes())['refused']).toBe(1);
    await clock.advance(1);
    await eventually(async () => (await changes())['refused'] === 2, 'it is refused again');
    expect(lines.filter(({ level }) => level === 'error')[1]).toMatchObject({ pauseMs: 30_000 });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it.each([
    [1, 'system busy', 'trying again later'],
    [403, 'forbidden', 'a version of the app is published'],
    [1_000_040_350, 'exceeded', 'an app may have 50'],
  ])('is refused with %i, and made as soon as Feishu lets it', async (code, msg, words) => {
    const side = await feishu();
    side.connections.refuse(code, msg);
    const { changes, clock, lines } = await bot(side);
    await eventually(async () => (await changes())['refused'] === 1, 'it is refused');
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      { code, msg: expect.stringContaining(words) },
    ]);
    await clock.advance(15_000);
    await connected(side);
  });

  it('is tried again after a refused handshake', async () => {
    const side = await feishu();
    side.connections.refuseSockets(2);
    const { changes } = await bot(side);
    await connected(side);
    expect(await changes()).toMatchObject({ trouble: expect.any(Number), connected: 1 });
  });

  it('goes past a proxy of the environment', async () => {
    const before = { ...process.env };
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY'])
      process.env[name] = 'http://127.0.0.1:9';
    closing.push(async () => {
      process.env = before;
    });
    const side = await feishu();
    await bot(side);
    await connected(side);
  });
});

describe('frames', () => {
  it('may come in many pieces', async () => {
    const side = await feishu();
    const { taken } = await bot(side);
    await connected(side);
    const payload = messagePayload({ text: '/ticket 1 工单' });
    expect(await side.connections.deliver(payload, 3_000, 7)).toMatchObject({ status: 200, body: {} });
    expect(taken).toMatchObject([{ text: '/ticket 1 工单' }]);
  });

  it('that make no sense are passed over', async () => {
    const side = await feishu();
    const { taken, changes } = await bot(side);
    await connected(side);
    for (const bytes of [[], [0xff], [8, 0, 16, 0, 24, 0, 32, 1], [8, 0, 16, 0, 24, 0, 32, 0, 42, 1, 9]])
      side.connections.sendRaw(Uint8Array.from(bytes));
    expect((await side.connections.deliver('not JSON, but a word', 3_000)).status).not.toBe(200);
    expect((await deliver(side)).status).toBe(200);
    expect(taken).toHaveLength(1);
    expect(await changes()).toMatchObject({ connected: 1, trouble: expect.any(Number) });
  });

  it('that come together with the handshake may be lost, and cost only a delivery', async () => {
    const side = await feishu();
    side.connections.sendEarly(messagePayload({ eventId: 'early' }));
    const { taken } = await bot(side);
    await connected(side);
    expect((await deliver(side, 'early')).status).toBe(200);
    expect(taken.map(({ eventId }) => eventId)).toContain('early');
  });
});

describe('several replicas', () => {
  it('share the deliveries: each goes to one of them', async () => {
    const side = await feishu();
    const bots = [await bot(side), await bot(side)];
    await connected(side, 2);
    const ids = Array.from({ length: 60 }, (_, n) => `e${n}`);
    for (const id of ids) expect((await deliver(side, id)).status).toBe(200);
    const taken = bots.map((one) => one.taken.map(({ eventId }) => eventId));
    expect(taken.flat().sort()).toEqual([...ids].sort());
    for (const list of taken) expect(list.length).toBeGreaterThan(0);
  });

  it('when one stops, the other takes everything', async () => {
    const side = await feishu();
    const [first, second] = [await bot(side), await bot(side)];
    await connected(side, 2);
    await first.stop();
    await connected(side);
    for (const id of ['a', 'b', 'c']) expect((await deliver(side, id)).status).toBe(200);
    expect(second.taken).toHaveLength(3);
  });
});

describe('stopping', () => {
  it('leaves no connection behind, and makes none again', async () => {
    const side = await feishu();
    const { stop, changes, up } = await bot(side);
    await connected(side);
    await stop();
    await connected(side, 0);
    const before = await changes();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(side.connections.count()).toBe(0);
    expect(await changes()).toEqual(before);
    expect(await up()).toBe(0);
  });

  it('works while it still connects, or waits after a refusal', async () => {
    const side = await feishu();
    const early = await bot(side);
    await early.stop();
    side.connections.refuse(403, 'forbidden');
    const refused = await bot(side);
    await eventually(async () => (await refused.changes())['refused'] === 1, 'it is refused');
    await refused.stop();
    await refused.clock.advance(600_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(side.connections.count()).toBe(0);
  });
});
