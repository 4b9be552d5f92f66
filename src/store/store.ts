/**
 * The store's port: all state of the bot lives behind these three small interfaces, and the guarantees are written here.
 * Two implementations keep them: SQLite embedded in the process, and Redis shared by replicas.
 * One suite, `test/store/contract.ts`, runs on each.
 */

import type { z } from 'zod';
import type { Json } from '../domain.ts';

export interface Store {
  readonly queue: Queue;
  readonly records: Records;
  readonly window: Windows;
  /** Resolves when a write would succeed now; rejects with the reason otherwise. For `/readyz`. */
  check(): Promise<void>;
  /** Releases files and connections. Work must have been stopped before. */
  close(): Promise<void>;
}

// ---------------------------------------------------------------- queue

/** A person waits, a card follows a change, or nobody looks. Lower starts first. */
export type Priority = 'person' | 'card' | 'background';

export interface NewJob {
  /** Names the job in logs and in the set-aside list. Made of the event id, so that jobs of one id have a key in common. */
  readonly id: string;
  /**
   * Deduplication: when any of the keys was put within the last 48 h, nothing is stored. Several, because Feishu repeats
   * one message under different event ids.
   */
  readonly keys: readonly string[];
  readonly priority: Priority;
  /** Comes back as JSON tells it, without what is undefined; checked by whoever works on it. Erased when the job ends. */
  readonly payload: Json | object;
  /**
   * Keeps the job from starting until `release(id)`, or until this long has passed, whichever comes first: the work of a click
   * waits for its answer to be written, and a crash in between only delays it.
   */
  readonly holdMs?: number;
}

export interface Job {
  readonly id: string;
  readonly payload: Json;
  /** When it was put: `nowMs` of the process that took it. */
  readonly putAtMs: number;
  /** 1 at the first start. Counted before the work begins, so that a job that kills its process is counted too. */
  readonly attempt: number;
}

/** What became of a piece of work. A handler that throws is the same as `set_aside` with the error's name. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'set_aside'; readonly reason: string };

/**
 * A timer: `key` names what it is for; a newer `generation` replaces an older one, and an older one never fires after it.
 * When it is due it comes to the handler as a job with the id `timer/<key>/<generation>`, after a restart too.
 */
export interface Timer {
  readonly key: string;
  readonly generation: number;
  readonly atMs: number;
  readonly payload: Json;
}

export interface SetAsideJob {
  readonly id: string;
  readonly reason: string;
  readonly putAtMs: number;
  readonly attempts: number;
}

export interface QueueStats {
  readonly waitingCount: number;
  readonly runningCount: number;
  readonly setAsideCount: number;
  readonly oldestWaitingMs: number;
}

export interface Queue {
  /**
   * Stores a job durably: when this resolves, the job survives `kill -9` and, in embedded mode, a power cut.
   * @returns `duplicate` when one of its keys is known; nothing is stored then.
   * @throws StoreUnavailable when it cannot be stored. Nothing is half stored.
   */
  put(job: NewJob): Promise<'stored' | 'duplicate'>;
  /** Ends the hold of a job. Of no effect when it has started or is unknown. */
  release(id: string): Promise<void>;
  /** Sets a timer. Equal or older generations than the one known for the key are ignored. */
  later(timer: Timer): Promise<void>;
  /** Removes the timer of `key` if its generation is at most `generation`. */
  cancel(key: string, generation: number): Promise<void>;
  /**
   * Starts taking jobs, up to `concurrency` at a time, by priority and then in the order of arrival. Each is held under a lease of
   * at most 15 s that is renewed while the work goes on; when the process dies, another takes the job after the lease. A job that was
   * started 5 times without an end is set aside.
   */
  work(handler: (job: Job) => Promise<Outcome>, concurrency: number): Work;
  listSetAside(): Promise<readonly SetAsideJob[]>;
  /** Puts a set-aside job back, with a fresh count of attempts. False when there is none of that id. */
  replay(id: string): Promise<boolean>;
  stats(): Promise<QueueStats>;
}

export interface Work {
  /** Takes no more jobs, waits up to `graceMs` for those that run, and hands back the rest at once. */
  stop(graceMs: number): Promise<void>;
}

// ---------------------------------------------------------------- records

/** What is kept under one name: its shape, and for how long after the last write. */
export interface RecordKind<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly keepMs: number;
}

/** A stored value. `version` grows by one with each write and never repeats for a key while the value lives. */
export interface Stored<T> {
  readonly key: string;
  readonly value: T;
  readonly version: number;
  readonly writtenAtMs: number;
}

export interface PutOptions {
  /** Write only when the stored version is this one; 0 means that nothing may be stored yet. */
  readonly expect?: number;
  /** Makes the value findable by `list`. One index for each value; a put without it clears the old one. */
  readonly index?: string;
}

export interface Records {
  /** A value that no longer fits its schema counts as absent. */
  get<T>(kind: RecordKind<T>, key: string): Promise<Stored<T> | undefined>;
  /** Several at once, in the order of `keys`; what is absent is undefined. */
  getMany<T>(kind: RecordKind<T>, keys: readonly string[]): Promise<readonly (Stored<T> | undefined)[]>;
  /** @returns the new version, or `conflict` when `expect` did not hold. */
  put<T>(kind: RecordKind<T>, key: string, value: T, options?: PutOptions): Promise<number | 'conflict'>;
  delete<T>(kind: RecordKind<T>, key: string): Promise<void>;
  /** The values with this index, the last written first. */
  list<T>(kind: RecordKind<T>, index: string, limit: number): Promise<readonly Stored<T>[]>;
}

// ---------------------------------------------------------------- rate windows

/** At most `max` places in any `perMs` for one name. */
export interface WindowRule {
  readonly name: string;
  readonly max: number;
  readonly perMs: number;
}

/**
 * Exact sliding windows, as the server sees them: a place is taken when a call departs and is given back one window after its
 * answer, so a delay on the way there or back cannot put more than `max` calls into any window.
 */
export interface Windows {
  /**
   * Takes one place in every rule, or in none.
   * @returns the place to give to `answered`, or how long to wait at least before it makes sense to ask again.
   */
  take(rules: readonly WindowRule[]): Promise<{ readonly place: string } | { readonly waitMs: number }>;
  /**
   * The call was answered, or will never be. Where this is not said, the place is given back one window and 35 s after its
   * departure, which is longer than any call may take: a lost process leaks nothing.
   */
  answered(place: string): Promise<void>;
}

/** The store cannot be reached or cannot write now. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
