/** A manager's ten thousand calls, and the people who want something meanwhile. */

import { describe, expect, it } from 'vitest';
import type { EndpointName } from '../../src/feishu/endpoints.ts';
import { baseRules, sidesOf, type Want } from '../../src/feishu/limitRules.ts';
import { createLimits } from '../../src/feishu/limits.ts';
import { createPauses } from '../../src/feishu/pauses.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createMemoryWindows } from '../../src/store/memoryWindows.ts';
import type { Priority } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { memoryLog } from '../support/memoryLog.ts';

const tripMs = 20;
const backgroundCount = 10_000;
/** When somebody sends a command, from the first of the background's calls. */
const moments = [1, 700, 1_450, 2_350];

function desk() {
  const clock = fakeClock(undefined, 4);
  const { log } = memoryLog();
  const windows = createMemoryWindows(clock);
  const pauses = createPauses(clock, log);
  const limits = createLimits({
    windows,
    pauses,
    clock,
    log,
    metrics: createMetrics(),
  });
  const call = async (
    endpoint: EndpointName,
    priority: Priority,
    target: Partial<Want> = {},
  ): Promise<void> => {
    const place = await limits.reserve({
      endpoint,
      priority,
      chatId: undefined,
      messageId: undefined,
      ...target,
    });
    await clock.sleep(tripMs);
    place.answered();
  };
  return { clock, windows, pauses, call };
}

describe('a person', () => {
  it.each<EndpointName>(['ticket', 'ticketMessages', 'tickets'])(
    'waits no second for `/ticket` while the background makes 10,000 calls to `%s`',
    async (endpoint) => {
      const { clock, call } = desk();
      let done = 0;
      for (let count = 0; count < backgroundCount; count += 1)
        void call(endpoint, 'background').then(() => {
          done += 1;
        });
      const startMs = clock.monoMs();
      const waits: number[] = [];
      for (const atMs of moments) {
        await clock.advance(startMs + atMs - clock.monoMs());
        const askedMs = clock.monoMs();
        const command = async (): Promise<void> => {
          await Promise.all([
            call('ticket', 'person'),
            call('ticketMessages', 'person'),
            call(endpoint, 'person'),
          ]);
          await call('messageReply', 'person', { chatId: 'oc_1' });
        };
        await clock.until(command());
        waits.push(clock.monoMs() - askedMs - 2 * tripMs);
      }
      expect(Math.max(...waits)).toBeLessThan(1_000);
      // And the background went on all the while.
      expect(done).toBeGreaterThan(3);
      expect(done).toBeLessThan(backgroundCount);
    },
    60_000,
  );
});

describe('the rest of a minute', () => {
  it('is there for people when the background has used up its share', async () => {
    const { clock, windows, pauses, call } = desk();
    const want: Want = {
      endpoint: 'tickets',
      priority: 'background',
      chatId: undefined,
      messageId: undefined,
    };
    const base = baseRules('tickets', pauses);
    const rules = [...base, ...sidesOf(want, base).flatMap((side) => side.rules)];
    let used = 0;
    for (let second = 0; second < 25; second += 1) {
      for (let taken = await windows.take(rules); 'place' in taken; taken = await windows.take(rules)) {
        used += 1;
        await windows.answered(taken.place);
      }
      await clock.advance(1_000);
    }
    expect(used).toBe(700);
    const askedMs = clock.monoMs();
    const background = call('tickets', 'background');
    await clock.until(Promise.all(Array.from({ length: 20 }, () => call('tickets', 'person'))));
    expect(clock.monoMs() - askedMs).toBe(tripMs);
    await clock.until(background);
    expect(clock.monoMs() - askedMs).toBeGreaterThan(30_000);
  });
});

describe('chats', () => {
  it('cost nothing when they are quiet, however many there are', async () => {
    const { clock, windows, call } = desk();
    const all = Array.from({ length: 5 }, async (_, second) => {
      await clock.sleep(second * 1_100);
      await Promise.all(
        Array.from({ length: 20 }, (_one, chat) =>
          call('messageReply', 'person', { chatId: `oc_${second}_${chat}` }),
        ),
      );
    });
    await clock.until(Promise.all(all));
    await clock.advance(61_000);
    expect(windows.prune()).toBe(0);
    expect(clock.sleepers()).toBe(0);
  }, 60_000);
});
