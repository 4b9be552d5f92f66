/** Tickets made by hand, for the tests of figures. */

import type { Ticket } from '../../src/domain.ts';
import { say } from '../../src/text.ts';

const nothing: Ticket = {
  id: '0',
  helpdeskId: undefined,
  guest: undefined,
  owner: undefined,
  agents: [],
  collaborators: [],
  closedBy: undefined,
  stage: 'human',
  status: 'in_progress',
  channel: 'search',
  solved: undefined,
  score: undefined,
  dissatisfaction: undefined,
  comment: undefined,
  createdAtMs: undefined,
  updatedAtMs: undefined,
  closedAtMs: undefined,
  agentEnteredAtMs: undefined,
  firstResponseAtMs: undefined,
  lastResponseAtMs: undefined,
  agentServiceMin: undefined,
  firstResponseSec: undefined,
  botServiceSec: undefined,
  resolutionSec: undefined,
  processingSec: undefined,
  fields: [],
  tags: [],
};

export const person = (name: string) => ({
  openId: `ou_${name}`,
  name,
  email: undefined,
  department: undefined,
});

/** `2026-11-19 10:30` in Shanghai. */
export const at = (local: string): number => Date.parse(`${local.replace(' ', 'T')}:00+08:00`);

/** A ticket that was opened then; `change` says what became of it. */
export function opened(id: string, local: string, change: Partial<Ticket> = {}): Ticket {
  return { ...nothing, id, createdAtMs: at(local), ...change };
}

/** What a ticket has when an agent closed it then. */
export const closed = (local: string, change: Partial<Ticket> = {}): Partial<Ticket> => ({
  status: 'closed_by_agent',
  closedAtMs: at(local),
  ...change,
});

export const tooSlow = say('响应太慢', 'Too slow', '対応が遅い');
