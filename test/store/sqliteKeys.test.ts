/** Which keys are known, while they are fresh, on their way into the index, and in it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createLog } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/sqliteDatabase.ts';
import { type JobKeys, keepKeysMs, openJobKeys } from '../../src/store/sqliteKeys.ts';
import { migrate } from '../../src/store/sqliteSchema.ts';
import { openLogSync } from '../../src/store/sqliteSync.ts';
import { createWriter, type Writer } from '../../src/store/sqliteWriter.ts';
import { fakeClock } from '../support/fakeClock.ts';

const log = createLog('silent');
let clock = fakeClock();
let folder = '';
let db: Database;
let writer: Writer;
let keys: JobKeys;
let closing = new AbortController();

function open(): void {
  const file = join(folder, 'bot.db');
  db = openDatabase(file);
  migrate(db, file);
  writer = createWriter(db, openLogSync(file), log);
  keys = openJobKeys({ db, writer, clock, closing: closing.signal });
}

/** Everything that was only in memory is gone. */
function reopen(): void {
  writer.close();
  open();
}

beforeEach(() => {
  clock = fakeClock();
  closing = new AbortController();
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  open();
});
afterEach(() => {
  closing.abort();
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = (...names: string[]): Promise<void> => writer.write(() => keys.add(names));
const known = (...names: string[]): Promise<boolean> => writer.read(() => keys.known(names));
const countRow = z.object({ n: z.number() });
const count = (table: string): { n: number } =>
  countRow.parse(db.prepare(`SELECT count(*) AS n FROM ${table}`).get());
const eventually = (holds: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(holds()).toBe(true), { timeout: 10_000, interval: 1 });

describe('a key', () => {
  it('is known when it is fresh, after a restart, and in the index', async () => {
    await add('event/1', 'message/1');
    await add('event/2');
    const look = async () => [
      await known('event/1'),
      await known('message/1'),
      await known('x', 'y', 'event/2'),
      await known('x', 'y', 'z'),
    ];
    expect(await look()).toEqual([true, true, true, false]);
    reopen();
    expect(await look()).toEqual([true, true, true, false]);
    await keys.bring(0);
    expect([count('fresh_keys'), count('job_keys')]).toEqual([{ n: 0 }, { n: 3 }]);
    expect(await look()).toEqual([true, true, true, false]);
    reopen();
    expect(await look()).toEqual([true, true, true, false]);
  });

  it('is forgotten 48 h after it was added, whether it is in the index or not', async () => {
    await add('indexed');
    await keys.bring(0);
    await add('fresh');
    await clock.advance(keepKeysMs - 1);
    expect([await known('indexed'), await known('fresh')]).toEqual([true, true]);
    await clock.advance(1);
    expect([await known('indexed'), await known('fresh')]).toEqual([false, false]);
    expect(await writer.write(() => keys.prune(10))).toBe(true);
    expect(await writer.write(() => keys.prune(10))).toBe(false);
    expect(count('job_keys')).toEqual({ n: 0 });
  });

  it('may come again after that, and is known from then on', async () => {
    await add('a');
    await keys.bring(0);
    await clock.advance(keepKeysMs);
    await add('a');
    expect(await known('a')).toBe(true);
    await keys.bring(0);
    expect(await known('a')).toBe(true);
    expect(count('job_keys')).toEqual({ n: 1 });
  });
});

describe('a write that is refused', () => {
  const refusing = async (work: () => void): Promise<void> => {
    const refused = writer.write(work);
    // Ends the transaction of the whole group.
    const other = writer.write(() => db.exec('ROLLBACK'));
    await expect(refused).rejects.toThrow('The storage cannot be used now');
    await expect(other).rejects.toThrow('The storage cannot be used now');
  };

  it('leaves its keys unknown, so that the event can come again', async () => {
    await add('before');
    await refusing(() => keys.add(['a', 'b']));
    keys.doubt(['a', 'b']);
    expect([await known('a'), await known('b'), await known('before')]).toEqual([false, false, true]);
    await add('a', 'b');
    expect([await known('a'), await known('b')]).toEqual([true, true]);
  });

  it('leaves them unknown also when they are on their way into the index by then', async () => {
    await add('before');
    await refusing(() => keys.add(['a']));
    const brought = keys.bring(0);
    keys.doubt(['a']);
    await brought;
    expect([await known('a'), await known('before')]).toEqual([false, true]);
    reopen();
    expect(await known('a')).toBe(false);
  });

  it('leaves known what is stored all the same, because only its sync failed', async () => {
    await add('a');
    keys.doubt(['a']);
    expect(await known('a')).toBe(true);
    await keys.bring(0);
    expect(await known('a')).toBe(true);
  });
});

describe('thousands of fresh keys', () => {
  const addMany = (from: number, to: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: to - from }, (_, at) => add(`event/${from + at}`, `message/${from + at}`)),
    );

  it('are due at 10,000, and go into the index while others come, each of them known at any moment', async () => {
    await addMany(0, 4_999);
    expect(keys.isDue()).toBe(false);
    await addMany(4_999, 5_000);
    expect(keys.isDue()).toBe(true);
    const brought = keys.bring(50);
    expect(keys.isDue()).toBe(false);
    let ended = false;
    void brought.then(() => {
      ended = true;
    });
    let next = 5_000;
    while (!ended) {
      await add(`event/${next}`);
      next += 1;
      for (const one of [0, 1_234, 4_999, next - 1]) expect(await known(`event/${one}`)).toBe(true);
      await clock.advance(50);
    }
    // 40 parts of 250.
    expect(next).toBeGreaterThan(5_030);
    expect(count('job_keys')).toEqual({ n: 10_000 });
    expect(count('fresh_keys')).toEqual({ n: next - 5_000 });
  });

  it('are brought by the next call when the storage fails under way', async () => {
    await addMany(0, 300);
    const broken = keys.bring(50);
    await eventually(() => count('job_keys').n === 250);
    const other = openDatabase(join(folder, 'bot.db'));
    other.exec('BEGIN IMMEDIATE');
    const failed = expect(broken).rejects.toThrow('The storage cannot be used now');
    await clock.advance(50);
    await failed;
    other.exec('ROLLBACK');
    other.close();
    expect(keys.isDue()).toBe(false);
    await clock.advance(30_000);
    expect(keys.isDue()).toBe(true);
    await add('later');
    for (const one of [0, 150, 299]) expect(await known(`event/${one}`)).toBe(true);
    await keys.bring(0);
    expect([count('fresh_keys'), count('job_keys')]).toEqual([{ n: 1 }, { n: 600 }]);
    for (const one of [0, 150, 299]) expect(await known(`message/${one}`)).toBe(true);
  });
});

