/** Who did what with a ticket, where and when. Ids only: nothing that was said or shown is written down. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RecordKind, Records } from '../store/store.ts';

export interface AuditEntry {
  /** The name of a command or of a button, such as `export`. */
  readonly what: string;
  readonly ticket: string;
  /** The open id of the person. */
  readonly who: string;
  readonly chatId: string;
  readonly allowed: boolean;
  readonly atMs: number;
}

export interface Audit {
  /** Writes it down, durably, before the work begins. @throws StoreUnavailable */
  note(entry: Omit<AuditEntry, 'atMs'> & { readonly eventId?: string }): Promise<void>;
  /** The newest first. */
  ofTicket(ticketId: string, limit: number): Promise<readonly AuditEntry[]>;
}

const entries: RecordKind<AuditEntry> = {
  name: 'audit',
  schema: z.object({
    what: z.string(),
    ticket: z.string(),
    who: z.string(),
    chatId: z.string(),
    allowed: z.boolean(),
    atMs: z.number(),
  }),
  keepMs: 180 * 86_400_000,
};

/** Kept for 180 days and listed by ticket; each entry is a line in the log too. */
export function createAudit(deps: {
  readonly records: Records;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
}): Audit {
  const { records, clock, log } = deps;
  return {
    async note({ eventId, ...entry }) {
      const atMs = clock.nowMs();
      const { what, ticket, who, chatId } = entry;
      // Work that is done once more after a crash is the same deed; without its event, the same within one millisecond is.
      const key = [ticket, eventId ?? atMs, what, who, chatId].join('/');
      await records.put(entries, key, { ...entry, atMs }, { index: ticket });
      log.info({ ...entry, eventId }, 'audit');
    },
    async ofTicket(ticketId, limit) {
      const found = await records.list(entries, ticketId, limit);
      return found.map(({ value }) => value).sort((a, b) => b.atMs - a.atMs);
    },
  };
}
