import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FeishuError, type FeishuErrorInit } from '../../src/errors.ts';
import { type Breaker, createBreaker, EndpointBroke, type Going } from '../../src/feishu/breaker.ts';
import type { EndpointName } from '../../src/feishu/endpoints.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { type FakeClock, fakeClock } from '../support/fakeClock.ts';
import { type MemoryLog, memoryLog } from '../support/memoryLog.ts';

let clock: FakeClock;
let log: MemoryLog;
let metrics: Metrics;
let breaker: Breaker;
let startMs: number;

/** Pauses are a tenth shorter than they may be. */
const random = (): number => 0.5;

beforeEach(() => {
  clock = fakeClock();
  log = memoryLog();
  metrics = createMetrics();
  breaker = createBreaker({ clock, log: log.log, metrics, random });
  startMs = clock.monoMs();
});

const since = (): number => clock.monoMs() - startMs;

function error(init: Partial<FeishuErrorInit> = {}): FeishuError {
  return new FeishuError({ kind: 'passing', code: undefined, endpoint: 'ticket', ...init });
}

function pass(change: Partial<Going> = {}) {
  const sinceMs = clock.monoMs();
  const untilMs = sinceMs + 120_000;
  const usual: Going = { endpoint: 'ticket', priority: 'person', repeatable: true, sinceMs, untilMs };
  return breaker.pass({ ...usual, ...change });
}

/** A call with this answer, at once. */
async function call(answer: FeishuError | undefined, endpoint: EndpointName = 'ticket'): Promise<void> {
  const passage = await pass({ endpoint });
  expect(passage.departs()).toBe(true);
  passage.answered(answer);
  passage.end();
}

async function calls(count: number, answer: FeishuError | undefined, endpoint?: EndpointName): Promise<void> {
  for (let n = 0; n < count; n += 1) await call(answer, endpoint);
}

const isOpen = (endpoint: EndpointName = 'ticket'): boolean => breaker.refusal(endpoint) !== undefined;

/** Calls that wait; what became of them. */
function crowd(count: number, change: Partial<Going> = {}) {
  const through: number[] = [];
  const refused: unknown[] = [];
  for (let n = 0; n < count; n += 1)
    pass(change).then(
      (passage) => {
        through.push(n);
        passage.end();
      },
      (reason: unknown) => refused.push(reason),
    );
  return { through, refused };
}

/** One after the other, whoever tries the endpoint out, with this answer. @returns when they departed */
function trying(count: number, answer: () => FeishuError | undefined, tripMs = 0) {
  const departedMs: number[] = [];
  const one = async (): Promise<void> => {
    while (departedMs.length < count) {
      const passage = await pass({ untilMs: Number.POSITIVE_INFINITY }).catch(() => undefined);
      if (passage === undefined) continue;
      if (passage.departs()) {
        departedMs.push(since());
        if (tripMs > 0) await clock.sleep(tripMs);
        passage.answered(answer());
      }
      passage.end();
    }
  };
  return { done: one(), departedMs };
}

const neutral: readonly (readonly [string, FeishuError])[] = [
  ['too many calls', error({ kind: 'rate', code: 99991400 })],
  ['the used-up quota', error({ kind: 'quota', code: 99991403 })],
  ['a refused token', error({ kind: 'token', code: 99991663 })],
  ['a redirect', error({ kind: 'unknown', httpStatus: 302 })],
];
const heard: readonly (readonly [string, FeishuError | undefined])[] = [
  ['an answer', undefined],
  ['what does not exist', error({ kind: 'not_found', code: 154004 })],
  ['a message that is being sent', error({ kind: 'in_flight', code: 230049 })],
  ['a card that somebody clicks on', error({ code: 230099, subCode: 11310 })],
  ['a code that nobody knows', error({ kind: 'unknown', code: 424242 })],
];

