/** What the contract's suites run on, and what they share. */

import type { Clock } from '../../src/clock.ts';
import type { Job, NewJob, Outcome, Store } from '../../src/store/store.ts';

/** One place where data stays, and processes that come and go. */
export interface Subject {
  readonly clock: Clock;
  /** A process that opens the store. One at a time. */
  open(): Promise<Store>;
  /** Ends it as `kill -9` would: nothing is handed back, and what its handlers do later has no effect. */
  crash(store: Store): Promise<void>;
  /** Lets so much time pass and everything happen that is due in it; with 0, everything that needs no time. */
  pass(ms: number): Promise<void>;
  /** Removes the data and whatever is still open. */
  dispose(): Promise<void>;
}

export type CreateSubject = () => Promise<Subject>;

/** Runs `test` on a subject of its own. */
export function on(create: CreateSubject, test: (subject: Subject) => Promise<void>): () => Promise<void> {
  return async () => {
    const subject = await create();
    try {
      await test(subject);
    } finally {
      await subject.dispose();
    }
  };
}

/** Lets everything happen that needs no time, until `holds`. */
export async function eventually(subject: Pick<Subject, 'pass'>, holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1_000; turns += 1) {
    if (holds()) return;
    await subject.pass(0);
  }
  throw new Error('it never happened');
}

export const done: Outcome = { kind: 'done' };
export const never = new Promise<never>(() => undefined);

export const job = (id: string, more: Partial<NewJob> = {}): NewJob => ({
  id,
  keys: [`key/${id}`],
  priority: 'person',
  payload: { of: id },
  ...more,
});

/** Starts to work; each start is noted, and `outcome` says how it ends. */
export function workOn(
  store: Store,
  outcome: (job: Job) => Outcome | Promise<Outcome> = () => done,
  concurrency = 10,
) {
  const starts: Job[] = [];
  const work = store.queue.work(async (started) => {
    starts.push(started);
    return outcome(started);
  }, concurrency);
  return { starts, ids: () => starts.map(({ id }) => id), stop: (graceMs = 0) => work.stop(graceMs) };
}
