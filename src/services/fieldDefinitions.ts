/** The names of custom fields, remembered for ten minutes. */

import type { Clock } from '../clock.ts';
import type { HelpdeskApi } from '../feishu/helpdesk.ts';
import type { FieldDefinition } from '../feishu/wireTicketField.ts';
import type { Log } from '../log.ts';

/** The names of custom fields change with the helpdesk's set-up, so rarely. */
const keepMs = 600_000;

export interface FieldDefinitions {
  /** Reads at most once in ten minutes, whether that succeeds or not. Never rejects: without names a ticket is still a ticket. */
  get(): Promise<readonly FieldDefinition[]>;
}

/** The definitions of custom fields. Callers at the same time share one read; after a failed one the last known are given. */
export function createFieldDefinitions(deps: {
  readonly helpdesk: Pick<HelpdeskApi, 'fieldNames'>;
  readonly clock: Clock;
  readonly log: Log;
}): FieldDefinitions {
  let latest: Promise<readonly FieldDefinition[]> | undefined;
  let askedAtMs = 0;

  const read = async (before: Promise<readonly FieldDefinition[]> | undefined) => {
    try {
      return await deps.helpdesk.fieldNames();
    } catch (error) {
      deps.log.warn({ err: error }, 'the names of the custom fields cannot be read');
      return (await before) ?? [];
    }
  };

  return {
    get() {
      if (latest === undefined || deps.clock.monoMs() - askedAtMs >= keepMs) {
        askedAtMs = deps.clock.monoMs();
        latest = read(latest);
      }
      return latest;
    },
  };
}
