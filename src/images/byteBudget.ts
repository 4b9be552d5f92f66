/**
 * Keeps the bytes that are in memory at a time under a limit: whoever wants more waits, the urgent before the others, and those first come,
 * first served.
 */

/** What is not urgent may begin up to this part of the budget, so that what is urgent always finds room. */
const patientShare = 0.7;

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
  /**
   * @param urgent default true
   * @throws RangeError for more than the whole budget: it would wait for ever
   */
  reserve(bytes: number, urgent?: boolean): Promise<Reservation>;
  /** What is reserved now. */
  usedBytes(): number;
}

interface Wish {
  readonly bytes: number;
  readonly grant: () => void;
}

interface Lines {
  /** Those who had something, and gave it back to get more. */
  readonly growing: Wish[];
  readonly beginning: Wish[];
  /** Up to so much may be used when another one begins. */
  readonly beginBytes: number;
}

const hasWish = ({ growing, beginning }: Lines): boolean => growing.length + beginning.length > 0;

export function createByteBudget(totalBytes: number): ByteBudget {
  let used = 0;
  const urgent: Lines = { growing: [], beginning: [], beginBytes: totalBytes };
  const patient: Lines = { growing: [], beginning: [], beginBytes: totalBytes * patientShare };

  /** The line whose turn it is, with what may be used once its first wish is granted. */
  const next = (): { readonly line: Wish[]; readonly maxBytes: number } => {
    const { growing, beginning, beginBytes } = hasWish(urgent) ? urgent : patient;
    if (growing.length > 0) return { line: growing, maxBytes: totalBytes };
    // Alone, it may begin however large it is.
    return { line: beginning, maxBytes: used === 0 ? totalBytes : beginBytes };
  };

  const admit = (): void => {
    for (;;) {
      const { line, maxBytes } = next();
      const [first] = line;
      if (first === undefined || used + first.bytes > maxBytes) return;
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

  const reservation = (bytes: number, { growing }: Lines): Reservation => {
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
    async reserve(bytes, isUrgent = true) {
      const lines = isUrgent ? urgent : patient;
      await wait(lines.beginning, bytes);
      return reservation(bytes, lines);
    },
    usedBytes: () => used,
  };
}
