/** Who did what with a ticket: one line for each deed, by ids alone. */

import type { Card, Text } from '../domain.ts';
import { same, say, sentence } from '../text.ts';
import { type Element, note, plain } from './elements.ts';
import { frame } from './frame.ts';
import { moment, shortMoment } from './moment.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface AuditLine {
  /** A command, or `<command>.<button>`. */
  readonly what: string;
  /** An open id. */
  readonly who: string;
  readonly chatId: string;
  readonly allowed: boolean;
  readonly atMs: number;
}

/** More do not fit into a card that can still be read. */
export const auditLineMaxCount = 30;

/** @param lines the newest first; those over `auditLineMaxCount` are not shown, and the card says that there are more */
export function auditCard(ticketId: string, lines: readonly AuditLine[], view: View): Card {
  const say = untrusted(view.privacy);
  const title = titled({ id: say.line(ticketId, 40) });
  const deeds = lines.slice(0, auditLineMaxCount).flatMap((line): readonly Element[] => [
    plain(same(`${shortMoment(line.atMs, view.timeZone)} · ${say.line(line.what, 60)}`), {
      color: line.allowed ? 'default' : 'orange',
    }),
    note(place(line)),
  ]);
  const elements = [
    ...(deeds.length === 0 ? [plain(nothing)] : deeds),
    ...(lines.length > auditLineMaxCount ? [note(older)] : []),
    note(kept({ time: moment(view.nowMs, view.timeZone) })),
  ];
  return frame({ title, color: 'grey', summary: title, elements }, view);
}

function place({ who, chatId, allowed }: AuditLine): Text {
  const words = { who: shownId(who), chat: shownId(chatId) };
  return allowed ? done(words) : refused(words);
}

/** Ids of Feishu; anything else has no business on this card. */
function shownId(id: string): string {
  return /^[\w-]{1,64}$/.test(id) ? id : '—';
}

const titled = sentence('工单 {id} 的操作记录', 'Audit of ticket {id}', 'チケット {id} の監査記録');
const done = sentence('{who} · 在 {chat}', '{who} · in {chat}', '{who} · {chat} にて');
const refused = sentence(
  '{who} · 在 {chat} · 已拒绝',
  '{who} · in {chat} · refused',
  '{who} · {chat} にて · 拒否',
);
const nothing = say(
  '没有记录：没有人通过机器人更改过、导出过或被拒绝访问此工单。',
  'Nothing: nobody has changed or exported this ticket through the bot, or was refused.',
  '記録はありません。ボットでこのチケットを変更・出力した人も、拒否された人もいません。',
);
const older = say(
  '更早的记录没有显示，可在日志中查看。',
  'Older deeds are not shown; the log has them.',
  'これより前の記録は表示されていません。ログをご覧ください。',
);
const kept = sentence(
  '截至 {time}，保留 180 天。',
  'As of {time}. Kept for 180 days.',
  '{time} 時点。180 日間保存。',
);
