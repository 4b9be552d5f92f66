/** `/export`: a ticket as one HTML file for the record, pictures inside. Each use is kept for `/audit`. */

import { ticketRefs } from '../arguments.ts';
import { storyLines } from '../cards/escalationWords.ts';
import { exportCard } from '../cards/exportCard.ts';
import { type Context, defineCommand } from '../command.ts';
import type { PictureFile, PictureSource, Reply, ReplyFile } from '../domain.ts';
import { exportPage } from '../exportPage.ts';
import { say } from '../text.ts';
import { readTicket } from './readTicket.ts';
import { underWay } from './summary/underWay.ts';

/** Feishu takes 30 MB; base64 makes four bytes of three, and the words need room too. */
const picturesMaxBytes = 20 * 1_024 * 1_024;
const pictureMaxCount = 300;
/** Pictures that are read at a time: whole in memory, so few. */
const parallelCount = 3;

export const exportTicket = defineCommand({
  name: 'export',
  aliases: ['导出'],
  access: 'managers',
  // Takes what was said out of the helpdesk: who did is kept.
  effect: 'changes',
  args: [ticketRefs({ max: 1 })],
  summary: say('把工单导出为一个文件', 'Export a ticket as a file', 'チケットをファイルに書き出す'),
  examples: ['/export 7012345678901234567', say('/导出 123', '/export 123', '/export 123')],
  run: ([[id = '']], context) => exportOne(id, context),
});

/** The card follows how far the pictures are; the file comes when they are all there. */
async function exportOne(id: string, context: Context): Promise<Reply> {
  const { view } = context;
  const { ticket, conversation } = await readTicket(id, context);
  const sources = (conversation?.messages ?? []).flatMap(({ pictures }) => pictures);
  const state = {
    ticketId: id,
    messageCount: conversation?.messages.length ?? 0,
    pictureCount: sources.length,
    doneCount: 0,
    missingCount: 0,
    isDone: false,
  };
  const working = underWay<number, readonly (PictureFile | undefined)[]>((tell) =>
    readPictures(sources, context, tell),
  );
  const final = async () => {
    const pictures = await working.done;
    const missingCount = pictures.filter((picture) => picture?.ok !== true).length;
    return exportCard({ ...state, missingCount, doneCount: sources.length, isDone: true }, view);
  };
  const files = async (): Promise<readonly ReplyFile[]> => {
    const told = (await context.escalations.ofTicket(id)).toReversed();
    const escalations = told.map((state) => storyLines(state, view));
    const bytes = exportPage({ ticket, conversation, pictures: await working.done, escalations }, view);
    return [{ name: `ticket-${id}.html`, mime: 'text/html', bytes }];
  };
  if (sources.length === 0) return { card: await final(), tickets: [id], files };
  return {
    card: exportCard(state, view),
    tickets: [id],
    files,
    async *updates() {
      for await (const doneCount of working.follow()) yield () => exportCard({ ...state, doneCount }, view);
      const last = await final();
      yield () => last;
    },
  };
}

/** In their order. Undefined for what does not fit into the file any more. */
async function readPictures(
  sources: readonly PictureSource[],
  { pictureFiles }: Context,
  tell: (doneCount: number) => void,
): Promise<readonly (PictureFile | undefined)[]> {
  const read: (PictureFile | undefined)[] = sources.map(() => undefined);
  const waiting = [...sources.entries()].slice(0, pictureMaxCount);
  let roomBytes = picturesMaxBytes;
  let doneCount = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, source] = next;
      const picture = roomBytes > 0 ? await pictureFiles.read(source) : undefined;
      const sizeBytes = picture?.ok ? picture.bytes.byteLength : 0;
      if (sizeBytes <= roomBytes) {
        read[index] = picture;
        roomBytes -= sizeBytes;
      }
      doneCount += 1;
      tell(doneCount);
    }
  };
  await Promise.all(Array.from({ length: parallelCount }, work));
  return read;
}
