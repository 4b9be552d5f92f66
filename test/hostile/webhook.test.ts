/** The catalogue's requests (C00–C66, W73–W94), each against the real process. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer, Shot } from '../support/webhookServer.ts';
import { authentication } from '../transport/hostile/authentication.ts';
import { bodies } from '../transport/hostile/bodies.ts';
import type { Case } from '../transport/hostile/row.ts';
import { shapes } from '../transport/hostile/shapes.ts';
import { openStage, type Stage } from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/** Taken, and nothing in it can be worked on: a click on a card that nobody knows, a message without words. */
const nothingToDo = ['C66', 'C66b', 'W90'];

/** Who sends too much may find the connection closed while the rest is still being written, and must ask again to hear why. */
async function answerTo(shot: Shot): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await stage.shoot(shot);
    } catch (error) {
      if (tries === 5 || (shot.body?.length ?? 0) < 1_000_000) throw error;
    }
  }
}

let stage: Stage;
const heard: { id: string; messageId: string; worked: number }[] = [];
const refusals: Answer[] = [];
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a request', () => {
  it.each<Case>([...authentication, ...bodies, ...shapes])('$id $input: $status', async (row) => {
    const kit = stage.kit();
    const worked = nothingToDo.includes(row.id) ? 0 : row.worked;
    const storedBefore = await stage.storedCount();
    for (const shot of row.shots(kit)) {
      const answer = await answerTo(shot);
      expect(answer.status).toBe(row.status);
      expect(Object.keys(answer.headers)).not.toContain('x-powered-by');
      if (row.status === 401) refusals.push(answer);
      if (row.status >= 400 && shot.method !== 'HEAD')
        expect(JSON.parse(answer.body)).toEqual({
          code: expect.stringMatching(/^[a-z_]+$/),
          msg: expect.any(String),
        });
    }
    expect((await stage.storedCount()) - storedBefore).toBe(worked);
    heard.push({ id: row.id, messageId: kit.messageId, worked });
  });

  it('has one visible effect when it is good, and none when it is not', async () => {
    await stage.settle();
    const effects = heard.map(({ id, messageId }) => [id, stage.sandbox.ledger.repliesTo(messageId).length]);
    expect(effects).toEqual(heard.map(({ id, worked }) => [id, worked]));
    expect(heard.length).toBeGreaterThan(90);
  });

  it('that is not authentic gets one and the same answer, byte for byte', () => {
    expect(refusals.length).toBeGreaterThan(50);
    expect(new Set(refusals.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('leaves the process as it was', async () => {
    await stage.expectUnharmed();
    expect(stage.bot.output()).not.toMatch(/isAdmin|OUTER|spoof|<script>/);
  });
});
