/** Keeps the bytes that are in memory at a time under a limit: whoever wants more waits, first come, first served. */

export interface Reservation {
  /** Gives back what is over `bytes`. Never takes more. */
  shrink(bytes: number): void;
  /** Gives everything back. May be called again. */
  release(): void;
}

export interface ByteBudget {
  /** @throws RangeError for more than the whole budget: it would wait for ever */
  reserve(bytes: number): Promise<Reservation>;
  /** What is reserved now. */
  usedBytes(): number;
}

export function createByteBudget(totalBytes: number): ByteBudget {
  let used = 0;
  const waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  const admit = (): void => {
    for (
      let first = waiting[0];
      first !== undefined && used + first.bytes <= totalBytes;
      first = waiting[0]
    ) {
      waiting.shift();
      used += first.bytes;
      first.start();
    }
  };

  const reservation = (bytes: number): Reservation => {
    let held = bytes;
    const shrink = (to: number): void => {
      const kept = Math.max(0, Math.min(held, to));
      used -= held - kept;
      held = kept;
      admit();
    };
    return { shrink, release: () => shrink(0) };
  };

  return {
    async reserve(bytes) {
      if (!(bytes <= totalBytes)) throw new RangeError(`${bytes} bytes are more than the whole budget`);
      await new Promise<void>((resolve) => {
        waiting.push({ bytes, start: resolve });
        admit();
      });
      return reservation(bytes);
    },
    usedBytes: () => used,
  };
}
