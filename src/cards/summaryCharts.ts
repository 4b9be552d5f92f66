/** The charts and the table of a summary. Their texts are in the bot's own language, because charts cannot follow the reader's. */

import type { Locale } from '../domain.ts';
import type { AgentFigures, Figures } from '../figures.ts';
import { grouped, say, text } from '../text.ts';
import { note } from './contentElements.ts';
import { barChart, type Chart, lineChart, lowChart, ringChart, table } from './dataElements.ts';
import { type Element, sideBySide } from './elements.ts';
import { name } from './facts.ts';
import { medianAndP90 } from './summaryFolds.ts';
import type { Untrusted } from './untrusted.ts';

/** In the order of their worth; one that has nothing to show is left out. */
export function charts(figures: Figures, locale: Locale): readonly Chart[] {
  const { trend, channels, opened, closed, backlog } = figures;
  const flow = trend.flatMap(({ label, ...point }) => [
    { x: label, y: point.opened, s: words.opened[locale] },
    { x: label, y: point.closed, s: words.closed[locale] },
  ]);
  const level = trend.map(({ label, ...point }) => ({
    x: label,
    y: point.backlog,
    s: words.backlog[locale],
  }));
  const shares = channels.map(({ what, count }) => ({ x: '', y: count.now, s: text.channel[what][locale] }));
  return [
    ...(opened.now + closed.now > 0 ? [barChart(words.flow[locale], flow)] : []),
    ...(trend.length > 1 && (backlog.now > 0 || backlog.before > 0)
      ? [lineChart(words.backlog[locale], level)]
      : []),
    ...(shares.length > 1 ? [ringChart(words.channels[locale], shares)] : []),
  ];
}

/** The first across the card, the others side by side: three below each other are a tower. */
export function arranged(charts: readonly Chart[]): readonly Element[] {
  const [first, second, ...rest] = charts;
  if (first === undefined) return [];
  if (second === undefined) return [first];
  if (rest.length === 0) return [first, second];
  return [first, sideBySide(...[second, ...rest].map((one) => [lowChart(one)]))];
}

/** A row for each agent; those that do not fit are one row together, so that the columns still add up. */
export function agentTable(
  { agents }: Figures,
  maxCount: number,
  locale: Locale,
  say: Untrusted,
): readonly Element[] {
  if (agents.length === 0) return [];
  const shown = agents.length > maxCount ? agents.slice(0, maxCount - 1) : agents;
  const rest = agents.slice(shown.length);
  const rows = shown.map((row) => ({
    agent: row.agent === undefined ? text.unassigned[locale] : name(row.agent, say)[locale],
    opened: pair(row.opened),
    closed: pair(row.closed),
    first: medianAndP90(row.firstResponse),
    resolution: medianAndP90(row.resolution),
    satisfied: share(row.satisfied),
  }));
  const others = rest.length === 0 ? [] : [restRow(rest, locale)];
  return [
    note(words.byAgent),
    table(
      [
        { name: 'agent', title: text.label.owner[locale], type: 'text' },
        { name: 'opened', title: words.opened[locale], type: 'text', align: 'right' },
        { name: 'closed', title: words.closed[locale], type: 'text', align: 'right' },
        { name: 'first', title: words.first[locale], type: 'text', align: 'right' },
        { name: 'resolution', title: words.resolution[locale], type: 'text', align: 'right' },
        { name: 'satisfied', title: words.satisfied[locale], type: 'text', align: 'right' },
      ],
      [...rows, ...others],
    ),
  ];
}

/** Medians of others than these cannot be made of theirs. */
function restRow(rest: readonly AgentFigures[], locale: Locale) {
  const sum = (read: (row: AgentFigures) => number): number =>
    rest.reduce((total, row) => total + read(row), 0);
  return {
    agent: `${words.others[locale]} (${rest.length})`,
    opened: pair({ now: sum(({ opened }) => opened.now), before: sum(({ opened }) => opened.before) }),
    closed: pair({ now: sum(({ closed }) => closed.now), before: sum(({ closed }) => closed.before) }),
    first: '—',
    resolution: '—',
    satisfied: share({
      part: sum(({ satisfied }) => satisfied.part),
      whole: sum(({ satisfied }) => satisfied.whole),
    }),
  };
}

const pair = ({ now, before }: AgentFigures['opened']): string => `${grouped(now)} (${grouped(before)})`;

const share = ({ part, whole }: AgentFigures['satisfied']): string =>
  whole === 0 ? '—' : `${Math.round((100 * part) / whole)}% (${grouped(part)}/${grouped(whole)})`;

const words = {
  flow: say('新建与关闭', 'Opened and closed', '新規と終了'),
  opened: say('新建', 'Opened', '新規'),
  closed: say('关闭', 'Closed', '終了'),
  backlog: say('未关闭', 'Open', '未終了'),
  channels: say('来源', 'Channels', '受付経路'),
  byAgent: say(
    '按负责人；用时为中位 / P90（时:分:秒）',
    'By owner; times are median / P90 (h:mm:ss)',
    '担当者別。時間は中央値 / P90（時:分:秒）',
  ),
  first: say('首次响应', 'First response', '初回応答'),
  resolution: say('解决用时', 'Resolution', '解決時間'),
  satisfied: say('满意率', 'Satisfied', '満足率'),
  others: say('其他', 'Others', 'その他'),
} as const;
