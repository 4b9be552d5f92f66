import { describe, expect, it } from 'vitest';
import {
  type Asker,
  accessTable,
  createAccess,
  levels,
  levelTable,
  type Role,
  roles,
} from '../src/access.ts';
import type { AccessLevel } from '../src/command.ts';
import { agentOnly } from '../src/commands/agentOnly.ts';
import { commands } from '../src/commands/index.ts';
import type { AccessConfig } from '../src/config.ts';
import type { Agent } from '../src/domain.ts';
import { FeishuError } from '../src/errors.ts';
import type { Roster } from '../src/services/agents.ts';

const nowMs = Date.UTC(2026, 0, 5, 9);
const down = new FeishuError({ kind: 'passing', code: undefined, endpoint: 'agentSchedules' });

function agent(openId: string | undefined, state: Agent['state']): Agent {
  return { person: { openId, name: 'An agent', email: undefined, department: undefined }, state, skills: [] };
}

const roster: Roster = {
  readAtMs: nowMs - 60_000,
  agents: [
    agent('ou_online', 'online'),
    agent('ou_offline', 'offline'),
    agent('ou_off_duty', 'off_duty'),
    agent('ou_removed', 'removed'),
    agent('ou_strange', 'unknown'),
    agent(undefined, 'online'),
  ],
};

interface Setting {
  readonly managers?: boolean;
  readonly chats?: AccessConfig['chats'];
  readonly read?: () => Promise<Roster>;
}

/** Access with one person for each role; `reads` counts how often the roster was asked for. */
function setting({ managers = true, chats = new Set(['oc_listed']), read }: Setting = {}) {
  let reads = 0;
  const access = createAccess({
    config: {
      chats,
      users: new Set(['ou_listed']),
      managers: managers ? new Set(['ou_manager']) : undefined,
    },
    agents: {
      roster: () => {
        reads += 1;
        return read?.() ?? Promise.resolve(roster);
      },
    },
    clock: { nowMs: () => nowMs },
  });
  return { access, reads: () => reads };
}

const insider = (openId: string | undefined): Asker => ({
  openId,
  tenantKey: 't_own',
  botTenantKey: 't_own',
});

const people: Readonly<Record<Role, { readonly openId: string; readonly chatId: string }>> = {
  manager: { openId: 'ou_manager', chatId: 'oc_any' },
  listed: { openId: 'ou_listed', chatId: 'oc_any' },
  agent: { openId: 'ou_online', chatId: 'oc_any' },
  listed_chat: { openId: 'ou_nobody', chatId: 'oc_listed' },
  other: { openId: 'ou_nobody', chatId: 'oc_any' },
};

describe('the table', () => {
  type Cell = 'yes' | 'no';
  const cells: readonly (readonly [AccessLevel, boolean, readonly Cell[]])[] = [
    // level, managers named; manager, listed, agent, listed chat, other
    ['anyone', true, ['yes', 'yes', 'yes', 'yes', 'yes']],
    ['anyone', false, ['yes', 'yes', 'yes', 'yes', 'yes']],
    ['served', true, ['yes', 'yes', 'yes', 'yes', 'no']],
    ['served', false, ['no', 'yes', 'yes', 'yes', 'no']],
    ['overview', true, ['yes', 'no', 'no', 'no', 'no']],
    ['overview', false, ['no', 'yes', 'yes', 'yes', 'no']],
    ['managers', true, ['yes', 'no', 'no', 'no', 'no']],
    ['managers', false, ['no', 'yes', 'yes', 'no', 'no']],
  ];
  const rows = cells.flatMap(([level, managers, answers]) =>
    roles.map((role, index) => ({ level, managers, role, answer: answers[index] })),
  );

  // While no managers are named, nobody is one: the first column is then somebody else's.
  it.each(rows)('$level for $role, managers named: $managers → $answer', async (row) => {
    const { openId, chatId } = people[row.role];
    const decision = await setting({ managers: row.managers }).access.decide(
      row.level,
      insider(openId),
      chatId,
    );
    expect(decision).toBe(row.answer === 'yes' ? 'allowed' : 'denied');
  });

  it('gives a person with several roles the best of them', async () => {
    const { access } = setting();
    expect(await access.decide('managers', insider('ou_manager'), 'oc_listed')).toBe('allowed');
    expect(await access.decide('served', insider('ou_removed'), 'oc_listed')).toBe('allowed');
  });

  it.each([
    ['ou_online', 'allowed'],
    ['ou_offline', 'allowed'],
    ['ou_off_duty', 'allowed'],
    ['ou_removed', 'denied'],
    ['ou_strange', 'denied'],
    ['OU_ONLINE', 'denied'],
  ] as const)('serves an agent by schedule status: %s %s', async (openId, decision) => {
    expect(await setting().access.decide('served', insider(openId), 'oc_any')).toBe(decision);
  });

  it('serves everyone in every chat for ACCESS_CHATS=*', async () => {
    const { access, reads } = setting({ chats: 'all' });
    expect(await access.decide('served', insider('ou_nobody'), 'oc_any')).toBe('allowed');
    expect(access.isListedChat('oc_any')).toBe(true);
    expect(reads()).toBe(0);
  });
});

