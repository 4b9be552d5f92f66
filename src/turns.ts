/** So much work of one kind at a time, the rest in the order in which it came. */

export interface Turns {
  /** Runs `work` at once when there is room for its key, else when its turn comes. Rejects as `work` does. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Keys that have work. A key without work takes no memory. */
  busyCount(): number;
}

/**
 * A queue for each key.
 *
 * Not Bottleneck, which starts a job two to five milliseconds after it was handed over, also when nobody waits: every command
 * comes through here.
 */
export function createTurns(runningMaxCount: number): Turns {
  const keys = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  return {
    async run(key, work) {
      const line = keys.get(key) ?? { running: 0, waiting: [] };
      keys.set(key, line);
      // Whoever ends hands its place to the next one, so that no newcomer slips in between.
      if (line.running >= runningMaxCount) await new Promise<void>((resolve) => line.waiting.push(resolve));
      else line.running += 1;
      try {
        return await work();
      } finally {
        const next = line.waiting.shift();
        if (next !== undefined) next();
        else if (line.running > 1) line.running -= 1;
        else keys.delete(key);
      }
    },
    busyCount: () => keys.size,
  };
}
