/**
 * The escalation as a machine: a state and something that happens give a new state, and what is to be done. Pure: whoever runs it writes
 * the state down first, with its version, and acts afterwards.
 *
 * What always holds: there is at most one owner; nobody is called once it is taken; while it is open, either a call is under way or there
 * is a time at which it goes on; and what costs money is never called twice for one rung.
 */

import type { CallOutcome } from './domain.ts';
import {
  advance,
  afresh,
  type Effect,
  lacksCard,
  type Rules,
  recover,
  type Step,
  settle,
} from './escalationLadder.ts';
import { changed, type Escalation, isOpen, isOver, noted } from './escalationState.ts';

/** What somebody wants. `whileOpen`: of an escalation that nobody had taken, as they saw it. */
export type Wish = (
  | { readonly kind: 'take'; readonly by: string }
  | {
      readonly kind: 'hand';
      readonly by: string;
      readonly to: string;
      readonly name?: string | undefined;
      readonly whileOpen?: boolean | undefined;
    }
  | { readonly kind: 'snooze'; readonly by: string; readonly forMs: number }
  | { readonly kind: 'resolve'; readonly by: string; readonly words: string }
  | { readonly kind: 'stop'; readonly by: string; readonly whileOpen?: boolean | undefined }
) & {
  /** By open id, names that were not known before. */
  readonly names?: Escalation['names'] | undefined;
};

/** What time and Feishu bring. */
type Incident =
  /** The timer of this generation fired, perhaps once more after a crash. */
  | { readonly kind: 'due'; readonly seq: number }
  /** Long after a call began: is it still without an outcome? 0: is there still no card? */
  | { readonly kind: 'check'; readonly call: number }
  | { readonly kind: 'ended'; readonly call: number; readonly outcome: CallOutcome }
  | { readonly kind: 'posted'; readonly cardId: string }
  /** The card could not be posted: for good, or because Feishu did not answer. */
  | { readonly kind: 'unposted'; readonly forGood: boolean }
  | { readonly kind: 'copied'; readonly to: string; readonly cardId: string }
  | { readonly kind: 'read'; readonly by: string }
  /** The thread was told of everything up to this entry, and the cards show this generation. */
  | { readonly kind: 'told'; readonly upTo: number; readonly shownSeq: number }
  | { readonly kind: 'closed' };

export type EscalationEvent = (Wish | Incident) & { readonly atMs: number };

/**
 * What a person is told.
 * - `done`
 * - `same`: it was so already, by the same person's doing
 * - `taken`: by somebody else
 * - `over`: there is nothing left to do
 */
export type Answer = 'done' | 'same' | 'taken' | 'over';

export interface Stepped extends Step {
  /** To people's wishes; `done` for everything else. */
  readonly answer: Answer;
}

export type NewEscalation = Pick<
  Escalation,
  'ticket' | 'number' | 'reason' | 'askedBy' | 'startedAtMs' | 'ladder' | 'people' | 'names' | 'place'
>;

/** After a card could not be posted because Feishu did not answer. */
const postAgainMs = 60_000;
/** The same wish again within so long is the same one: work that was done once more after a crash, or a finger that slipped. */
const sameWishMs = 120_000;

/** An escalation whose first rung is due. */
export function beginEscalation(asked: NewEscalation): Escalation {
  const turn = { person: 0, rung: 0, round: 1, sinceMs: asked.startedAtMs };
  return {
    ...asked,
    status: 'calling',
    seq: 1,
    turn,
    dueAtMs: asked.startedAtMs,
    vainCount: 0,
    outsiders: [],
    groupRefuses: false,
    unusable: [],
    calls: [],
    story: [],
    toldUpTo: 0,
    shownSeq: 0,
    copies: {},
  };
}

