/** The queue as the port describes it: fed with what is asked of the real one and with what that one starts. */

import { expect } from 'vitest';
import type { Job } from '../../src/store/store.ts';

/** What a handler does at one start of a job. After the last one of its plan it is done. */
export type Act = 'again' | 'hang' | 'set_aside' | 'throw';

/** What is known about one job or timer. */
interface Known {
  readonly id: string;
  plan: readonly Act[];
  /** No start before this. */
  notBeforeMs: number;
  state: 'waiting' | 'running' | 'set_aside' | 'done' | 'gone';
  starts: number;
  /** Starts since the last orderly end. */
  openStarts: number;
}

export interface Model {
  readonly jobs: Map<string, Known>;
  readonly keys: Set<string>;
  readonly generations: Map<string, number>;
}

export const createModel = (): Model => ({ jobs: new Map(), keys: new Set(), generations: new Map() });

function add({ jobs }: Model, id: string, plan: readonly Act[], notBeforeMs: number): void {
  jobs.set(id, { id, plan, notBeforeMs, state: 'waiting', starts: 0, openStarts: 0 });
}

export function put(
  model: Model,
  id: string,
  keys: readonly string[],
  plan: readonly Act[],
  notBeforeMs: number,
): 'stored' | 'duplicate' {
  if (keys.some((key) => model.keys.has(key))) return 'duplicate';
  for (const key of keys) model.keys.add(key);
  add(model, id, plan, notBeforeMs);
  return 'stored';
}

/** Of a job that has been started once, the hold is over. */
export function release({ jobs }: Model, id: string, nowMs: number): void {
  const known = jobs.get(id);
  if (known?.state === 'waiting' && known.starts === 0)
    known.notBeforeMs = Math.min(known.notBeforeMs, nowMs);
}

export function later(model: Model, key: string, generation: number, atMs: number): void {
  if ((model.generations.get(key) ?? 0) >= generation) return;
  endTimers(model, key, generation - 1);
  model.generations.set(key, generation);
  add(model, `timer/${key}/${generation}`, [], atMs);
}

export function cancel(model: Model, key: string, generation: number): void {
  endTimers(model, key, generation);
  model.generations.set(key, Math.max(model.generations.get(key) ?? 0, generation));
}

/** Up to a generation they may not start any more. */
function endTimers({ jobs }: Model, key: string, upTo: number): void {
  for (let generation = 1; generation <= upTo; generation += 1) {
    const known = jobs.get(`timer/${key}/${generation}`);
    if (known !== undefined && known.state !== 'done') known.state = 'gone';
  }
}

/**
 * A start that the store has made: may it, and what comes of it?
 * @param calm everything ends well from now on
 */
export function start({ jobs }: Model, { id, attempt }: Job, nowMs: number, calm: boolean): Act | 'done' {
  const known = jobs.get(id);
  if (known === undefined) throw new Error(`${id} was never stored`);
  expect([id, known.state]).toEqual([id, 'waiting']);
  expect(nowMs).toBeGreaterThanOrEqual(known.notBeforeMs);
  known.starts += 1;
  known.openStarts += 1;
  expect([id, attempt]).toEqual([id, known.starts]);
  expect(known.openStarts).toBeLessThanOrEqual(5);
  const [next = 'done', ...rest] = calm ? [] : known.plan;
  known.plan = rest;
  if (next === 'hang') known.state = 'running';
  else if (next === 'again') Object.assign(known, { notBeforeMs: nowMs + 1_000, openStarts: 0 });
  else known.state = next === 'done' ? 'done' : 'set_aside';
  return next;
}

/** The process is gone, with its running jobs. */
export function crash({ jobs }: Model): void {
  for (const known of jobs.values())
    if (known.state === 'running') known.state = known.openStarts >= 5 ? 'set_aside' : 'waiting';
}

/** The running jobs are handed back. */
export function stop({ jobs }: Model): void {
  for (const known of jobs.values())
    if (known.state === 'running')
      Object.assign(known, { state: 'waiting', openStarts: known.openStarts - 1 });
}

export function replay({ jobs }: Model, id: string): boolean {
  const known = jobs.get(id);
  if (known?.state !== 'set_aside') return false;
  Object.assign(known, { state: 'waiting', starts: 0, openStarts: 0 });
  return true;
}

export function idsIn({ jobs }: Model, state: Known['state']): string[] {
  return [...jobs.values()]
    .filter((known) => known.state === state)
    .map(({ id }) => id)
    .sort();
}
