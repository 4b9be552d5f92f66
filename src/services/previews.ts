/** What link previews need besides the ticket: a short memory, because every reader's client asks for itself, and who has had a card. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { FeishuError } from '../errors.ts';
import type { RecordKind, Records } from '../store/store.ts';
import type { TicketCase, Tickets } from './tickets.ts';

export interface Previews {
  /** The ticket as it was at most 20 s ago. @returns undefined when there is none, or Feishu does not answer */
  ticket(ticketId: string): Promise<TicketCase | undefined>;
  /**
   * Whether a link in this message may have a card: the first message with the ticket in this chat for 30 minutes, whoever reads it.
   * @throws StoreUnavailable
   */
  mayHaveCard(link: {
    readonly ticketId: string;
    readonly chatId: string;
    readonly messageId: string;
  }): Promise<boolean>;
}

const rememberedMs = 20_000;
const rememberedMaxCount = 200;
const cardEveryMs = 30 * 60_000;

/** By `<ticket>/<chat>`. */
const shown: RecordKind<{ messageId: string; atMs: number }> = {
  name: 'preview_card',
  schema: z.object({ messageId: z.string(), atMs: z.number() }),
  keepMs: cardEveryMs,
};

export function createPreviews(deps: {
  readonly tickets: Pick<Tickets, 'get'>;
  readonly records: Records;
  readonly clock: Pick<Clock, 'nowMs' | 'monoMs'>;
}): Previews {
  const { tickets, records, clock } = deps;
  const remembered = new Map<
    string,
    { readonly atMs: number; readonly found: Promise<TicketCase | undefined> }
  >();

  return {
    ticket(ticketId) {
      const nowMs = clock.monoMs();
      const known = remembered.get(ticketId);
      if (known !== undefined && nowMs - known.atMs < rememberedMs) return known.found;
      const found = tickets.get(ticketId).catch((error: unknown) => {
        if (error instanceof FeishuError) return undefined;
        throw error;
      });
      remembered.delete(ticketId);
      remembered.set(ticketId, { atMs: nowMs, found });
      const [oldest] = remembered.keys();
      if (remembered.size > rememberedMaxCount && oldest !== undefined) remembered.delete(oldest);
      return found;
    },

    async mayHaveCard({ ticketId, chatId, messageId }) {
      const key = `${ticketId}/${chatId}`;
      const nowMs = clock.nowMs();
      const known = await records.get(shown, key);
      const holds = known !== undefined && nowMs - known.value.atMs < cardEveryMs;
      if (holds) return known.value.messageId === messageId;
      const written = await records.put(
        shown,
        key,
        { messageId, atMs: nowMs },
        { expect: known?.version ?? 0 },
      );
      if (written !== 'conflict') return true;
      return (await records.get(shown, key))?.value.messageId === messageId;
    },
  };
}
