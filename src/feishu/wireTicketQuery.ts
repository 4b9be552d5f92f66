/**
 * `TicketFilter` → the query of the ticket list. What the list cannot filter by is left out; whoever reads must look again.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/list
 */

import type { TicketChannel, TicketFilter, TicketScore, TicketStatus } from '../domain.ts';
import type { QueryValue } from './call.ts';

const statuses: Readonly<Record<TicketStatus, number | undefined>> = {
  created: 1,
  in_progress: 2,
  queueing: 3,
  pending: 4,
  waiting_for_guest: 5,
  closed_by_bot: 50,
  closed_by_agent: 51,
  closed_by_guest: 52,
  unknown: undefined,
};

/** `other` is every number that no page names, so it cannot be asked for. */
const channels: Readonly<Record<TicketChannel, number | undefined>> = {
  qr_code: 2,
  open_api: 9,
  search: 13,
  share: 14,
  other: undefined,
};

const scores: Readonly<Record<TicketScore, number>> = { dissatisfied: 1, average: 2, satisfied: 3 };

/** The parameters. Whether Feishu takes a part of a guest's name is not documented; the whole name works. */
export function ticketQuery(filter: TicketFilter): Readonly<Record<string, QueryValue>> {
  const { created, updated, solved, score, channel } = filter;
  const numbers = filter.statuses?.map((status) => statuses[status]);
  return definedOnly({
    status_list: numbers?.every((number) => number !== undefined) ? numbers : undefined,
    agent_id: filter.agentId,
    guest_id: filter.guestId,
    guest_name: filter.guestName,
    tags: filter.tags,
    channel: channel && channels[channel],
    score: score && scores[score],
    solved: solved === undefined ? undefined : 1 + Number(solved),
    create_time_start: created?.fromMs,
    create_time_end: created?.untilMs,
    update_time_start: updated?.fromMs,
    update_time_end: updated?.untilMs,
  });
}

function definedOnly(
  values: Readonly<Record<string, QueryValue | undefined>>,
): Readonly<Record<string, QueryValue>> {
  const given: Record<string, QueryValue> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) given[name] = value;
  return given;
}
