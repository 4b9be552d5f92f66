/** A storage of every released version opens in this one, with all that was in it. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLog } from '../../src/log.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { migrate, schemaVersion } from '../../src/store/sqliteSchema.ts';
import type { Job, Outcome, RecordKind, Store } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';

const fixtures = 'test/fixtures/store';
const released = readdirSync(fixtures).map((name) => Number(/^version-(\d+)\.sql$/.exec(name)?.[1]));
const log = createLog('silent');
const sample: RecordKind<{ n: number }> = {
  name: 'sample',
  schema: z.object({ n: z.number() }),
  keepMs: 86_400_000,
};

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A database as that version left it. */
function ofVersion(version: number): string {
  const dataDir = newFolder();
  const db = new DatabaseSync(join(dataDir, 'bot.db'));
  db.exec(readFileSync(join(fixtures, `version-${version}.sql`), 'utf8'));
  db.close();
  return dataDir;
}

async function opened(dataDir: string): Promise<{ store: Store; clock: ReturnType<typeof fakeClock> }> {
  const clock = fakeClock();
  const store = await openSqliteStore({ dataDir, clock, log });
  closing.push(() => store.close());
  return { store, clock };
}

const nameRow = z.array(z.object({ name: z.string(), sql: z.string().nullable() }));
function schemaOf(db: Parameters<typeof migrate>[0]): unknown {
  const rows = nameRow.parse(db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all());
  return rows.map(({ name, sql }) => [name, sql?.replaceAll(/\s+/g, ' ')]);
}

describe.each(released)('a storage of version %i', (version) => {
  it('opens, and its jobs, timers, keys and records are there', async () => {
    const { store, clock } = await opened(ofVersion(version));
    const worked: Job[] = [];
    const handler = async (job: Job): Promise<Outcome> => {
      worked.push(job);
      return { kind: 'done' };
    };
    const work = store.queue.work(handler, 4);
    closing.push(() => work.stop(0));
    await clock.advance(70_000);
    expect(worked.map(({ id }) => id).sort()).toEqual([
      'event-held',
      'event-running',
      'event-waiting',
      'timer/watch/7/3',
    ]);
    expect(worked.find(({ id }) => id === 'event-waiting')?.payload).toEqual({
      kind: 'sample',
      text: '/ticket 1',
    });
    expect(await store.queue.listSetAside()).toMatchObject([
      { id: 'event-bad', reason: 'TypeError', attempts: 5 },
    ]);
    const again = { id: 'again', keys: ['message/om_1'], priority: 'person', payload: null } as const;
    expect(await store.queue.put(again)).toBe('duplicate');
    expect((await store.records.get(sample, 'a'))?.value).toEqual({ n: 1 });
    expect((await store.records.list(sample, 'list', 9)).map(({ key }) => key)).toEqual(['b', 'a']);
  });

  it('becomes exactly what a new one is', async () => {
    const [old, fresh] = [ofVersion(version), newFolder()];
    for (const dataDir of [old, fresh])
      await (await openSqliteStore({ dataDir, clock: fakeClock(), log })).close();
    const [one, other] = [old, fresh].map((dataDir) => {
      const db = new DatabaseSync(join(dataDir, 'bot.db'), { readOnly: true });
      closing.push(() => db.close());
      return db;
    });
    if (one === undefined || other === undefined) throw new Error('two databases');
    expect(schemaOf(one)).toEqual(schemaOf(other));
  });
});

describe('the versions', () => {
  it('each have a fixture, up to the one that this code writes', () => {
    // A new version comes with the storage that the one before it left.
    expect([...released].sort()).toEqual(Array.from({ length: schemaVersion }, (_, at) => at + 1));
  });

  it('go forward one after the other, all or nothing', () => {
    const db = new DatabaseSync(':memory:');
    const steps = ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y', 'INSERT INTO a VALUES (1, 2)'];
    migrate(db, 'bot.db', steps.slice(0, 1));
    migrate(db, 'bot.db', steps);
    expect(db.prepare('SELECT x, y FROM a').all()).toEqual([{ x: 1, y: 2 }]);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
    const broken = [...steps, 'INSERT INTO a VALUES (3, 4)', 'no SQL at all'];
    expect(() => migrate(db, 'bot.db', broken)).toThrow('bot.db cannot be brought to version 5');
    expect(db.prepare('SELECT count(*) AS n FROM a').get()).toEqual({ n: 1 });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
    expect(() => migrate(db, 'bot.db', steps.slice(0, 2))).toThrow(
      'written by a newer bot; this one knows 2',
    );
    db.close();
  });
});
