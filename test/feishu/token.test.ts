import { describe, expect, it } from 'vitest';
import { FeishuError } from '../../src/errors.ts';
import { createTokens, type Grant } from '../../src/feishu/token.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type FakeClock, fakeClock } from '../support/fakeClock.ts';
import { memoryLog } from '../support/memoryLog.ts';

interface World {
  readonly clock: FakeClock;
  readonly tokens: ReturnType<typeof createTokens>;
  /** When a token was fetched, from the start. */
  readonly fetchedAtMs: number[];
  expireSec: unknown;
  /** What the next fetches answer; by default `t-1`, `t-2` … */
  answer: (count: number) => Promise<string>;
}

function world(): World {
  const clock = fakeClock();
  const startMs = clock.monoMs();
  const fetchedAtMs: number[] = [];
  const fetch = async (): Promise<Grant> => {
    fetchedAtMs.push(clock.monoMs() - startMs);
    return { token: await self.answer(fetchedAtMs.length), expireSec: self.expireSec };
  };
  const { log } = memoryLog();
  const tokens = createTokens({ fetch, clock, log, metrics: createMetrics() });
  const self: World = {
    clock,
    tokens,
    fetchedAtMs,
    expireSec: 7_200,
    answer: async (count) => `t-${count}`,
  };
  return self;
}

const minutes = (count: number): number => count * 60_000;
const setup = new FeishuError({ kind: 'setup', code: 10014, endpoint: 'tenantToken' });

describe('the tenant token', () => {
  it('is fetched once for 200 that ask together', async () => {
    const { tokens, fetchedAtMs } = world();
    const all = await Promise.all(Array.from({ length: 200 }, () => tokens.get()));
    expect(new Set(all)).toEqual(new Set(['t-1']));
    expect(fetchedAtMs).toHaveLength(1);
  });

  it('is renewed when 30 minutes are left, while the old one is used', async () => {
    const self = world();
    expect(await self.tokens.get()).toBe('t-1');
    await self.clock.advance(minutes(90) - 1);
    expect(await self.tokens.get()).toBe('t-1');
    expect(self.fetchedAtMs).toHaveLength(1);
    await self.clock.advance(1);
    let arrive = (_token: string): void => {};
    self.answer = () => new Promise((resolve) => (arrive = resolve));
    expect(await self.tokens.get()).toBe('t-1');
    expect(await self.tokens.get()).toBe('t-1');
    expect(self.fetchedAtMs).toHaveLength(2);
    arrive('t-new');
    await self.clock.settle();
    expect(await self.tokens.get()).toBe('t-new');
  });

  it('is still used when renewing fails, and renewing is tried again at most every 10 s', async () => {
    const self = world();
    await self.tokens.get();
    await self.clock.advance(minutes(91));
    self.answer = () => Promise.reject(setup);
    for (let second = 0; second < 60; second += 1) {
      expect(await self.tokens.get()).toBe('t-1');
      await self.clock.advance(1_000);
    }
    expect(self.fetchedAtMs.length).toBeLessThanOrEqual(7);
    expect(self.fetchedAtMs.length).toBeGreaterThanOrEqual(6);
  });

  it.each([120, 1, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, '7200', {}])(
    'makes no hot loop when `expire` is %s',
    async (expireSec) => {
      const self = world();
      self.expireSec = expireSec;
      for (let step = 0; step < 60; step += 1) {
        await self.tokens.get();
        await self.clock.advance(1_000);
      }
      const gaps = self.fetchedAtMs.slice(1).map((at, index) => at - (self.fetchedAtMs[index] ?? 0));
      expect(Math.min(10_000, ...gaps)).toBe(10_000);
    },
  );

  it('is not asked for again and again when Feishu gives the same one', async () => {
    const self = world();
    self.answer = async () => 't-same';
    await self.tokens.get();
    self.expireSec = 1_801;
    await self.clock.advance(minutes(90));
    for (let second = 0; second < 30; second += 1) {
      await self.tokens.get();
      await self.clock.advance(1_000);
    }
    expect(self.fetchedAtMs.length).toBeLessThanOrEqual(4);
  });

  it('does not heed the wall clock', async () => {
    const self = world();
    await self.tokens.get();
    self.clock.jumpWall(minutes(180));
    expect(await self.tokens.get()).toBe('t-1');
    self.clock.jumpWall(-minutes(360));
    await self.clock.advance(minutes(120));
    expect(self.tokens.current()).toBeUndefined();
    expect(await self.tokens.get()).toBe('t-2');
  });

  it('is replaced by value: 200 refusals of one token fetch one other', async () => {
    const self = world();
    await self.tokens.get();
    const all = await Promise.all(Array.from({ length: 200 }, () => self.tokens.replace('t-1')));
    expect(new Set(all)).toEqual(new Set(['t-2']));
    expect(self.fetchedAtMs).toHaveLength(2);
    expect(await self.tokens.replace('t-1')).toBe('t-2');
    expect(self.fetchedAtMs).toHaveLength(2);
  });

  it('is replaced at most every 10 s when every one is refused', async () => {
    const self = world();
    await self.tokens.get();
    expect(await self.tokens.replace('t-1')).toBe('t-2');
    expect(await self.tokens.replace('t-2')).toBeUndefined();
    await self.clock.advance(10_000);
    expect(await self.tokens.replace('t-2')).toBe('t-3');
  });

  it('is not asked for during 10 s after a failure; everybody gets that failure', async () => {
    const self = world();
    self.answer = () => Promise.reject(setup);
    for (let step = 0; step < 10; step += 1) {
      await expect(self.tokens.get()).rejects.toBe(setup);
      await self.clock.advance(999);
    }
    expect(self.fetchedAtMs).toHaveLength(1);
    await self.clock.advance(10);
    self.answer = async () => 't-good';
    expect(await self.tokens.get()).toBe('t-good');
  });
});
