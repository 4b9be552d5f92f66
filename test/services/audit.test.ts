import { describe, expect, it } from 'vitest';
import { createAudit } from '../../src/services/audit.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { memoryLog } from '../support/memoryLog.ts';
import { tempStore } from '../support/tempStore.ts';

const deed = { what: 'export', ticket: '42', who: 'ou_1', chatId: 'oc_1', allowed: true };

async function setting() {
  const clock = fakeClock();
  const store = await tempStore(clock);
  const { log, lines } = memoryLog();
  return { clock, lines, audit: createAudit({ records: store.records, clock, log }) };
}

describe('the audit', () => {
  it('lists what was done with a ticket, the newest first', async () => {
    const { clock, audit } = await setting();
    await audit.note(deed);
    await clock.advance(1_000);
    await audit.note({ ...deed, who: 'ou_2', allowed: false });
    await audit.note({ ...deed, ticket: '43' });
    const found = await audit.ofTicket('42', 10);
    expect(found).toMatchObject([
      { who: 'ou_2', allowed: false },
      { who: 'ou_1', allowed: true },
    ]);
    expect((found[0]?.atMs ?? 0) - (found[1]?.atMs ?? 0)).toBe(1_000);
    expect(await audit.ofTicket('42', 1)).toMatchObject([{ who: 'ou_2' }]);
    expect(await audit.ofTicket('44', 10)).toEqual([]);
  });

  it('keeps one entry for an event, however often its work is done', async () => {
    const { clock, audit } = await setting();
    for (const eventId of ['event-1', 'event-1', 'event-2']) {
      await audit.note({ ...deed, eventId });
      await clock.advance(5);
    }
    expect(await audit.ofTicket('42', 10)).toHaveLength(2);
  });

  it('keeps an entry for 180 days', async () => {
    const { clock, audit } = await setting();
    await audit.note(deed);
    clock.jumpWall(179 * 86_400_000);
    expect(await audit.ofTicket('42', 10)).toHaveLength(1);
    clock.jumpWall(2 * 86_400_000);
    expect(await audit.ofTicket('42', 10)).toEqual([]);
  });

  it('writes a line for each, with ids alone', async () => {
    const { audit, lines } = await setting();
    await audit.note({ ...deed, eventId: 'event-1' });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { ...deed, eventId: 'event-1', msg: 'audit' },
    ]);
  });
});
