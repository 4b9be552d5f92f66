import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aboutTicket, optional, ticketRefs, word } from '../src/arguments.ts';
import type { Argument, Place, Word } from '../src/command.ts';
import { UserError } from '../src/errors.ts';

import { same } from '../src/text.ts';

const group: Place = {
  chatId: 'oc_1',
  chatType: 'group',
  ticketHere: undefined,
  recentTickets: [],
  ticketHost: 'desk.example:8443',
};

const words = (text: string): Word[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((each) => ({ text: each, openId: undefined }));

function parse<T>(argument: Argument<T>, text: string, place: Partial<Place> = {}): T {
  return argument.parse(words(text), { ...group, ...place }).value;
}

/** The error that the words are refused with. */
function refusal(argument: Argument<unknown>, text: string, place: Partial<Place> = {}): UserError {
  try {
    parse(argument, text, place);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

const five = ticketRefs({ max: 5 });

describe('ticketRefs', () => {
  it.each([
    ['123', ['123']],
    ['#123', ['123']],
    ['7012345678901234567', ['7012345678901234567']],
    ['12345678901234567890', ['12345678901234567890']],
    ['1 2 3', ['1', '2', '3']],
    ['1,2', ['1', '2']],
    ['1, 2 ,3', ['1', '2', '3']],
    ['1、2;3', ['1', '2', '3']],
    [',1,,', ['1']],
    ['1 1 #1 https://x.example/ticket/1', ['1']],
    ['1 2 3 4 5 5 4 3 2 1', ['1', '2', '3', '4', '5']],
    ['https://any.example/ticket/42', ['42']],
    ['https://any.example/a/tickets/42/', ['42']],
    ['https://any.example/ticket/42/messages?x=1', ['42']],
    ['HTTP://ANY.example/TICKETS/42', ['42']],
    ['https://any.example/desk?a=1&ticket_id=42', ['42']],
    ['https://any.example/app#/tickets/42', ['42']],
    ['https://any.example/app#/desk/ticket/42?tab=1', ['42']],
    ['https://any.example/ticket/1,https://any.example/ticket/2', ['1', '2']],
    ['https://any.example/?a=1;b=2&ticket_id=42', ['42']],
    // The host of TICKET_URL, in whatever form its links are.
    ['https://desk.example:8443/case/42', ['42']],
    ['https://desk.example:8443/org/7/case/42/', ['42']],
    ['https://desk.example:8443/view?id=42', ['42']],
    ['https://desk.example:8443/#/case/42?tab=1', ['42']],
  ])('%s', (text, ids) => {
    expect(parse(five, text)).toEqual(ids);
  });

  it.each([
    ['abc', 'abc'],
    ['12a', '12a'],
    ['-5', '-5'],
    ['0x1F', '0x1F'],
    ['1e9', '1e9'],
    ['1.5', '1.5'],
    ['##1', '##1'],
    ['١٢٣', '١٢٣'],
    ['123/../../im/v1/chats', '123/../../im/v1/chats'],
    ['123?x=1', '123?x=1'],
    ['123#', '123#'],
    ['%2F', '%2F'],
    ['123%0d%0aX-Evil:1', '123%0d%0aX-Evil:1'],
    ['123 X-Evil: 1', 'X-Evil:'],
    ['1,two,3', 'two'],
    ["' OR 1=1", "'"],
    ['999999999999999999999', '999999999999999999999'],
    ['https://any.example/case/42', 'https://any.example/case/42'],
    ['https://any.example/ticket/42x', 'https://any.example/ticket/42x'],
    ['https://any.example/ticket/', 'https://any.example/ticket/'],
    ['https://any.example/ticket/../42', 'https://any.example/ticket/../…'],
    ['https://any.example/?ticket_id=4%2F2', 'https://any.example/?ticket_id…'],
    ['https://desk.example:8443/a?x=1&y=2', 'https://desk.example:8443/a?x=…'],
    ['https://desk.example/case/42', 'https://desk.example/case/42'],
    ['ftp://any.example/ticket/42', 'ftp://any.example/ticket/42'],
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['http://', 'http://'],
    ['any.example/ticket/42', 'any.example/ticket/42'],
  ])('%s is refused by naming the wrong word', (text, named) => {
    const error = refusal(five, text);
    for (const sentence of Object.values(error.what)) expect(sentence).toContain(named);
    for (const sentence of Object.values(error.next ?? {}))
      expect(sentence).toContain('https://…/ticket/123');
  });

  it('shows only the beginning of a long wrong word', () => {
    expect(refusal(five, '😀'.repeat(900)).what.en_us.length).toBeLessThan(120);
  });

  it('refuses more than the limit and says it', () => {
    const { what } = refusal(five, '1 2 3 4 5 6 6');
    expect(what.en_us).toContain('At most 5');
    expect(what.en_us).toContain('these are 6');
  });

  it('passes over mentions: people point tickets out to each other', () => {
    const { value } = five.parse(
      [
        { text: '@Tom', openId: 'ou_tom' },
        { text: '5', openId: undefined },
        { text: '@someone outside', openId: undefined },
      ],
      group,
    );
    expect(value).toEqual(['5']);
  });

  it('without an id means the ticket of the place', () => {
    expect(parse(five, '', { ticketHere: '77' })).toEqual(['77']);
    expect(parse(five, '5', { ticketHere: '77' })).toEqual(['5']);
  });

  it('asks which one where the place does not say, with tickets that the chat has seen', () => {
    expect(refusal(five, '').next?.en_us).toContain('such as 123.');
    const { what, next, tickets } = refusal(five, ' ', { recentTickets: ['9', '8'] });
    expect(what.en_us).toBe('Which ticket do you mean?');
    expect(next?.en_us).toContain('such as 9.');
    expect(tickets).toEqual(['9', '8']);
  });

  it('lets nothing through but one to five different numbers', () => {
    const typed = fc.string({
      unit: fc.constantFrom(
        '1',
        '2',
        '9',
        ' ',
        ',',
        '#',
        '/',
        '.',
        '?',
        '=',
        '&',
        'ticket',
        'https://x.example/',
        'ticket_id=',
      ),
      maxLength: 30,
    });
    fc.assert(
      fc.property(typed, (text) => {
        try {
          const ids = parse(five, text);
          expect(ids.every((id) => /^\d{1,20}$/.test(id))).toBe(true);
          expect(ids.length).toBeGreaterThan(0);
          expect(ids.length).toBeLessThanOrEqual(5);
          expect(new Set(ids).size).toBe(ids.length);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('aboutTicket', () => {
  it.each([
    ['42 please', undefined, '42'],
    ['https://any.example/ticket/42', undefined, '42'],
    ['42', '77', '42'],
    ['please', '77', '77'],
    ['', '77', '77'],
    ['please', undefined, undefined],
  ])('%j where the place says %s', (text, ticketHere, id) => {
    expect(parse(aboutTicket(), text, { ticketHere })).toBe(id);
  });
});

describe('word and optional', () => {
  it('take one word from the front', () => {
    expect(word(same('skill')).parse(words('network now'), group)).toEqual({
      value: 'network',
      rest: words('now'),
    });
    expect(optional(word(same('skill'))).parse(words('network now'), group).rest).toEqual(words('now'));
  });

  it('differ where there is none', () => {
    expect(refusal(word(same('skill')), '').what.en_us).toContain('skill');
    expect(parse(optional(word(same('skill'))), '')).toBeUndefined();
  });

  it('say in /help what they are', () => {
    const usages = [word(same('skill')), optional(word(same('skill'))), optional(five)].map(
      ({ usage }) => usage.en_us,
    );
    expect(usages).toEqual(['<skill>', '[skill]', '[id or link …]']);
  });
});
