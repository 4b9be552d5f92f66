/** What the store on SQLite keeps on disk, and for how long. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RecordKind } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { sqlitePlaces } from './sqlitePlaces.ts';
import { eventually, job, workOn } from './subject.ts';

const hourMs = 3_600_000;
const note: RecordKind<string> = { name: 'note', schema: z.string(), keepMs: hourMs };
const { newFolder, open, crash, alone, cleanUp } = sqlitePlaces();
afterEach(cleanUp);

/** How many rows there are in each table. */
function rows(dataDir: string): Record<string, number> {
  const count = (file: string, table: string): number => {
    const db = new DatabaseSync(join(dataDir, file), { readOnly: true });
    const row: unknown = db.prepare(`SELECT count(*) AS n FROM ${table}`).get();
    db.close();
    return z.object({ n: z.number() }).parse(row).n;
  };
  const tables = ['jobs', 'job_keys', 'fresh_keys', 'timers', 'records'].map(
    (table) => [table, count('bot.db', table)] as const,
  );
  return { ...Object.fromEntries(tables), places: count('windows.db', 'places') };
}

describe('what is kept', () => {
  const everything = (dataDir: string): string =>
    readdirSync(dataDir)
      .map((name) => readFileSync(join(dataDir, name), 'latin1'))
      .join('');

  it('holds nothing of a job that ended', async () => {
    const { dataDir, store, pass } = await alone();
    const words = 'please-reset-my-password';
    for (let n = 0; n < 20; n += 1) await store.queue.put(job(`j${n}`, { payload: words.repeat(50) }));
    expect(everything(dataDir).includes(words)).toBe(true);
    const worker = workOn(store);
    await eventually({ pass }, () => worker.starts.length === 20);
    // Copies in the write-ahead log go within the hour.
    await pass(hourMs);
    expect(everything(dataDir).includes(words)).toBe(false);
    await crash(store);
    expect(everything(dataDir).includes(words)).toBe(false);
  });

  it('is pruned when its time is over, by the hour and at the start', async () => {
    const { dataDir, clock, store, pass } = await alone();
    const worker = workOn(store, () => ({ kind: 'set_aside', reason: 'no' }));
    for (let n = 0; n < 1_100; n += 1)
      void store.queue.put(job(`j${n}`, { holdMs: n === 0 ? 0 : 1_000 * hourMs }));
    await store.queue.cancel('t', 1);
    await store.records.put(note, 'a', 'text');
    await store.window.take([{ name: 'w', max: 1, perMs: hourMs }]);
    await eventually({ pass }, () => worker.starts.length === 1);
    await worker.stop();
    expect(rows(dataDir)).toEqual({
      ...{ jobs: 1_100, job_keys: 0, fresh_keys: 1_100 },
      ...{ timers: 1, records: 1, places: 1 },
    });
    await pass(2 * hourMs);
    const none = { fresh_keys: 0, records: 0, places: 0 };
    expect(rows(dataDir)).toEqual({ ...none, jobs: 1_100, job_keys: 1_100, timers: 1 });
    await pass(46 * hourMs);
    await eventually({ pass }, () => rows(dataDir)['job_keys'] === 0);
    expect(rows(dataDir)).toEqual({ ...none, jobs: 1_100, job_keys: 0, timers: 0 });
    await crash(store);
    await pass(7 * 24 * hourMs);
    await open(dataDir, clock);
    await pass(0);
    expect(rows(dataDir)).toEqual({ ...none, jobs: 1_099, job_keys: 0, timers: 0 });
  });

  it('includes the answers of calls, after an orderly end', async () => {
    const { dataDir, clock, store, pass } = await alone();
    const rule = { name: 'w', max: 1, perMs: 60_000 };
    const taken = await store.window.take([rule]);
    if ('place' in taken) await store.window.answered(taken.place);
    await pass(10_000);
    await store.close();
    const next = await open(dataDir, clock);
    expect(await next.window.take([rule])).toEqual({ waitMs: 50_000 });
  });

  it('can be read by nobody else', async () => {
    const dataDir = join(newFolder(), 'data');
    await open(dataDir, fakeClock());
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const files = readdirSync(dataDir);
    expect(files).toEqual(expect.arrayContaining(['bot.db', 'bot.db-wal', 'windows.db', 'lock.db']));
    for (const name of files)
      expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
  });
});
