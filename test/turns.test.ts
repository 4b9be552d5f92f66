import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../src/turns.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that goes on until the test lets it end. */
function gated() {
  const started: string[] = [];
  const gates = new Map<string, () => void>();
  const work = (name: string) => async (): Promise<string> => {
    started.push(name);
    await new Promise<void>((resolve) => gates.set(name, resolve));
    return name;
  };
  return { started, work, end: (name: string) => gates.get(name)?.() };
}

describe('turns', () => {
  it('start work at once while there is room', () => {
    const turns = createTurns(2);
    const { started, work } = gated();
    void turns.run('oc_1', work('a'));
    void turns.run('oc_1', work('b'));
    void turns.run('oc_1', work('c'));
    expect(started).toEqual(['a', 'b']);
  });

  it('let the others wait in their order, and do not mix keys', async () => {
    const turns = createTurns(1);
    const { started, work, end } = gated();
    const first = turns.run('oc_1', work('a'));
    void turns.run('oc_1', work('b'));
    void turns.run('oc_1', work('c'));
    void turns.run('oc_2', work('d'));
    end('a');
    expect(await first).toBe('a');
    // Comes while the place of `a` goes to `b`.
    void turns.run('oc_1', work('e'));
    await turn();
    expect(started).toEqual(['a', 'd', 'b']);
    end('b');
    await turn();
    expect(started).toEqual(['a', 'd', 'b', 'c']);
  });

  it('cost nothing for keys that are quiet, however the work ended', async () => {
    const turns = createTurns(8);
    const failing = (): Promise<never> => Promise.reject(new Error('no'));
    const ends = Array.from({ length: 5_000 }, (_, chat) =>
      turns.run(`oc_${chat}`, chat % 2 === 0 ? turn : failing).catch(() => undefined),
    );
    expect(turns.busyCount()).toBe(5_000);
    await Promise.all(ends);
    expect(turns.busyCount()).toBe(0);
  });

  it('never run more than they may, and all of it in the end, in order', async () => {
    const jobs = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b'), turns: fc.nat(3), fails: fc.boolean() }),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 4 }), async (list, max) => {
        const turns = createTurns(max);
        const running = { a: 0, b: 0 };
        const started: Record<'a' | 'b', number[]> = { a: [], b: [] };
        await Promise.all(
          list.map(({ key, turns: count, fails }, index) =>
            turns
              .run(key, async () => {
                started[key].push(index);
                running[key] += 1;
                expect(running[key]).toBeLessThanOrEqual(max);
                for (let n = 0; n < count; n += 1) await turn();
                running[key] -= 1;
                if (fails) throw new Error('no');
              })
              .catch((error: Error) => expect(error.message).toBe('no')),
          ),
        );
        for (const key of ['a', 'b'] as const)
          expect(started[key]).toEqual(list.flatMap((job, index) => (job.key === key ? [index] : [])));
        expect(turns.busyCount()).toBe(0);
      }),
    );
  });
});
