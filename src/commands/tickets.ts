/** `/tickets`: a table of the tickets that match, page by page. */

import { z } from 'zod';
import { sortNames, ticketsPerPage, ticketTableCard } from '../cards/ticketTableCard.ts';
import { type Argument, type Context, defineAction, defineCommand } from '../command.ts';
import type { Reply, Ticket } from '../domain.ts';
import { FeishuError } from '../errors.ts';
import { type FilterLine, parseFilters, wordsOf, writeQuery } from '../filterLine.ts';
import type { TicketQuery } from '../filters.ts';
import { openStatuses, type Sort, statusWords } from '../filterWords.ts';
import { say } from '../text.ts';
import { createdIn, withPeople } from './boundQuery.ts';

/** So many tickets are read to be sorted; of more, the newest. */
const readMaxCount = 1_000;

/** What the buttons carry: the filters as the bot writes them, and as they were typed. */
const place = z.object({
  line: z.string().max(2_000),
  typed: z.string().max(2_000),
  page: z.number().int().min(1).max(1_000),
  sort: z.enum(sortNames),
});
type Place = z.infer<typeof place>;

export const tickets = defineCommand({
  name: 'tickets',
  aliases: ['list', '工单列表'],
  access: 'served',
  args: [filters()],
  summary: say('按条件列出工单', 'List tickets by filters', '条件でチケットを一覧表示'),
  examples: [
    say('/工单列表 我的 未关闭', '/tickets mine open', '/tickets mine open'),
    '/tickets unassigned since:7d',
    '/tickets agent:@… score:1',
  ],
  async run([{ query, typed }], context) {
    // Without any word: what is still to be done.
    const asked = typed === '' ? { statuses: openStatuses } : query;
    const { sort = 'newest', ...bound } = await withPeople(asked, context);
    return showPage({ line: writeQuery(bound), typed: typed || 'open', page: 1, sort }, bound, context);
  },
  actions: {
    page: defineAction({
      toast: say('正在读取…', 'Reading…', '読み込んでいます…'),
      access: 'served',
      value: place,
      run: (value, context) => showPage(value, parseFilters(wordsOf(value.line), '/tickets').query, context),
    }),
  },
});

function filters(): Argument<FilterLine> {
  return {
    usage: say('[条件]', '[filters]', '[条件]'),
    parse: (words) => ({ value: parseFilters(words, '/tickets'), rest: [] }),
  };
}

/** Reads everything again: a list that somebody leafs through may have changed. */
async function showPage(at: Place, query: TicketQuery, context: Context): Promise<Reply> {
  const { ticketLists, view } = context;
  const filter = createdIn(query, view.nowMs, view.timeZone);
  const found = await ticketLists.read(filter, { maxCount: readMaxCount, priority: 'person' });
  const sorted = [...found.tickets].sort(orders[at.sort]);
  const pageCount = Math.max(1, Math.ceil(sorted.length / ticketsPerPage));
  const page = Math.min(at.page, pageCount);
  const shown = sorted.slice((page - 1) * ticketsPerPage, page * ticketsPerPage);
  const strictest = sorted.length === 0 ? await strictestOf(query, context) : undefined;
  const { isWhole } = found;
  const data = { ...at, tickets: shown, page, totalCount: sorted.length, isWhole, strictest };
  return { card: ticketTableCard(data, view), tickets: shown.map(({ id }) => id) };
}

// ---------------------------------------------------------------- order

type Order = (one: Ticket, other: Ticket) => number;

const byTime =
  (read: (ticket: Ticket) => number | undefined): Order =>
  (one, other) =>
    (read(other) ?? 0) - (read(one) ?? 0) || one.id.localeCompare(other.id);

const newest = byTime(({ createdAtMs }) => createdAtMs);
const oldest: Order = (one, other) => newest(other, one);
const rank = ({ status }: Ticket): number => {
  const index = statusWords.names.indexOf(status);
  return index < 0 ? statusWords.names.length : index;
};

/** What is equal otherwise: the oldest first. */
const orders: Readonly<Record<Sort, Order>> = {
  newest,
  oldest,
  updated: byTime(({ updatedAtMs, createdAtMs }) => updatedAtMs ?? createdAtMs),
  status: (one, other) => rank(one) - rank(other) || oldest(one, other),
  // Nobody's tickets first: they wait for somebody.
  owner: (one, other) =>
    (one.owner?.name ?? '').localeCompare(other.owner?.name ?? '', 'zh-Hans-CN') || oldest(one, other),
};

// ---------------------------------------------------------------- nothing found

/** Which filter left out most: the one without which most tickets would match. */
async function strictestOf(
  query: TicketQuery,
  { ticketLists, view }: Context,
): Promise<{ readonly filter: string; readonly count: number } | undefined> {
  const singles = singleFilters(query);
  try {
    const counted = await Promise.all(
      singles.map(async ({ filter, without }) => ({
        filter,
        count: await ticketLists.count(createdIn(without, view.nowMs, view.timeZone)),
      })),
    );
    return counted.sort((one, other) => other.count - one.count)[0];
  } catch (error) {
    if (error instanceof FeishuError) return undefined;
    throw error;
  }
}

interface Single {
  /** As it is written; a person's id is left out. */
  readonly filter: string;
  readonly without: TicketQuery;
}

function singleFilters(query: TicketQuery): readonly Single[] {
  const { statuses, unassigned, agent, guestId, guestName, tags, channel, score, solved, period } = query;
  const singles: readonly (readonly [TicketQuery, keyof TicketQuery])[] = [
    [{ statuses }, 'statuses'],
    [{ unassigned }, 'unassigned'],
    [agent === undefined ? {} : { agent }, 'agent'],
    [{ guestId }, 'guestId'],
    [{ guestName }, 'guestName'],
    [{ tags }, 'tags'],
    [{ channel }, 'channel'],
    [{ score }, 'score'],
    [{ solved }, 'solved'],
    [period === undefined ? {} : { period }, 'period'],
  ];
  return singles.flatMap(([only, key]) => {
    const filter = writeQuery(only).replaceAll(/ou_\w+/g, '@…');
    const { [key]: _left, ...without } = query;
    return filter === '' ? [] : [{ filter, without }];
  });
}
