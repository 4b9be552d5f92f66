/** Rate windows, by examples. Part of `contract.ts`; any schedule at all is in `memoryWindows.test.ts`. */

import { describe, expect, it } from 'vitest';
import type { Store, WindowRule } from '../../src/store/store.ts';
import { type CreateSubject, on } from './subject.ts';

const second: WindowRule = { name: 'ticket/second', max: 3, perMs: 1_000 };
const minute: WindowRule = { name: 'ticket/minute', max: 5, perMs: 60_000 };

/** @returns the place; fails the test when there is none */
async function placeIn(store: Store, ...rules: WindowRule[]): Promise<string> {
  const taken = await store.window.take(rules);
  if ('waitMs' in taken) throw new Error(`no place for ${taken.waitMs} ms`);
  return taken.place;
}

/** A call that is answered at once. */
async function call(store: Store, ...rules: WindowRule[]): Promise<void> {
  await store.window.answered(await placeIn(store, ...rules));
}

export function windowsContract(name: string, create: CreateSubject): void {
  describe(`rate windows on ${name}`, () => {
    it(
      'have `max` places and say to the millisecond when the next one is free: one window after its answer',
      on(create, async (subject) => {
        const store = await subject.open();
        const first = await placeIn(store, second);
        await subject.pass(100);
        await call(store, second);
        await call(store, second);
        await subject.pass(150);
        await store.window.answered(first);
        expect(await store.window.take([second])).toEqual({ waitMs: 850 });
        await subject.pass(849);
        expect(await store.window.take([second])).toEqual({ waitMs: 1 });
        await subject.pass(1);
        await call(store, second);
        await call(store, second);
        expect(await store.window.take([second])).toEqual({ waitMs: 150 });
      }),
    );

    it(
      'hold the place of a call without an answer for a window and 35 s',
      on(create, async (subject) => {
        const store = await subject.open();
        for (let n = 0; n < 3; n += 1) await placeIn(store, second);
        expect(await store.window.take([second])).toEqual({ waitMs: 1_000 });
        await subject.pass(35_999);
        expect(await store.window.take([second])).toEqual({ waitMs: 1 });
        await subject.pass(1);
        await placeIn(store, second);
      }),
    );

    it(
      'give a place in all of several windows or in none, and wait for the slowest',
      on(create, async (subject) => {
        const store = await subject.open();
        for (let n = 0; n < 3; n += 1) await call(store, second);
        for (let n = 0; n < 20; n += 1)
          expect(await store.window.take([minute, second])).toEqual({ waitMs: 1_000 });
        for (let n = 0; n < 5; n += 1) await call(store, minute);
        expect(await store.window.take([minute, second])).toEqual({ waitMs: 60_000 });
        await subject.pass(1_000);
        for (let n = 0; n < 20; n += 1)
          expect(await store.window.take([second, minute])).toEqual({ waitMs: 59_000 });
        for (let n = 0; n < 3; n += 1) await call(store, second);
      }),
    );

    it(
      'tell names apart, and lengths of one name',
      on(create, async (subject) => {
        const store = await subject.open();
        const long = { ...second, max: 9, perMs: 60_000 };
        for (let round = 0; round < 3; round += 1) {
          for (let n = 0; n < 3; n += 1) await call(store, second, long);
          expect(await store.window.take([second])).toEqual({ waitMs: 1_000 });
          await call(store, { ...second, name: `other/${round}` });
          await subject.pass(1_000);
        }
        expect(await store.window.take([second, long])).toEqual({ waitMs: 57_000 });
        await call(store, second);
      }),
    );

    it(
      'let a caller with a smaller maximum leave room for others',
      on(create, async (subject) => {
        const store = await subject.open();
        const background = { ...second, max: 2 };
        await call(store, background);
        await call(store, background);
        expect(await store.window.take([background])).toEqual({ waitMs: 1_000 });
        await subject.pass(300);
        await call(store, second);
        expect(await store.window.take([background])).toEqual({ waitMs: 700 });
        await subject.pass(300);
        expect(await store.window.take([{ ...second, max: 1 }])).toEqual({ waitMs: 700 });
      }),
    );

    it(
      'are remembered over a crash; a call of the dead counts as answered then, at the latest',
      on(create, async (subject) => {
        let store = await subject.open();
        for (let n = 0; n < 3; n += 1) await call(store, minute);
        await placeIn(store, minute);
        await placeIn(store, minute);
        await subject.crash(store);
        await subject.pass(10_000);
        store = await subject.open();
        const taken = await store.window.take([minute]);
        if (!('waitMs' in taken)) throw new Error('the window was forgotten');
        expect(taken.waitMs).toBeGreaterThanOrEqual(50_000);
        expect(taken.waitMs).toBeLessThanOrEqual(60_000);
        await subject.pass(60_000);
        for (let n = 0; n < 5; n += 1) await placeIn(store, minute);
      }),
    );

    it(
      'take no notice of a place that they do not know, or of a second answer',
      on(create, async (subject) => {
        const store = await subject.open();
        const place = await placeIn(store, { ...second, max: 1 });
        await store.window.answered(place);
        await subject.pass(500);
        await store.window.answered(place);
        await store.window.answered('unknown');
        expect(await store.window.take([{ ...second, max: 1 }])).toEqual({ waitMs: 500 });
      }),
    );
  });
}
