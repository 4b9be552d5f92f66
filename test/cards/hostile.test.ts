import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { conversationCard } from '../../src/cards/conversationCard.ts';
import { plainText, textOnly, withoutPeople, withoutPictures } from '../../src/cards/degrade.ts';
import { noticeCard } from '../../src/cards/noticeCard.ts';
import { picturesCard } from '../../src/cards/picturesCard.ts';
import { measure } from '../../src/cards/size.ts';
import { type TicketCardData, ticketCard } from '../../src/cards/ticketCard.ts';
import { ticketListCard } from '../../src/cards/ticketListCard.ts';
import { unreachableCard } from '../../src/cards/unreachableCard.ts';
import type { View } from '../../src/cards/view.ts';
import { whichTicketCard } from '../../src/cards/whichTicketCard.ts';
import type { Card, Conversation, Person, Picture, Text, Ticket, TicketMessage } from '../../src/domain.ts';
import { locales } from '../../src/text.ts';
import { cardMentions, checkCard } from '../sandbox/cardRules.ts';
import { foundIn, richTexts } from './markup.ts';
import { allOf, imageKeys, read } from './reading.ts';
import { failed, loading, nowMs, numbers, ready, ticket, ticketId, view } from './samples.ts';

// Hundreds of large cards are made and read; a busy machine may take its time.
vi.setConfig({ testTimeout: 120_000 });

/** Laws that hold whatever people, the helpdesk or Feishu put into a ticket. */

const pieces = [
  ...'<>&@[]()!*_~`#{}$\\"\'/ atidluser=\n|:;-+.',
  '<at id=all></at>',
  '<at id=',
  'all></at>',
  '&lt;at id=all&gt;',
  '&#60;',
  '[x](https://evil.example)',
  '![x](img_v3_evil)',
  '<person id=ou_evil></person>',
  '<font color=red>',
  '","tag":"button"',
  '```',
  '\u202E',
  '\u200B',
  '\u0000',
  '\uD800',
  '中文字',
  '한국어',
  '👨‍👩‍👧',
  'e\u0301\u0301\u0301\u0301\u0301\u0301',
  '<br>',
  '**',
];
const short = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(''));
const long = fc
  .tuple(short, fc.integer({ min: 1, max: 800 }))
  .map(([text, count]) => text.repeat(count).slice(0, 20_000));
const hostile = fc.oneof({ weight: 4, arbitrary: short }, { weight: 1, arbitrary: long });

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const atMs = maybe(fc.oneof(fc.integer({ min: nowMs - 1e11, max: nowMs + 1e9 }), fc.double()));
const count = maybe(fc.oneof(fc.integer({ min: 0, max: 1e7 }), fc.double()));
const id = fc.stringMatching(/^\d{1,20}$/);

const textOf = (words: fc.Arbitrary<string>): fc.Arbitrary<Text> =>
  fc.record({ zh_cn: words, en_us: words, ja_jp: words });

const personOf = (words: fc.Arbitrary<string>): fc.Arbitrary<Person> =>
  fc.record({
    openId: maybe(fc.constantFrom('ou_1', 'ou_2', 'ou_3')),
    name: words,
    email: maybe(words),
    department: maybe(words),
  });

const ticketOf = (words: fc.Arbitrary<string>): fc.Arbitrary<Ticket> => {
  const person = personOf(words);
  const people = fc.array(person, { maxLength: 12 });
  return fc.record({
    id,
    helpdeskId: maybe(id),
    guest: maybe(person),
    owner: maybe(person),
    agents: people,
    collaborators: people,
    closedBy: maybe(person),
    stage: fc.constantFrom('bot', 'human', 'unknown'),
    status: fc.constantFrom(
      'created',
      'in_progress',
      'queueing',
      'pending',
      'waiting_for_guest',
      'closed_by_bot',
      'closed_by_agent',
      'closed_by_guest',
      'unknown',
    ),
    channel: fc.constantFrom('open_api', 'qr_code', 'share', 'search', 'other'),
    solved: maybe(fc.boolean()),
    score: maybe(fc.constantFrom('dissatisfied', 'average', 'satisfied')),
    dissatisfaction: maybe(textOf(words)),
    comment: maybe(words),
    createdAtMs: atMs,
    updatedAtMs: atMs,
    closedAtMs: atMs,
    agentEnteredAtMs: atMs,
    firstResponseAtMs: atMs,
    lastResponseAtMs: atMs,
    agentServiceMin: count,
    firstResponseSec: count,
    botServiceSec: count,
    resolutionSec: count,
    processingSec: count,
    fields: fc.array(fc.record({ id: words, key: words, name: words, value: words }), { maxLength: 40 }),
    tags: fc.array(words, { maxLength: 20 }),
  });
};

