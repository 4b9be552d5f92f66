import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLog } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/sqliteDatabase.ts';
import { createWriter, type Writer } from '../../src/store/sqliteWriter.ts';
import { StoreUnavailable } from '../../src/store/store.ts';

let folder: string;
let db: Database;
let writer: Writer;
let lines: { readonly msg: string }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'writer-'));
  db = openDatabase(join(folder, 'test.db'), { sync: 'full' });
  db.exec('CREATE TABLE words (word TEXT)');
  lines = [];
  const line = z.object({ msg: z.string() });
  const log = createLog('info', { write: (text) => void lines.push(line.parse(JSON.parse(text))) });
  writer = createWriter(db, log);
});

afterEach(() => {
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

  it('syncs each commit, or leaves that to the system where a power cut may take the last ones', () => {
    const other = openDatabase(join(folder, 'other.db'), { sync: 'normal' });
    const syncOf = (file: Database): unknown => file.prepare('PRAGMA synchronous').get();
    expect([syncOf(db), syncOf(other)]).toEqual([{ synchronous: 2 }, { synchronous: 1 }]);
    other.close();
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

  it('syncs what must survive a power cut, and not what may wait for the next of those', async () => {
    const mode = () => db.prepare('PRAGMA synchronous').get()?.['synchronous'];
    const [normal, full] = [1, 2];
    expect(await writer.writeSoon(mode)).toBe(normal);
    expect(await writer.write(mode)).toBe(full);
    expect(await Promise.all([writer.writeSoon(mode), writer.write(mode)])).toEqual([full, full]);
    // Asked for inside a transaction that is not synced, it gets one of its own.
    const inner: Promise<unknown>[] = [];
    expect(await writer.writeSoon(() => inner.push(writer.write(mode), writer.writeSoon(mode)))).toBe(2);
    expect(await Promise.all(inner)).toEqual([full, normal]);
  });
});
