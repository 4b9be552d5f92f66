/**
 * When an endpoint fails again and again, calling on helps nobody: its calls are held back, and one at a time finds out whether it works
 * again.
 *
 * They wait here and not before the rate windows, so that they use up no places and do not stand in the way of the one that finds out.
 * When it works again, all go on to the windows, where the more urgent ones come first.
 */

import type { Clock } from '../clock.ts';
import { FeishuError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Priority } from '../store/store.ts';
import type { EndpointName } from './endpoints.ts';
import { isCardLocked, maxTryCount } from './retry.ts';

interface Terms {
  /** So many failures in a row within so long break an endpoint. */
  readonly failedCount: number;
  readonly withinMs: number;
  readonly longestPauseMs: number;
}

const usual: Terms = { failedCount: 20, withinMs: 10_000, longestPauseMs: 30_000 };
/** Fetched by one call at a time, so twenty never come together; and everything waits for it, so it is tried more often. */
const token: Terms = { failedCount: maxTryCount, withinMs: 60_000, longestPauseMs: 10_000 };
const firstPauseMs = 1_000;
/** A pause is up to so much shorter, so that several processes do not try in one instant. */
const pauseJitter = 0.2;
const levels: Readonly<Record<Priority, number>> = { person: 0, card: 1, background: 2 };

/** A call, as far as the breaker goes. */
export interface Going {
  readonly endpoint: EndpointName;
  readonly priority: Priority;
  /** One that may not be made twice tries out an endpoint only when no other does. */
  readonly repeatable: boolean;
  /** When it was about to depart for the first time. This and the next are monotonic. */
  readonly sinceMs: number;
  /** It waits no longer than this. */
  readonly untilMs: number;
}

/** Leave to go on to the rate windows. */
export interface Passage {
  /** @throws EndpointBroke when the endpoint broke after the leave was given, or somebody more urgent tries it out instead */
  readonly check: () => void;
  /** The call departs now. False where `check` throws: then it must not. */
  departs(): boolean;
  /** What became of the call; undefined when Feishu took it. */
  answered(error: FeishuError | undefined): void;
  /** The call was made, or is not made now. Must be called. */
  end(): void;
}

export interface Breaker {
  /**
   * Waits until the endpoint works, or until this call is the one that finds out.
   * @throws FeishuError the one that the endpoint failed with, when that took too long
   */
  pass(going: Going): Promise<Passage>;
  /** What the endpoint failed with, while calls are held back. */
  refusal(endpoint: EndpointName): FeishuError | undefined;
}

/** The call has to wait for the endpoint once more. */
export class EndpointBroke extends Error {
  override readonly name = 'EndpointBroke';
}

/** One that waits, or tries the endpoint out. */
interface Waiting {
  /** Lower ones try first. */
  readonly rank: number;
  readonly sinceMs: number;
  departed: boolean;
  /** Aborted when something has changed: it looks again. Its own, because Node warns of a signal that many listen to. */
  news: AbortController;
}

interface Outage {
  readonly sinceMs: number;
  /** The first is the next to try. */
  readonly line: Waiting[];
  error: FeishuError;
  pauseMs: number;
  probeAtMs: number;
  probe: Waiting | undefined;
  failedProbeCount: number;
  probeFailedAtMs: number;
  heldBackCount: number;
}

interface Health {
  /** Failures in a row, the last ones. */
  failedAtMs: number[];
  worksSinceMs: number;
  outage: Outage | undefined;
}

