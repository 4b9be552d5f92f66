/**
 * The store in one folder, for one process: two SQLite files and a lock. `bot.db` holds the queue and the records, and what is
 * written to the queue is synced to disk; `windows.db` holds the last places in rate windows.
 */

import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { hourly } from './hourly.ts';
import { createMemoryWindows } from './memoryWindows.ts';
import { closeQuietly, type Database, emptyLog, openDatabase, unavailable } from './sqliteDatabase.ts';
import { lockDataDir } from './sqliteLock.ts';
import { openQueue } from './sqliteQueue.ts';
import { createRecords } from './sqliteRecords.ts';
import { migrate, requireCurrent } from './sqliteSchema.ts';
import { createSetAside } from './sqliteSetAside.ts';
import { openLogSync } from './sqliteSync.ts';
import { openWindowJournal, type SqliteWindowJournal } from './sqliteWindows.ts';
import { createWriter } from './sqliteWriter.ts';
import { type Queue, type Store, StoreUnavailable } from './store.ts';

export interface SqliteStoreOptions {
  /** The folder. Made when it does not exist, readable for this user only. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long to wait for another process that uses the folder; 15 s unless given. */
  readonly lockWaitMs?: number;
}

/** Rows removed in one transaction: more would keep the event loop from its other work. */
const pruneCount = 1_000;

/**
 * Opens the store. Jobs that a dead process was running are given back at once.
 * @throws StoreUnavailable when the folder cannot be used, was written by a newer version, or stays in use by another process
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { dataDir, clock, lockWaitMs = 15_000 } = options;
  makeFolder(dataDir);
  const unlock = await lockDataDir(dataDir, options, lockWaitMs);
  const opened: { db?: Database; journal?: SqliteWindowJournal } = {};
  try {
    const file = join(dataDir, 'bot.db');
    opened.db = openDatabase(file);
    migrate(opened.db, file);
    opened.journal = openWindowJournal(join(dataDir, 'windows.db'), clock);
    return await assemble(options, { file, db: opened.db, journal: opened.journal, unlock });
  } catch (error) {
    opened.journal?.close();
    closeQuietly(opened.db);
    unlock();
    throw unavailable(error, `DATA_DIR ${dataDir} cannot be used`);
  }
}

interface Opened {
  readonly file: string;
  readonly db: Database;
  readonly journal: SqliteWindowJournal;
  readonly unlock: () => void;
}

async function assemble(
  { clock, log }: SqliteStoreOptions,
  { file, db, journal, unlock }: Opened,
): Promise<Store> {
  const closing = new AbortController();
  // Everything that waits inside the store listens.
  setMaxListeners(0, closing.signal);
  const writer = createWriter(db, openLogSync(file), log);
  const queue = await openQueue({ db, writer, clock, log, closing: closing.signal });
  const records = createRecords(db, writer, clock);
  const window = createMemoryWindows(clock, journal);
  const beat = db.prepare('UPDATE heartbeat SET beat_count = beat_count + 1');

  async function prune(): Promise<void> {
    journal.prune();
    await queue.settleKeys();
    for (const table of [queue, records]) while (!closing.signal.aborted && (await table.prune(pruneCount)));
    await writer.read(() => emptyLog(db));
  }
  const pruning = hourly(clock, closing.signal, log, prune);

  return {
    queue,
    records,
    window,
    async check() {
      await writer.write(() => beat.run());
      journal.check();
    },
    async close() {
      closing.abort();
      writer.close();
      journal.close();
      unlock();
      await pruning;
    },
  };
}

/** What an operator may do from a second process while the bot runs. */
export interface SetAsideDesk extends Pick<Queue, 'listSetAside' | 'replay'> {
  close(): void;
}

/**
 * The set-aside jobs of a folder, without its lock: for a tool beside the running bot, which notices a replayed job within 5 s.
 * @throws StoreUnavailable when the folder holds no storage of this version
 */
export function openSqliteSetAside({
  dataDir,
  clock,
  log,
}: Omit<SqliteStoreOptions, 'lockWaitMs'>): SetAsideDesk {
  const file = join(dataDir, 'bot.db');
  if (!existsSync(file)) throw new StoreUnavailable(`There is no storage in DATA_DIR ${dataDir}.`);
  const db = openDatabase(file);
  try {
    requireCurrent(db, file);
    const setAside = createSetAside(db, clock);
    const writer = createWriter(db, openLogSync(file), log);
    return {
      listSetAside: () => writer.read(() => setAside.list()),
      replay: (id) => writer.write(() => setAside.replay(id)),
      close: () => writer.close(),
    };
  } catch (error) {
    closeQuietly(db);
    throw unavailable(error, `${file} cannot be opened`);
  }
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unavailable(error, `DATA_DIR ${dataDir} cannot be made`);
  }
}