type Step = { add: string[] } | { doubt: string } | { pauseMs: number } | 'reopen' | 'pass';

async function take(step: Step, model: Set<string>): Promise<void> {
  if (step === 'reopen') reopen();
  else if (step === 'pass') await clock.advance(50);
  else if ('doubt' in step) keys.doubt([step.doubt]);
  else if ('pauseMs' in step) keys.bring(step.pauseMs).catch(() => undefined);
  else if (!(await known(...step.add))) {
    await add(...step.add);
    for (const key of step.add) model.add(key);
  }
}

it('knows what a set would know, whatever is brought, reopened or doubted in between', async () => {
  const name = fc.integer({ min: 0, max: 12 }).map((n) => `k${n}`);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ add: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }) }),
    fc.record({ doubt: name }),
    fc.record({ pauseMs: fc.constantFrom(0, 50) }),
    fc.constant<Step>('reopen'),
    fc.constant<Step>('pass'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const model = new Set<string>();
      reopen();
      db.exec('DELETE FROM fresh_keys; DELETE FROM job_keys');
      reopen();
      for (const one of steps) {
        await take(one, model);
        for (let n = 0; n <= 12; n += 1) expect([n, await known(`k${n}`)]).toEqual([n, model.has(`k${n}`)]);
      }
    }),
    { numRuns: 60 },
  );
});
