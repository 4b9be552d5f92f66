/** Kills at random moments, with faults of Feishu's, duplicates and strangers in between: a part of what `npm run test:chaos` does for long. */

import { expect, it } from 'vitest';
import { runChaos } from '../../chaos/run.ts';
import type { OpenScene } from './scene.ts';

const seed = Math.floor(Math.random() * 2 ** 31);

export function randomKills(open: OpenScene, killCount: number): void {
  it(`${killCount} kills lose nothing and repeat nothing (seed ${seed})`, { timeout: 120_000 }, async () => {
    const scene = await open({ env: { LOG_LEVEL: 'debug' } });
    const report = await runChaos(scene, { seed, killCount });
    expect(report.violations).toEqual([]);
    expect(report.killCount).toBe(killCount);
    expect(report.acknowledgedCount).toBeGreaterThan(killCount);
  });
}
