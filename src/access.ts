/** Who may do what, and where. Closed by default: whatever the table does not allow is denied. */

import type { Clock } from './clock.ts';
import type { AccessLevel, Command } from './command.ts';
import type { AccessConfig } from './config.ts';
import type { Agent, Text } from './domain.ts';
import { FeishuError } from './errors.ts';
import type { Agents } from './services/agents.ts';
import { say, sentence } from './text.ts';

/** What somebody can be. One person may be several of these at once. */
export const roles = ['manager', 'listed', 'agent', 'listed_chat', 'other'] as const;
/**
 * - `manager`: in `ACCESS_MANAGERS`
 * - `listed`: in `ACCESS_USERS`
 * - `agent`: of the helpdesk, by its schedules
 * - `listed_chat`: speaks in a chat of `ACCESS_CHATS`
 * - `other`: everyone in the bot's tenant
 */
export type Role = (typeof roles)[number];

/** `unmanaged`: only as long as `ACCESS_MANAGERS` names nobody. */
type Rule = 'always' | 'unmanaged' | 'never';

const table: Readonly<Record<AccessLevel, Readonly<Record<Role, Rule>>>> = {
  anyone: { manager: 'always', listed: 'always', agent: 'always', listed_chat: 'always', other: 'always' },
  involved: { manager: 'always', listed: 'always', agent: 'always', listed_chat: 'always', other: 'always' },
  served: { manager: 'always', listed: 'always', agent: 'always', listed_chat: 'always', other: 'never' },
  overview: {
    manager: 'always',
    listed: 'unmanaged',
    agent: 'unmanaged',
    listed_chat: 'unmanaged',
    other: 'never',
  },
  managers: {
    manager: 'always',
    listed: 'unmanaged',
    agent: 'unmanaged',
    listed_chat: 'never',
    other: 'never',
  },
};

/** A roster that was read longer ago says nothing about anyone's rights. */
const rosterGoodForMs = 60_000;

export interface Asker {
  readonly openId: string | undefined;
  /** The tenant of the person, and the bot's own. */
  readonly tenantKey: string | undefined;
  readonly botTenantKey: string;
}

/** `unknown`: it depends on the roster, and that cannot be read now. */
export type Decision = 'allowed' | 'denied' | 'unknown';

export interface Access {
  /** Decides from the variables alone where they are enough; else reads the roster. */
  decide(level: AccessLevel, who: Asker, chatId: string): Promise<Decision>;
  /** Whether personal data may be shown to everyone in this chat. */
  isListedChat(chatId: string): boolean;
  /** While nobody is named, the managers' commands serve others. */
  readonly managersNamed: boolean;
}

