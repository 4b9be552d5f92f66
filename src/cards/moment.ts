/** Moments as people write them: `2025-03-04 09:05`, the same in all languages, in the zone that the operator chose. */

/** One for the operator's zone: to make it takes a dozen times as long as to use it, and a card shows many moments. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** With the zone's name, for a date that stands alone. */
export function moment(atMs: number, timeZone: string): string {
  return `${shortMoment(atMs, timeZone)} (${timeZone})`;
}

/** Without the zone, where the card names it besides: in its last line, or over a list. A moment that no calendar has is "—". */
export function shortMoment(atMs: number, timeZone: string): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return '—';
  const part = new Map(
    formatOf(timeZone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => part.get(type) ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** The time of the day, `09:05`; with the date where it is another day than that of the view. */
export function clockTime(
  atMs: number,
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): string {
  const whole = shortMoment(atMs, timeZone);
  const [day, time = whole] = whole.split(' ');
  return day === shortMoment(nowMs, timeZone).split(' ')[0] ? time : whole;
}
