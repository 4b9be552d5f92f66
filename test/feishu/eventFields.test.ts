import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/feishu/events.ts';
import { messagePayload, payloadOf } from '../support/events.ts';

/** As it comes over the wire: members that are undefined are absent. */
const parse = (payload: unknown) =>
  parseEvent(JSON.parse(JSON.stringify(payload) ?? 'null'), { transport: 'webhook', receivedAtMs: 0 });
const message = (options: Parameters<typeof messagePayload>[0]) => parse(messagePayload(options));
const ofType = (name: string, event: unknown) => parse({ ...payloadOf(name), event });
const { event: messageBody } = payloadOf('im.message.receive_v1');

describe('messages', () => {
  it.each([
    ['user', 'user'],
    ['bot', 'bot'],
    ['app', 'bot'],
    ['anonymous', 'unknown'],
    [undefined, 'unknown'],
  ])('a sender of type %s is %s', (sender_type, type) => {
    expect(message({ event: { sender: { sender_id: null, sender_type } } })).toMatchObject({
      sender: { openId: undefined, tenantKey: undefined, type },
    });
  });

  it('is as old as the message, not as its delivery', () => {
    expect(message({ message: { create_time: '1767578400000' } })).toMatchObject({
      createdAtMs: 1_767_578_400_000,
    });
    expect(message({ message: { create_time: 'abc' } })).toMatchObject({ createdAtMs: 1_767_603_600_000 });
  });

  it.each([
    [undefined, false],
    ['1767603600000', false],
    ['1767603599999', false],
    ['0', false],
    ['1767603600001', true],
  ])('an update_time of %s means edited: %s', (update_time, edited) => {
    expect(message({ message: { update_time } })).toMatchObject({ edited });
  });

  it.each([
    ['', ''],
    ['null', ''],
    ['{}', ''],
    ['{"text":5}', ''],
    ['not json', ''],
    ['"/ticket 1"', ''],
    ['{"text":"\\ud800\\u0000 /ticket 1"}', '\ud800\0 /ticket 1'],
  ])('text content %j reads %j', (content, text) => {
    expect(message({ message: { content } })).toMatchObject({ kind: 'message', text });
  });

  it.each(['interactive', 'file', 'media', 'share_chat', 'system', 'merge_forward', 'todo', ''])(
    'a message of type %j has no text of its own',
    (message_type) => {
      const content = JSON.stringify({ text: '/ticket 1', content: [[{ tag: 'text', text: '/ticket 1' }]] });
      expect(message({ message: { message_type, content } })).toMatchObject({ kind: 'message', text: '' });
    },
  );

  const post = (content: unknown, mentions: unknown = []) =>
    message({
      message: { message_type: 'post', content: JSON.stringify({ title: '/ticket 9', content }), mentions },
    });

  const message5 = (tag: string): string => {
    const found = post([[{ tag, text: '/ticket 5' }]]);
    return found?.kind === 'message' ? found.text : '';
  };

  it('never reads a heading, a code block or an unknown element as what was typed', () => {
    const shown = ['hr', 'img', 'media', 'emotion', 'code_block', 'quote', 'button'];
    for (const text of shown.map((tag) => message5(tag))) expect(text).not.toContain('ticket');
    expect(post([])).toMatchObject({ text: '' });
    expect(post('/ticket 5')).toMatchObject({ text: '' });
    expect(post([7, [null, 5, 'x', { tag: 'text' }, { tag: 'text', text: 'ok' }]])).toMatchObject({
      text: '\nok',
    });
  });

  it.each([
    ['code_block', '```'],
    ['quote', '```'],
    ['img', '/ticket 1'],
    ['emotion', '/ticket 1'],
    ['hr', '/ticket 1'],
  ])('what is typed below %s begins with %s: only words are the first thing in a message', (tag, first) => {
    const mentions = [{ key: '@_user_1', id: { open_id: 'ou_bot' }, name: 'Bot' }];
    const shown = { tag, text: 'make it so' };
    const typed = { tag: 'text', text: '/ticket 1' };
    const words = (content: unknown): string => {
      const found = post(content, mentions);
      const text = found?.kind === 'message' ? found.text : '';
      return (
        text
          .replaceAll(/@_user_1|\u200b/g, '')
          .trim()
          .split('\n')[0] ?? ''
      );
    };
    expect(words([[shown], [typed]])).toBe(first);
    expect(words([[{ tag: 'text', text: ' \u200b' }, shown, typed]])).toBe(first);
    expect(words([[{ tag: 'at', user_id: 'ou_bot' }], [shown], [{ tag: 'text', text: '' }], [typed]])).toBe(
      first,
    );
    // Below the command it is what it was: left out.
    expect(words([[typed], [shown]])).toBe('/ticket 1');
    expect(post([[typed], [shown]])).toMatchObject({ text: '/ticket 1\n' });
    expect(words([[{ ...shown, text: ' ' }], [typed]])).toBe('/ticket 1');
  });

  it('writes mentions as their keys', () => {
    const mentions = [{ key: '@_user_2', id: { open_id: 'ou_b' }, name: 'B' }];
    const at = (user_id: string) => ({ tag: 'at', user_id });
    expect(post([[at('@_user_2'), at('ou_b'), at('ou_stranger'), at('@_all')]], mentions)).toMatchObject({
      text: '@_user_2@_user_2@_all',
      mentions: [{ key: '@_user_2', openId: 'ou_b', name: 'B' }],
    });
  });

  it('takes mentions from the list, whatever the text says, and skips broken ones', () => {
    const mentions = [
      { key: '@_user_2', id: { open_id: 'ou_b' }, name: 'B' },
      null,
      { key: '' },
      { key: '@_all' },
    ];
    expect(message({ text: '@_user_1 hi', message: { mentions } })).toMatchObject({
      mentions: [
        { key: '@_user_2', openId: 'ou_b', name: 'B' },
        { key: '@_all', openId: undefined, name: '' },
      ],
    });
    const many = Array.from({ length: 1_000 }, (_, index) => ({ key: `@_user_${index}`, id: {}, name: 'x' }));
    expect(message({ message: { mentions: many } })).toMatchObject({ mentions: { length: 1_000 } });
  });

  it.each([
    ['message', { event: { message: undefined } }],
    ['sender', { event: { sender: undefined } }],
    ['message id', { message: { message_id: undefined } }],
    ['message id that is text', { message: { message_id: 7 } }],
    ['chat id', { message: { chat_id: '' } }],
  ])('without %s it is unknown', (_name, options) => {
    expect(message(options)).toMatchObject({ kind: 'unknown', type: 'im.message.receive_v1' });
  });
});

