import { describe, expect, it } from 'vitest';
import type { ClickInbound, MembershipInbound, MessageInbound } from '../src/domain.ts';
import { inboundOf, jobOf } from '../src/job.ts';

const message: MessageInbound = {
  kind: 'message',
  eventId: 'ev-1',
  appId: 'cli_1',
  tenantKey: 't',
  transport: 'webhook',
  receivedAtMs: 2,
  createdAtMs: 1,
  messageId: 'om_1',
  chatId: 'oc_1',
  chatType: 'group',
  threadId: undefined,
  rootId: undefined,
  parentId: undefined,
  sender: { openId: 'ou_1', tenantKey: 't', type: 'user' },
  edited: false,
  text: '@_user_1 /ticket 1',
  mentions: [{ key: '@_user_1', openId: 'ou_bot', name: 'Bot' }],
};

const click: ClickInbound = {
  kind: 'click',
  eventId: 'ev-2',
  appId: 'cli_1',
  tenantKey: 't',
  transport: 'webhook',
  receivedAtMs: 2,
  createdAtMs: undefined,
  operator: { openId: 'ou_1', tenantKey: 't' },
  messageId: 'om_2',
  chatId: 'oc_1',
  value: { action: 'ticket.refresh', ticket: '1', nested: [1, null, true] },
  formValue: undefined,
  option: undefined,
};

const left: MembershipInbound = {
  kind: 'membership',
  eventId: 'ev-4',
  appId: 'cli_1',
  tenantKey: 't',
  transport: 'webhook',
  receivedAtMs: 2,
  createdAtMs: 1,
  chatId: 'oc_1',
  change: 'removed',
};

describe('jobs', () => {
  it.each([message, click, left])('give back the event that was stored', (inbound) => {
    const payload: unknown = JSON.parse(JSON.stringify(jobOf(inbound).payload));
    // What storage returns is JSON again.
    expect(inboundOf(payload as never)).toEqual(inbound);
  });

  it('know a message under two names, because Feishu repeats it under other event ids', () => {
    expect(jobOf(message).keys).toEqual(['event/ev-1', 'message/om_1']);
  });

  it('take the second click of a double click for the first, whoever delivers it', () => {
    const again = (changes: Partial<ClickInbound>): boolean => {
      const known = new Set(jobOf(click).keys);
      return jobOf({ ...click, eventId: 'ev-3', ...changes }).keys.some((key) => known.has(key));
    };
    for (const afterMs of [0, 1, 999, 1_500, 2_999, 3_000])
      expect(again({ receivedAtMs: click.receivedAtMs + afterMs })).toBe(true);
    for (const afterMs of [4_000, 60_000])
      expect(again({ receivedAtMs: click.receivedAtMs + afterMs })).toBe(false);
    expect(again({ operator: { openId: 'ou_2', tenantKey: 't' } })).toBe(false);
    expect(again({ messageId: 'om_3' })).toBe(false);
    expect(again({ value: { action: 'ticket.refresh', ticket: '2' } })).toBe(false);
    expect(again({ option: 'watch.start' })).toBe(false);
    expect(again({ formValue: { reason: 'x' } })).toBe(false);
  });

  it('hold the work of a click until its answer is written', () => {
    expect(jobOf(click).holdMs).toBeGreaterThan(0);
    expect(jobOf(message).holdMs).toBeUndefined();
  });

  it.each([null, 1, 'x', {}, { kind: 'message' }, { kind: 'other' }, [message]])(
    'refuse the payload %j instead of guessing',
    (payload) => {
      expect(inboundOf(payload as never)).toBeUndefined();
    },
  );
});
