/** The catalogue's commands (K) and messages (W85–W92), each against the real process. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandRows } from './commands.ts';
import { messageRows } from './messages.ts';
import { oddTextRows } from './oddTexts.ts';
import { agent, openStage, type Row, type Stage, saidIn, support } from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a message', () => {
  it.each<Row>(messageRows)('$id $input', async ({ attempt }) => {
    await attempt(stage);
    await stage.settle();
  });
});

describe('a command', () => {
  it.each<Row>([...commandRows, ...oddTextRows])('$id $input', async ({ attempt }) => {
    await attempt(stage);
    await stage.settle();
  });

  it('leaves the process as it was', () => stage.expectUnharmed());
});

describe('K16 200 commands at once', () => {
  it('are answered within the budget, with one notice, and others are served meanwhile', async () => {
    const flooded = await openStage({ env: { COMMANDS_PER_MINUTE: '5,60' } });
    const { sandbox } = flooded;
    const person = '周倩';
    const asked: string[] = [];
    for (let n = 0; n < 200; n += 1) {
      const { messageId, status } = await sandbox.say({ chat: support, person, text: '/help' });
      expect(status).toBe(200);
      asked.push(messageId);
    }
    await flooded.hear('/help', { person: agent });
    await sandbox.waitFor(() => sandbox.ledger.repliesTo(asked[5] ?? '')[0]);
    await flooded.hear('/help', { person: agent });
    const answers = asked.flatMap((id) => sandbox.ledger.repliesTo(id)).map(saidIn);
    expect(answers).toHaveLength(6);
    expect(answers.filter((said) => said.includes('very many commands'))).toHaveLength(1);
    await flooded.close();
  });
});
