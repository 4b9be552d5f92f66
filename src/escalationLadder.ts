/** How an escalation climbs its ladder: which call comes next, and how each outcome leads on. Pure. */

import type { CallOutcome, CallRefusal } from './domain.ts';
import {
  type Call,
  changed,
  currentPerson,
  type Escalation,
  noted,
  type Turn,
  withCall,
} from './escalationState.ts';
import { gapMs, isQuiet, type Rung, roundMs } from './ladder.ts';

/** What is to be done because of a step. */
export type Effect =
  /** Make this call, which is written down already. */
  | { readonly kind: 'call'; readonly call: Call }
  /** Post the card: nobody can be called about what is not there. */
  | { readonly kind: 'post' };

export interface Step {
  readonly state: Escalation;
  readonly effects: readonly Effect[];
}

/** What the ladder must know of the world. */
export interface Rules {
  /** The minute of the day that clocks show, from 0 to 1439. */
  minuteOf(atMs: number): number;
}

/** After an outage the same call is tried again. */
const outagePauseMs = 60_000;
const minuteMs = 60_000;
const dayMin = 1_440;

const still = (state: Escalation): Step => ({ state, effects: [] });

/** When a rung is due. */
export function dueOf({ rung, sinceMs }: Turn, ladder: readonly Rung[]): number {
  return sinceMs + (ladder[rung]?.afterMs ?? 0);
}

/** The rung behind this one; behind the last one, the first of the next person. */
function after({ ladder, people }: Escalation, turn: Turn): Turn {
  if (turn.rung + 1 < ladder.length) return { ...turn, rung: turn.rung + 1 };
  return {
    person: (turn.person + 1) % people.length,
    rung: 0,
    round: turn.round + 1,
    sinceMs: turn.sinceMs + roundMs(ladder),
  };
}

/** The same rung, due now; the rungs behind it keep their distance. */
function atOnce({ ladder }: Escalation, turn: Turn, atMs: number): Turn {
  return { ...turn, sinceMs: atMs - (ladder[turn.rung]?.afterMs ?? 0) };
}

/** A person's first rung, now. */
export function afresh(turn: Turn, person: number, atMs: number): Turn {
  return { person, rung: 0, round: turn.round + 1, sinceMs: atMs };
}

/** Waits until the next rung is due. */
function waitFor(state: Escalation, turn: Turn, dueAtMs: number): Escalation {
  return changed(state, { turn, dueAtMs, waitingFor: undefined });
}

/**
 * The ladder's time has come: begins the next call, or sees when there is one to make.
 * @param bySeq the generation of the timer that fired
 */
export function advance(state: Escalation, atMs: number, rules: Rules, bySeq: number): Step {
  if (lacksCard(state)) return { state, effects: [{ kind: 'post' }] };
  let { turn } = state;
  let quietEndMs = Number.POSITIVE_INFINITY;
  for (let seen = 0; seen < state.ladder.length * state.people.length; seen += 1) {
    const rung = state.ladder[turn.rung];
    if (rung === undefined) break;
    const usable = !state.unusable.includes(rung.means);
    if (usable && dueOf(turn, state.ladder) > atMs)
      return still(waitFor(state, turn, dueOf(turn, state.ladder)));
    const minute = rules.minuteOf(atMs);
    if (usable && !isQuiet(rung, minute))
      return begin(state, rung, { turn: atOnce(state, turn, atMs), atMs, bySeq });
    if (usable) quietEndMs = Math.min(quietEndMs, quietEnd(rung, minute, atMs));
    const next = after(state, turn);
    turn = usable ? next : atOnce(state, next, atMs);
  }
  if (Number.isFinite(quietEndMs))
    return still(waitFor(state, afresh(turn, turn.person, quietEndMs), quietEndMs));
  return still(pause(state, turn, atMs));
}

/** The card is still to be posted. */
export function lacksCard({ place }: Escalation): boolean {
  return place.cardId === undefined && place.lost !== true;
}

function quietEnd({ quiet }: Rung, minute: number, atMs: number): number {
  const left = ((quiet?.untilMin ?? 0) - minute + dayMin) % dayMin;
  return atMs + Math.max(1, left) * minuteMs;
}

function begin(
  state: Escalation,
  rung: Rung,
  { turn, atMs, bySeq }: { readonly turn: Turn; readonly atMs: number; readonly bySeq: number },
): Step {
  const to = currentPerson({ people: state.people, turn });
  const direct = state.groupRefuses || state.place.lost === true || state.outsiders.includes(to);
  const call: Call = {
    n: (state.calls.at(-1)?.n ?? 0) + 1,
    to,
    means: rung.means,
    via: direct ? 'direct' : 'group',
    rung: turn.rung,
    round: turn.round,
    atMs,
    bySeq,
    end: 'started',
  };
  const next = changed(withCall(state, call), { turn, dueAtMs: undefined, waitingFor: call.n });
  return { state: next, effects: [{ kind: 'call', call }] };
}

