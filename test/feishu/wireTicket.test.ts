import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseTicket } from '../../src/feishu/wireTicket.ts';
import { dataOf } from '../support/answers.ts';
import { hostileText } from '../support/hostileText.ts';

const id = '6626871355780366331';
const wireOf = (fixture: string) => z.object({ ticket: z.looseObject({}) }).parse(dataOf(fixture)).ticket;
const documented = wireOf('helpdesk/ticket');
const read = (fields: Record<string, unknown>) => parseTicket({ ...documented, ...fields }, id);

describe('the example of the documentation', () => {
  const abc = {
    openId: 'ou_37019b7c830210acd88fdce886e25c71',
    name: 'abc',
    email: 'xxxx@abc.com',
    department: '用户部门名称(有权限才展示)',
  };

  it('is read whole', () => {
    expect(parseTicket(documented, id)).toEqual({
      id,
      helpdeskId: '6626871355780366330',
      guest: abc,
      owner: abc,
      agents: [abc],
      collaborators: [abc],
      closedBy: abc,
      stage: 'bot',
      status: 'closed_by_bot',
      channel: 'other',
      solved: false,
      score: 'dissatisfied',
      dissatisfaction: { zh_cn: '答案看不懂', en_us: "I don't understand", ja_jp: '回答が複雑すぎる' },
      comment: '备注内容',
      commentAuthor: '备注人姓名',
      createdAtMs: 1_616_920_429_000,
      updatedAtMs: 1_616_920_429_000,
      closedAtMs: 1_616_920_429_000,
      agentEnteredAtMs: 1_636_444_596_000,
      firstResponseAtMs: 1_636_444_696_000,
      lastResponseAtMs: 1_636_444_796_000,
      agentServiceMin: 42_624.95,
      firstResponseSec: 123_869,
      botServiceSec: 1,
      resolutionSec: 66,
      processingSec: 68,
      fields: [{ id: '123', key: 'key', name: 'display name', value: 'value' }],
      tags: ['标签名称'],
    });
  });
});

describe('an open ticket with stand-ins', () => {
  it('has nothing that has not happened yet', () => {
    expect(parseTicket(wireOf('helpdesk/ticket-bare'), id)).toEqual({
      id,
      helpdeskId: undefined,
      guest: undefined,
      owner: undefined,
      agents: [],
      collaborators: [],
      closedBy: undefined,
      stage: 'unknown',
      status: 'created',
      channel: 'other',
      solved: undefined,
      score: undefined,
      dissatisfaction: undefined,
      comment: undefined,
      createdAtMs: 1_616_920_429_000,
      updatedAtMs: undefined,
      closedAtMs: undefined,
      agentEnteredAtMs: undefined,
      firstResponseAtMs: undefined,
      lastResponseAtMs: undefined,
      agentServiceMin: undefined,
      firstResponseSec: undefined,
      botServiceSec: undefined,
      resolutionSec: undefined,
      processingSec: undefined,
      fields: [],
      tags: [],
    });
  });
});

describe('numbers that mean something', () => {
  it.each([
    [1, 'created'],
    [2, 'in_progress'],
    [3, 'queueing'],
    [4, 'pending'],
    [5, 'waiting_for_guest'],
    [50, 'closed_by_bot'],
    [51, 'closed_by_agent'],
    [52, 'closed_by_guest'],
    ['51', 'closed_by_agent'],
    [53, 'unknown'],
    [null, 'unknown'],
    ['constructor', 'unknown'],
  ])('status %s is %s', (status, expected) => expect(read({ status }).status).toBe(expected));

  it.each([
    [9, 'open_api'],
    [2, 'qr_code'],
    [14, 'share'],
    [13, 'search'],
    [0, 'other'],
    [undefined, 'other'],
  ])('channel %s is %s', (channel, expected) => expect(read({ channel }).channel).toBe(expected));

  it.each([
    [2, 'human'],
    [3, 'unknown'],
  ])('stage %s is %s', (ticket_type, expected) => expect(read({ ticket_type }).stage).toBe(expected));

  it.each([
    [2, 'average'],
    [3, 'satisfied'],
    [0, undefined],
    [4, undefined],
  ])('score %s is %s', (score, expected) => expect(read({ score }).score).toBe(expected));

  it('solved or not, or not said', () => {
    expect([1, 2, 0].map((solve) => read({ solve }).solved)).toEqual([false, true, undefined]);
  });
});

describe('moments', () => {
  it.each([1_616_920_429, 1_616_920_429_000, 1_616_920_429_000_000])('%d is the same moment', (created_at) =>
    expect(read({ created_at }).createdAtMs).toBe(1_616_920_429_000),
  );

  it.each([0, -1, undefined, null])('closed at %s is not closed', (closed_at) =>
    expect(read({ closed_at }).closedAtMs).toBeUndefined(),
  );

  it('an open ticket was not closed, whatever the answer repeats', () => {
    expect(read({ status: 2 })).toMatchObject({ closedAtMs: undefined, closedBy: undefined });
  });
});

describe('people', () => {
  it.each([[{}], [{ id: '', name: 'ghost' }], [null], [[]]])('the owner %j is nobody', (agent_owner) =>
    expect(read({ agent_owner }).owner).toBeUndefined(),
  );

  it('each agent is there once', () => {
    const agents = [
      { id: 'ou_1', name: 'A' },
      { id: 'ou_2' },
      { id: 'ou_1', name: 'A' },
      {},
      null,
      { name: 'B' },
      { name: 'B' },
    ];
    expect(read({ agents }).agents.map(({ openId, name }) => [openId, name])).toEqual([
      ['ou_1', 'A'],
      ['ou_2', ''],
      [undefined, 'B'],
    ]);
  });
});

describe('words', () => {
  it.each([
    [{ content: '一', user_id: 7_262_656_095_919_128_578n.toString() }, '一'],
    [[{ content: '一' }, { content: '' }, { content: '二' }], '一\n二'],
    ['三', '三'],
    [{}, undefined],
    [[], undefined],
    [null, undefined],
  ])('the remark %j reads %s', (comments, expected) => expect(read({ comments }).comment).toBe(expected));

  it('a language that is missing is filled by another', () => {
    const dissatisfaction_reason = { en_us: 'slow' };
    expect(read({ dissatisfaction_reason }).dissatisfaction).toEqual({
      zh_cn: 'slow',
      en_us: 'slow',
      ja_jp: 'slow',
    });
  });

  it('tags are names, each once', () => {
    expect(read({ tags: [{ id: '1', name: 'VPN' }, { name: 'VPN' }, {}, null, '网络'] }).tags).toEqual([
      'VPN',
      '网络',
    ]);
  });

  it('a huge remark is cut', () => {
    expect(read({ comments: { content: '长'.repeat(1_000_000) } }).comment).toHaveLength(20_000);
  });
});

describe('laws', () => {
  it('anything can be read, also in place of any field', () => {
    const value = fc.oneof(fc.jsonValue(), hostileText, fc.double(), fc.constant({ id: { open_id: {} } }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(documented)), value),
        fc.jsonValue(),
        (fields, any) => {
          expect(read(fields).id).toBe(id);
          expect(parseTicket(any, id).id).toBe(id);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
