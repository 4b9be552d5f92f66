import { describe, expect, it } from 'vitest';
import { escalationCard } from '../../src/cards/escalationCard.ts';
import { lineOf } from '../../src/cards/escalationWords.ts';
import { lineCard } from '../../src/cards/lineCard.ts';
import type { Card } from '../../src/domain.ts';
import { beginEscalation } from '../../src/escalation.ts';
import { type Escalation, type Happening, noted, type Status } from '../../src/escalationState.ts';
import { parseLadder } from '../../src/ladder.ts';
import { same } from '../../src/text.ts';
import { checkCard } from '../sandbox/cardRules.ts';
import { allOf, configOf, headerOf, read } from './reading.ts';
import { minutesAgo, ticket, ticketId, view } from './samples.ts';

const deeds = ['take', 'snooze', 'stop', 'resolve', 'hand'].map((one) => `escalate.${one}`);
const seen = view({ actions: new Set([...deeds, 'ticket.show']) });

const begun = beginEscalation({
  ticket: ticketId,
  number: 1,
  reason: 'everything is down',
  askedBy: 'ou_asker',
  startedAtMs: minutesAgo(9),
  ladder: parseLadder('app@0m sms@10m') ?? [],
  people: ['ou_maria'],
  names: { ou_maria: 'Maria Lopez' },
  place: { chatId: 'oc_1', chatType: 'group' },
});

const cardOf = (change: Partial<Escalation>, isCopy = false, known = true): Card =>
  escalationCard({ state: { ...begun, ...change }, ticket: known ? ticket() : undefined, isCopy }, seen);

/** The names of the deeds that a card offers, buttons and forms alike. */
function offered(card: Card): readonly string[] {
  const said = JSON.stringify(card);
  return [...said.matchAll(/"action":"([\w.]+)"/g)].map(([, action = '']) => action.replace('escalate.', ''));
}

const labels = (card: Card): readonly string[] =>
  allOf(card, 'button').flatMap((button) =>
    allOf(button['text'], 'plain_text').map(({ content }) => `${content}`),
  );

describe('what can be done', () => {
  it.each<[Status, readonly string[]]>([
    ['calling', ['take', 'snooze', 'stop', 'resolve', 'hand']],
    ['snoozed', ['take', 'stop', 'resolve', 'hand']],
    ['taken', ['resolve', 'hand']],
    ['resolved', []],
    ['stopped', []],
    ['closed', []],
  ])('with one that is %s', (status, wanted) => {
    const card = cardOf({ status, owner: status === 'taken' ? 'ou_maria' : undefined });
    expect(offered(card)).toEqual(wanted);
    expect(checkCard(card)).toEqual([]);
  });

  it('says of what a card shows whether anybody had taken it', () => {
    expect(JSON.stringify(cardOf({}))).toMatch(/"escalate\.stop"[^}]*"open":true/);
    expect(JSON.stringify(cardOf({}))).toMatch(/"escalate\.hand"[^}]*"open":true/);
    const taken = cardOf({ status: 'taken', owner: 'ou_maria' });
    expect(JSON.stringify(taken)).toMatch(/"escalate\.hand"[^}]*"open":false/);
  });

  it.each<Status>(['calling', 'taken', 'closed'])(
    'leads from a direct card to the ticket while %s',
    (status) => {
      expect(labels(cardOf({ status }, true))).toEqual(
        expect.arrayContaining(['Show ticket', 'Open in helpdesk']),
      );
      expect(labels(cardOf({ status }))).not.toContain('Show ticket');
    },
  );

  it('offers in a direct card those who are in it, because it has no members to choose from', () => {
    const [select] = allOf(cardOf({}, true), 'select_person');
    expect(select).toMatchObject({ options: [{ value: 'ou_maria' }, { value: 'ou_asker' }] });
  });
});

describe('the head', () => {
  it('says what the ticket is about, and the list of chats too', () => {
    const card = cardOf({});
    const number = `Escalation · Ticket ${ticketId}`;
    expect(headerOf(card)).toMatchObject({
      title: { content: 'VPN 连接失败，错误代码 809' },
      subtitle: { content: number },
    });
    expect(configOf(card)).toMatchObject({
      summary: { content: `${number} · Calling · VPN 连接失败，错误代码 809` },
    });
  });

  it('is the number of a ticket of which nothing is known', () => {
    const card = cardOf({}, false, false);
    expect(headerOf(card)).toMatchObject({ title: { content: `Escalation · Ticket ${ticketId}` } });
    expect(headerOf(card)).not.toHaveProperty('subtitle');
  });
});

it('shows the rungs in one text, a line for each', () => {
  expect(read(cardOf({}))).toContain('○ Urgent message · 10:21\n○ SMS · 10:31');
  expect(read(cardOf({ status: 'taken', owner: 'ou_maria' }))).toContain('– SMS · not needed');
});

describe('a line in the thread', () => {
  const preview = (happening: Happening, state = begun): unknown => {
    const [entry] = noted(state, minutesAgo(0), happening).story;
    if (entry === undefined) throw new Error('nothing happened');
    return configOf(lineCard(lineOf(entry, state, 'calling', seen), lineOf(entry, state, 'plain', seen)));
  };
  const called = { what: 'called', to: 'ou_maria', means: 'app', via: 'group' } as const;

  it('names in the list of chats who is called', () => {
    expect(preview(called)).toMatchObject({
      summary: { content: 'Called Maria Lopez by urgent message: please take it' },
    });
  });

  it('has a word there for whoever has no name', () => {
    expect(preview(called, { ...begun, names: {} })).toMatchObject({
      summary: { content: 'Called Someone by urgent message: please take it' },
    });
    const drawn = same("calling <person id='ou_x'></person> by phone, <at id=ou_x></at>");
    expect(configOf(lineCard(drawn))).toMatchObject({
      summary: {
        content: 'calling Someone by phone, Someone',
        i18n_content: { zh_cn: 'calling 某人 by phone, 某人' },
      },
    });
  });
});
