/** The checks of what the bot keeps its memory in. */

import type { Text } from '../../domain.ts';
import { type Store, StoreUnavailable } from '../../store/store.ts';
import { same } from '../../text.ts';
import { fail } from './blame.ts';
import type { Check, Verdict } from './examine.ts';
import { inWords } from './problems.ts';
import { words } from './words.ts';

const leastFreeBytes = 200 * 1_024 * 1_024;

function check(id: string, name: Text, remedy: Text, look: () => Promise<Verdict>): Check {
  return {
    check: id,
    name,
    needs: [],
    async look() {
      try {
        return await look();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) return fail(same('unknown'), remedy);
        // Its message names what is wrong, and never a value.
        return fail(inWords(error.message), redisRemedy(error) ?? remedy);
      }
    },
  };
}

/** Of a Redis that is not there, or does not let us in: its settings are not to blame. */
function redisRemedy({ message }: StoreUnavailable): Text | undefined {
  if (/user or password/.test(message)) return words.redisPassword;
  if (/^(?:REDIS_URL: )?Redis (?:cannot be (?:reached|used)|does not answer)/.test(message))
    return words.startRedis;
  return /^Redis was emptied/.test(message) ? words.restartBot : undefined;
}

/** Of a store that is open: a write would succeed. */
export function openStorage({ check: look }: Pick<Store, 'check'>): Check {
  return check('storage', words.storage, words.mendStorage, async () => {
    await look();
    return { state: 'pass', what: words.storageWritten };
  });
}

/** Of a folder that another process may have open. */
export function folderStorage(
  dataDir: string,
  inspect: () => {
    readonly version: number | undefined;
    readonly freeBytes: number;
    readonly exists: boolean;
  },
): Check {
  return check('storage', words.storage, words.mendStorage, async () => {
    const { version, freeBytes, exists } = inspect();
    if (freeBytes < leastFreeBytes) {
      const mb = Math.floor(freeBytes / 1_048_576);
      return { state: 'warn', what: words.diskLow({ mb }), remedy: words.freeDisk };
    }
    const dir = dataDir;
    if (version !== undefined) return { state: 'pass', what: words.storageKept({ dir, version }) };
    return { state: 'pass', what: exists ? words.storageNew({ dir }) : words.storageUnmade({ dir }) };
  });
}

/** Of Redis: that it keeps what it is given. @param connect throws StoreUnavailable with what is wrong */
export function redisStorage(connect: () => Promise<unknown>): Check {
  return check('redis', words.redis, words.mendRedis, async () => {
    await connect();
    return { state: 'pass', what: words.redisKeeps };
  });
}
