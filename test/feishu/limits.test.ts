import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EndpointName } from '../../src/feishu/endpoints.ts';
import type { Want } from '../../src/feishu/limitRules.ts';
import { createLimits, type Limits } from '../../src/feishu/limits.ts';
import { createPauses, type Pauses } from '../../src/feishu/pauses.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Priority, Windows } from '../../src/store/store.ts';
import { type ExactWindows, exactWindows } from '../support/exactWindows.ts';
import { type FakeClock, fakeClock } from '../support/fakeClock.ts';
import { memoryLog } from '../support/memoryLog.ts';

/** Bottleneck uses real timers of a millisecond inside. */
const patientClock = (): FakeClock => fakeClock(undefined, 8);

let clock: FakeClock;
let windows: ExactWindows;
let pauses: Pauses;
let limits: Limits;
let startMs: number;
/** Who departed, in order, and when. */
let departed: { readonly name: string; readonly atMs: number }[];

beforeEach(() => {
  clock = patientClock();
  startMs = clock.monoMs();
  windows = exactWindows(clock);
  const { log } = memoryLog();
  pauses = createPauses(clock, log);
  limits = createLimits({ windows, pauses, clock, log, metrics: createMetrics() });
  departed = [];
});

function want(endpoint: EndpointName, priority: Priority = 'person', target: Partial<Want> = {}): Want {
  return { endpoint, priority, chatId: undefined, messageId: undefined, ...target };
}

/** One call: waits for its place, departs, and is answered after `tripMs`. */
async function call(name: string, wanted: Want, tripMs = 20): Promise<void> {
  const place = await limits.reserve(wanted);
  departed.push({ name, atMs: clock.monoMs() - startMs });
  await clock.sleep(tripMs);
  place.answered();
}

function calls(name: string, count: number, wanted: Want, tripMs = 20): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(`${name}${index}`, wanted, tripMs)));
}

/** The most departures in any sliding second. */
function worstSecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}

const at = (name: string): number => departed.find((one) => one.name === name)?.atMs ?? Number.NaN;
const position = (name: string): number => departed.findIndex((one) => one.name === name);

