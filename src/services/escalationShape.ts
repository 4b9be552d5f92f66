/** An escalation as it is stored. */

import { z } from 'zod';
import type { Escalation } from '../escalationState.ts';

const text = z.string();
const number = z.number();
const means = z.enum(['app', 'sms', 'phone']);
const via = z.enum(['group', 'direct']);
const why = z.enum(['outside', 'group', 'person', 'scope', 'quota', 'outage', 'needless', 'other']);

const rung = z.object({
  means,
  afterMs: number,
  quiet: z.object({ fromMin: number, untilMin: number }).optional(),
});

const call = z.object({
  n: number,
  to: text,
  means,
  via,
  rung: number,
  round: number,
  atMs: number,
  bySeq: number,
  end: z.enum(['started', 'reached', 'refused', 'uncertain']),
  why: why.optional(),
  readAtMs: number.optional(),
});

const base = { n: number, atMs: number };
const by = text;
const to = text;
const entry = z.discriminatedUnion('what', [
  z.object({ ...base, what: z.literal('called'), to, means, via }),
  z.object({ ...base, what: z.literal('refused'), to, means, why, code: number.optional() }),
  z.object({ ...base, what: z.literal('uncertain'), to, means }),
  z.object({ ...base, what: z.literal('vain'), untilMs: number }),
  z.object({ ...base, what: z.literal('lost') }),
  z.object({ ...base, what: z.literal('read'), by }),
  z.object({ ...base, what: z.literal('taken'), by }),
  z.object({ ...base, what: z.literal('handed'), by, to }),
  z.object({ ...base, what: z.literal('snoozed'), by, untilMs: number }),
  z.object({ ...base, what: z.literal('awake') }),
  z.object({ ...base, what: z.literal('resolved'), by, words: text }),
  z.object({ ...base, what: z.literal('stopped'), by }),
  z.object({ ...base, what: z.literal('closed') }),
]);

export const escalationShape: z.ZodType<Escalation> = z.object({
  ticket: text,
  number,
  reason: text,
  askedBy: text,
  startedAtMs: number,
  ladder: z.array(rung),
  people: z.array(text),
  names: z.record(text, text),
  status: z.enum(['calling', 'snoozed', 'taken', 'resolved', 'stopped', 'closed']),
  owner: text.optional(),
  seq: number,
  turn: z.object({ person: number, rung: number, round: number, sinceMs: number }),
  dueAtMs: number.optional(),
  waitingFor: number.optional(),
  vainCount: number,
  outsiders: z.array(text),
  groupRefuses: z.boolean(),
  unusable: z.array(means),
  calls: z.array(call),
  story: z.array(entry),
  toldUpTo: number,
  shownSeq: number,
  place: z.object({
    chatId: text,
    chatType: z.enum(['p2p', 'group']),
    rootId: text.optional(),
    cardId: text.optional(),
    lost: z.boolean().optional(),
  }),
  copies: z.record(text, text),
});
