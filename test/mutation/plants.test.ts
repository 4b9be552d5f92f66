import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plants } from './plants.ts';

describe('the planted faults', () => {
  it.each(plants.map((plant) => [plant.name, plant] as const))('%s still has its place', (_, plant) => {
    expect(readFileSync(plant.file, 'utf8').split(plant.find)).toHaveLength(2);
    for (const test of plant.tests) expect(existsSync(test)).toBe(true);
  });

  it('are the ten that were promised, and one more way to drop retries', () => {
    expect(plants).toHaveLength(11);
    expect(new Set(plants.map(({ name }) => name)).size).toBe(11);
  });
});