describe('an endpoint', () => {
  it.each([
    ['no answer', error()],
    ['a bad gateway', error({ httpStatus: 502 })],
    ['155000', error({ code: 155000, httpStatus: 500 })],
  ])('breaks after twenty failures in a row within ten seconds: %s', async (_name, failure) => {
    await calls(19, failure);
    await clock.advance(10_000);
    expect(isOpen()).toBe(false);
    await calls(1, failure);
    expect(isOpen()).toBe(true);
    expect(isOpen('tickets')).toBe(false);
  });

  it('does not break when they come slowly', async () => {
    for (let n = 0; n < 60; n += 1) {
      await call(error());
      await clock.advance(530);
    }
    expect(isOpen()).toBe(false);
  });

  it.each(neutral)('breaks over %s neither way', async (_name, answer) => {
    await calls(60, answer);
    expect(isOpen()).toBe(false);
    await calls(19, error());
    await call(answer);
    await call(error());
    expect(isOpen()).toBe(true);
  });

  it.each(heard)('works when Feishu answered: %s', async (_name, answer) => {
    await calls(60, answer);
    await calls(19, error());
    await call(answer);
    await calls(19, error());
    expect(isOpen()).toBe(false);
  });

  it('says so once in the log and in the metrics, and once more when it works', async () => {
    const value = async () =>
      (await metrics.broken.get()).values.map(({ value: one, labels }) => [labels, one]);
    await calls(20, error({ code: 155000, logId: 'L1', said: 'internal error' }));
    expect(await value()).toEqual([[{ endpoint: 'ticket' }, 1]]);
    const waiting = crowd(30);
    const answers = [error(), undefined];
    await clock.until(trying(2, () => answers.shift()).done);
    await clock.settle();
    expect(waiting.through).toHaveLength(30);
    expect(await value()).toEqual([[{ endpoint: 'ticket' }, 0]]);
    expect(log.lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'warn',
        msg: 'endpoint broken: its calls are held back',
        endpoint: 'ticket',
        failedCount: 20,
        err: { code: 155000, logId: 'L1' },
      },
      {
        level: 'warn',
        msg: 'endpoint works again',
        endpoint: 'ticket',
        failedProbeCount: 1,
        brokenMs: 2_700,
      },
    ]);
  });
});

describe('a broken endpoint', () => {
  beforeEach(() => calls(20, error({ code: 155000, logId: 'L1' })));

  it('is tried after a second, then after twice as long each time, up to half a minute', async () => {
    const { done, departedMs } = trying(9, () => error());
    await clock.until(done);
    const pausesMs = departedMs.map((atMs, index) => atMs - (departedMs[index - 1] ?? 0));
    expect(pausesMs).toEqual([0.9, 1.8, 3.6, 7.2, 14.4, 27, 27, 27, 27].map((sec) => sec * 1_000));
  });

  it('is tried by one call at a time, however many there are and however long that takes', async () => {
    const one = fc.record({
      afterMs: fc.nat(60_000),
      tripMs: fc.nat(20_000),
      answer: fc.constantFrom(error(), error(), error({ kind: 'rate', code: 99991400 })),
      priority: fc.constantFrom<Going['priority']>('person', 'card', 'background'),
      repeatable: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 20, maxLength: 40 }), async (many) => {
        clock = fakeClock();
        breaker = createBreaker({ clock, log: log.log, metrics, random });
        await calls(20, error());
        let underWay = 0;
        let worst = 0;
        let triedCount = 0;
        const all = many.map(async ({ afterMs, tripMs, answer, ...going }) => {
          await clock.sleep(afterMs);
          const passage = await pass(going).catch(() => undefined);
          if (passage?.departs()) {
            triedCount += 1;
            underWay += 1;
            worst = Math.max(worst, underWay);
            await clock.sleep(tripMs);
            underWay -= 1;
            passage.answered(answer);
          }
          passage?.end();
        });
        await clock.until(Promise.all(all));
        expect(worst).toBe(1);
        // Nobody waits for ever, and somebody always tries.
        expect(triedCount).toBeGreaterThan(2);
        expect(clock.sleepers()).toBe(0);
      }),
      { numRuns: 5 },
    );
  }, 60_000);

  it.each(heard)(
    'works again with the first that Feishu answers, for all at once: %s',
    async (_name, answer) => {
      const waiting = crowd(300);
      const tried = trying(1, () => answer);
      // One of the crowd has the first turn, and is not made.
      await clock.until(tried.done);
      await clock.settle();
      expect(isOpen()).toBe(false);
      expect(waiting.through).toHaveLength(300);
      expect(since()).toBeLessThanOrEqual(1_000);
      expect(clock.sleepers()).toBe(0);
    },
  );

  it.each(neutral)('is tried again after the same pause over %s', async (_name, answer) => {
    const { done, departedMs } = trying(3, () => answer);
    await clock.until(done);
    expect(departedMs).toEqual([900, 1_800, 2_700]);
    expect(isOpen()).toBe(true);
  });

  it('does not listen to what departed before', async () => {
    const fresh = createBreaker({ clock, log: log.log, metrics, random });
    breaker = fresh;
    const late = await Promise.all(Array.from({ length: 60 }, () => pass()));
    for (const passage of late) expect(passage.departs()).toBe(true);
    await clock.advance(5_000);
    await calls(20, error());
    const [first, ...others] = late;
    first?.answered(undefined);
    expect(isOpen()).toBe(true);
    await clock.until(trying(1, () => undefined).done);
    expect(isOpen()).toBe(false);
    // Their time-outs come when it works already.
    await clock.advance(1);
    for (const passage of others) passage.answered(error());
    expect(isOpen()).toBe(false);
  });

  it('lets nobody depart who only waits for a place', async () => {
    breaker = createBreaker({ clock, log: log.log, metrics, random });
    const passage = await pass();
    expect(passage.check).not.toThrow();
    await calls(20, error());
    expect(passage.check).toThrow(EndpointBroke);
    expect(passage.departs()).toBe(false);
    passage.end();
    await clock.until(trying(1, () => undefined).done);
    expect(passage.check).not.toThrow();
  });

  it('is tried by who is the most urgent, and by what may be made twice', async () => {
    const order: string[] = [];
    const waiting = (
      [
        ['phone', 'person', false],
        ['background', 'background', true],
        ['card', 'card', true],
        ['person', 'person', true],
        ['late', 'person', true],
      ] as const
    ).map(async ([name, priority, repeatable]) => {
      const passage = await pass({ priority, repeatable });
      order.push(name);
      if (passage.departs()) passage.answered(error());
      passage.end();
    });
    await clock.until(Promise.all(waiting));
    expect(order).toEqual(['person', 'late', 'card', 'background', 'phone']);
  });

  it('is tried by a person in the place of work that still waits for its share', async () => {
    const background = await clock.until(pass({ priority: 'background' }));
    const person = await clock.until(pass());
    expect(background.check).toThrow(EndpointBroke);
    expect(person.departs()).toBe(true);
    background.end();
    // Not in the place of one that is under way.
    const next = crowd(1);
    await clock.advance(60_000);
    expect(next.through).toEqual([]);
    person.answered(undefined);
    person.end();
    await clock.settle();
    expect(next.through).toEqual([0]);
  });
});

