import { describe, expect, it } from 'vitest';
import { conversationCard } from '../../src/cards/conversationCard.ts';
import { picturesCard, picturesPage } from '../../src/cards/picturesCard.ts';
import { unreachableCard } from '../../src/cards/unreachableCard.ts';
import type { View } from '../../src/cards/view.ts';
import { whichTicketCard } from '../../src/cards/whichTicketCard.ts';
import type { Card, JsonObject } from '../../src/domain.ts';
import { same } from '../../src/text.ts';
import { allOf, behaviors, headerOf, imageKeys, lines, read } from './reading.ts';
import {
  conversation,
  failed,
  loading,
  message,
  minutesAgo,
  numbers,
  person,
  ready,
  talk,
  talkWith,
  ticket,
  ticketId,
  view,
} from './samples.ts';

const long = conversation(numbers(45).map((id) => message({ id: `m${id}`, text: `message ${id}` })));
const page = (number: number | undefined, seen: Partial<View> = {}): Card =>
  conversationCard({ ticket: ticket(), conversation: long, page: number, pictures: [] }, view(seen));
const called = (card: Card): unknown[] =>
  behaviors(card).map((one) => {
    const [behavior] = Array.isArray(one) ? one : [];
    return behavior?.value ?? behavior?.default_url;
  });
const menuOf = (card: Card): readonly JsonObject[] => allOf(card, 'overflow');

describe('a page of the conversation', () => {
  it('says which one it is, and leads to its neighbours, to both ends and back', () => {
    const to = (number: number) => ({ action: 'ticket.conversation', ticket: ticketId, page: number });
    const back = { action: 'ticket.refresh', ticket: ticketId };
    expect(headerOf(page(3))).toMatchObject({
      subtitle: { content: `Ticket ${ticketId} · Conversation, page 3 of 5` },
    });
    expect(called(page(3))).toEqual([to(2), to(4), back]);
    expect(menuOf(page(3))).toMatchObject([
      {
        value: { action: 'menu', ticket: ticketId },
        options: [
          { value: 'ticket.conversation:1' },
          { value: 'ticket.conversation:5' },
          { multi_url: { url: `https://desk.example.com/tickets/${ticketId}` } },
        ],
      },
    ]);
    expect(called(page(1))).toEqual([to(2), back, to(5)]);
    expect(called(page(undefined))).toEqual([to(4), back, to(1)]);
  });

  it('can be asked for again when it could not be read', () => {
    const card = conversationCard(
      { ticket: ticket(), conversation: undefined, page: 2, pictures: [] },
      view(),
    );
    expect(read(card)).toContain('The messages could not be read. Try again later.');
    expect(called(card)[0]).toEqual({ action: 'ticket.conversation', ticket: ticketId, page: 2 });
  });

  it('has what was said on it, with who said it and when', () => {
    const card = conversationCard({ ticket: ticket(), conversation: talk, page: 1, pictures: [] }, view());
    expect(lines(card).slice(0, 4)).toEqual([
      '王芳 · Customer · 2025-03-04 08:20',
      'VPN 一直连不上，换了网络也一样。\n错误代码 809，附截图。',
      '佐藤健 · 2025-03-04 08:32',
      '您好，请问公司网络下也不行吗？',
    ]);
  });

  it('shows pictures where they were sent, and says how far it is with them', () => {
    const card = conversationCard(
      {
        ticket: ticket(),
        conversation: talkWith(3),
        page: 1,
        pictures: [ready(1), failed(2, 'deleted'), loading(3)],
      },
      view(),
    );
    expect(imageKeys(card)).toHaveLength(1);
    expect(read(card)).toContain('Picture 2: deleted by the customer');
    expect(read(card)).toContain('Loading 2 of 3 pictures…');
  });

  it('has no buttons that do nothing', () => {
    expect(called(page(3, { actions: new Set(), ticketUrl: undefined }))).toEqual([]);
  });
});

describe('a page of pictures', () => {
  it('holds forty, numbered through the conversation', () => {
    expect(picturesPage(talkWith(57), 1).sources).toHaveLength(40);
    expect(picturesPage(talkWith(57), 2)).toMatchObject({ page: 2, pageCount: 2, totalCount: 57 });
    expect(picturesPage(talkWith(57), 9).page).toBe(2);
    expect(picturesPage(undefined, 1)).toMatchObject({ sources: [], page: 1, totalCount: 0 });
    const card = picturesCard(
      { ticket: ticket(), conversation: talkWith(57), page: 2, pictures: numbers(17).map(ready) },
      view(),
    );
    expect(imageKeys(card)).toHaveLength(17);
    expect(read(card)).toContain('Pictures 41–57 · 王芳');
    expect(read(card)).toContain('Pictures 41–57 of 57');
    expect(called(card)[0]).toEqual({ action: 'ticket.pictures', ticket: ticketId, page: 1 });
  });

  it('drops the senders when naming each of them is too much, and keeps every picture', () => {
    const many = conversation(
      numbers(60).map((id) =>
        message({
          id: `m${id}`,
          author: person(`${'很长的名字'.repeat(4)}${id}`),
          pictures: talkWith(1).messages[3]?.pictures ?? [],
        }),
      ),
    );
    const card = picturesCard(
      { ticket: ticket(), conversation: many, page: 1, pictures: numbers(40).map(ready) },
      view(),
    );
    expect(imageKeys(card)).toHaveLength(40);
    expect(read(card)).not.toContain('很长的名字');
  });
});

describe('the card of a helpdesk that does not answer', () => {
  it('says what was known and when, as it was then, and tries again in place', () => {
    const known = { ticket: ticket({ lastResponseAtMs: minutesAgo(60) }), readAtMs: minutesAgo(50) };
    const card = unreachableCard({ ticketId, known, logId: 'log-1' }, view());
    expect(read(card)).toContain('This is how it was at 2025-03-04 09:40 (Asia/Shanghai)');
    expect(read(card)).toContain('An agent replied 10 min ago');
    expect(read(card)).toContain('log-1');
    expect(called(card)[0]).toEqual({ action: 'ticket.refresh', ticket: ticketId, retry: true });
  });

  it('shows nothing that people wrote', () => {
    const known = { ticket: ticket({ comment: 'secret remark' }), readAtMs: minutesAgo(50) };
    expect(JSON.stringify(unreachableCard({ ticketId, known, logId: undefined }, view()))).not.toMatch(
      /secret remark|VPN 连接失败/,
    );
  });
});

describe('the question which ticket is meant', () => {
  it('has a button for each that puts the answer in its place', () => {
    const card = whichTicketCard(
      {
        command: 'watch',
        what: same('Which?'),
        next: same('Write its number.'),
        tickets: [
          { id: '1', known: ticket({ owner: undefined }) },
          { id: '2', known: undefined },
        ],
      },
      view(),
    );
    expect(read(card)).toContain('Ticket 1\nIn progress · Customer: 王芳 · Owner: Unassigned');
    expect(called(card)).toEqual(
      ['1', '2'].map((words) => ({ action: 'run', command: 'watch', words, instead: true })),
    );
  });
});
