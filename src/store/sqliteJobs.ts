/** The life of a job in the table. Every function here is one step inside a transaction; nothing waits. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Database, whole } from './sqliteDatabase.ts';
import type { JobKeys } from './sqliteKeys.ts';
import type { NewJob, Outcome, Priority, QueueStats } from './store.ts';

/** A job that was started, with its payload still as text. */
export interface Claimed {
  /** Of its row, which no other job has as long as this one is there. */
  readonly seq: number;
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
}

export const priorities: Readonly<Record<Priority, number>> = { person: 0, card: 1, background: 2 };

/**
 * A job that was running twice while its process died may be the reason. Such jobs are started one at a time, so that the guilty one
 * does not take innocent neighbours into the list of set-aside jobs with it.
 */
const nextSql = `SELECT seq FROM jobs WHERE state = 'ready' AND (open_starts < 2 OR NOT EXISTS
  (SELECT 1 FROM jobs suspect WHERE suspect.state = 'running' AND suspect.open_starts > 2))
  ORDER BY priority, seq LIMIT 1`;

const nextRow = z.object({ seq: z.number() });
const claimedRow = z.object({
  seq: z.number(),
  id: z.string(),
  put_at_ms: z.number(),
  starts: z.number(),
  payload: z.string(),
});
const dueRow = z.object({ later: z.number().nullable(), timer: z.number().nullable() });
const endedRow = z.object({ superseded: z.number(), timer_key: z.string().nullable() }).optional();

export function createJobs(db: Database, keys: JobKeys, clock: Clock): Jobs {
  // Lengths of time are measured on a clock that starts with the wall's time but never jumps with it.
  const offsetMs = clock.nowMs() - clock.monoMs();
  const steadyMs = (): number => clock.monoMs() + offsetMs;
  const nowMs = (): number => Math.floor(clock.nowMs());

  return {
    ...entrance(db, keys, nowMs, steadyMs),
    ...starts(db, nowMs, steadyMs),
    ...ends(db, nowMs, steadyMs),
    stats: statistics(db, nowMs),
  };
}

type Time = () => number;

function entrance(db: Database, known: JobKeys, nowMs: Time, steadyMs: Time): Pick<Jobs, 'put' | 'release'> {
  const add = db.prepare(
    'INSERT INTO jobs (id, state, priority, put_at_ms, due_at_ms, held, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const release = db.prepare(
    `UPDATE jobs SET state = 'ready', held = 0 WHERE id = ? AND state = 'later' AND held = 1`,
  );
  return {
    put({ id, keys, priority, holdMs = 0 }, payload) {
      if (known.known(keys)) return 'duplicate';
      const held = holdMs > 0;
      const dueAtMs = whole(steadyMs() + (held ? holdMs : 0));
      add.run(id, held ? 'later' : 'ready', priorities[priority], nowMs(), dueAtMs, held ? 1 : 0, payload);
      known.add(keys);
      return 'stored';
    },
    release(id) {
      release.run(id);
    },
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
    WHERE seq = ? RETURNING seq, id, put_at_ms, starts, payload`);
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
          const { seq, id, put_at_ms, starts, payload } = claimedRow.parse(row);
          claimed.push({ seq, id, putAtMs: put_at_ms, attempt: starts, payload });
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
    `SELECT superseded, timer_key FROM jobs WHERE seq = ? AND id = ? AND starts = ? AND state = 'running'`,
  );
  const remove = db.prepare('DELETE FROM jobs WHERE seq = ?');
  const again = db.prepare(`UPDATE jobs SET state = 'later', due_at_ms = ?, open_starts = 0 WHERE seq = ?`);
  const setAside = db.prepare(
    `UPDATE jobs SET state = 'set_aside', reason = ?, set_aside_at_ms = ? WHERE seq = ?`,
  );
  const handBack = db.prepare(`UPDATE jobs SET state = 'ready', open_starts = open_starts - 1 WHERE seq = ?`);
  const touchTimer = db.prepare('UPDATE timers SET touched_at_ms = ? WHERE key = ?');

  const find = ({ seq, id, attempt }: Claimed): z.infer<typeof endedRow> =>
    endedRow.parse(running.get(seq, id, attempt));

  return {
    end(job, outcome) {
      const row = find(job);
      if (row === undefined) return;
      if (row.timer_key !== null) touchTimer.run(nowMs(), row.timer_key);
      if (row.superseded === 1 || outcome.kind === 'done') remove.run(job.seq);
      else if (outcome.kind === 'set_aside') setAside.run(outcome.reason, nowMs(), job.seq);
      else again.run(whole(steadyMs() + Math.max(0, outcome.afterMs || 0)), job.seq);
    },
    handBack(job) {
      const row = find(job);
      if (row === undefined) return;
      if (row.superseded === 1) remove.run(job.seq);
      else handBack.run(job.seq);
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
