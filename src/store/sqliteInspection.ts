/** What an operator wants to know about DATA_DIR, found out beside the running bot and without its lock. */

import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { closeQuietly, type Database, unavailable } from './sqliteDatabase.ts';
import { schemaVersion, versionOf } from './sqliteSchema.ts';
import { StoreUnavailable } from './store.ts';

export interface FolderState {
  /** Undefined while there are no data. */
  readonly version: number | undefined;
  readonly freeBytes: number;
  /** Whether the folder is there; the bot makes it at its start. */
  readonly exists: boolean;
  /** Whether a record of this kind exists. */
  has(kind: string): boolean;
}

const checkRow = z.object({ quick_check: z.string() });
/** Also makes sure that a rename or a full disk shows: a name that no file of the store has. */
const trialName = '.doctor';

/**
 * Writes and removes a small file, and reads the whole database once. A folder that is not there is not made: then its nearest parent
 * tells whether it could be.
 * @throws StoreUnavailable with what is wrong
 */
export function inspectFolder(dataDir: string): FolderState {
  const exists = existsSync(dataDir);
  const folder = exists ? dataDir : nearestFolder(resolve(dataDir));
  try {
    if (exists) tryWriting(dataDir);
    else mayMakeFolderIn(folder);
  } catch (error) {
    throw unavailable(error, `DATA_DIR ${dataDir} cannot be written`);
  }
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const file = join(dataDir, 'bot.db');
  if (!existsSync(file)) return { version: undefined, freeBytes, exists, has: () => false };
  const { version, kinds } = read(file);
  return { version, freeBytes, exists, has: (kind) => kinds.has(kind) };
}

function nearestFolder(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : nearestFolder(parent);
}

function tryWriting(dataDir: string): void {
  writeFileSync(join(dataDir, trialName), 'trial', { mode: 0o600, flush: true });
  rmSync(join(dataDir, trialName));
}

function mayMakeFolderIn(parent: string): void {
  if (!statSync(parent).isDirectory()) throw Object.assign(new Error('a file'), { code: 'ENOTDIR' });
  accessSync(parent, constants.W_OK | constants.X_OK);
}

/** https://www.sqlite.org/pragma.html#pragma_quick_check */
function read(file: string): { readonly version: number; readonly kinds: ReadonlySet<string> } {
  let db: Database | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true });
    const { quick_check: said } = checkRow.parse(db.prepare('PRAGMA quick_check(1)').get());
    if (said !== 'ok') throw new StoreUnavailable(`${file} is damaged; restore a backup.`);
    const version = versionOf(db);
    if (version > schemaVersion)
      throw new StoreUnavailable(
        `${file} has version ${version}, written by a newer bot; this one knows ${schemaVersion}.`,
      );
    const rows = version === 0 ? [] : db.prepare('SELECT DISTINCT kind FROM records').all();
    const kinds = z.array(z.object({ kind: z.string() })).parse(rows);
    return { version, kinds: new Set(kinds.map(({ kind }) => kind)) };
  } catch (error) {
    throw unavailable(error, `${file} cannot be read`);
  } finally {
    closeQuietly(db);
  }
}
