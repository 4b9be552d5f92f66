/** One event that comes many times at once. */

import { expect, it } from 'vitest';
import type { DeliveryRecord } from '../../sandbox/controlShapes.ts';
import { mainTicketId } from '../../sandbox/seed.ts';
import { asks, type Scene } from './scene.ts';

/** Says something that the bot does not get. */
async function unheard({ sandbox, bot }: Scene): Promise<{ messageId: string; delivery: DeliveryRecord }> {
  sandbox.setWebhook('http://127.0.0.1:9');
  const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
  sandbox.setWebhook(bot().url);
  const delivery = sandbox.deliveries().at(-1);
  if (delivery === undefined) throw new Error('nothing was delivered');
  return { messageId, delivery };
}

const eventOf = ({ payload }: DeliveryRecord): unknown =>
  typeof payload === 'object' && payload !== null && 'event' in payload ? payload.event : undefined;

/** Delivers the event once under each id, all at the same time. @returns how often each status was answered */
async function deliverAll(
  { sandbox }: Scene,
  delivery: DeliveryRecord,
  eventIds: readonly string[],
): Promise<Record<number, number>> {
  const { type } = delivery;
  const event = eventOf(delivery);
  const answers = await Promise.all(
    eventIds.map((event_id) => sandbox.deliver({ type, event, header: { event_id } })),
  );
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

export function copies(open: () => Scene): void {
  it('100 copies of one event are acknowledged and answered once', { timeout: 60_000 }, async () => {
    const scene = open();
    const { messageId, delivery } = await unheard(scene);
    const ids = Array.from({ length: 100 }, () => delivery.eventId);
    expect(await deliverAll(scene, delivery, ids)).toEqual({ 200: 100 });
    await scene.expectOneReplyEach([messageId]);
  });

  it('one message under 20 event ids is answered once', { timeout: 60_000 }, async () => {
    const scene = open();
    const { messageId, delivery } = await unheard(scene);
    const ids = Array.from({ length: 20 }, (_, n) => `${delivery.eventId}-${n}`);
    expect(await deliverAll(scene, delivery, ids)).toEqual({ 200: 20 });
    await scene.expectOneReplyEach([messageId]);
  });

  it('copies that come before and after a kill are answered once', { timeout: 60_000 }, async () => {
    const scene = open();
    const { messageId, delivery } = await unheard(scene);
    const ids = Array.from({ length: 50 }, () => delivery.eventId);
    const first = deliverAll(scene, delivery, ids);
    await scene.sandbox.waitFor(() => scene.sandbox.deliveries().find(({ status }) => status === 200));
    await scene.bot().kill();
    await first;
    await scene.start();
    expect(await deliverAll(scene, delivery, ids)).toEqual({ 200: 50 });
    scene.redeliver();
    await scene.expectOneReplyEach([messageId]);
  });
}
