import { describe, expect, it } from 'vitest';
import { auditLineMaxCount } from '../../src/cards/auditCard.ts';
import type { AuditEntry } from '../../src/services/audit.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { from, message, nowMs, routing, spoken } from '../support/asked.ts';

const entry = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  what: 'ticket.reveal',
  ticket: '42',
  who: 'ou_reader',
  chatId: 'oc_lunch',
  allowed: true,
  atMs: nowMs,
  ...changes,
});

/** A router whose managers are `ou_manager` alone, and an audit with these entries. */
function asking(entries: readonly AuditEntry[]) {
  return routing({
    access: { managers: new Set(['ou_manager']) },
    more: { audit: { note: async () => undefined, ofTicket: async () => entries } },
  }).router;
}
const manager = from('ou_manager');

describe('/audit', () => {
  it.each(['/audit 42', '/审计 42'])('%s says who did what, where and when', async (text) => {
    const router = asking([entry(), entry({ who: 'ou_refused', allowed: false })]);
    const card = (await router.route(message(text, manager)))?.card;
    const said = spoken(card);
    expect(said).toContain('Audit of ticket 42');
    expect(said).toContain('2026-01-05 17:00 · ticket.reveal');
    const person = (id: string): string =>
      `<person id='${id}' show_name=true show_avatar=false style='normal'></person>`;
    const shown = said.replaceAll('&#95;', '_').split('\n');
    expect(shown).toContain(`${person('ou_reader')} ou_reader · oc_lunch`);
    expect(shown).toContain(`${person('ou_refused')} ou_refused · oc_lunch`);
    expect(shown.filter((line) => line.endsWith('ticket.reveal · refused'))).toHaveLength(1);
    expect(checkCard(card)).toEqual([]);
  });

  it('says that there is nothing', async () => {
    expect(spoken((await asking([]).route(message('/audit 42', manager)))?.card)).toContain('Nothing:');
  });

  it('stays within one card however much there is, and says that there is more', async () => {
    const many = Array.from({ length: auditLineMaxCount + 1 }, () => entry({ who: `ou_${'f'.repeat(60)}` }));
    const card = (await asking(many).route(message('/audit 42', manager)))?.card;
    expect(spoken(card)).toContain('Older deeds are not shown');
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(30_000);
    expect(checkCard(card)).toEqual([]);
  });

  it('shows nothing of an id that is none', async () => {
    const odd = [entry({ who: '<at id=all></at>', chatId: '', what: '<at id=all></at>' })];
    const said = spoken((await asking(odd).route(message('/audit 42', manager)))?.card);
    expect(said.split('\n')).toContain('— · —');
    expect(said).not.toContain('<person');
  });

  it('is for managers', async () => {
    const said = spoken((await asking([entry()]).route(message('/audit 42')))?.card);
    expect(said).toContain('You may not use /audit');
    expect(said).not.toContain('ou_reader');
  });
});
