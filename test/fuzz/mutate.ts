/** Changes to JSON, text and bytes that keep most of the shape, so that what reads them gets far before it meets the oddity. */

import type { Random } from './random.ts';

const oddStrings = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    'null',
    '[object Object]',
    '__proto__',
    'constructor',
    'ou_agent',
    '../..',
    '%2e%2e',
  ],
  ...[
    '<at id=all></at>',
    '&lt;at id=all&gt;',
    '[x](https://evil.example)',
    '{{x}}',
    "' OR 1=1 --",
    '/ticket 1',
    '／ｔ 1',
  ],
  ...[
    '\u0000',
    '\u202E\u2066',
    '\u200B\u200D',
    '\ud800',
    '\udc00x',
    '\r\nX-Evil: 1',
    '👨‍👩‍👧',
    'e\u0301'.repeat(20),
    '字'.repeat(200),
  ],
  ...[
    '9007199254740993',
    '1767603600000000',
    '١٢٣',
    '１２３',
    'a@b.example',
    '13800138000',
    '"},{"',
    '\\',
    '\\u0000',
  ],
] as const;

const oddValues: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1e308, 2 ** 53 + 1, 0.1, Number.MIN_VALUE],
  ...[[], {}, [[]], [null], { a: null }, [[[[[[]]]]]]],
];

export function oddString(random: Random): string {
  const one = random.pick(oddStrings);
  if (random.chance(0.02)) return one.repeat(random.below(3_000));
  return random.chance(0.2) ? one + random.pick(oddStrings) : one;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A place in a value: what holds it, and under which name. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (!Array.isArray(value) && !isObject(value)) return found;
  for (const [key, inner] of Object.entries(value)) {
    found.push({ holder: value, key });
    placesIn(inner, found);
  }
  return found;
}

const read = ({ holder, key }: Place): unknown => Reflect.get(holder, key);
/** A copy, so that nothing ever holds itself. */
const copyOf = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
const write = ({ holder, key }: Place, given: unknown): void => {
  const value = copyOf(given);
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
};

const sizeOf = (value: unknown): number => JSON.stringify(value ?? null).length;

/** Deeper than anything that is read. */
function nest(value: unknown, levels: number): unknown {
  let nested = value;
  for (let level = 0; level < levels; level += 1) nested = level % 2 === 0 ? [nested] : { a: nested };
  return nested;
}

/** A copy of a JSON value with a few changes: members dropped, renamed, swapped, doubled, of other types, nested, made long. */
export function mutateJson(original: unknown, random: Random): unknown {
  const value = copyOf(original);
  const changeCount = 1 + random.below(4);
  for (let change = 0; change < changeCount; change += 1) {
    const places = placesIn(value);
    const place = random.pick(places);
    const other = random.pick(places);
    if (place === undefined || other === undefined) break;
    changeOne(place, other, random);
  }
  // As it would come over the wire: without holes in lists, and without members that only lists can have.
  return copyOf(value);
}

function changeOne(place: Place, other: Place, random: Random): void {
  const { holder, key } = place;
  const before = read(place);
  switch (random.below(10)) {
    case 0:
      Reflect.deleteProperty(holder, key);
      return;
    case 1:
      write({ holder, key: oddString(random) }, before);
      return;
    case 2:
      write(place, read(other));
      return;
    case 3:
      write(place, random.pick(oddValues));
      return;
    case 4:
      write(place, nest(before, random.pick([1, 2, 30, 70] as const)));
      return;
    case 5:
      write(place, Array(Math.floor(Math.min(random.below(300), 100_000 / sizeOf(before)))).fill(before));
      return;
    case 6:
      write(place, typeof before === 'string' ? mutateText(before, random) : String(before));
      return;
    default:
      write(place, oddString(random));
  }
}

/** A text with pieces cut, doubled, put in or turned around. */
export function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = at + random.below(text.length - at + 1);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, end) + text.slice(at);
    case 2:
      return text.slice(0, at) + oddString(random) + text.slice(at);
    case 3:
      return text.slice(0, at) + [...text.slice(at, end)].reverse().join('') + text.slice(end);
    default:
      return text.slice(0, at) + oddString(random) + text.slice(end);
  }
}

/** Bytes with some of them flipped, cut off, doubled or put in. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const at = random.below(changed.length + 1);
  switch (random.below(5)) {
    case 0:
      return changed.subarray(0, at);
    case 1:
      return Buffer.concat([
        changed.subarray(0, at),
        random.bytes(1 + random.below(20)),
        changed.subarray(at),
      ]);
    case 2:
      return Buffer.concat([changed, changed.subarray(at)]);
    case 3:
      return Buffer.concat([changed.subarray(0, at), changed.subarray(at + random.below(50))]);
    default:
      for (let flips = 0; flips <= random.below(6) && changed.length > 0; flips += 1) {
        const where = random.below(changed.length);
        changed[where] = (changed[where] ?? 0) ^ (1 << random.below(8));
      }
      return changed;
  }
}
