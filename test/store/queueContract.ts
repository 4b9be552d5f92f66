/** The queue: what is put, and when it starts. Part of `contract.ts`. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/domain.ts';
import { type CreateSubject, done, eventually, job, never, on, workOn } from './subject.ts';

const hourMs = 3_600_000;

export function queueContract(name: string, create: CreateSubject): void {
  describe(`queue on ${name}: what is put`, () => {
    it(
      'comes to the handler once, as it went in, without any time passing',
      on(create, async (subject) => {
        const store = await subject.open();
        const worker = workOn(store);
        const putAtMs = subject.clock.nowMs();
        expect(await store.queue.put(job('a', { payload: { text: '你好', list: [1, null, false] } }))).toBe(
          'stored',
        );
        await eventually(subject, () => worker.starts.length === 1);
        await subject.pass(60_000);
        expect(worker.starts).toEqual([
          { id: 'a', payload: { text: '你好', list: [1, null, false] }, putAtMs, attempt: 1 },
        ]);
      }),
    );

    it(
      'keeps any JSON, over a crash',
      on(create, async (subject) => {
        const payloads: Json[] = [];
        fc.assert(
          fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
            payloads.push(JSON.parse(JSON.stringify(value)));
          }),
          { numRuns: 50 },
        );
        let store = await subject.open();
        await Promise.all(payloads.map((payload, at) => store.queue.put(job(`j${at}`, { payload }))));
        await subject.crash(store);
        store = await subject.open();
        const worker = workOn(store);
        await eventually(subject, () => worker.starts.length === payloads.length);
        expect(worker.starts.map(({ payload }) => payload)).toEqual(payloads);
      }),
    );

    it(
      'is stored once of 100 parallel copies',
      on(create, async (subject) => {
        const store = await subject.open();
        const worker = workOn(store);
        const answers = await Promise.all(Array.from({ length: 100 }, () => store.queue.put(job('a'))));
        expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
        await subject.pass(60_000);
        expect(worker.ids()).toEqual(['a']);
      }),
    );

    it(
      'is a duplicate when any of its keys is known: waiting, done, after a crash, until 48 h have passed',
      on(create, async (subject) => {
        let store = await subject.open();
        const put = (id: string, ...keys: string[]) => store.queue.put(job(id, { keys }));
        expect(await put('a', 'event/1', 'message/1')).toBe('stored');
        expect(await put('b', 'event/2', 'message/1')).toBe('duplicate');
        expect(await put('c', 'event/2', 'message/2')).toBe('stored');
        const worker = workOn(store);
        await eventually(subject, () => worker.starts.length === 2);
        await subject.pass(0);
        expect(await put('d', 'event/1')).toBe('duplicate');
        await subject.crash(store);
        store = await subject.open();
        await subject.pass(48 * hourMs - 60_000);
        expect(await put('e', 'event/1', 'message/9')).toBe('duplicate');
        await subject.pass(120_000);
        expect(await put('f', 'event/1', 'message/9')).toBe('stored');
      }),
    );

    it(
      'starts by priority, then in the order of arrival, and never more than `concurrency` at a time',
      on(create, async (subject) => {
        const store = await subject.open();
        const order = ['background', 'card', 'person', 'background', 'card', 'person'] as const;
        for (const [at, priority] of order.entries())
          await store.queue.put(job(`${priority}${at}`, { priority }));
        let running = 0;
        let most = 0;
        const worker = workOn(
          store,
          async () => {
            running += 1;
            most = Math.max(most, running);
            await subject.clock.sleep(100);
            running -= 1;
            return done;
          },
          2,
        );
        await subject.pass(1_000);
        expect(worker.ids()).toEqual(['person2', 'person5', 'card1', 'card4', 'background0', 'background3']);
        expect(most).toBe(2);
      }),
    );
  });

  describe(`queue on ${name}: concurrency`, () => {
    it(
      'holds for jobs that come in the moment that the work begins',
      on(create, async (subject) => {
        const store = await subject.open();
        await store.queue.put(job('a'));
        const worker = workOn(store, () => never, 1);
        await Promise.all(['b', 'c'].map((id) => store.queue.put(job(id))));
        await subject.pass(15_000);
        expect(worker.ids()).toEqual(['a']);
      }),
    );
  });

  describe(`queue on ${name}: a hold`, () => {
    it(
      'keeps a job from starting until it is released',
      on(create, async (subject) => {
        const store = await subject.open();
        const worker = workOn(store);
        await store.queue.put(job('a', { holdMs: 5_000 }));
        await subject.pass(4_000);
        expect(worker.ids()).toEqual([]);
        await store.queue.release('a');
        await eventually(subject, () => worker.starts.length === 1);
        await store.queue.release('a');
        await store.queue.release('unknown');
        await subject.pass(20_000);
        expect(worker.ids()).toEqual(['a']);
      }),
    );

    it(
      'ends by itself, also when the process that held it is gone',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.queue.put(job('a', { holdMs: 5_000 }));
        await subject.crash(store);
        store = await subject.open();
        const worker = workOn(store);
        await subject.pass(4_000);
        expect(worker.ids()).toEqual([]);
        await subject.pass(2_000);
        expect(worker.ids()).toEqual(['a']);
      }),
    );

    it(
      'is no short cut for a job that waits for another try',
      on(create, async (subject) => {
        const store = await subject.open();
        await store.queue.put(job('a', { holdMs: 1_000 }));
        const worker = workOn(store, ({ attempt }) =>
          attempt === 1 ? { kind: 'again', afterMs: 30_000 } : done,
        );
        await store.queue.release('a');
        await eventually(subject, () => worker.starts.length === 1);
        await store.queue.put(job('b', { holdMs: 1_000 }));
        await subject.pass(2_000);
        expect(worker.ids()).toEqual(['a', 'b']);
        await store.queue.release('a');
        await store.queue.release('b');
        await subject.pass(20_000);
        expect(worker.ids()).toEqual(['a', 'b']);
        await subject.pass(20_000);
        expect(worker.ids()).toEqual(['a', 'b', 'a', 'b']);
      }),
    );
  });
}
