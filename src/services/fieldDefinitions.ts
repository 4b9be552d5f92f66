/** The names of custom fields, remembered for ten minutes. */

import type { Clock } from '../clock.ts';
import type { HelpdeskApi } from '../feishu/helpdesk.ts';
import type { FieldDefinition } from '../feishu/wireTicketField.ts';
import type { Log } from '../log.ts';

/** The names of custom fields change with the helpdesk's set-up, so rarely. */
const keepMs = 600_000;

export interface FieldDefinitions {
  /**
   * What is known; when that is ten minutes old it is read again behind it, so that nobody waits but the very first. Never rejects: without
   * names a ticket is still a ticket.
   */
  get(): Promise<readonly FieldDefinition[]>;
}

/** The definitions of custom fields. Callers at the same time share one read; after a failed one the last known are given. */
export function createFieldDefinitions(deps: {
  readonly helpdesk: Pick<HelpdeskApi, 'fieldNames'>;
  readonly clock: Clock;
  readonly log: Log;
}): FieldDefinitions {
  let known: readonly FieldDefinition[] | undefined;
  let reading: Promise<readonly FieldDefinition[]> | undefined;
  let askedAtMs = 0;

  const read = async (): Promise<readonly FieldDefinition[]> => {
    try {
      known = await deps.helpdesk.fieldNames();
    } catch (error) {
      deps.log.warn({ err: error }, 'the names of the custom fields cannot be read');
      known ??= [];
    }
    return known;
  };

  return {
    async get() {
      if (reading === undefined || deps.clock.monoMs() - askedAtMs >= keepMs) {
        askedAtMs = deps.clock.monoMs();
        reading = read();
      }
      return known ?? reading;
    },
  };
}
