/**
 * `data.ticket` → `Ticket`.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get
 */

import { z } from 'zod';
import type {
  Person,
  Text,
  Ticket,
  TicketChannel,
  TicketScore,
  TicketStage,
  TicketStatus,
} from '../domain.ts';
import {
  amountOf,
  field,
  idOf,
  lineOf,
  listOf,
  momentMsOf,
  numberOf,
  objectOf,
  personOf,
  textOf,
} from './wire.ts';
import { parseTicketFields } from './wireTicketField.ts';

const statuses: ReadonlyMap<number, TicketStatus> = new Map([
  [1, 'created'],
  [2, 'in_progress'],
  [3, 'queueing'],
  [4, 'pending'],
  [5, 'waiting_for_guest'],
  [50, 'closed_by_bot'],
  [51, 'closed_by_agent'],
  [52, 'closed_by_guest'],
]);
const open: ReadonlySet<TicketStatus> = new Set([
  'created',
  'in_progress',
  'queueing',
  'pending',
  'waiting_for_guest',
]);
const stages: ReadonlyMap<number, TicketStage> = new Map([
  [1, 'bot'],
  [2, 'human'],
]);
const channels: ReadonlyMap<number, TicketChannel> = new Map([
  [2, 'qr_code'],
  [9, 'open_api'],
  [13, 'search'],
  [14, 'share'],
]);
const scores: ReadonlyMap<number, TicketScore> = new Map([
  [1, 'dissatisfied'],
  [2, 'average'],
  [3, 'satisfied'],
]);
const solved: ReadonlyMap<number, boolean> = new Map([
  [1, false],
  [2, true],
]);

/** A field that holds one of the numbers in `names`; any other number is undefined. */
const named = <T>(names: ReadonlyMap<number, T>): z.ZodType<T | undefined> =>
  field((value) => names.get(numberOf(value) ?? Number.NaN));
const moment = field(momentMsOf);
const amount = field(amountOf);
const people = field((value) => onePerPerson(listOf(value).map(personOf)));

const ticketShape = z.object({
  helpdesk_id: field(idOf),
  guest: field(personOf),
  agent_owner: field(ownerOf),
  agents: people,
  collaborators: people,
  closed_by: field(personOf),
  ticket_type: named(stages),
  status: named(statuses),
  channel: named(channels),
  solve: named(solved),
  score: named(scores),
  dissatisfaction_reason: field(textInAllLanguages),
  comments: field(remarkOf),
  created_at: moment,
  updated_at: moment,
  closed_at: moment,
  agent_entry_time: moment,
  agent_first_response_time: moment,
  agent_last_response_time: moment,
  agent_service_duration: amount,
  agent_first_response_duration: amount,
  bot_service_duration: amount,
  agent_resolution_time: amount,
  actual_processing_time: amount,
  customized_fields: field(parseTicketFields),
  tags: field((value) => [
    ...new Set(
      listOf(value)
        .map(tagOf)
        .filter((tag) => tag !== ''),
    ),
  ]),
});

/**
 * Reads a ticket. Never throws: what is missing or makes no sense is undefined, `unknown` or `other`. Custom fields may still lack
 * their names (see `nameTicketFields`).
 * @param ticketId the id that was asked for; the answer's own may have lost digits
 */
export function parseTicket(value: unknown, ticketId: string): Ticket {
  const wire = ticketShape.parse(objectOf(value) ?? {});
  const status = wire.status ?? 'unknown';
  const isOpen = open.has(status);
  return {
    id: ticketId,
    helpdeskId: wire.helpdesk_id,
    guest: wire.guest,
    owner: wire.agent_owner,
    agents: wire.agents,
    collaborators: wire.collaborators,
    // Feishu does not say what these hold while a ticket is open; its examples repeat the moment of creation.
    closedBy: isOpen ? undefined : wire.closed_by,
    closedAtMs: isOpen ? undefined : wire.closed_at,
    stage: wire.ticket_type ?? 'unknown',
    status,
    channel: wire.channel ?? 'other',
    solved: wire.solve,
    score: wire.score,
    dissatisfaction: wire.dissatisfaction_reason,
    comment: wire.comments?.text,
    commentAuthor: wire.comments?.author,
    createdAtMs: wire.created_at,
    updatedAtMs: wire.updated_at,
    agentEnteredAtMs: wire.agent_entry_time,
    firstResponseAtMs: wire.agent_first_response_time,
    lastResponseAtMs: wire.agent_last_response_time,
    agentServiceMin: unlessNotYet(wire.agent_service_duration, wire.agent_last_response_time),
    firstResponseSec: unlessNotYet(wire.agent_first_response_duration, wire.agent_first_response_time),
    botServiceSec: wire.bot_service_duration,
    resolutionSec: unlessNotYet(wire.agent_resolution_time, isOpen ? undefined : wire.closed_at),
    processingSec: unlessNotYet(wire.actual_processing_time, isOpen ? undefined : wire.closed_at),
    fields: wire.customized_fields,
    tags: wire.tags,
  };
}

/** Zero, where the moment that it is measured to has not come, means that there is no value yet. */
function unlessNotYet(amount: number | undefined, untilMs: number | undefined): number | undefined {
  return amount === 0 && untilMs === undefined ? undefined : amount;
}

/** The main agent. `{}` and an empty id stand for nobody, whatever else is in it. */
function ownerOf(value: unknown): Person | undefined {
  return idOf(objectOf(value)?.['id']) === undefined ? undefined : personOf(value);
}

/** Each once, in order: the same person may have served several times. */
function onePerPerson(people: readonly (Person | undefined)[]): readonly Person[] {
  const found = new Map<string, Person>();
  for (const person of people) {
    if (person === undefined) continue;
    const key = person.openId ?? `name:${person.name}`;
    if (!found.has(key)) found.set(key, person);
  }
  return [...found.values()];
}

const tagOf = (tag: unknown): string => lineOf(objectOf(tag)?.['name'] ?? tag);

/** The remark on a ticket: an object by the page, an array by the event types. Several are put under each other. */
function remarkOf(
  value: unknown,
): { readonly text: string; readonly author: string | undefined } | undefined {
  const remarks = listOf(value)
    .map((remark) => ({
      text: textOf(objectOf(remark)?.['content'] ?? remark),
      author: lineOf(objectOf(remark)?.['user_name']),
    }))
    .filter(({ text }) => text !== '');
  const text = textOf(remarks.map((remark) => remark.text).join('\n'));
  // Several may come from several people.
  const author = remarks.length === 1 ? remarks[0]?.author : undefined;
  return text === '' ? undefined : { text, author: author || undefined };
}

/** A text that Feishu gives by language. A language that is missing is filled by another. */
function textInAllLanguages(value: unknown): Text | undefined {
  const wire = objectOf(value) ?? { zh_cn: value };
  const zh = textOf(wire['zh_cn']);
  const en = textOf(wire['en_us']);
  const ja = textOf(wire['ja_jp']);
  if (zh === '' && en === '' && ja === '') return undefined;
  return { zh_cn: zh || en || ja, en_us: en || zh || ja, ja_jp: ja || zh || en };
}
