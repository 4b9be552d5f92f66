/** The figures of a period on one card: numbers against the period before, up to three charts, a table of agents, and who needs someone. */

import type { Card, Locale, Text, Ticket } from '../domain.ts';
import type { Figures, Pair } from '../figures.ts';
import { duration, grouped, joinText, same, say, sentence, text } from '../text.ts';
import { hr, note, plain } from './contentElements.ts';
import { collapsible, columns, type Element, lineWithButton, quarters } from './elements.ts';
import { name } from './facts.ts';
import { focus } from './focus.ts';
import { frame } from './frame.ts';
import { shortMoment } from './moment.ts';
import { firstThatFits } from './size.ts';
import { subject } from './subject.ts';
import { agentTable, arranged, charts } from './summaryCharts.ts';
import { definitions, hourHead, hourLines } from './summaryFolds.ts';
import { showButton } from './ticketButtons.ts';
import { type Untrusted, untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface SummaryCardData {
  readonly figures: Figures;
  /** The name of the period. */
  readonly title: Text;
  /** The filters as they were typed; empty without any. */
  readonly typed: string;
  /** A scheduled summary that comes late: when it was due. */
  readonly dueAtMs?: number | undefined;
  /** Some tickets could not be read because there are too many. */
  readonly isWhole: boolean;
}

/** How much is shown. */
interface Detail {
  readonly chartCount: number;
  readonly agentCount: number;
  readonly withFolds: boolean;
}

export function summaryCard(data: SummaryCardData, view: View): Card {
  const build = (detail: Detail) => (): Card => wholeCard(data, detail, view);
  return firstThatFits(
    build({ chartCount: 3, agentCount: 30, withFolds: true }),
    build({ chartCount: 3, agentCount: 10, withFolds: true }),
    build({ chartCount: 2, agentCount: 10, withFolds: false }),
    build({ chartCount: 0, agentCount: 5, withFolds: false }),
  );
}

function wholeCard(data: SummaryCardData, detail: Detail, view: View): Card {
  const say = untrusted(view.privacy);
  const { figures, title } = data;
  const locale: Locale = view.locale ?? 'zh_cn';
  const typed = say.line(data.typed, 120);
  const span = spanLine(figures, view.timeZone);
  return frame(
    {
      title: summaryOf({ period: title }),
      subtitle: typed === '' ? span : joinText([span, same(typed)], ' · '),
      color: 'blue',
      summary: headline(figures, title),
      elements: [
        ...remarks(data, view),
        ...numbers(figures),
        ...arranged(charts(figures, locale).slice(0, detail.chartCount)),
        ...lists(figures, locale, say),
        ...agentTable(figures, detail.agentCount, locale, say),
        ...needSomeone(figures.needy, view, say),
        ...(detail.withFolds ? folds(figures) : []),
        note((isQuiet(figures) ? zoneOnly : brackets)({ zone: view.timeZone })),
      ],
    },
    view,
  );
}

function folds(figures: Figures): readonly Element[] {
  const byHours = hourLines(figures);
  return [
    ...(byHours === '' ? [] : [collapsible(byHour, [hourHead, plain(same(byHours))])]),
    collapsible(howCounted, definitions),
  ];
}

/** Nothing happened, so nothing stands in brackets. */
function isQuiet({ opened, closed, agents }: Figures): boolean {
  return opened.now + opened.before + closed.now + closed.before + agents.length === 0;
}

/** While it is being read. */
export function readingCard(
  progress: { readonly readCount: number; readonly expectedCount: number },
  view: View,
): Card {
  const { readCount, expectedCount } = progress;
  // The lists overlap, so how much is left is known better than how many tickets there are.
  const percent = Math.floor((100 * readCount) / Math.max(1, readCount, expectedCount));
  const line = expectedCount === 0 ? readingFirst : readSoFar({ percent, read: grouped(readCount) });
  return frame({ title: reading, color: 'wathet', summary: reading, elements: [plain(line)] }, view);
}

function headline({ opened, closed, backlog }: Figures, title: Text): Text {
  return headlineOf({
    period: title,
    opened: grouped(opened.now),
    closed: grouped(closed.now),
    backlog: grouped(backlog.now),
  });
}

function spanLine({ spans: { current } }: Figures, timeZone: string): Text {
  return same(`${shortMoment(current.fromMs, timeZone)} – ${shortMoment(current.untilMs, timeZone)}`);
}

function remarks({ dueAtMs, isWhole }: SummaryCardData, { nowMs, timeZone }: View): readonly Element[] {
  return [
    ...(dueAtMs === undefined
      ? []
      : [
          plain(late({ time: shortMoment(dueAtMs, timeZone), by: duration(nowMs - dueAtMs) }), {
            size: 'notation',
            color: 'orange',
          }),
        ]),
    ...(isWhole ? [] : [plain(notWhole, { color: 'orange' })]),
  ];
}

// ---------------------------------------------------------------- numbers

interface Cell {
  readonly label: Text;
  readonly value: Text;
  readonly compared: Text;
}

/** The counts in one row, then what is longer in two columns, row by row. */
function numbers(figures: Figures): readonly Element[] {
  const { opened, closed, backlog, firstResponse, resolution, byBot, ratings } = figures;
  const rated = (pair: Figures['ratings']['now']): number =>
    pair.satisfied + pair.average + pair.dissatisfied;
  const cells: readonly Cell[] = [
    countCell(labels.opened, opened),
    countCell(labels.closed, closed),
    countCell(labels.backlog, backlog),
    shareCell(labels.byBot, byBot),
    timeCell(labels.firstResponse, firstResponse),
    timeCell(labels.resolution, resolution),
    shareCell(labels.satisfied, {
      now: { part: ratings.now.satisfied, whole: rated(ratings.now) },
      before: { part: ratings.before.satisfied, whole: rated(ratings.before) },
    }),
    {
      label: labels.ratings,
      value: ratingLine(ratings.now),
      compared: before({ value: ratingLine(ratings.before) }),
    },
  ];
  const stacks = cells.map(cellElements);
  return [
    quarters(...stacks.slice(0, 4)),
    ...[4, 6].map((index) => columns(...stacks.slice(index, index + 2))),
  ];
}

function cellElements({ label, value, compared }: Cell): readonly Element[] {
  return [note(label), plain(value, { size: 'heading' }), note(compared)];
}

function countCell(label: Text, { now, before: earlier }: Pair): Cell {
  const change = now - earlier;
  const arrow = `${change > 0 ? '▲' : '▼'} ${grouped(Math.abs(change))}`;
  const value = same(change === 0 ? grouped(earlier) : `${grouped(earlier)} · ${arrow}`);
  return { label, value: same(grouped(now)), compared: before({ value }) };
}

function shareCell(label: Text, { now, before: earlier }: Figures['byBot']): Cell {
  return { label, value: share(now), compared: before({ value: share(earlier) }) };
}

/** Nothing of nothing is no share. */
function share({ part, whole }: Figures['byBot']['now']): Text {
  if (whole === 0) return same('—');
  return same(`${Math.round((100 * part) / whole)}% (${grouped(part)}/${grouped(whole)})`);
}

function timeCell(label: Text, { now, before: earlier }: Figures['firstResponse']): Cell {
  return { label, value: times(now), compared: before({ value: times(earlier) }) };
}

/** The median and the ninth decile; how many tickets they are made of is in the CSV. */
function times({ medianSec, p90Sec }: Figures['firstResponse']['now']): Text {
  if (medianSec === undefined || p90Sec === undefined) return same('—');
  return joinText([duration(medianSec * 1000), duration(p90Sec * 1000)], ' / ');
}

const ratingLine = ({ satisfied, average, dissatisfied }: Figures['ratings']['now']): Text =>
  same([satisfied, average, dissatisfied].map(grouped).join(' / '));

// ---------------------------------------------------------------- lists

const counted = (what: string, { now, before: earlier }: Pair): string =>
  `${what} ${grouped(now)} (${grouped(earlier)})`;

function lists(figures: Figures, locale: Locale, say: Untrusted): readonly Element[] {
  const { reasons, hours, tags, channels } = figures;
  const busiest = [...hours].sort((one, other) => other.opened.now - one.opened.now).slice(0, 3);
  const lines: readonly (readonly [Text, readonly string[]])[] = [
    [
      labels.busiest,
      busiest
        .filter(({ opened }) => opened.now > 0)
        .map(({ hour, opened }) => counted(`${`${hour}`.padStart(2, '0')}:00`, opened)),
    ],
    [text.label.tags, tags.slice(0, 6).map(({ what, count }) => counted(say.line(what, 24), count))],
    [text.label.channel, channels.map(({ what, count }) => counted(text.channel[what][locale], count))],
    [
      labels.reasons,
      reasons.slice(0, 3).map(({ what, count }) => counted(say.line(what[locale], 60), count)),
    ],
  ];
  const shown = lines
    .filter(([, items]) => items.length > 0)
    .map(([label, items]) => text.labelled({ label, value: items.join(' · ') }));
  return shown.length === 0 ? [] : [plain(joinText(shown, '\n'))];
}

function needSomeone(tickets: readonly Ticket[], view: View, say: Untrusted): readonly Element[] {
  if (tickets.length === 0) return [hr, note(nobodyWaits)];
  const rows = tickets.flatMap((ticket) => {
    const about = subject(ticket, undefined, say);
    const now = focus(ticket, undefined, view.nowMs);
    const owner = ticket.owner === undefined ? text.unassigned : name(ticket.owner, say);
    const facts = [
      text.ticket({ id: say.line(ticket.id, 40) }),
      ...(about === undefined ? [] : [same(about)]),
      owner,
    ];
    const lines = [plain(now.text, { color: now.color }), note(joinText(facts, ' · '))];
    return lineWithButton(lines, showButton(ticket.id, view));
  });
  return [hr, note(needsSomeone), ...rows];
}

// ---------------------------------------------------------------- sentences

const labels = {
  opened: say('新建', 'Opened', '新規'),
  closed: say('关闭', 'Closed', '終了'),
  backlog: say('当前未关闭', 'Open now', '現在の未終了'),
  byBot: say('机器人解决率', 'Solved by the bot', 'ボット解決率'),
  firstResponse: say('首次响应（中位 / P90）', 'First response (median / P90)', '初回応答（中央値 / P90）'),
  resolution: say('解决用时（中位 / P90）', 'Resolution (median / P90)', '解決時間（中央値 / P90）'),
  satisfied: say('满意率', 'Satisfied', '満足率'),
  ratings: say('满意 / 一般 / 不满意', 'Good / average / bad', '満足 / 普通 / 不満'),
  reasons: say('不满意原因', 'Dissatisfied because', '不満の理由'),
  busiest: say('最忙时段', 'Busiest hours', '混雑する時間'),
} as const;

const summaryOf = sentence('工单汇总：{period}', 'Summary: {period}', 'サマリー：{period}');
const headlineOf = sentence(
  '{period}：新建 {opened}，关闭 {closed}，未关闭 {backlog}',
  '{period}: {opened} opened, {closed} closed, {backlog} open',
  '{period}：新規 {opened}、終了 {closed}、未終了 {backlog}',
);
const before = sentence('前期 {value}', 'Before: {value}', '前期間 {value}');
const reading = say('正在统计…', 'Counting…', '集計中…');
const readingFirst = say('正在读取工单。', 'Reading the tickets.', 'チケットを読み込んでいます。');
const readSoFar = sentence(
  '已读取 {percent}%（{read} 行）',
  'Read {percent}% ({read} rows)',
  '{percent}% 読み込み済み（{read} 行）',
);
const late = sentence(
  '这份汇总原定 {time} 发送，晚了 {by}。',
  'This summary was due at {time}; it is {by} late.',
  'このサマリーは {time} の予定でした（{by}遅れ）。',
);
const notWhole = say(
  '工单太多，未能全部读取，数字偏低。',
  'There are too many tickets to read them all; the figures are too low.',
  'チケットが多すぎて一部を読み込めていません。数値は実際より小さくなっています。',
);
const byHour = say('按小时', 'By hour', '時間帯別');
const howCounted = say('各项数字的含义', 'What the figures mean', '数値の意味');
const needsSomeone = say('需要有人处理', 'Need attention', '対応が必要');
const nobodyWaits = say(
  '没有工单在等待客服。',
  'No ticket waits for an agent.',
  '対応待ちのチケットはありません。',
);
const zoneOnly = sentence('时区：{zone}', 'Time zone: {zone}', 'タイムゾーン：{zone}');
const brackets = sentence(
  '括号内是前一期的数字。时区：{zone}',
  'In brackets: the period before. Time zone: {zone}',
  '括弧内は前の期間の値です。タイムゾーン：{zone}',
);
