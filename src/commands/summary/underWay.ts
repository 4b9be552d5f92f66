/** Work that tells how far it is, for a card that follows it. */

export interface UnderWay<P, T> {
  /** Settles with the work. Nobody has to look at it. */
  readonly done: Promise<T>;
  /** The latest news each time that somebody asks, until the work is over; then it ends. Never throws. */
  follow(): AsyncGenerator<P>;
}

export function underWay<P, T>(work: (tell: (progress: P) => void) => Promise<T>): UnderWay<P, T> {
  let latest: { readonly progress: P } | undefined;
  let isOver = false;
  let wake = (): void => undefined;
  let next = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const turn = (): void => {
    wake();
    next = new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  const done = work((progress) => {
    latest = { progress };
    turn();
  }).finally(() => {
    isOver = true;
    turn();
  });
  // Whoever waits for it hears of a failure; where nobody does, it must not end the process.
  done.catch(() => undefined);
  return {
    done,
    async *follow() {
      for (;;) {
        const waiting = next;
        if (latest !== undefined) {
          const { progress } = latest;
          latest = undefined;
          yield progress;
        } else if (isOver) return;
        else await waiting;
      }
    },
  };
}
