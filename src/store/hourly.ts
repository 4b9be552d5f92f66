/** What a store does every hour. */

import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

const hourMs = 3_600_000;

/** Prunes at once, then every hour until the store closes. Never rejects: what failed is tried again an hour later. */
export async function hourly(
  clock: Clock,
  closing: AbortSignal,
  log: Log,
  prune: () => Promise<void>,
): Promise<void> {
  while (!closing.aborted) {
    try {
      await prune();
    } catch (error) {
      if (!closing.aborted)
        log.warn({ err: error }, 'old entries could not be removed; tried again in an hour');
    }
    await clock.sleep(hourMs, closing);
  }
}
