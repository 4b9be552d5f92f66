/** A process that is told to stop. */

import { expect, it } from 'vitest';
import { asks, type Scene, seen } from './scene.ts';

export function drain(open: () => Promise<Scene>): void {
  it.concurrent('ends at once when it has nothing to do', { timeout: 60_000 }, async () => {
    const scene = await open();
    expect(await (await scene.start()).stop()).toBe(0);
  });

  it.concurrent('finishes what it has taken, and takes no more', { timeout: 60_000 }, async () => {
    const scene = await open();
    const { sandbox } = scene;
    const bot = await scene.start();
    // All are at work when the signal comes.
    sandbox.fault({ endpoint: 'messageReply', delayMs: 1_500 });
    const taken = await Promise.all(Array.from({ length: 4 }, () => sandbox.say(asks('/help'))));
    expect(taken.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await seen(() => (sandbox.ledger.callsTo('messageReply').length >= 4 ? true : undefined));
    const ending = bot.stop();
    await seen(async () => ((await sandbox.say(asks('/help'))).status === 200 ? undefined : true));
    expect(await ending).toBe(0);
    const ids = taken.map(({ messageId }) => messageId);
    expect(ids.map((id) => sandbox.ledger.repliesTo(id).length)).toEqual([1, 1, 1, 1]);
    sandbox.clearFaults();
    await scene.start();
    scene.redeliver();
    const refused = sandbox.deliveries().filter(({ status }) => status !== 200);
    const late = refused.flatMap(({ payload }) => /om_\w+/.exec(JSON.stringify(payload))?.[0] ?? []);
    expect(late.length).toBeGreaterThan(0);
    await scene.expectOneReplyEach([...ids, ...late]);
  });

  it.concurrent('hands back what hangs, within 10 s, and the next process answers it', {
    timeout: 60_000,
  }, async () => {
    const scene = await open();
    const { sandbox } = scene;
    const bot = await scene.start();
    sandbox.fault({ endpoint: 'ticket', delayMs: 120_000 });
    const { messageId, status } = await sandbox.say(asks('/ticket 6948728206392295444'));
    expect(status).toBe(200);
    await seen(() => sandbox.ledger.callsTo('ticket')[0]);
    const startMs = performance.now();
    expect(await bot.stop()).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    sandbox.clearFaults();
    await scene.start();
    await scene.expectOneReplyEach([messageId]);
  });
}
