/** Asks Feishu to tell the bot what happens in the helpdesk: besides the developer console, every helpdesk wants to be asked itself. */

import type { Clock } from '../clock.ts';
import { FeishuError } from '../errors.ts';
import { endpoints } from '../feishu/endpoints.ts';
import type { HelpdeskApi } from '../feishu/helpdesk.ts';
import type { Log } from '../log.ts';

const firstPauseMs = 2_000;
const longestPauseMs = 600_000;

export interface EventSubscriptionDeps {
  readonly helpdesk: Pick<HelpdeskApi, 'subscribeEvents'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Subscribes once, and tries again while Feishu cannot be reached; the call may be repeated without harm. When the bot may not
 * subscribe, the log says what is missing, and the bot goes on: its cards are then as new as the last click.
 * @returns how to stop trying
 */
export function subscribeToHelpdesk(deps: EventSubscriptionDeps): () => void {
  const stopped = new AbortController();
  const ask = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!stopped.signal.aborted && !(await isSettled(deps, pauseMs))) {
      await deps.clock.sleep(pauseMs, stopped.signal);
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    }
  };
  void ask();
  return () => stopped.abort();
}

/** Asks once. @returns false when it makes sense to ask again */
async function isSettled({ helpdesk, log }: EventSubscriptionDeps, pauseMs: number): Promise<boolean> {
  try {
    await helpdesk.subscribeEvents();
    log.info('the helpdesk tells the bot about its tickets');
    return true;
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    if (mayPass(error)) {
      log.warn({ err: error, pauseMs }, 'the helpdesk’s events could not be subscribed; trying again');
      return false;
    }
    const scopes = error.scopes.length > 0 ? error.scopes : endpoints.eventsSubscribe.scopes;
    log.warn({ err: error, scopes }, notSubscribed(scopes));
    return true;
  }
}

function notSubscribed(scopes: readonly string[]): string {
  const what = 'the bot may not subscribe to the helpdesk’s events, so its cards do not follow their tickets';
  return `${what}; grant one of ${scopes.join(', ')} and publish a version`;
}

/** An outage, or something that an administrator may mend while the bot runs, without a permission being the matter. */
function mayPass({ kind }: FeishuError): boolean {
  return (
    kind === 'passing' || kind === 'rate' || kind === 'in_flight' || kind === 'token' || kind === 'setup'
  );
}
