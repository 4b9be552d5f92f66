/** Records, by examples and against a model. Part of `contract.ts`. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RecordKind, Store, Stored } from '../../src/store/store.ts';
import { type CreateSubject, on, type Subject } from './subject.ts';

const dayMs = 86_400_000;
const shape = z.object({ text: z.string(), n: z.number().optional() });
type Value = z.infer<typeof shape>;
const kind: RecordKind<Value> = { name: 'thing', schema: shape, keepMs: 30 * dayMs };
/** Another shape under the same name: what a newer version of the bot may bring. */
const newer: RecordKind<number> = { name: 'thing', schema: z.number(), keepMs: 30 * dayMs };

type Step =
  | { readonly do: 'put'; readonly key: string; readonly text: string; readonly index: string | undefined }
  | { readonly do: 'swap'; readonly key: string; readonly text: string; readonly expect: number }
  | { readonly do: 'delete'; readonly key: string }
  | { readonly do: 'crash' };

const key = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    key,
    text: fc.string(),
    index: fc.constantFrom('x', 'y', undefined),
  }),
  fc.record({ do: fc.constant('swap' as const), key, text: fc.string(), expect: fc.nat(3) }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.constant({ do: 'crash' as const }),
);

interface Modelled {
  readonly text: string;
  readonly version: number;
  readonly index: string | undefined;
}

type Model = Map<string, Modelled>;

/** The order of the map is the order of writes. */
function write(model: Model, at: string, text: string, index: string | undefined): number {
  const version = (model.get(at)?.version ?? 0) + 1;
  model.delete(at);
  model.set(at, { text, version, index });
  return version;
}

/** Does one step on the model and on the store. */
async function take(each: Exclude<Step, { do: 'crash' }>, { records }: Store, model: Model): Promise<void> {
  if (each.do === 'delete') {
    await records.delete(kind, each.key);
    model.delete(each.key);
  } else if (each.do === 'swap') {
    const fits = (model.get(each.key)?.version ?? 0) === each.expect;
    const expected = fits ? write(model, each.key, each.text, undefined) : 'conflict';
    expect(await records.put(kind, each.key, { text: each.text }, { expect: each.expect })).toBe(expected);
  } else {
    const options = each.index === undefined ? {} : { index: each.index };
    const version = await records.put(kind, each.key, { text: each.text }, options);
    expect(version).toBe(write(model, each.key, each.text, each.index));
  }
}

async function compare({ records }: Store, model: Model): Promise<void> {
  const keys = ['a', 'b', 'c'];
  const found = await records.getMany(kind, keys);
  expect(found.map((stored) => stored && [stored.value.text, stored.version])).toEqual(
    keys.map((at) => model.get(at)).map((one) => one && [one.text, one.version]),
  );
  for (const index of ['x', 'y']) {
    const listed = await records.list(kind, index, 10);
    const expected = [...model].filter(([, one]) => one.index === index).map(([at]) => at);
    expect(listed.map((stored) => stored.key)).toEqual(expected.reverse());
  }
}

async function follow(subject: Subject, steps: readonly Step[]): Promise<void> {
  const model: Model = new Map();
  let store = await subject.open();
  for (const each of steps) {
    if (each.do === 'crash') {
      await subject.crash(store);
      store = await subject.open();
    } else await take(each, store, model);
  }
  await compare(store, model);
}

