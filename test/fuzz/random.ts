/** Numbers that look random and are the same for the same seed, so that every finding can be made again. */

export interface Random {
  /** From 0 to `endCount` - 1. */
  below(endCount: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  pick<T>(list: readonly T[]): T | undefined;
  bytes(count: number): Buffer;
}

/** mulberry32: small, fast, good enough to look everywhere. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (endCount: number): number => Math.floor(next() * endCount);
  function pick<T>(list: readonly [T, ...T[]]): T;
  function pick<T>(list: readonly T[]): T | undefined;
  function pick<T>(list: readonly T[]): T | undefined {
    return list[below(list.length)];
  }
  return {
    below,
    chance: (probability) => next() < probability,
    pick,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}
