/** Timers in the table of jobs. Every function here is one step inside a transaction; nothing waits. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Database, whole } from './sqliteDatabase.ts';
import { priorities } from './sqliteJobs.ts';
import { keepKeysMs } from './sqliteKeys.ts';
import type { Timer } from './store.ts';

export interface Timers {
  later(timer: Timer, payload: string): void;
  cancel(key: string, generation: number): void;
  /** Forgets generations. @returns true when there may be more than `limit` */
  prune(limit: number): boolean;
}

const knownRow = z.object({ known: z.number() }).optional();

/**
 * The newest generation of a key is remembered for 48 h after it ended or was cancelled: work that is repeated after a crash sets its
 * timer once more, and that one must not fire a second time.
 */
export function createTimers(db: Database, clock: Clock): Timers {
  const known = db.prepare('SELECT known FROM timers WHERE key = ?');
  const know = db.prepare('INSERT OR REPLACE INTO timers VALUES (?, ?, ?)');
  const add =
    db.prepare(`INSERT INTO jobs (id, state, priority, put_at_ms, due_at_ms, timer_key, generation, payload)
    VALUES (?, 'timer', ${priorities.card}, ?, ?, ?, ?, ?)`);
  const drop = db.prepare(`DELETE FROM jobs WHERE timer_key = ? AND generation <= ? AND state <> 'running'`);
  const supersede = db.prepare(
    `UPDATE jobs SET superseded = 1 WHERE timer_key = ? AND generation <= ? AND state = 'running'`,
  );
  const prune = db.prepare(`DELETE FROM timers WHERE key IN (SELECT key FROM timers WHERE touched_at_ms <= ?
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.timer_key = timers.key) LIMIT ?)`);
  const nowMs = (): number => Math.floor(clock.nowMs());

  const knownOf = (key: string): number => knownRow.parse(known.get(key))?.known ?? Number.NEGATIVE_INFINITY;

  /** What runs now cannot be stopped, but it will not come back. */
  function end(key: string, upTo: number): void {
    drop.run(key, upTo);
    supersede.run(key, upTo);
  }

  return {
    later({ key, generation: asked, atMs }, payload) {
      const generation = whole(asked);
      if (knownOf(key) >= generation) return;
      end(key, generation - 1);
      know.run(key, generation, nowMs());
      add.run(`timer/${key}/${generation}`, nowMs(), whole(atMs), key, generation, payload);
    },
    cancel(key, asked) {
      const generation = whole(asked);
      end(key, generation);
      know.run(key, Math.max(knownOf(key), generation), nowMs());
    },
    prune: (limit) => prune.run(nowMs() - keepKeysMs, limit).changes >= limit,
  };
}
