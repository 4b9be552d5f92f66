/** What becomes of a job whose work failed after everything that could be done at once was done. */

import type { Clock } from './clock.ts';
import { FeishuError } from './errors.ts';
import type { Log } from './log.ts';
import { type Job, type Outcome, StoreUnavailable } from './store/store.ts';

/** An answer that cannot be delivered is tried again for this long; then an operator must look. */
const giveUpAfterMs = 24 * 3_600_000;
const firstPauseMs = 15_000;
const longestPauseMs = 600_000;

/**
 * Decides by the kind of the error. The client has already tried again for up to two minutes, so what comes here is an outage, a
 * wrong set-up, or a bug.
 * - An outage or a set-up that an administrator can mend: the job waits, longer and longer, for up to a day.
 * - A chat that the bot cannot reach: nothing can be said there; the job ends.
 * - Anything else: set aside for an operator.
 */
export function afterFailure(
  error: unknown,
  job: Job,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Outcome {
  if (error instanceof StoreUnavailable) {
    log.error({ err: error, eventId: job.id }, 'the storage is away; trying again later');
    return { kind: 'again', afterMs: firstPauseMs };
  }
  if (!(error instanceof FeishuError)) {
    log.error({ err: error, eventId: job.id }, 'a bug stopped this job; it is set aside');
    return { kind: 'set_aside', reason: error instanceof Error ? error.name : 'unknown' };
  }
  switch (error.kind) {
    case 'passing':
    case 'rate':
    case 'in_flight':
    case 'token':
    case 'setup':
    case 'scope':
    case 'quota':
      return later(error, job, clock.nowMs() - job.putAtMs, log);
    case 'unreachable_chat':
      log.warn({ err: error, eventId: job.id }, 'the bot cannot speak in this chat; dropped');
      return { kind: 'done' };
    case 'not_found':
    case 'forbidden':
    case 'deleted':
    case 'rejected_card':
    case 'rejected_content':
    case 'gone_target':
    case 'bad_picture':
    case 'invalid':
    case 'unknown':
      log.error({ err: error, eventId: job.id }, 'the answer was refused; the job is set aside');
      return { kind: 'set_aside', reason: `${error.endpoint}: ${error.kind} ${error.code ?? ''}`.trim() };
  }
}

function later(error: FeishuError, job: Job, ageMs: number, log: Log): Outcome {
  if (ageMs >= giveUpAfterMs) {
    log.error({ err: error, eventId: job.id }, 'the answer could not be delivered for a day; set aside');
    return { kind: 'set_aside', reason: `${error.endpoint}: ${error.kind} ${error.code ?? ''}`.trim() };
  }
  const afterMs = Math.min(longestPauseMs, Math.max(firstPauseMs, ageMs / 2));
  log.warn({ err: error, eventId: job.id, afterMs }, 'the answer could not be delivered; trying again later');
  return { kind: 'again', afterMs };
}
