/** What may stand behind `/summary`: a period with filters, a time at which to send it, a ticket, or the schedules of the chat. */

import { aboutTicket } from '../../arguments.ts';
import type { AccessLevel, Argument, Place, Word } from '../../command.ts';
import { UserError } from '../../errors.ts';
import { type FilterLine, parseFilters } from '../../filterLine.ts';
import { beginsRecurrence, type Recurrence, readRecurrence } from '../../recurrence.ts';
import { say, sentence } from '../../text.ts';

export type SummaryRequest =
  | { readonly kind: 'ticket'; readonly id: string }
  | { readonly kind: 'period'; readonly line: FilterLine }
  | { readonly kind: 'schedule'; readonly line: FilterLine; readonly recurrence: Recurrence }
  | { readonly kind: 'list' }
  | { readonly kind: 'stop'; readonly id: string };

export function summaryRequest(): Argument<SummaryRequest> {
  return {
    usage: say('[编号，或时段与条件]', '[id, or period and filters]', '[番号、または期間と条件]'),
    parse: (words, place) => ({ value: readRequest(words, place), rest: [] }),
  };
}

/** One ticket is for everyone with access, the figures of a period are an overview. */
export function summaryAccess(words: readonly Word[], place: Place): AccessLevel {
  return ticketAlone(words, place) === undefined ? 'overview' : 'served';
}

/** The ticket, when nothing but its number or link was typed, or nothing at all where a ticket is spoken about. */
function ticketAlone(words: readonly Word[], place: Place): string | undefined {
  const { value, rest } = aboutTicket().parse(words, place);
  return rest.length === 0 ? value : undefined;
}

const listWords = /^(?:schedules?|list|定时|计划|定期|スケジュール)$/iu;
const stopWords = /^(?:stop|cancel|停止|取消)$/iu;

function readRequest(words: readonly Word[], place: Place): SummaryRequest {
  const id = ticketAlone(words, place);
  if (id !== undefined) return { kind: 'ticket', id };
  const [first, second, third] = words.map(({ text }) => text);
  if (listWords.test(first ?? '') && words.length === 1) return { kind: 'list' };
  // `/summary stop 1a2b3c4d`, and `/summary schedules stop 1a2b3c4d` as some will have it.
  if (stopWords.test(first ?? '') && second !== undefined) return { kind: 'stop', id: second.toLowerCase() };
  if (listWords.test(first ?? '') && stopWords.test(second ?? '') && third !== undefined)
    return { kind: 'stop', id: third.toLowerCase() };
  return readPeriod(words);
}

function readPeriod(words: readonly Word[]): SummaryRequest {
  const at = words.findIndex(({ text, openId }) => openId === undefined && beginsRecurrence(text));
  if (at < 0) return { kind: 'period', line: parseFilters(words, '/summary') };
  const head = words.slice(0, at);
  const tail = words.slice(at).map(({ text }) => text);
  const recurrence = readRecurrence(tail);
  if (recurrence !== undefined) return { kind: 'schedule', line: parseFilters(head, '/summary'), recurrence };
  const typed = head.map(({ text }) => text);
  throw new UserError(
    noTime({ words: tail.join(' ').slice(0, 60) }),
    likeThis({ line: ['/summary', ...typed].join(' ').slice(0, 200) }),
  );
}

const noTime = sentence(
  '看不懂发送时间“{words}”。',
  '“{words}” does not say when to send it.',
  '送信日時「{words}」を読み取れません。',
);
const likeThis = sentence(
  '请这样写：{line} 每个工作日 09:30，或 每天 18:00，或 每周一 09:00',
  'Write it so: {line} every weekday 09:30, or every day 18:00, or every monday 09:00',
  '次のように書いてください：{line} 平日 09:30（毎日 18:00、毎週月曜日 09:00 も可）',
);
