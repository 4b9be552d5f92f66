/** The commands for managers and for knowledge over real HTTP, in a helpdesk with 12,000 tickets. */

import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SayInput } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { faqIds } from '../sandbox/seedFaqs.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';

const support = 'IT 服务台';
const dayMs = 86_400_000;
const zoneMs = 8 * 3_600_000;

let sandbox: Sandbox;
let bot: BotProcess;
let model: Model;

const env = (): Record<string, string> => ({
  ACCESS_CHATS: sandbox.world.chat(support).chatId,
  BOT_LOCALE: 'en_us',
  COMMANDS_PER_MINUTE: 'off',
  LLM_BASE_URL: model.url,
  LLM_MODEL: 'small',
});

beforeAll(async () => {
  model = await startModel();
  sandbox = await startSandbox();
  seed(12_000);
  bot = await startBot(sandbox, { env: env() });
}, 60_000);
afterAll(async () => {
  expect(await bot.stop()).toBe(0);
  forget(bot);
  model.server.close();
  await sandbox.close();
});
beforeEach(() => {
  sandbox.clearFaults();
});

// ---------------------------------------------------------------- the world

interface Model {
  readonly url: string;
  readonly server: Server;
  readonly heard: string[];
}

/** A language model that says the same to everything, and remembers what it heard. */
async function startModel(): Promise<Model> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push(`${request.url} ${body}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { content: 'The VPN did not connect.' } }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/v1`, server, heard };
}

/** Midnight in Shanghai, so many days ago. */
const midnight = (daysAgo: number): number => {
  const today = Math.floor((Date.now() + zoneMs) / dayMs) * dayMs - zoneMs;
  return today - daysAgo * dayMs;
};

/** Tickets over 40 days, all of them at least an hour old; two of three are closed after ten hours. */
function seed(count: number): void {
  const { world } = sandbox;
  const agent = world.person('林晓').openId;
  for (let index = 0; index < count; index += 1) {
    const created_at = Date.now() - 3_600_000 - Math.floor((index * 40 * dayMs) / count);
    const closed_at = created_at + 10 * 3_600_000;
    const isClosed = index % 3 !== 0 && closed_at < Date.now() - 3_600_000;
    world.addTicket({
      created_at,
      updated_at: isClosed ? closed_at : created_at,
      status: isClosed ? 51 : 2,
      ticket_type: 2,
      channel: 13,
      agent_owner: index % 4 === 0 ? {} : { id: agent, name: '林晓' },
      guest: { id: world.person('赵磊').openId, name: '赵磊' },
      ...(isClosed ? { closed_at, agent_resolution_time: 36_000, score: 1 + (index % 3) } : {}),
      agent_first_response_time: created_at + 60_000,
      agent_first_response_duration: 60 + (index % 60),
      tags: index % 5 === 0 ? [{ id: '1', name: 'bulk-tag' }] : [],
    });
  }
}

/** What the helpdesk holds, counted by the test itself. */
function counted(fromMs: number) {
  const wires = [...sandbox.world.tickets.values()].map(({ wire }) => wire);
  const isOpen = (status = 0): boolean => status >= 1 && status <= 5;
  return {
    opened: wires.filter(({ created_at = 0 }) => created_at >= fromMs).length,
    closed: wires.filter(({ status = 0, closed_at = 0 }) => status >= 50 && closed_at >= fromMs).length,
    open: wires.filter(({ status }) => isOpen(status)).length,
  };
}

// ---------------------------------------------------------------- asking

const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);

async function ask(
  input: SayInput,
  complete: (reply: SentReply) => boolean = () => true,
  timeoutMs = 30_000,
): Promise<{ readonly messageId: string; readonly reply: SentReply }> {
  const { messageId, status } = await sandbox.say(input);
  expect(status).toBe(200);
  const reply = await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId).find(complete), timeoutMs);
  return { messageId, reply };
}

const inSupport = (text: string, person = '林晓'): SayInput => ({ chat: support, person, text });

