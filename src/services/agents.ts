/** Who the agents of the helpdesk are now. */

import type { Clock } from '../clock.ts';
import type { Agent } from '../domain.ts';
import type { HelpdeskApi } from '../feishu/helpdesk.ts';
import { agentStatus } from '../feishu/wireAgent.ts';

/** The helpdesk's agents at one moment, at most a minute ago. */
export interface Roster {
  readonly readAtMs: number;
  readonly agents: readonly Agent[];
}

export interface Agents {
  /**
   * The roster, read again when it is more than 60 s old; callers at the same time share one read.
   * @throws FeishuError when it is too old and cannot be read
   */
  roster(): Promise<Roster>;
}

const keepMs = 60_000;
/** Who counts as an agent. Removed people do not, nor does a state that nobody has told us about: rights hang on this. */
const serving = [agentStatus.online, agentStatus.offline, agentStatus.off_duty] as const;
const servingStates: ReadonlySet<Agent['state']> = new Set(['online', 'offline', 'off_duty']);

/**
 * Reads the roster from the agent schedules. Its age counts from the start of the read, on a clock that never jumps. A failed read is
 * shared by those who waited for it and then forgotten.
 */
export function createAgents(deps: {
  readonly helpdesk: Pick<HelpdeskApi, 'agentSchedules'>;
  readonly clock: Clock;
}): Agents {
  let latest: { readonly startedAtMs: number; readonly roster: Promise<Roster> } | undefined;

  const read = async (readAtMs: number): Promise<Roster> => {
    const agents = await deps.helpdesk.agentSchedules(serving);
    return { readAtMs, agents: onePerPerson(agents.filter(({ state }) => servingStates.has(state))) };
  };

  return {
    roster() {
      const nowMs = deps.clock.monoMs();
      if (latest !== undefined && nowMs - latest.startedAtMs <= keepMs) return latest.roster;
      const flight = { startedAtMs: nowMs, roster: read(deps.clock.nowMs()) };
      latest = flight;
      flight.roster.catch(() => {
        if (latest === flight) latest = undefined;
      });
      return flight.roster;
    },
  };
}

/** Each person once; the first entry counts. */
function onePerPerson(agents: readonly Agent[]): readonly Agent[] {
  const found = new Map<string | undefined, Agent>();
  for (const agent of agents) if (!found.has(agent.person.openId)) found.set(agent.person.openId, agent);
  return [...found.values()];
}
