/** The summary of a period: read, counted and shown, with its rows as a file. */

import { calendarIn, isoDay } from '../../calendar.ts';
import { tryLater } from '../../cards/callFailed.ts';
import { noticeCard } from '../../cards/noticeCard.ts';
import { readingCard, type SummaryCardData, summaryCard } from '../../cards/summaryCard.ts';
import type { View } from '../../cards/view.ts';
import type { Context } from '../../command.ts';
import { ticketsCsv } from '../../csv.ts';
import type { Card, MakeFiles, Reply, ReplyFile } from '../../domain.ts';
import { FeishuError, UserError } from '../../errors.ts';
import { figuresOf } from '../../figures.ts';
import type { FilterLine } from '../../filterLine.ts';
import type { TicketQuery } from '../../filters.ts';
import { type Period, periodName, spansOf } from '../../periods.ts';
import { say } from '../../text.ts';
import { filterOf, withPeople } from '../boundQuery.ts';
import { collect, type Progress } from './collect.ts';
import { underWay } from './underWay.ts';

/** Without a period: a week is long enough to see a trend, and short enough to act on. */
const usualPeriod: Period = { kind: 'days', count: 7 };
/** With this much still to be read, people are shown how far it is. */
const shownFromCount = 600;

/** A summary, whole. */
export interface Made {
  readonly card: Card;
  readonly tickets: readonly string[];
  readonly files: readonly ReplyFile[];
}

/** What is counted: everything but the moment. */
export interface SummaryWish {
  readonly query: TicketQuery;
  readonly typed: string;
  /** The moment that `today` and the like are meant from. */
  readonly asOfMs: number;
  /** Set for a scheduled summary that comes late. */
  readonly dueAtMs?: number;
}

/** @throws FeishuError, UserError */
export async function makeSummary(
  wish: SummaryWish,
  services: Pick<Context, 'ticketLists'>,
  view: View,
  onProgress?: (progress: Progress) => void,
): Promise<Made> {
  const { query, asOfMs, dueAtMs } = wish;
  const period = query.period ?? usualPeriod;
  const spans = spansOf(period, asOfMs, view.timeZone);
  if (spans.current.untilMs < spans.current.fromMs) throw new UserError(future, pastOnly);
  const { tickets, isWhole } = await collect(services, filterOf(query), spans, view.nowMs, onProgress);
  const figures = figuresOf(tickets, spans, view.timeZone);
  // Counting thousands of tickets holds everything up for a moment; others come in between.
  await turn();
  const data: SummaryCardData = { figures, title: periodName(period), typed: wish.typed, dueAtMs, isWhole };
  const day = isoDay(calendarIn(view.timeZone).wallTime(asOfMs));
  const file = {
    name: `tickets-${day}.csv`,
    mime: 'text/csv',
    bytes: ticketsCsv(figures.rows, spans.current, view),
  };
  return {
    card: summaryCard(data, view),
    tickets: figures.needy.map(({ id }) => id),
    files: figures.rows.length === 0 ? [] : [file],
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** At once when it is quick; else a card that says how far it is, and then becomes the summary. */
export async function showSummary({ query, typed }: FilterLine, context: Context): Promise<Reply> {
  const { view } = context;
  const wish = { query: await withPeople(query, context), typed, asOfMs: view.nowMs };
  const working = underWay<Progress, Made>((tell) => makeSummary(wish, context, view, tell));
  for await (const progress of working.follow()) {
    if (progress.expectedCount - progress.readCount < shownFromCount) continue;
    return followed(working, progress, view);
  }
  const { card, tickets, files } = await working.done;
  return { card, tickets, files: async () => files };
}

function followed(
  { done, follow }: ReturnType<typeof underWay<Progress, Made>>,
  progress: Progress,
  view: View,
): Reply {
  const files: MakeFiles = async () => {
    try {
      return (await done).files;
    } catch (error) {
      if (error instanceof FeishuError) return [];
      throw error;
    }
  };
  return {
    card: readingCard(progress, view),
    tickets: [],
    files,
    async *updates() {
      for await (const later of follow()) yield () => readingCard(later, view);
      const last = await orProblem(done, view);
      yield () => last;
    },
  };
}

/** The card is there already, so a failure is said on it. The client has tried for two minutes. */
async function orProblem(done: Promise<Made>, view: View): Promise<Card> {
  try {
    return (await done).card;
  } catch (error) {
    if (!(error instanceof FeishuError)) throw error;
    const { logId } = error;
    return noticeCard({ tone: 'problem', what: notRead, next: tryLater(logId), logId }, view);
  }
}

const future = say(
  '这段时间还没有到。',
  'This period lies in the future.',
  'この期間はまだ始まっていません。',
);
const pastOnly = say(
  '请换一段已经开始的时间，例如 /summary 7d。',
  'Choose one that has begun, such as /summary 7d.',
  '/summary 7d のように、すでに始まった期間を指定してください。',
);
const notRead = say(
  '工单没有读完，无法汇总。',
  'The tickets could not all be read, so there are no figures.',
  'チケットをすべて読み込めなかったため、集計できません。',
);
