/** Keeps the bytes that are in memory at a time under a limit: whoever wants more waits, first come, first served. */

export interface Reservation {
  /**
   * Holds `bytes` from now on. To hold more it gives back what it has and waits, before those who have nothing yet: so nobody waits
   * while it keeps others waiting, and no more begin than can be held.
   * @throws RangeError for more than the whole budget
   */
  resize(bytes: number): Promise<void>;
  /** Gives everything back. May be called again. */
  release(): void;
}

export interface ByteBudget {
  /** @throws RangeError for more than the whole budget: it would wait for ever */
  reserve(bytes: number): Promise<Reservation>;
  /** What is reserved now. */
  usedBytes(): number;
}

interface Wish {
  readonly bytes: number;
  readonly grant: () => void;
}

export function createByteBudget(totalBytes: number): ByteBudget {
  let used = 0;
  const growing: Wish[] = [];
  const beginning: Wish[] = [];

  const admit = (): void => {
    for (;;) {
      const line = growing.length > 0 ? growing : beginning;
      const [first] = line;
      if (first === undefined || used + first.bytes > totalBytes) return;
      line.shift();
      used += first.bytes;
      first.grant();
    }
  };

  async function wait(line: Wish[], bytes: number): Promise<void> {
    if (!(bytes <= totalBytes)) throw new RangeError(`${bytes} bytes are more than the whole budget`);
    await new Promise<void>((resolve) => {
      line.push({ bytes, grant: resolve });
      admit();
    });
  }

  const reservation = (bytes: number): Reservation => {
    let held = bytes;
    const shrink = (to: number): void => {
      used -= held - to;
      held = to;
      admit();
    };
    return {
      async resize(to) {
        if (to <= held) {
          shrink(to);
          return;
        }
        used -= held;
        held = 0;
        await wait(growing, to);
        held = to;
      },
      release: () => shrink(0),
    };
  };

  return {
    async reserve(bytes) {
      await wait(beginning, bytes);
      return reservation(bytes);
    },
    usedBytes: () => used,
  };
}