describe('tickets, clicks and previews', () => {
  const longId = 6_626_871_355_780_366_331n;
  it.each([
    ['helpdesk.ticket.created_v1', { ticket_id: Number(longId) }],
    ['helpdesk.ticket.created_v1', { ticket_id: '12/../34' }],
    ['helpdesk.ticket.created_v1', { ticket_id: '' }],
    ['helpdesk.ticket.created_v1', { ticket_id: '1'.repeat(21) }],
    ['helpdesk.ticket.created_v1', {}],
    ['helpdesk.ticket.updated_v1', { ticket_id: '1' }],
    ['helpdesk.ticket.updated_v1', { object: { ticket_id: 5 } }],
    ['helpdesk.ticket_message.created_v1', { ticket: {} }],
    ['helpdesk.ticket_message.created_v1', { ticket: { ticket_id: '1' }, ticket_message_id: Number(longId) }],
  ])('%s with %j is unknown', (name, event) => {
    expect(ofType(name, event)).toMatchObject({ kind: 'unknown', type: name });
  });

  it('a ticket message may come without an id of its own', () => {
    expect(ofType('helpdesk.ticket_message.created_v1', { ticket: { ticket_id: '1' } })).toMatchObject({
      kind: 'ticket',
      change: 'message',
      ticketId: '1',
      ticketMessageId: undefined,
    });
  });

  const context = { open_message_id: 'om_card', open_chat_id: 'oc_1' };
  const clicked = (action: unknown, more: Record<string, unknown> = {}) =>
    ofType('card.action.trigger', { action, context, ...more });

  it.each([
    ['text', 'text'],
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [7, 7],
    [null, null],
    [undefined, null],
    [{ a: { b: [true] } }, { a: { b: [true] } }],
  ])('the value %j is kept', (value, kept) => {
    expect(clicked({ value })).toMatchObject({ kind: 'click', value: kept });
  });

  it('nobody is known when the operator is missing', () => {
    expect(clicked({ value: 1 })).toMatchObject({ operator: { openId: undefined, tenantKey: undefined } });
    expect(clicked({ value: 1 }, { operator: { user_id: 'x' } })).toMatchObject({
      operator: { openId: undefined },
    });
  });

  it('form values are an object or absent', () => {
    expect(clicked({ form_value: [] })).toMatchObject({ formValue: undefined });
    expect(clicked({ form_value: { a: null } })).toMatchObject({ formValue: { a: null } });
    expect(clicked({ option: 5 })).toMatchObject({ kind: 'click', option: undefined });
  });

  it.each([
    ['card.action.trigger', { context }],
    ['card.action.trigger', { action: {} }],
    ['card.action.trigger', { action: {}, context: { open_message_id: '', open_chat_id: 'oc_1' } }],
    ['card.action.trigger', messageBody],
    ['url.preview.get', { context: {} }],
    ['url.preview.get', {}],
    ['im.message.message_read_v1', { reader: {}, message_id_list: ['om_1'] }],
    ['im.message.message_read_v1', { reader: { reader_id: { open_id: 'ou_1' } }, message_id_list: 'om_1' }],
  ])('%s with %j is unknown', (name, event) => {
    expect(ofType(name, event)).toMatchObject({ kind: 'unknown', type: name });
  });
});
