/** Did you mean: the known name that is nearest to a mistyped one. */

export interface Near {
  readonly name: string;
  readonly distance: number;
}

/** No name is longer; what is cut off could only make it less like one. */
const maxCharCount = 40;

/**
 * Finds the nearest of `names`, in whatever script: at most two letters away, or a third of what was typed, and sharing at least
 * half of its letters. Of equally near ones the first. What follows the letters, as in `ticket123` and `ticket:`, does not count.
 */
export function nearest(typed: string, names: readonly string[]): Near | undefined {
  const letters = /^[\p{L}\p{M}]+/u.exec(typed)?.[0] ?? typed;
  const from = [...letters].slice(0, maxCharCount);
  const limit = Math.max(2, Math.floor(from.length / 3));
  let best: Near | undefined;
  for (const name of names) {
    const to = [...name];
    const distance = editDistance(from, to);
    if (distance > limit || distance * 2 > Math.max(from.length, to.length)) continue;
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best;
}

/** Damerau–Levenshtein: letters added, left out, replaced, or two neighbours swapped. */
export function editDistance(from: readonly string[], to: readonly string[]): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = [0, ...to.map((_, index) => index + 1)];
  for (const [i, letter] of from.entries()) {
    const row = [i + 1];
    for (const [j, other] of to.entries()) {
      const replaced = at(last, j) + (letter === other ? 0 : 1);
      const swapped =
        i > 0 && j > 0 && letter === to[j - 1] && from[i - 1] === other
          ? at(beforeLast, j - 1) + 1
          : Infinity;
      row.push(Math.min(replaced, swapped, at(last, j + 1) + 1, at(row, j) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
