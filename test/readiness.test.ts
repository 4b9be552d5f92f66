import { describe, expect, it } from 'vitest';
import { FeishuError, type FeishuErrorKind } from '../src/errors.ts';
import { readiness, remedyOf } from '../src/readiness.ts';
import { StoreUnavailable } from '../src/store/store.ts';
import { fakeClock } from './support/fakeClock.ts';

const good = { check: async () => undefined };
const bad = {
  check: async () => {
    throw new StoreUnavailable('The storage cannot be used now (SQLITE_FULL)');
  },
};
const refusal = (kind: FeishuErrorKind, code?: number, endpoint = 'tenantToken') =>
  new FeishuError({ kind, code, endpoint, httpStatus: code === undefined ? undefined : 200 });
const ready = (error?: unknown) =>
  readiness({
    store: good,
    storage: 'DATA_DIR',
    tenantToken: async () => {
      if (error !== undefined) throw error;
    },
    clock: fakeClock(),
  });

describe('readiness', () => {
  it('is there when an event can be stored and Feishu knows us', async () => {
    expect(await ready()).toEqual({ ok: true });
  });

  it.each([
    ['DATA_DIR', 'DATA_DIR cannot be written: The storage cannot be used now (SQLITE_FULL)'],
    ['REDIS_URL', 'Redis cannot be written (REDIS_URL): The storage cannot be used now (SQLITE_FULL)'],
  ] as const)('names the storage of %s', async (storage, reason) => {
    const deps = { store: bad, storage, tenantToken: async () => undefined, clock: fakeClock() };
    expect(await readiness(deps)).toEqual({ ok: false, reason });
  });

  it.each([
    [refusal('passing'), 'Feishu cannot be reached; check FEISHU_DOMAIN and the network'],
    [refusal('passing', 2200), 'Feishu fails with 2200; try again later'],
    [refusal('setup', 10014), 'Feishu refuses with 10014: Check FEISHU_APP_ID and FEISHU_APP_SECRET.'],
    [
      refusal('setup', 99991401),
      'Feishu refuses with 99991401: Add the address in the developer console under Security settings.',
    ],
    [refusal('unknown', 4711), 'Feishu refuses with 4711; npm run doctor says more'],
  ])('tells what to do about %s', async (error, reason) => {
    expect(await ready(error)).toEqual({ ok: false, reason });
  });
});

describe('readiness while a call is tried again', () => {
  it('does not wait for its end', async () => {
    const clock = fakeClock();
    const tenantToken = () => new Promise<never>(() => undefined);
    const state = readiness({ store: good, storage: 'DATA_DIR', tenantToken, clock });
    await clock.advance(3_500);
    expect(await state).toEqual({
      ok: false,
      reason: 'Feishu cannot be reached; check FEISHU_DOMAIN and the network',
    });
  });
});

describe('the remedy in the log', () => {
  it('is that of the endpoint that was called', () => {
    expect(remedyOf(refusal('setup', 230006, 'botInfo'))).toContain('230006');
    expect(remedyOf(refusal('setup', 230006, 'messageCreate'))).toMatch(/Turn on the bot/);
    expect(remedyOf(refusal('rate', 99991400))).toMatch(/goes on by itself/);
    expect(remedyOf(new Error('https://user:secret@feishu'))).not.toContain('secret');
  });
});
