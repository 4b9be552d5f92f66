/**
 * Group commit: the writes of one turn of the event loop share one transaction and one sync to disk, and so do all that are asked for while
 * the group before them is synced. The sync runs beside the event loop.
 *
 * A record is told at the commit, which survives the death of the process. The sync of the next job that is put, started or ended takes it
 * along, because the log is one file. So a power cut takes no record that a job waited for before it ended, and a job that has not ended is
 * done again.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../log.ts';
import {
  closeDatabase,
  copyLog,
  type Database,
  emptyLog,
  isFull,
  isOwnFault,
  unavailable,
  undo,
} from './sqliteDatabase.ts';
import type { LogSync } from './sqliteSync.ts';
import { StoreUnavailable } from './store.ts';

export interface Writer {
  /**
   * Runs `work` inside the transaction of this turn and resolves with its result once that is on disk. `work` is synchronous; a
   * write asked for inside it joins the same transaction.
   * @throws StoreUnavailable when the transaction failed, and then nothing of the whole group is stored; or when `work` threw
   */
  write<T>(work: () => T): Promise<T>;
  /** The same, but it does not wait for a sync, and a power cut may take it until the next `write`. */
  writeSoon<T>(work: () => T): Promise<T>;
  /**
   * Runs `work` at once. It sees what is committed and nothing else.
   * @throws StoreUnavailable
   */
  read<T>(work: () => T): Promise<T>;
  /** Commits what was asked for, refuses what comes later, and closes the database. */
  close(): void;
}

interface Write {
  readonly synced: boolean;
  /** @returns what to call once it is kept */
  readonly run: () => () => void;
  readonly fail: (error: StoreUnavailable) => void;
}

const countRow = z.object({ count: z.number() });

/** More in one transaction would keep the event loop from its other work for too long. */
const maxGroupCount = 500;
/**
 * After a group of several, more are coming: a few turns of the event loop, which are long when there is much to do and nothing when there
 * is not, make the next group larger. Each commit costs as much as three events.
 */
const gatherTurnCount = 4;

/** @param logSync of the file behind `db`; closed with the writer */
export function createWriter(db: Database, logSync: LogSync, log: Log): Writer {
  const waiting: Write[] = [];
  const transact = createTransactions(db, log);
  let group: Write[] | undefined;
  let working = false;
  let closed = false;

  function commit(): Committed {
    group = waiting.splice(0, maxGroupCount);
    const committed = transact.commit(group);
    group = undefined;
    return committed;
  }

  /** Until nothing waits. Never rejects. */
  async function work(): Promise<void> {
    working = true;
    let turnCount = 1;
    while (waiting.length > 0) {
      for (let turn = 0; turn < turnCount; turn += 1) await nextTurn();
      // The writer may have been closed meanwhile, and has then seen to it.
      if (closed) break;
      const committed = commit();
      turnCount = committed.writes.length > 1 ? gatherTurnCount : 1;
      await keep(committed);
    }
    working = false;
  }

  /** Tells at once who does not wait for a sync, and the others after it. */
  async function keep({ writes, tellAll = [] }: Committed): Promise<void> {
    const waitFor = (synced: boolean): (() => void)[] =>
      tellAll.filter((_, index) => writes[index]?.synced === synced);
    for (const tell of waitFor(false)) tell();
    const waiting = waitFor(true);
    if (waiting.length === 0) return;
    try {
      await logSync.sync();
      for (const tell of waiting) tell();
    } catch (error) {
      const reason = transact.doubt(error);
      for (const write of writes) if (write.synced) write.fail(reason);
    }
  }

  function add<T>(change: () => T, synced: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      if (closed) {
        reject(new StoreUnavailable('The storage is closed'));
        return;
      }
      const run = (): (() => void) => {
        const result = change();
        return () => resolve(result);
      };
      (group ?? waiting).push({ synced, run, fail: reject });
      if (group === undefined && !working) void work();
    });
  }

  return {
    write: (change) => add(change, true),
    writeSoon: (change) => add(change, false),

    async read(look) {
      if (closed) throw new StoreUnavailable('The storage is closed');
      try {
        return look();
      } catch (error) {
        throw unavailable(error);
      }
    },

    close() {
      if (closed) return;
      closed = true;
      // After a group that failed, the next one could take its keys for known.
      while (waiting.length > 0 && endNow(commit(), logSync));
      for (const write of waiting.splice(0)) write.fail(new StoreUnavailable('The storage is closed'));
      logSync.close();
      closeDatabase(db);
    },
  };
}

