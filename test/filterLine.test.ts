import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Word } from '../src/command.ts';
import { UserError } from '../src/errors.ts';
import { parseFilters, wordsOf, writeQuery } from '../src/filterLine.ts';
import type { TicketQuery } from '../src/filters.ts';
import { openStatuses } from '../src/filterWords.ts';

const li: Word = { text: '@李雷', openId: 'ou_li' };
/** `{@}` stands for a mention of Li. */
const typed = (line: string): Word[] =>
  line.split(/ +/).flatMap((piece) => {
    const [before = '', after] = piece.split('{@}');
    if (after === undefined) return piece === '' ? [] : [{ text: piece, openId: undefined }];
    return before === '' ? [li] : [{ text: before, openId: undefined }, li];
  });
const query = (line: string): TicketQuery => parseFilters(typed(line), '/tickets').query;

function mistake(line: string): { what: string; next: string } {
  try {
    query(line);
  } catch (error) {
    if (error instanceof UserError) return { what: error.what.en_us, next: error.next?.en_us ?? '' };
    throw error;
  }
  throw new Error(`"${line}" was understood`);
}

describe('a filter', () => {
  it.each<[string, TicketQuery]>([
    ['', {}],
    ['mine', { agent: { kind: 'me' } }],
    ['我的', { agent: { kind: 'me' } }],
    ['OPEN', { statuses: openStatuses }],
    ['未关闭', { statuses: openStatuses }],
    ['unassigned', { unassigned: true }],
    ['未分配', { unassigned: true }],
    ['status:pending', { statuses: ['pending'] }],
    ['状态:处理中', { statuses: ['in_progress'] }],
    ['status:queueing,1', { statuses: ['queueing', 'created'] }],
    ['status:"In progress"', { statuses: ['in_progress'] }],
    ['status:closed', { statuses: ['closed_by_bot', 'closed_by_agent', 'closed_by_guest'] }],
    ['agent:{@}', { agent: { kind: 'id', openId: 'ou_li' } }],
    ['客服:{@}', { agent: { kind: 'id', openId: 'ou_li' } }],
    ['agent: {@}', { agent: { kind: 'id', openId: 'ou_li' } }],
    ['{@}', { agent: { kind: 'id', openId: 'ou_li' } }],
    ['agent:me', { agent: { kind: 'me' } }],
    ['agent:李雷', { agent: { kind: 'name', name: '李雷' } }],
    ['guest:王芳', { guestName: '王芳' }],
    ['guest:"Wang Fang"', { guestName: 'Wang Fang' }],
    ['用户:{@}', { guestId: 'ou_li' }],
    ['tag:VPN', { tags: ['VPN'] }],
    ['tag:VPN,网络 标签:打印机', { tags: ['VPN', '网络', '打印机'] }],
    ['channel:qr_code', { channel: 'qr_code' }],
    ['渠道:搜索', { channel: 'search' }],
    ['score:1', { score: 'dissatisfied' }],
    ['评分:满意', { score: 'satisfied' }],
    ['unsolved', { solved: false }],
    ['未解决', { solved: false }],
    ['since:7d', { period: { kind: 'days', count: 7 } }],
    ['since:24h', { period: { kind: 'hours', count: 24 } }],
    ['2w', { period: { kind: 'days', count: 14 } }],
    ['最近7天', { period: { kind: 'days', count: 7 } }],
    ['最近 7天', { period: { kind: 'days', count: 7 } }],
    ['last 7 days', { period: { kind: 'days', count: 7 } }],
    ['this week', { period: { kind: 'this_week' } }],
    ['上周', { period: { kind: 'last_week' } }],
    [
      '2026-11-01..2026-11-15',
      {
        period: {
          kind: 'range',
          from: { year: 2026, month: 11, day: 1 },
          until: { year: 2026, month: 11, day: 15 },
        },
      },
    ],
    [
      'since:2026-11-01',
      { period: { kind: 'range', from: { year: 2026, month: 11, day: 1 }, until: undefined } },
    ],
    ['sort:oldest', { sort: 'oldest' }],
    [
      'mine open tag:VPN 最近7天',
      {
        agent: { kind: 'me' },
        statuses: openStatuses,
        tags: ['VPN'],
        period: { kind: 'days', count: 7 },
      },
    ],
  ])('%s', (line, wanted) => {
    expect(query(line)).toEqual(wanted);
  });
});

describe('a wrong filter', () => {
  it.each([
    ['opne {@}', '“opne” is not a filter', 'Try: /tickets open @李雷'],
    ['mine stauts:pending', '“stauts:pending” is not a filter', '/tickets mine status:pending'],
    ['status:pendign agent:{@}', '“status:pendign” has a value', '/tickets status:pending agent:@李雷'],
    ['open score:9', '“score:9” has a value', '/tickets open score:1'],
    ['score:', '“score:” has a value', 'dissatisfied, average, satisfied'],
    ['since:0d tag:VPN', '“since:0d” has a value', '/tickets since:7d tag:VPN'],
    ['2026-02-30', '“2026-02-30” is not a filter', 'Filters: mine'],
    ['2026-11-15..2026-11-01', 'is not a filter', 'Filters: mine'],
    ['open status:pending', '“status:pending” repeats or contradicts', 'Write: /tickets open'],
    ['mine agent:{@}', '“agent:@李雷” repeats or contradicts', 'Write: /tickets mine'],
  ])('%s is answered with the right form', (line, what, next) => {
    const said = mistake(line);
    expect(said.what).toContain(what);
    expect(said.next).toContain(next);
  });
});

describe('a line that no button could carry', () => {
  it('is refused', () => {
    expect(mistake(`tag:${'x'.repeat(600)}`).what).toContain('too many filters');
  });
});

describe('any line', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      'open',
      'mine',
      'status:',
      'status:1',
      'agent:',
      '{@}',
      'guest:"a',
      'b"',
      'since:7d',
      'tag:,,',
      '=',
      ':',
    ),
    fc
      .tuple(fc.constantFrom('status', 'tag', 'agent', 'guest', 'since', 'sort', 'score'), fc.string())
      .map((pair) => pair.join(':')),
  );
  it('parses, or explains itself with a line that parses', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const words = typed(pieces.join(' '));
        try {
          const { query: read } = parseFilters(words, '/tickets');
          // What a button remembers reads as the same.
          expect(parseFilters(wordsOf(writeQuery(read)), '/tickets').query).toEqual(read);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          for (const text of [error.what, error.next]) {
            expect(text?.zh_cn).toBeTruthy();
            expect(text?.ja_jp).toBeTruthy();
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
