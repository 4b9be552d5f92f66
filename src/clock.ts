/** Time, as a value that tests can replace. */
export interface Clock {
  /** Wall time in milliseconds since 1970. May jump; for people and for storage only. */
  nowMs(): number;
  /** A clock that never goes back, in milliseconds from an unknown start; for measuring. */
  monoMs(): number;
  /**
   * Resolves after `ms`, or at once when `signal` is aborted: whoever waits looks at the signal afterwards.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `ring` after `ms`, unless what it returns is called before. Cheaper than a `sleep` with a signal. */
  alarm(ms: number, ring: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monoMs: () => performance.now(),
  alarm(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};
