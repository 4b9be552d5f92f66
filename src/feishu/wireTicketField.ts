/**
 * A ticket's custom fields, and the definitions that give them names. The ticket usually brings the names itself; where it does
 * not, or where the value of a choice is the option's internal tag, the helpdesk's definitions help.
 * @see https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket_customized_field/list-ticket-customized-fields
 */

import { z } from 'zod';
import type { Ticket, TicketField } from '../domain.ts';
import { parseStructure } from './plainText.ts';
import { field, idOf, lineOf, listOf, numberOf, objectOf, textOf } from './wire.ts';

/** How the helpdesk describes a custom field. */
export interface FieldDefinition {
  readonly id: string | undefined;
  readonly key: string;
  readonly name: string;
  /** The names of a choice's options by their tags, on all levels. */
  readonly options: ReadonlyMap<string, string>;
}

/** The form of an option's tag. */
const tagPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

const fieldShape = z.object({
  id: field(idOf),
  key_name: field(lineOf),
  display_name: field(nameOf),
  position: field(numberOf),
  value: field((value) => textOf(valueText(value, 4))),
});

/**
 * Reads `customized_fields`, in the order of their positions. A name that the ticket does not give is empty. Fields without a value
 * are left out: there is nothing to show.
 */
export function parseTicketFields(value: unknown): readonly TicketField[] {
  const fields = listOf(value).map((item) => fieldShape.parse(objectOf(item) ?? {}));
  return fields
    .filter((item) => item.value !== '')
    .sort((a, b) => (a.position ?? Number.MAX_VALUE) - (b.position ?? Number.MAX_VALUE))
    .map(({ id, key_name: key, display_name: name, value }) => ({ id: id ?? '', key, name, value }));
}

/** Any value as people can read it: lists with commas, choices by their names, other objects as their pairs. */
function valueText(value: unknown, depth: number): string {
  if (depth === 0) return '';
  if (typeof value === 'string') {
    const inner = parseStructure(value);
    return Array.isArray(inner) ? valueText(inner, depth - 1) || value : value;
  }
  if (Array.isArray(value)) return joined(value.map((item) => valueText(item, depth - 1)));
  const wire = objectOf(value);
  if (wire === undefined) return textOf(value);
  const name = nameOf(wire);
  if (name !== '') return name;
  return joined(
    Object.entries(wire).map(([key, item]) => {
      const text = valueText(item, depth - 1);
      return text === '' ? '' : `${key}: ${text}`;
    }),
  );
}

const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(', ');

/** A name, also where it is wrapped in an object or given by language. */
function nameOf(value: unknown): string {
  const wire = objectOf(value);
  if (wire === undefined) return lineOf(value);
  const keys = ['display_name', 'name', 'zh_cn', 'en_us', 'ja_jp', 'value', 'text', 'tag'];
  return keys.map((key) => lineOf(wire[key])).find((name) => name !== '') ?? '';
}

/** Whether the definitions would tell more than the ticket does. */
export function wantsFieldDefinitions(ticket: Ticket): boolean {
  return ticket.fields.some(({ name, value }) => name === '' || value.search(tagPattern) >= 0);
}

/** The ticket with all fields named: by itself, by the definitions, else by the key. Tags of options become their names. */
export function nameTicketFields(ticket: Ticket, definitions: readonly FieldDefinition[]): Ticket {
  if (!wantsFieldDefinitions(ticket)) return ticket;
  const names = new Map<string, string>();
  for (const { id, key, name } of definitions) for (const known of [key, id ?? '']) names.set(known, name);
  // An empty id or key of one names no other.
  names.delete('');
  const options = new Map(definitions.flatMap((definition) => [...definition.options]));
  const fields = ticket.fields.map((item): TicketField => {
    const name = item.name || names.get(item.id) || names.get(item.key) || item.key || item.id;
    const value = textOf(item.value.replace(tagPattern, (tag) => options.get(tag.toLowerCase()) ?? tag));
    return { ...item, name, value };
  });
  return { ...ticket, fields };
}

const definitionShape = z.object({
  ticket_customized_field_id: field(idOf),
  id: field(idOf),
  key_name: field(lineOf),
  display_name: field(nameOf),
  dropdown_options: field((value) => optionsOf(value)),
});

/** Reads one definition. Never throws. */
export function parseFieldDefinition(value: unknown): FieldDefinition {
  const wire = definitionShape.parse(objectOf(value) ?? {});
  return {
    id: wire.ticket_customized_field_id ?? wire.id,
    key: wire.key_name,
    name: wire.display_name,
    options: wire.dropdown_options,
  };
}

/** Levels of options that Feishu allows, and one for the list around them. */
const levelMaxCount = 4;

function optionsOf(value: unknown): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const walk = (options: unknown, level: number): void => {
    if (level === 0) return;
    for (const option of listOf(options)) {
      const wire = objectOf(option);
      if (wire === undefined) continue;
      const tag = lineOf(wire['tag']).toLowerCase();
      const name = lineOf(wire['display_name']);
      if (tag !== '' && name !== '') names.set(tag, name);
      walk(wire['children'], level - 1);
    }
  };
  walk(value, levelMaxCount);
  return names;
}