/** A group after its transaction. */
interface Committed {
  readonly writes: readonly Write[];
  /** What to call once the writes are kept, one for each. Undefined when nothing of the group is stored, and all were told. */
  readonly tellAll: readonly (() => void)[] | undefined;
}

/** @returns whether the group is kept */
function endNow({ writes, tellAll }: Committed, logSync: LogSync): boolean {
  if (tellAll === undefined) return false;
  try {
    logSync.syncNow();
    for (const tell of tellAll) tell();
    return true;
  } catch (error) {
    for (const write of writes) write.fail(unavailable(error));
    return false;
  }
}

interface Transactions {
  /** Runs writes in one transaction, also those that are added to the list meanwhile. Never throws. */
  commit(writes: readonly Write[]): Committed;
  /**
   * What was committed could not be synced, and the system may take it for synced from now on. The next group is written only after
   * everything was copied from the log into the database, which syncs it another way.
   */
  doubt(error: unknown): StoreUnavailable;
}

function createTransactions(db: Database, log: Log): Transactions {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const changes = db.prepare('SELECT total_changes() AS count');
  const changeCount = (): number => countRow.parse(changes.get()).count;
  const attempt = createAttempt(db, log);
  let failing = false;
  let doubted = false;

  function fail(error: unknown): StoreUnavailable {
    const reason = unavailable(error);
    if (!failing) log.error({ err: error, reason: reason.message }, 'the storage cannot be written');
    failing = true;
    if (isFull(error)) makeRoom(db);
    return reason;
  }

  function run(writes: readonly Write[]): (() => void)[] {
    if (doubted) copyLog(db);
    doubted = false;
    const before = failing ? changeCount() : 0;
    begin.run();
    const tellAll: (() => void)[] = [];
    for (const write of writes) tellAll.push(attempt(write));
    // A transaction that changes nothing succeeds on a full disk too.
    const recovered = failing && changeCount() > before;
    commit.run();
    if (recovered) log.info('the storage can be written again');
    failing &&= !recovered;
    return tellAll;
  }

  return {
    commit(writes) {
      try {
        return { writes, tellAll: run(writes) };
      } catch (error) {
        undo(db);
        const reason = fail(error);
        for (const write of writes) write.fail(reason);
        return { writes, tellAll: undefined };
      }
    },
    doubt(error) {
      doubted = true;
      return fail(error);
    },
  };
}

/** Runs one write of a group. What is wrong with it alone does not harm the others. */
function createAttempt(db: Database, log: Log): (write: Write) => () => void {
  const mark = db.prepare('SAVEPOINT one');
  const keep = db.prepare('RELEASE one');
  const drop = db.prepare('ROLLBACK TO one');
  return (write) => {
    mark.run();
    try {
      const tell = write.run();
      keep.run();
      return tell;
    } catch (error) {
      if (!isOwnFault(error) || !db.isTransaction) throw error;
      drop.run();
      keep.run();
      log.error({ err: error }, 'a write was wrong and is left out');
      return () => write.fail(unavailable(error));
    }
  };
}

/** Moves the write-ahead log into the database, where deleted entries may have left room. */
function makeRoom(db: Database): void {
  try {
    emptyLog(db);
  } catch {
    // The disk is full.
  }
}
