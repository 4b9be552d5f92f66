/** Clicks, which Feishu never delivers again. */

import { expect, it } from 'vitest';
import { mainTicketId } from '../../sandbox/seed.ts';
import { asks, type Scene, said, seen } from './scene.ts';

const refresh = { action: 'ticket.refresh', ticket: mainTicketId };

/** @param hold keeps the storage from being written, and answers how to let it go */
export function clicks(open: () => Scene, hold: (scene: Scene) => () => void): void {
  /** Shows the ticket, changes it in the helpdesk, and presses the button. */
  async function cardOf(scene: Scene): Promise<string> {
    const { messageId, eventId } = await scene.sandbox.say(asks(`/ticket ${mainTicketId}`));
    const card = await scene.answerTo(messageId);
    // Until then it would be shown again, as the ticket is by then, after a fault.
    await seen(() => hasEnded(scene, eventId) || undefined);
    return card.messageId;
  }
  const hasEnded = (scene: Scene, eventId: string): boolean =>
    scene
      .bot()
      .output()
      .split('\n')
      .some((line) => line.includes(eventId) && line.includes('"msg":"answered"'));
  function retag({ sandbox }: Scene, name: string): void {
    const ticket = sandbox.world.tickets.get(mainTicketId);
    if (ticket === undefined) throw new Error('no ticket');
    ticket.wire.tags = [{ id: '1', name }];
  }
  const showing = (scene: Scene, messageId: string, tag: string) =>
    scene.sandbox.waitFor(
      () =>
        scene.sandbox.ledger
          .sentTo(scene.sandbox.world.chat(asks('').chat).chatId)
          .find((sent) => sent.messageId === messageId && said(sent).includes(tag)),
      20_000,
    );

  it('are answered at once, and their work begins after that', { timeout: 60_000 }, async () => {
    const scene = open();
    const messageId = await cardOf(scene);
    // Different people: a second click of the same one within seconds counts as a slip.
    for (const [index, person] of ['林晓', '赵磊', '王敏'].entries()) {
      const tag = `fresh-${index}`;
      retag(scene, tag);
      const pressed = await scene.sandbox.click({ person, messageId, value: refresh });
      expect(pressed).toMatchObject({ status: 200, undone: false, toast: { type: 'info' } });
      await showing(scene, messageId, tag);
    }
  });

  it('are worked on by the next process when this one is killed after its answer', {
    timeout: 60_000,
  }, async () => {
    const scene = open();
    const messageId = await cardOf(scene);
    retag(scene, 'after-the-kill');
    // Its work cannot end.
    scene.sandbox.fault({ endpoint: 'ticket', delayMs: 60_000 });
    const pressed = await scene.sandbox.click({ person: '林晓', messageId, value: refresh });
    expect(pressed).toMatchObject({ status: 200, toast: { type: 'info' } });
    await scene.bot().kill();
    scene.sandbox.clearFaults();
    await scene.start();
    await showing(scene, messageId, 'after-the-kill');
  });

  it('say so when they cannot be stored, and change nothing later', { timeout: 60_000 }, async () => {
    const scene = open();
    const messageId = await cardOf(scene);
    retag(scene, 'never-shown');
    const release = hold(scene);
    const pressed = await scene.sandbox.click({ person: '林晓', messageId, value: refresh });
    const event = await scene.sandbox.say(asks('/help'));
    const ready = await fetch(`${scene.bot().url}/readyz`);
    release();
    expect(pressed).toMatchObject({ status: 200, toast: { type: 'error' } });
    expect(event.status).toBe(503);
    expect(ready.status).toBe(503);
    // Feishu comes again after 15 s at the earliest.
    await seen(async () => (await fetch(`${scene.bot().url}/readyz`)).ok || undefined);
    scene.redeliver();
    await scene.expectOneReplyEach([event.messageId]);
    const sent = scene.sandbox.ledger.sentTo(scene.sandbox.world.chat(asks('').chat).chatId);
    expect(sent.map(said).join()).not.toContain('never-shown');
  });
}
