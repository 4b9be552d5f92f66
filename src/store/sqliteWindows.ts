/** Where the places of rate windows are written down, so that a restart remembers them. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Departure, longestCallMs, type WindowJournal } from './memoryWindows.ts';
import {
  closeDatabase,
  closeQuietly,
  type Database,
  openDatabase,
  unavailable,
  undo,
} from './sqliteDatabase.ts';

export interface SqliteWindowJournal extends WindowJournal {
  /** @throws StoreUnavailable when nothing can be written */
  check(): void;
  /** Removes places that cannot count any more, and writes down the answers that wait. */
  prune(): void;
  close(): void;
}

const schema = `CREATE TABLE IF NOT EXISTS places (
    place TEXT PRIMARY KEY,
    departed_at_ms REAL NOT NULL,
    answered_at_ms REAL,
    until_ms REAL NOT NULL,
    windows TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS places_until ON places (until_ms);`;

const windows = z.array(z.object({ name: z.string(), perMs: z.number() }));
const row = z.object({
  place: z.string(),
  departed_at_ms: z.number(),
  answered_at_ms: z.number().nullable(),
  windows: z.string().transform((text) => windows.parse(JSON.parse(text))),
});

/**
 * A file of its own that is not synced at each commit: the death of the process loses nothing, and a power cut, which may take
 * the last places, lasts longer than any window.
 *
 * Departures are written before the calls leave. Answers wait for the next departure, so that a call costs one write; those that are lost in a
 * crash only make places last longer.
 * @throws StoreUnavailable
 */
export function openWindowJournal(file: string, clock: Clock): SqliteWindowJournal {
  const db = openDatabase(file);
  const sql = prepare(db, file);
  const answers = new Map<string, number>();

  let group: { readonly departures: (() => void)[]; readonly written: Promise<void> } | undefined;

  /** All or nothing, together with the answers that wait. */
  function write(change: () => void): void {
    try {
      sql.begin.run();
      for (const [place, atMs] of answers) sql.answer.run(atMs, place);
      change();
      sql.commit.run();
      answers.clear();
    } catch (error) {
      undo(db);
      throw unavailable(error);
    }
  }

  /** What departs in one breath, such as the pictures of a ticket, is written at once. */
  function beginGroup(): NonNullable<typeof group> {
    const departures: (() => void)[] = [];
    const written = Promise.resolve().then(() => {
      group = undefined;
      write(() => {
        for (const depart of departures) depart();
      });
    });
    return { departures, written };
  }

  return {
    async departed({ place, windows: used, departedAtMs }) {
      const longestMs = Math.max(0, ...used.map(({ perMs }) => perMs));
      if (longestMs === 0) return;
      group ??= beginGroup();
      const { departures, written } = group;
      const untilMs = departedAtMs + longestMs + longestCallMs;
      departures.push(() => sql.depart.run(place, departedAtMs, untilMs, JSON.stringify(used)));
      await written;
    },
    answered(place, atMs) {
      answers.set(place, atMs);
    },
    recent: () => sql.recent.all(clock.nowMs()).map(departureOf),
    // An entry that is written and removed: removing alone would write nothing when nothing is old.
    check: () =>
      write(() => {
        sql.depart.run('check', 0, 0, '[]');
        sql.prune.run(0);
      }),
    prune: () => write(() => sql.prune.run(clock.nowMs())),
    close() {
      try {
        write(() => undefined);
      } catch {
        // Lost answers only make places last longer.
      }
      closeDatabase(db);
    },
  };
}

/** @throws StoreUnavailable, and closes the file then */
function prepare(db: Database, file: string) {
  try {
    db.exec(schema);
    return {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      depart: db.prepare('INSERT INTO places VALUES (?, ?, NULL, ?, ?)'),
      answer: db.prepare('UPDATE places SET answered_at_ms = ? WHERE place = ?'),
      recent: db.prepare(
        'SELECT place, departed_at_ms, answered_at_ms, windows FROM places WHERE until_ms > ?',
      ),
      prune: db.prepare('DELETE FROM places WHERE until_ms <= ?'),
    };
  } catch (error) {
    closeQuietly(db);
    throw unavailable(error, `${file} cannot be opened`);
  }
}

function departureOf(found: unknown): Departure {
  const { place, departed_at_ms, answered_at_ms, windows: used } = row.parse(found);
  return { place, windows: used, departedAtMs: departed_at_ms, answeredAtMs: answered_at_ms ?? undefined };
}
