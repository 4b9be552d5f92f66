/** Link previews, step by step: rights come before the ticket, and whatever goes wrong ends in no preview. */

import { describe, expect, it } from 'vitest';
import type { JsonObject, PreviewInbound } from '../src/domain.ts';
import type { Previews } from '../src/services/previews.ts';
import { StoreUnavailable } from '../src/store/store.ts';
import { caseOf, feishuError, routing, type Setting } from './support/asked.ts';

const none = {};

function pull(changes: Partial<PreviewInbound> = {}): PreviewInbound {
  return {
    kind: 'preview',
    eventId: 'event-1',
    appId: 'cli_0123456789abcdef',
    tenantKey: 't_own',
    transport: 'webhook',
    receivedAtMs: 0,
    createdAtMs: 0,
    operator: { openId: 'ou_agent', tenantKey: 't_own' },
    url: 'https://helpdesk.example/tickets/42',
    chatId: 'oc_any',
    messageId: 'om_link',
    ...changes,
  };
}

const by = (openId: string | undefined, tenantKey = 't_own') => ({ operator: { openId, tenantKey } });

/** A router whose previews note, in order, what they were asked for. */
function desk({
  previews = {},
  ...setting
}: Omit<Setting, 'more'> & { readonly previews?: Partial<Previews> } = {}) {
  const steps: string[] = [];
  const { roster } = setting;
  const noted: Previews = {
    ticket: async (id) => {
      steps.push(`ticket ${id}`);
      return previews.ticket === undefined ? caseOf(id) : previews.ticket(id);
    },
    mayHaveCard: async (link) => {
      steps.push(`card in ${link.chatId} for ${link.messageId}`);
      return previews.mayHaveCard === undefined ? true : previews.mayHaveCard(link);
    },
  };
  const found = routing({
    ...setting,
    more: { previews: noted },
    ...(roster === undefined
      ? {}
      : {
          roster: () => {
            steps.push('roster');
            return roster();
          },
        }),
  });
  return { ...found, steps };
}

const titleOf = (answer: JsonObject): string => JSON.stringify(answer['inline'] ?? '');

describe('a preview', () => {
  it('reads the ticket for who may see it, and shows a title and a card', async () => {
    const { router, steps } = desk();
    const answer = await router.preview(pull());
    expect(titleOf(answer)).toContain('Ticket 42');
    expect(answer).toHaveProperty('card');
    expect(steps).toEqual(['ticket 42', 'card in oc_any for om_link']);
  });

  it.each([
    ['a colleague without rights', by('ou_nobody')],
    ['somebody of another tenant', by('ou_agent', 't_other')],
    ['nobody', by(undefined)],
  ])('costs no call to the helpdesk, and no card, for %s', async (_, changes) => {
    const { router, steps } = desk();
    expect(await router.preview(pull(changes))).toEqual(none);
    expect(steps).toEqual([]);
  });

  it('decides the rights before the ticket is read, and not beside it', async () => {
    let decide = (): void => undefined;
    const { router, steps } = desk({
      roster: () =>
        new Promise((resolve) => {
          decide = () => resolve({ readAtMs: Number.MAX_SAFE_INTEGER, agents: [] });
        }),
    });
    const answering = router.preview(pull());
    await new Promise(setImmediate);
    expect(steps).toEqual(['roster']);
    decide();
    expect(await answering).toEqual(none);
    expect(steps).toEqual(['roster']);
  });

  it('is none while the rights cannot be checked', async () => {
    const { router, steps } = desk({ roster: () => Promise.reject(feishuError()) });
    expect(await router.preview(pull())).toEqual(none);
    expect(steps).toEqual(['roster']);
    expect(titleOf(await router.preview(pull({ ...by('ou_listed') })))).toContain('Ticket 42');
  });

  it('is none for what is no ticket, and asks nobody', async () => {
    const { router, steps } = desk({ roster: () => Promise.reject(feishuError()) });
    expect(await router.preview(pull({ url: 'https://helpdesk.example/news' }))).toEqual(none);
    expect(steps).toEqual([]);
  });

  it('is none where there is no such ticket, which uses up no card', async () => {
    const { router, steps } = desk({ previews: { ticket: async () => undefined } });
    expect(await router.preview(pull())).toEqual(none);
    expect(steps).toEqual(['ticket 42']);
  });

  it('masks personal data where the chat is not listed', async () => {
    const found = caseOf('42');
    const guest = { openId: 'ou_1', name: 'wang@example.com', email: undefined, department: undefined };
    const { router } = desk({
      previews: { ticket: async () => ({ ...found, ticket: { ...found.ticket, guest } }) },
    });
    expect(JSON.stringify(await router.preview(pull()))).not.toContain('wang@example.com');
    const listed = await router.preview(pull({ chatId: 'oc_listed' }));
    expect(JSON.stringify(listed)).toContain('wang@example.com');
  });
});

describe('an error', () => {
  it.each<readonly [string, Partial<Setting> & { readonly previews?: Partial<Previews> }]>([
    ['while the rights are decided', { roster: () => Promise.reject(new TypeError('a bug')) }],
    ['while the ticket is read', { previews: { ticket: () => Promise.reject(new TypeError('a bug')) } }],
    [
      'while the card is asked for',
      { previews: { mayHaveCard: () => Promise.reject(new StoreUnavailable('gone')) } },
    ],
  ])('%s ends in no preview, and in a line of the log', async (_, setting) => {
    const { router, lines, clock } = desk(setting);
    expect(await router.preview(pull())).toEqual(none);
    expect(lines.join()).toContain('a preview could not be made');
    expect(clock.sleepers()).toBe(0);
  });
});

describe('a late preview', () => {
  it('is none after 2.5 s, and its error then is heard by nobody but the log', async () => {
    let fail = (): void => undefined;
    const never = new Promise<undefined>((_, reject) => {
      fail = () => reject(new TypeError('late'));
    });
    const { router, clock, lines } = desk({ previews: { ticket: () => never } });
    let answer: JsonObject | undefined;
    const answering = router.preview(pull()).then((found) => {
      answer = found;
    });
    await clock.advance(2_499);
    expect(answer).toBeUndefined();
    await clock.advance(1);
    await answering;
    expect(answer).toEqual(none);
    fail();
    await new Promise(setImmediate);
    expect(lines.join()).toContain('a preview could not be made');
  });

  it('leaves no timer behind when it is in time', async () => {
    const { router, clock } = desk();
    await router.preview(pull());
    expect(clock.sleepers()).toBe(0);
  });
});

describe('a draft', () => {
  it.each([
    ['without a message', { messageId: undefined }],
    ['without a chat', { chatId: undefined }],
    ['without either', { messageId: undefined, chatId: undefined }],
  ])('%s has a title and no card, and uses up none', async (_, changes) => {
    const { router, steps } = desk();
    const answer = await router.preview(pull(changes));
    expect(titleOf(answer)).toContain('Ticket 42');
    expect(answer).not.toHaveProperty('card');
    expect(steps).toEqual(['ticket 42']);
  });
});
