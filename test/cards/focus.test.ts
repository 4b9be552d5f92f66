import { describe, expect, it } from 'vitest';
import { focus, waiting } from '../../src/cards/focus.ts';
import type { Conversation, Ticket } from '../../src/domain.ts';
import { agent, conversation, message, minutesAgo, nowMs, person, talk, ticket } from './samples.ts';

const said = (change: Partial<Ticket>, talked: Conversation | undefined = talk): string =>
  focus(ticket(change), talked, nowMs).text.en_us;

const fresh = { owner: undefined, agents: [], createdAtMs: minutesAgo(42) } as const;
const guestAgain = conversation([
  ...talk.messages,
  message({ id: 'm5', createdAtMs: minutesAgo(65) }),
  message({ id: 'm6', createdAtMs: minutesAgo(1) }),
]);

describe('the line that matters now', () => {
  it.each<[string, Partial<Ticket>, string]>([
    ['nobody owns it', fresh, 'Waiting for an agent for 42 min; nobody owns it'],
    [
      'in the queue, though still with the bot',
      { ...fresh, stage: 'bot', status: 'queueing' },
      'Waiting for an agent for 42 min; nobody owns it',
    ],
    ['nobody owns it, nobody knows since when', { ...fresh, createdAtMs: undefined }, 'Nobody owns it'],
    [
      'an agent came but did not answer',
      { firstResponseAtMs: undefined },
      'Waiting for the first reply for 2 h',
    ],
    ['the customer must answer', { status: 'waiting_for_guest' }, 'Waiting for the customer for 5 min'],
    [
      'the customer must answer, since some time',
      { status: 'waiting_for_guest', lastResponseAtMs: undefined },
      'Waiting for customer',
    ],
    ['the bot answers', { ...fresh, stage: 'bot' }, 'With the bot; no agent yet'],
    ['on hold', { status: 'pending' }, 'On hold'],
    ['an agent answered', {}, 'An agent replied 5 min ago'],
    ['an agent works', { lastResponseAtMs: undefined }, 'An agent is on it'],
    ['closed, unsolved', { status: 'closed_by_guest', solved: false }, 'Closed without being solved'],
    ['closed, solved', { status: 'closed_by_bot', solved: true }, 'Solved and closed'],
    ['closed', { status: 'closed_by_agent' }, 'Closed'],
    [
      'of an unknown state',
      { status: 'unknown', ...fresh },
      'Waiting for an agent for 42 min; nobody owns it',
    ],
  ])('%s', (_, change, expected) => {
    expect(said(change)).toBe(expected);
  });

  it('counts from the first unanswered message of the customer', () => {
    expect(said({}, guestAgain)).toBe('The customer has waited for a reply for 1 h 5 min');
    expect(focus(ticket(), guestAgain, nowMs).color).toBe('orange');
  });

  it('is red when nobody takes care and when it ended badly', () => {
    expect(focus(ticket(fresh), talk, nowMs).color).toBe('red');
    expect(focus(ticket({ status: 'closed_by_agent', solved: false }), talk, nowMs).color).toBe('red');
  });

  it('does not need the conversation', () => {
    expect(focus(ticket(), undefined, nowMs).text.en_us).toBe('An agent replied 5 min ago');
  });
});

describe('waiting', () => {
  it('is for nobody once a ticket is closed or on hold', () => {
    expect(waiting(ticket({ ...fresh, status: 'closed_by_bot' }), talk)).toBeUndefined();
    expect(waiting(ticket({ ...fresh, status: 'pending' }), talk)).toBeUndefined();
  });

  it('takes a guest who is not named for whoever does not serve', () => {
    const nameless = ticket({ guest: undefined, agents: [agent] });
    const last = message({ author: person('?', { openId: undefined }), createdAtMs: minutesAgo(9) });
    expect(waiting(nameless, conversation([...talk.messages, last]))).toEqual({
      on: 'reply',
      sinceMs: minutesAgo(9),
    });
    expect(waiting(nameless, talk)).toBeUndefined();
  });
});