describe('waiting for a broken endpoint', () => {
  beforeEach(() => calls(20, error({ code: 155000, httpStatus: 500, logId: 'L1', said: 'internal error' })));

  it('ends when the time for the call is over, with the error that Feishu gave', async () => {
    const waiting = crowd(3, { untilMs: clock.monoMs() + 700 });
    await clock.advance(699);
    expect(waiting.refused).toEqual([]);
    await clock.advance(1);
    expect(waiting.refused).toHaveLength(3);
    expect(waiting.refused[0]).toBeInstanceOf(FeishuError);
    expect(waiting.refused[0]).toMatchObject({
      kind: 'passing',
      code: 155000,
      httpStatus: 500,
      logId: 'L1',
      said: 'internal error',
      endpoint: 'ticket',
    });
    expect(clock.sleepers()).toBe(0);
  });

  it('goes to the next in the line when the first one’s time is over', async () => {
    const first = crowd(1, { untilMs: clock.monoMs() + 500 });
    const second = crowd(1);
    await clock.advance(899);
    expect([first.refused.length, second.through]).toEqual([1, []]);
    await clock.advance(1);
    expect(second.through).toEqual([0]);
  });

  it('ends for all after six tries, and from then on with each that fails', async () => {
    let last = error();
    const probes = trying(8, () => {
      last = error({ logId: `L${probes.departedMs.length}` });
      return last;
    });
    const early = crowd(40, { priority: 'background', untilMs: Number.POSITIVE_INFINITY });
    await clock.advance(54_899);
    expect(probes.departedMs).toHaveLength(5);
    expect(early.refused).toEqual([]);
    await clock.advance(1);
    expect(early.refused).toHaveLength(40);
    expect(early.refused[0]).toMatchObject({ kind: 'passing', logId: 'L6' });
    const late = crowd(40, { priority: 'background', untilMs: Number.POSITIVE_INFINITY });
    await clock.advance(26_999);
    expect(late.refused).toEqual([]);
    await clock.advance(1);
    expect(late.refused).toHaveLength(40);
    await clock.until(probes.done);
  });
});

describe('the call that tried', () => {
  it('waits no longer than the others', async () => {
    await calls(20, error());
    const sinceMs = clock.monoMs();
    await clock.until(trying(6, () => error()).done);
    await expect(pass({ sinceMs })).rejects.toMatchObject({ kind: 'passing' });
  });
});

describe('the endpoint of the tenant token', () => {
  it('breaks after six, because one call at a time asks, and is tried every ten seconds', async () => {
    for (let n = 0; n < 6; n += 1) {
      expect(isOpen('tenantToken')).toBe(false);
      await call(error(), 'tenantToken');
      await clock.advance(8_000);
    }
    expect(isOpen('tenantToken')).toBe(true);
  });
});
