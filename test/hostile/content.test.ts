/** The catalogue's ticket content (T), on cards of the real process. */

import { afterAll, beforeAll, describe, it } from 'vitest';
import { contentRows } from './content.ts';
import { openStage, type Row, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a ticket with', () => {
  it.each<Row>(contentRows)('$id $input', async ({ attempt }) => attempt(stage));

  it('leaves the process as it was', () => stage.expectUnharmed());
});
