import { describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createKnownTickets, rememberTickets } from '../../src/services/knownTickets.ts';
import { StoreUnavailable } from '../../src/store/store.ts';
import { conversation, message, person, ticket } from '../cards/samples.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { tempStore } from '../support/tempStore.ts';

const words = 'secret words';
const whole = ticket({
  comment: words,
  fields: [{ id: '1', key: 'subject', name: '主题', value: words }],
  tags: [words],
  dissatisfaction: { zh_cn: words, en_us: words, ja_jp: words },
  guest: person('王芳', { email: 'wang@example.com', department: '市场部' }),
});

async function memory() {
  const clock = fakeClock();
  const { records } = await tempStore(clock);
  return { clock, records, known: createKnownTickets(records) };
}

describe('what is known about a ticket', () => {
  it('is its state, its people and its times, as they were', async () => {
    const { known } = await memory();
    await known.remember(whole, 1_000);
    const [found, nothing] = await known.get([whole.id, '404']);
    expect(nothing).toBeUndefined();
    const { status, stage, createdAtMs, updatedAtMs, firstResponseAtMs, lastResponseAtMs } = whole;
    expect(found).toMatchObject({
      readAtMs: 1_000,
      ticket: { id: whole.id, status, stage, createdAtMs, updatedAtMs, firstResponseAtMs, lastResponseAtMs },
    });
    expect(found?.ticket.guest).toMatchObject({ name: '王芳', department: '市场部' });
    expect(found?.ticket.owner?.name).toBe(whole.owner?.name);
  });

  it('is nothing that people wrote', async () => {
    const { known } = await memory();
    await known.remember(whole, 1_000);
    expect(JSON.stringify(await known.get([whole.id]))).not.toMatch(/secret|wang@/);
  });

  it('is forgotten after 30 days', async () => {
    const { known, clock } = await memory();
    await known.remember(whole, 1_000);
    await clock.advance(30 * 86_400_000 + 1);
    expect(await known.get([whole.id])).toEqual([undefined]);
  });

  it('follows from every reading, and a reading does not fail because of it', async () => {
    const { known, clock } = await memory();
    const reading = { ticket: whole, conversation: conversation([message({ text: words })]) };
    const log = createLog('silent');
    const tickets = { get: async () => reading };
    await rememberTickets(tickets, { knownTickets: known, clock, log }).get(whole.id);
    await vi.waitFor(async () => expect((await known.get([whole.id]))[0]?.readAtMs).toBe(clock.nowMs()));
    const broken = { ...known, remember: () => Promise.reject(new StoreUnavailable('away')) };
    expect(await rememberTickets(tickets, { knownTickets: broken, clock, log }).get(whole.id)).toBe(reading);
  });
});
