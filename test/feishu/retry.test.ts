import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeishuError, type FeishuErrorKind } from '../../src/errors.ts';
import { backoffMs, retryDelayMs, targetPauseMs } from '../../src/feishu/retry.ts';

const error = (kind: FeishuErrorKind, subCode?: number): FeishuError =>
  new FeishuError({ kind, code: 1, subCode, endpoint: 'ticket' });
const half = (): number => 0.5;
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('retryDelayMs', () => {
  it('tries passing faults again after a wait that grows', () => {
    const delays = [1, 2, 3, 4, 5].map((failedCount) =>
      retryDelayMs(error('passing'), { failedCount, elapsedMs: 0 }, half),
    );
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  it('gives up after six tries', () => {
    expect(retryDelayMs(error('passing'), { failedCount: 6, elapsedMs: 0 }, half)).toBeUndefined();
  });

  it('begins no try more than two minutes after the first', () => {
    const effort = (elapsedMs: number) => ({ failedCount: 2, elapsedMs });
    expect(retryDelayMs(error('passing'), effort(119_500), half)).toBe(500);
    expect(retryDelayMs(error('passing'), effort(119_501), half)).toBeUndefined();
  });

  it('waits about a second for a message that is being sent and for a card that is clicked on', () => {
    for (const busy of [error('in_flight'), error('passing', 11_310)]) {
      for (const random of [() => 0, half, () => 0.999]) {
        const delayMs = retryDelayMs(busy, { failedCount: 3, elapsedMs: 0 }, random);
        expect(delayMs).toBeGreaterThanOrEqual(900);
        expect(delayMs).toBeLessThanOrEqual(1_100);
      }
    }
  });

  it('tries nothing else again', () => {
    const kinds: readonly FeishuErrorKind[] = [
      'token',
      'setup',
      'scope',
      'quota',
      'not_found',
      'forbidden',
      'deleted',
      'rejected_card',
      'rejected_content',
      'gone_target',
      'unreachable_chat',
      'bad_picture',
      'invalid',
      'unknown',
    ];
    for (const kind of kinds) {
      expect(retryDelayMs(error(kind), { failedCount: 1, elapsedMs: 0 }, half), kind).toBeUndefined();
    }
  });
});

describe('jitter', () => {
  it('stays between nothing and a cap of at most 30 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fraction, (failedCount, random) => {
        const ms = backoffMs(failedCount, () => random);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** (failedCount - 1)));
      }),
    );
  });

  it('pauses a chat or card for 0.3 s to 5 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fraction, (refusedCount, random) => {
        const ms = targetPauseMs(refusedCount, () => random);
        expect(ms).toBeGreaterThanOrEqual(300);
        expect(ms).toBeLessThanOrEqual(5_000);
      }),
    );
    expect(targetPauseMs(4, () => 1)).toBe(4_800);
    expect(targetPauseMs(9, () => 1)).toBe(5_000);
  });
});
