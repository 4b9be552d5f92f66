/** Kills at random moments, with faults of Feishu's, duplicates and strangers in between: a part of what `npm run test:chaos` does for long. */

import { expect, it } from 'vitest';
import { runChaos } from '../../chaos/run.ts';
import type { OpenScene } from './scene.ts';

const seed = Math.floor(Math.random() * 2 ** 31);

const limitMs = 45_000;

export function randomKills(open: OpenScene, killCount: number): void {
  it(`up to ${killCount} kills lose nothing and repeat nothing (seed ${seed})`, {
    timeout: 120_000,
  }, async () => {
    const scene = await open({ env: { LOG_LEVEL: 'debug' } });
    const report = await runChaos(scene, { seed, killCount, limitMs });
    expect(report.violations).toEqual([]);
    // Fewer on a machine that is busy with something else.
    expect(report.killCount).toBeGreaterThanOrEqual(Math.min(killCount, 4));
    expect(report.acknowledgedCount).toBeGreaterThanOrEqual(report.killCount);
  });
}
