/** When a failed call is tried again, and after how long. Pure: the caller measures and waits. */

import type { FeishuError } from '../errors.ts';

export const maxTryCount = 6;
export const maxElapsedMs = 120_000;
const firstCapMs = 500;
const lastCapMs = 30_000;
/** How long Feishu needs to finish a message that it is already sending, or to release a card that someone is clicking on. */
const busyMs = 1_000;
/** The number behind `ErrCode:` of a card that is locked while somebody clicks on it. */
const cardLockedSubCode = 11_310;

/** What has been tried so far. */
export interface Effort {
  /** Calls that failed; waiting for a rate limit is none. */
  readonly failedCount: number;
  /** Since the first of them departed, without the time spent waiting for a rate limit. */
  readonly elapsedMs: number;
}

/**
 * How long to wait before the same call is tried again, or undefined when it should not be: at most 6 tries, and none that would
 * begin more than 2 minutes after the first. `rate` and `token` are not decided here: they are no faults.
 * @param random from 0 up to, not including, 1
 */
export function retryDelayMs(error: FeishuError, effort: Effort, random: () => number): number | undefined {
  const delayMs = delayOf(error, effort.failedCount, random);
  if (delayMs === undefined || effort.failedCount >= maxTryCount) return undefined;
  return effort.elapsedMs + delayMs > maxElapsedMs ? undefined : delayMs;
}

function delayOf(error: FeishuError, failedCount: number, random: () => number): number | undefined {
  if (error.kind === 'in_flight') return around(busyMs, random);
  if (error.kind !== 'passing') return undefined;
  return isCardLocked(error) ? around(busyMs, random) : backoffMs(failedCount, random);
}

/** Passes, but is about one card: the endpoint works. */
export function isCardLocked({ subCode }: FeishuError): boolean {
  return subCode === cardLockedSubCode;
}

/** Full jitter: anything from 0 to a cap that doubles from 0.5 s to 30 s, so that those who failed together do not return together. */
export function backoffMs(failedCount: number, random: () => number): number {
  return random() * Math.min(lastCapMs, firstCapMs * 2 ** Math.max(0, failedCount - 1));
}

/** The wait after a chat's or a card's own limit refused: Feishu names no time, so 0.3 s to 5 s, more after each refusal in a row. */
export function targetPauseMs(refusedCount: number, random: () => number): number {
  const capMs = Math.min(5_000, 600 * 2 ** Math.max(0, refusedCount - 1));
  return 300 + random() * (capMs - 300);
}

/** A tenth more or less, for the same reason as above. */
function around(ms: number, random: () => number): number {
  return ms * (0.9 + 0.2 * random());
}
