/** The tables of the main database, and how an older file becomes a newer one. Forward only. */

import { z } from 'zod';
import { type Database, unavailable, undo } from './sqliteDatabase.ts';
import { StoreUnavailable } from './store.ts';

/**
 * Each entry brings a file from the version of its index to the next. A released entry is never changed: a new one is added.
 *
 * `jobs.state`: `ready` may start now; `later` waits for a length of time (a hold, another try), which no jump of the wall clock
 * may stretch; `timer` waits for a moment of the wall clock; `running`; `set_aside`. A job that ended has no row; only its
 * keys stay. `starts` counts all starts, `open_starts` those since the last orderly end.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('ready', 'later', 'timer', 'running', 'set_aside')),
    priority INTEGER NOT NULL,
    put_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    held INTEGER NOT NULL DEFAULT 0,
    starts INTEGER NOT NULL DEFAULT 0,
    open_starts INTEGER NOT NULL DEFAULT 0,
    timer_key TEXT,
    generation INTEGER,
    superseded INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    set_aside_at_ms INTEGER,
    payload TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_ready ON jobs (priority, seq) WHERE state = 'ready';
  CREATE INDEX jobs_later ON jobs (due_at_ms) WHERE state = 'later';
  CREATE INDEX jobs_timer ON jobs (due_at_ms) WHERE state = 'timer';
  CREATE INDEX jobs_running ON jobs (open_starts) WHERE state = 'running';
  CREATE INDEX jobs_set_aside ON jobs (set_aside_at_ms) WHERE state = 'set_aside';
  CREATE INDEX jobs_timer_key ON jobs (timer_key, generation) WHERE timer_key IS NOT NULL;

  CREATE TABLE job_keys (key TEXT PRIMARY KEY, put_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX job_keys_age ON job_keys (put_at_ms);

  CREATE TABLE timers (key TEXT PRIMARY KEY, known INTEGER NOT NULL, touched_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX timers_age ON timers (touched_at_ms);

  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    written_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    list TEXT,
    value TEXT NOT NULL,
    UNIQUE (kind, key)
  ) STRICT;
  CREATE INDEX records_list ON records (kind, list, seq) WHERE list IS NOT NULL;
  CREATE INDEX records_age ON records (expires_at_ms);

  CREATE TABLE heartbeat (one INTEGER PRIMARY KEY CHECK (one = 1), beat_count INTEGER NOT NULL) STRICT;
  INSERT INTO heartbeat VALUES (1, 0);
  `,
  // What is written with each event goes to the end of its table now: `jobs` without an index of all ids, and `fresh_keys`.
  `
  CREATE TABLE newer_jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'later', 'timer', 'running', 'set_aside')),
    priority INTEGER NOT NULL,
    put_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    held INTEGER NOT NULL DEFAULT 0,
    starts INTEGER NOT NULL DEFAULT 0,
    open_starts INTEGER NOT NULL DEFAULT 0,
    timer_key TEXT,
    generation INTEGER,
    superseded INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    set_aside_at_ms INTEGER,
    payload TEXT NOT NULL
  ) STRICT;
  INSERT INTO newer_jobs SELECT * FROM jobs;
  DROP TABLE jobs;
  ALTER TABLE newer_jobs RENAME TO jobs;
  CREATE INDEX jobs_ready ON jobs (priority, seq) WHERE state = 'ready';
  CREATE INDEX jobs_later ON jobs (due_at_ms) WHERE state = 'later';
  CREATE INDEX jobs_timer ON jobs (due_at_ms) WHERE state = 'timer';
  CREATE INDEX jobs_running ON jobs (open_starts) WHERE state = 'running';
  CREATE INDEX jobs_set_aside ON jobs (set_aside_at_ms) WHERE state = 'set_aside';
  CREATE INDEX jobs_timer_key ON jobs (timer_key, generation) WHERE timer_key IS NOT NULL;
  CREATE INDEX jobs_held ON jobs (id) WHERE held = 1;

  DROP INDEX job_keys_age;
  CREATE TABLE fresh_keys (seq INTEGER PRIMARY KEY, put_at_ms INTEGER NOT NULL, keys TEXT NOT NULL) STRICT;
  `,
];

/** The version that this code reads and writes. */
export const schemaVersion = migrations.length;

const versionRow = z.object({ user_version: z.number() });

/**
 * Brings the file to `schemaVersion`, all or nothing.
 * @param steps in place of the real ones, for tests
 * @throws StoreUnavailable for a file that a newer version of the bot has written
 */
export function migrate(db: Database, file: string, steps = migrations): void {
  const found = versionOf(db);
  refuseNewer(found, file, steps.length);
  if (found === steps.length) return;
  try {
    db.exec('BEGIN IMMEDIATE');
    for (const step of steps.slice(found)) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}`);
    db.exec('COMMIT');
  } catch (error) {
    undo(db);
    throw unavailable(error, `${file} cannot be brought to version ${steps.length}`);
  }
}

/**
 * For a reader beside the running bot, which must not change the schema under it.
 * @throws StoreUnavailable when the file has another version
 */
export function requireCurrent(db: Database, file: string): void {
  const found = versionOf(db);
  refuseNewer(found, file);
  if (found !== schemaVersion)
    throw new StoreUnavailable(
      `${file} has version ${found}; start the bot once to bring it to ${schemaVersion}.`,
    );
}

function refuseNewer(found: number, file: string, known = schemaVersion): void {
  if (found > known)
    throw new StoreUnavailable(
      `${file} has version ${found}, written by a newer bot; this one knows ${known}. Start the newer bot again.`,
    );
}

/** @throws StoreUnavailable */
export function versionOf(db: Database): number {
  try {
    return versionRow.parse(db.prepare('PRAGMA user_version').get()).user_version;
  } catch (error) {
    throw unavailable(error);
  }
}