/** The file in the thread of a card. */
async function fileUnder(
  messageId: string,
): Promise<{ readonly text: string; readonly threadId: string | undefined }> {
  const message = await sandbox.waitFor(
    () => sandbox.ledger.repliesTo(messageId).find(({ msgType }) => msgType === 'file'),
    30_000,
  );
  const key = /"file_key":"([^"]+)"/.exec(JSON.stringify(message.content))?.[1] ?? '';
  const bytes = await sandbox.world.resources.get(key)?.bytes();
  return { text: Buffer.from(bytes ?? []).toString('utf8'), threadId: message.threadId };
}

// ---------------------------------------------------------------- the stories

describe('/faq', () => {
  it('finds in Chinese, opens an entry with its picture, and knows the nearest questions', async () => {
    const list = await ask(inSupport('/faq 卡纸'));
    expect(said(list.reply)).toContain('打印机提示卡纸');
    const value = { action: 'faq.open', faq: faqIds.printer };
    expect(said(list.reply)).toContain(JSON.stringify(value));
    await sandbox.click({ person: '林晓', messageId: list.reply.messageId, value });
    const opened = await sandbox.waitFor(() =>
      sandbox.ledger.repliesTo(list.reply.messageId).find((reply) => said(reply).includes('"img_key"')),
    );
    expect(said(opened)).toContain('START');
    const near = await ask(inSupport('/faq VPN连不上呀'));
    expect(said(near.reply)).toContain('VPN 连不上怎么办？');
    expect(said(near.reply)).toContain('The nearest questions');
    expect(said((await ask(inSupport('/faq 6936004780707800000'))).reply)).toContain('has no entry');
  });
});

describe('/tickets', () => {
  it('lists, turns pages and sorts on the same card', async () => {
    const { reply } = await ask(inSupport('/tickets tag:bulk-tag since:7d'));
    const { opened } = counted(midnight(6));
    expect(opened).toBeGreaterThan(1_000);
    expect(said(reply)).toMatch(/Page 1 of \d\d/);
    const next = /\{"action":"tickets.page"[^}]*"page":2[^}]*\}/.exec(said(reply))?.[0] ?? '{}';
    const value: unknown = JSON.parse(next);
    const { status } = await sandbox.click({ person: '林晓', messageId: reply.messageId, value });
    expect(status).toBe(200);
    await sandbox.waitFor(() =>
      sandbox.ledger
        .sentTo(sandbox.world.chat(support).chatId)
        .find((sent) => sent.messageId === reply.messageId && /Page 2 of/.test(said(sent))),
    );
  });

  it('reads no more than it needs of 12,000, and says that there are more', async () => {
    sandbox.ledger.clear();
    const { reply } = await ask(inSupport('/tickets since:2016-01-02'));
    expect(said(reply)).toContain('More than');
    expect(sandbox.ledger.callsTo('tickets').length).toBeLessThan(40);
  });

  it('says which filter left nothing', async () => {
    const { reply } = await ask(inSupport('/tickets tag:nobody-has-this since:7d'));
    expect(said(reply)).toContain('Most are left out by tag:nobody-has-this');
  });
});

