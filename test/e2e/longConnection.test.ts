/** The bot as a process of its own that nobody can reach: events and clicks come over its long connection. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SentReply } from '../sandbox/ledger.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';
import { eventually } from '../support/longConnectionServer.ts';

const support = 'IT 服务台';
/** As a wish for an address is answered; quick, so that a broken connection is made again within the test. */
const quick = { PingInterval: 1, ReconnectInterval: 0.2, ReconnectNonce: 0.1 };

let sandbox: Sandbox;
let bot: BotProcess;

async function connectedBot(dataDir?: string): Promise<BotProcess> {
  const started = await startBot(sandbox, {
    env: {
      FEISHU_TRANSPORT: 'websocket',
      FEISHU_ENCRYPT_KEY: '',
      FEISHU_VERIFICATION_TOKEN: '',
      ACCESS_CHATS: sandbox.world.chat(support).chatId,
    },
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  await connected();
  return started;
}

const connected = (count = 1): Promise<true> =>
  sandbox.waitFor(() => (sandbox.connections.count() === count ? true : undefined));

beforeAll(async () => {
  // The ladder begins at once: nobody has 15 s here.
  sandbox = await startSandbox({
    schedule: (task) => {
      const timer = setTimeout(task, 200);
      return () => clearTimeout(timer);
    },
  });
  sandbox.setTransport('websocket');
  sandbox.connections.configure(quick);
  bot = await connectedBot();
});
afterAll(async () => {
  expect(await bot.stop()).toBe(0);
  expect(sandbox.connections.count()).toBe(0);
  forget(bot);
  await sandbox.close();
});

const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);

const ask = () => sandbox.say({ chat: support, person: '林晓', text: `/ticket ${mainTicketId}` });
const cardFor = (messageId: string): Promise<SentReply> =>
  sandbox.waitFor(() =>
    sandbox.ledger.repliesTo(messageId).find((reply) => said(reply).includes('"img_key"')),
  );

describe('over the long connection', () => {
  it('a ticket comes with its pictures, and a click on its card is answered', async () => {
    const { messageId, status } = await ask();
    expect(status).toBe(200);
    const card = await cardFor(messageId);
    sandbox.ledger.clear();
    const pressed = await sandbox.click({
      person: '林晓',
      messageId: card.messageId,
      value: { action: 'ticket.refresh', ticket: mainTicketId },
    });
    expect(pressed).toMatchObject({ status: 200, toast: { type: 'info' }, undone: false });
    await sandbox.waitFor(() => sandbox.ledger.callsTo('messagePatch')[0]);
  });

  it('nothing is lost when the line is cut, nor when the process is killed', async () => {
    sandbox.connections.dropAll();
    const unheard = await ask();
    expect(unheard.status).toBe(0);
    await cardFor(unheard.messageId);

    const { messageId, status } = await ask();
    expect(status).toBe(200);
    await bot.kill();
    await connected(0);
    bot = await connectedBot(bot.dataDir);
    await cardFor(messageId);
    expect(sandbox.ledger.repliesTo(messageId)).toHaveLength(1);
  });

  it('its metrics and its log tell of the connection', async () => {
    await cardFor((await ask()).messageId);
    let text = '';
    const read = async (): Promise<boolean> => {
      text = await (await fetch(`${bot.url}/metrics`)).text();
      return /bot_jobs_total\{outcome="done"\} [2-9]/.test(text) && text.includes('{state="running"} 0');
    };
    await eventually(read, 'the jobs end');
    expect(text).toContain('bot_acknowledge_seconds_count 1');
    expect(text).toContain('bot_long_connection_up 1');
    expect(text).toContain('bot_queue_jobs{state="waiting"} 0');
    expect(text).toContain('bot_queue_jobs{state="set_aside"} 0');
    expect(text).toContain('bot_queue_oldest_seconds 0');
    expect(text).toMatch(/bot_limit_fill_ratio\{endpoint="tenantToken"\} 0\.\d/);
    expect(text).toMatch(/bot_pictures_total\{outcome="cached"\} [1-9]/);
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).toContain('bot_long_connection_changes_total{change="connected"} 1');
    expect(bot.output()).toContain('long connection connected');
    expect(bot.output()).not.toContain(sandbox.app.appSecret);
    expect(bot.output()).not.toContain(`/ticket ${mainTicketId}`);
  });
});
