/** A job as BullMQ keeps it: its id, its options, and what is in its data. */

import type { JobsOptions } from 'bullmq';
import { z } from 'zod';
import type { Json } from '../domain.ts';
import type { Priority } from './store.ts';

/** After so many starts without an end, the job itself is taken to be what kills the process. */
export const maxOpenStarts = 5;
/** How long a set-aside job is kept. */
export const keepSetAsideMs = 7 * 86_400_000;

/** What BullMQ says of a job that was started too often without an end. */
const stalledTooOften = 'job stalled more than allowable limit';

/** BullMQ's own order: none is before 1, 1 is before 2. */
const priorities: Readonly<Record<Priority, number>> = { person: 0, card: 1, background: 2 };

/**
 * The deduplication id under which every job is added. It is no job's own: it is a gate that stands open or closed inside one
 * transaction; see `redisPut.ts`.
 */
export const gateId = 'put';

const dataShape = z.object({
  payload: z.custom<Json>((value) => value !== undefined),
  putAtMs: z.number(),
  /** Of a timer that is due. */
  timer: z.object({ key: z.string(), generation: z.number() }).optional(),
});
export type JobData = z.infer<typeof dataShape>;

/** @returns undefined for what no version of the bot has written */
export function dataOf(found: unknown): JobData | undefined {
  return dataShape.safeParse(found).data;
}

/** BullMQ refuses ids with a colon or that are numbers, and uses names such as `wait` itself. */
export function bullId(id: string): string {
  return `job-${id.replaceAll('%', '%25').replaceAll(':', '%3A')}`;
}

export function idOf(bull: string | undefined): string {
  return (bull ?? '').slice('job-'.length).replaceAll('%3A', ':').replaceAll('%25', '%');
}

/** @param timestampMs since when it waits */
export function optionsOf(id: string, priority: Priority, timestampMs: number, delayMs: number): JobsOptions {
  return {
    jobId: bullId(id),
    timestamp: timestampMs,
    priority: priorities[priority],
    delay: Math.ceil(delayMs),
    deduplication: { id: gateId },
    // Its keys are remembered elsewhere, so nothing of it needs to stay.
    removeOnComplete: true,
    removeOnFail: { age: keepSetAsideMs / 1_000 },
    // The message of an error may hold a person's words.
    stackTraceLimit: 0,
  };
}

/** Why it was set aside and how often it was started, in the same words on every storage. */
export function setAsideOf(
  failedReason: string,
  starts: number,
): { readonly reason: string; readonly attempts: number } {
  // BullMQ starts such a job once more to find that it may not run.
  if (failedReason === stalledTooOften)
    return { reason: `started ${maxOpenStarts} times without an end`, attempts: starts - 1 };
  return { reason: failedReason, attempts: starts };
}