export function recordsContract(name: string, create: CreateSubject): void {
  describe(`records on ${name}`, () => {
    it('behave like a map with versions, over crashes', { timeout: 60_000 }, () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) =>
          on(create, (subject) => follow(subject, steps))(),
        ),
        { numRuns: 20 },
      ),
    );

    it(
      'come back as they went in, with when they were written',
      on(create, async (subject) => {
        const store = await subject.open();
        const writtenAtMs = subject.clock.nowMs();
        expect(await store.records.put(kind, 'k', { text: '工单\u0000“', n: 0.1 })).toBe(1);
        await subject.pass(5_000);
        const stored: Stored<Value> = {
          key: 'k',
          value: { text: '工单\u0000“', n: 0.1 },
          version: 1,
          writtenAtMs,
        };
        expect(await store.records.get(kind, 'k')).toEqual(stored);
        expect(await store.records.getMany(kind, ['none', 'k'])).toEqual([undefined, stored]);
        expect(await store.records.get({ ...kind, name: 'other' }, 'k')).toBeUndefined();
      }),
    );

    it(
      'come in the order in which they are asked for, each as often, whatever their keys look like',
      on(create, async (subject) => {
        const store = await subject.open();
        const keys = ['b', 'a', '"];\'', '工单/图', '\\u0041', '%_'];
        for (const [n, key] of keys.entries()) await store.records.put(kind, key, { text: key, n });
        const asked = ['a', 'none', ...keys, 'a', 'A'];
        const found = await store.records.getMany(kind, asked);
        expect(found.map((stored) => stored?.value.text)).toEqual(
          asked.map((key) => (keys.includes(key) ? key : undefined)),
        );
        expect(found.map((stored) => stored?.key)).toEqual(found.map((stored) => stored?.value.text));
        expect(await store.records.getMany(kind, [])).toEqual([]);
      }),
    );

    it(
      'let one of many win who expect the same version',
      on(create, async (subject) => {
        const store = await subject.open();
        for (const expected of [0, 1, 2]) {
          const answers = await Promise.all(
            Array.from({ length: 20 }, (_, n) =>
              store.records.put(kind, 'k', { text: 'x', n }, { expect: expected }),
            ),
          );
          expect(answers.filter((answer) => answer === expected + 1)).toHaveLength(1);
          expect(answers.filter((answer) => answer === 'conflict')).toHaveLength(19);
          const winner = answers.findIndex((answer) => answer !== 'conflict');
          expect((await store.records.get(kind, 'k'))?.value.n).toBe(winner);
        }
      }),
    );

    it(
      'are gone in the moment that their time is over, counted from the last write',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.records.put(kind, 'k', { text: 'first' }, { index: 'i' });
        await subject.pass(20 * dayMs);
        await store.records.put(kind, 'k', { text: 'second' }, { index: 'i', expect: 1 });
        await subject.crash(store);
        await subject.pass(30 * dayMs - 1);
        store = await subject.open();
        expect((await store.records.get(kind, 'k'))?.value.text).toBe('second');
        await subject.pass(1);
        expect(await store.records.get(kind, 'k')).toBeUndefined();
        expect(await store.records.list(kind, 'i', 5)).toEqual([]);
        expect(await store.records.put(kind, 'k', { text: 'third' }, { expect: 2 })).toBe('conflict');
        expect(await store.records.put(kind, 'k', { text: 'third' }, { expect: 0 })).toBe(1);
      }),
    );

    it(
      'may be kept for ever',
      on(create, async (subject) => {
        let store = await subject.open();
        await store.records.put({ ...kind, keepMs: Number.POSITIVE_INFINITY }, 'k', { text: 'stays' });
        await subject.crash(store);
        await subject.pass(10_000 * dayMs);
        store = await subject.open();
        expect((await store.records.get(kind, 'k'))?.value.text).toBe('stays');
      }),
    );

    it(
      'that no longer fit their schema count as absent',
      on(create, async (subject) => {
        const store = await subject.open();
        await store.records.put(newer, 'number', 7, { index: 'i' });
        await store.records.put(kind, 'old', { text: 'old' }, { index: 'i' });
        await store.records.put(kind, 'older', { text: 'old' }, { index: 'i' });
        expect(await store.records.get(newer, 'old')).toBeUndefined();
        expect((await store.records.list(newer, 'i', 1)).map(({ value }) => value)).toEqual([7]);
        expect(await store.records.put(newer, 'old', 8, { expect: 1 })).toBe('conflict');
        const version = await store.records.put(newer, 'old', 8, { expect: 0 });
        expect(version).not.toBe('conflict');
        expect(version).not.toBe(1);
        expect((await store.records.get(newer, 'old'))?.value).toBe(8);
      }),
    );

    it(
      'are listed up to the limit, the last written first, under their latest index only',
      on(create, async (subject) => {
        const store = await subject.open();
        for (const at of ['a', 'b', 'c', 'd'])
          await store.records.put(kind, at, { text: at }, { index: 'chat' });
        await store.records.put(kind, 'b', { text: 'moved' }, { index: 'elsewhere' });
        await store.records.put(kind, 'a', { text: 'again' }, { index: 'chat' });
        await store.records.put(kind, 'd', { text: 'no index' });
        const listed = await store.records.list(kind, 'chat', 10);
        expect(listed.map((stored) => stored.key)).toEqual(['a', 'c']);
        expect((await store.records.list(kind, 'chat', 1)).map((stored) => stored.key)).toEqual(['a']);
        expect(await store.records.list(kind, 'nothing', 1)).toEqual([]);
      }),
    );
  });
}
