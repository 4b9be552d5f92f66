/** Jobs that were set aside. Every function here is one step inside a transaction; nothing waits. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from './sqliteDatabase.ts';
import type { SetAsideJob } from './store.ts';

export interface SetAside {
  list(): SetAsideJob[];
  replay(id: string): boolean;
  /**
   * Gives back what a dead process was running.
   * @returns the jobs that are set aside now, because they were started too often without an end
   */
  recover(): SetAsideJob[];
  /** Forgets what is over its time. @returns true when there may be more than `limit` */
  prune(limit: number): boolean;
}

/** After so many starts without an end, the job itself is taken to be what kills the process. */
const maxOpenStarts = 5;
const keepMs = 7 * 86_400_000;

const row = z.object({ id: z.string(), reason: z.string(), put_at_ms: z.number(), starts: z.number() });

export function createSetAside(db: Database, clock: Clock): SetAside {
  const list = db.prepare(`SELECT id, reason, put_at_ms, starts FROM jobs
    WHERE state = 'set_aside' AND set_aside_at_ms > ? ORDER BY set_aside_at_ms, seq`);
  const replay = db.prepare(`UPDATE jobs SET state = 'ready', starts = 0, open_starts = 0, reason = NULL,
    set_aside_at_ms = NULL WHERE id = ? AND state = 'set_aside' AND set_aside_at_ms > ?`);
  const dropSuperseded = db.prepare(`DELETE FROM jobs WHERE state = 'running' AND superseded = 1`);
  const setPoisonAside = db.prepare(`UPDATE jobs SET state = 'set_aside', reason = ?, set_aside_at_ms = ?
    WHERE state = 'running' AND open_starts >= ? RETURNING id, reason, put_at_ms, starts`);
  const giveBack = db.prepare(`UPDATE jobs SET state = 'ready' WHERE state = 'running'`);
  const prune = db.prepare(`DELETE FROM jobs WHERE seq IN
    (SELECT seq FROM jobs WHERE state = 'set_aside' AND set_aside_at_ms <= ? LIMIT ?)`);
  const nowMs = (): number => Math.floor(clock.nowMs());

  return {
    list: () => list.all(nowMs() - keepMs).map(setAsideOf),
    replay: (id) => replay.run(id, nowMs() - keepMs).changes > 0,
    recover() {
      dropSuperseded.run();
      const poison = setPoisonAside.all(
        `started ${maxOpenStarts} times without an end`,
        nowMs(),
        maxOpenStarts,
      );
      giveBack.run();
      return poison.map(setAsideOf);
    },
    prune: (limit) => prune.run(nowMs() - keepMs, limit).changes >= limit,
  };
}

function setAsideOf(found: unknown): SetAsideJob {
  const { id, reason, put_at_ms, starts } = row.parse(found);
  return { id, reason, putAtMs: put_at_ms, attempts: starts };
}
