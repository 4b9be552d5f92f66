/** The queue: how the work on a job ends, or does not. Part of `contract.ts`. */

import { describe, expect, it } from 'vitest';
import type { Job, Outcome } from '../../src/store/store.ts';
import { type CreateSubject, done, eventually, job, never, on, workOn } from './subject.ts';

const hourMs = 3_600_000;

export function jobEndsContract(name: string, create: CreateSubject): void {
  describe(`queue on ${name}: a job whose process dies`, () => {
    it(
      'starts again within 15 s, and what the dead one says later does not count',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.queue.put(job('a'));
        let finish = (_: Outcome): void => undefined;
        const first = workOn(store, () => new Promise((resolve) => (finish = resolve)));
        await eventually(subject, () => first.starts.length === 1);
        // Longer than any lease: a job at work stays with whoever works on it.
        await subject.pass(60_000);
        await subject.crash(store);
        store = await subject.open();
        finish({ kind: 'set_aside', reason: 'from the grave' });
        const second = workOn(store);
        await subject.pass(15_000);
        expect(second.starts.map(({ id, attempt }) => ({ id, attempt }))).toEqual([{ id: 'a', attempt: 2 }]);
        expect(await store.queue.listSetAside()).toEqual([]);
        expect(await store.queue.stats()).toMatchObject({ waitingCount: 0, runningCount: 0 });
      }),
    );

    it(
      'five times is set aside, while others go on; replayed, it counts from one',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.queue.put(job('poison'));
        const attempts: number[] = [];
        for (let crash = 1; crash <= 5; crash += 1) {
          const worker = workOn(store, ({ id }) => (id === 'poison' ? never : done));
          await store.queue.put(job(`good${crash}`));
          await subject.pass(15_000);
          expect(worker.ids()).toContain(`good${crash}`);
          attempts.push(...worker.starts.filter(({ id }) => id === 'poison').map(({ attempt }) => attempt));
          await subject.crash(store);
          store = await subject.open();
        }
        expect(attempts).toEqual([1, 2, 3, 4, 5]);
        const worker = workOn(store);
        await subject.pass(30_000);
        expect(worker.ids()).toEqual([]);
        expect(await store.queue.listSetAside()).toMatchObject([{ id: 'poison', attempts: 5 }]);
        expect(await store.queue.replay('poison')).toBe(true);
        await eventually(subject, () => worker.starts.length === 1);
        expect(worker.starts).toMatchObject([{ id: 'poison', attempt: 1, payload: { of: 'poison' } }]);
      }),
    );
  });

  describe(`queue on ${name}: how work ends`, () => {
    it(
      'again: after its time, in the same process or the next, and however often',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.queue.put(job('a'));
        const first = workOn(store, () => ({ kind: 'again', afterMs: 10_000 }));
        await subject.pass(9_000);
        expect(first.starts).toHaveLength(1);
        await subject.pass(54_000);
        expect(first.starts).toHaveLength(7);
        expect(first.starts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        await subject.crash(store);
        store = await subject.open();
        const second = workOn(store, () => never);
        await subject.pass(5_000);
        expect(second.starts).toEqual([]);
        await subject.pass(20_000);
        expect(second.ids()).toEqual(['a']);
        // Its first death: the orderly returns before it do not count.
        await subject.crash(store);
        store = await subject.open();
        const third = workOn(store);
        await subject.pass(15_000);
        expect(third.ids()).toEqual(['a']);
        expect(await store.queue.listSetAside()).toEqual([]);
      }),
    );

    it(
      'set aside, by word or by an error: kept 7 days with its reason, and replayed',
      on(create, async (subject) => {
        let store = await subject.open();
        const fail = async ({ id }: Job): Promise<Outcome> => {
          if (id === 'thrown') throw new RangeError('holds the words of a person');
          return { kind: 'set_aside', reason: 'no such chat' };
        };
        const putAtMs = subject.clock.nowMs();
        workOn(store, fail);
        await store.queue.put(job('said'));
        await store.queue.put(job('thrown'));
        await subject.pass(1_000);
        await subject.crash(store);
        store = await subject.open();
        expect(await store.queue.listSetAside()).toEqual([
          { id: 'said', reason: 'no such chat', putAtMs, attempts: 1 },
          { id: 'thrown', reason: 'RangeError', putAtMs, attempts: 1 },
        ]);
        expect(await store.queue.stats()).toMatchObject({ setAsideCount: 2, waitingCount: 0 });
        expect(await store.queue.replay('said')).toBe(true);
        expect(await store.queue.replay('said')).toBe(false);
        expect(await store.queue.replay('unknown')).toBe(false);
        const worker = workOn(store);
        await eventually(subject, () => worker.starts.length === 1);
        expect(worker.starts).toMatchObject([{ id: 'said', attempt: 1, payload: { of: 'said' } }]);
        await subject.crash(store);
        await subject.pass(7 * 24 * hourMs - 60_000);
        store = await subject.open();
        expect(await store.queue.listSetAside()).toMatchObject([{ id: 'thrown' }]);
        await subject.pass(2 * hourMs);
        expect(await store.queue.listSetAside()).toEqual([]);
        expect(await store.queue.replay('thrown')).toBe(false);
      }),
    );

    it(
      'stopped: what ends in time has ended, the rest is handed back at once and is no crash',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.queue.put(job('slow'));
        let finish = (_: Outcome): void => undefined;
        for (let stop = 1; stop <= 6; stop += 1) {
          const worker = workOn(store, () => new Promise((resolve) => (finish = resolve)));
          await eventually(subject, () => worker.starts.length === 1);
          await worker.stop(0);
          finish({ kind: 'set_aside', reason: 'too late' });
        }
        const dying = workOn(store, () => never);
        await eventually(subject, () => dying.starts.length === 1);
        await subject.crash(store);
        store = await subject.open();
        await store.queue.put(job('quick'));
        const worker = workOn(store, () => subject.clock.sleep(3_000).then(() => done), 1);
        for (let waitedMs = 0; worker.starts.length === 0 && waitedMs < 15_000; waitedMs += 1_000)
          await subject.pass(1_000);
        const stopped = worker.stop(10_000);
        await subject.pass(5_000);
        await stopped;
        expect(worker.ids()).toEqual(['slow']);
        expect(await store.queue.stats()).toMatchObject({
          waitingCount: 1,
          runningCount: 0,
          setAsideCount: 0,
        });
      }),
    );

    it(
      'handed back: the old handler ends nothing, even when the job was replayed and counts from one again',
      on(create, async (subject) => {
        const store = await subject.open();
        await store.queue.put(job('a'));
        let finish = (_: Outcome): void => undefined;
        const old = workOn(store, () => new Promise((resolve) => (finish = resolve)));
        await eventually(subject, () => old.starts.length === 1);
        await old.stop(0);
        const worker = workOn(store, ({ attempt }) =>
          attempt === 1 ? never : { kind: 'set_aside', reason: 'second' },
        );
        await eventually(subject, () => worker.starts.length === 1);
        await subject.pass(0);
        expect(await store.queue.replay('a')).toBe(true);
        await eventually(subject, () => worker.starts.length === 2);
        expect(worker.starts.map(({ attempt }) => attempt)).toEqual([2, 1]);
        finish(done);
        await subject.pass(5_000);
        expect(await store.queue.stats()).toMatchObject({ runningCount: 1 });
      }),
    );

    it(
      'says how many wait, run and were set aside, and since when the oldest waits',
      on(create, async (subject) => {
        const store = await subject.open();
        await store.queue.put(job('a'));
        await subject.pass(2_000);
        await store.queue.put(job('b'));
        await store.queue.later({
          key: 't',
          generation: 1,
          atMs: subject.clock.nowMs() + hourMs,
          payload: null,
        });
        expect(await store.queue.stats()).toEqual({
          waitingCount: 2,
          runningCount: 0,
          setAsideCount: 0,
          oldestWaitingMs: 2_000,
        });
        const worker = workOn(store, () => never, 1);
        await eventually(subject, () => worker.starts.length === 1);
        expect(await store.queue.stats()).toMatchObject({
          waitingCount: 1,
          runningCount: 1,
          oldestWaitingMs: 0,
        });
      }),
    );
  });
}
