/**
 * The keys of jobs, by which an event that comes again is known.
 *
 * A key is a random name, so its place in an index is a random page, and a transaction that writes a few dozen of them writes as many
 * pages. So a fresh key is only added to the end of a list, of which the memory holds a copy. Thousands of them are then brought into the
 * index in its own order, where neighbours share a page. To store an event takes a quarter of the time that way.
 */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from './sqliteDatabase.ts';
import type { Writer } from './sqliteWriter.ts';

/** How long a key, or the generation of a timer, stays known after its last use. */
export const keepKeysMs = 48 * 3_600_000;

export interface JobKeys {
  /** Whether any of them was added within the last 48 h. A step inside a transaction. */
  known(keys: readonly string[]): boolean;
  /** A step inside a transaction, and the last one of its write that may throw, or the keys would stay known. */
  add(keys: readonly string[]): void;
  /** The write that added these keys was refused. Whether they are stored all the same is looked up when they come again. */
  doubt(keys: readonly string[]): void;
  /** There are so many fresh keys that it is worth it to bring them into the index, and nobody does. */
  isDue(): boolean;
  /**
   * Brings what is fresh into the index, a small part with each transaction. Who asks while it does so gets the same promise.
   * @param pauseMs after each part, so that a flood of events is stored first
   * @throws StoreUnavailable and then the rest is brought by the next call
   */
  bring(pauseMs: number): Promise<void>;
  /**
   * Looks at the next `limit` keys of the index and forgets those that are over their time. A step inside a transaction.
   * @returns false when it has come to the end, and begins anew
   */
  prune(limit: number): boolean;
}

/** In memory they take about 3 MB, and at a start it takes some 30 ms to read them. */
const dueCount = 10_000;
/** With one transaction: people's events wait for as long. */
const partCount = 250;
/** On a full disk a part needs room that events need more. */
const afterFailureMs = 30_000;
/** The parts grow with what waits, so that it ends growing in a flood. */
const waitingPerPartCount = 64;

/** The keys of one job. */
interface Fresh {
  /** Of their row in the list. */
  readonly seq: number;
  readonly atMs: number;
  doubted: boolean;
}

/** What is on its way into the index, in the order of the index. */
interface Moving {
  readonly keys: ReadonlyMap<string, Fresh>;
  readonly sorted: readonly (readonly [string, Fresh])[];
  readonly lastSeq: number;
  broughtCount: number;
}

const listRow = z.object({ seq: z.number(), put_at_ms: z.number(), keys: z.string() });
const keyList = z.array(z.string());
const endRow = z.object({ last: z.string().nullable() });

export interface JobKeysDeps {
  readonly db: Database;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly closing: AbortSignal;
}

/** Only one may be open for a file, because its memory is part of what is known. @throws the error of SQLite */
export function openJobKeys({ db, writer, clock, closing }: JobKeysDeps): JobKeys {
  const find = db.prepare('SELECT 1 FROM job_keys WHERE key IN (?, ?) AND put_at_ms > ?');
  const index = db.prepare('INSERT OR REPLACE INTO job_keys VALUES (?, ?)');
  const end = db.prepare(
    'SELECT max(key) AS last FROM (SELECT key FROM job_keys WHERE key > ? ORDER BY key LIMIT ?)',
  );
  const prune = db.prepare('DELETE FROM job_keys WHERE key > ? AND key <= ? AND put_at_ms <= ?');
  const list = db.prepare('INSERT INTO fresh_keys (seq, put_at_ms, keys) VALUES (?, ?, ?)');
  const listed = db.prepare('SELECT 1 FROM fresh_keys WHERE seq = ?');
  const unlist = db.prepare('DELETE FROM fresh_keys WHERE seq <= ?');
  const nowMs = (): number => Math.floor(clock.nowMs());

  let fresh = new Map<string, Fresh>();
  /** Never given twice, also not when its row was refused: a row tells by its number whose it is. */
  let lastSeq = 0;
  for (const row of db.prepare('SELECT seq, put_at_ms, keys FROM fresh_keys ORDER BY seq').all()) {
    const { seq, put_at_ms: atMs, keys } = listRow.parse(row);
    const entry = { seq, atMs, doubted: false };
    for (const key of keyList.parse(JSON.parse(keys))) fresh.set(key, entry);
    lastSeq = seq;
  }
  let moving: Moving | undefined;
  let bringing: Promise<void> | undefined;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let prunedUpTo = '';

  function isStored(entry: Fresh): boolean {
    if (entry.doubted && listed.get(entry.seq) === undefined) return false;
    entry.doubted = false;
    return true;
  }

  function isFresh(key: string, sinceMs: number): boolean {
    const entry = fresh.get(key) ?? moving?.keys.get(key);
    return entry !== undefined && entry.atMs > sinceMs && isStored(entry);
  }

  /** Two with one statement, because most events have two. */
  function isIndexed(keys: readonly string[], sinceMs: number): boolean {
    for (let at = 0; at < keys.length; at += 2) {
      const one = keys[at] ?? '';
      if (find.get(one, keys[at + 1] ?? one, sinceMs) !== undefined) return true;
    }
    return false;
  }

  function take(): Moving {
    const keys = fresh;
    fresh = new Map();
    const sorted = [...keys].sort(([one], [other]) => (one < other ? -1 : 1));
    return { keys, sorted, lastSeq, broughtCount: 0 };
  }

  async function bringAll(pauseMs: number): Promise<void> {
    if (moving === undefined && fresh.size === 0) return;
    moving ??= take();
    const { sorted, lastSeq: upTo } = moving;
    while (moving.broughtCount < sorted.length) {
      const count = Math.max(partCount, Math.ceil(fresh.size / waitingPerPartCount));
      const part = sorted.slice(moving.broughtCount, moving.broughtCount + count);
      await writer.writeSoon(() => {
        for (const [key, entry] of part) if (isStored(entry)) index.run(key, entry.atMs);
      });
      moving.broughtCount += part.length;
      if (pauseMs > 0) await clock.sleep(pauseMs, closing);
    }
    await writer.writeSoon(() => unlist.run(upTo));
    moving = undefined;
  }

  return {
    known(keys) {
      const sinceMs = nowMs() - keepKeysMs;
      return keys.some((key) => isFresh(key, sinceMs)) || isIndexed(keys, sinceMs);
    },
    add(keys) {
      lastSeq += 1;
      const atMs = nowMs();
      list.run(lastSeq, atMs, JSON.stringify(keys));
      const entry = { seq: lastSeq, atMs, doubted: false };
      for (const key of keys) fresh.set(key, entry);
    },
    doubt(keys) {
      for (const key of keys) {
        const entry = fresh.get(key) ?? moving?.keys.get(key);
        if (entry !== undefined) entry.doubted = true;
      }
    },
    isDue: () =>
      bringing === undefined &&
      (moving !== undefined || fresh.size >= dueCount) &&
      clock.monoMs() - failedAtMs >= afterFailureMs,
    bring(pauseMs) {
      bringing ??= bringAll(pauseMs)
        .catch((error: unknown) => {
          failedAtMs = clock.monoMs();
          throw error;
        })
        .finally(() => {
          bringing = undefined;
        });
      return bringing;
    },
    prune(limit) {
      const { last } = endRow.parse(end.get(prunedUpTo, limit));
      if (last !== null) prune.run(prunedUpTo, last, nowMs() - keepKeysMs);
      prunedUpTo = last ?? '';
      return last !== null;
    },
  };
}