export function step(state: Escalation, event: EscalationEvent, rules: Rules): Stepped {
  switch (event.kind) {
    case 'take':
    case 'hand':
    case 'snooze':
    case 'resolve':
    case 'stop':
      return wish(state, event);
    case 'due':
      return done(due(state, event.seq, event.atMs, rules));
    case 'check':
      return done(check(state, event.call, event.atMs));
    case 'ended':
      return plain(settle(state, event.call, event.outcome, event.atMs));
    case 'posted':
      return plain(posted(state, event.cardId, event.atMs));
    case 'unposted':
      return plain(unposted(state, event.forGood, event.atMs));
    case 'copied':
      return plain({ ...state, copies: { ...state.copies, [event.to]: event.cardId } });
    case 'told':
      return plain(told(state, event.upTo, event.shownSeq));
    case 'read':
      return plain(read(state, event.by, event.atMs));
    case 'closed':
      return plain(isOver(state) ? state : rest(noted(state, event.atMs, { what: 'closed' }), 'closed'));
  }
}

const done = (one: Step): Stepped => ({ ...one, answer: 'done' });
const plain = (state: Escalation, effects: readonly Effect[] = []): Stepped => ({
  state,
  effects,
  answer: 'done',
});
const refused = (state: Escalation, answer: Answer): Stepped => ({ state, effects: [], answer });

// ---------------------------------------------------------------- what people want

type WishNow = Wish & { readonly atMs: number };

function wish(state: Escalation, event: WishNow): Stepped {
  if (isRepeated(state, event)) return refused(state, 'same');
  if (isOver(state)) return refused(state, 'over');
  if (isOvertaken(state, event)) return refused(state, 'taken');
  return granted({ ...state, names: { ...event.names, ...state.names } }, event);
}

function granted(state: Escalation, event: WishNow): Stepped {
  switch (event.kind) {
    case 'take':
      return take(state, event.by, event.atMs);
    case 'hand':
      return event.to === event.by ? take(state, event.by, event.atMs) : hand(state, event);
    case 'snooze':
      return snooze(state, event);
    case 'resolve': {
      const { by, words, atMs } = event;
      return plain(rest(noted(state, atMs, { what: 'resolved', by, words }), 'resolved'));
    }
    case 'stop':
      return plain(rest(noted(state, event.atMs, { what: 'stopped', by: event.by }), 'stopped'));
  }
}

/** Somebody else has taken it since, so it is not what was meant. */
function isOvertaken(state: Escalation, event: WishNow): boolean {
  const sawItOpen = (event.kind === 'stop' || event.kind === 'hand') && event.whileOpen === true;
  return sawItOpen && state.status === 'taken' && state.owner !== event.by;
}

const resultOf = {
  take: 'taken',
  hand: 'handed',
  snooze: 'snoozed',
  resolve: 'resolved',
  stop: 'stopped',
} as const;

/** Whether the last that somebody did was this very wish, and it still holds. */
function isRepeated(state: Escalation, event: WishNow): boolean {
  const last = state.story.findLast(
    ({ what }) =>
      what !== 'read' && what !== 'called' && what !== 'refused' && what !== 'uncertain' && what !== 'vain',
  );
  if (last === undefined || last.what !== resultOf[event.kind] || last.by !== event.by) return false;
  if (event.kind === 'take' || event.kind === 'resolve' || event.kind === 'stop') return true;
  if (event.atMs - last.atMs > sameWishMs) return false;
  return last.what === 'handed' && event.kind === 'hand' ? last.to === event.to : true;
}

function take(state: Escalation, by: string, atMs: number): Stepped {
  if (state.status === 'taken') return refused(state, state.owner === by ? 'same' : 'taken');
  const told = noted(state, atMs, { what: 'taken', by });
  return plain({ ...rest(told, 'taken'), owner: by });
}

