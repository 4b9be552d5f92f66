/** The life of a job in the table. Every function here is one step inside a transaction; nothing waits. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Database, whole } from './sqliteDatabase.ts';
import type { NewJob, Outcome, Priority, QueueStats } from './store.ts';

/** A job that was started, with its payload still as text. */
export interface Claimed {
  readonly id: string;
  readonly putAtMs: number;
  readonly attempt: number;
  readonly payload: string;
}

export interface Jobs {
  put(job: NewJob, payload: string): 'stored' | 'duplicate';
  release(id: string): void;
  /** Starts up to `limit` jobs and counts the attempt. */
  claim(limit: number): Claimed[];
  /** How long until the next job may become ready; infinite when none waits for time. */
  dueInMs(): number;
  /** Of no effect unless this very start of the job is still running. */
  end(job: Claimed, outcome: Outcome): void;
  /** An orderly return: the start is not counted against the job. */
  handBack(job: Claimed): void;
  stats(): QueueStats;
  /** Forgets what is over its time. @returns true when there may be more than `limit` */
  prune(limit: number): boolean;
}

export const priorities: Readonly<Record<Priority, number>> = { person: 0, card: 1, background: 2 };

/** How long a key, or the generation of a timer, stays known after its last use. */
export const keepKeysMs = 48 * 3_600_000;

/**
 * A job that was running twice while its process died may be the reason. Such jobs are started one at a time, so that the guilty one
 * does not take innocent neighbours into the list of set-aside jobs with it.
 */
const nextSql = `SELECT seq FROM jobs WHERE state = 'ready' AND (open_starts < 2 OR NOT EXISTS
  (SELECT 1 FROM jobs suspect WHERE suspect.state = 'running' AND suspect.open_starts > 2))
  ORDER BY priority, seq LIMIT 1`;

const nextRow = z.object({ seq: z.number() });
const claimedRow = z.object({
  id: z.string(),
  put_at_ms: z.number(),
  starts: z.number(),
  payload: z.string(),
});
const dueRow = z.object({ later: z.number().nullable(), timer: z.number().nullable() });
const endedRow = z.object({ superseded: z.number(), timer_key: z.string().nullable() });

export function createJobs(db: Database, clock: Clock): Jobs {
  // Lengths of time are measured on a clock that starts with the wall's time but never jumps with it.
  const offsetMs = clock.nowMs() - clock.monoMs();
  const steadyMs = (): number => clock.monoMs() + offsetMs;
  const nowMs = (): number => Math.floor(clock.nowMs());

  return {
    ...entrance(db, nowMs, steadyMs),
    ...starts(db, nowMs, steadyMs),
    ...ends(db, nowMs, steadyMs),
    stats: statistics(db, nowMs),
  };
}

type Time = () => number;

function entrance(db: Database, nowMs: Time, steadyMs: Time): Pick<Jobs, 'put' | 'release' | 'prune'> {
  const knownKey = db.prepare('SELECT 1 FROM job_keys WHERE key = ? AND put_at_ms > ?');
  const knownId = db.prepare('SELECT 1 FROM jobs WHERE id = ?');
  const addKey = db.prepare('INSERT OR REPLACE INTO job_keys VALUES (?, ?)');
  const add = db.prepare(
    'INSERT INTO jobs (id, state, priority, put_at_ms, due_at_ms, held, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const release = db.prepare(
    `UPDATE jobs SET state = 'ready', held = 0 WHERE id = ? AND state = 'later' AND held = 1`,
  );
  const prune = db.prepare(
    'DELETE FROM job_keys WHERE key IN (SELECT key FROM job_keys WHERE put_at_ms <= ? LIMIT ?)',
  );
  return {
    put({ id, keys, priority, holdMs = 0 }, payload) {
      const at = nowMs();
      const known = keys.some((key) => knownKey.get(key, at - keepKeysMs) !== undefined);
      if (known || knownId.get(id) !== undefined) return 'duplicate';
      for (const key of keys) addKey.run(key, at);
      const held = holdMs > 0;
      const dueAtMs = whole(steadyMs() + (held ? holdMs : 0));
      add.run(id, held ? 'later' : 'ready', priorities[priority], at, dueAtMs, held ? 1 : 0, payload);
      return 'stored';
    },
    release(id) {
      release.run(id);
    },
    prune: (limit) => prune.run(nowMs() - keepKeysMs, limit).changes >= limit,
  };
}

