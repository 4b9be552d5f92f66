/** The catalogue's callbacks (B), each against the real process. */

import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { clickRows } from './clicks.ts';
import { openStage, type Row, type Stage } from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a callback', () => {
  it.each<Row>(clickRows)('$id $input', async ({ attempt }) => {
    await attempt(stage);
    await stage.settle();
  });

  it('leaves the process as it was', () => stage.expectUnharmed());
});
