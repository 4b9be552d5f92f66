import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv, ticketsCsv } from '../src/csv.ts';
import { view } from './cards/samples.ts';
import { at, closed, opened, person } from './support/deskTickets.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const day = { fromMs: at('2026-11-19 00:00'), untilMs: at('2026-11-19 23:59') };

/** Reads CSV as spreadsheets do: the cells of all rows. */
function read(whole: string): string[][] {
  const rows: string[][] = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|$)/y;
  cells.lastIndex = 1;
  for (let match = cells.exec(whole); match !== null; match = cells.exec(whole)) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
    if (cells.lastIndex >= whole.length) break;
  }
  return rows.slice(0, -1);
}

describe('CSV', () => {
  it('begins with a mark, so that Excel reads Chinese, and quotes what must be', () => {
    expect(text(csv(['名', 'b'], [['a,"b"\nc', 'd']]))).toBe('\uFEFF名,b\r\n"a,""b""\nc",d\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '\u200b=1', '\r=1'])(
    '%j is text',
    (value) => {
      expect(read(text(csv([value], [])))[0]?.[0]).toMatch(/^'/);
    },
  );

  it('holds no formula, whichever sign a spreadsheet takes for the end of a cell', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('=', '+', '-', '@', ',', ';', '|', '\t', '\n', '\r\n', '"', "'", '＝', ' '),
    );
    const value = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { maxLength: 4 }), (rows) => {
        const whole = text(csv(['a', 'b'], rows));
        expect(read(whole)).toHaveLength(rows.length + 1);
        for (const cell of read(whole).flat()) expect(cell).not.toMatch(/^[\s\p{Cf}]*[=+\-@＝＋－＠]/u);
        for (const end of [';', '\t', '|', '\n'])
          for (const cell of whole.slice(1).split(end)) expect(cell).not.toMatch(/^"?\s*[=+\-@]/);
      }),
    );
  });
});

describe('the rows of a summary', () => {
  const tickets = [
    opened('6626871355780366331', '2026-11-19 09:00', {
      owner: person('=cmd()'),
      guest: { ...person('guest'), name: 'wang.fang@example.com' },
      firstResponseSec: 0,
      tags: ['VPN', '网络'],
    }),
    opened('2', '2026-11-01 09:00', closed('2026-11-19 10:30', { score: 'satisfied', resolutionSec: 60 })),
  ];
  const rows = (privacy: 'open' | 'masked', locale: 'zh_cn' | 'en_us' = 'en_us'): string[][] =>
    read(text(ticketsCsv(tickets, day, view({ privacy, locale }))));

  it('say what each figure is made of', () => {
    const [head = [], second = [], first = []] = rows('open');
    const of = (row: readonly string[], name: string): string | undefined =>
      row[head.findIndex((one) => one.startsWith(name))];
    expect(of(first, 'Number')).toBe('#6626871355780366331');
    expect(of(first, 'Created')).toBe('2026-11-19 09:00');
    // Nothing and none are not the same.
    expect(of(first, 'Time to first response')).toBe('0');
    expect(of(second, 'Time to first response')).toBe('');
    expect(of(second, 'Time to resolution')).toBe('60');
    expect(['Opened in', 'Closed in', 'Open now'].map((name) => of(first, name))).toEqual(['1', '0', '1']);
    expect(['Opened in', 'Closed in', 'Open now'].map((name) => of(second, name))).toEqual(['0', '1', '0']);
    expect(head.find((one) => one.startsWith('Created'))).toContain('Asia/Shanghai');
    expect(of(first, 'Owner')).toBe("'=cmd()");
  });

  it('are masked as the chat is, and speak the bot’s language', () => {
    expect(rows('open').flat()).toContain('wang.fang@example.com');
    expect(rows('masked').flat().join()).not.toContain('wang.fang');
    expect(rows('open', 'zh_cn')[0]?.[0]).toBe('编号');
  });
});