describe('strangers', () => {
  it.each([
    ['of another tenant', { ...insider('ou_manager'), tenantKey: 't_other' }],
    ['of no tenant', { ...insider('ou_manager'), tenantKey: undefined }],
    ['without an open id', insider(undefined)],
  ])('%s are denied everything, and cost no call', async (_, who) => {
    const { access, reads } = setting({ chats: 'all' });
    for (const level of levels) expect(await access.decide(level, who, 'oc_listed')).toBe('denied');
    expect(reads()).toBe(0);
  });
});

describe('the roster', () => {
  it.each([
    ['anyone', 'ou_nobody', 'oc_any'],
    ['served', 'ou_manager', 'oc_any'],
    ['served', 'ou_listed', 'oc_any'],
    ['served', 'ou_nobody', 'oc_listed'],
    ['managers', 'ou_nobody', 'oc_listed'],
    ['overview', 'ou_online', 'oc_any'],
  ] as const)('is not read for %s, %s in %s', async (level, openId, chatId) => {
    const { access, reads } = setting();
    await access.decide(level, insider(openId), chatId);
    expect(reads()).toBe(0);
  });

  it('that cannot be read makes the rights of others unknown, not of those listed by variable', async () => {
    const { access } = setting({ read: () => Promise.reject(down) });
    expect(await access.decide('served', insider('ou_online'), 'oc_any')).toBe('unknown');
    expect(await access.decide('served', insider('ou_listed'), 'oc_any')).toBe('allowed');
    expect(await access.decide('served', insider('ou_manager'), 'oc_any')).toBe('allowed');
    expect(await access.decide('served', insider('ou_nobody'), 'oc_listed')).toBe('allowed');
  });

  it('older than 60 s is used for nobody', async () => {
    const { access } = setting({ read: () => Promise.resolve({ ...roster, readAtMs: nowMs - 60_001 }) });
    expect(await access.decide('served', insider('ou_online'), 'oc_any')).toBe('unknown');
    expect(await access.decide('served', insider('ou_nobody'), 'oc_any')).toBe('unknown');
  });

  it('does not hide a bug', async () => {
    const { access } = setting({ read: () => Promise.reject(new TypeError('a bug')) });
    await expect(access.decide('served', insider('ou_online'), 'oc_any')).rejects.toThrow(TypeError);
  });
});

describe('for the README', () => {
  it('every command is a row that says who may use it', () => {
    const served = 'anyone with access';
    const managers = 'managers; agents and listed people while no managers are named';
    const involved = 'whoever is in the escalation, and anyone with access';
    const promised: Readonly<Record<string, string>> = {
      ...Object.fromEntries(['ack', 'handover', 'snooze', 'resolve', 'stop'].map((name) => [name, involved])),
      help: 'anyone',
      summary: 'managers; anyone with access while no managers are named',
      export: managers,
      doctor: managers,
      audit: managers,
    };
    const rows = accessTable([...commands, ...agentOnly]);
    for (const { command, who } of rows)
      expect([command.name, who]).toEqual([command.name, promised[command.name] ?? served]);
    expect(
      Object.keys(promised).filter((name) => !rows.some(({ command }) => command.name === name)),
    ).toEqual([]);
    const open = rows.filter(({ rules }) => rules.other === 'always').map(({ command }) => command.name);
    expect(open.sort()).toEqual(['ack', 'handover', 'help', 'resolve', 'snooze', 'stop']);
  });

  it('every level is a row of a table with a column for each role', () => {
    const lines = levelTable().split('\n');
    expect(lines).toHaveLength(2 + levels.length);
    expect(lines[3]).toBe(
      '| whoever is in the escalation, and anyone with access | yes | yes | yes | yes | who is in the escalation |',
    );
    for (const line of lines) expect(line.split('|')).toHaveLength(roles.length + 3);
    expect(lines.at(-1)).toContain(
      '| yes | while `ACCESS_MANAGERS` is unset | while `ACCESS_MANAGERS` is unset | no | no |',
    );
  });
});
