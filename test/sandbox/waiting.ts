import type { StreamItem } from './controlShapes.ts';

/** Those who hear of every message, call, delivery and toast. */
export type Listeners = Set<(item: StreamItem) => void>;

/** Resolves with what `probe` answers as soon as it is not undefined; it is asked again after everything that happens. */
export function waitFor<T>(listeners: Listeners, probe: () => T | undefined, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      listeners.delete(look);
      clearTimeout(timer);
      settle();
    };
    const look = (): void => {
      try {
        const value = probe();
        if (value !== undefined) end(() => resolve(value));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const timer = setTimeout(
      () =>
        end(() =>
          reject(new Error(`Nothing came within ${timeoutMs} ms: ${probe.toString().slice(0, 200)}`)),
        ),
      timeoutMs,
    );
    listeners.add(look);
    look();
  });
}
