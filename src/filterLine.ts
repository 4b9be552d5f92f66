/** A line of filters as an argument of a command, and the other way round: what a button or a schedule remembers of it. */

import type { Word } from './command.ts';
import type { Text } from './domain.ts';
import { UserError } from './errors.ts';
import { valuesOf } from './filterHints.ts';
import { type Part, queryOf, readFilters, type TicketQuery } from './filters.ts';
import { quoted, writePeriod } from './filterValues.ts';
import { closedStatuses, openStatuses } from './filterWords.ts';
import { say, sentence } from './text.ts';

/** A query, and how it was typed. */
export interface FilterLine {
  readonly query: TicketQuery;
  readonly typed: string;
}

/**
 * @param command stands in front of the line that is suggested, such as `/tickets`
 * @throws UserError with the right form, and with everything that was right left as it was
 */
export function parseFilters(words: readonly Word[], command: string): FilterLine {
  const parts = readFilters(words);
  const typed = parts.map((part) => part.typed).join(' ');
  if (typed.length > lineMaxCount) throw new UserError(tooLong, fewer);
  const wrong = parts.find((part) => !part.ok);
  if (wrong === undefined || wrong.ok) return { query: queryOf(parts), typed };
  throw new UserError(mistake(wrong), correction(wrong, parts, command));
}

/** The words of a line that the bot wrote itself. */
export function wordsOf(line: string): readonly Word[] {
  return line.split(/\s+/).flatMap((text) => (text === '' ? [] : [{ text, openId: undefined }]));
}

/** Every button of a list carries the line. */
const lineMaxCount = 500;
/** So much of what was typed is quoted. */
const shownCharCount = 40;

const shown = (typed: string): string => {
  const characters = [...typed];
  return characters.length > shownCharCount ? `${characters.slice(0, shownCharCount).join('')}…` : typed;
};

function mistake({ typed, wrong }: Extract<Part, { ok: false }>): Text {
  const word = shown(typed);
  switch (wrong) {
    case 'word':
      return noFilter({ word });
    case 'value':
      return noValue({ word });
    case 'twice':
      return saidTwice({ word });
  }
}

function correction(
  { key, wrong }: Extract<Part, { ok: false }>,
  parts: readonly Part[],
  command: string,
): Text {
  const line = parts.map((part) => (part.ok ? part.typed : part.instead)).filter((one) => one !== '');
  const corrected = shownLine([command, ...line].join(' '));
  if (key !== undefined) return takes({ key, values: valuesOf(key), line: corrected });
  return wrong === 'twice' ? tryThis({ line: corrected }) : allForms({ line: corrected });
}

const shownLine = (line: string): string => [...line].slice(0, 300).join('');

/** The line that reads as this query again; people are open ids in it, and nothing depends on who reads it. */
export function writeQuery(query: TicketQuery): string {
  const { statuses, unassigned, agent, guestId, guestName, tags, channel, score, solved, period, sort } =
    query;
  const words: readonly (string | undefined)[] = [
    statuses && `status:${writeStatuses(statuses)}`,
    unassigned === true ? 'unassigned' : undefined,
    agent && `agent:${writeAgent(agent)}`,
    guestId && `guest:${guestId}`,
    guestName && `guest:${quoted(guestName)}`,
    ...(tags ?? []).map((tag) => `tag:${quoted(tag)}`),
    channel && `channel:${channel}`,
    score && `score:${score}`,
    solved === undefined ? undefined : writeSolved(solved),
    period && writePeriod(period),
    sort && `sort:${sort}`,
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

const writeSolved = (solved: boolean): string => (solved ? 'solved' : 'unsolved');

function writeStatuses(statuses: readonly string[]): string {
  const are = (others: readonly string[]): boolean => others.join() === statuses.join();
  if (are(openStatuses)) return 'open';
  return are(closedStatuses) ? 'closed' : statuses.join(',');
}

function writeAgent(agent: NonNullable<TicketQuery['agent']>): string {
  switch (agent.kind) {
    case 'me':
      return 'me';
    case 'id':
      return agent.openId;
    case 'name':
      return quoted(agent.name);
  }
}

// ---------------------------------------------------------------- sentences

const tooLong = say('条件太长。', 'These are too many filters.', '条件が長すぎます。');
const fewer = say(
  '请减少条件，总长不超过 500 个字符。',
  'Please leave some out: up to 500 characters are possible.',
  '500 文字以内になるように条件を減らしてください。',
);
const noFilter = sentence(
  '“{word}”不是筛选条件。',
  '“{word}” is not a filter.',
  '「{word}」は絞り込み条件ではありません。',
);
const noValue = sentence(
  '“{word}”的值不对。',
  '“{word}” has a value that does not fit.',
  '「{word}」の値が正しくありません。',
);
const saidTwice = sentence(
  '“{word}”与前面的条件重复或矛盾。',
  '“{word}” repeats or contradicts what stands before it.',
  '「{word}」は前の条件と重複または矛盾しています。',
);
const takes = sentence(
  '{key} 可以是：{values}。例如：{line}',
  '{key} takes: {values}. Such as: {line}',
  '{key} に使える値：{values}。例：{line}',
);
const tryThis = sentence('请改成：{line}', 'Write: {line}', '次のように書いてください：{line}');
const forms = say(
  'mine、open、closed、unassigned、solved、unsolved、status:…、agent:@…、guest:…、tag:…、channel:…、score:1、since:7d、2026-11-01..2026-11-15、sort:oldest',
  'mine, open, closed, unassigned, solved, unsolved, status:…, agent:@…, guest:…, tag:…, channel:…, score:1, since:7d, 2026-11-01..2026-11-15, sort:oldest',
  'mine、open、closed、unassigned、solved、unsolved、status:…、agent:@…、guest:…、tag:…、channel:…、score:1、since:7d、2026-11-01..2026-11-15、sort:oldest',
);
const allFormsAre = sentence(
  '请改成：{line}\n可用的条件：{forms}',
  'Try: {line}\nFilters: {forms}',
  '次のように書いてください：{line}\n使える条件：{forms}',
);
const allForms = ({ line }: { readonly line: string }): Text => allFormsAre({ line, forms });
