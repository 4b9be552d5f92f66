/** The bot on Redis, over real HTTP: several processes, and a Redis that is killed, stopped and emptied. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';
import { describeNeeding } from '../support/programs.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';

const support = 'IT 服务台';
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describeNeeding('redis-server', 'the bot with REDIS_URL', (path) => {
  async function begin(): Promise<{
    sandbox: Sandbox;
    redis: RedisServer;
    replica: () => Promise<BotProcess>;
  }> {
    const redis = await startRedis(path);
    ends.push(() => redis.dispose());
    const sandbox = await startSandbox();
    ends.push(() => sandbox.close());
    const env = { ACCESS_CHATS: sandbox.world.chat(support).chatId, REDIS_URL: redis.url };
    const replica = async (): Promise<BotProcess> => {
      const bot = await startBot(sandbox, { env });
      ends.push(async () => {
        await bot.kill();
        forget(bot);
      });
      return bot;
    };
    return { sandbox, redis, replica };
  }

  const say = (sandbox: Sandbox) =>
    sandbox.say({ chat: support, person: '林晓', text: `/ticket ${mainTicketId}` });

  async function answered(sandbox: Sandbox): Promise<void> {
    const { messageId, status } = await say(sandbox);
    expect(status).toBe(200);
    await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId).find(() => true));
  }

  /** Waits in real time for `/readyz`. @returns its reason */
  async function readiness(bot: BotProcess, status: number): Promise<string> {
    for (;;) {
      const answer = await fetch(`${bot.url}/readyz`);
      const body = await answer.text();
      if (answer.status === status) return body;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  it('is answered by whichever replica lives, with nothing on its own disk', {
    timeout: 60_000,
  }, async () => {
    const { sandbox, replica } = await begin();
    const first = await replica();
    await answered(sandbox);
    const second = await replica();
    await answered(sandbox);
    await second.kill();
    sandbox.setWebhook(first.url);
    await answered(sandbox);
    expect(existsSync(join(first.dataDir, 'bot.db'))).toBe(false);
    expect(await first.stop()).toBe(0);
  });

  it('refuses events while Redis is away or hangs, and goes on when it is back', {
    timeout: 90_000,
  }, async () => {
    const { sandbox, redis, replica } = await begin();
    const bot = await replica();
    const outages = [
      { breaks: () => redis.kill(), mends: () => redis.start() },
      { breaks: async () => redis.pause(), mends: async () => redis.resume() },
    ];
    for (const { breaks, mends } of outages) {
      await breaks();
      expect((await say(sandbox)).status).toBe(503);
      await readiness(bot, 503);
      await mends();
      await readiness(bot, 200);
      await answered(sandbox);
    }
    await redis.admin.flushall();
    await readiness(bot, 503);
    expect((await say(sandbox)).status).toBe(503);
    const fresh = await replica();
    await readiness(fresh, 200);
    await readiness(bot, 503);
  });

  it('does not start on a Redis that would lose events', { timeout: 60_000 }, async () => {
    const { redis, replica } = await begin();
    await redis.admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(replica()).rejects.toThrow(/ended with 1:\n(?:\{.*\n)*REDIS_URL: .*noeviction/);
  });
});
