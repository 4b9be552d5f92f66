/** Quantiles and counts, from plain lists. What is not known is left out before it comes here. */

/**
 * The value below which this share of the values lies, by straight lines between neighbours: the same that spreadsheets call
 * `PERCENTILE` (type 7 of Hyndman and Fan). Undefined when there are no values.
 * @param share from 0 to 1
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(place)];
  const upper = sorted[Math.ceil(place)];
  if (lower === undefined || upper === undefined) return undefined;
  return lower + (upper - lower) * (place - Math.floor(place));
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/** How often each comes. */
export function tally<K>(keys: readonly K[]): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
