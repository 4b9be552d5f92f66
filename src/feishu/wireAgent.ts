/**
 * An entry of the agent schedules → `Agent`.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/agent-function/agent-schedules/list
 */

import { z } from 'zod';
import type { Agent, DutyHours } from '../domain.ts';
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
  schedule: field((value) => listOf(value).flatMap((hours) => hoursOf(hours) ?? [])),
  agent_skills: field((value) =>
    listOf(value)
      .map((skill) => lineOf(objectOf(skill)?.['name']))
      .filter((name) => name !== ''),
  ),
});

/** Reads one entry. Undefined when it does not say whom it is about: rights must not hang on a name. Never throws. */
export function parseAgent(value: unknown): Agent | undefined {
  const { status, agent, agent_skills: skills, schedule: hours } = scheduleShape.parse(objectOf(value) ?? {});
  return agent?.openId === undefined ? undefined : { person: agent, state: status, skills, hours };
}

const everyDay = [1, 2, 3, 4, 5, 6, 7];
/** The numbers of `weekday` that mean several days. */
const daysOf: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  ...everyDay.map((day): [number, number[]] => [day, [day]]),
  [9, everyDay],
  [10, everyDay.slice(0, 5)],
  [11, everyDay.slice(5)],
]);

function hoursOf(value: unknown): DutyHours | undefined {
  const { weekday, start_time: from, end_time: until } = objectOf(value) ?? {};
  const weekdays = daysOf.get(numberOf(weekday) ?? Number.NaN);
  const [fromMin, untilMin] = [minuteOf(from), minuteOf(until)];
  if (weekdays === undefined || fromMin === undefined || untilMin === undefined) return undefined;
  return { weekdays, fromMin, untilMin };
}

/** `09:30` and `24:00` → minutes since midnight. */
function minuteOf(value: unknown): number | undefined {
  const found = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(lineOf(value));
  if (found === null) return undefined;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  const total = hour * 60 + minute;
  return minute < 60 && total <= 1_440 ? total : undefined;
}
