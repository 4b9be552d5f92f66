/** How full the rate windows of each endpoint are, for the metrics: counted here, because windows may be shared and are not asked. */

import type { Clock } from '../clock.ts';
import { type Endpoint, type EndpointName, endpoints } from './endpoints.ts';

export interface LimitFill {
  /** A call departs. */
  departed(endpoint: EndpointName): void;
  /**
   * The calls of this process in the fullest window of each endpoint that was ever called, as a part of what Feishu allows. With
   * several replicas the sum of theirs is what Feishu sees.
   */
  ratios(): ReadonlyMap<EndpointName, number>;
}

export function createLimitFill(clock: Clock): LimitFill {
  const departures = new Map<EndpointName, number[]>();
  const longestMs = (row: Endpoint): number => Math.max(...row.limits.map(({ perMs }) => perMs));

  /** Those that may still count, the oldest first. */
  function recent(endpoint: EndpointName): readonly number[] {
    const times = departures.get(endpoint) ?? [];
    const fromMs = clock.monoMs() - longestMs(endpoints[endpoint]);
    const gone = times.findIndex((atMs) => atMs > fromMs);
    times.splice(0, gone === -1 ? times.length : gone);
    return times;
  }

  return {
    departed(endpoint) {
      const times = departures.get(endpoint);
      if (times === undefined) departures.set(endpoint, [clock.monoMs()]);
      else times.push(clock.monoMs());
      // No more than a window holds, whoever looks how often.
      if (times !== undefined && times.length % 512 === 0) recent(endpoint);
    },
    ratios() {
      const nowMs = clock.monoMs();
      return new Map(
        [...departures.keys()].map((endpoint) => {
          const times = recent(endpoint);
          const fills = endpoints[endpoint].limits.map(
            ({ max, perMs }) => times.filter((atMs) => atMs > nowMs - perMs).length / max,
          );
          return [endpoint, Math.max(...fills)];
        }),
      );
    },
  };
}
