/** One SQLite file: how it is opened, and what its failures become. */

import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { StoreUnavailable } from './store.ts';

export type Database = DatabaseSyncInstance;

/**
 * How long a statement waits for another process that writes. It blocks the event loop, so it is short: only an operator's tool
 * writes beside the bot, for a moment.
 */
const busyTimeoutMs = 250;
/**
 * The write-ahead log begins anew at 4 MiB, so that it needs little room on a disk that is nearly full; a burst may make it longer. At a
 * quarter of that, a burst of events takes a fifth more time: each new beginning syncs the disk twice.
 */
const logPageCount = 1_000;
const journalLimitBytes = 4 * 1024 * 1024;

/**
 * Opens a file in write-ahead mode: readers, such as a backup, never wait for the bot, nor the bot for them. What is deleted is
 * overwritten, because it holds people's words, and only this user may read the file.
 *
 * A commit survives the death of the process. SQLite does not sync it, since that would stop the event loop: what must survive a power
 * cut waits for `LogSync`.
 * @throws StoreUnavailable
 */
export function openDatabase(file: string): Database {
  let db: Database | undefined;
  try {
    // The log beside it takes over the mode of the file.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    db = new DatabaseSync(file, { timeout: busyTimeoutMs });
    const mode: unknown = db.prepare('PRAGMA journal_mode = WAL').get();
    if (!isWal(mode))
      throw new StoreUnavailable(`${file} is on a file system that SQLite cannot share; use a local disk`);
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec(`PRAGMA journal_size_limit = ${journalLimitBytes}`);
    db.exec(`PRAGMA wal_autocheckpoint = ${logPageCount}`);
    db.exec('PRAGMA secure_delete = ON');
    return db;
  } catch (error) {
    closeQuietly(db);
    throw unavailable(error, `${file} cannot be opened`);
  }
}

const checkpointRow = z.object({ busy: z.number() });

function isWal(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'journal_mode' in row && row.journal_mode === 'wal';
}

/**
 * Empties the write-ahead log into the database: until then it holds copies of what was deleted. While someone reads an older
 * state, such as a backup, it does as much as it can.
 * https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
 */
export function emptyLog(db: Database): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/**
 * Copies all of the write-ahead log into the database and syncs that.
 * @throws StoreUnavailable when a reader holds an older state
 */
export function copyLog(db: Database): void {
  const done = checkpointRow.parse(db.prepare('PRAGMA wal_checkpoint(FULL)').get());
  if (done.busy !== 0) throw new StoreUnavailable('The storage is being read, and cannot be synced now');
}

/** The end of a database that is in use. What cannot be tidied up now is tidied up at the next start. */
export function closeDatabase(db: Database): void {
  try {
    // Closing alone leaves the log behind as long as prepared statements are in memory.
    emptyLog(db);
  } catch {
    // The log is read at the next start.
  }
  closeQuietly(db);
}

/** A number as an INTEGER column takes it: rounded up, within what both sides can hold, and 0 for what is no number. */
export function whole(value: number): number {
  return Math.ceil(Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, value || 0)));
}

/** For the way out, where a first error is already known. */
export function closeQuietly(db: Database | undefined): void {
  try {
    db?.close();
  } catch {
    // It was not open.
  }
}

/** Undoes a failed transaction, unless SQLite has done so itself, as it does when the disk is full. */
export function undo(db: Database): void {
  try {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // The next BEGIN fails then, and says so.
  }
}

/** True when another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

export function isFull(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_FULL');
}

/** True when the statement itself was wrong, and others in the same transaction need not suffer from it: a bug. */
export function isOwnFault(error: unknown): boolean {
  return !/^SQLITE_(?!CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(codeOf(error));
}

/** The error as the port promises it. Its message names SQLite's code, and never a value. */
export function unavailable(error: unknown, what = 'The storage cannot be used now'): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(`${what} (${codeOf(error)})`, { cause: error });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('sqliteCodeName' in error && typeof error.sqliteCodeName === 'string') return error.sqliteCodeName;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}