describe('places', () => {
  it('are taken at once while there is room', async () => {
    await clock.until(calls('t', 10, want('ticket')));
    expect(departed.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it('keep the limit in every sliding second and use what there is', async () => {
    const all = calls('t', 35, want('ticket'), 100);
    await clock.until(all);
    const times = windows.departures('ticket/1000');
    expect(times).toHaveLength(35);
    expect(worstSecond(times)).toBe(10);
    // Three windows of a second and a round trip each.
    expect((times.at(-1) ?? 0) - startMs).toBeLessThan(3 * 1_100 * 1.2);
  });

  it('are all given back', async () => {
    await clock.until(calls('m', 12, want('messageReply', 'background', { chatId: 'oc_1' })));
    expect(windows.openCount()).toBe(0);
  });

  it('count in every window of the endpoint', async () => {
    await clock.until(calls('m', 3, want('messageReply')));
    expect(windows.departures('messageReply/1000')).toHaveLength(3);
    expect(windows.departures('messageReply/60000')).toHaveLength(3);
    expect(windows.lastMax('messageReply/60000')).toBe(1_000);
  });

  it('hold for any mixture of callers', async () => {
    const priority = fc.constantFrom<Priority>('person', 'card', 'background');
    const caller = fc.record({
      priority,
      chat: fc.integer({ min: 0, max: 2 }),
      delayMs: fc.nat(1_500),
      tripMs: fc.nat(300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(caller, { maxLength: 25 }), async (callers) => {
        clock = patientClock();
        startMs = clock.monoMs();
        windows = exactWindows(clock);
        const { log } = memoryLog();
        pauses = createPauses(clock, log);
        limits = createLimits({ windows, pauses, clock, log, metrics: createMetrics() });
        const all = callers.map(async ({ priority: level, chat, delayMs, tripMs }) => {
          await clock.sleep(delayMs);
          await call('', want('messageReply', level, { chatId: `oc_${chat}` }), tripMs);
        });
        await clock.until(Promise.all(all));
        for (const chat of [0, 1, 2]) {
          expect(worstSecond(windows.departures(`chat:oc_${chat}`))).toBeLessThanOrEqual(5);
          expect(worstSecond(windows.departures(`chat:oc_${chat}/background`))).toBeLessThanOrEqual(3);
        }
        expect(windows.openCount()).toBe(0);
      }),
      { numRuns: 8 },
    );
  }, 60_000);
});

describe('priorities', () => {
  it('let a person overtake everybody who queues', async () => {
    const crowd = calls('card', 30, want('ticket', 'card'));
    await clock.advance(500);
    const person = call('person', want('ticket'));
    await clock.until(Promise.all([crowd, person]));
    // Ten were gone; one was next in line already.
    expect(position('person')).toBeLessThanOrEqual(11);
    expect(at('person')).toBeLessThan(1_100);
  });

  it('do not let a newcomer overtake those who wait, even when room has come', async () => {
    const roomAtMs = clock.monoMs() + 300;
    const late: Windows = {
      take: async (rules) => (clock.monoMs() < roomAtMs ? { waitMs: 500 } : windows.take(rules)),
      answered: windows.answered,
    };
    const { log } = memoryLog();
    limits = createLimits({ windows: late, pauses, clock, log, metrics: createMetrics() });
    const first = call('first', want('ticket'));
    await clock.advance(400);
    const second = call('second', want('ticket'));
    await clock.until(Promise.all([first, second]));
    expect(position('first')).toBe(0);
  });

  it('leave at least 30 % of a window to others than the background', async () => {
    const crowd = calls('b', 12, want('ticket', 'background'));
    await clock.advance(500);
    expect(departed).toHaveLength(7);
    const person = call('person', want('ticket'));
    await clock.advance(1);
    expect(at('person')).toBeLessThanOrEqual(501);
    await clock.until(Promise.all([crowd, person]));
    expect(worstSecond(windows.departures('ticket/1000/background'))).toBe(7);
  });

  it('do not let background that waits for its share stand before a card', async () => {
    const crowd = calls('b', 15, want('ticket', 'background'));
    await clock.advance(100);
    const cards = calls('card', 3, want('ticket', 'card'));
    await clock.advance(50);
    for (const name of ['card0', 'card1', 'card2']) expect(at(name)).toBeLessThanOrEqual(150);
    await clock.until(Promise.all([crowd, cards]));
    expect(departed).toHaveLength(18);
  });
});

describe('chats and cards', () => {
  it('get five a second each', async () => {
    await clock.until(calls('m', 12, want('messageReply', 'person', { chatId: 'oc_1' })));
    expect(worstSecond(windows.departures('chat:oc_1'))).toBe(5);
    await clock.until(calls('p', 12, want('messagePatch', 'card', { messageId: 'om_1' })));
    expect(worstSecond(windows.departures('message:om_1'))).toBe(5);
  });

  it('that are full do not stand before others', async () => {
    const busy = calls('busy', 20, want('messageReply', 'person', { chatId: 'oc_busy' }));
    await clock.advance(100);
    const other = call('other', want('messageReply', 'person', { chatId: 'oc_other' }));
    const plain = call('plain', want('messageReply'));
    await clock.advance(1);
    expect(at('other')).toBeLessThanOrEqual(101);
    expect(at('plain')).toBeLessThanOrEqual(101);
    await clock.until(Promise.all([busy, other, plain]));
    expect(worstSecond(windows.departures('chat:oc_busy'))).toBe(5);
    expect(departed).toHaveLength(22);
  });

  it('get back what was taken for background that finds no share', async () => {
    const all = Array.from({ length: 9 }, (_, index) =>
      call(`b${index}`, want('ticket', 'background', { chatId: `oc_${index}` })),
    );
    await clock.until(Promise.all(all));
    expect(windows.openCount()).toBe(0);
  });

  it('serve a person before the background that waits for the same chat', async () => {
    const crowd = calls('b', 10, want('messageReply', 'background', { chatId: 'oc_1' }));
    await clock.advance(100);
    const person = call('person', want('messageReply', 'person', { chatId: 'oc_1' }));
    await clock.advance(1);
    expect(at('person')).toBeLessThanOrEqual(101);
    await clock.until(Promise.all([crowd, person]));
  });

  it('are not held for a call that waits long for its endpoint', async () => {
    const fullUntilMs = clock.monoMs() + 20_000;
    const slow: Windows = {
      take: async (rules) => {
        const waitMs = fullUntilMs - clock.monoMs();
        return waitMs > 0 && rules.some(({ name }) => name === 'messageReply/60000')
          ? { waitMs }
          : windows.take(rules);
      },
      answered: windows.answered,
    };
    const { log } = memoryLog();
    limits = createLimits({ windows: slow, pauses, clock, log, metrics: createMetrics() });
    const waiting = call('m', want('messageReply', 'person', { chatId: 'oc_1' }));
    await clock.advance(1_000);
    expect(windows.departures('chat:oc_1')).toHaveLength(1);
    expect(windows.openCount()).toBe(0);
    await clock.until(waiting);
    expect(at('m')).toBe(20_000);
  });

  it('use their second fully while they wait', async () => {
    await clock.until(calls('m', 20, want('messageReply', 'person', { chatId: 'oc_1' }), 100));
    expect(Math.max(...departed.map(({ atMs }) => atMs))).toBeLessThan(3 * 1_100 * 1.25);
  });
});

describe('pauses', () => {
  it('hold back everybody at the endpoint and nobody elsewhere', async () => {
    pauses.refused('ticket', 5_000);
    const all = calls('t', 3, want('ticket'));
    await clock.until(call('other', want('messageReply')));
    expect(at('other')).toBe(0);
    await clock.advance(4_000);
    expect(departed).toHaveLength(1);
    const answered = (async () => {
      while (departed.length < 2) await clock.sleep(10);
      pauses.taken('ticket');
    })();
    await clock.until(Promise.all([all, answered]));
    expect(at('t0')).toBeGreaterThanOrEqual(5_000);
  });

  it('let one call through afterwards, and the others when it was taken', async () => {
    pauses.refused('ticket', 1_000);
    const all = calls('t', 8, want('ticket'), 100);
    await clock.advance(1_500);
    expect(departed).toHaveLength(1);
    pauses.refused('ticket', 1_000);
    await clock.advance(900);
    expect(departed).toHaveLength(1);
    await clock.advance(200);
    expect(departed).toHaveLength(2);
    pauses.taken('ticket');
    await clock.until(all);
    expect(at('t7')).toBeLessThan(3_000);
  });

  it('do not wait for ever for a call that never comes back', async () => {
    pauses.refused('ticket', 1_000);
    const all = calls('t', 3, want('ticket'), 10);
    await clock.advance(1_100);
    expect(departed).toHaveLength(1);
    await clock.advance(2_100);
    expect(departed).toHaveLength(2);
    pauses.taken('ticket');
    await clock.until(all);
  });

  it('that begin while a call waits for a window are obeyed', async () => {
    const all = calls('t', 11, want('ticket'));
    await clock.advance(500);
    pauses.refused('ticket', 10_000);
    await clock.advance(9_000);
    expect(departed).toHaveLength(10);
    await clock.until(all);
    expect(at('t10')).toBeGreaterThanOrEqual(10_500);
    expect(windows.departures('ticket/1000')).toHaveLength(11);
  });

  it('are not ended by calls that departed before', async () => {
    const early = call('early', want('ticket'), 500);
    await clock.settle();
    pauses.refused('ticket', 2_000);
    const late = call('late', want('ticket'));
    await clock.advance(500);
    await early;
    pauses.taken('ticket');
    await clock.until(late);
    expect(at('late')).toBe(2_000);
  });

  it('of a chat leave other chats alone', async () => {
    const wanted = want('messageReply', 'person', { chatId: 'oc_1' });
    expect(limits.pauseTarget(wanted, 2_000)).toBe(true);
    expect(limits.pauseTarget(want('messageReply'), 2_000)).toBe(false);
    const all = Promise.all([
      call('paused', wanted),
      call('free', want('messageReply', 'person', { chatId: 'oc_2' })),
    ]);
    await clock.until(all);
    expect(at('free')).toBe(0);
    expect(at('paused')).toBeGreaterThanOrEqual(2_000);
  });
});

describe('endpoints without a published limit', () => {
  it('start at 5 a second, halve when refused, and recover by one a minute', async () => {
    await clock.until(calls('s', 12, want('agentSchedules')));
    expect(worstSecond(windows.departures('agentSchedules/1000'))).toBe(5);
    const pace = (): number => pauses.pace('agentSchedules', 5);
    pauses.refused('agentSchedules', 1_000);
    expect(pace()).toBe(2);
    // The same refusal, told by calls that were on their way.
    pauses.refused('agentSchedules', 1_000);
    expect(pace()).toBe(2);
    await clock.advance(2_000);
    pauses.refused('agentSchedules', 1_000);
    expect(pace()).toBe(1);
    await clock.advance(2_000);
    pauses.refused('agentSchedules', 1_000);
    expect(pace()).toBe(1);
    await clock.advance(59_999);
    expect(pace()).toBe(1);
    await clock.advance(1);
    expect(pace()).toBe(2);
    await clock.advance(180_000);
    expect(pace()).toBe(5);
  });

  it('ask the windows for no more than their pace', async () => {
    pauses.refused('agentSchedules', 1);
    await clock.advance(10);
    pauses.taken('agentSchedules');
    await clock.until(calls('s', 4, want('agentSchedules')));
    expect(windows.lastMax('agentSchedules/1000')).toBe(2);
    expect(worstSecond(windows.departures('agentSchedules/1000'))).toBe(2);
  });

  it('do not slow down the others', () => {
    pauses.refused('messageReply', 1_000);
    expect(pauses.pace('messageReply', 50)).toBe(50);
  });
});

describe('a call', () => {
  it('fails when the windows cannot be reached, and keeps nothing', async () => {
    let failing = true;
    const broken = {
      take: (rules: Parameters<ExactWindows['take']>[0]) =>
        failing ? Promise.reject(new Error('away')) : windows.take(rules),
      answered: windows.answered,
    };
    const { log } = memoryLog();
    limits = createLimits({ windows: broken, pauses, clock, log, metrics: createMetrics() });
    await expect(limits.reserve(want('ticket'))).rejects.toThrow('away');
    failing = false;
    await clock.until(calls('t', 12, want('ticket')));
    expect(departed).toHaveLength(12);
    failing = true;
    await expect(clock.until(limits.reserve(want('ticket', 'background')))).rejects.toThrow('away');
  });

  it('goes on when giving back fails', async () => {
    const { log, messages } = memoryLog();
    const forgetful = { take: windows.take, answered: () => Promise.reject(new Error('away')) };
    limits = createLimits({ windows: forgetful, pauses, clock, log, metrics: createMetrics() });
    await clock.until(call('t', want('ticket')));
    await clock.settle();
    expect(messages('warn')).toEqual(['a place was not given back; it ends by itself']);
  });
});
