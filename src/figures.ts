/**
 * The figures of a summary, from tickets alone. What each one means is written in deploy/summary-figures.md, and again behind a fold in
 * the card: a change here is a change there.
 */

import { calendarIn } from './calendar.ts';
import type { Person, Span, Text, Ticket, TicketChannel } from './domain.ts';
import { closedIn, isOpen, needyOf, openAt, openedIn } from './figuresTickets.ts';
import { type Bucket, bucketsOf } from './figuresTrend.ts';
import type { Spans } from './periods.ts';
import { median, quantile, tally } from './statistics.ts';

/** A figure of the period, and the same of the period before. */
export interface Pair<T = number> {
  readonly now: T;
  readonly before: T;
}

/** Lengths of time, in seconds; undefined when no ticket has one. `count` is how many have one. */
export interface Times {
  readonly count: number;
  readonly medianSec: number | undefined;
  readonly p90Sec: number | undefined;
}

/** So many of so many. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

export interface Ratings {
  readonly satisfied: number;
  readonly average: number;
  readonly dissatisfied: number;
}

export interface HourFigures {
  /** 0 to 23, by the clocks of the bot's zone. */
  readonly hour: number;
  readonly opened: Pair;
  readonly firstResponse: Times;
  readonly resolution: Times;
}

export interface AgentFigures {
  /** Undefined for the tickets that nobody owns. */
  readonly agent: Person | undefined;
  readonly opened: Pair;
  readonly closed: Pair;
  readonly firstResponse: Times;
  readonly resolution: Times;
  readonly satisfied: Share;
}

export interface TrendPoint {
  readonly label: string;
  readonly opened: number;
  readonly closed: number;
  /** Open at the end of this part of the period. */
  readonly backlog: number;
}

export interface Counted<T> {
  readonly what: T;
  readonly count: Pair;
}

export interface Figures {
  readonly spans: Spans;
  readonly opened: Pair;
  readonly closed: Pair;
  /** Open now, and at the beginning of the period. */
  readonly backlog: Pair;
  readonly firstResponse: Pair<Times>;
  readonly resolution: Pair<Times>;
  readonly byBot: Pair<Share>;
  readonly ratings: Pair<Ratings>;
  /** Of those who were dissatisfied, the most frequent first. */
  readonly reasons: readonly Counted<Text>[];
  readonly hours: readonly HourFigures[];
  readonly tags: readonly Counted<string>[];
  readonly channels: readonly Counted<TicketChannel>[];
  /** Who closed most first; nobody last. */
  readonly agents: readonly AgentFigures[];
  readonly trend: readonly TrendPoint[];
  /** Open tickets that wait for an agent, the most urgent first. */
  readonly needy: readonly Ticket[];
  /** Everything that the figures of the period are made of. */
  readonly rows: readonly Ticket[];
}

// ---------------------------------------------------------------- the figures

/**
 * @param tickets at least all that were opened or closed in one of the spans, and all that are open now; each once
 */
export function figuresOf(tickets: readonly Ticket[], spans: Spans, timeZone: string): Figures {
  const { current } = spans;
  const opened = inBoth(tickets, openedIn, spans);
  const closed = inBoth(tickets, closedIn, spans);
  const both = <T>(pair: Pair<readonly Ticket[]>, figure: (some: readonly Ticket[]) => T): Pair<T> => ({
    now: figure(pair.now),
    before: figure(pair.before),
  });
  return {
    spans,
    opened: both(opened, count),
    closed: both(closed, count),
    backlog: {
      now: tickets.filter(isOpen).length,
      before: tickets.filter(openAt(current.fromMs - 1)).length,
    },
    firstResponse: both(opened, firstResponses),
    resolution: both(closed, resolutions),
    byBot: both(closed, solvedByBot),
    ratings: both(closed, ratingsOf),
    reasons: reasonsOf(closed),
    hours: hoursOf(opened, closed.now, timeZone),
    tags: countedBy(opened, ({ tags }) => tags),
    channels: countedBy(opened, ({ channel }) => [channel]),
    agents: agentsOf(opened, closed),
    trend: bucketsOf(current, timeZone).map((bucket) => pointOf(bucket, opened.now, closed.now, tickets)),
    needy: needyOf(tickets),
    rows: tickets.filter((one) => isOpen(one) || openedIn(current)(one) || closedIn(current)(one)),
  };
}

function inBoth(
  tickets: readonly Ticket[],
  test: (span: Span) => (ticket: Ticket) => boolean,
  { current, before }: Spans,
): Pair<readonly Ticket[]> {
  return { now: tickets.filter(test(current)), before: tickets.filter(test(before)) };
}

const count = (tickets: readonly Ticket[]): number => tickets.length;

function timesOf(seconds: readonly (number | undefined)[]): Times {
  const known = seconds.filter((one) => one !== undefined);
  return { count: known.length, medianSec: median(known), p90Sec: quantile(known, 0.9) };
}

const firstResponses = (tickets: readonly Ticket[]): Times =>
  timesOf(tickets.map(({ firstResponseSec }) => firstResponseSec));

const resolutions = (tickets: readonly Ticket[]): Times =>
  timesOf(tickets.map(({ resolutionSec }) => resolutionSec));

