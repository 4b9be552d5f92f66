/** Ten minutes in which Feishu does not answer, and a busy bot. */

import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FeishuError } from '../../src/errors.ts';
import type { Call } from '../../src/feishu/client.ts';
import type { Priority } from '../../src/store/store.ts';
import { type NockedClient, nockedClient, origin } from '../support/nockedClient.ts';

let self: NockedClient;

beforeEach(() => {
  nock.disableNetConnect();
  self = nockedClient();
});

afterEach(() => {
  self.expectNoSecrets();
  nock.abortPendingRequests();
  nock.cleanAll();
  nock.enableNetConnect();
});

const anything = z.unknown();
const minuteMs = 60_000;
const logIds = { 'x-tt-logid': '20260105abc' };
const good = { code: 0, msg: '', data: {} };
const waitMs = (ms: number): Promise<void> => self.clock.until(self.clock.sleep(ms));
/** In small steps, because queues that empty themselves need real milliseconds. */
async function waitSlowly(ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= 50) await waitMs(50);
}

/** What Feishu answers to each call, as it is now; and when it was asked. */
function feishu(path: string | RegExp, method: 'GET' | 'POST' = 'GET') {
  const asked: number[] = [];
  const state: { answer: readonly [number, object | string, Record<string, string>?] } = {
    answer: [200, good],
  };
  nock(origin)
    .persist()
    .intercept(path, method)
    .reply(() => {
      asked.push(self.clock.monoMs());
      const [status, body, headers = {}] = state.answer;
      return [status, body, headers];
    });
  return { asked, state };
}

function priorityOf(digit: number): Priority {
  if (digit === 9) return 'background';
  return digit > 5 ? 'card' : 'person';
}

interface Errand {
  readonly startMs: number;
  readonly priority: Priority;
  endMs: number | undefined;
  error: unknown;
}

/** Each a call of its own. */
function errands(count: number, call: (n: number) => Call): readonly Errand[] {
  return Array.from({ length: count }, (_, n): Errand => {
    const priority = priorityOf(n % 10);
    const errand: Errand = { startMs: self.clock.monoMs(), priority, endMs: undefined, error: undefined };
    self.client
      .call({ ...call(n), priority }, anything)
      .catch((error: unknown) => {
        errand.error = error;
      })
      .finally(() => {
        errand.endMs = self.clock.monoMs();
      });
    return errand;
  });
}

const ticketCall = (n: number): Call => ({ endpoint: 'ticket', path: { ticketId: String(n) } });

/** Feishu's answers about tickets. Time stands still while a call is under way. */
function tickets() {
  const ticket = feishu(/^\/open-apis\/helpdesk\/v1\/tickets\/\d+$/);
  self.clock.busyWhile(() => self.windows.openCount('ticket/1000') > 0);
  return ticket;
}

/** The most in any sliding second. */
const worstSecond = (times: readonly number[]): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));

describe('an outage of ten minutes', () => {
  it('costs few calls, answers everybody in time, and is over for all together', async () => {
    const { asked, state } = tickets();
    await self.clock.until(self.client.tenantToken());
    // Now the gateway answers, now an instance behind it.
    const answers = [
      [502, '<html>502</html>', logIds],
      [500, { code: 155000, msg: 'internal error' }, logIds],
    ] as const;
    const all: Errand[] = [];
    const beganMs = self.clock.monoMs();
    const under = (): readonly Errand[] => all.filter(({ endMs }) => endMs === undefined);
    while (self.clock.monoMs() < beganMs + 10 * minuteMs || under().length < 100) {
      state.answer = answers[all.length % 100 === 0 ? 0 : 1];
      all.push(...errands(50, ticketCall));
      await waitMs(10_000);
    }
    // Each of them is one call when Feishu works.
    expect(all.length).toBeLessThanOrEqual(3_200);
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.length).toBeLessThanOrEqual(all.length * 0.02);

    state.answer = [200, good];
    const overMs = self.clock.monoMs();
    const waiting = under();
    while (waiting.some(({ endMs }) => endMs === undefined)) await waitMs(500);
    for (const { error, endMs = 0 } of waiting) {
      expect(error).toBeUndefined();
      // Half a minute until it is noticed, and ten a second from then on.
      expect(endMs - overMs).toBeLessThanOrEqual(30_000 + (waiting.length / 10) * 1_200);
    }
    const recovered = asked.filter((atMs) => atMs > overMs);
    expect((recovered[0] ?? 0) - overMs).toBeLessThanOrEqual(30_000);
    expect(worstSecond(asked)).toBeLessThanOrEqual(10);

    const failed = all.filter(({ error }) => error !== undefined);
    expect(failed.length + waiting.length).toBe(all.length);
    for (const { error, startMs, endMs = 0 } of failed) {
      expect(error).toBeInstanceOf(FeishuError);
      expect(error).toMatchObject({ kind: 'passing', endpoint: 'ticket', logId: '20260105abc' });
      // And what the first ones waited for their places.
      expect(endMs - startMs).toBeLessThanOrEqual(2 * minuteMs + 6_000);
    }
    expect(self.log.messages('warn')).toEqual([
      'endpoint broken: its calls are held back',
      'endpoint works again',
    ]);
    // Persons first, though all were let go together.
    const lastOf = (wanted: Priority): number =>
      Math.max(...waiting.filter(({ priority }) => priority === wanted).map(({ endMs = 0 }) => endMs));
    expect(lastOf('person')).toBeLessThan(lastOf('card'));
    expect(lastOf('card')).toBeLessThan(lastOf('background'));
  }, 60_000);
});

