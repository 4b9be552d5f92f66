import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { FeishuError, type FeishuErrorKind } from '../src/errors.ts';
import { createLog } from '../src/log.ts';
import { StoreUnavailable } from '../src/store/store.ts';
import { afterFailure } from '../src/worker.ts';

const nowMs = 1_800_000_000_000;
const deps = { clock: { ...systemClock, nowMs: () => nowMs }, log: createLog('silent') };
const job = (ageMs: number) => ({ id: 'ev-1', payload: null, putAtMs: nowMs - ageMs, attempt: 1 });
const failure = (kind: FeishuErrorKind) => new FeishuError({ kind, code: 1, endpoint: 'messageReply' });

describe('afterFailure', () => {
  it.each(['passing', 'rate', 'in_flight', 'token', 'setup', 'scope', 'quota'] as const)(
    'keeps the job for later on %s',
    (kind) => {
      expect(afterFailure(failure(kind), job(120_000), deps)).toEqual({ kind: 'again', afterMs: 60_000 });
    },
  );

  it('waits longer and longer, from 15 s to 10 min, and gives up after a day', () => {
    const pause = (ageMs: number) => afterFailure(failure('passing'), job(ageMs), deps);
    expect(pause(0)).toEqual({ kind: 'again', afterMs: 15_000 });
    expect(pause(5 * 3_600_000)).toEqual({ kind: 'again', afterMs: 600_000 });
    expect(pause(24 * 3_600_000)).toEqual({ kind: 'set_aside', reason: 'messageReply: passing 1' });
  });

  it('ends a job whose chat cannot be reached', () => {
    expect(afterFailure(failure('unreachable_chat'), job(0), deps)).toEqual({ kind: 'done' });
  });

  it.each(['invalid', 'unknown', 'rejected_card', 'gone_target', 'not_found'] as const)(
    'sets a job aside on %s, for an operator',
    (kind) => {
      expect(afterFailure(failure(kind), job(0), deps)).toMatchObject({ kind: 'set_aside' });
    },
  );

  it('waits for the storage, and sets a bug aside', () => {
    expect(afterFailure(new StoreUnavailable('full'), job(0), deps)).toEqual({
      kind: 'again',
      afterMs: 15_000,
    });
    expect(afterFailure(new TypeError('x'), job(0), deps)).toEqual({
      kind: 'set_aside',
      reason: 'TypeError',
    });
  });
});
