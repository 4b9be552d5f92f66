/**
 * Keys of pictures that were made a moment ago: known at once, and written down together a little later. Nine pictures that come back from
 * their upload in one breath would else be eighteen writes, each of which the card of the ticket waits for.
 *
 * What a crash takes before it is written is uploaded again, and so is what another replica wants in that moment.
 */

import type { Clock } from '../clock.ts';

/** The last version of a card, which its reader waits for, has left by then. */
const writeAfterMs = 100;

export interface FreshKey {
  readonly imageKey: string;
  /** Never rejects. */
  readonly write: () => Promise<void>;
}

export interface FreshKeys {
  /** Undefined when it was written down, or is not known. */
  get(name: string): string | undefined;
  /** Takes the place of what was kept under the name. */
  keep(name: string, key: FreshKey): void;
  /** Writes down what is not written yet, now. Never rejects. */
  settle(): Promise<void>;
}

export function createFreshKeys(clock: Clock): FreshKeys {
  const fresh = new Map<string, FreshKey>();
  const unwritten = new Map<string, FreshKey>();
  const writing = new Set<Promise<void>>();
  let stopAlarm = (): void => {};

  /** It stays known until it can be read from storage. */
  const write = async (name: string, key: FreshKey): Promise<void> => {
    await key.write();
    if (fresh.get(name) === key) fresh.delete(name);
  };

  async function settle(): Promise<void> {
    stopAlarm();
    for (const [name, key] of unwritten) {
      const written = write(name, key).finally(() => writing.delete(written));
      writing.add(written);
    }
    unwritten.clear();
    await Promise.all(writing);
  }

  return {
    get: (name) => fresh.get(name)?.imageKey,
    keep(name, key) {
      if (unwritten.size === 0) stopAlarm = clock.alarm(writeAfterMs, () => void settle());
      fresh.set(name, key);
      unwritten.set(name, key);
    },
    settle,
  };
}
