/** What is known about a ticket besides what was said in it: the facts in view, and the folded details. */

import type { Conversation, Person, Text, Ticket } from '../domain.ts';
import { duration, joinText, same, text } from '../text.ts';
import { markdown, note, plain } from './contentElements.ts';
import { collapsible, columns, type Element } from './elements.ts';
import { isClosed, waiting } from './focus.ts';
import { shortMoment } from './moment.ts';
import type { Untrusted } from './untrusted.ts';
import type { View } from './view.ts';

const nameColumnCount = 40;
const listMaxCount = 6;

interface Fact {
  readonly label: Text;
  readonly value: Text;
  readonly alarming?: boolean;
}

/** Up to six, in two columns, row by row. What Feishu did not say is left out; that nobody owns the ticket is called out. */
export function facts(
  ticket: Ticket,
  conversation: Conversation | undefined,
  view: View,
  say: Untrusted,
): readonly Element[] {
  const { owner, guest, createdAtMs, updatedAtMs, closedAtMs } = ticket;
  const lastChange = isClosed(ticket)
    ? dated(text.label.closed, closedAtMs, view)
    : dated(text.label.updated, updatedAtMs, view);
  const found: readonly (Fact | undefined)[] = [
    owner === undefined
      ? { label: text.label.owner, value: text.unassigned, alarming: !isClosed(ticket) }
      : { label: text.label.owner, value: name(owner, say) },
    { label: text.label.guest, value: guest === undefined ? text.unknownPerson : guestName(guest, say) },
    { label: text.label.channel, value: text.channel[ticket.channel] },
    dated(text.label.created, createdAtMs, view),
    lastChange ?? progress(ticket, conversation, view),
    some(
      text.label.tags,
      list(ticket.tags, (tag) => say.line(tag, 24)),
    ),
  ];
  const cells = found.filter((fact) => fact !== undefined).map(cell);
  return pairs(cells).map((pair) => columns(...pair));
}

function cell({ label, value, alarming }: Fact): readonly Element[] {
  return [note(label), plain(value, alarming ? { color: 'red' } : {})];
}

function pairs<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.flatMap((_, index) => (index % 2 === 0 ? [items.slice(index, index + 2)] : []));
}

function some(label: Text, value: Text | undefined): Fact | undefined {
  return value === undefined ? undefined : { label, value };
}

function dated(label: Text, atMs: number | undefined, view: View): Fact | undefined {
  return some(label, atMs === undefined ? undefined : same(shortMoment(atMs, view.timeZone)));
}

/** How long somebody waits; else how long the ticket has been open. */
function progress(ticket: Ticket, conversation: Conversation | undefined, view: View): Fact | undefined {
  const { createdAtMs } = ticket;
  if (isClosed(ticket)) return undefined;
  const wait = waiting(ticket, conversation);
  if (wait !== undefined) return { label: text.label.waiting, value: duration(view.nowMs - wait.sinceMs) };
  return some(text.label.openFor, createdAtMs === undefined ? undefined : duration(view.nowMs - createdAtMs));
}

/** The folded part: service times, people, and up to `fieldMaxCount` custom fields. */
export function details(
  ticket: Ticket,
  conversation: Conversation | undefined,
  fieldMaxCount: number,
  view: View,
  say: Untrusted,
): readonly Element[] {
  const lines = times(ticket, conversation, view).map(({ label, value }) => text.labelled({ label, value }));
  const elements: readonly Element[] = [
    ...(lines.length === 0 ? [] : [plain(joinText(lines, '\n'))]),
    ...pairs(otherPeople(ticket, say).map(cell)).map((pair) => columns(...pair)),
    ...customFields(ticket, fieldMaxCount, say),
  ];
  return elements.length === 0 ? [] : [collapsible(text.label.more, elements)];
}

function times(ticket: Ticket, conversation: Conversation | undefined, view: View): readonly Fact[] {
  const { updatedAtMs, firstResponseAtMs } = ticket;
  const spans: readonly (readonly [Text, number | undefined, number])[] = [
    [text.label.firstResponseTime, ticket.firstResponseSec, 1000],
    [text.label.agentTime, ticket.agentServiceMin, 60_000],
    [text.label.botTime, ticket.botServiceSec, 1000],
    [text.label.resolutionTime, ticket.resolutionSec, 1000],
    [text.label.processingTime, ticket.processingSec, 1000],
  ];
  const found = [
    progress(ticket, conversation, view),
    dated(text.label.updated, isClosed(ticket) ? updatedAtMs : undefined, view),
    dated(text.label.firstResponse, firstResponseAtMs, view),
    ...spans.map(([label, count, unitMs]) =>
      some(label, count === undefined ? undefined : duration(count * unitMs)),
    ),
  ];
  return found.filter((fact) => fact !== undefined);
}

function otherPeople({ closedBy, collaborators, agents, owner }: Ticket, say: Untrusted): readonly Fact[] {
  const others = agents.filter((agent) => owner === undefined || !isSame(agent, owner));
  const found = [
    some(text.label.agents, names(others, say)),
    some(text.label.closedBy, closedBy === undefined ? undefined : name(closedBy, say)),
    some(text.label.collaborators, names(collaborators, say)),
  ];
  return found.filter((fact) => fact !== undefined);
}

/** One name and its value on each line. Names stand out, which is why this is rich text. */
function customFields(ticket: Ticket, maxCount: number, say: Untrusted): readonly Element[] {
  const filled = ticket.fields.filter((field) => field.value.trim() !== '');
  if (filled.length === 0) return [];
  const lines = filled.slice(0, maxCount).map((field) => {
    const label = say.markdown(field.name.trim() === '' ? field.key : field.name, 30);
    const value = say.value(`${field.name} ${field.key}`, field.value);
    return `**${label === '' ? '—' : label}** ${say.markdown(value, 100)}`;
  });
  const restCount = filled.length - lines.length;
  return [
    note(text.label.fields),
    markdown(same(lines.join('<br>'))),
    ...(restCount === 0 ? [] : [note(text.moreFields({ count: restCount }))]),
  ];
}

function isSame(one: Person, other: Person): boolean {
  return one.openId === undefined ? one.name === other.name : one.openId === other.openId;
}

/** A person's name as one short line; never a mention, because a card about a ticket notifies nobody. */
export function name(person: Person, say: Untrusted): Text {
  const line = say.line(person.name, nameColumnCount);
  return line === '' ? text.unknownPerson : same(line);
}

function guestName(guest: Person, say: Untrusted): Text {
  const department = say.line(guest.department ?? '', nameColumnCount);
  return department === '' ? name(guest, say) : joinText([name(guest, say), same(department)], ' · ');
}

function names(people: readonly Person[], say: Untrusted): Text | undefined {
  return list(
    people.map((person) => person.name),
    (one) => say.line(one, nameColumnCount),
  );
}

/** The first few, and how many more there are; the same in all languages. Undefined when there is nothing to name. */
function list(items: readonly string[], show: (item: string) => string): Text | undefined {
  const shown = items
    .slice(0, listMaxCount)
    .map(show)
    .filter((item) => item !== '');
  if (shown.length === 0) return undefined;
  const restCount = items.length - Math.min(items.length, listMaxCount);
  return same([...shown, ...(restCount === 0 ? [] : [`+${restCount}`])].join(' · '));
}