describe('/summary', () => {
  it('counts 12,000 tickets, sends the rows as a file, and lets others through meanwhile', async () => {
    sandbox.ledger.clear();
    const { messageId } = await sandbox.say(inSupport('/summary 30d'));
    const ticket = await ask(inSupport(`/ticket ${mainTicketId}`, '赵磊'));
    expect(said(ticket.reply)).toContain(mainTicketId);
    const reply = await sandbox.waitFor(
      () => sandbox.ledger.repliesTo(messageId).find((one) => said(one).includes('Summary: Last 30 days')),
      60_000,
    );
    const { opened, closed, open } = counted(midnight(29));
    expect(opened).toBeGreaterThan(8_000);
    const number = (count: number): string => count.toLocaleString('en-US');
    expect(said(reply)).toContain(
      `Last 30 days: ${number(opened)} opened, ${number(closed)} closed, ${number(open)} open`,
    );
    expect(said(reply)).toContain('"tag":"chart"');
    // Others were answered first, and the background left room in every second.
    const order = sandbox.ledger.calls().map(({ endpoint }) => endpoint);
    expect(order.indexOf('ticket')).toBeLessThan(order.lastIndexOf('tickets'));
    expect(sandbox.ledger.worst({ endpoint: 'tickets', windowMs: 1_000 })).toBeLessThanOrEqual(35);
    // At most one update a second: what is left over is less than the seconds that it can have taken.
    expect(reply.updateCount).toBeLessThan(30);

    const { text, threadId } = await fileUnder(reply.messageId);
    expect(threadId).toBeDefined();
    const rows = text.trim().split('\r\n').slice(1);
    const inPeriod = (column: number): number =>
      rows.filter((row) => row.split(',').at(column) === '1').length;
    expect([inPeriod(-3), inPeriod(-2), inPeriod(-1)]).toEqual([opened, closed, open]);
  }, 90_000);

  it('tells one ticket, with a paragraph from the model, which heard no name and no address', async () => {
    const { reply } = await ask(inSupport(`/summary ${mainTicketId}`), (one) =>
      said(one).includes('The VPN did not connect.'),
    );
    expect(said(reply)).toContain('Written by a language model');
    expect(said(reply)).toContain('Time line');
    expect(model.heard).toHaveLength(1);
    expect(model.heard[0]).toContain('/v1/chat/completions');
    const guest = sandbox.world.tickets.get(mainTicketId)?.wire.guest;
    expect(model.heard[0]).not.toContain(guest?.name ?? '-');
    expect(model.heard[0]).not.toMatch(/@yunfan/);
  });

  it('keeps its schedules through a crash', async () => {
    await ask(inSupport('/summary yesterday every weekday 09:30'));
    await bot.kill();
    bot = await startBot(sandbox, { dataDir: bot.dataDir, env: env() });
    const { reply } = await ask(inSupport('/summary schedules'));
    expect(said(reply)).toContain('every weekday 09:30');
    const value = /\{"action":"summary.stop"[^}]*\}/.exec(said(reply))?.[0] ?? '{}';
    await sandbox.click({ person: '林晓', messageId: reply.messageId, value: JSON.parse(value) });
    await sandbox.waitFor(() =>
      sandbox.ledger
        .sentTo(sandbox.world.chat(support).chatId)
        .find(
          (sent) => sent.messageId === reply.messageId && said(sent).includes('No summaries are scheduled'),
        ),
    );
  }, 60_000);
});

describe('/export', () => {
  it('puts the pictures into the file, also when the originals are gone', async () => {
    const shown = (reply: SentReply): boolean =>
      !/Loading \d/.test(said(reply)) && said(reply).includes('"img_key"');
    await ask(inSupport(`/ticket ${mainTicketId}`), shown);
    const ticket = sandbox.world.tickets.get(mainTicketId);
    const pictures = (ticket?.messages ?? []).flatMap((message) => message.pictures);
    for (const picture of pictures) picture.deleted = true;
    const { reply } = await ask(inSupport(`/export ${mainTicketId}`), (one) =>
      said(one).includes('Exported:'),
    );
    for (const picture of pictures) picture.deleted = false;
    const { text, threadId } = await fileUnder(reply.messageId);
    expect(threadId).toBeDefined();
    expect(text.match(/src="data:image\//g)).toHaveLength(pictures.length);
    expect(text).toContain(mainTicketId);
    expect(text).not.toMatch(/<script/i);
  });

  it('sends its file once, whatever happens on the way', async () => {
    sandbox.fault({ endpoint: 'fileUpload', status: 500, code: 2200, times: 2 });
    const { reply } = await ask(inSupport(`/export ${mainTicketId}`), (one) =>
      said(one).includes('Exported:'),
    );
    await fileUnder(reply.messageId);
    await ask(inSupport('/help'));
    const files = sandbox.ledger.repliesTo(reply.messageId).filter(({ msgType }) => msgType === 'file');
    expect(files).toHaveLength(1);
  });
});
