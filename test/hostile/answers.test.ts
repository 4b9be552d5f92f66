/** The catalogue's pictures and answers of Feishu (I and R), served to the real process. */

import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { answerRows } from './answers.ts';
import { pictureRows } from './pictures.ts';
import { openStage, type Row, type Stage } from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a picture', () => {
  it.each<Row>(pictureRows)('$id $input', async ({ attempt }) => {
    await attempt(stage);
    stage.sandbox.clearFaults();
  });
});

describe('an answer', () => {
  it.each<Row>(answerRows)('$id $input', async ({ attempt }) => {
    await attempt(stage);
    stage.sandbox.clearFaults();
  });

  it('leaves the process as it was', () => stage.expectUnharmed());
});
