/**
 * Group commit: every write of one turn of the event loop shares one transaction and one sync to disk.
 *
 * A record is not synced: its commit survives the death of the process, and the sync of the next job that is put, started or ended takes it
 * along, because the log is one file. So a power cut takes no record of a job that has ended, and a job that has not is done again.
 */

import { z } from 'zod';
import type { Log } from '../log.ts';
import {
  closeDatabase,
  type Database,
  emptyLog,
  isFull,
  isOwnFault,
  unavailable,
  undo,
} from './sqliteDatabase.ts';
import { StoreUnavailable } from './store.ts';

export interface Writer {
  /**
   * Runs `work` inside the transaction of this turn and resolves with its result once that is on disk. `work` is synchronous; a
   * write asked for inside it joins the same transaction.
   * @throws StoreUnavailable when the transaction failed, and then nothing of the whole group is stored; or when `work` threw
   */
  write<T>(work: () => T): Promise<T>;
  /** The same, but a power cut may take it until the next `write`: a sync takes a millisecond, in which nothing else is done. */
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
  /** @returns what to call after the commit */
  readonly run: () => () => void;
  readonly fail: (error: StoreUnavailable) => void;
}

const countRow = z.object({ count: z.number() });

/** More in one transaction would keep the event loop from its other work for too long. */
const maxGroupCount = 500;

export function createWriter(db: Database, log: Log): Writer {
  const waiting: Write[] = [];
  const transact = createTransactions(db, log);
  let group: Write[] | undefined;
  let scheduled = false;
  let closed = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
      if (waiting.length > 0) schedule();
    });
  }

  function flush(): void {
    if (waiting.length === 0) return;
    group = waiting.splice(0, maxGroupCount);
    const tellAll = transact(group);
    group = undefined;
    for (const tell of tellAll) tell();
  }

  function add<T>(work: () => T, synced: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      if (closed) {
        reject(new StoreUnavailable('The storage is closed'));
        return;
      }
      const run = (): (() => void) => {
        const result = work();
        return () => resolve(result);
      };
      const into = group !== undefined && (isSynced(group) || !synced) ? group : waiting;
      into.push({ synced, run, fail: reject });
      if (into === waiting) schedule();
    });
  }

  return {
    write: (work) => add(work, true),
    writeSoon: (work) => add(work, false),

    async read(work) {
      if (closed) throw new StoreUnavailable('The storage is closed');
      try {
        return work();
      } catch (error) {
        throw unavailable(error);
      }
    },

    close() {
      if (closed) return;
      closed = true;
      while (waiting.length > 0) flush();
      closeDatabase(db);
    },
  };
}

/**
 * Runs writes in one transaction, also those that are added to the list meanwhile. Never throws.
 * @returns for each write, what to call when all is over: it tells the result or the failure
 */
function createTransactions(db: Database, log: Log): (writes: readonly Write[]) => (() => void)[] {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const changes = db.prepare('SELECT total_changes() AS count');
  const changeCount = (): number => countRow.parse(changes.get()).count;
  const attempt = createAttempt(db, log);
  let failing = false;
  let syncing: boolean | undefined;

  /** Cannot be changed inside a transaction, nor be prepared: SQLite obeys it when it reads it. */
  function setSync(wanted: boolean): void {
    if (wanted === syncing) return;
    db.exec(`PRAGMA synchronous = ${wanted ? 'FULL' : 'NORMAL'}`);
    syncing = wanted;
  }

  function fail(error: unknown): StoreUnavailable {
    const reason = unavailable(error);
    if (!failing) log.error({ err: error, reason: reason.message }, 'the storage cannot be written');
    failing = true;
    if (isFull(error)) makeRoom(db);
    return reason;
  }

  return (writes) => {
    try {
      const before = failing ? changeCount() : 0;
      setSync(isSynced(writes));
      begin.run();
      const tellAll: (() => void)[] = [];
      for (const write of writes) tellAll.push(attempt(write));
      // A transaction that changes nothing succeeds on a full disk too.
      const recovered = failing && changeCount() > before;
      commit.run();
      if (recovered) log.info('the storage can be written again');
      failing &&= !recovered;
      return tellAll;
    } catch (error) {
      undo(db);
      const reason = fail(error);
      return writes.map((write) => () => write.fail(reason));
    }
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

function isSynced(writes: readonly Write[]): boolean {
  return writes.some(({ synced }) => synced);
}
