/** Timers, by examples. Part of `contract.ts`. */

import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/store/store.ts';
import { type CreateSubject, eventually, never, on, workOn } from './subject.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
export function timersContract(name: string, create: CreateSubject): void {
  describe(`timers on ${name}`, () => {
    it(
      'fire once, at their time, with their payload, and not again when they are set once more',
      on(create, async (subject) => {
        const store = await subject.open();
        const worker = workOn(store);
        const timer = {
          key: 'ticket/1',
          generation: 3,
          atMs: subject.clock.nowMs() + minuteMs,
          payload: { n: 1 },
        };
        await store.queue.later(timer);
        await store.queue.later(timer);
        await subject.pass(minuteMs - 1_000);
        expect(worker.starts).toEqual([]);
        await subject.pass(2_000);
        expect(worker.starts).toMatchObject([{ id: 'timer/ticket/1/3', payload: { n: 1 }, attempt: 1 }]);
        await store.queue.later(timer);
        await store.queue.later({ ...timer, generation: 2 });
        await subject.pass(5 * minuteMs);
        expect(worker.starts).toHaveLength(1);
      }),
    );

    it(
      'fire when their moment has passed while no process ran, and when it has passed before they were set',
      on(create, async (subject) => {
        let store = await subject.open();
        const nowMs = subject.clock.nowMs();
        await store.queue.later({ key: 'a', generation: 1, atMs: nowMs + minuteMs, payload: null });
        await subject.crash(store);
        await subject.pass(10 * minuteMs);
        store = await subject.open();
        const worker = workOn(store);
        await subject.pass(15_000);
        expect(worker.ids()).toEqual(['timer/a/1']);
        await store.queue.later({ key: 'b', generation: 1, atMs: nowMs, payload: null });
        await eventually(subject, () => worker.starts.length === 2);
        expect(worker.ids()).toEqual(['timer/a/1', 'timer/b/1']);
      }),
    );

    it(
      'do not fire a second time when they are set once more soon after, however long they had waited',
      on(create, async (subject) => {
        let store = await subject.open();
        const timer = { key: 'k', generation: 1, atMs: subject.clock.nowMs() + 5 * dayMs, payload: null };
        await store.queue.later(timer);
        await subject.crash(store);
        await subject.pass(6 * dayMs);
        store = await subject.open();
        const first = workOn(store);
        await subject.pass(15_000);
        expect(first.ids()).toEqual(['timer/k/1']);
        await subject.crash(store);
        await subject.pass(dayMs);
        store = await subject.open();
        await subject.pass(0);
        await store.queue.later(timer);
        const second = workOn(store);
        await subject.pass(15_000);
        expect(second.ids()).toEqual([]);
      }),
    );

    it(
      'are replaced by a newer generation, and not by an older or equal one',
      on(create, async (subject) => {
        const store = await subject.open();
        const worker = workOn(store);
        const later = (generation: number, inMs: number) =>
          store.queue.later({
            key: 'k',
            generation,
            atMs: subject.clock.nowMs() + inMs,
            payload: generation,
          });
        await later(2, minuteMs);
        await later(1, 0);
        await later(2, 0);
        await later(3, 2 * minuteMs);
        await subject.pass(minuteMs + 1_000);
        expect(worker.starts).toEqual([]);
        await subject.pass(minuteMs);
        expect(worker.starts).toMatchObject([{ id: 'timer/k/3', payload: 3 }]);
      }),
    );

    it(
      'do not fire after they were cancelled, and an older cancel leaves a newer one alone',
      on(create, async (subject) => {
        let store = await subject.open();
        const atMs = subject.clock.nowMs() + minuteMs;
        for (const [key, generation] of [
          ['gone', 1],
          ['kept', 2],
        ] as const)
          await store.queue.later({ key, generation, atMs, payload: null });
        await store.queue.cancel('gone', 1);
        await store.queue.cancel('kept', 1);
        await store.queue.cancel('unknown', 7);
        // The work that set it is repeated after a crash.
        await store.queue.later({ key: 'gone', generation: 1, atMs, payload: null });
        await subject.crash(store);
        store = await subject.open();
        const worker = workOn(store);
        await subject.pass(5 * minuteMs);
        expect(worker.ids()).toEqual(['timer/kept/2']);
      }),
    );

    it(
      'that were due but had no room do not fire after they were cancelled',
      on(create, async (subject) => {
        const store = await subject.open();
        await store.queue.later({ key: 'k', generation: 1, atMs: subject.clock.nowMs(), payload: null });
        await subject.pass(1_000);
        await store.queue.cancel('k', 1);
        const worker = workOn(store);
        await subject.pass(minuteMs);
        expect(worker.starts).toEqual([]);
      }),
    );

    it(
      'that run while they are replaced do not come back, by another try or by a crash',
      on(create, async (subject) => {
        let store = await subject.open();
        const nowMs = subject.clock.nowMs();
        let finish = (_: Outcome): void => undefined;
        const first = workOn(store, ({ id }) =>
          id === 'timer/again/1' ? new Promise((resolve) => (finish = resolve)) : never,
        );
        for (const key of ['again', 'crash'])
          await store.queue.later({ key, generation: 1, atMs: nowMs, payload: null });
        await eventually(subject, () => first.starts.length === 2);
        await store.queue.later({ key: 'again', generation: 2, atMs: nowMs + 3 * minuteMs, payload: null });
        await store.queue.cancel('crash', 1);
        finish({ kind: 'again', afterMs: 1_000 });
        await subject.pass(minuteMs);
        expect(first.starts).toHaveLength(2);
        await subject.crash(store);
        store = await subject.open();
        const second = workOn(store);
        await subject.pass(5 * minuteMs);
        expect(second.ids()).toEqual(['timer/again/2']);
      }),
    );

    it(
      'come back after a crash while they run, like any job',
      on(create, async (subject) => {
        let store = await subject.open();
        const first = workOn(store, () => never);
        await store.queue.later({ key: 'k', generation: 1, atMs: subject.clock.nowMs(), payload: 'p' });
        await eventually(subject, () => first.starts.length === 1);
        await subject.crash(store);
        store = await subject.open();
        const second = workOn(store);
        await subject.pass(15_000);
        expect(second.starts).toMatchObject([{ id: 'timer/k/1', attempt: 2, payload: 'p' }]);
      }),
    );
  });
}