export interface BreakerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'broken'>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** In memory, by endpoint: another process finds out by itself. */
export function createBreaker({ clock, log, metrics, random }: BreakerDeps): Breaker {
  const healths = new Map<EndpointName, Health>();

  function healthOf(endpoint: EndpointName): Health {
    const known = healths.get(endpoint);
    if (known !== undefined) return known;
    const health = { failedAtMs: [], worksSinceMs: Number.NEGATIVE_INFINITY, outage: undefined };
    healths.set(endpoint, health);
    return health;
  }

  const nextProbeMs = (pauseMs: number): number => clock.monoMs() + pauseMs * (1 - pauseJitter * random());

  function failedWhileWorking(endpoint: EndpointName, health: Health, error: FeishuError): void {
    const { failedCount, withinMs } = termsOf(endpoint);
    const nowMs = clock.monoMs();
    health.failedAtMs = [...health.failedAtMs, nowMs].slice(-failedCount);
    const [firstMs = nowMs] = health.failedAtMs;
    if (health.failedAtMs.length < failedCount || nowMs - firstMs > withinMs) return;
    health.outage = {
      sinceMs: nowMs,
      line: [],
      error,
      pauseMs: firstPauseMs,
      probeAtMs: nextProbeMs(firstPauseMs),
      probe: undefined,
      failedProbeCount: 0,
      probeFailedAtMs: nowMs,
      heldBackCount: 0,
    };
    metrics.broken.set({ endpoint }, 1);
    log.warn({ err: error, endpoint, failedCount }, 'endpoint broken: its calls are held back');
  }

  function probeAnswered(endpoint: EndpointName, health: Health, outage: Outage, verdict: Verdict): void {
    if (verdict === 'works') {
      mended(endpoint, health, outage);
      return;
    }
    if (verdict !== 'nothing') {
      outage.error = verdict;
      outage.failedProbeCount += 1;
      outage.probeFailedAtMs = clock.monoMs();
      outage.pauseMs = Math.min(termsOf(endpoint).longestPauseMs, 2 * outage.pauseMs);
    }
    outage.probeAtMs = nextProbeMs(outage.pauseMs);
  }

  function mended(endpoint: EndpointName, health: Health, outage: Outage): void {
    const { sinceMs, failedProbeCount, heldBackCount } = outage;
    const nowMs = clock.monoMs();
    health.outage = undefined;
    health.worksSinceMs = nowMs;
    health.failedAtMs = [];
    metrics.broken.set({ endpoint }, 0);
    const brokenMs = Math.round(nowMs - sinceMs);
    log.warn({ endpoint, brokenMs, failedProbeCount, heldBackCount }, 'endpoint works again');
    tell(outage.line);
  }

  function passageOf(endpoint: EndpointName, probe?: Waiting): Passage {
    const health = healthOf(endpoint);
    let departedMs = clock.monoMs();
    const isShut = (): boolean =>
      health.outage !== undefined && (probe === undefined || health.outage.probe !== probe);
    return {
      check() {
        if (isShut()) throw new EndpointBroke();
      },
      departs() {
        if (isShut()) return false;
        departedMs = clock.monoMs();
        if (probe !== undefined) probe.departed = true;
        return true;
      },
      answered(error) {
        // What departed before the endpoint broke, or before it was mended, says nothing about now.
        if (isShut() || departedMs < health.worksSinceMs) return;
        const verdict = verdictOf(error);
        if (health.outage !== undefined) probeAnswered(endpoint, health, health.outage, verdict);
        else if (verdict === 'works') health.failedAtMs = [];
        else if (verdict !== 'nothing') failedWhileWorking(endpoint, health, verdict);
      },
      end() {
        const { outage } = health;
        if (outage === undefined || probe === undefined || outage.probe !== probe) return;
        outage.probe = undefined;
        tell(outage.line);
      },
    };
  }

  async function wait(health: Health, outage: Outage, { untilMs, ...going }: Going): Promise<Passage> {
    const { endpoint } = going;
    const me = waitingOf(going);
    outage.heldBackCount += 1;
    lineUp(outage.line, me);
    try {
      while (health.outage === outage) {
        const nowMs = clock.monoMs();
        if (nowMs >= untilMs || isInVain(outage, me)) throw refusalOf(endpoint, outage);
        const tryAtMs = isNext(outage, me) ? outage.probeAtMs : untilMs;
        if (nowMs >= tryAtMs) {
          outage.probe = me;
          return passageOf(endpoint, me);
        }
        me.news = new AbortController();
        await clock.sleep(Math.min(untilMs, tryAtMs) - nowMs, me.news.signal);
      }
      return passageOf(endpoint);
    } finally {
      leave(outage, me);
    }
  }

  return {
    async pass(going) {
      const health = healthOf(going.endpoint);
      return health.outage === undefined ? passageOf(going.endpoint) : wait(health, health.outage, going);
    },
    refusal(endpoint) {
      const { outage } = healthOf(endpoint);
      return outage === undefined ? undefined : refusalOf(endpoint, outage);
    },
  };
}

function termsOf(endpoint: EndpointName): Terms {
  return endpoint === 'tenantToken' ? token : usual;
}

function waitingOf({ priority, repeatable, sinceMs }: Omit<Going, 'untilMs'>): Waiting {
  const rank = levels[priority] + (repeatable ? 0 : 10);
  return { rank, sinceMs, departed: false, news: new AbortController() };
}

/** Behind all of the same rank. */
function lineUp(line: Waiting[], me: Waiting): void {
  const at = line.findIndex(({ rank }) => rank > me.rank);
  line.splice(at === -1 ? line.length : at, 0, me);
}

/** When it was the next to try, another one is now. */
function leave({ line }: Outage, me: Waiting): void {
  const at = line.indexOf(me);
  line.splice(at, 1);
  if (at === 0) tell(line.slice(0, 1));
}

function tell(line: readonly Waiting[]): void {
  // With a reason, because without one Node makes an error with its stack each time.
  for (const { news } of line) news.abort('news');
}

/**
 * A longer outage is not sat out: when as many probes have failed as any call has tries, each one that fails ends the waiting of all who
 * were there. Else they would take all the room for work, and whoever comes later would not even hear that it goes on.
 */
function isInVain({ failedProbeCount, probeFailedAtMs }: Outage, { sinceMs }: Waiting): boolean {
  return failedProbeCount >= maxTryCount && probeFailedAtMs > sinceMs;
}

/** The background may wait long for its share of the windows; a person does not wait for it to find out. */
function isNext({ line, probe }: Outage, me: Waiting): boolean {
  return line[0] === me && (probe === undefined || (!probe.departed && me.rank < probe.rank));
}

type Verdict = 'works' | 'nothing' | FeishuError;

/**
 * Only an answer with a code comes from behind Feishu's gateway. Too many calls, a used-up quota and a refused token are said by the
 * gateway itself.
 */
function verdictOf(error: FeishuError | undefined): Verdict {
  if (error === undefined) return 'works';
  if (error.kind === 'passing') return isCardLocked(error) ? 'works' : error;
  const isGateways = error.kind === 'rate' || error.kind === 'quota' || error.kind === 'token';
  return error.code === undefined || isGateways ? 'nothing' : 'works';
}

/** The same for each call that is not made. */
function refusalOf(endpoint: EndpointName, { error }: Outage): FeishuError {
  const { kind, code, subCode, httpStatus, logId, said } = error;
  return new FeishuError({ kind, code, subCode, httpStatus, logId, said, endpoint });
}
