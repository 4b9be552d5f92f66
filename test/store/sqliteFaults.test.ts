/** The store on SQLite when things go wrong: the disk, the clock, the file, the callers. */

import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openSqliteSetAside, openSqliteStore } from '../../src/store/sqlite.ts';
import { type RecordKind, StoreUnavailable } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { log, sqlitePlaces } from './sqlitePlaces.ts';
import { done, eventually, job, never, workOn } from './subject.ts';

const hourMs = 3_600_000;
const note: RecordKind<string> = { name: 'note', schema: z.string(), keepMs: hourMs };
const { newFolder, open, crash, alone, cleanUp } = sqlitePlaces();
afterEach(cleanUp);

describe('a storage that cannot be written', () => {
  it('refuses everything of one turn, tells no payload, and recovers by itself', async () => {
    const { dataDir, store, pass } = await alone();
    const worker = workOn(store);
    const writer = new DatabaseSync(join(dataDir, 'bot.db'));
    writer.exec('BEGIN IMMEDIATE');
    const secret = 'the words of a person';
    const puts = ['a', 'b'].map((id) => store.queue.put(job(id, { payload: secret })));
    const others = [store.check(), store.queue.later({ key: 't', generation: 1, atMs: 0, payload: secret })];
    for (const result of await Promise.allSettled([...puts, ...others])) {
      if (result.status === 'fulfilled') throw new Error('it was stored');
      expect(result.reason).toBeInstanceOf(StoreUnavailable);
      expect(
        JSON.stringify([String(result.reason), result.reason.stack, String(result.reason.cause)]),
      ).not.toContain(secret);
    }
    writer.exec('ROLLBACK');
    writer.close();
    await pass(2_000);
    expect(worker.starts).toEqual([]);
    await store.check();
    expect(await store.queue.put(job('a'))).toBe('stored');
    await eventually({ pass }, () => worker.starts.length === 1);
  });

  it('is tried again by the work that found nothing to take', async () => {
    const { dataDir, store, pass } = await alone();
    const worker = workOn(store);
    await store.queue.put(job('a', { holdMs: 500 }));
    const writer = new DatabaseSync(join(dataDir, 'bot.db'));
    writer.exec('BEGIN IMMEDIATE');
    await pass(1_000);
    writer.exec('ROLLBACK');
    writer.close();
    expect(worker.starts).toEqual([]);
    await pass(1_000);
    expect(worker.ids()).toEqual(['a']);
  });

  it('keeps a finished job in hand until its end is written down', async () => {
    const { dataDir, store, pass } = await alone();
    let finish = (): void => undefined;
    const worker = workOn(store, () => new Promise((resolve) => (finish = () => resolve(done))));
    await store.queue.put(job('a'));
    await eventually({ pass }, () => worker.starts.length === 1);
    const writer = new DatabaseSync(join(dataDir, 'bot.db'));
    writer.exec('BEGIN IMMEDIATE');
    finish();
    await pass(1_500);
    writer.exec('ROLLBACK');
    writer.close();
    expect(await store.queue.stats()).toMatchObject({ runningCount: 1 });
    await pass(1_500);
    expect(await store.queue.stats()).toMatchObject({ runningCount: 0, waitingCount: 0 });
    expect(worker.starts).toHaveLength(1);
  });

  it('is StoreUnavailable in every call once it is closed', async () => {
    const { store } = await alone();
    await crash(store);
    const calls = [
      store.check(),
      store.records.get(note, 'a'),
      store.records.getMany(note, ['a']),
      store.records.put(note, 'a', 'text'),
      store.records.delete(note, 'a'),
      store.records.list(note, 'a', 1),
      store.queue.put(job('a')),
      store.queue.release('a'),
      store.queue.later({ key: 'k', generation: 1, atMs: 0, payload: null }),
      store.queue.cancel('k', 1),
      store.queue.listSetAside(),
      store.queue.replay('a'),
      store.queue.stats(),
      store.window.take([{ name: 'w', max: 1, perMs: 1 }]),
    ];
    for (const result of await Promise.allSettled(calls))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } });
  });

  it('says what is wrong with a folder that cannot be used', async () => {
    const clock = fakeClock();
    const file = join(newFolder(), 'a-file');
    new DatabaseSync(file).close();
    await expect(openSqliteStore({ dataDir: join(file, 'x'), clock, log })).rejects.toThrow(
      /^DATA_DIR .*ENOTDIR/,
    );
  });
});

