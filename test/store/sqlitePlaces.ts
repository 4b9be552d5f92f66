/** Folders with a store in them, for tests on SQLite. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { fakeClock } from '../support/fakeClock.ts';

export const log = createLog('silent');

/** What is made here is removed by `cleanUp`. */
export function sqlitePlaces() {
  const folders = new Set<string>();
  const stores = new Set<Store>();

  function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    folders.add(folder);
    return folder;
  }

  async function open(dataDir: string, clock: Clock): Promise<Store> {
    const store = await openSqliteStore({ dataDir, clock, log, lockWaitMs: 0 });
    stores.add(store);
    return store;
  }

  /** Closing hands nothing back, so for the jobs at work it is as good as a death. For a real one see `otherProcess.ts`. */
  async function crash(store: Store): Promise<void> {
    stores.delete(store);
    await store.close();
  }

  /** A store with a clock of its own. */
  async function alone() {
    const dataDir = newFolder();
    const clock = fakeClock();
    const pass = (ms: number): Promise<void> => (ms === 0 ? clock.settle() : clock.advance(ms));
    return { dataDir, clock, pass, store: await open(dataDir, clock) };
  }

  async function cleanUp(): Promise<void> {
    for (const store of stores) await crash(store);
    for (const folder of folders) rmSync(folder, { recursive: true });
    folders.clear();
  }

  return { newFolder, open, crash, alone, cleanUp };
}
