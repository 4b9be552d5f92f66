/**
 * The tenant token: one for the process, fetched once however many ask, and renewed before it ends.
 * https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal
 */

import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

/** Asked earlier than this before the end, Feishu gives the same token again; later, a new one, and the old one still holds. */
const earlyMs = 30 * 60_000;
const longestLifeSec = 7_200;
/** When Feishu does not say how long a token holds. One that holds for less is refused then, and replaced. */
const assumedLifeSec = 3_600;
/** At least this long between two fetches, whatever Feishu answers. */
const calmMs = 10_000;

/** What the token endpoint answered. */
export interface Grant {
  readonly token: string;
  /** Seconds that it still holds; anything that is no positive number counts as not said. */
  readonly expireSec: unknown;
}

export interface Tokens {
  /** The token, if there is one that holds. */
  current(): string | undefined;
  /** The token, fetched when there is none. @throws FeishuError of the fetch; for 10 s after a failure the same one again */
  get(): Promise<string>;
  /**
   * Feishu refused `refused`. When another one is known by now, that is the answer; else one is fetched.
   * @returns undefined when one was fetched for this reason in the last 10 s: another will not be better
   * @throws FeishuError of the fetch
   */
  replace(refused: string): Promise<string | undefined>;
}

export interface TokenDeps {
  readonly fetch: () => Promise<Grant>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'tokenRefreshes'>;
}

type Reason = 'first' | 'early' | 'expired' | 'refused';

interface Held {
  readonly value: string;
  readonly renewAtMs: number;
  readonly deadAtMs: number;
}

/** All times are monotonic: a clock that is set forward or back neither ends a token nor revives one. */
export function createTokens({ fetch, clock, log, metrics }: TokenDeps): Tokens {
  let held: Held | undefined;
  let flight: Promise<string> | undefined;
  let failure: { readonly error: unknown; readonly untilMs: number } | undefined;
  let refusedAtMs = Number.NEGATIVE_INFINITY;

  async function fetchOne(reason: Reason): Promise<string> {
    metrics.tokenRefreshes.inc({ reason });
    const askedAtMs = clock.monoMs();
    try {
      const { token, expireSec } = await fetch();
      held = hold(token, expireSec, askedAtMs);
      failure = undefined;
      return token;
    } catch (error) {
      failure = { error, untilMs: clock.monoMs() + calmMs };
      throw error;
    } finally {
      flight = undefined;
    }
  }

  function refresh(reason: Reason): Promise<string> {
    if (flight !== undefined) return flight;
    if (failure !== undefined && clock.monoMs() < failure.untilMs) return Promise.reject(failure.error);
    flight = fetchOne(reason);
    return flight;
  }

  function renewInBackground(): void {
    if (flight !== undefined || (failure !== undefined && clock.monoMs() < failure.untilMs)) return;
    refresh('early').catch((error: unknown) => {
      log.warn({ err: error }, 'tenant token not renewed; the old one is used while it holds');
    });
  }

  function current(): string | undefined {
    return held !== undefined && clock.monoMs() < held.deadAtMs ? held.value : undefined;
  }

  return {
    current,
    async get() {
      const value = current();
      if (value === undefined) return refresh(held === undefined ? 'first' : 'expired');
      if (held !== undefined && clock.monoMs() >= held.renewAtMs) renewInBackground();
      return value;
    },
    async replace(refused) {
      const value = current();
      if (value !== undefined && value !== refused) return value;
      if (flight !== undefined) return flight;
      if (clock.monoMs() < refusedAtMs + calmMs) return undefined;
      refusedAtMs = clock.monoMs();
      held = undefined;
      log.warn('tenant token refused; fetching another');
      return refresh('refused');
    },
  };
}

function hold(value: string, expireSec: unknown, askedAtMs: number): Held {
  const said = typeof expireSec === 'number' && expireSec > 0 ? expireSec : assumedLifeSec;
  const lifeMs = 1_000 * Math.min(longestLifeSec, said);
  const renewMs = lifeMs > earlyMs ? lifeMs - earlyMs : lifeMs / 2;
  return {
    value,
    renewAtMs: askedAtMs + Math.max(calmMs, renewMs),
    deadAtMs: askedAtMs + Math.max(calmMs, lifeMs),
  };
}
