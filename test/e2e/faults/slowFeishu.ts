/** Nothing ends in silence: what people see while Feishu is slow, and when it fails. */

import { expect, it } from 'vitest';
import { mainTicketId } from '../../sandbox/seed.ts';
import { asks, isInterim, type Scene, said } from './scene.ts';

export function slowFeishu(open: () => Promise<Scene>): void {
  it.concurrent('says after 8 s that work goes on, and shows the answer in the same message', {
    timeout: 60_000,
  }, async () => {
    const scene = await open();
    const { sandbox } = scene;
    await scene.start();
    // Each below the time that the first byte may take; together longer than 8 s.
    sandbox.fault({ endpoint: 'ticket', status: 500, delayMs: 4_300, times: 1 });
    sandbox.fault({ endpoint: 'ticket', delayMs: 4_300 });
    const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    const [notice] = await sandbox.waitFor(() => {
      const replies = sandbox.ledger.repliesTo(messageId);
      return replies.length > 0 ? replies : undefined;
    }, 20_000);
    expect(said(notice)).toContain('Still working');
    const reply = await scene.answerTo(messageId);
    expect(reply.messageId).toBe(notice?.messageId);
    expect(said(reply)).toContain('VPN');
    await scene.expectOneReplyEach([messageId]);
  });

  it.concurrent('says after six tries what failed, with the log id, in the same message', {
    timeout: 60_000,
  }, async () => {
    const scene = await open();
    const { sandbox } = scene;
    await scene.start();
    sandbox.fault({ endpoint: 'ticket', status: 500, delayMs: 1_800 });
    const { messageId } = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    const notice = await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId)[0], 20_000);
    expect(isInterim(notice)).toBe(true);
    const failure = await sandbox.waitFor(
      () => sandbox.ledger.repliesTo(messageId).find((reply) => !isInterim(reply)),
      40_000,
    );
    expect(failure.messageId).toBe(notice.messageId);
    const calls = sandbox.ledger.callsTo('ticket');
    expect(calls).toHaveLength(6);
    expect(said(failure)).toContain(calls.at(-1)?.logId);
    await scene.expectOneReplyEach([messageId]);
  });
}
