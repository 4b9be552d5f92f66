/** "Show to me": the whole card, for the one who asks, where nobody else reads it. */

import { describe, expect, it } from 'vitest';
import { choiceRow } from '../src/cards/ticketButtons.ts';
import type { View } from '../src/cards/view.ts';
import type { Card } from '../src/domain.ts';
import { createLog } from '../src/log.ts';
import { createResponder } from '../src/responder.ts';
import { view } from './cards/samples.ts';
import { caseOf, click, from, message, routing, spoken } from './support/asked.ts';
import { fakeClock } from './support/fakeClock.ts';

const reveal = { action: 'ticket.reveal', ticket: '42' };
const tickets = { 42: caseOf('42') };

describe('the button', () => {
  const offered = (seen: Partial<View>): string => JSON.stringify(choiceRow('42', [], view(seen)));
  const actions = new Set(['ticket.reveal']);

  it('stands on cards that are masked, and only there', () => {
    expect(offered({ privacy: 'masked', actions })).toContain('ticket.reveal');
    expect(offered({ privacy: 'open', actions })).not.toContain('ticket.reveal');
    expect(offered({ privacy: 'masked', actions: new Set() })).not.toContain('ticket.reveal');
  });

  it('is on the card that a group gets, and not on the one in a direct chat', async () => {
    const { router } = routing({ tickets });
    const group = await router.route(message('/ticket 42'));
    const direct = await router.route(message('/ticket 42', { chatType: 'p2p', messageId: 'om_2' }));
    expect(JSON.stringify(group?.card)).toContain('ticket.reveal');
    expect(JSON.stringify(direct?.card)).not.toContain('ticket.reveal');
  });
});

describe('a click on it', () => {
  it('makes the whole card, for the asker alone', async () => {
    const { router } = routing({ tickets });
    const masked = await router.route(message('/ticket 42'));
    expect(spoken(masked?.card)).not.toContain('xiaoming@example.com');
    const reply = await router.runClick(click(reveal));
    expect(spoken(reply.toAsker?.otherwise)).toContain('send /ticket 42 there');
    expect(spoken(reply.toAsker?.otherwise)).not.toMatch(/printer|xiaoming/);
    expect(spoken(reply.card)).toContain('xiaoming@example.com');
  });

  it('is refused to somebody without rights', async () => {
    const { router, asked } = routing({ tickets });
    const { ok, toast } = await router.checkClick(click(reveal, { operator: { ...by('ou_nobody') } }));
    expect([ok, toast.type]).toEqual([false, 'error']);
    const reply = await router.runClick(click(reveal, { operator: { ...by('ou_nobody') } }));
    expect(reply.toAsker).toBeUndefined();
    expect(spoken(reply.card)).not.toContain('xiaoming');
    expect(asked).toEqual([]);
  });
});

function by(openId: string) {
  const { sender } = from(openId);
  return { openId: sender.openId, tenantKey: sender.tenantKey };
}

describe('the responder', () => {
  it('sends it to the direct chat of whoever clicked, and leaves the clicked card alone', async () => {
    const posts: unknown[] = [];
    const updates: unknown[] = [];
    const card: Card = { schema: '2.0' };
    const otherwise: Card = { schema: '2.0' };
    const responder = createResponder({
      posting: {
        exists: async () => false,
        standingAt: async () => undefined,
        post: async ({ key, to }) => {
          posts.push({ key, to });
          return 'om_direct';
        },
        postFile: async () => undefined,
        update: async (...update) => {
          updates.push(update);
          return true;
        },
      },
      buzz: { call: async () => ({ kind: 'reached' }) as const },
      postedCards: { get: async () => undefined },
      clock: fakeClock(),
      log: createLog('silent'),
    });
    const origin = {
      kind: 'click',
      eventId: 'event-1',
      messageId: 'om_card',
      chatId: 'oc_group',
      askerId: 'ou_asker',
    } as const;
    await responder.answer(origin).show({ card, tickets: ['42'], toAsker: { otherwise } });
    expect(updates).toEqual([]);
    expect(posts).toEqual([
      {
        key: 'click/event-1',
        to: { chatId: 'ou_asker', chatType: 'p2p', replyTo: undefined, inThread: false },
      },
    ]);
  });
});
