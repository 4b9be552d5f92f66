import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { openRedisStore } from '../../src/store/redis.ts';
import type { Store, WindowRule } from '../../src/store/store.ts';
import { describeNeeding } from '../support/programs.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { type MovedClock, movedClock } from './redisSubject.ts';

const log = createLog('silent');
const minute: WindowRule = { name: 'call/minute', max: 8, perMs: 60_000 };
const second: WindowRule = { name: 'call/second', max: 4, perMs: 1_000 };

/** Takes places until there is none. @returns how many, and how long to wait for the next */
async function takeAll({ window }: Store, ...rules: WindowRule[]) {
  const places: string[] = [];
  for (;;) {
    const taken = await window.take(rules);
    if ('waitMs' in taken) return { places, count: places.length, waitMs: taken.waitMs };
    places.push(taken.place);
  }
}

describeNeeding('redis-server', 'rate windows of several replicas', (path) => {
  const opened: { server?: RedisServer; stores: Store[] } = { stores: [] };
  const server = (): RedisServer => {
    if (opened.server === undefined) throw new Error('no server');
    return opened.server;
  };
  async function replica(clock: Clock, redisNowMs?: () => number): Promise<Store> {
    const options = { url: server().url, clock, log };
    const store = await openRedisStore(redisNowMs === undefined ? options : { ...options, redisNowMs });
    opened.stores.push(store);
    return store;
  }

  beforeAll(async () => {
    opened.server = await startRedis(path);
  });
  beforeEach(() => server().admin.flushall());
  afterEach(async () => {
    for (const store of opened.stores.splice(0)) await store.close();
  });
  afterAll(() => opened.server?.dispose());

  describe('on the clock of Redis', () => {
    it('take no notice of a replica whose own clock is a minute off, or runs twice as fast', async () => {
      const ahead: Clock = { ...systemClock, nowMs: () => Date.now() + 60_000 };
      const fast: Clock = { ...systemClock, monoMs: () => 2 * performance.now() };
      const replicas = [await replica(systemClock), await replica(ahead), await replica(fast)];
      const taken: number[] = [];
      for (let n = 0; n < 9; n += 1) {
        const answer = await replicas[n % 3]?.window.take([minute]);
        if (answer !== undefined && 'place' in answer) taken.push(n % 3);
      }
      expect(taken).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
      for (const each of replicas) {
        const { count, waitMs } = await takeAll(each, minute);
        expect(count).toBe(0);
        expect(waitMs).toBeGreaterThan(50_000);
        expect(waitMs).toBeLessThanOrEqual(60_000);
      }
    });

    it('never give more than `max` places away, however many ask at once', async () => {
      const replicas = [await replica(systemClock), await replica(systemClock)];
      const asked = Array.from({ length: 60 }, (_, n) => replicas[n % 2]?.window.take([minute, second]));
      const answers = await Promise.all(asked);
      expect(answers.filter((answer) => answer !== undefined && 'place' in answer)).toHaveLength(4);
    });
  });

  describe('in time that is moved', () => {
    let clock: MovedClock;
    const pass = async (ms: number): Promise<void> => {
      const endMs = clock.monoMs() + ms;
      for (; clock.nextMs() <= endMs; await new Promise((resolve) => setTimeout(resolve, 3)))
        clock.moveTo(clock.nextMs());
      clock.moveTo(endMs);
    };
    const open = () => replica(clock, () => clock.nowMs());

    beforeEach(() => {
      clock = movedClock();
      vi.useFakeTimers({ toFake: ['Date'], now: clock.nowMs() });
    });
    afterEach(() => vi.useRealTimers());

    it('count the calls of a killed replica as answered when it is silent for 8 s, and not before', async () => {
      const [dead, alive] = [await open(), await open()];
      expect((await takeAll(dead, second)).count).toBe(4);
      await dead.close();
      await pass(7_000);
      expect(await takeAll(alive, second)).toMatchObject({ count: 0, waitMs: 1_000 });
      await pass(2_000);
      await takeAll(alive, second);
      await pass(1_000);
      expect((await takeAll(alive, second)).count).toBe(4);
      await pass(30_000);
      expect((await takeAll(alive, second)).count).toBe(0);
      await pass(6_000);
      expect((await takeAll(alive, second)).count).toBe(4);
    });

    it('go on with a quarter while Redis is away, and all of it is known when Redis is back', async () => {
      const [one, other] = [await open(), await open()];
      const before = await takeAll(one, { ...minute, max: 1 });
      for (const place of before.places) await one.window.answered(place);
      await server().kill();
      // One of the two is taken already.
      const alone = await takeAll(one, minute);
      expect(alone).toMatchObject({ count: 1 });
      expect(alone.waitMs).toBeLessThanOrEqual(1_000);
      expect((await takeAll(other, minute)).count).toBe(2);
      for (const place of alone.places) await one.window.answered(place);
      await pass(30_000);
      expect((await takeAll(one, minute)).count).toBe(0);

      await server().start();
      await vi.waitFor(() => one.check());
      await vi.waitFor(() => other.check());
      await pass(1_000);
      // Who was away tells what it took before it takes more.
      expect((await takeAll(other, { ...minute, max: 4 })).count).toBe(1);
      expect(await takeAll(one, minute)).toMatchObject({ count: 3 });
      await pass(29_000);
      // The first and that of the time alone were answered a minute ago.
      expect((await takeAll(one, minute)).count).toBe(2);
    });

    it('are never stuck: a window as small as one place gives one, again and again', async () => {
      const store = await open();
      const one: WindowRule = { name: 'one', max: 1, perMs: 1_000 };
      await server().kill();
      for (let n = 0; n < 5; n += 1) {
        const { places, count, waitMs } = await takeAll(store, one);
        expect(count).toBe(1);
        expect(waitMs).toBeLessThanOrEqual(1_000);
        for (const place of places) await store.window.answered(place);
        await pass(1_000);
      }
      await server().start();
    });
  });
});
