/** Who did what with a ticket: one line for each deed, by ids alone. */

import type { Card } from '../domain.ts';
import { same, say, sentence } from '../text.ts';
import { markdown, note, plain } from './contentElements.ts';
import type { Element } from './elements.ts';
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
  const deeds = lines.slice(0, auditLineMaxCount).flatMap((line): readonly Element[] => {
    const what = `${shortMoment(line.atMs, view.timeZone)} · ${say.line(line.what, 60)}`;
    return [
      line.allowed ? plain(same(what)) : plain(refused({ what }), { color: 'orange' }),
      markdown(same(place(line, view)), { size: 'notation' }),
    ];
  });
  const elements = [
    ...(deeds.length === 0 ? [plain(nothing)] : deeds),
    ...(lines.length > auditLineMaxCount ? [note(older)] : []),
    note(kept({ time: moment(view.nowMs, view.timeZone) })),
  ];
  return frame({ title, color: 'grey', summary: title, elements }, view);
}

/** Feishu draws the name; the id stands beside it, because it alone is certain. The same in all languages, so it stands in the card once. */
function place({ who, chatId }: AuditLine, { privacy }: View): string {
  const ids = [who, chatId].map((id) => untrusted(privacy).markdown(shownId(id), 64)).join(' · ');
  return isPerson.test(who)
    ? `<person id='${who}' show_name=true show_avatar=false style='normal'></person> ${ids}`
    : ids;
}

/** Feishu refuses a whole card for an id that is none. */
const isPerson = /^ou_\w{1,64}$/;

/** Ids of Feishu; anything else has no business on this card. */
function shownId(id: string): string {
  return /^[\w-]{1,64}$/.test(id) ? id : '—';
}

const titled = sentence('工单 {id} 的操作记录', 'Audit of ticket {id}', 'チケット {id} の監査記録');
const refused = sentence('{what} · 已拒绝', '{what} · refused', '{what} · 拒否');
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
