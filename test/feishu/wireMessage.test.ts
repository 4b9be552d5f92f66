import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTicketMessage } from '../../src/feishu/wireMessage.ts';
import { ticketMessageFixtures } from '../support/answers.ts';
import { hidden, hostileText } from '../support/hostileText.ts';

const ticketId = '6626871355780366331';
const fixtures = ticketMessageFixtures();

describe('every form of a message', () => {
  it.each(fixtures)('$file: $note', ({ ticketId: id, message, expected }) => {
    const { kind, text, pictures } = parseTicketMessage(message, id);
    expect({ kind, text, pictures: JSON.parse(JSON.stringify(pictures)) }).toEqual(expected);
  });
});

describe('what surrounds the content', () => {
  const message = {
    id: '1',
    message_id: '2',
    message_type: 'text',
    content: '{"msg_type":"text","content":"a"}',
  };

  it('ids, time and author', () => {
    const read = parseTicketMessage(
      { ...message, created_at: 1_617_960_686, user_name: '李宁', user_id: 'ou_1' },
      ticketId,
    );
    expect(read).toMatchObject({
      id: '1',
      createdAtMs: 1_617_960_686_000,
      author: { openId: 'ou_1', name: '李宁', email: undefined, department: undefined },
    });
  });

  it('the chat id of the message stands in for a missing id, and a number that lost digits counts as missing', () => {
    expect(parseTicketMessage({ ...message, id: undefined }, ticketId).id).toBe('2');
    const lossy = { message_type: 'image', id: 2 ** 62, message_id: '2' };
    expect(parseTicketMessage(lossy, ticketId).pictures).toMatchObject([{ messageIds: ['2'] }]);
  });

  it('a message without any id has no pictures that could be fetched', () => {
    expect(parseTicketMessage({ message_type: 'image' }, ticketId)).toMatchObject({
      id: '',
      kind: 'image',
      pictures: [],
    });
  });

  it('a thousand pictures are cut to a hundred', () => {
    const content = JSON.stringify({
      msg_type: 'post',
      content: '',
      image_keys: Array.from({ length: 1_000 }, () => 'k'),
    });
    expect(parseTicketMessage({ ...message, content }, ticketId).pictures).toHaveLength(100);
  });

  it.each([null, undefined, 7, 'text', [], { content: null }, { content: 'null' }, { content: '' }])(
    '%j is a message that says nothing',
    (wire) =>
      expect(parseTicketMessage(wire, ticketId)).toMatchObject({ kind: 'unknown', text: '', pictures: [] }),
  );
});

describe('laws', () => {
  const check = (wire: unknown): void => {
    const { text, pictures } = parseTicketMessage(wire, ticketId);
    expect(text).not.toMatch(/<at/i);
    expect(text).not.toMatch(hidden);
    for (const picture of pictures) expect(picture).toMatchObject({ kind: 'ticket', ticketId });
  };

  it('anything can be read', () => fc.assert(fc.property(fc.jsonValue(), check), { numRuns: 500 }));

  it('any content can be read, as it is and as JSON', () => {
    const type = fc.constantFrom('text', 'post', 'image', 'file', 'media', 'x');
    const inner = fc.oneof(fc.jsonValue(), hostileText);
    const content = fc.record(
      { msg_type: type, content: inner, image_keys: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(type, fc.oneof(content, hostileText), fc.boolean(), (kind, body, asText) => {
        check({ id: '1', message_type: kind, content: asText ? JSON.stringify(body) : body });
      }),
      { numRuns: 500 },
    );
  });

  it('a real message with anything in place of one of its fields can be read', () => {
    const original = fc.constantFrom(...fixtures.map(({ message }) => message));
    fc.assert(
      fc.property(original, fc.nat(), fc.jsonValue(), (message, at, value) => {
        const keys = Object.keys(message);
        check({ ...message, [keys[at % keys.length] ?? '']: value });
      }),
      { numRuns: 500 },
    );
  });
});
