/** For how long what the bot knows is kept, in the bot's own words and to the millisecond. Part of `contract.ts`. */

import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createAudit } from '../../src/services/audit.ts';
import { createPostedCards, type PostedCard } from '../../src/services/postedCards.ts';
import { type CreateSubject, on } from './subject.ts';

const dayMs = 86_400_000;
const log = createLog('silent');
const deed = { what: 'export', ticket: '42', who: 'ou_1', chatId: 'oc_1', allowed: true } as const;

export function keptContract(name: string, create: CreateSubject): void {
  describe(`what is kept on ${name}`, () => {
    it(
      'of who did what: 180 days, each deed counted for itself',
      on(create, async (subject) => {
        const { clock } = subject;
        let store = await subject.open();
        const audit = () => createAudit({ records: store.records, clock, log });
        /** Nobody is there meanwhile: a process would look for what is over in every hour of it. */
        const sleep = async (ms: number): Promise<void> => {
          await subject.crash(store);
          await subject.pass(ms);
          store = await subject.open();
        };
        await audit().note({ ...deed, eventId: 'event-1' });
        await sleep(100 * dayMs);
        await audit().note({ ...deed, eventId: 'event-2' });
        await sleep(80 * dayMs - 1);
        expect(await audit().ofTicket('42', 10)).toHaveLength(2);
        await subject.pass(1);
        const [left, ...others] = await audit().ofTicket('42', 10);
        expect(others).toEqual([]);
        expect(left).toMatchObject({ ...deed, atMs: clock.nowMs() - 80 * dayMs });
        await sleep(100 * dayMs);
        expect(await audit().ofTicket('42', 10)).toEqual([]);
      }),
    );

    it(
      'of a card and its ticket: 30 days, every way to it',
      on(create, async (subject) => {
        let store = await subject.open();
        const card: PostedCard = {
          messageId: 'om_1',
          chatId: 'oc_1',
          chatType: 'group',
          threadId: 'omt_1',
          tickets: ['42'],
          postedAtMs: subject.clock.nowMs(),
        };
        await createPostedCards(store.records).remember(card);
        await subject.crash(store);
        await subject.pass(30 * dayMs - 1);
        store = await subject.open();
        const cards = createPostedCards(store.records);
        const known = async () => [
          (await cards.get('om_1'))?.tickets,
          await cards.ticketOfThread('omt_1'),
          (await cards.ofTicket('42', 5)).map(({ messageId }) => messageId),
          (await cards.inChat('oc_1', 5)).map(({ messageId }) => messageId),
        ];
        expect(await known()).toEqual([['42'], '42', ['om_1'], ['om_1']]);
        await subject.pass(1);
        expect(await known()).toEqual([undefined, undefined, [], []]);
      }),
    );
  });
}
