/**
 * Lists of tickets, however long. Feishu gives at most 10,000 for one question, in an order that it does not document, and 200 at a
 * time: a longer list is read by halves of the time that it spans.
 */

import type { Clock } from '../clock.ts';
import type { Span, Ticket, TicketFilter } from '../domain.ts';
import type { HelpdeskApi, TicketsPage } from '../feishu/helpdesk.ts';
import type { Priority } from '../store/store.ts';
import { matches, needsLooking } from './ticketMatch.ts';

export interface TicketRows {
  /** In no particular order, each once. */
  readonly tickets: readonly Ticket[];
  /** False when there are more than were asked for. The newest were read then. */
  readonly isWhole: boolean;
}

export interface ReadOptions {
  /** Reading ends when so many were read. Default: no end. */
  readonly maxCount?: number;
  /** Default `background`. */
  readonly priority?: Priority;
  /** Called after each page. `expectedCount` grows as more becomes known. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

export interface ReadProgress {
  readonly readCount: number;
  readonly expectedCount: number;
}

/** Both throw FeishuError. */
export interface TicketLists {
  /** The tickets that match. A call for each 200; more where the time must be halved. */
  read(filter: TicketFilter, options?: ReadOptions): Promise<TicketRows>;
  /** How many match: one call where the list endpoint can tell, else as many as `read`, which looks at 1,000 at most. */
  count(filter: TicketFilter): Promise<number>;
}

/** The most that the endpoint gives at once. https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/list */
const pageSizeCount = 200;
/** Of one question Feishu shows no more. */
const shownMaxCount = 10_000;
/** Pages of one question that are read side by side. */
const parallelCount = 4;
/** No helpdesk is older. */
const earliestMs = Date.UTC(2016, 0, 1);
/** A second is not halved: what lies behind the 10,000th ticket in it is not read. */
const shortestSpanMs = 1_000;
const countedMaxCount = 1_000;
/** Lists that are read in the background at a time: as many as one summary needs. Each may hold tens of thousands of tickets. */
const backgroundMaxCount = 3;

export function createTicketLists(deps: {
  readonly helpdesk: Pick<HelpdeskApi, 'ticketsPage'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}): TicketLists {
  const inTurn = turns(backgroundMaxCount);
  const read: TicketLists['read'] = (filter, options = {}) => {
    const reading = (): Promise<TicketRows> => readList(deps, filter, options);
    return options.priority === 'person' ? reading() : inTurn(reading);
  };
  return {
    read,
    async count(filter) {
      if (needsLooking(filter)) return (await read(filter, { maxCount: countedMaxCount })).tickets.length;
      const page = await deps.helpdesk.ticketsPage(filter, { number: 1, sizeCount: 1 }, 'background');
      return page.totalCount ?? page.tickets.length;
    },
  };
}

/** At most so many at a time; the others wait in their order. */
function turns(maxCount: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let runningCount = 0;
  return async (work) => {
    if (runningCount >= maxCount) await new Promise<void>((resolve) => waiting.push(resolve));
    else runningCount += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next one directly, so nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) runningCount -= 1;
      else next();
    }
  };
}

/** A list while it is being read. */
interface Reading {
  readonly readPage: (filter: TicketFilter, number: number) => Promise<TicketsPage>;
  readonly filter: TicketFilter;
  readonly maxCount: number;
  readonly found: Map<string, Ticket>;
  /** The whole time that the list may span. */
  readonly whole: Span;
  expectedCount: number;
  isWhole: boolean;
}

async function readList(
  { helpdesk, clock }: Parameters<typeof createTicketLists>[0],
  filter: TicketFilter,
  { maxCount = Number.POSITIVE_INFINITY, priority = 'background', onProgress }: ReadOptions,
): Promise<TicketRows> {
  const fits = matches(filter);
  const found = new Map<string, Ticket>();
  const reading: Reading = {
    filter,
    maxCount,
    found,
    // A day more, because Feishu's clock is another.
    whole: { fromMs: earliestMs, untilMs: Math.floor(clock.nowMs()) + 86_400_000 },
    expectedCount: 0,
    isWhole: true,
    async readPage(part, number) {
      const page = await helpdesk.ticketsPage(part, { number, sizeCount: pageSizeCount }, priority);
      for (const ticket of page.tickets) found.set(ticket.id, ticket);
      onProgress?.({
        readCount: found.size,
        expectedCount: Math.max(reading.expectedCount, page.totalCount ?? 0, found.size),
      });
      return page;
    },
  };
  await readPart(reading, filter, spanOf(filter));
  return { tickets: [...found.values()].filter(fits), isWhole: reading.isWhole };
}

/** The time by which a list is divided: that of the last change where the filter asks for it, else that of the creation. */
function spanOf({ created, updated }: TicketFilter): Span | undefined {
  return updated ?? created;
}

function withSpan(filter: TicketFilter, span: Span): TicketFilter {
  return filter.updated === undefined ? { ...filter, created: span } : { ...filter, updated: span };
}

async function readPart(reading: Reading, filter: TicketFilter, span: Span | undefined): Promise<void> {
  const first = await reading.readPage(filter, 1);
  const total = first.totalCount;
  if (total === undefined) {
    await followPages(reading, filter, first);
    return;
  }
  const isTooLong = total >= shownMaxCount || total > reading.maxCount;
  const { fromMs, untilMs } = span ?? reading.whole;
  if (isTooLong && untilMs - fromMs >= shortestSpanMs) {
    await readHalves(reading, { fromMs, untilMs });
    return;
  }
  reading.expectedCount = Math.max(reading.expectedCount, reading.found.size - first.tickets.length + total);
  await readPages(reading, filter, Math.min(total, shownMaxCount));
  if (isTooLong) reading.isWhole = false;
}

/** The newer half first, so that what is left out is old. */
async function readHalves(reading: Reading, { fromMs, untilMs }: Span): Promise<void> {
  const middleMs = Math.floor((fromMs + untilMs) / 2);
  for (const half of [
    { fromMs: middleMs + 1, untilMs },
    { fromMs, untilMs: middleMs },
  ]) {
    if (reading.found.size >= reading.maxCount) {
      reading.isWhole = false;
      return;
    }
    await readPart(reading, withSpan(reading.filter, half), half);
  }
}

/** The pages behind the first. */
async function readPages(reading: Reading, filter: TicketFilter, total: number): Promise<void> {
  const last = Math.ceil(total / pageSizeCount);
  let next = 2;
  const work = async (): Promise<void> => {
    while (next <= last) {
      const number = next;
      next += 1;
      await reading.readPage(filter, number);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelCount, Math.max(0, last - 1)) }, work));
}

/** Where Feishu does not say how many there are: page by page, until one is not full. */
async function followPages(reading: Reading, filter: TicketFilter, first: TicketsPage): Promise<void> {
  let page = first;
  for (let number = 2; page.tickets.length >= pageSizeCount; number += 1) {
    if (number * pageSizeCount > shownMaxCount || reading.found.size >= reading.maxCount) {
      reading.isWhole = false;
      return;
    }
    page = await reading.readPage(filter, number);
  }
}
