/** Replicas on one Redis: one of them dies, all are replaced, Redis dies, hangs, is emptied, is full. */

import { expect, it } from 'vitest';
import { violationsOf } from '../../chaos/checker.ts';
import { createGenerator, type Generator } from '../../chaos/generator.ts';
import { chance } from '../../chaos/random.ts';
import type { RedisServer } from '../../support/redisServer.ts';
import { openReplicas, type Replicas } from './replicas.ts';
import { asks, type OpenScene, type Scene, seen } from './scene.ts';

const seed = Math.floor(Math.random() * 2 ** 31);

/** People talk until `stop`; what they say is delivered or not. */
function talking(generator: Generator): { stop(): Promise<void> } {
  let going = true;
  const talk = (async (): Promise<void> => {
    while (going) {
      await generator.burst(2);
      // About what three chats may be sent.
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  })();
  return {
    stop() {
      going = false;
      return talk;
    },
  };
}

/** Delivers again what was not taken, waits for every answer, and lets the checker judge. */
async function expectNothingLost(scene: Scene, generator: Generator): Promise<void> {
  for (let round = 0; round < 4 && scene.waitingCount() > 0; round += 1) {
    scene.redeliver();
    await seen(() => (scene.underWayCount() === 0 ? true : undefined), 20_000);
  }
  await seen(() => (generator.settled() ? true : undefined), 60_000).catch(() => undefined);
  const asked = generator.asked();
  expect(asked.filter(({ acknowledged }) => acknowledged).length).toBeGreaterThan(5);
  const nothing = {
    rates: [],
    refreshed: [],
    notified: [],
    said: [],
    secrets: [],
    resources: [],
    undead: [],
  };
  expect(violationsOf({ asked, ...nothing })).toEqual([]);
}

const readyStatus = async ({ bot }: Scene): Promise<number> => (await fetch(`${bot().url}/readyz`)).status;

/** Answers in time, whatever Redis does. @returns what an event and a click are answered with */
async function knock({ sandbox, bot }: Scene, cardId: string) {
  const event = await sandbox.say(asks('/help'));
  const value = { action: 'ticket.refresh', ticket: '1' };
  const click = await sandbox.click({ person: '林晓', messageId: cardId, value });
  const took = sandbox.deliveries().at(-2)?.tookMs ?? 0;
  const healthy = (await fetch(`${bot().url}/healthz`)).status;
  return { event, click, took, healthy };
}

export interface RedisPlace {
  /** Opens a scene whose bots use a database of their own on a shared Redis. */
  readonly open: OpenScene;
  readonly args: () => readonly string[];
  /** A Redis that a test may harm. */
  readonly ownRedis: (args?: readonly string[]) => Promise<RedisServer>;
}

export function replicas({ open, args, ownRedis }: RedisPlace): void {
  async function two(): Promise<{ scene: Scene; group: Replicas; generator: Generator }> {
    const redis = await ownRedis();
    const scene = await open();
    const group = await openReplicas(scene.sandbox, {
      args: args(),
      env: { ACCESS_CHATS: '*', LOG_LEVEL: 'info', REDIS_URL: redis.url },
    });
    scene.onClose(() => group.close());
    return { scene, group, generator: createGenerator(scene.sandbox, chance(seed, 'replicas')) };
  }

  it.concurrent(`one of two killed for good: the other answers everything (seed ${seed})`, {
    timeout: 120_000,
  }, async () => {
    const { scene, group, generator } = await two();
    const victim = await group.add();
    await group.add();
    const talk = talking(generator);
    await seen(() => (generator.asked().length > 10 ? true : undefined));
    // Answers hang, so that the victim has some in hand.
    scene.sandbox.fault({ endpoint: 'messageReply', delayMs: 1_000, times: 6 });
    const before = generator.asked().length;
    await seen(() => (generator.asked().length > before + 5 ? true : undefined));
    await group.kill(victim);
    await seen(() => (generator.asked().length > before + 15 ? true : undefined));
    await talk.stop();
    await expectNothingLost(scene, generator);
  });

  it.concurrent(`all replaced one after the other under load: nothing is lost (seed ${seed})`, {
    timeout: 120_000,
  }, async () => {
    const { scene, group, generator } = await two();
    const old = [await group.add(), await group.add()];
    const talk = talking(generator);
    await seen(() => (generator.asked().length > 10 ? true : undefined));
    for (const bot of old) {
      await group.add();
      expect(await group.retire(bot)).toBe(0);
    }
    const before = generator.asked().length;
    await seen(() => (generator.asked().length > before + 5 ? true : undefined));
    await talk.stop();
    await expectNothingLost(scene, generator);
  });
}

export function sickRedis({ open, ownRedis }: RedisPlace): void {
  /** A bot on a Redis of its own, with a card to click on, and people who talk. */
  async function ward(redisArgs: readonly string[] = []) {
    const redis = await ownRedis(redisArgs);
    const scene = await open({ env: { REDIS_URL: redis.url } });
    await scene.start();
    const { messageId } = await scene.sandbox.say(asks('/help'));
    const { messageId: cardId } = await scene.answerTo(messageId);
    const generator = createGenerator(scene.sandbox, chance(seed, 'redis'));
    const talk = talking(generator);
    await seen(() => (generator.asked().length > 12 ? true : undefined));
    await talk.stop();
    return { redis, scene, generator, cardId };
  }

  /** A bot whose Redis cannot be written refuses in time, and lives. */
  async function expectRefusals(scene: Scene, cardId: string): Promise<void> {
    const { event, click, took, healthy } = await knock(scene, cardId);
    expect(event.status).toBe(503);
    expect(took).toBeLessThan(1_000);
    expect(click).toMatchObject({ status: 200, toast: { type: 'error' } });
    expect(healthy).toBe(200);
    expect(await readyStatus(scene)).toBe(503);
  }

  /** The same process is ready within the time that is promised, and works. */
  async function expectRecovery(scene: Scene): Promise<void> {
    await seen(async () => ((await readyStatus(scene)) === 200 ? true : undefined), 10_000);
    const { messageId } = await scene.sandbox.say(asks('/help'));
    await scene.answerTo(messageId);
  }

  it.concurrent('killed and started again: 503 meanwhile, nothing lost, no restart', {
    timeout: 120_000,
  }, async () => {
    const { redis, scene, generator, cardId } = await ward();
    const talk = talking(generator);
    await redis.kill();
    await expectRefusals(scene, cardId);
    await redis.start();
    await expectRecovery(scene);
    await talk.stop();
    await expectNothingLost(scene, generator);
  });

  it.concurrent('stopped: 503 within a second, and what was half stored is answered once', {
    timeout: 120_000,
  }, async () => {
    const { redis, scene, generator, cardId } = await ward();
    const talk = talking(generator);
    redis.pause();
    await expectRefusals(scene, cardId);
    await talk.stop();
    redis.resume();
    await expectRecovery(scene);
    await expectNothingLost(scene, generator);
  });

  it.concurrent('stopped while the bot is told to stop: it ends all the same', {
    timeout: 120_000,
  }, async () => {
    const { redis, scene } = await ward();
    redis.pause();
    const startMs = performance.now();
    expect(await scene.bot().stop()).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    redis.resume();
  });

  it.concurrent('emptied: not ready until a restart, which goes on with it', {
    timeout: 120_000,
  }, async () => {
    const { redis, scene, generator, cardId } = await ward();
    await seen(() => (generator.settled() ? true : undefined), 30_000);
    await redis.admin.flushall();
    await expectRefusals(scene, cardId);
    expect(await readyStatus(scene)).toBe(503);
    await scene.start();
    await expectRecovery(scene);
    await expectNothingLost(scene, generator);
  });

  it.concurrent('full: 503, alive, and goes on when there is room', { timeout: 120_000 }, async () => {
    const { redis, scene, generator, cardId } = await ward();
    await seen(() => (generator.settled() ? true : undefined), 30_000);
    await redis.admin.config('SET', 'maxmemory', '1mb');
    await expectRefusals(scene, cardId);
    await redis.admin.config('SET', 'maxmemory', '0');
    await expectRecovery(scene);
    await expectNothingLost(scene, generator);
  });

  it.concurrent('without an append-only file is refused at the start', { timeout: 60_000 }, async () => {
    const redis = await ownRedis(['--appendonly', 'no']);
    const scene = await open();
    const bot = scene.spawn({ REDIS_URL: redis.url });
    expect(await bot.ended()).toBe(1);
    expect(bot.output()).toContain('REDIS_URL');
  });
}
