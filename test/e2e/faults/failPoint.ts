/**
 * Stands in the place of the SQLite package in a build of the bot that is made for these tests, and kills the process at one named
 * moment: `FAIL_POINT` is `<subject>:<moment>`. The bot's own code knows nothing of it, and nothing happens until SIGUSR2.
 *
 * Subjects: `put` a new event, `start` of its work, `sent` the id of its answer, `end` of its work, `checkpoint` of the log.
 * Moments: `before` and `after` the statement itself, `commit` and `committed` around what makes it durable.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
  DatabaseSyncInstance,
  DatabaseSyncOptions,
  StatementSyncInstance,
} from '@photostructure/sqlite';

const sqlite: typeof import('@photostructure/sqlite') = createRequire(join(process.cwd(), 'package.json'))(
  '@photostructure/sqlite',
);

const [subject = '', moment = ''] = (process.env['FAIL_POINT'] ?? '').split(':');
let armed = false;
const files = new Map<string, DatabaseSyncInstance>();

/** Waits until everything is done that was asked before. */
function arm(): void {
  const main = [...files].find(([file]) => file.endsWith('bot.db'))?.[1];
  const job: unknown = main?.prepare("SELECT 1 FROM jobs WHERE state <> 'timer'").get();
  if (job !== undefined) {
    setTimeout(arm, 1);
    return;
  }
  armed = true;
  process.stderr.write('fail point armed\n');
}
process.on('SIGUSR2', arm);

/** What of the bot's storage a statement is about. */
function subjectOf(sql: string, values: readonly unknown[]): string | undefined {
  if (sql.startsWith('INSERT INTO jobs (id, state,')) return 'put';
  if (sql.includes("SET state = 'running'")) return 'start';
  if (sql.startsWith('DELETE FROM jobs WHERE seq = ?')) return 'end';
  if (sql.includes('INTO records') && values[0] === 'sent_message') return 'sent';
  return sql.includes('wal_checkpoint') ? 'checkpoint' : undefined;
}

/** Nothing of the process runs after this. */
function reach(when: string): void {
  if (armed && when === moment) process.kill(process.pid, 'SIGKILL');
}

/** Follows one database's statements, so that a commit is known by what it makes durable. */
function follow() {
  let touched = false;
  return <T>(sql: string, values: readonly unknown[], run: () => T): T => {
    if (sql.startsWith('BEGIN')) touched = false;
    const isSubject = subjectOf(sql, values) === subject;
    touched ||= isSubject;
    if (isSubject) reach('before');
    if (sql === 'COMMIT' && touched) reach('commit');
    const result = run();
    if (isSubject) reach('after');
    if (sql === 'COMMIT' && touched) reach('committed');
    return result;
  };
}

type Step = ReturnType<typeof follow>;

const isMethod = (value: unknown): value is (...values: readonly unknown[]) => unknown =>
  typeof value === 'function';

function statement(real: StatementSyncInstance, sql: string, step: Step): StatementSyncInstance {
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (!isMethod(value)) return value;
      if (name !== 'run' && name !== 'get' && name !== 'all') return value.bind(target);
      return (...values: readonly unknown[]) => step(sql, values, () => value.apply(target, [...values]));
    },
  });
}

function database(real: DatabaseSyncInstance): DatabaseSyncInstance {
  const step = follow();
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'prepare') return (sql: string) => statement(target.prepare(sql), sql, step);
      if (name === 'exec') return (sql: string) => step(sql, [], () => target.exec(sql));
      return isMethod(value) ? value.bind(target) : value;
    },
  });
}

/** As the package exports it: to be called with `new`. */
export const DatabaseSync = new Proxy(sqlite.DatabaseSync, {
  construct(Real, [file, options]: [string, DatabaseSyncOptions?]) {
    const real = new Real(file, options);
    files.set(file, real);
    return database(real);
  },
});
