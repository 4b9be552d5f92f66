/** Summaries that are sent by themselves: set, listed, stopped, and made when their time has come. */

import { z } from 'zod';
import { lineCard } from '../../cards/lineCard.ts';
import { noticeCard } from '../../cards/noticeCard.ts';
import { schedulesCard } from '../../cards/schedulesCard.ts';
import type { View } from '../../cards/view.ts';
import type { Background, Context } from '../../command.ts';
import type { Outgoing, Reply, Text } from '../../domain.ts';
import { UserError } from '../../errors.ts';
import { type FilterLine, parseFilters, wordsOf, writeQuery } from '../../filterLine.ts';
import { nextTime, type Recurrence, recurrenceName } from '../../recurrence.ts';
import { say, sentence } from '../../text.ts';
import { withPeople } from '../boundQuery.ts';
import { type Made, makeSummary } from './period.ts';

type SummarySchedule = NonNullable<Awaited<ReturnType<Context['summarySchedules']['get']>>>;

/** What a timer carries. */
export const dueValue = z.object({ id: z.string(), dueAtMs: z.number(), revision: z.number() });
export type Due = z.infer<typeof dueValue>;

/** A summary that comes later than this says so. */
const lateFromMs = 120_000;
/** While rights cannot be checked. */
const firstWaitMs = 300_000;
const longestWaitMs = 3_600_000;

/** The first time is said at once. The wish of whoever asks last is the one that counts. */
export async function setSchedule(
  { query, typed }: FilterLine,
  recurrence: Recurrence,
  context: Context,
): Promise<Reply> {
  const { summarySchedules, timers, place, view, askerId } = context;
  const dueAtMs = nextTime(recurrence, view.nowMs, view.timeZone);
  const schedule = await summarySchedules.set({
    chatId: place.chatId,
    chatType: place.chatType,
    by: askerId,
    line: writeQuery(await withPeople(query, context)),
    typed,
    ...recurrence,
    dueAtMs,
  });
  if (schedule === undefined) throw new UserError(full, stopOne);
  await setTimer(timers, { id: schedule.id, dueAtMs, revision: schedule.revision });
  return listSchedules(context, scheduled({ when: recurrenceName(recurrence) }));
}

export async function listSchedules(context: Context, title: Text = listed): Promise<Reply> {
  const { summarySchedules, place, view } = context;
  const schedules = await summarySchedules.ofChat(place.chatId);
  const rows = schedules.map((one) => ({ ...one, when: recurrenceName(one) }));
  return { card: schedulesCard({ title, rows }, view), tickets: [] };
}

/** Only those of the chat in which it is asked. */
export async function stopSchedule(id: string, context: Context): Promise<Reply> {
  const { summarySchedules, place } = context;
  const known = await summarySchedules.get(id);
  const stopped = known?.chatId === place.chatId ? await stopOf(id, context) : undefined;
  if (stopped === undefined) throw new UserError(noSchedule({ id: id.slice(0, 20) }), seeList);
  return listSchedules(context, stoppedTitle);
}

/** The bot can no longer speak there. */
export async function stopAll(chatId: string, background: Background): Promise<void> {
  for (const { id } of await background.summarySchedules.ofChat(chatId)) await stopOf(id, background);
}

async function stopOf(
  id: string,
  { summarySchedules, timers }: Pick<Background, 'summarySchedules' | 'timers'>,
): Promise<SummarySchedule | undefined> {
  const stopped = await summarySchedules.stop(id);
  if (stopped !== undefined) await timers.cancel(timerName, timerKey(stopped), stopped.revision);
  return stopped;
}

/**
 * The time has come, perhaps late: after a restart, what was missed comes once. The next time is set before anything is read, so that
 * a failure now does not end the series; it is reckoned from now, so that what was missed in between does not come. Nothing is read for
 * a person who may not see it any more: then the series ends. While that cannot be checked, it is tried again until the next time.
 */
