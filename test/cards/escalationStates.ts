/** The cards of escalations and of those on duty, in every state that people meet, by name. */

import { escalateFormCard } from '../../src/cards/escalateFormCard.ts';
import { escalationCard } from '../../src/cards/escalationCard.ts';
import { oncallCard } from '../../src/cards/oncallCard.ts';
import type { Agent, Card } from '../../src/domain.ts';
import type { Duty } from '../../src/duty.ts';
import { type Escalation, type Happening, noted, withCall } from '../../src/escalationState.ts';
import { parseLadder } from '../../src/ladder.ts';
import { minutesAgo, nowMs, person, ticket, ticketId, view } from './samples.ts';

const [first, second, asker] = ['ou_佐藤健', 'ou_Maria Lopez', 'ou_林晓'] as const;
const names = { [first]: '佐藤健', [second]: 'Maria Lopez', [asker]: '林晓' };
const deeds = ['take', 'snooze', 'stop', 'resolve', 'hand'].map((one) => `escalate.${one}`);
const actions = new Set([...deeds, 'ticket.show']);
const seen = view({ actions, locale: 'zh_cn' });

const begun: Escalation = {
  ticket: ticketId,
  number: 1,
  reason: '月底关账，十几位同事都连不上 VPN。',
  askedBy: asker,
  startedAtMs: minutesAgo(7),
  ladder: parseLadder('app@0m app@5m sms@10m phone@15m') ?? [],
  people: [first, second],
  names,
  status: 'calling',
  seq: 1,
  turn: { person: 0, rung: 2, round: 0, sinceMs: minutesAgo(7) },
  dueAtMs: minutesAgo(-3),
  vainCount: 0,
  outsiders: [],
  groupRefuses: false,
  unusable: [],
  calls: [],
  story: [],
  toldUpTo: 0,
  shownSeq: 0,
  place: { chatId: 'oc_1', chatType: 'group' },
  copies: {},
};

/** The first has been called twice and has read it once. */
const calling = [7, 2].reduce<Escalation>((state, minutes, rung) => {
  const atMs = minutesAgo(minutes);
  const call = {
    n: rung + 1,
    to: first,
    means: 'app',
    via: 'group',
    rung,
    round: 0,
    atMs,
    bySeq: 1,
  } as const;
  const read = rung === 0 ? { readAtMs: minutesAgo(6) } : {};
  const called = withCall(state, { ...call, end: 'reached', ...read });
  return noted(called, atMs, { what: 'called', to: first, means: 'app', via: 'group' });
}, begun);

const after = (change: Partial<Escalation>, ...happened: readonly Happening[]): Escalation =>
  happened.reduce((state, one, index) => noted(state, minutesAgo(1 - index), one), { ...calling, ...change });

const card = (state: Escalation, isCopy = false): Card =>
  escalationCard({ state, ticket: ticket(), isCopy }, seen);

const onDuty = (name: string, skills: readonly string[]): Agent => ({
  person: person(name),
  state: 'online',
  skills,
});

const duty: Duty = {
  now: [
    { agent: onDuty('佐藤健', ['VPN', '网络']), untilMs: nowMs + 4 * 3_600_000 },
    { agent: onDuty('Maria Lopez', ['English']), untilMs: undefined },
  ],
  next: [{ agent: onDuty('林晓', ['账号']), fromMs: nowMs + 15 * 3_600_000 }],
};

/** By the name of the file that holds the snapshot. */
export const escalationStates: Readonly<Record<string, () => Card>> = {
  'escalate-form': () =>
    escalateFormCard(
      {
        ticket: ticketId,
        crew: [first, second].map((openId) => ({ openId, name: names[openId] })),
      },
      seen,
    ),
  'escalate-form-nobody': () => escalateFormCard({ ticket: ticketId, crew: [] }, seen),
  'escalation-calling': () => card(calling),
  'escalation-no-scope': () => card({ ...calling, unusable: ['phone'], turn: { ...calling.turn, rung: 2 } }),
  'escalation-snoozed': () =>
    card(
      after(
        { status: 'snoozed', dueAtMs: minutesAgo(-14) },
        { what: 'snoozed', by: first, untilMs: minutesAgo(-14) },
      ),
    ),
  'escalation-calling-direct': () => card(calling, true),
  'escalation-handed': () =>
    card(
      after(
        { turn: { person: 1, rung: 0, round: 1, sinceMs: minutesAgo(1) }, dueAtMs: minutesAgo(0) },
        { what: 'taken', by: first },
        { what: 'handed', by: first, to: second },
      ),
    ),
  'escalation-closed': () => card(after({ status: 'closed' }, { what: 'closed' })),
  'escalation-taken': () => card(after({ status: 'taken', owner: first }, { what: 'taken', by: first })),
  'escalation-taken-direct': () =>
    card(after({ status: 'taken', owner: first }, { what: 'taken', by: first }), true),
  'escalation-resolved': () =>
    card(
      after(
        { status: 'resolved', owner: first },
        { what: 'taken', by: first },
        { what: 'resolved', by: first, words: '网关证书已更换，已请用户重试。' },
      ),
    ),
  'escalation-stopped': () => card(after({ status: 'stopped' }, { what: 'stopped', by: asker })),
  oncall: () => oncallCard({ duty, skill: undefined, standInCount: 2 }, seen),
  'oncall-nobody': () =>
    oncallCard({ duty: { now: [], next: duty.next }, skill: 'VPN', standInCount: 2 }, seen),
};
