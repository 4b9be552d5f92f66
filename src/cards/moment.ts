/** Moments as people write them: `2025-03-04 09:05`, the same in all languages, in the zone that the operator chose. */

/** With the zone's name, for a date that stands alone. */
export function moment(atMs: number, timeZone: string): string {
  return `${shortMoment(atMs, timeZone)} (${timeZone})`;
}

/** Without the zone, for lists whose heading names it. A moment that no calendar has is "—". */
export function shortMoment(atMs: number, timeZone: string): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return '—';
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const part = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => part.get(type) ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
}