function starts(db: Database, nowMs: Time, steadyMs: Time): Pick<Jobs, 'claim' | 'dueInMs'> {
  const laterDue = db.prepare(
    `UPDATE jobs SET state = 'ready', held = 0 WHERE state = 'later' AND due_at_ms <= ?`,
  );
  const timersDue = db.prepare(`UPDATE jobs SET state = 'ready' WHERE state = 'timer' AND due_at_ms <= ?`);
  const next = db.prepare(nextSql);
  const start =
    db.prepare(`UPDATE jobs SET state = 'running', starts = starts + 1, open_starts = open_starts + 1
    WHERE seq = ? RETURNING id, put_at_ms, starts, payload`);
  const due = db.prepare(`SELECT (SELECT min(due_at_ms) FROM jobs WHERE state = 'later') AS later,
    (SELECT min(due_at_ms) FROM jobs WHERE state = 'timer') AS timer`);
  return {
    claim(limit) {
      laterDue.run(Math.floor(steadyMs()));
      timersDue.run(nowMs());
      const claimed: Claimed[] = [];
      while (claimed.length < limit) {
        const found: unknown = next.get();
        if (found === undefined) break;
        for (const row of start.all(nextRow.parse(found).seq)) {
          const { id, put_at_ms, starts, payload } = claimedRow.parse(row);
          claimed.push({ id, putAtMs: put_at_ms, attempt: starts, payload });
        }
      }
      return claimed;
    },
    dueInMs() {
      const { later, timer } = dueRow.parse(due.get());
      return Math.min(
        later === null ? Number.POSITIVE_INFINITY : later - steadyMs(),
        timer === null ? Number.POSITIVE_INFINITY : timer - nowMs(),
      );
    },
  };
}

function ends(db: Database, nowMs: Time, steadyMs: Time): Pick<Jobs, 'end' | 'handBack'> {
  const running = db.prepare(
    `SELECT superseded, timer_key FROM jobs WHERE id = ? AND starts = ? AND state = 'running'`,
  );
  const remove = db.prepare('DELETE FROM jobs WHERE id = ?');
  const again = db.prepare(`UPDATE jobs SET state = 'later', due_at_ms = ?, open_starts = 0 WHERE id = ?`);
  const setAside = db.prepare(
    `UPDATE jobs SET state = 'set_aside', reason = ?, set_aside_at_ms = ? WHERE id = ?`,
  );
  const handBack = db.prepare(`UPDATE jobs SET state = 'ready', open_starts = open_starts - 1 WHERE id = ?`);
  const touchTimer = db.prepare('UPDATE timers SET touched_at_ms = ? WHERE key = ?');

  const find = ({ id, attempt }: Claimed): z.infer<typeof endedRow> | undefined =>
    endedRow.optional().parse(running.get(id, attempt));

  return {
    end(job, outcome) {
      const row = find(job);
      if (row === undefined) return;
      if (row.timer_key !== null) touchTimer.run(nowMs(), row.timer_key);
      if (row.superseded === 1 || outcome.kind === 'done') remove.run(job.id);
      else if (outcome.kind === 'set_aside') setAside.run(outcome.reason, nowMs(), job.id);
      else again.run(whole(steadyMs() + Math.max(0, outcome.afterMs || 0)), job.id);
    },
    handBack(job) {
      const row = find(job);
      if (row === undefined) return;
      if (row.superseded === 1) remove.run(job.id);
      else handBack.run(job.id);
    },
  };
}

const statsRow = z.object({
  waiting: z.number(),
  running: z.number(),
  set_aside: z.number(),
  oldest: z.number().nullable(),
});

/** A timer waits from the moment on that it is due, not from the day on that it was set. */
const sinceSql = 'min(iif(timer_key IS NULL, put_at_ms, due_at_ms)) AS at';
const statsSql = `SELECT
  (SELECT count(*) FROM jobs WHERE state = 'ready') + (SELECT count(*) FROM jobs WHERE state = 'later') AS waiting,
  (SELECT count(*) FROM jobs WHERE state = 'running') AS running,
  (SELECT count(*) FROM jobs WHERE state = 'set_aside') AS set_aside,
  (SELECT min(at) FROM (SELECT ${sinceSql} FROM jobs WHERE state = 'ready'
    UNION ALL SELECT ${sinceSql} FROM jobs WHERE state = 'later')) AS oldest`;

function statistics(db: Database, nowMs: Time): Jobs['stats'] {
  const stats = db.prepare(statsSql);
  return () => {
    const row = statsRow.parse(stats.get());
    return {
      waitingCount: row.waiting,
      runningCount: row.running,
      setAsideCount: row.set_aside,
      oldestWaitingMs: row.oldest === null ? 0 : Math.max(0, nowMs() - row.oldest),
    };
  };
}