/** Everything was refused: everybody is given the time of a rung, and then all means are tried again. */
function pause(state: Escalation, turn: Turn, atMs: number): Escalation {
  const untilMs = atMs + gapMs(state.ladder);
  const told = noted(state, atMs, { what: 'vain', untilMs });
  return waitFor({ ...told, vainCount: 0, unusable: [] }, afresh(turn, turn.person, untilMs), untilMs);
}

// ---------------------------------------------------------------- outcomes

/** What became of a call. Only the one that is waited for leads on; of others it is written down. */
export function settle(state: Escalation, n: number, outcome: CallOutcome, atMs: number): Escalation {
  const call = state.calls.find((one) => one.n === n);
  if (call === undefined || call.end === 'reached' || call.end === 'refused') return state;
  const isPaid = call.means !== 'app';
  if (outcome.kind === 'reached') {
    const told = record(state, { ...call, end: 'reached' }, atMs);
    return isAwaited(state, call)
      ? onTo({ ...told, vainCount: 0 }, after(told, state.turn), atMs)
      : changed(told, {});
  }
  if (outcome.kind === 'unclear' && isPaid)
    return call.end === 'uncertain' ? state : doubt(state, call, atMs);
  const why = outcome.kind === 'refused' ? outcome.why : 'outage';
  const code = outcome.kind === 'refused' ? outcome.code : undefined;
  const told = record(state, { ...call, end: 'refused', why }, atMs, code);
  return isAwaited(state, call) ? aroundRefusal(told, call, why, atMs) : changed(told, {});
}

/** A call of whose end nothing is known: one free of charge is made once more, one that costs money never. */
export function recover(state: Escalation, call: Call, atMs: number): Step {
  if (call.end !== 'started') return still(state);
  if (call.means === 'app' && isAwaited(state, call))
    return { state: changed(state, {}), effects: [{ kind: 'call', call }] };
  return still(doubt(state, call, atMs));
}

function doubt(state: Escalation, call: Call, atMs: number): Escalation {
  const told = record(state, { ...call, end: 'uncertain' }, atMs);
  return isAwaited(state, call) ? nextPerson(told, atMs) : changed(told, {});
}

function isAwaited({ status, waitingFor }: Escalation, { n }: Call): boolean {
  return status === 'calling' && waitingFor === n;
}

function record(state: Escalation, call: Call, atMs: number, code?: number): Escalation {
  const { to, means, via, why = 'other' } = call;
  const next = withCall(state, call);
  switch (call.end) {
    case 'started':
      return next;
    case 'reached':
      return noted(next, atMs, { what: 'called', to, means, via });
    case 'refused':
      return noted(next, atMs, { what: 'refused', to, means, why, ...(code === undefined ? {} : { code }) });
    case 'uncertain':
      return noted(next, atMs, { what: 'uncertain', to, means });
  }
}

/** Goes on with the next that works. */
function aroundRefusal(
  state: Escalation,
  { to, means, via }: Call,
  why: CallRefusal,
  atMs: number,
): Escalation {
  const tried = { ...state, vainCount: state.vainCount + 1 };
  const { turn } = state;
  if (tried.vainCount > maxVainCount(state)) return pause(tried, turn, atMs);
  switch (why) {
    case 'outside':
    case 'group': {
      if (via === 'direct') return nextPerson(tried, atMs);
      const how = why === 'group' ? { groupRefuses: true } : { outsiders: [...state.outsiders, to] };
      return waitFor({ ...tried, ...how }, atOnce(state, turn, atMs), atMs);
    }
    case 'person':
      return nextPerson(tried, atMs);
    case 'scope':
    case 'quota':
      return waitFor({ ...tried, unusable: [...state.unusable, means] }, turn, atMs);
    case 'outage': {
      const againAtMs = atMs + Math.min(outagePauseMs, gapMs(state.ladder));
      return waitFor(tried, atOnce(state, turn, againAtMs), againAtMs);
    }
    case 'needless':
    case 'other':
      return waitFor(tried, atOnce(state, after(state, turn), atMs), atMs);
  }
}

/** Each rung of everybody in both ways. More in a row reach nobody either. */
function maxVainCount({ people, ladder }: Escalation): number {
  return 2 * people.length * ladder.length;
}

/** Where there is only one, the next rung comes at its own time. */
function nextPerson(state: Escalation, atMs: number): Escalation {
  const { people, turn } = state;
  if (people.length > 1) return waitFor(state, afresh(turn, (turn.person + 1) % people.length, atMs), atMs);
  return onTo(state, after(state, turn), atMs);
}

function onTo(state: Escalation, turn: Turn, atMs: number): Escalation {
  return waitFor(state, turn, Math.max(atMs, dueOf(turn, state.ladder)));
}
