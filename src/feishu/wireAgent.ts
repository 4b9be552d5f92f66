/**
 * An entry of the agent schedules → `Agent`.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/agent-function/agent-schedules/list
 */

import { z } from 'zod';
import type { Agent } from '../domain.ts';
import { field, lineOf, listOf, numberOf, objectOf, personOf } from './wire.ts';

/** The numbers of `status`, as the endpoint's query takes them too. */
export const agentStatus = { online: 1, offline: 2, off_duty: 3, removed: 4 } as const;

const states: ReadonlyMap<number, Agent['state']> = new Map([
  [agentStatus.online, 'online'],
  [agentStatus.offline, 'offline'],
  [agentStatus.off_duty, 'off_duty'],
  [agentStatus.removed, 'removed'],
]);

const scheduleShape = z.object({
  status: field((value) => states.get(numberOf(value) ?? Number.NaN) ?? 'unknown'),
  agent: field(personOf),
  agent_skills: field((value) =>
    listOf(value)
      .map((skill) => lineOf(objectOf(skill)?.['name']))
      .filter((name) => name !== ''),
  ),
});

/** Reads one entry. Undefined when it does not say whom it is about: rights must not hang on a name. Never throws. */
export function parseAgent(value: unknown): Agent | undefined {
  const { status, agent, agent_skills: skills } = scheduleShape.parse(objectOf(value) ?? {});
  return agent?.openId === undefined ? undefined : { person: agent, state: status, skills };
}
