import { describe, expect, it } from 'vitest';
import type { Inbound } from '../../src/domain.ts';
import { parseEvent } from '../../src/feishu/events.ts';
import { createLog } from '../../src/log.ts';
import { acceptInTime } from '../../src/transport/transport.ts';
import { payloadOf } from '../support/events.ts';
import { fakeClock } from '../support/fakeClock.ts';

const log = createLog('silent');

function inboundOf(name: string): Inbound {
  const inbound = parseEvent(payloadOf(name), { transport: 'webhook', receivedAtMs: 0 });
  if (inbound === undefined) throw new Error(`${name} is no event`);
  return inbound;
}

describe('acceptInTime', () => {
  it('gives the application’s answer and leaves no timer behind', async () => {
    const clock = fakeClock();
    const ack = { status: 200, body: {} };
    expect(await acceptInTime(async () => ack, inboundOf('im.message.receive_v1'), { clock, log })).toEqual({
      stored: true,
      ack,
    });
    expect(clock.sleepers()).toBe(0);
  });

  it.each([
    ['im.message.receive_v1', 503],
    ['helpdesk.ticket.updated_v1', 503],
    ['im.chat.member.bot.added_v1', 503],
    ['im.message.reaction.created_v1', 503],
    ['card.action.trigger', 200],
    ['url.preview.get', 200],
  ])('%s that cannot be stored is answered with %i', async (name, status) => {
    const clock = fakeClock();
    const failing = () => Promise.reject(new Error('away'));
    expect(await acceptInTime(failing, inboundOf(name), { clock, log })).toMatchObject({
      stored: false,
      ack: { status },
    });
  });
});
