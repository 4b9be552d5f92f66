/** When the organisation's monthly calls are used up, calling on only makes it worse: almost nothing leaves the process then. */

import type { Clock } from '../clock.ts';
import { FeishuError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type EndpointFamily, familyOf } from './endpointFamily.ts';
import type { EndpointName } from './endpoints.ts';

const probeEveryMs = 10 * 60_000;

export interface Quota {
  /** The error for a call that would be in vain: the quota of its family is used up and no try is due. */
  refusal(endpoint: EndpointName): FeishuError | undefined;
  /** The same for a call that departs now; when it may, it is the one try of these 10 minutes. */
  departing(endpoint: EndpointName): FeishuError | undefined;
  /** Feishu answered that the quota is used up. */
  usedUp(endpoint: EndpointName, error: FeishuError): void;
  /** Feishu took a call: there is quota again. */
  taken(endpoint: EndpointName): void;
}

interface Closed {
  readonly error: FeishuError;
  probeAtMs: number;
}

/** In memory, by family: the part of Feishu that answered 99991403. */
export function createQuota(clock: Clock, log: Log): Quota {
  const closed = new Map<EndpointFamily, Closed>();
  function refusal(endpoint: EndpointName): FeishuError | undefined {
    const state = closed.get(familyOf(endpoint));
    if (state === undefined || clock.monoMs() >= state.probeAtMs) return undefined;
    const { code, logId, said } = state.error;
    return new FeishuError({ kind: 'quota', code, logId, said, endpoint });
  }

  return {
    refusal,
    departing(endpoint) {
      const error = refusal(endpoint);
      const state = closed.get(familyOf(endpoint));
      if (error === undefined && state !== undefined) state.probeAtMs = clock.monoMs() + probeEveryMs;
      return error;
    },
    usedUp(endpoint, error) {
      const family = familyOf(endpoint);
      closed.set(family, { error, probeAtMs: clock.monoMs() + probeEveryMs });
      log.warn(
        { err: error, family, probeAfterMs: probeEveryMs },
        'monthly quota used up; calls are held back',
      );
    },
    taken(endpoint) {
      if (closed.delete(familyOf(endpoint))) log.warn({ family: familyOf(endpoint) }, 'quota is back');
    },
  };
}
