/** Records on SQLite: JSON values under a kind and a key. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Database, whole } from './sqliteDatabase.ts';
import type { Writer } from './sqliteWriter.ts';
import type { RecordKind, Records, Stored } from './store.ts';

export interface SqliteRecords extends Records {
  /** Removes what has expired. @returns true when there may be more than `limit` */
  prune(limit: number): Promise<boolean>;
}

const shape = z.object({
  seq: z.number(),
  key: z.string(),
  version: z.number(),
  written_at_ms: z.number(),
  value: z.string(),
});
const maybeShape = shape.optional();
const pageShape = z.array(shape);
type Row = z.infer<typeof shape>;

const maxPageCount = 1_000;
const columns = 'seq, key, version, written_at_ms, value';

/** `seq` grows with every write, so it tells the order of writes even where the wall clock does not. */
export function createRecords(db: Database, writer: Writer, clock: Clock): SqliteRecords {
  const find = db.prepare(`SELECT ${columns} FROM records WHERE kind = ? AND key = ? AND expires_at_ms > ?`);
  const findMany = db.prepare(`SELECT ${columns} FROM records
    WHERE kind = ? AND key IN (SELECT value FROM json_each(?)) AND expires_at_ms > ?`);
  const write = db.prepare(`INSERT OR REPLACE INTO records
    (kind, key, version, written_at_ms, expires_at_ms, list, value) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const remove = db.prepare('DELETE FROM records WHERE kind = ? AND key = ?');
  const page = db.prepare(`SELECT ${columns} FROM records
    WHERE kind = ? AND list = ? AND expires_at_ms > ? AND seq < ? ORDER BY seq DESC LIMIT ?`);
  const prune = db.prepare(
    'DELETE FROM records WHERE seq IN (SELECT seq FROM records WHERE expires_at_ms <= ? LIMIT ?)',
  );
  const nowMs = (): number => Math.floor(clock.nowMs());

  const rowOf = (kind: string, key: string): Row | undefined =>
    maybeShape.parse(find.get(kind, key, nowMs()));
  const get = <T>(kind: RecordKind<T>, key: string): Stored<T> | undefined =>
    storedOf(kind, rowOf(kind.name, key));

  /** With one statement, because each has its price. */
  function getMany<T>(kind: RecordKind<T>, keys: readonly string[]): (Stored<T> | undefined)[] {
    if (keys.length < 2) return keys.map((key) => get(kind, key));
    const rows = pageShape.parse(findMany.all(kind.name, JSON.stringify(keys), nowMs()));
    const byKey = new Map(rows.map((row) => [row.key, storedOf(kind, row)]));
    return keys.map((key) => byKey.get(key));
  }

  function list<T>(kind: RecordKind<T>, index: string, limit: number): Stored<T>[] {
    const found: Stored<T>[] = [];
    let before = Number.MAX_SAFE_INTEGER;
    // Values that no longer fit do not count, so one page may not be enough.
    while (found.length < limit) {
      const count = Math.min(maxPageCount, limit - found.length);
      const rows = pageShape.parse(page.all(kind.name, index, nowMs(), before, count));
      const last = rows.at(-1);
      if (last === undefined) break;
      before = last.seq;
      found.push(...rows.flatMap((row) => storedOf(kind, row) ?? []));
    }
    return found;
  }

  return {
    get: (kind, key) => writer.read(() => get(kind, key)),
    getMany: (kind, keys) => writer.read(() => getMany(kind, keys)),
    async put(kind, key, value, { expect, index } = {}) {
      const text = textOf(value);
      return writer.writeSoon(() => {
        const row = rowOf(kind.name, key);
        if (expect !== undefined && (storedOf(kind, row)?.version ?? 0) !== expect) return 'conflict';
        const at = nowMs();
        const expiresAtMs = whole(at + kind.keepMs);
        const version = (row?.version ?? 0) + 1;
        write.run(kind.name, key, version, at, expiresAtMs, index ?? null, text);
        return version;
      });
    },
    delete: (kind, key) =>
      writer.writeSoon(() => {
        remove.run(kind.name, key);
      }),
    list: (kind, index, limit) => writer.read(() => list(kind, index, limit)),
    prune: (limit) => writer.writeSoon(() => prune.run(nowMs(), limit).changes >= limit),
  };
}

/** @throws TypeError for a value that JSON cannot hold: a bug of the caller */
function textOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError('a record must be a JSON value');
  return text;
}

/** Never throws: what cannot be read counts as absent. */
function storedOf<T>(kind: RecordKind<T>, row: Row | undefined): Stored<T> | undefined {
  if (row === undefined) return undefined;
  try {
    const { data, success } = kind.schema.safeParse(JSON.parse(row.value));
    if (!success) return undefined;
    return { key: row.key, value: data, version: row.version, writtenAtMs: row.written_at_ms };
  } catch {
    return undefined;
  }
}
