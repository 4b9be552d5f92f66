/** What stands behind the folds of a summary: the figures hour by hour, and what each figure means. */

import type { Figures, Times } from '../figures.ts';
import { grouped, say } from '../text.ts';
import { note, plain } from './contentElements.ts';
import type { Element } from './elements.ts';

/**
 * A line for each hour in which something came: `09:00  14 (9)  0:03:20 / 0:45:00 · 1:10:00 / 2:00:00`. Alike in all languages, so it is small.
 * Empty when nothing came.
 */
export function hourLines({ hours }: Figures): string {
  const lines = hours
    .filter(({ opened, resolution }) => opened.now > 0 || opened.before > 0 || resolution.count > 0)
    .map(({ hour, opened, firstResponse, resolution }) => {
      const times = [firstResponse, resolution].map(medianAndP90).join(' · ');
      return `${`${hour}`.padStart(2, '0')}:00  ${grouped(opened.now)} (${grouped(opened.before)})  ${times}`;
    });
  return lines.join('\n');
}

/** `0:03:20 / 0:45:00`; a dash where nothing is known. */
export function medianAndP90({ medianSec, p90Sec }: Times): string {
  return medianSec === undefined ? '—' : `${clock(medianSec)} / ${clock(p90Sec)}`;
}

/** `1:05:09`: hours, minutes and seconds. */
function clock(seconds: number | undefined): string {
  if (seconds === undefined) return '—';
  const sec = Math.round(seconds);
  const two = (count: number): string => `${count}`.padStart(2, '0');
  return `${Math.floor(sec / 3600)}:${two(Math.floor(sec / 60) % 60)}:${two(sec % 60)}`;
}

export const hourHead = note(
  say(
    '新建时刻 · 新建数（前期）· 首次响应 · 解决用时（中位 / P90，时:分:秒）',
    'Opened at · opened (before) · first response · resolution (median / P90, h:mm:ss)',
    '作成時刻 · 新規（前期間）· 初回応答 · 解決時間（中央値 / P90、時:分:秒）',
  ),
);

/** The page deploy/summary-figures.md in short. */
export const definitions: readonly Element[] = [
  plain(
    say(
      [
        '新建：创建时间（created_at）在期内。',
        '关闭：状态 50–52，且关闭时间（closed_at）在期内；没有关闭时间的不计。',
        '当前未关闭：状态 1–5；前期为期初时刻。',
        '首次响应：期内新建的工单，agent_first_response_duration（秒）。',
        '解决用时：期内关闭的工单，agent_resolution_time（秒）。',
        '没有时长的工单不计入中位数和 P90，不当作 0。P90 按线性插值。',
        '机器人解决率：期内关闭、未转人工且用户未标“未解决”的工单 ÷ 期内关闭。',
        '满意率：期内关闭且有评分的工单中，评分为 3 的比例。',
        '客服：按主负责人。前期：未结束的时段取同样长度，已结束的取前一整段。',
      ].join('\n'),
      [
        'Opened: created_at lies in the period.',
        'Closed: status 50–52, closed_at in the period; without closed_at it is left out.',
        'Open now: status 1–5; before: at the beginning of the period.',
        'First response: tickets opened in the period, agent_first_response_duration (s).',
        'Resolution: tickets closed in the period, agent_resolution_time (s).',
        'Missing durations are left out of median and P90, not counted as 0. P90 is interpolated.',
        'Solved by the bot: closed in the period, never with a human, not marked unsolved ÷ closed.',
        'Satisfied: score 3 among the rated tickets closed in the period.',
        'Agent: the ticket’s main agent. Before: as long as the period so far, or the whole one when it is over.',
      ].join('\n'),
      [
        '新規：created_at が期間内。',
        '終了：ステータス 50–52 で closed_at が期間内。closed_at がないものは除外。',
        '現在の未終了：ステータス 1–5。前期間は期間の開始時点。',
        '初回応答：期間内に作成されたチケットの agent_first_response_duration（秒）。',
        '解決時間：期間内に終了したチケットの agent_resolution_time（秒）。',
        '時間のないチケットは中央値と P90 から除外し、0 とはしない。P90 は線形補間。',
        'ボット解決率：期間内に終了し、有人対応がなく、未解決とされていないもの ÷ 終了。',
        '満足率：期間内に終了し評価のあるチケットのうち評価 3 の割合。',
        '担当者：主担当者。前期間：進行中なら同じ長さ、終わっていれば直前の期間全体。',
      ].join('\n'),
    ),
    { size: 'notation' },
  ),
];
