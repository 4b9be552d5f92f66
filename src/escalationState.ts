/** What an escalation is: who is called, how far that has come, who has taken it, and what has happened. Plain data. */

import type { CallMeans, CallRefusal } from './domain.ts';
import type { Rung } from './ladder.ts';

/** `calling` and `snoozed` are open: nobody has taken it, and the ladder goes on. */
export type Status = 'calling' | 'snoozed' | 'taken' | 'resolved' | 'stopped' | 'closed';

/** One call, written down before it is made. */
export interface Call {
  readonly n: number;
  /** An open id. */
  readonly to: string;
  readonly means: CallMeans;
  /** About the card in the chat, or about the one that the person got directly. */
  readonly via: 'group' | 'direct';
  readonly rung: number;
  /** Grows with each change of the person who is called. */
  readonly round: number;
  readonly atMs: number;
  /** The generation of the timer that began it: when that one comes again, the process has died in between. */
  readonly bySeq: number;
  readonly end: 'started' | 'reached' | 'refused' | 'uncertain';
  readonly why?: CallRefusal | undefined;
  readonly readAtMs?: number | undefined;
}

/** One thing that happened. `n` counts on, so that each is told once. */
export type Entry = { readonly n: number; readonly atMs: number } & Happening;

export type Happening =
  | {
      readonly what: 'called';
      readonly to: string;
      readonly means: CallMeans;
      readonly via: 'group' | 'direct';
    }
  | {
      readonly what: 'refused';
      readonly to: string;
      readonly means: CallMeans;
      readonly why: CallRefusal;
      readonly code?: number | undefined;
    }
  | { readonly what: 'uncertain'; readonly to: string; readonly means: CallMeans }
  /** Nobody can be called by any means now. */
  | { readonly what: 'vain'; readonly untilMs: number }
  /** The chat could not be written to. */
  | { readonly what: 'lost' }
  | { readonly what: 'read'; readonly by: string }
  | { readonly what: 'taken'; readonly by: string }
  | { readonly what: 'handed'; readonly by: string; readonly to: string }
  | { readonly what: 'snoozed'; readonly by: string; readonly untilMs: number }
  | { readonly what: 'awake' }
  | { readonly what: 'resolved'; readonly by: string; readonly words: string }
  | { readonly what: 'stopped'; readonly by: string }
  | { readonly what: 'closed' };

/** Which rung of which person comes next. */
export interface Turn {
  /** Index in `people`. */
  readonly person: number;
  readonly rung: number;
  readonly round: number;
  /** When the call of this person began: the rungs count from here. */
  readonly sinceMs: number;
}

export interface Escalation {
  readonly ticket: string;
  /** Counts the escalations of a ticket, from 1. */
  readonly number: number;
  readonly reason: string;
  readonly askedBy: string;
  readonly startedAtMs: number;
  /** As it was at the start: a new configuration does not change what goes on. */
  readonly ladder: readonly Rung[];
  /** Open ids in the order of the calls; never empty. */
  readonly people: readonly string[];
  /** Of the people whose names are known. */
  readonly names: Readonly<Record<string, string>>;
  readonly status: Status;
  readonly owner?: string | undefined;
  /** Grows with each change; the generation of the timer. */
  readonly seq: number;
  readonly turn: Turn;
  /** When the ladder goes on. Undefined while a call is under way, and when it does not go on. */
  readonly dueAtMs?: number | undefined;
  /** The call that is under way, whose outcome decides how it goes on. */
  readonly waitingFor?: number | undefined;
  /** So many calls in a row reached nobody. */
  readonly vainCount: number;
  /** Those who are called directly. */
  readonly outsiders: readonly string[];
  /** The chat does not let the bot call: everybody is called directly. */
  readonly groupRefuses: boolean;
  /** CallMeans that are not to be had. */
  readonly unusable: readonly CallMeans[];
  /** The latest, oldest first. */
  readonly calls: readonly Call[];
  readonly story: readonly Entry[];
  /** Up to which entry the thread was told, and which generation the cards show. */
  readonly toldUpTo: number;
  readonly shownSeq: number;
  readonly place: Place;
  /** By open id: the cards that people got directly. */
  readonly copies: Readonly<Record<string, string>>;
}

export interface Place {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** The message in whose thread the card stands; undefined while it must be posted first. */
  readonly rootId?: string | undefined;
  /** The card's message. */
  readonly cardId?: string | undefined;
  /** Nothing can be posted there. */
  readonly lost?: boolean | undefined;
}

const keptCallCount = 40;
const keptEntryCount = 60;

export function isOpen({ status }: Pick<Escalation, 'status'>): boolean {
  return status === 'calling' || status === 'snoozed';
}

export function isOver({ status }: Pick<Escalation, 'status'>): boolean {
  return status === 'resolved' || status === 'stopped' || status === 'closed';
}

/** Who is called now, or comes next. */
export function currentPerson({ people, turn }: Pick<Escalation, 'people' | 'turn'>): string {
  return people[turn.person % Math.max(1, people.length)] ?? '';
}

/** The state with changes, which makes it a new generation. */
export function changed(state: Escalation, changes: Partial<Escalation>): Escalation {
  return { ...state, ...changes, seq: state.seq + 1 };
}

export function noted(state: Escalation, atMs: number, happening: Happening): Escalation {
  const n = (state.story.at(-1)?.n ?? 0) + 1;
  return { ...state, story: [...state.story, { n, atMs, ...happening }].slice(-keptEntryCount) };
}

export function withCall(state: Escalation, call: Call): Escalation {
  const calls = state.calls.some(({ n }) => n === call.n)
    ? state.calls.map((one) => (one.n === call.n ? call : one))
    : [...state.calls, call].slice(-keptCallCount);
  return { ...state, calls };
}
