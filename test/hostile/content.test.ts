/** The catalogue's ticket content (T), on cards of the real process. */

import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { contentRows } from './content.ts';
import { openStage, type Row, type Stage } from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a ticket with', () => {
  it.each<Row>(contentRows)('$id $input', async ({ attempt }) => attempt(stage));

  it('leaves the process as it was', () => stage.expectUnharmed());
});
