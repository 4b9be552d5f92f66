/** What commands cost in calls to Feishu, as Feishu counts them. Calls are money: free plans have a monthly quota. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { samplePicture } from '../bench/pictures.ts';
import type { Picture } from '../sandbox/nouns.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';

const support = 'IT 服务台';
const lunch = '午餐拼单';

let sandbox: Sandbox;
let bot: BotProcess;

async function start(dataDir?: string): Promise<void> {
  sandbox.ledger.clear();
  const env = { ACCESS_CHATS: sandbox.world.chat(support).chatId };
  bot = await startBot(sandbox, dataDir === undefined ? { env } : { env, dataDir });
  // What a start costs is over.
  const ended = (endpoint: 'botInfo' | 'eventsSubscribe'): boolean =>
    sandbox.ledger.callsTo(endpoint).some(({ endMs }) => endMs !== undefined);
  await sandbox.waitFor(() => (ended('botInfo') && ended('eventsSubscribe')) || undefined);
}

beforeAll(async () => {
  sandbox = await startSandbox();
  await start();
});
afterAll(async () => {
  expect(await bot.stop()).toBe(0);
  forget(bot);
  await sandbox.close();
});
beforeEach(() => {
  sandbox.clearFaults();
});

/** A ticket with a message for each picture, and so many words besides. @returns its id */
function addTicket(pictures: readonly Picture[], wordCount = 0): string {
  const { world } = sandbox;
  const ticket = world.addTicket({ status: 50, created_at: Math.floor(world.now()) });
  for (const [index, picture] of pictures.entries()) {
    const content = { msg_type: 'image', image_key: `img_cost_${index}` };
    world.addTicketMessage(ticket, { type: 'image', content, pictures: [picture] });
  }
  for (let word = 0; word < wordCount; word += 1)
    world.addTicketMessage(ticket, { type: 'text', content: { msg_type: 'text', content: `word ${word}` } });
  return ticket.wire.ticket_id;
}
const pictures = (count: number): Picture[] => Array.from({ length: count }, () => samplePicture());

const keysIn = (card: unknown): string[] =>
  [...JSON.stringify(card).matchAll(/"img_key":"([^"]+)"/g)].map((match) => match[1] ?? '');

/** Asks, waits for the last version of the card and until no call is under way. @returns the card, and the calls that all this took */
async function cost(text: string, chat = support, pictureCount = 0) {
  sandbox.ledger.clear();
  const { messageId, status } = await sandbox.say({ chat, person: '林晓', text });
  expect(status).toBe(200);
  const { card } = await sandbox.waitFor(() =>
    sandbox.ledger
      .repliesTo(messageId)
      .find(
        (reply) =>
          keysIn(reply.card).length >= pictureCount && !/Loading \d/.test(JSON.stringify(reply.card)),
      ),
  );
  await sandbox.waitFor(() => sandbox.ledger.calls().every(({ endMs }) => endMs !== undefined) || undefined);
  const calls: Record<string, number> = {};
  for (const { endpoint } of sandbox.ledger.calls()) calls[endpoint] = (calls[endpoint] ?? 0) + 1;
  return { card, calls };
}

const plain = { ticket: 1, ticketMessages: 1, messageReply: 1 };

