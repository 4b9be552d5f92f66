import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openSqliteSetAside, openSqliteStore } from '../../src/store/sqlite.ts';
import { type Job, StoreUnavailable } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';
import { storeContract } from './contract.ts';
import { killAfter, otherProcess } from './otherProcess.ts';
import { log, sqlitePlaces } from './sqlitePlaces.ts';
import { done, job, workOn } from './subject.ts';

const { newFolder, open, crash, alone, cleanUp } = sqlitePlaces();
afterEach(cleanUp);

storeContract('SQLite', async () => {
  const places = sqlitePlaces();
  const dataDir = places.newFolder();
  const clock = fakeClock();
  return {
    clock,
    open: () => places.open(dataDir, clock),
    crash: places.crash,
    pass: (ms) => (ms === 0 ? clock.settle() : clock.advance(ms)),
    dispose: places.cleanUp,
  };
});

describe('a killed process', () => {
  const putForEver = (run: number): string => `
    let n = 0;
    const caller = async () => {
      for (;;) {
        const id = 'run${run}-' + n++;
        if (await put(id) === 'stored') say(id);
      }
    };
    for (let i = 0; i < 16; i += 1) void caller();`;

  it('has lost nothing that it acknowledged, and its folder is free at once', {
    timeout: 60_000,
  }, async () => {
    const dataDir = newFolder();
    const acknowledged: string[] = [];
    for (const [run, count] of [1, 40, 300, 2_000].entries())
      acknowledged.push(...(await killAfter(otherProcess(dataDir, putForEver(run)), count)));
    const store = await open(dataDir, systemClock);
    const again = await Promise.all(
      acknowledged.map((id) => store.queue.put(job(`${id}/again`, { keys: [id] }))),
    );
    expect(new Set(again)).toEqual(new Set(['duplicate']));
    const worked = new Set<string>();
    let enough = (): void => undefined;
    const all = new Promise<void>((resolve) => (enough = resolve));
    store.queue.work(async ({ id, payload }) => {
      if (payload === id) worked.add(id);
      if (acknowledged.every((each) => worked.has(each))) enough();
      return done;
    }, 50);
    await all;
    expect(acknowledged.length).toBeGreaterThanOrEqual(2_341);
  });

  it('gives back the job that it ran, counted as an attempt', { timeout: 60_000 }, async () => {
    const dataDir = newFolder();
    const body = `await put('a'); store.queue.work(({ attempt }) => { say(String(attempt)); return new Promise(() => {}); }, 1);`;
    expect(await killAfter(otherProcess(dataDir, body), 1)).toEqual(['1']);
    expect(await killAfter(otherProcess(dataDir, body), 1)).toEqual(['2']);
    const store = await open(dataDir, systemClock);
    const job = await new Promise<Job>((resolve) => {
      store.queue.work(async (started) => {
        resolve(started);
        return done;
      }, 1);
    });
    expect(job).toMatchObject({ id: 'a', attempt: 3 });
  });
});

describe('a second process', () => {
  it('is refused while the first lives, with what to do, and reads a backup meanwhile', {
    timeout: 60_000,
  }, async () => {
    const dataDir = newFolder();
    const child = otherProcess(dataDir, `await put('a'); say('open'); setInterval(() => {}, 1_000);`);
    if (child.stdout === null) throw new Error('no output');
    await once(child.stdout, 'data');
    const clock = fakeClock();
    const startMs = clock.monoMs();
    const second = openSqliteStore({ dataDir, clock, log });
    const refusal = await clock.until(second.catch((error: unknown) => error));
    expect(refusal).toBeInstanceOf(StoreUnavailable);
    expect(String(refusal)).toContain(`DATA_DIR ${dataDir}`);
    expect(String(refusal)).toContain('REDIS_URL');
    expect(clock.monoMs() - startMs).toBe(15_000);
    const backup = new DatabaseSync(join(dataDir, 'bot.db'), { readOnly: true });
    backup.exec(`VACUUM INTO '${join(dataDir, 'backup.db')}'`);
    backup.close();
    const copy = new DatabaseSync(join(dataDir, 'backup.db'));
    expect(copy.prepare('SELECT id FROM jobs').all()).toMatchObject([{ id: 'a' }]);
    copy.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await (await open(dataDir, clock)).queue.put(job('b', { keys: ['a'] }))).toBe('duplicate');
  });

  it('takes over as soon as the first is gone', async () => {
    const { dataDir, clock, store } = await alone();
    const second = openSqliteStore({ dataDir, clock, log });
    await clock.advance(5_000);
    await crash(store);
    const opened = await clock.until(second);
    expect(await opened.queue.put(job('a'))).toBe('stored');
    await opened.close();
  });

  it('may list and replay set-aside jobs while the first works', async () => {
    const { dataDir, clock, store, pass } = await alone();
    const worker = workOn(store, ({ attempt }) =>
      worker.starts.length === 1 ? { kind: 'set_aside', reason: `try ${attempt}` } : done,
    );
    await store.queue.put(job('a'));
    await pass(100);
    const desk = openSqliteSetAside({ dataDir, clock, log });
    expect(await desk.listSetAside()).toMatchObject([{ id: 'a', reason: 'try 1' }]);
    expect(await desk.replay('unknown')).toBe(false);
    expect(await desk.replay('a')).toBe(true);
    desk.close();
    await pass(5_000);
    expect(worker.starts.map(({ id, attempt }) => [id, attempt])).toEqual([
      ['a', 1],
      ['a', 1],
    ]);
    expect(() => openSqliteSetAside({ dataDir: newFolder(), clock, log })).toThrow(StoreUnavailable);
  });
});
