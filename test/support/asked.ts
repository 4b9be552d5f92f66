/** What people ask, and a helpdesk in memory to ask: for the tests of everything between a message and its reply. */

import { createAccess } from '../../src/access.ts';
import type { Command } from '../../src/command.ts';
import { commands as allCommands } from '../../src/commands/index.ts';
import type { AccessConfig, Config } from '../../src/config.ts';
import type {
  Card,
  ClickInbound,
  Json,
  Locale,
  MessageInbound,
  Person,
  Picture,
  PictureSource,
  Ticket,
  TicketMessage,
} from '../../src/domain.ts';
import { FeishuError, type FeishuErrorInit } from '../../src/errors.ts';
import { minutesIn, parseLadder } from '../../src/ladder.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createRouter } from '../../src/router.ts';
import { createEscalations } from '../../src/services/escalations.ts';
import type { KnownTicket } from '../../src/services/knownTickets.ts';
import type { PostedCard } from '../../src/services/postedCards.ts';
import type { Services } from '../../src/services/services.ts';
import type { TicketCase } from '../../src/services/tickets.ts';
import { createWatches } from '../../src/services/watches.ts';
import { fakeClock } from './fakeClock.ts';
import { memoryRecords } from './memoryRecords.ts';

export const nowMs = Date.UTC(2026, 0, 5, 9);

const arrived = {
  eventId: 'event-1',
  appId: 'cli_0123456789abcdef',
  tenantKey: 't_own',
  transport: 'webhook',
  receivedAtMs: nowMs,
  createdAtMs: nowMs - 300,
} as const;

const botMention = { key: '@_user_1', openId: 'ou_bot', name: 'Helpdesk' };

/** A message of an agent in a group that is listed nowhere. */
export function message(text: string, changes: Partial<MessageInbound> = {}): MessageInbound {
  return {
    ...arrived,
    kind: 'message',
    messageId: 'om_ask',
    chatId: 'oc_any',
    chatType: 'group',
    threadId: undefined,
    rootId: undefined,
    parentId: undefined,
    sender: { openId: 'ou_agent', tenantKey: 't_own', type: 'user' },
    edited: false,
    text,
    mentions: text.includes('@_user_1') ? [botMention] : [],
    ...changes,
  };
}

/** The same from somebody else. */
export function from(openId: string | undefined): Pick<MessageInbound, 'sender'> {
  return { sender: { openId, tenantKey: 't_own', type: 'user' } };
}

/** A click of an agent on a card in a group that is listed nowhere. */
export function click(value: Json, changes: Partial<ClickInbound> = {}): ClickInbound {
  return {
    ...arrived,
    kind: 'click',
    operator: { openId: 'ou_agent', tenantKey: 't_own' },
    messageId: 'om_card',
    chatId: 'oc_any',
    value,
    formValue: undefined,
    option: undefined,
    ...changes,
  };
}

// ---------------------------------------------------------------- tickets

const guest: Person = {
  openId: 'ou_guest',
  name: 'Wang Xiaoming',
  email: 'xiaoming@example.com',
  department: 'Design',
};

