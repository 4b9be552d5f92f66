import { describe, expect, it } from 'vitest';
import { createPostedCards, type PostedCard } from '../../src/services/postedCards.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { tempStore } from '../support/tempStore.ts';

const dayMs = 86_400_000;

async function desk() {
  const clock = fakeClock();
  return { clock, cards: createPostedCards((await tempStore(clock)).records) };
}

const card = (number: number, more: Partial<PostedCard> = {}): PostedCard => ({
  messageId: `om_${number}`,
  chatId: 'oc_1',
  chatType: 'group',
  threadId: undefined,
  tickets: ['100'],
  postedAtMs: number,
  ...more,
});

const names = (found: readonly PostedCard[]): readonly string[] => found.map(({ messageId }) => messageId);

describe('a posted card', () => {
  it('is found by its message, as it was remembered', async () => {
    const { cards } = await desk();
    const one = card(1, { tickets: ['100', '200'] });
    const threaded = card(2, { threadId: 'omt_1' });
    await cards.remember(one);
    await cards.remember(threaded);
    expect(await cards.get('om_1')).toEqual(one);
    expect(await cards.get('om_2')).toEqual(threaded);
    expect(await cards.get('om_3')).toBeUndefined();
  });

  it('is found by each of its tickets, the newest first and as many as wanted', async () => {
    const { cards } = await desk();
    await cards.remember(card(1));
    await cards.remember(card(2, { tickets: ['200', '100', '200'], chatId: 'oc_2' }));
    await cards.remember(card(3, { tickets: [] }));
    await cards.remember(card(4));
    expect(names(await cards.ofTicket('100', 10))).toEqual(['om_4', 'om_2', 'om_1']);
    expect(names(await cards.ofTicket('100', 1))).toEqual(['om_4']);
    expect(await cards.ofTicket('200', 10)).toMatchObject([{ messageId: 'om_2', tickets: ['200', '100'] }]);
    expect(await cards.ofTicket('300', 10)).toEqual([]);
  });

  it('is found by its chat, with tickets or without, the newest first', async () => {
    const { cards } = await desk();
    await cards.remember(card(1));
    await cards.remember(card(2, { chatId: 'oc_2' }));
    await cards.remember(card(3, { tickets: [] }));
    expect(names(await cards.inChat('oc_1', 10))).toEqual(['om_3', 'om_1']);
    expect(names(await cards.inChat('oc_1', 1))).toEqual(['om_3']);
  });

  it('that came to show another ticket is no longer found by the first', async () => {
    const { cards } = await desk();
    await cards.remember(card(1));
    await cards.remember(card(1, { tickets: ['200'] }));
    expect(await cards.ofTicket('100', 10)).toEqual([]);
    expect(names(await cards.ofTicket('200', 10))).toEqual(['om_1']);
    expect(names(await cards.inChat('oc_1', 10))).toEqual(['om_1']);
  });

  it('is known with what it shows now, and stays where it was posted', async () => {
    const { cards, clock } = await desk();
    const shown = {
      face: 'conversation',
      page: 2,
      readAtMs: 5,
      updatedAtMs: undefined,
      messageCount: 7,
      digest: 'abc',
    } as const;
    await cards.remember(card(1));
    await clock.advance(1_000);
    await cards.nowShows('om_1', { tickets: ['200'], shown });
    expect(await cards.get('om_1')).toEqual({ ...card(1), tickets: ['200'], shown });
    expect(names(await cards.ofTicket('200', 10))).toEqual(['om_1']);
    await cards.nowShows('om_unknown', { tickets: ['200'], shown });
    expect(await cards.get('om_unknown')).toBeUndefined();
  });

  it('is forgotten with its chat, in every way, and no other with it', async () => {
    const { cards } = await desk();
    for (let number = 1; number <= 250; number += 1)
      await cards.remember(card(number, { threadId: `omt_${number}` }));
    await cards.remember(card(999, { chatId: 'oc_2' }));
    await cards.forgetChat('oc_1');
    expect(await cards.get('om_1')).toBeUndefined();
    expect(await cards.ticketOfThread('omt_250')).toBeUndefined();
    expect(await cards.inChat('oc_1', 10)).toEqual([]);
    expect(names(await cards.ofTicket('100', 500))).toEqual(['om_999']);
  });

  it('is forgotten after 30 days, in every way', async () => {
    const { clock, cards } = await desk();
    await cards.remember(card(1, { threadId: 'omt_1' }));
    await clock.advance(30 * dayMs - 1);
    expect(names(await cards.ofTicket('100', 10))).toEqual(['om_1']);
    await clock.advance(2);
    expect(await cards.get('om_1')).toBeUndefined();
    expect(await cards.ticketOfThread('omt_1')).toBeUndefined();
    expect([await cards.ofTicket('100', 10), await cards.inChat('oc_1', 10)]).toEqual([[], []]);
  });
});

describe('a thread', () => {
  it('is about the ticket of the first card with a single ticket in it', async () => {
    const { cards } = await desk();
    await cards.remember(card(1, { threadId: 'omt_1', tickets: [] }));
    await cards.remember(card(2, { threadId: 'omt_1', tickets: ['100', '200'] }));
    expect(await cards.ticketOfThread('omt_1')).toBeUndefined();
    await cards.remember(card(3, { threadId: 'omt_1', tickets: ['300'] }));
    await cards.remember(card(4, { threadId: 'omt_1', tickets: ['400'] }));
    await cards.remember(card(5, { threadId: 'omt_2', tickets: ['500', '500'] }));
    expect(await cards.ticketOfThread('omt_1')).toBe('300');
    expect(await cards.ticketOfThread('omt_2')).toBe('500');
    expect(await cards.ticketOfThread('omt_3')).toBeUndefined();
  });
});
