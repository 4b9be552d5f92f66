import type { Agent } from '../domain.ts';

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