function ticketOf(id: string): Ticket {
  return {
    id,
    helpdeskId: 'desk',
    guest,
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
    createdAtMs: nowMs - 3_600_000,
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
}

function pictureOf(ticketId: string, messageId: string, index?: number): PictureSource {
  return { kind: 'ticket', ticketId, messageIds: [messageId], index };
}

/** A ticket with one message for each entry; an entry says how many pictures the message holds. */
export function caseOf(id: string, pictureCounts: readonly number[] = [0]): TicketCase {
  const messages = pictureCounts.map(
    (count, at): TicketMessage => ({
      id: `m${at}`,
      kind: 'post',
      createdAtMs: nowMs - 60_000 * (pictureCounts.length - at),
      author: guest,
      text: `The printer on floor ${at} is broken, write to xiaoming@example.com`,
      pictures: Array.from({ length: count }, (_, index) => pictureOf(id, `m${at}`, index)),
    }),
  );
  const conversation = { messages, totalCount: messages.length, omittedCount: 0, omittedBefore: undefined };
  return { ticket: ticketOf(id), conversation };
}

export function feishuError(init: Partial<FeishuErrorInit> = {}): FeishuError {
  return new FeishuError({ kind: 'passing', code: undefined, endpoint: 'ticket', ...init });
}

// ---------------------------------------------------------------- the helpdesk

export interface Setting {
  readonly commands?: readonly Command[];
  /** What is known about a ticket, or what reading it throws. */
  readonly tickets?: Readonly<Record<string, TicketCase | Error>>;
  /** What is remembered from before. */
  readonly known?: Readonly<Record<string, KnownTicket>>;
  readonly images?: Partial<Services['images']>;
  /** Services that behave otherwise than here. */
  readonly more?: Partial<Services>;
  readonly roster?: Services['agents']['roster'];
  readonly access?: Partial<AccessConfig>;
  readonly posted?: readonly Partial<PostedCard>[];
  readonly config?: Partial<Pick<Config, 'ticketUrl' | 'budget'>>;
  readonly botOpenId?: string | undefined;
}

const ready = (source: PictureSource): Picture => ({ state: 'ready', source, imageKey: 'img_v3_ready' });

/** Services in memory. `asked` holds the ids of the tickets that were read, in their order. */
export function helpdesk({
  tickets = {},
  known = {},
  images = {},
  roster,
  posted = [],
  more = {},
}: Setting = {}) {
  const asked: string[] = [];
  const cards = posted.map(
    (card, at): PostedCard => ({
      messageId: `om_${at}`,
      chatId: 'oc_any',
      chatType: 'group',
      threadId: undefined,
      tickets: [],
      postedAtMs: nowMs - at,
      ...card,
    }),
  );
  const timers = { set: async () => undefined, cancel: async () => undefined };
  const services: Services = {
    tickets: {
      async get(id) {
        asked.push(id);
        const found = tickets[id] ?? feishuError({ kind: 'not_found', code: 154_004, logId: 'log-404' });
        if (found instanceof Error) throw found;
        return found;
      },
    },
    images: {
      known: async (sources) => sources.map(ready),
      async *load(sources) {
        yield sources.map(ready);
      },
      renew: async () => new Map(),
      settle: async () => undefined,
      ...images,
    },
    agents: {
      roster:
        roster ??
        (async () => ({
          readAtMs: nowMs,
          agents: [
            {
              person: { openId: 'ou_agent', name: 'Li', email: undefined, department: undefined },
              state: 'online',
              skills: [],
            },
          ],
        })),
    },
    ticketLists: { read: async () => ({ tickets: [], isWhole: true }), count: async () => 0 },
    faqs: {
      get: async () => {
        throw feishuError({ kind: 'not_found', code: 154_004 });
      },
      search: async () => ({ kind: 'near', faqs: [] }),
    },
    audit: { note: async () => undefined, ofTicket: async () => [] },
    summarySchedules: {
      set: async () => undefined,
      get: async () => undefined,
      ofChat: async () => [],
      stop: async () => undefined,
      advance: async () => undefined,
    },
    pictureFiles: { read: async () => ({ ok: false, reason: 'unavailable' }) },
    storyteller: { isOn: false, tell: async () => undefined },
    doctor: { examine: async () => [] },
    knownTickets: { remember: async () => undefined, get: async (ids) => ids.map((id) => known[id]) },
    timers,
    watches: createWatches(memoryRecords()),
    previews: {
      ticket: async (id) => services.tickets.get(id).catch(() => undefined),
      mayHaveCard: async () => true,
    },
    escalations: createEscalations({
      records: memoryRecords(),
      timers,
      buzz: { readers: async () => [] },
      clock: { nowMs: () => nowMs },
      settings: {
        chatId: undefined,
        users: [],
        ladder: parseLadder('app@0m app@5m sms@10m phone@15m') ?? [],
      },
      rules: { minuteOf: minutesIn('Asia/Shanghai') },
    }),
    postedCards: {
      remember: async () => {},
      nowShows: async () => {},
      forgetChat: async () => {},
      get: async (messageId) => cards.find((card) => card.messageId === messageId),
      ticketOfThread: async (threadId) =>
        cards.find((card) => card.threadId === threadId && card.tickets.length === 1)?.tickets[0],
      ofTicket: async (id, limit) => cards.filter((card) => card.tickets.includes(id)).slice(0, limit),
      inChat: async (chatId, limit) => cards.filter((card) => card.chatId === chatId).slice(0, limit),
    },
    ...more,
  };
  return { services, asked };
}

/** A router on such a helpdesk, with its clock, and the lines of its log. */
export function routing(setting: Setting = {}) {
  const { services, asked } = helpdesk(setting);
  const clock = fakeClock(nowMs);
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  const metrics = createMetrics();
  const config: AccessConfig = {
    chats: new Set(['oc_listed']),
    users: new Set(['ou_listed']),
    managers: undefined,
    ...setting.access,
  };
  const router = createRouter({
    commands: setting.commands ?? allCommands,
    services,
    access: createAccess({ config, agents: services.agents, clock }),
    config: { timeZone: 'Asia/Shanghai', ticketUrl: undefined, ...setting.config },
    botOpenId: () => ('botOpenId' in setting ? setting.botOpenId : 'ou_bot'),
    clock,
    log,
    metrics,
  });
  return { router, asked, clock, lines, metrics };
}

// ---------------------------------------------------------------- what people see

/** All text of a card in one language, one line for each piece. */
export function spoken(card: Card | undefined, locale: Locale = 'en_us'): string {
  const lines: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('content' in node && typeof node.content === 'string') {
      const own = 'i18n_content' in node ? node.i18n_content : undefined;
      const translated = new Map<string, unknown>(Object.entries(own ?? {})).get(locale);
      lines.push(typeof translated === 'string' ? translated : node.content);
      return;
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(card);
  return lines.join('\n');
}

/** What the buttons of a card send back, and the links that it opens. */
export function buttonsOf(card: Card | undefined): { readonly values: Json[]; readonly links: string[] } {
  const values: Json[] = [];
  const links: string[] = [];
  const visit = (node: Json | undefined): void => {
    if (typeof node !== 'object' || node === null) return;
    if (!Array.isArray(node)) {
      const { type, value, default_url: url } = Object.fromEntries(Object.entries(node));
      if (type === 'callback' && value !== undefined) values.push(value);
      if (type === 'open_url' && typeof url === 'string') links.push(url);
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(card);
  return { values, links };
}
