/** Reads the tickets that a summary is made of, and says how far it is. */

import type { Context } from '../../command.ts';
import type { Ticket, TicketFilter } from '../../domain.ts';
import { closedStatuses, openStatuses } from '../../filterWords.ts';
import type { Spans } from '../../periods.ts';

export interface Collected {
  readonly tickets: readonly Ticket[];
  readonly isWhole: boolean;
}

export interface Progress {
  readonly readCount: number;
  readonly expectedCount: number;
}

/**
 * Three lists, each in the background: what was opened since the period before began, what was closed since then (a list of what has
 * changed, because Feishu cannot be asked for the moment of closing), and what is open now. Each ticket once.
 * @throws FeishuError
 */
export async function collect(
  { ticketLists }: Pick<Context, 'ticketLists'>,
  filter: TicketFilter,
  { current, before }: Spans,
  nowMs: number,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Collected> {
  const wanted = filter.statuses;
  const among = (statuses: readonly Ticket['status'][]): TicketFilter => ({
    ...filter,
    statuses: statuses.filter((status) => wanted?.includes(status) ?? true),
  });
  const lists: readonly TicketFilter[] = [
    { ...filter, created: { fromMs: before.fromMs, untilMs: current.untilMs } },
    { ...among(closedStatuses), updated: { fromMs: before.fromMs, untilMs: nowMs } },
    among(openStatuses),
  ].filter(({ statuses }) => statuses === undefined || statuses.length > 0);
  const progress = lists.map((): Progress => ({ readCount: 0, expectedCount: 0 }));
  const parts = await Promise.all(
    lists.map((list, index) =>
      ticketLists.read(list, {
        onProgress: (part) => {
          progress[index] = part;
          onProgress(sum(progress));
        },
      }),
    ),
  );
  const byId = new Map(parts.flatMap(({ tickets }) => tickets.map((ticket) => [ticket.id, ticket] as const)));
  return { tickets: [...byId.values()], isWhole: parts.every(({ isWhole }) => isWhole) };
}

function sum(parts: readonly Progress[]): Progress {
  return {
    readCount: parts.reduce((count, part) => count + part.readCount, 0),
    expectedCount: parts.reduce((count, part) => count + part.expectedCount, 0),
  };
}
