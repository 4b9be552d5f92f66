import { describe, expect, it } from 'vitest';
import { fuzz } from './run.ts';

describe('a short run of the fuzzer', () => {
  it('finds nothing', { timeout: 90_000 }, async () => {
    const report = await fuzz({ seed: 20_260_105, inputCount: 2_500, limitMs: 15_000 });
    expect(report.problems).toEqual([]);
    expect(report.inputCount).toBeGreaterThan(0);
    // It reaches what is behind the signature, and what is before it.
    for (const status of ['200', '400', '401']) expect(report.statuses[status]).toBeGreaterThan(0);
  });

  it('makes the same input again from the same seed', { timeout: 90_000 }, async () => {
    const again = { seed: 1, inputCount: 10, limitMs: 15_000, only: 4 } as const;
    expect((await fuzz(again)).statuses).toEqual((await fuzz(again)).statuses);
  });
});
