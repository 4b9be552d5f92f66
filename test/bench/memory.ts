/** How much memory the bot takes: with nothing to do, and at most while large pictures pass through it. */

import { startSandbox } from '../sandbox/sandbox.ts';
import { addTicket } from './cards.ts';
import { samplePicture } from './pictures.ts';
import { startBuiltBot } from './processes.ts';
import { goal, type Result } from './results.ts';
import { median } from './statistics.ts';

const pictureBytes = 9_000_000;
const picturesPerTicketCount = 40;
const mebibyte = 1_048_576;
const giveUpMs = 180_000;

/** Empty where the system does not tell. */
export async function measureMemory(runs: number, picturesCount: number): Promise<readonly Result[]> {
  const peaks: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const peakBytes = await peak(picturesCount);
    if (peakBytes === undefined) return [];
    peaks.push(peakBytes / mebibyte);
  }
  const ours = median(peaks);
  return [
    {
      id: 'memory/peak',
      name: `most memory while ${picturesCount} pictures of 9 MB pass`,
      unit: 'MiB',
      ours,
      runs: peaks,
      baselines: { 'all the pictures': (picturesCount * pictureBytes) / mebibyte },
      goal: goal('at most', 350, ours, ' MiB'),
    },
  ];
}

async function peak(picturesCount: number): Promise<number | undefined> {
  const sandbox = await startSandbox({ latencyMs: 20, redeliver: false });
  const bot = await startBuiltBot(sandbox);
  sandbox.setWebhook(bot.url);
  // The sandbox would keep all that is uploaded.
  const emptying = setInterval(() => {
    for (const image of sandbox.world.images.values()) image.bytes = Buffer.alloc(0);
  }, 50);
  try {
    const ids = Array.from({ length: Math.ceil(picturesCount / picturesPerTicketCount) }, () =>
      addTicket(
        sandbox,
        Array.from({ length: picturesPerTicketCount }, () => samplePicture(pictureBytes)),
      ),
    );
    await Promise.all(
      ids.map(async (id, index) => {
        const chat = sandbox.world.addChat({ name: `bench ${index}` }).name;
        const { messageId } = await sandbox.say({ chat, person: '林晓', text: `/ticket ${id}` });
        await sandbox.waitFor(
          () =>
            sandbox.ledger
              .repliesTo(messageId)
              .find(
                ({ card }) => JSON.stringify(card).split('"img_key"').length - 1 === picturesPerTicketCount,
              ),
          giveUpMs,
        );
      }),
    );
    return bot.memory()?.peakBytes;
  } finally {
    clearInterval(emptying);
    await bot.end();
    await sandbox.close();
  }
}
