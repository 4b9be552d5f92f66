/** An SQLite store in a folder of its own, for tests of what stands on the store. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';

/** Closed and removed when the test that asked for it ends. */
export async function tempStore(clock: Clock): Promise<Store> {
  const dataDir = mkdtempSync(join(tmpdir(), 'store-'));
  const store = await openSqliteStore({ dataDir, clock, log: createLog('silent') });
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return store;
}
