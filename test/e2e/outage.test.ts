/** What people see while the helpdesk does not answer for ten minutes: real webhook, queue, client and sandbox on a clock of the test's. */

import { describe, expect, it } from 'vitest';
import type { SentReply } from '../sandbox/ledger.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type InProcessBot, inProcessBot } from '../support/inProcessBot.ts';

const minuteMs = 60_000;
const said = (reply: SentReply | undefined): string => JSON.stringify(reply?.card ?? reply?.content);
const isInterim = (reply: SentReply): boolean => said(reply).includes('Still working');

/** Asks for the ticket. @returns what came, with the time that it took */
async function ask({ sandbox, clock, waitFor }: InProcessBot) {
  const askedMs = clock.monoMs();
  const { messageId } = await sandbox.say({
    chat: 'IT 服务台',
    person: '林晓',
    text: `/ticket ${mainTicketId}`,
  });
  const replies = (): readonly SentReply[] => sandbox.ledger.repliesTo(messageId);
  const first = async (wanted: (reply: SentReply) => boolean) => {
    const reply = await waitFor(() => replies().find(wanted));
    return { reply, tookMs: clock.monoMs() - askedMs };
  };
  return { first, replies };
}

describe('a helpdesk that does not answer for ten minutes', () => {
  it('is told to everybody within two minutes, with few calls, and is back soon after', async () => {
    const bot = await inProcessBot();
    const { sandbox, clock, log } = bot;
    sandbox.fault({ endpoint: 'ticket', status: 500, code: 155000 });
    const beganMs = clock.monoMs();
    const crowd = await Promise.all(Array.from({ length: 8 }, () => ask(bot)));
    for (const { first } of crowd) {
      const { reply, tookMs } = await first((one) => !isInterim(one));
      expect(said(reply)).toContain('does not answer');
      expect(tookMs).toBeLessThanOrEqual(2 * minuteMs);
    }
    expect(log.messages('warn')).toContain('endpoint broken: its calls are held back');

    await clock.advance(beganMs + 5 * minuteMs - clock.monoMs());
    const before = sandbox.ledger.callsTo('ticket').length;
    const late = await ask(bot);
    const interim = await late.first(() => true);
    expect(isInterim(interim.reply)).toBe(true);
    expect(interim.tookMs).toBeLessThanOrEqual(9_000);
    const failure = await late.first((one) => !isInterim(one));
    expect(failure.tookMs).toBeLessThanOrEqual(2 * minuteMs);
    const calls = sandbox.ledger.callsTo('ticket');
    expect(calls.length - before).toBeLessThanOrEqual(6);
    expect(said(failure.reply)).toContain('does not answer');
    expect(calls.some(({ logId }) => said(failure.reply).includes(logId))).toBe(true);
    expect(late.replies()).toHaveLength(1);

    await clock.advance(beganMs + 10 * minuteMs - clock.monoMs());
    const waits = await ask(bot);
    await clock.advance(2_000);
    sandbox.clearFaults();
    const answer = await waits.first((one) => !isInterim(one));
    expect(said(answer.reply)).toContain('VPN');
    expect(answer.tookMs).toBeLessThanOrEqual(32_000);
    const told = log.messages('warn').filter((line) => /broken|works again/.test(line));
    expect(told).toEqual(['endpoint broken: its calls are held back', 'endpoint works again']);
  }, 60_000);
});
