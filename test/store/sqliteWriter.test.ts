import fs, { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createLog } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/sqliteDatabase.ts';
import { type LogSync, openLogSync } from '../../src/store/sqliteSync.ts';
import { createWriter, type Writer } from '../../src/store/sqliteWriter.ts';
import { StoreUnavailable } from '../../src/store/store.ts';

let folder: string;
let db: Database;
let writer: Writer;
let logSync: LogSync;
let lines: { readonly msg: string }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'writer-'));
  const file = join(folder, 'test.db');
  db = openDatabase(file);
  db.exec('CREATE TABLE words (word TEXT)');
  lines = [];
  const line = z.object({ msg: z.string() });
  const log = createLog('info', { write: (text) => void lines.push(line.parse(JSON.parse(text))) });
  logSync = openLogSync(file);
  writer = createWriter(db, logSync, log);
});

afterEach(() => {
  vi.restoreAllMocks();
  writer.close();
  rmSync(folder, { recursive: true });
});

const add = (word: string) =>
  writer.write(() => db.prepare('INSERT INTO words VALUES (?)').run(word).changes);
const words = () =>
  writer.read(() =>
    db
      .prepare('SELECT word FROM words')
      .all()
      .map(({ word }) => String(word)),
  );

describe('createWriter', () => {
  it('gives each write its own result', async () => {
    expect(await Promise.all([add('a'), writer.write(() => 'b'), add('c')])).toEqual([1, 'b', 1]);
    expect(await words()).toEqual(['a', 'c']);
  });

  it('shares one transaction among the writes of a turn, and with those asked for inside it', async () => {
    const inner: Promise<unknown>[] = [];
    const group = [
      add('a'),
      writer.write(() => inner.push(add('b'))),
      writer.write(() => db.exec('ROLLBACK')),
    ];
    for (const { status } of await Promise.allSettled(group)) expect(status).toBe('rejected');
    expect((await Promise.allSettled(inner)).map(({ status }) => status)).toEqual(['rejected']);
    expect(await words()).toEqual([]);
    await writer.write(() => inner.push(add('c')));
    await inner.at(-1);
    expect(await words()).toEqual(['c']);
  });

  it('keeps what is wrong with one write from the others of its turn', async () => {
    const wrong = writer.write(() => {
      db.prepare('INSERT INTO words VALUES (?)').run('half');
      throw new TypeError('no');
    });
    const results = await Promise.allSettled([add('a'), wrong, add('b')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(wrong).rejects.toThrow(StoreUnavailable);
    expect(await words()).toEqual(['a', 'b']);
    expect(lines.map(({ msg }) => msg)).toEqual(['a write was wrong and is left out']);
  });

  it('goes on after an error of the disk', async () => {
    const broken = Object.assign(new Error('disk I/O error'), { sqliteCodeName: 'SQLITE_IOERR_FSYNC' });
    const group = [
      add('a'),
      writer.write(() => {
        throw broken;
      }),
    ];
    for (const { status } of await Promise.allSettled(group)) expect(status).toBe('rejected');
    await add('b');
    expect(await words()).toEqual(['b']);
  });

  it('shows readers nothing that is not committed', async () => {
    const written = add('a');
    expect(await words()).toEqual([]);
    await written;
    expect(await words()).toEqual(['a']);
  });

  it('commits what was asked for before it closes, and refuses the rest', async () => {
    const written = add('a');
    writer.close();
    expect(await written).toBe(1);
    await expect(add('b')).rejects.toThrow(StoreUnavailable);
    await expect(words()).rejects.toThrow(StoreUnavailable);
  });

  it('stores nothing more at its close after a group that failed', async () => {
    const file = join(folder, 'test.db');
    const failing = writer.write(() => db.exec('ROLLBACK'));
    // More than one transaction takes, so that the last ones would be in a second one.
    const others = Array.from({ length: 600 }, (_, n) => add(`${n}`));
    writer.close();
    for (const { status } of await Promise.allSettled([failing, ...others])) expect(status).toBe('rejected');
    const again = new DatabaseSync(file);
    expect(again.prepare('SELECT word FROM words').all()).toEqual([]);
    again.close();
  });

  it('refuses on a full disk, stores nothing half, says it once, and goes on when there is room', async () => {
    await add('first');
    const { page_count } = z.object({ page_count: z.number() }).parse(db.prepare('PRAGMA page_count').get());
    db.exec(`PRAGMA max_page_count = ${page_count + 4}`);
    const stored: string[] = ['first'];
    const refused: unknown[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const group = Array.from({ length: 4 }, (_, n) => `${turn}.${n} ${'x'.repeat(1_000)}`);
      const results = await Promise.allSettled(group.map(add));
      const kept = results.filter(({ status }) => status === 'fulfilled').length;
      expect([0, group.length]).toContain(kept);
      if (kept > 0) stored.push(...group);
      refused.push(...results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
    }
    expect(stored.length).toBeGreaterThan(1);
    expect(refused.length).toBeGreaterThan(4);
    for (const reason of refused) {
      expect(reason).toBeInstanceOf(StoreUnavailable);
      expect(String(reason)).toMatch(/SQLITE_FULL/);
    }
    await writer.write(() => 'this changes nothing');
    expect(lines.map(({ msg }) => msg)).toEqual(['the storage cannot be written']);
    db.exec('PRAGMA max_page_count = 100000');
    await add('last');
    expect(await words()).toEqual([...stored, 'last']);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'the storage cannot be written',
      'the storage can be written again',
    ]);
  });

  describe('and the sync', () => {
    /** The real one, which ends when the test says so. */
    const held = () => {
      const ends: ((error?: Error) => void)[] = [];
      vi.spyOn(logSync, 'sync').mockImplementation(
        () =>
          new Promise((resolve, reject) => {
            ends.push((error) => (error === undefined ? resolve() : reject(error)));
          }),
      );
      return ends;
    };
    const told = async (written: Promise<unknown>): Promise<boolean> =>
      Promise.race([written.then(() => true), new Promise<false>((no) => setTimeout(no, 20, false))]);

    it('says of nothing that it is written before it is synced', async () => {
      const ends = held();
      const written = add('a');
      expect(await told(written)).toBe(false);
      expect(await words()).toEqual(['a']);
      ends.at(-1)?.();
      expect(await written).toBe(1);
    });

    it('puts all that is asked for meanwhile into one group', async () => {
      const ends = held();
      const first = add('a');
      await told(first);
      const later = ['b', 'c', 'd'].map(add);
      await told(Promise.all(later));
      expect(ends).toHaveLength(1);
      ends[0]?.();
      await first;
      await told(Promise.all(later));
      expect(ends).toHaveLength(2);
      ends[1]?.();
      expect(await Promise.all(later)).toEqual([1, 1, 1]);
    });

    it('does not wait for it where a power cut may take the write', async () => {
      const ends = held();
      const insert = () => db.prepare('INSERT INTO words VALUES (?)').run('soon').changes;
      expect(await writer.writeSoon(insert)).toBe(1);
      expect(ends).toEqual([]);
      const inner: Promise<unknown>[] = [];
      const outer = writer.writeSoon(() => inner.push(writer.write(insert)));
      expect(await outer).toBe(1);
      expect(await told(Promise.all(inner))).toBe(false);
      ends.at(-1)?.();
      expect(await Promise.all(inner)).toEqual([1]);
    });

    it('refuses what could not be synced, and takes more only when that was copied into the database', async () => {
      const file = join(folder, 'test.db');
      const backup = new DatabaseSync(file);
      backup.exec('BEGIN');
      backup.prepare('SELECT * FROM words').all();
      const ends = held();
      const group = [add('a'), add('b')];
      await told(Promise.allSettled(group));
      ends.at(-1)?.(new Error('EIO'));
      for (const written of group) await expect(written).rejects.toThrow(StoreUnavailable);

      await expect(add('c')).rejects.toThrow(/is being read/);
      backup.exec('COMMIT');
      backup.close();
      const last = add('d');
      await told(last);
      ends.at(-1)?.();
      expect(await last).toBe(1);
      copyFileSync(file, join(folder, 'copy.db'));
      const copy = new DatabaseSync(join(folder, 'copy.db'));
      expect(copy.prepare('SELECT word FROM words').all()).toEqual([{ word: 'a' }, { word: 'b' }]);
      copy.close();
      expect(lines.map(({ msg }) => msg)).toEqual([
        'the storage cannot be written',
        'the storage can be written again',
      ]);
    });
  });
});

describe('openLogSync', () => {
  it('syncs the log beside the database, and nothing once it is closed', async () => {
    const real = vi.spyOn(fs, 'fdatasync');
    await add('a');
    expect(real).toHaveBeenCalledTimes(1);
    const [log] = real.mock.calls[0] ?? [];
    expect(fs.readlinkSync(`/proc/self/fd/${log}`)).toBe(join(folder, 'test.db-wal'));
    const last = logSync.sync();
    logSync.close();
    await last;
    expect(fs.existsSync(`/proc/self/fd/${log}`)).toBe(false);
    logSync = openLogSync(join(folder, 'test.db'));
    writer = createWriter(db, logSync, createLog('silent'));
  });

  it('fails where there is no log', async () => {
    await expect(openLogSync(join(folder, 'other.db')).sync()).rejects.toThrow(/ENOENT/);
  });
});