const picture: fc.Arbitrary<Picture> = fc
  .tuple(
    fc.integer({ min: 1, max: 99 }),
    fc.constantFrom('ready', 'ready', 'loading', 'deleted', 'too_large', 'unreadable', 'unavailable'),
  )
  .map(([n, state]) => {
    if (state === 'ready') return ready(n);
    return state === 'loading' ? loading(n) : failed(n, state);
  });

const messageOf = (words: fc.Arbitrary<string>): fc.Arbitrary<TicketMessage> =>
  fc.record({
    id: words,
    kind: fc.constantFrom('text', 'post', 'image', 'file', 'media', 'unknown'),
    createdAtMs: atMs,
    author: personOf(words),
    text: words,
    pictures: fc.array(picture, { maxLength: 4 }).map((all) => all.map(({ source }) => source)),
  });

const conversationOf = (words: fc.Arbitrary<string>): fc.Arbitrary<Conversation> =>
  fc.record({
    messages: fc.array(messageOf(words), { maxLength: 20 }),
    totalCount: fc.nat(20_000),
    omittedCount: fc.nat(10_000),
    omittedBefore: fc.constant(undefined),
  });

const dataOf = (words: fc.Arbitrary<string>): fc.Arbitrary<TicketCardData> =>
  fc.record({
    ticket: ticketOf(words),
    conversation: maybe(conversationOf(words)),
    pictures: fc.array(picture, { maxLength: 50 }),
  });

const anyView: fc.Arbitrary<View> = fc
  .record({
    privacy: fc.constantFrom('open', 'masked'),
    late: fc.boolean(),
    timeZone: fc.constantFrom('Asia/Shanghai', 'America/Argentina/ComodRivadavia'),
  })
  .map((change) => view(change));

function expectSafe(card: Card): void {
  const { bytes, elements } = measure(card);
  expect(bytes).toBeLessThanOrEqual(28_000);
  expect(elements).toBeLessThanOrEqual(200);
  expect(JSON.parse(JSON.stringify(card))).toEqual(card);
  expect(checkCard(card)).toEqual([]);
  expect(richTexts(card).flatMap(foundIn)).toEqual([]);
  expect(cardMentions(card)).toEqual([]);
  for (const tag of ['lark_md', 'person', 'person_list', 'at']) expect(allOf(card, tag)).toEqual([]);
  expect(JSON.stringify(card)).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]|\\u0000|\\ud8/);
}

describe('any ticket', () => {
  it('makes a card that Feishu takes and that does nothing on behalf of those who wrote in it', () => {
    fc.assert(
      fc.property(dataOf(hostile), anyView, (data, seen) => {
        expectSafe(ticketCard(data, seen));
      }),
      { numRuns: 200 },
    );
  });

  it('shows no picture but those that were given', () => {
    fc.assert(
      fc.property(dataOf(hostile), (data) => {
        const given = data.pictures.flatMap((one) => (one.state === 'ready' ? [one.imageKey] : []));
        for (const key of imageKeys(ticketCard(data, view()))) expect(given).toContain(key);
      }),
      { numRuns: 100 },
    );
  });

  it('stays safe on every step of the way down', () => {
    fc.assert(
      fc.property(dataOf(hostile), (data) => {
        const card = ticketCard(data, view({ ticketUrl: undefined }));
        for (const simpler of [withoutPictures(card), withoutPeople(card), textOnly(card)]) {
          expectSafe(simpler);
        }
        for (const locale of locales) expect(plainText(card, locale)).not.toMatch(/[<>&@[\]]/);
      }),
      { numRuns: 100 },
    );
  });

  it('makes a list card of five that is as safe', () => {
    const item = fc.record({
      state: fc.constant('found' as const),
      ticket: ticketOf(hostile),
      conversation: maybe(conversationOf(hostile)),
    });
    fc.assert(
      fc.property(fc.array(item, { minLength: 5, maxLength: 5 }), anyView, (items, seen) => {
        expectSafe(ticketListCard(items, seen));
      }),
      { numRuns: 60 },
    );
  });
});