export interface AccessDeps {
  readonly config: AccessConfig;
  readonly agents: Agents;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export function createAccess(deps: AccessDeps): Access {
  const { config } = deps;
  const isListedChat = (chatId: string): boolean => config.chats === 'all' || config.chats.has(chatId);

  const rolesByVariable = (openId: string, chatId: string): Role[] => [
    ...(config.managers?.has(openId) ? (['manager'] as const) : []),
    ...(config.users.has(openId) ? (['listed'] as const) : []),
    ...(isListedChat(chatId) ? (['listed_chat'] as const) : []),
    'other',
  ];

  return {
    isListedChat,
    managersNamed: config.managers !== undefined,
    async decide(level, { openId, tenantKey, botTenantKey }, chatId) {
      if (openId === undefined || tenantKey !== botTenantKey) return 'denied';
      const allows = (role: Role): boolean => {
        const rule = table[level][role];
        return rule === 'always' || (rule === 'unmanaged' && config.managers === undefined);
      };
      if (rolesByVariable(openId, chatId).some(allows)) return 'allowed';
      // Where being an agent would not help, the roster is not read: calls are money.
      return allows('agent') ? decideByRoster(deps, openId) : 'denied';
    },
  };
}

async function decideByRoster({ agents, clock }: AccessDeps, openId: string): Promise<Decision> {
  // The age counts from the question: while it was answered, a roster that was good may have passed the line.
  const askedAtMs = clock.nowMs();
  try {
    const roster = await agents.roster();
    if (askedAtMs - roster.readAtMs > rosterGoodForMs) return 'unknown';
    return roster.agents.some((agent) => agent.person.openId === openId && serves(agent))
      ? 'allowed'
      : 'denied';
  } catch (error) {
    if (error instanceof FeishuError) return 'unknown';
    throw error;
  }
}

/** Schedule status 1, 2 and 3. A status that we do not know gives no rights. */
function serves({ state }: Agent): boolean {
  switch (state) {
    case 'online':
    case 'offline':
    case 'off_duty':
      return true;
    case 'removed':
    case 'unknown':
      return false;
  }
}

// ---------------------------------------------------------------- sentences

/** Which right somebody lacks. */
export function missingRight(level: AccessLevel, command: string): Text {
  return isForManagers(level) ? onlyManagers({ command }) : onlyServed({ command });
}

/** Who can give that right, and how. */
export function whomToAsk(level: AccessLevel, managersNamed: boolean): Text {
  if (!isForManagers(level)) return askForAccess;
  if (managersNamed) return askForManager;
  return level === 'managers' ? askWhileUnmanaged : askForAccess;
}

function isForManagers(level: AccessLevel): boolean {
  return level === 'managers' || level === 'overview';
}

const onlyManagers = sentence(
  '你没有使用 /{command} 的权限。',
  'You may not use /{command}.',
  '/{command} を使う権限がありません。',
);

const onlyServed = sentence(
  '你没有在这里使用 /{command} 的权限。',
  'You may not use /{command} here.',
  'ここで /{command} を使う権限がありません。',
);

const askForManager = say(
  '它只对管理人员开放。如有需要，请联系机器人管理员。',
  'It is for managers. If you need it, ask the bot’s administrator.',
  '管理担当者のみ使用できます。必要な場合はボットの管理者に依頼してください。',
);

const askWhileUnmanaged = say(
  '没有指定管理人员时，它只对服务台客服和 ACCESS_USERS 中的人开放。如有需要，请让机器人管理员把你加入。',
  'While no managers are named, it is for the helpdesk’s agents and for people in ACCESS_USERS. If you need it, ask the bot’s administrator to add you.',
  '管理担当者が指定されていない間は、ヘルプデスクの担当者と ACCESS_USERS の人のみ使用できます。必要な場合は、追加するようボットの管理者に依頼してください。',
);

const askForAccess = say(
  '它只对服务台客服以及已获授权的人员和群开放。如有需要，请让机器人管理员把你加入 ACCESS_USERS，或把本群加入 ACCESS_CHATS。',
  'It is for the helpdesk’s agents, and for people and chats that were given access. If you need it, ask the bot’s administrator to add you to ACCESS_USERS or this chat to ACCESS_CHATS.',
  'ヘルプデスクの担当者と、許可された人やチャットのみ使用できます。必要な場合は、あなたを ACCESS_USERS に、またはこのチャットを ACCESS_CHATS に追加するようボットの管理者に依頼してください。',
);

export const rightsUnknown = say(
  '现在无法核实你的权限。',
  'Your rights cannot be checked now.',
  '現在あなたの権限を確認できません。',
);

export const rosterUnreadable = say(
  '读不到服务台的客服名单。请过几分钟再试。',
  'The list of the helpdesk’s agents cannot be read. Please try again in a few minutes.',
  'ヘルプデスクの担当者一覧を読み取れません。数分後にもう一度お試しください。',
);

/** The same two for the one line that a click is answered with. */
export const clickDenied = say(
  '你没有权限使用这个按钮，请联系机器人管理员。',
  'You may not use this button. Ask the bot’s administrator for access.',
  'このボタンを使う権限がありません。ボットの管理者に依頼してください。',
);

export const clickUnchecked = say(
  '现在无法核实你的权限，请过几分钟再点一次。',
  'Your rights cannot be checked now. Please click again in a few minutes.',
  '現在あなたの権限を確認できません。数分後にもう一度押してください。',
);

// ---------------------------------------------------------------- for the README

/** One command with who may use it: in words, and by role. */
export interface AccessRow {
  readonly command: Command;
  readonly who: string;
  readonly rules: Readonly<Record<Role, Rule>>;
}

const inWords: Readonly<Record<AccessLevel, string>> = {
  anyone: 'anyone',
  served: 'anyone with access',
  involved: 'whoever is in the escalation, and anyone with access',
  overview: 'managers; anyone with access while no managers are named',
  managers: 'managers; agents and listed people while no managers are named',
};

/** The table of command × role. */
export function accessTable(commands: readonly Command[]): readonly AccessRow[] {
  return commands.map((command) => ({
    command,
    who: inWords[command.access],
    rules: table[command.access],
  }));
}

const heads: Readonly<Record<Role, string>> = {
  manager: '`ACCESS_MANAGERS`',
  listed: '`ACCESS_USERS`',
  agent: 'agent',
  listed_chat: 'in `ACCESS_CHATS`',
  other: 'anyone else',
};

const marks: Readonly<Record<Rule, string>> = {
  always: 'yes',
  unmanaged: 'while `ACCESS_MANAGERS` is unset',
  never: 'no',
};

/** Every level, from the widest to the narrowest. */
export const levels = [
  'anyone',
  'involved',
  'served',
  'overview',
  'managers',
] as const satisfies readonly AccessLevel[];

/** What the table lets through, the command itself looks at once more. */
function mark(level: AccessLevel, role: Role): string {
  return level === 'involved' && role === 'other' ? 'who is in the escalation' : marks[table[level][role]];
}

/** The table of level × role, in Markdown. */
export function levelTable(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['command for', ...roles.map((role) => heads[role])]),
    row(['---', ...roles.map(() => '---')]),
    ...levels.map((level) => row([inWords[level], ...roles.map((role) => mark(level, role))])),
  ].join('\n');
}