describe('/ticket costs', () => {
  it('three calls, two for each new picture and one update; three when the pictures are known', async () => {
    const id = addTicket(pictures(3));
    const cold = await cost(`/ticket ${id}`, support, 3);
    // One, unless the machine is so busy that three pictures take longer than a second.
    const { messagePatch, ...rest } = cold.calls;
    expect(messagePatch).toBeLessThanOrEqual(2);
    expect(rest).toEqual({ ...plain, ticketImage: 3, imageUpload: 3 });
    expect((await cost(`/ticket ${id}`, support, 3)).calls).toEqual(plain);
  });

  it('no more for pictures that were brought just before the bot was stopped', async () => {
    const id = addTicket(pictures(3));
    await cost(`/ticket ${id}`, support, 3);
    expect(await bot.stop()).toBe(0);
    await start(bot.dataDir);
    expect((await cost(`/ticket ${id}`, support, 3)).calls).toEqual(plain);
  });

  it('one upload for 20 messages with the same picture', async () => {
    const [same] = pictures(1);
    const id = addTicket(Array.from({ length: 20 }, () => same ?? samplePicture()));
    const { calls, card } = await cost(`/ticket ${id}`, support, 20);
    expect(calls).toMatchObject({ ticketImage: 20, imageUpload: 1 });
    expect(new Set(keysIn(card)).size).toBe(1);
  });

  it('one schedule more where the roster decides, and that once a minute', async () => {
    const id = addTicket([], 1);
    expect((await cost(`/ticket ${id}`, lunch)).calls).toEqual({ ...plain, agentSchedules: 1 });
    expect((await cost(`/ticket ${id}`, lunch)).calls).toEqual(plain);
  });

  it('one more for each further 200 messages', async () => {
    expect((await cost(`/ticket ${addTicket([], 200)}`)).calls).toEqual(plain);
    expect((await cost(`/ticket ${addTicket([], 450)}`)).calls).toEqual({ ...plain, ticketMessages: 3 });
  });

  it('one more in ten minutes where options of fields must be named', async () => {
    const asked = async () => (await cost(`/ticket ${mainTicketId}`)).calls['customizedFields'];
    expect(await asked()).toBe(1);
    expect(await asked()).toBeUndefined();
  });

  it('two for each ticket of a list, and the reply', async () => {
    const ids = [addTicket([], 1), addTicket(pictures(2))];
    expect((await cost(`/ticket ${ids.join(' ')}`)).calls).toEqual({
      ticket: 2,
      ticketMessages: 2,
      messageReply: 1,
    });
  });
});

describe('what asks the helpdesk nothing costs', () => {
  it('one call', async () => {
    for (const text of ['/help', '/ticket', '/tikcet 1', '/close 1'])
      expect((await cost(text)).calls).toEqual({ messageReply: 1 });
  });
});

describe('a card with a picture that Feishu has lost', () => {
  const lose = (key: string | undefined): void => {
    const image = sandbox.world.images.get(key ?? '');
    if (image === undefined) throw new Error(`no picture ${key}`);
    image.deleted = true;
  };

  it('ends complete after one more round, which checks each picture and makes one again', async () => {
    const id = addTicket(pictures(4));
    const before = keysIn((await cost(`/ticket ${id}`, support, 4)).card);
    lose(before[1]);
    const { calls, card } = await cost(`/ticket ${id}`, support, 4);
    expect(calls).toEqual({ ...plain, messageReply: 2, image: 4, ticketImage: 1, imageUpload: 1 });
    const after = keysIn(card);
    expect(after).toEqual(before.with(1, after[1] ?? ''));
    expect(after[1]).not.toBe(before[1]);
    expect((await cost(`/ticket ${id}`, support, 4)).calls).toEqual(plain);
  });

  it('loses that one alone when it is gone everywhere, and says so', async () => {
    const lost = samplePicture();
    const id = addTicket([...pictures(2), lost]);
    const before = keysIn((await cost(`/ticket ${id}`, support, 3)).card);
    lose(before[2]);
    lost.deleted = true;
    const { card } = await cost(`/ticket ${id}`, support, 2);
    expect(keysIn(card)).toEqual(before.slice(0, 2));
    expect(JSON.stringify(card)).toContain('1 picture cannot be shown');
    const next = await cost(`/ticket ${id}`, support, 2);
    expect(next.calls).toEqual(plain);
    expect(JSON.stringify(next.card)).toMatch(/deleted/);
  });

  it('keeps showing a picture whose source alone was deleted', async () => {
    const [only = samplePicture()] = pictures(1);
    const id = addTicket([only]);
    const before = keysIn((await cost(`/ticket ${id}`, support, 1)).card);
    only.deleted = true;
    expect(keysIn((await cost(`/ticket ${id}`, support, 1)).card)).toEqual(before);
    // Refused although it is there: it is uploaded again from what the bot has uploaded itself.
    sandbox.fault({
      endpoint: 'messageReply',
      times: 1,
      status: 400,
      code: 230099,
      msg: 'Failed to create card content, ext=ErrCode: 200570; ErrMsg: image key is invalid',
    });
    const { calls, card } = await cost(`/ticket ${id}`, support, 1);
    expect(calls).toEqual({ ...plain, messageReply: 2, image: 2, ticketImage: 1, imageUpload: 1 });
    expect(keysIn(card)).not.toEqual(before);
    expect(keysIn(card)).toHaveLength(1);
  });
});