/** Calls somebody else from the first rung on, who may take it. */
function hand(state: Escalation, { by, to, name, atMs }: Extract<WishNow, { kind: 'hand' }>): Stepped {
  const at = state.people.indexOf(to);
  const people = at < 0 ? [...state.people, to] : state.people;
  const person = at < 0 ? state.people.length : at;
  const names = name === undefined ? state.names : { ...state.names, [to]: name };
  const told = noted({ ...state, people, names }, atMs, { what: 'handed', by, to });
  return plain(goOn(told, person, atMs));
}

function snooze(state: Escalation, { by, forMs, atMs }: Extract<WishNow, { kind: 'snooze' }>): Stepped {
  if (state.status === 'taken') return refused(state, 'taken');
  const untilMs = atMs + forMs;
  const told = noted(state, atMs, { what: 'snoozed', by, untilMs });
  return plain(changed(told, { status: 'snoozed', dueAtMs: untilMs, waitingFor: undefined }));
}

/** Nothing is due any more. */
function rest(state: Escalation, status: 'taken' | 'resolved' | 'stopped' | 'closed'): Escalation {
  return changed(state, { status, dueAtMs: undefined, waitingFor: undefined });
}

/** Calls this person from the first rung on. */
function goOn(state: Escalation, person: number, atMs: number): Escalation {
  const turn = afresh(state.turn, person, atMs);
  const open = { status: 'calling', owner: undefined, vainCount: 0, waitingFor: undefined } as const;
  return changed(state, { ...open, turn, dueAtMs: atMs });
}

// ---------------------------------------------------------------- what time brings

function due(state: Escalation, seq: number, atMs: number, rules: Rules): Step {
  const lost = state.calls.findLast((call) => call.bySeq === seq && call.end === 'started');
  if (lost !== undefined) return recover(state, lost, atMs);
  if (seq !== state.seq || !isOpen(state) || state.waitingFor !== undefined) return { state, effects: [] };
  if (state.status === 'calling') return advance(state, atMs, rules, seq);
  const awake = goOn(noted(state, atMs, { what: 'awake' }), state.turn.person, atMs);
  return advance(awake, atMs, rules, seq);
}

function check(state: Escalation, n: number, atMs: number): Step {
  if (n > 0) {
    const call = state.calls.find((one) => one.n === n);
    return call === undefined ? { state, effects: [] } : recover(state, call, atMs);
  }
  const waits = state.status === 'calling' && lacksCard(state);
  return { state: waits ? changed(state, { dueAtMs: atMs }) : state, effects: [] };
}

function posted(state: Escalation, cardId: string, atMs: number): Escalation {
  if (state.place.cardId !== undefined) return state;
  return ready({ ...state, place: { ...state.place, cardId, lost: false } }, atMs);
}

function unposted(state: Escalation, forGood: boolean, atMs: number): Escalation {
  if (state.place.cardId !== undefined) return state;
  if (!forGood) return ready(state, atMs + postAgainMs);
  const lost = noted(state, atMs, { what: 'lost' });
  return ready({ ...lost, place: { ...state.place, lost: true } }, atMs);
}

function told(state: Escalation, upTo: number, shownSeq: number): Escalation {
  if (upTo <= state.toldUpTo && shownSeq <= state.shownSeq) return state;
  return {
    ...state,
    toldUpTo: Math.max(state.toldUpTo, upTo),
    shownSeq: Math.max(state.shownSeq, shownSeq),
  };
}

/** The ladder may begin. */
function ready(state: Escalation, atMs: number): Escalation {
  const waits = state.status === 'calling' && state.waitingFor === undefined;
  return changed(state, waits ? { dueAtMs: atMs } : {});
}

/** The latest call of a person was seen. */
function read(state: Escalation, by: string, atMs: number): Escalation {
  const call = state.calls.findLast(({ to, end }) => to === by && (end === 'reached' || end === 'uncertain'));
  if (call === undefined || call.readAtMs !== undefined) return state;
  const calls = state.calls.map((one) => (one === call ? { ...call, readAtMs: atMs } : one));
  return changed(noted({ ...state, calls }, atMs, { what: 'read', by }), {});
}
