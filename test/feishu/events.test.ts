import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/feishu/events.ts';
import { fixtureNames, messagePayload, payloadOf } from '../support/events.ts';

const meta = { transport: 'webhook', receivedAtMs: 1_767_603_601_000 } as const;
/** As it comes over the wire: members that are undefined are absent. */
const parse = (payload: unknown) => parseEvent(JSON.parse(JSON.stringify(payload) ?? 'null'), meta);
const { event: messageBody } = payloadOf('im.message.receive_v1');
const base = {
  appId: 'cli_a1b2c3d4e5f60718',
  tenantKey: 'tenant-1',
  transport: 'webhook',
  receivedAtMs: 1_767_603_601_000,
};
const message = (options: Parameters<typeof messagePayload>[0]) => parse(messagePayload(options));

describe('fixtures', () => {
  const asker = { openId: 'ou_asker', tenantKey: 'tenant-1' };
  const bot = { key: '@_user_1', openId: 'ou_bot', name: 'Helpdesk' };
  const said = {
    ...base,
    kind: 'message',
    createdAtMs: 1_767_603_600_000,
    chatId: 'oc_5ad11d72b830411d72b836c20',
    chatType: 'group',
    threadId: undefined,
    rootId: undefined,
    parentId: undefined,
    sender: { ...asker, type: 'user' },
    edited: false,
    mentions: [bot],
  };
  const news = { ...base, kind: 'ticket', createdAtMs: 1_767_603_600_123, ticketId: '6626871355780366331' };
  const click = {
    ...base,
    kind: 'click',
    createdAtMs: 1_767_603_600_123,
    operator: asker,
    messageId: 'om_card',
    chatId: 'oc_1',
  };
  const expected: Record<string, unknown> = {
    'im.message.receive_v1': {
      ...said,
      eventId: 'ev-text',
      messageId: 'om_text',
      text: '@_user_1 /ticket 6626871355780366331',
    },
    'im.message.receive_v1.thread': {
      ...said,
      eventId: 'ev-thread',
      messageId: 'om_thread',
      text: '/ticket',
      threadId: 'omt_1',
      rootId: 'om_root',
      parentId: 'om_root',
      mentions: [],
    },
    'im.message.receive_v1.p2p': {
      ...said,
      eventId: 'ev-p2p',
      messageId: 'om_p2p',
      text: '/help',
      chatType: 'p2p',
      mentions: [],
    },
    'im.message.receive_v1.edited': {
      ...said,
      eventId: 'ev-edited',
      messageId: 'om_edited',
      text: '/ticket 1',
      edited: true,
      mentions: [],
    },
    'im.message.receive_v1.post': {
      ...said,
      eventId: 'ev-post',
      messageId: 'om_post',
      text: '@_user_1 /ticket https://example.com/ticket/123\n[the other one](https://example.com/ticket/124)\n\n\nthanks',
    },
    'im.message.receive_v1.merge_forward': {
      ...said,
      eventId: 'ev-fwd',
      messageId: 'om_fwd',
      text: '',
      mentions: [],
    },
    'im.message.receive_v1.image': {
      ...said,
      eventId: 'ev-image',
      messageId: 'om_image',
      text: '',
      mentions: [],
    },
    'helpdesk.ticket.created_v1': {
      ...news,
      eventId: 'ev-created',
      change: 'created',
      ticketMessageId: undefined,
    },
    'helpdesk.ticket.updated_v1': {
      ...news,
      eventId: 'ev-updated',
      change: 'updated',
      ticketMessageId: undefined,
    },
    // Its `event` has an `event_id` of its own, which is not the delivery's.
    'helpdesk.ticket_message.created_v1': {
      ...news,
      eventId: 'ev-said',
      change: 'message',
      ticketMessageId: '6949088240624222236',
    },
    'card.action.trigger': {
      ...click,
      eventId: 'ev-click',
      value: { action: 'ticket.refresh', ticket: '6626871355780366331' },
      formValue: undefined,
      option: undefined,
    },
    'card.action.trigger.form': {
      ...click,
      eventId: 'ev-form',
      value: 'resolve',
      formValue: { reason: 'reset', people: ['ou_a', 'ou_b'] },
      option: '2',
    },
    'url.preview.get': {
      ...base,
      kind: 'preview',
      eventId: 'ev-preview',
      createdAtMs: 1_767_603_600_123,
      operator: asker,
      url: 'https://example.com/ticket/6626871355780366331',
      chatId: undefined,
      messageId: undefined,
    },
    'im.message.message_read_v1': {
      ...base,
      kind: 'read',
      eventId: 'ev-read',
      createdAtMs: 1_767_603_600_000,
      readerId: 'ou_reader',
      messageIds: ['om_1', 'om_2'],
    },
    'event_callback.v1': {
      ...base,
      kind: 'unknown',
      eventId: '41b5f371157e3d5341b38b20396e77e3',
      createdAtMs: 1_767_603_600_000,
      type: 'message',
    },
    'im.chat.member.bot.added_v1': {
      ...base,
      kind: 'membership',
      eventId: 'ev-added',
      createdAtMs: 1_767_603_600_123,
      chatId: 'oc_1',
      change: 'added',
    },
    'im.chat.member.bot.deleted_v1': {
      ...base,
      kind: 'membership',
      eventId: 'ev-removed',
      createdAtMs: 1_767_603_600_123,
      chatId: 'oc_1',
      change: 'removed',
    },
    'im.message.reaction.created_v1': {
      ...base,
      kind: 'unknown',
      eventId: 'ev-reaction',
      createdAtMs: 1_767_603_600_123,
      type: 'im.message.reaction.created_v1',
    },
    url_verification: undefined,
  };

  it('each has an expectation', () => {
    expect([...fixtureNames].sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(fixtureNames)('%s', (name) => {
    expect(parse(payloadOf(name))).toEqual(expected[name]);
  });

  it('an event type says where it came from', () => {
    expect(parseEvent(messagePayload(), { transport: 'websocket', receivedAtMs: 5 })).toMatchObject({
      transport: 'websocket',
      receivedAtMs: 5,
    });
  });
});

describe('envelopes', () => {
  it.each([undefined, null, '', 7, 'x'.repeat(129), {}, ['a']])('%j is no event id', (eventId) => {
    expect(message({ header: { event_id: eventId } })).toBeUndefined();
    expect(parse({ ...payloadOf('event_callback.v1'), uuid: eventId })).toBeUndefined();
  });

  it('an event id has up to 128 characters', () => {
    expect(message({ eventId: 'x'.repeat(128) })).toMatchObject({
      kind: 'message',
      eventId: 'x'.repeat(128),
    });
  });

  it.each([
    ['no header', { schema: '2.0', event: {} }],
    ['no event', { ...messagePayload(), event: undefined }],
    ['an event that is no object', { ...messagePayload(), event: [] }],
    ['no type', messagePayload({ header: { event_type: undefined } })],
    ['a type that is no text', messagePayload({ header: { event_type: 1 } })],
    ['nothing', null],
    ['text', 'event'],
    ['a new schema in the old shape', { ...payloadOf('event_callback.v1'), schema: '2.0' }],
  ])('%s is no usable envelope', (_name, payload) => {
    expect(parse(payload)).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString', '<script>alert(1)</script>'])(
    'type %s is unknown',
    (type) => {
      expect(message({ header: { event_type: type } })).toMatchObject({ kind: 'unknown', type });
    },
  );

  it('takes ids from the header alone', () => {
    const event = {
      event_id: 'spoof',
      event_type: 'spoof',
      tenant_key: 'spoof',
      app_id: 'spoof',
      header: {},
    };
    expect(message({ event })).toMatchObject({ ...base, kind: 'message', eventId: 'event-1' });
  });

  it('inherits nothing from a key named __proto__', () => {
    const payload: unknown = JSON.parse(
      JSON.stringify({ ...messagePayload(), event: {} }).replace(
        '"event":{}',
        `"event":{"__proto__":${JSON.stringify(messageBody)}}`,
      ),
    );
    expect(parse(payload)).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['4070908800000', 4_070_908_800_000],
    ['1767603600000000', 1_767_603_600_000],
    ['1767603600', 1_767_603_600_000],
    [1_767_603_600_000, 1_767_603_600_000],
    ['0', undefined],
    ['abc', undefined],
    ['-5', undefined],
    ['9'.repeat(30), undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [undefined, undefined],
    [{}, undefined],
  ])('a create_time of %s is %s', (create_time, createdAtMs) => {
    expect(parse({ ...messagePayload({ header: { create_time } }), event: {} })).toMatchObject({
      kind: 'unknown',
      createdAtMs,
    });
  });
});

describe('laws', () => {
  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.anything(), (payload) => {
        expect(parseEvent(payload, meta)).toBeUndefined();
      }),
    );
    const types = fc.constantFrom(...fixtureNames.filter((name) => name !== 'url_verification'));
    const anyJson = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(types, anyJson, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (name, junk, way) => {
        const inbound = parse(replaceAt(payloadOf(name), way, junk));
        expect(inbound === undefined || typeof inbound.eventId === 'string').toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives up on JSON that is nested too deep', () => {
    const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
    const event = { action: { value: deep }, context: { open_message_id: 'om_1', open_chat_id: 'oc_1' } };
    expect(parseEvent({ ...messagePayload(), deep }, meta)).toBeUndefined();
    expect(parseEvent({ ...payloadOf('card.action.trigger'), event }, meta)).toBeUndefined();
  });
});

/** A copy with `junk` at the place that the numbers lead to. */
function replaceAt(value: unknown, [first, ...rest]: readonly number[], junk: unknown): unknown {
  if (first === undefined || typeof value !== 'object' || value === null) return junk;
  const entries = Object.entries(value);
  const index = first % Math.max(1, entries.length);
  const changed = entries.map(([key, item], at): [string, unknown] => [
    key,
    at === index ? replaceAt(item, rest, junk) : item,
  ]);
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
}