export async function sendDue(due: Due, background: Background): Promise<readonly Outgoing[]> {
  const { summarySchedules, timers, nowMs } = background;
  const schedule = await summarySchedules.get(due.id);
  if (!schedule?.active || schedule.revision !== due.revision) return [];
  const { chatId, chatType, line, typed } = schedule;
  const view = background.viewIn({ chatId, chatType });
  let nextDueAtMs = schedule.dueAtMs;
  if (schedule.dueAtMs === due.dueAtMs) {
    // From the later of both: where the clock was put back, the same time does not come twice.
    nextDueAtMs = nextTime(schedule, Math.max(nowMs, due.dueAtMs), view.timeZone);
    await setTimer(timers, { ...due, dueAtMs: nextDueAtMs });
    await summarySchedules.advance(schedule, nextDueAtMs);
  }
  const right = await background.mayNow('overview', schedule.by, chatId);
  if (right === 'denied') return [endOf(schedule, background)];
  if (right === 'unknown') {
    await tryLater(due, nextDueAtMs, background);
    return [];
  }
  const { query } = parseFilters(wordsOf(line), '/summary');
  const isLate = nowMs - due.dueAtMs > lateFromMs;
  const wish = { query, typed, asOfMs: due.dueAtMs, ...(isLate ? { dueAtMs: due.dueAtMs } : {}) };
  const { card, tickets, files } = await orNotice(makeSummary(wish, background, view), view);
  const to = { chatId, chatType, replyTo: undefined, inThread: false };
  const key = `summary/${due.id}/${due.dueAtMs}`;
  return [{ kind: 'post', key, to, card, tickets, files: async () => files }];
}

/** One line, and then no more. It is stopped only afterwards, so that the line comes even after a crash. */
function endOf(schedule: SummarySchedule, background: Background): Outgoing {
  const { id, chatId, chatType } = schedule;
  return {
    kind: 'post',
    key: `summary/${id}/${schedule.revision}/ended`,
    to: { chatId, chatType, replyTo: undefined, inThread: false },
    card: lineCard(ended({ when: recurrenceName(schedule) })),
    tickets: [],
    once: true,
    async ended(end) {
      // The chat was not told: its next time says it.
      if (end.ok || end.forGood) await stopOf(id, background);
      return [];
    },
  };
}

/** After five minutes, and then less and less often, until its next time is near. */
async function tryLater(due: Due, nextDueAtMs: number, { timers, nowMs }: Background): Promise<void> {
  const waitMs = Math.min(longestWaitMs, Math.max(firstWaitMs, (nowMs - due.dueAtMs) / 2));
  const atMs = nowMs + waitMs;
  if (atMs >= nextDueAtMs) return;
  const key = `${timerKey(due)}/again`;
  await timers.set({ name: timerName, key, generation: Math.floor(nowMs), atMs, value: { ...due } });
}

/** A period that has not begun yet: nobody waits for an answer, but somebody should know. */
async function orNotice(making: Promise<Made>, view: View): Promise<Made> {
  try {
    return await making;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, next } = error;
    return { card: noticeCard({ tone: 'info', what, next }, view), tickets: [], files: [] };
  }
}

const timerName = 'summary.due';
/** One for each time: the one that runs is not touched by setting the next. */
const timerKey = ({ id, dueAtMs }: { readonly id: string; readonly dueAtMs: number }): string =>
  `${id}/${dueAtMs}`;

async function setTimer(timers: Context['timers'], due: Due): Promise<void> {
  const key = timerKey(due);
  await timers.set({ name: timerName, key, generation: due.revision, atMs: due.dueAtMs, value: { ...due } });
}

const scheduled = sentence('已定时：{when}', 'Scheduled: {when}', '設定しました：{when}');
const ended = sentence(
  '定时汇总（{when}）已停止：设置它的人已没有权限。有权限的人可以重新设置。',
  'The scheduled summary ({when}) has ended: whoever set it up has no access any more. Somebody with access can set it up again.',
  '定期サマリー（{when}）を停止しました：設定した人に権限がなくなりました。権限のある人が改めて設定できます。',
);
const listed = say('本会话的定时汇总', 'Scheduled summaries in this chat', 'このチャットの定期サマリー');
const stoppedTitle = say('已停止', 'Stopped', '停止しました');
const full = say(
  '本会话的定时汇总已达到 10 个。',
  'This chat has ten scheduled summaries already.',
  'このチャットの定期サマリーはすでに 10 件あります。',
);
const stopOne = say(
  '请先用 /summary schedules 停止一个。',
  'Stop one first: /summary schedules',
  '先に /summary schedules で一つ停止してください。',
);
const noSchedule = sentence(
  '本会话没有定时汇总 {id}。',
  'There is no scheduled summary {id} in this chat.',
  'このチャットに定期サマリー {id} はありません。',
);
const seeList = say(
  '用 /summary schedules 查看全部。',
  'See all with /summary schedules',
  '/summary schedules で一覧を確認できます。',
);
