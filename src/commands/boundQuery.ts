/** From what was typed to what is asked of the helpdesk: who `me` is, which agent a name means, when a period begins and ends. */

import type { Context } from '../command.ts';
import type { TicketFilter } from '../domain.ts';
import { UserError } from '../errors.ts';
import type { TicketQuery } from '../filters.ts';
import { spansOf } from '../periods.ts';
import { sentence } from '../text.ts';

/** The query with people instead of `me` and names: the same for whoever presses a button of its card. */
export async function withPeople(
  query: TicketQuery,
  { askerId, agents }: Pick<Context, 'askerId' | 'agents'>,
): Promise<TicketQuery> {
  const { agent } = query;
  if (agent === undefined || agent.kind === 'id') return query;
  if (agent.kind === 'me') return { ...query, agent: { kind: 'id', openId: askerId } };
  const wanted = plain(agent.name);
  const named = (await agents.roster()).agents.filter(({ person }) => plain(person.name) === wanted);
  const openId = named.length === 1 ? named[0]?.person.openId : undefined;
  if (openId === undefined) {
    const { name } = agent;
    throw new UserError(named.length === 0 ? noAgent({ name }) : severalAgents({ name }), mention({ name }));
  }
  return { ...query, agent: { kind: 'id', openId } };
}

const plain = (name: string): string => name.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase();

/** The query as a filter, without the agent where that is not an open id, and without the time. */
export function filterOf({ agent, period: _period, sort: _sort, ...rest }: TicketQuery): TicketFilter {
  return agent?.kind === 'id' ? { ...rest, agentId: agent.openId } : rest;
}

/** The same, for tickets that were created in the period. */
export function createdIn(query: TicketQuery, nowMs: number, timeZone: string): TicketFilter {
  const { period } = query;
  if (period === undefined) return filterOf(query);
  return { ...filterOf(query), created: spansOf(period, nowMs, timeZone).current };
}

const noAgent = sentence(
  '没有名为“{name}”的客服。',
  'No agent is called “{name}”.',
  '「{name}」という担当者はいません。',
);
const severalAgents = sentence(
  '有多位客服名为“{name}”。',
  'Several agents are called “{name}”.',
  '「{name}」という担当者が複数います。',
);
const mention = sentence(
  '请用 @ 指定，例如 agent:@{name}。',
  'Mention the person, such as agent:@{name}.',
  'agent:@{name} のようにメンションしてください。',
);