describe('any page of a ticket', () => {
  it('of its conversation or of its pictures is as safe', () => {
    const wanted = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
    fc.assert(
      fc.property(dataOf(hostile), wanted, anyView, ({ ticket, conversation, pictures }, page, seen) => {
        const said = conversationCard({ ticket, conversation, page, pictures: pictures.slice(0, 12) }, seen);
        const shown = picturesCard(
          { ticket, conversation, page: page ?? 1, pictures: pictures.slice(0, 40) },
          seen,
        );
        const away = unreachableCard(
          { ticketId: ticket.id, known: { ticket, readAtMs: nowMs }, logId: 'x' },
          seen,
        );
        const last = ticketCard({ ticket, conversation, pictures, ended: true }, seen);
        for (const card of [said, shown, away, last]) {
          expectSafe(card);
          expectSafe(textOnly(card));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('that asks which ticket is meant is as safe', () => {
    const asked = fc.record({
      command: fc.constant('ticket'),
      what: textOf(fc.constant('Which?')),
      next: maybe(textOf(hostile)),
      tickets: fc.array(fc.record({ id, known: maybe(ticketOf(hostile)) }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(asked, anyView, (one, seen) => {
        expectSafe(whichTicketCard(one, seen));
      }),
      { numRuns: 60 },
    );
  });
});

/** A ticket in which everything is as long as it can be, all of the same stuff. */
function largest(unit: string): TicketCardData {
  const words = unit.repeat(3_000);
  const somebody = (openId: string): Person => ({ openId, name: words, email: words, department: words });
  const crowd = numbers(12).map((n) => somebody(`ou_${n}`));
  // Ready and failed in turn: no two pictures share an element.
  const pictures = numbers(50).map((n) =>
    n % 2 === 0 ? ready(n) : failed(n, n % 3 === 0 ? 'deleted' : 'too_large'),
  );
  return {
    ticket: ticket({
      guest: somebody('ou_guest'),
      owner: somebody('ou_owner'),
      agents: crowd,
      collaborators: crowd,
      closedBy: somebody('ou_owner'),
      status: 'closed_by_agent',
      closedAtMs: nowMs,
      score: 'dissatisfied',
      comment: words,
      dissatisfaction: { zh_cn: words, en_us: words, ja_jp: words },
      resolutionSec: 1e9,
      processingSec: 1e9,
      fields: numbers(50).map((n) => ({ id: `${n}`, key: words, name: words, value: words })),
      tags: numbers(50).map(() => words),
    }),
    conversation: {
      messages: numbers(1_000).map((n) => ({
        id: `${n}`,
        kind: 'file',
        createdAtMs: nowMs,
        author: somebody(n % 2 === 0 ? 'ou_owner' : 'ou_guest'),
        text: words,
        pictures: pictures.slice(0, 3).map(({ source }) => source),
      })),
      totalCount: 10_000,
      omittedCount: 9_000,
      omittedBefore: 500,
    },
    pictures,
  };
}

describe('the largest ticket', () => {
  const units = [
    '"',
    '\\',
    '$',
    '*',
    '<',
    '字',
    '😀',
    'ё',
    'ก็',
    'e\u0301\u0302\u0303\u0304',
    '👨‍👩‍👧',
    'x\n',
    ' a',
    '&#60;',
  ];
  const timeZone = 'America/Argentina/ComodRivadavia';

  it.each(units)('of nothing but %j has pages that fit', (unit) => {
    const { ticket, conversation, pictures } = largest(unit);
    for (const page of [1, 2, undefined]) {
      expectSafe(
        conversationCard({ ticket, conversation, page, pictures: pictures.slice(0, 20) }, view({ timeZone })),
      );
    }
    expectSafe(
      picturesCard({ ticket, conversation, page: 2, pictures: pictures.slice(0, 40) }, view({ timeZone })),
    );
  });

  it.each(units)('of nothing but %j fits, and says that parts are left out where they are', (unit) => {
    const card = ticketCard(largest(unit), view({ late: true, timeZone }));
    expectSafe(card);
    expectSafe(textOnly(card));
    expect(imageKeys(card).length).toBeGreaterThan(0);
  });

  it('is cut step by step: history, pictures, words, and only then everything', () => {
    const made = (data: TicketCardData): Card => ticketCard(data, view({ timeZone }));
    const shortHistory = made(largest('$'));
    expect(imageKeys(shortHistory)).toHaveLength(20);
    expect(read(shortHistory)).toContain('Latest messages');

    const withKeysOf = (length: number): TicketCardData => ({
      ...largest('字'),
      pictures: numbers(40).map((n) => ({
        ...ready(n),
        state: 'ready',
        imageKey: `${n}`.padStart(length, 'k'),
      })),
    });
    const fewPictures = made(withKeysOf(400));
    expect(imageKeys(fewPictures)).toHaveLength(9);
    expect(read(fewPictures)).toContain('Only the first 9 of 3,000 pictures are shown');
    expect(read(fewPictures)).toContain('字'.repeat(499));

    const fewWords = made(withKeysOf(1_000));
    expect(imageKeys(fewWords)).toHaveLength(9);
    expect(read(fewWords)).toContain('Latest messages');
    expect(read(fewWords)).not.toContain('字'.repeat(150));

    const endless: Picture = { ...ready(1), state: 'ready', imageKey: 'k'.repeat(30_000) };
    const smallest = made({ ...largest('字'), pictures: [endless] });
    expectSafe(smallest);
    expect(read(smallest).split('\n')).toEqual([
      `${'字'.repeat(39)}…`,
      `Ticket ${ticketId}`,
      'Closed by agent · Human · Dissatisfied',
      'Closed',
      'This ticket is too large for one card; parts of it are not shown.',
      `Open in helpdesk: https://desk.example.com/tickets/${ticketId}`,
      `As of 2025-03-03 23:30 (${timeZone})`,
    ]);
  });
});

describe('any notice', () => {
  it('is as safe, whatever was typed into it', () => {
    const notice = fc.record({
      tone: fc.constantFrom('info', 'problem'),
      what: textOf(hostile),
      next: maybe(textOf(hostile)),
      logId: maybe(hostile),
      suggestions: fc.array(fc.record({ command: hostile, words: hostile, isWhole: fc.boolean() }), {
        maxLength: 10,
      }),
    });
    fc.assert(
      fc.property(notice, anyView, (one, seen) => {
        expectSafe(noticeCard(one, seen));
      }),
      { numRuns: 100 },
    );
  });
});

describe('an address in a masked card', () => {
  const mail = 'wang.fang@mail.example.com';
  const around = fc.constantFrom('', ' ', '，', '<', '(', '\n', 'x', '@', '中');
  const part = fc.tuple(
    around,
    fc.constantFrom(
      mail,
      'wang.fang@',
      'mail.example.com',
      'ｗａｎｇ．ｆａｎｇ＠ｍａｉｌ．ｅｘａｍｐｌｅ．ｃｏｍ',
      'wang.\u200Bfang@mail.example.com',
    ),
    around,
  );
  const words = part.map((parts) => parts.join(''));

  it('never appears, not even put together from two fields', () => {
    fc.assert(
      fc.property(dataOf(words), (data) => {
        const shown = JSON.stringify(ticketCard(data, view({ privacy: 'masked' })));
        const bare = shown.normalize('NFKC').replaceAll(/\\n|\s|\p{Default_Ignorable_Code_Point}/gu, '');
        expect(bare).not.toContain(mail);
      }),
      { numRuns: 150 },
    );
  });
});
