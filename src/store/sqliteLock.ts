/** One process for each DATA_DIR. */

import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { closeQuietly, type Database, isBusy, unavailable } from './sqliteDatabase.ts';
import { StoreUnavailable } from './store.ts';

const pollMs = 100;

/**
 * Holds DATA_DIR for this process until the function that it returns is called. The lock is an open transaction on a file of its
 * own: the kernel ends it in the moment that the process dies, so there is nothing stale to clean up, and the database itself stays
 * readable for backups.
 * @throws StoreUnavailable when another process still holds it after `waitMs`
 */
export async function lockDataDir(
  dataDir: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  waitMs: number,
): Promise<() => void> {
  const endMs = clock.monoMs() + waitMs;
  for (let tries = 0; ; tries += 1) {
    const release = tryLock(dataDir);
    if (release !== undefined) return release;
    if (tries === 0) log.info({ dataDir, waitMs }, 'waiting for another process to leave DATA_DIR');
    const leftMs = endMs - clock.monoMs();
    if (leftMs <= 0)
      throw new StoreUnavailable(
        `Another process uses DATA_DIR ${dataDir}. Stop it, or set REDIS_URL to run several processes.`,
      );
    await clock.sleep(Math.min(pollMs, leftMs));
  }
}

function tryLock(dataDir: string): (() => void) | undefined {
  let db: Database | undefined;
  try {
    const file = join(dataDir, 'lock.db');
    // Its journal takes over the mode of the file.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const held = new DatabaseSync(file, { timeout: 0 });
    db = held;
    held.exec('BEGIN EXCLUSIVE');
    return () => closeQuietly(held);
  } catch (error) {
    closeQuietly(db);
    if (isBusy(error)) return undefined;
    throw unavailable(error, `DATA_DIR ${dataDir} cannot be locked`);
  }
}
