/** B14, B15 and B24: what forms and choices of people bring, and people who want opposite things at once, on escalations. */

import { expect } from 'vitest';
import { foundIn, richTexts } from '../cards/markup.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import { ticketIds } from '../sandbox/seed.ts';
import { cardOf } from './clicking.ts';
import { agent, type Row, type Stage, saidIn, support } from './stage.ts';

const maya = 'Maya Patel';
export const outsider = 'Alex（外部）';
export const left = '李浩';
const evil =
  '<at id=all></at><at user_id="all">x</at> [free](https://evil.example/a) ![p](img_x) **b** `c` <font color=red>hunter2</font>';

type Form = Readonly<Record<string, unknown>>;

/** An escalation that somebody has begun with the form of a ticket's card. */
interface Going {
  readonly ticket: string;
  readonly number: number;
  readonly messageId: string;
  /** Presses a button of its card. @returns the toast, in English */
  press(
    person: string,
    action: string,
    more?: { readonly form?: Form; readonly open?: boolean },
  ): Promise<Told>;
  /** What the bot has said in the chat since it began, this card as it shows now included. */
  said(): readonly SentReply[];
  /** Its card as it shows now. */
  card(): string;
  /** What stands besides such cards. */
  lines(): readonly string[];
  /** Waits until a line matches. */
  hears(words: RegExp): Promise<string>;
}

interface Told {
  readonly type: string;
  readonly says: string;
}

const idOf = ({ sandbox }: Stage, name: string): string => sandbox.world.person(name).openId;

/** Opens the form under a ticket's card and sends it. @returns the card of the form */
async function sendForm(stage: Stage, ticket: string, form: Form): Promise<string> {
  const { sandbox } = stage;
  const messageId = await cardOf(stage, ticket);
  await sandbox.click({ person: agent, messageId, value: { action: 'escalate.open', ticket } });
  const asks = await sandbox.waitFor(() =>
    sandbox.ledger.repliesTo(messageId).find((reply) => saidIn(reply).includes('escalate.start')),
  );
  const value = { action: 'escalate.start', ticket };
  await sandbox.click({ person: agent, messageId: asks.messageId, value, formValue: form });
  return asks.messageId;
}

/** @param form its reason names the escalation, so it must be another one each time */
async function begin(stage: Stage, ticket: string, form: Form): Promise<Going> {
  const { sandbox } = stage;
  const { chatId } = sandbox.world.chat(support);
  const before = sandbox.ledger.sentTo(chatId).length;
  await sendForm(stage, ticket, form);
  const said = (): readonly SentReply[] => sandbox.ledger.sentTo(chatId).slice(before);
  const lines = (): readonly string[] =>
    said()
      .map(saidIn)
      .filter((one) => !one.includes('Escalation · Ticket'));
  const card = await sandbox.waitFor(() => said().find((one) => saidIn(one).includes('escalate.take')));
  const number = Number(/"number":(\d+)/.exec(saidIn(card))?.[1]);
  return {
    ticket,
    number,
    messageId: card.messageId,
    said,
    card: () => saidIn(said().find(({ messageId }) => messageId === card.messageId)),
    lines,
    hears: (words) => sandbox.waitFor(() => lines().find((one) => words.test(one))),
    async press(person, action, { form: formValue, open = true } = {}) {
      const value = { action: `escalate.${action}`, ticket, number, open };
      const click = { person, messageId: card.messageId, value };
      const { toast } = await sandbox.click(formValue === undefined ? click : { ...click, formValue });
      return { type: toast?.type ?? '', says: toast?.i18n?.['en_us'] ?? '' };
    },
  };
}

/** Nothing in what was said notifies, links or shows anything but the people whom the bot itself names. */
function expectInert(said: readonly SentReply[]): void {
  expect(said.length).toBeGreaterThan(0);
  for (const { card, msgType } of said) {
    expect(msgType).toBe('interactive');
    for (const rich of richTexts(card)) expect(foundIn(withoutPeople(rich))).toEqual([]);
  }
}

function withoutPeople(rich: string): string {
  return rich.replaceAll(/<at id=ou_\w+><\/at>|<person id='ou_\w+' [^<>]*><\/person>/g, '');
}

/** This person was not called, and has got nothing of the ticket. */
function expectNotReached({ sandbox }: Stage, openId: string): void {
  const called = sandbox.ledger.notifications().filter(({ via }) => via.startsWith('urgent'));
  expect(called.map(({ target }) => target)).not.toContain(openId);
  const direct = [...sandbox.world.chats.values()].filter(
    ({ type, members }) => type === 'p2p' && members.has(openId),
  );
  for (const { chatId } of direct) expect(sandbox.ledger.sentTo(chatId)).toEqual([]);
}

function countOf({ lines }: Going, words: RegExp): number {
  return lines().filter((one) => words.test(one)).length;
}

