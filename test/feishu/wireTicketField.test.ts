import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseTicket } from '../../src/feishu/wireTicket.ts';
import {
  nameTicketFields,
  parseFieldDefinition,
  parseTicketFields,
  wantsFieldDefinitions,
} from '../../src/feishu/wireTicketField.ts';
import { dataOf } from '../support/answers.ts';

const { items } = z.object({ items: z.array(z.unknown()) }).parse(dataOf('helpdesk/customized-fields'));
const definitions = items.map(parseFieldDefinition);
const choice = { id: '6834320707288072194', key_name: 'test dropdown', display_name: '问题类别' };
const network = '295cf315-df56-445b-b430-b58925ef331c';
const printer = '498ed5f1-f2b1-4585-b21f-3d4d2cd0cd26';
const jam = '0b1f3f0e-6a3c-4a52-9d0e-3f6a1c2b4d5e';

const ticketWith = (customized_fields: unknown) => parseTicket({ customized_fields }, '1');
const shown = (value: unknown) => parseTicketFields([{ id: '1', display_name: 'n', value }])[0]?.value;

describe('values', () => {
  it.each([
    ['text', 'text'],
    ['two\nlines', 'two\nlines'],
    [12.5, '12.5'],
    [false, 'false'],
    [['a', 'b', ''], 'a, b'],
    ['["a","b"]', 'a, b'],
    ['[not json', '[not json'],
    [{ display_name: '硬件', tag: network }, '硬件'],
    [{ zh_cn: '中文', en_us: 'English' }, '中文'],
    [[{ name: 'x' }, { name: 'y' }], 'x, y'],
    [{ city: '上海', floor: 3 }, 'city: 上海, floor: 3'],
    ['a\u202eb', 'ab'],
  ])('%j reads %j', (value, expected) => expect(shown(value)).toBe(expected));

  it.each([[''], [null], [undefined], [[]], [{}], [' \u200b ']])(
    '%j is no value, and the field is left out',
    (value) => expect(shown(value)).toBeUndefined(),
  );

  it('fields come in the order of their positions, written as number or text', () => {
    const fields = parseTicketFields([
      { id: 'c', value: 'v' },
      { id: 'b', value: 'v', position: '2' },
      { id: 'a', value: 'v', position: 1 },
    ]);
    expect(fields.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('a value that contains itself a thousand times ends', () => {
    let value: unknown = 'deep';
    for (let level = 0; level < 1_000; level += 1) value = [value];
    expect(shown(value)).toBeUndefined();
  });
});

describe('names from the definitions', () => {
  it('are wanted only for a field without a name or with a tag for a value', () => {
    expect(wantsFieldDefinitions(ticketWith(undefined))).toBe(false);
    expect(wantsFieldDefinitions(ticketWith([{ ...choice, value: '网络' }]))).toBe(false);
    expect(wantsFieldDefinitions(ticketWith([{ ...choice, display_name: '', value: '网络' }]))).toBe(true);
    expect(wantsFieldDefinitions(ticketWith([{ ...choice, value: network }]))).toBe(true);
  });

  it.each([
    [network, '网络'],
    [printer.toUpperCase(), '打印机'],
    [jam, '卡纸'],
    [[printer, jam], '打印机, 卡纸'],
    [`${network},${jam}`, '网络,卡纸'],
    ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
  ])('the choice %j reads %j', (value, expected) => {
    const [field] = nameTicketFields(ticketWith([{ ...choice, value }]), definitions).fields;
    expect(field?.value).toBe(expected);
  });

  it.each([
    [{ id: choice.id, value: 'v' }, '问题类别'],
    [{ key_name: 'test dropdown', value: 'v' }, '问题类别'],
    [{ id: '1', key_name: 'floor', value: 'v' }, 'floor'],
    [{ id: '1', value: 'v' }, '1'],
  ])('the field %j is called %j', (wire, expected) => {
    const [field] = nameTicketFields(ticketWith([wire]), definitions).fields;
    expect(field?.name).toBe(expected);
  });

  it('a definition without a key names no field without one', () => {
    const definition = parseFieldDefinition({ display_name: 'wrong' });
    const [field] = nameTicketFields(ticketWith([{ id: '1', value: 'v' }]), [definition]).fields;
    expect(field?.name).toBe('1');
  });

  it('without definitions the key and the tag stay', () => {
    const [field] = nameTicketFields(ticketWith([{ key_name: 'kind', value: network }]), []).fields;
    expect(field).toEqual({ id: '', key: 'kind', name: 'kind', value: network });
  });
});

describe('laws', () => {
  it('any fields and definitions can be read', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (fields, options) => {
        const definition = parseFieldDefinition({ key_name: 'k', dropdown_options: options });
        const ticket = nameTicketFields(ticketWith(fields), [definition, parseFieldDefinition(fields)]);
        for (const { value } of ticket.fields) expect(value).not.toBe('');
      }),
    ));
});
