/** The card above an exported ticket: how far the file is, and then what is in it. */

import type { Card } from '../domain.ts';
import { grouped, joinText, say, sentence, text } from '../text.ts';
import { note, plain } from './contentElements.ts';
import { frame } from './frame.ts';
import { untrusted } from './untrusted.ts';
import type { View } from './view.ts';

export interface ExportState {
  readonly ticketId: string;
  readonly messageCount: number;
  readonly pictureCount: number;
  /** Pictures that were looked at. */
  readonly doneCount: number;
  /** Pictures that are not in the file. */
  readonly missingCount: number;
  readonly isDone: boolean;
}

export function exportCard(state: ExportState, view: View): Card {
  const { ticketId, messageCount, pictureCount, doneCount, missingCount, isDone } = state;
  const number = text.ticket({ id: untrusted(view.privacy).line(ticketId, 40) });
  const title = isDone ? done({ number }) : making({ number });
  const parts = [text.messages(messageCount), text.pictures(pictureCount - missingCount)];
  const progress = readSoFar({ done: grouped(doneCount), pictures: text.pictures(pictureCount) });
  return frame(
    {
      title,
      color: isDone ? 'green' : 'wathet',
      summary: title,
      elements: [
        plain(isDone ? contains({ what: joinText(parts, ' · ') }) : progress),
        ...(isDone && missingCount > 0
          ? [plain(missing({ pictures: text.pictures(missingCount) }), { color: 'orange' })]
          : []),
        ...(isDone ? [note(inThread), note(kept)] : []),
      ],
    },
    view,
  );
}

const making = sentence('正在导出{number}…', 'Exporting: {number}…', '{number} をエクスポートしています…');
const done = sentence('已导出{number}', 'Exported: {number}', '{number} をエクスポートしました');
const readSoFar = sentence(
  '已读取 {done} / {pictures}',
  'Read {done} of {pictures}',
  '{pictures}のうち {done} 枚を読み込みました',
);
const contains = sentence('内含 {what}。', 'It holds {what}.', '内容：{what}');
const missing = sentence(
  '{pictures}无法放入，文件里注明了原因。',
  '{pictures} could not be put in; the file says why.',
  '{pictures}は含まれていません。理由はファイルに記載しています。',
);
const inThread = say(
  '文件在本消息的话题里。',
  'The file is in the thread of this message.',
  'ファイルはこのメッセージのスレッドにあります。',
);
const kept = say(
  '此次导出已记入审计日志。',
  'This export is written in the audit log.',
  'このエクスポートは監査ログに記録されました。',
);