/** Never reached a person, and the guest did not say that it was of no use. */
function solvedByBot(closed: readonly Ticket[]): Share {
  const part = closed.filter(({ stage, solved }) => stage === 'bot' && solved !== false).length;
  return { part, whole: closed.length };
}

function ratingsOf(closed: readonly Ticket[]): Ratings {
  const counts = tally(closed.map(({ score }) => score));
  return {
    satisfied: counts.get('satisfied') ?? 0,
    average: counts.get('average') ?? 0,
    dissatisfied: counts.get('dissatisfied') ?? 0,
  };
}

/** By the Chinese wording, which the helpdesk always gives. */
function reasonsOf(closed: Pair<readonly Ticket[]>): readonly Counted<Text>[] {
  const given = ({ score, dissatisfaction }: Ticket): Text | undefined =>
    score === 'dissatisfied' ? dissatisfaction : undefined;
  const words = new Map(
    closed.now.flatMap((ticket) => {
      const reason = given(ticket);
      return reason === undefined ? [] : [[reason.zh_cn, reason] as const];
    }),
  );
  return countedBy(closed, (ticket) => given(ticket)?.zh_cn ?? []).flatMap((counted) => {
    const what = words.get(counted.what);
    return what === undefined ? [] : [{ ...counted, what }];
  });
}

function countedBy<T extends string>(
  { now, before }: Pair<readonly Ticket[]>,
  read: (ticket: Ticket) => T | readonly T[],
): readonly Counted<T>[] {
  const earlier = tally(before.flatMap(read));
  return [...tally(now.flatMap(read))]
    .map(([what, times]) => ({ what, count: { now: times, before: earlier.get(what) ?? 0 } }))
    .sort((one, other) => other.count.now - one.count.now || (one.what < other.what ? -1 : 1));
}

/** By the hour in which a ticket was opened. All 24, also those in which nothing came. */
function hoursOf(
  opened: Pair<readonly Ticket[]>,
  closed: readonly Ticket[],
  timeZone: string,
): readonly HourFigures[] {
  const calendar = calendarIn(timeZone);
  const byHour = (tickets: readonly Ticket[]): ReadonlyMap<number, Ticket[]> =>
    grouped(tickets, ({ createdAtMs = 0 }) => calendar.wallTime(createdAtMs).hour);
  const [now, before, done] = [byHour(opened.now), byHour(opened.before), byHour(closed)];
  return Array.from({ length: 24 }, (_, hour) => ({
    hour,
    opened: { now: now.get(hour)?.length ?? 0, before: before.get(hour)?.length ?? 0 },
    firstResponse: firstResponses(now.get(hour) ?? []),
    resolution: resolutions(done.get(hour) ?? []),
  }));
}

function grouped<K>(tickets: readonly Ticket[], keyOf: (ticket: Ticket) => K): ReadonlyMap<K, Ticket[]> {
  const groups = new Map<K, Ticket[]>();
  for (const ticket of tickets) {
    const key = keyOf(ticket);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [ticket]);
    else group.push(ticket);
  }
  return groups;
}

/** By the owner. Every ticket is in one row, so the rows add up to the whole. */
function agentsOf(opened: Pair<readonly Ticket[]>, closed: Pair<readonly Ticket[]>): readonly AgentFigures[] {
  const keyOf = ({ owner }: Ticket): string =>
    owner === undefined ? '' : (owner.openId ?? `name:${owner.name}`);
  const groups = [opened.now, opened.before, closed.now, closed.before].map((some) => grouped(some, keyOf));
  const keys = new Set(groups.flatMap((group) => [...group.keys()]));
  const rows = [...keys].map((key): AgentFigures & { readonly key: string } => {
    const [o, ob, c, cb] = groups.map((group) => group.get(key) ?? []);
    const [openedNow, openedBefore, closedNow, closedBefore] = [o ?? [], ob ?? [], c ?? [], cb ?? []];
    const { satisfied, average, dissatisfied } = ratingsOf(closedNow);
    return {
      key,
      agent: [...openedNow, ...closedNow, ...openedBefore, ...closedBefore][0]?.owner,
      opened: { now: openedNow.length, before: openedBefore.length },
      closed: { now: closedNow.length, before: closedBefore.length },
      firstResponse: firstResponses(openedNow),
      resolution: resolutions(closedNow),
      satisfied: { part: satisfied, whole: satisfied + average + dissatisfied },
    };
  });
  const isNobody = ({ key }: { readonly key: string }): number => (key === '' ? 1 : 0);
  return rows
    .sort(
      (one, other) =>
        isNobody(one) - isNobody(other) ||
        other.closed.now - one.closed.now ||
        other.opened.now - one.opened.now ||
        (one.key < other.key ? -1 : 1),
    )
    .map(({ key: _key, ...row }) => row);
}

function pointOf(
  { label, fromMs, untilMs }: Bucket,
  opened: readonly Ticket[],
  closed: readonly Ticket[],
  all: readonly Ticket[],
): TrendPoint {
  const span = { fromMs, untilMs };
  return {
    label,
    opened: opened.filter(openedIn(span)).length,
    closed: closed.filter(closedIn(span)).length,
    backlog: all.filter(openAt(untilMs)).length,
  };
}
