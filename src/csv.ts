/** Tables as CSV for spreadsheets: UTF-8 with a mark, so that Excel reads Chinese, and nothing in it that a spreadsheet would run. */

import { calendarIn, isoDay } from './calendar.ts';
import { mask } from './cards/untrusted.ts';
import type { View } from './cards/view.ts';
import type { Span, Text, Ticket } from './domain.ts';
import { closedIn, isOpen, openedIn } from './figuresTickets.ts';
import { say, text } from './text.ts';

/** What a spreadsheet may take for the beginning of a formula, in full width too. */
const formulaStart = /^[\s\p{Cf}]*[=+\-@＝＋－＠]/u;
/** The same behind anything that some spreadsheet takes for the end of a cell. */
const formulaInside = /([,;|\t\r\n])([\s\p{Cf}]*)([=+\-@＝＋－＠])/gu;

/** Letters, digits and what stands between them: most cells, so they are told quickly. */
const harmless = /^[\p{L}\p{N}#.:/ ]*$/u;

/**
 * One cell. What could be a formula gets an apostrophe in front, which spreadsheets show as text; quotes are doubled.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(value: string): string {
  const plain = value.replaceAll('\0', '');
  if (harmless.test(plain)) return plain;
  const safe = `${formulaStart.test(plain) ? "'" : ''}${plain}`.replaceAll(formulaInside, "$1$2'$3");
  return /[",;|\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows under a head. */
export function csv(head: readonly string[], rows: readonly (readonly string[])[]): Uint8Array {
  const lines = [head, ...rows].map((row) => row.map(cell).join(','));
  return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8');
}

interface Column {
  readonly head: Text;
  /** People wrote it, so it goes through the mask. */
  readonly written?: true;
  read(ticket: Ticket): string;
}

/**
 * The tickets behind a summary: one row each, the oldest first, with what the figures are made of. Names and tags go through the mask of the chat.
 * @param period the tickets' part in it is said in three columns
 */
export function ticketsCsv(tickets: readonly Ticket[], period: Span, view: View): Uint8Array {
  const { privacy, timeZone, locale = 'zh_cn' } = view;
  const columns = columnsOf(period, timeZone, locale);
  const oldestFirst = [...tickets].sort((one, other) => (one.createdAtMs ?? 0) - (other.createdAtMs ?? 0));
  // The same names and tags come again and again.
  const masked = new Map<string, string>();
  const shown = (words: string): string => {
    const known = masked.get(words) ?? mask(words, privacy);
    masked.set(words, known);
    return known;
  };
  const rows = oldestFirst.map((ticket) =>
    columns.map(({ read, written }) => (written ? shown(read(ticket)) : read(ticket))),
  );
  return csv(
    columns.map(({ head }) => head[locale]),
    rows,
  );
}

function columnsOf(period: Span, timeZone: string, locale: NonNullable<View['locale']>): readonly Column[] {
  const calendar = calendarIn(timeZone);
  const two = (count: number): string => `${count}`.padStart(2, '0');
  const moment = (atMs: number | undefined): string => {
    if (atMs === undefined) return '';
    const wall = calendar.wallTime(atMs);
    return `${isoDay(wall)} ${two(wall.hour)}:${two(wall.minute)}`;
  };
  const number = (value: number | undefined): string => (value === undefined ? '' : `${value}`);
  const yes = (is: boolean): string => (is ? '1' : '0');
  const zoned = (label: Text): Text => say(...zonedHeads(label, timeZone));
  return [
    // With a mark in front: spreadsheets round numbers of 19 digits. `/ticket` takes it so.
    { head: say('编号', 'Number', '番号'), read: ({ id }) => `#${id}` },
    { head: say('状态', 'State', '状態'), read: ({ status }) => text.status[status][locale] },
    {
      head: say('阶段', 'Stage', '段階'),
      read: ({ stage }) => (stage === 'unknown' ? '' : text.stage[stage][locale]),
    },
    { head: text.label.owner, written: true, read: ({ owner }) => owner?.name ?? '' },
    { head: text.label.guest, written: true, read: ({ guest }) => guest?.name ?? '' },
    { head: text.label.channel, read: ({ channel }) => text.channel[channel][locale] },
    { head: text.label.tags, written: true, read: ({ tags }) => tags.join(' / ') },
    { head: zoned(text.label.created), read: ({ createdAtMs }) => moment(createdAtMs) },
    { head: zoned(text.label.closed), read: ({ closedAtMs }) => moment(closedAtMs) },
    { head: seconds(text.label.firstResponseTime), read: ({ firstResponseSec }) => number(firstResponseSec) },
    { head: seconds(text.label.resolutionTime), read: ({ resolutionSec }) => number(resolutionSec) },
    { head: seconds(text.label.processingTime), read: ({ processingSec }) => number(processingSec) },
    { head: text.label.rating, read: ({ score }) => (score === undefined ? '' : text.score[score][locale]) },
    {
      head: text.label.reason,
      written: true,
      read: ({ dissatisfaction }) => dissatisfaction?.[locale] ?? '',
    },
    {
      head: say('期内新建', 'Opened in the period', '期間内に作成'),
      read: (one) => yes(openedIn(period)(one)),
    },
    {
      head: say('期内关闭', 'Closed in the period', '期間内に終了'),
      read: (one) => yes(closedIn(period)(one)),
    },
    { head: say('当前未关闭', 'Open now', '現在未終了'), read: (one) => yes(isOpen(one)) },
  ];
}

const zonedHeads = ({ zh_cn, en_us, ja_jp }: Text, zone: string): [string, string, string] => [
  `${zh_cn} (${zone})`,
  `${en_us} (${zone})`,
  `${ja_jp} (${zone})`,
];

const seconds = ({ zh_cn, en_us, ja_jp }: Text): Text => say(`${zh_cn} (s)`, `${en_us} (s)`, `${ja_jp} (s)`);