describe('what waits for its place when an endpoint breaks', () => {
  it('takes none any more, and does not stand in the way of the call that tries', async () => {
    const { asked, state } = tickets();
    state.answer = [502, ''];
    const all = errands(150, ticketCall);
    await waitSlowly(5_000);
    // Twenty, and those that departed with the last of them; then one at a time.
    expect(asked.length).toBeLessThanOrEqual(33);
    expect(asked.filter((atMs) => atMs > (asked[0] ?? 0) + 1_500).length).toBeGreaterThanOrEqual(1);
    expect(self.windows.departures('ticket/1000').length).toBeLessThanOrEqual(asked.length + 3);
    state.answer = [200, good];
    while (all.some(({ endMs }) => endMs === undefined)) await waitMs(1_000);
    expect(all.filter(({ error }) => error !== undefined)).toEqual([]);
  }, 30_000);
});

describe('a broken endpoint', () => {
  /** Many calls failed. */
  async function broken() {
    const ticket = tickets();
    ticket.state.answer = [502, '', logIds];
    const all = errands(60, ticketCall);
    await waitSlowly(3_000);
    expect(self.log.messages('warn')).toEqual(['endpoint broken: its calls are held back']);
    return { ...ticket, all };
  }

  it('that says that there are too many calls stays so, and the pause is kept', async () => {
    const { asked, state, all } = await broken();
    state.answer = [429, { code: 99991400, msg: 'no' }, { 'x-ogw-ratelimit-reset': '20' }];
    const before = asked.length;
    await waitMs(25_000);
    expect(asked.length - before).toBeLessThanOrEqual(2);
    state.answer = [200, good];
    while (all.some(({ endMs }) => endMs === undefined)) await waitMs(1_000);
    expect(all.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(asked[before + 1]).toBeGreaterThan((asked[before] ?? 0) + 20_000);
    expect(worstSecond(asked)).toBeLessThanOrEqual(10);
  }, 30_000);

  it('holds up no other', async () => {
    await broken();
    feishu('/open-apis/im/v1/messages/om_1/reply', 'POST');
    const startMs = self.clock.monoMs();
    const body = { msg_type: 'text', content: '{}', uuid: 'u-1' };
    await self.clock.until(
      self.client.call({ endpoint: 'messageReply', path: { messageId: 'om_1' }, body }, anything),
    );
    expect(self.clock.monoMs()).toBe(startMs);
  }, 30_000);

  it('keeps back what may not be made twice, and makes it once', async () => {
    const path = '/open-apis/im/v1/messages/om_1/reply';
    const { asked, state } = feishu(path, 'POST');
    state.answer = [502, ''];
    const reply = (uuid: string | undefined): Call => ({
      endpoint: 'messageReply',
      path: { messageId: 'om_1' },
      body: { msg_type: 'text', content: '{}', ...(uuid === undefined ? {} : { uuid }) },
    });
    const named = errands(60, (n) => reply(`u-${n}`));
    await waitMs(800);
    const unnamed = errands(1, () => reply(undefined));
    await waitMs(20_000);
    expect(unnamed[0]).toMatchObject({ endMs: undefined, error: undefined });
    state.answer = [200, good];
    const before = asked.length;
    while ([...named, ...unnamed].some(({ endMs }) => endMs === undefined)) await waitMs(1_000);
    expect(unnamed[0]?.error).toBeUndefined();
    expect(asked.length - before).toBe(
      [...named, ...unnamed].filter(({ error }) => error === undefined).length,
    );
  }, 30_000);
});

describe('the tenant token in an outage', () => {
  it('is asked for seldom, readiness knows why at once, and it is there soon after', async () => {
    nock.cleanAll();
    const { asked, state } = feishu('/open-apis/auth/v3/tenant_access_token/internal', 'POST');
    state.answer = [503, '', logIds];
    const outcomes: { readonly atMs: number; readonly tookMs: number; readonly error: unknown }[] = [];
    const ready = async (): Promise<void> => {
      const atMs = self.clock.monoMs();
      const error = await self.client.tenantToken().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      outcomes.push({ atMs, tookMs: self.clock.monoMs() - atMs, error });
    };
    const beganMs = self.clock.monoMs();
    while (self.clock.monoMs() < beganMs + 10 * minuteMs) {
      void ready();
      await waitMs(5_000);
    }
    expect(asked.length).toBeLessThanOrEqual(75);
    for (const { error } of outcomes)
      expect(error).toMatchObject({ kind: 'passing', endpoint: 'tenantToken', logId: '20260105abc' });
    const later = outcomes.filter(({ atMs }) => atMs > beganMs + 20_000);
    expect(later.length).toBeGreaterThan(100);
    expect(new Set(later.map(({ tookMs }) => tookMs))).toEqual(new Set([0]));

    state.answer = [200, { code: 0, msg: 'ok', tenant_access_token: self.token(1), expire: 7_200 }];
    const overMs = self.clock.monoMs();
    const first = outcomes.length;
    while (outcomes.slice(first).every(({ error }) => error !== undefined)) {
      void ready();
      await waitMs(1_000);
    }
    expect(self.clock.monoMs() - overMs).toBeLessThanOrEqual(21_000);
    expect(self.log.messages('warn')).toContain('endpoint works again');
  }, 30_000);
});