/** Two people, two buttons, one moment: one of them goes on, and the other hears what holds. */
async function collide(
  stage: Stage,
  round: number,
  [first, second]: readonly [readonly [string, string], readonly [string, string]],
): Promise<void> {
  const going = await begin(stage, ticketIds.english, {
    reason: `round ${round}`,
    people: [idOf(stage, maya)],
  });
  const told = await Promise.all([going.press(...first), going.press(...second)]);
  expect(told.map(({ type }) => type).sort()).toEqual(['info', 'warning']);
  const loser = told.find(({ type }) => type === 'warning');
  expect(loser?.says).toMatch(/has taken it|is over: .* stopped the calls|pressed a button just before you/);
  const [, won] = told[0].type === 'info' ? first : second;
  await going.hears(won === 'take' ? / takes it/ : / stopped the calls/);
  await stage.settle();
  expect(countOf(going, / takes it/)).toBe(won === 'take' ? 1 : 0);
  expect(countOf(going, / stopped the calls/)).toBe(won === 'take' ? 0 : 1);
  expect(countOf(going, /Too late|is over/)).toBe(0);
  expect(going.card()).toMatch(won === 'take' ? /took it after/ : /stopped the calls/);
  if (won === 'take') {
    // From a card that has not changed yet: it is not what was meant.
    const [loses] = won === first[1] && told[0].type === 'info' ? second : first;
    expect(await going.press(loses, 'stop')).toMatchObject({ type: 'warning', says: /has taken it/ });
    await going.press(loses, 'stop', { open: false });
    await going.hears(/ stopped the calls/);
  }
  expect(await going.press(maya, 'take')).toMatchObject({
    type: 'warning',
    says: /is over: .*stopped the calls/,
  });
}

export const escalationRows: readonly Row[] = [
  {
    id: 'B14',
    input: 'mentions, links and other markup in what is typed into a form',
    async attempt(stage) {
      const since = stage.sandbox.ledger.calls().at(-1)?.seq ?? 0;
      const going = await begin(stage, ticketIds.japanese, {
        reason: evil,
        people: ['<at id=all></at>', idOf(stage, maya), '![p](img_x)'],
      });
      await going.hears(/Called .* by urgent message/);
      for (const person of ['<at id=all></at>', 'all', `${idOf(stage, maya)}></at><at id=all`])
        await going.press(maya, 'hand', { form: { person } });
      await going.hears(/To whom do you want to hand it over/);
      await going.press(maya, 'resolve', { form: { reason: evil } });
      const line = await going.hears(/resolved it: /);
      // It is there to be read.
      expect(line).toContain('evil');
      await stage.settle();
      expectInert(going.said());
      // No card had to be made simpler before Feishu took it.
      expect(stage.sandbox.ledger.calls(since).filter(({ code }) => code !== 0)).toEqual([]);
      expect(going.card()).toContain('hunter2');
    },
  },
  {
    id: 'B15',
    input: 'the bot itself, somebody who has left, and somebody of another tenant chosen to be called',
    note: 'The bot is refused at once. Who has left or is elsewhere only Feishu knows: it refuses the call, the thread says so, and the next person is called. Their name in the thread is all that they may see.',
    async attempt(stage) {
      const { sandbox } = stage;
      const { botOpenId } = sandbox.app;
      sandbox.world.person(left).resigned = true;
      const form = await sendForm(stage, ticketIds.unassigned, { people: [botOpenId], reason: 'x' });
      await sandbox.waitFor(() =>
        sandbox.ledger.repliesTo(form).find((reply) => saidIn(reply).includes('The bot cannot take it')),
      );
      const going = await begin(stage, ticketIds.unassigned, { people: [idOf(stage, maya)], reason: 'y' });
      const refused = await going.press(maya, 'hand', { form: { person: botOpenId } });
      expect(refused).toEqual({ type: 'warning', says: 'The bot cannot take it, so it cannot be called.' });
      for (const person of [left, outsider].map((name) => idOf(stage, name))) {
        const calls = sandbox.ledger.callsTo('urgentApp').length;
        expect((await going.press(maya, 'hand', { form: { person } })).type).toBe('info');
        await sandbox.waitFor(() => {
          const made = sandbox.ledger.callsTo('urgentApp').slice(calls);
          return made.find(({ code, body }) => code === 0 && !JSON.stringify(body).includes(person));
        });
        await stage.settle();
        expectNotReached(stage, person);
      }
      const notCalled = /Could not call .* cannot be called now/;
      await sandbox.waitFor(() => (countOf(going, notCalled) === 2 ? true : undefined));
      const outside = { person: outsider, messageId: going.messageId };
      const value = { action: 'escalate.take', ticket: going.ticket, number: going.number };
      expect((await sandbox.click({ ...outside, value })).toast?.type).toBe('error');
      await going.press(maya, 'stop');
      await going.hears(/ stopped the calls/);
    },
  },
  {
    id: 'B24',
    input: 'two people press what contradicts each other in the same moment',
    note: 'Each escalation is changed only from the version that was read. Who pressed second is told by the toast, and nothing else is said.',
    async attempt(stage) {
      for (let round = 0; round < 3; round += 1) {
        await collide(stage, round, [
          [agent, 'take'],
          [maya, 'stop'],
        ]);
        await collide(stage, round + 0.1, [
          [maya, 'stop'],
          [agent, 'take'],
        ]);
        await collide(stage, round + 0.2, [
          [maya, 'take'],
          [agent, 'take'],
        ]);
      }
    },
  },
];
