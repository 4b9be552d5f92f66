/** Timers that outlive the process: what a command wants to do later. */

import type { Json } from '../domain.ts';
import type { Queue } from '../store/store.ts';

export interface NewTimer {
  /** `<command>.<timer>`: which handler runs. */
  readonly name: string;
  /** What it is for, within the name: a newer timer of the same key replaces an older one. */
  readonly key: string;
  /** Grows with each change of what the timer is for; an older one never fires after a newer one was set or cancelled. */
  readonly generation: number;
  readonly atMs: number;
  /** Comes to the handler as it is here. */
  readonly value: Json;
}

export interface Timers {
  set(timer: NewTimer): Promise<void>;
  /** Removes the timer unless a newer generation was set. */
  cancel(name: string, key: string, generation: number): Promise<void>;
}

export function createTimers(queue: Pick<Queue, 'later' | 'cancel'>): Timers {
  const keyOf = (name: string, key: string): string => `${name}/${key}`;
  return {
    set: ({ name, key, generation, atMs, value }) =>
      queue.later({ key: keyOf(name, key), generation, atMs, payload: { kind: 'timer', name, value } }),
    cancel: (name, key, generation) => queue.cancel(keyOf(name, key), generation),
  };
}
