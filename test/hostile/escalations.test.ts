/** The catalogue's callbacks that are about escalations, each against the real process: there people are called, so it has one of its own. */

import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { escalationRows, left, outsider } from './escalations.ts';
import { openStage, type Row, type Stage } from './stage.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  // The first call comes at once, and no other while a row is tried.
  stage = await openStage({ env: { ONCALL_LADDER: 'app@0m app@40m' } });
});
afterAll(() => stage.close());

describe('an escalation', () => {
  it.each<Row>(escalationRows)('$id $input', async ({ attempt }) => {
    await attempt(stage);
    await stage.settle();
  });

  it('leaves the process as it was', () => {
    const { world } = stage.sandbox;
    const onDuty = world.schedules.filter(({ status }) => status === 1).map(({ openId }) => openId);
    // To whom it was handed over, the thread's line names.
    return stage.expectUnharmed([...onDuty, ...[left, outsider].map((name) => world.person(name).openId)]);
  });
});
