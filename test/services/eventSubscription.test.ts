import { describe, expect, it } from 'vitest';
import { FeishuError, type FeishuErrorKind } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { subscribeToHelpdesk } from '../../src/services/eventSubscription.ts';
import { fakeClock } from '../support/fakeClock.ts';

/** A helpdesk that answers with these failures, one for each call, and then agrees. */
function desk(...failures: readonly FeishuErrorKind[]) {
  const clock = fakeClock();
  const lines: string[] = [];
  let calls = 0;
  const stop = subscribeToHelpdesk({
    helpdesk: {
      async subscribeEvents() {
        const kind = failures[calls];
        calls += 1;
        const scopes = kind === 'scope' ? ['helpdesk:all'] : [];
        if (kind !== undefined) throw new FeishuError({ kind, code: 1, endpoint: 'eventsSubscribe', scopes });
      },
    },
    clock,
    log: createLog('info', { write: (line: string) => void lines.push(line) }),
  });
  return { clock, lines, stop, calls: () => calls };
}

describe('the subscription of the helpdesk’s events', () => {
  it('is made once', async () => {
    const { clock, calls } = desk();
    await clock.advance(3_600_000);
    expect(calls()).toBe(1);
  });

  it('is tried again while Feishu cannot be reached, after longer and longer pauses', async () => {
    const { clock, calls } = desk('passing', 'rate', 'setup');
    await clock.advance(2_000);
    expect(calls()).toBe(2);
    await clock.advance(3_999);
    expect(calls()).toBe(2);
    await clock.advance(1);
    expect(calls()).toBe(3);
    await clock.advance(8_000);
    expect(calls()).toBe(4);
  });

  it('is given up when the permission is missing, and the log names it', async () => {
    const { clock, calls, lines } = desk('scope');
    await clock.advance(3_600_000);
    expect(calls()).toBe(1);
    expect(lines.join()).toContain('grant one of helpdesk:all');
  });

  it('names the permissions of the table when Feishu names none', async () => {
    const { clock, lines } = desk('forbidden');
    await clock.advance(0);
    expect(lines.join()).toContain('helpdesk:all:readonly');
  });

  it('ends with the process', async () => {
    const { clock, calls, stop } = desk('passing', 'passing');
    await clock.advance(0);
    stop();
    await clock.advance(3_600_000);
    expect(calls()).toBe(1);
    expect(clock.sleepers()).toBe(0);
  });
});