describe('a number that is none', () => {
  it('harms nobody', async () => {
    const { store, pass } = await alone();
    const worker = workOn(store, ({ id, attempt }) =>
      id === 'again' && attempt === 1 ? { kind: 'again', afterMs: Number.NaN } : done,
    );
    const odd = { key: 'odd', generation: 1, atMs: Number.POSITIVE_INFINITY, payload: null };
    await Promise.all([
      store.queue.put(job('never', { holdMs: Number.POSITIVE_INFINITY })),
      store.queue.put(job('again')),
      store.queue.later(odd),
      store.queue.later({ ...odd, key: 'none', atMs: Number.NaN }),
      store.queue.cancel('all', Number.POSITIVE_INFINITY),
    ]);
    await eventually({ pass }, () => worker.starts.length === 3);
    expect(worker.ids().sort()).toEqual(['again', 'again', 'timer/none/1']);
  });
});

describe('a newer version', () => {
  it('of the file is left alone', async () => {
    const { dataDir, clock, store } = await alone();
    await crash(store);
    const db = new DatabaseSync(join(dataDir, 'bot.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expect(open(dataDir, clock)).rejects.toThrow('version 99');
    expect(() => openSqliteSetAside({ dataDir, clock, log })).toThrow('version 99');
  });
});

describe('the wall clock', () => {
  it('may jump back by hours: a hold and another try last no longer for it', async () => {
    const { clock, store, pass } = await alone();
    const worker = workOn(store, ({ attempt }) => (attempt === 1 ? { kind: 'again', afterMs: 5_000 } : done));
    await store.queue.put(job('a', { holdMs: 3_000 }));
    clock.jumpWall(-3 * hourMs);
    await pass(3_000);
    expect(worker.starts).toHaveLength(1);
    clock.jumpWall(-3 * hourMs);
    await pass(5_000);
    expect(worker.starts).toHaveLength(2);
  });

  it('may jump ahead: a hold does not end early, and a timer fires within 5 s', async () => {
    const { clock, store, pass } = await alone();
    const worker = workOn(store);
    await store.queue.put(job('a', { holdMs: 8_000 }));
    await store.queue.later({ key: 't', generation: 1, atMs: clock.nowMs() + hourMs, payload: null });
    clock.jumpWall(hourMs);
    await pass(5_000);
    expect(worker.ids()).toEqual(['timer/t/1']);
    await pass(3_000);
    expect(worker.ids()).toEqual(['timer/t/1', 'a']);
  });
});

describe('a job that kills its process', () => {
  it('does not take its neighbours into the set-aside list', async () => {
    const { dataDir, clock, pass, store: first } = await alone();
    for (const id of ['a', 'b', 'poison', 'c', 'd']) await first.queue.put(job(id));
    let store = first;
    const finished = new Set<string>();
    for (let death = 0; death < 12; death += 1) {
      // Everyone needs a second, and the guilty one strikes before it is over.
      const life = store;
      const worker = workOn(store, async ({ id }) => {
        await (id === 'poison' ? never : clock.sleep(1_000));
        if (life === store) finished.add(id);
        return done;
      });
      await pass(0);
      for (let waited = 0; waited < 10 && !worker.ids().includes('poison'); waited += 1) await pass(1_100);
      await crash(store);
      store = await open(dataDir, clock);
    }
    expect(await store.queue.listSetAside()).toMatchObject([{ id: 'poison', attempts: 5 }]);
    expect([...finished].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
