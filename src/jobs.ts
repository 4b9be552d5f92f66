/**
 * `npm run jobs -- list` and `npm run jobs -- replay <id>`: jobs that were set aside, and another try. It reads the same environment as
 * the bot and works beside it.
 */

import { systemClock } from './clock.ts';
import { readStorageConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { type Desk, runJobsCommand } from './jobsCommand.ts';
import { createLog } from './log.ts';
import { openRedisStore } from './store/redis.ts';
import { openSqliteSetAside } from './store/sqlite.ts';
import { StoreUnavailable } from './store/store.ts';

/** SQLite is opened without the lock of the bot, which finds a job that was put back within 5 s. */
async function openDesk(): Promise<Desk> {
  const { dataDir, redisUrl: url } = readStorageConfig();
  const log = createLog('silent');
  if (url !== undefined) return openRedisStore({ url, clock: systemClock, log });
  const queue = openSqliteSetAside({ dataDir, clock: systemClock, log });
  return { queue, close: async () => queue.close() };
}

try {
  const { text, ok } = await runJobsCommand(process.argv.slice(2), openDesk, systemClock.nowMs());
  (ok ? process.stdout : process.stderr).write(text);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  if (!(error instanceof StoreUnavailable || error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
