/** More pictures than the limits let through for a minute: how many calls the sandbox saw in the worst second and minute, and how long it took. */

import type { EndpointName } from '../sandbox/rules.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { addTicket } from './cards.ts';
import { samplePicture } from './pictures.ts';
import { type Measured, startBuiltBot } from './processes.ts';
import { goal, type Result } from './results.ts';
import { median } from './statistics.ts';

/** As many as a card holds. */
const picturesPerTicketCount = 40;
/** Ticket details are read ten a second; commands that come faster would only wait for those. */
const ticketsPerSecCount = 4;
const giveUpMs = 240_000;

export interface SaturationOptions {
  readonly name: string;
  readonly tripMs: number;
  readonly runs: number;
  readonly picturesCount: number;
  /** Starts the bots that share the work. Default: one. */
  readonly start?: (sandbox: Sandbox) => Promise<readonly Measured[]>;
}

interface Seen {
  readonly ratio: number;
  readonly worstSecond: number;
  readonly worstMinute: number;
  readonly refusedCount: number;
}

export async function measureSaturation(options: SaturationOptions): Promise<readonly Result[]> {
  const { name, tripMs, runs, picturesCount } = options;
  const seen: Seen[] = [];
  for (let run = 0; run < runs; run += 1) seen.push(await saturate(options));
  const id = `saturation/${name.replaceAll(' ', '-')}/${tripMs}`;
  const line = (what: keyof Seen, text: string, unit: string, baselines: Result['baselines']): Result => ({
    id: `${id}/${what}`,
    name: `${name}, ${picturesCount} pictures, ${tripMs} ms: ${text}`,
    unit,
    ours: what === 'ratio' ? median(seen.map((one) => one[what])) : Math.max(...seen.map((one) => one[what])),
    runs: seen.map((one) => one[what]),
    baselines,
  });
  const total = line('ratio', 'total time', '× the least', { 'the least that the limits allow': 1 });
  const second = line('worstSecond', 'most calls of an endpoint in any second', 'calls', { limit: 50 });
  const minute = line('worstMinute', 'most calls of an endpoint in any minute', 'calls', { limit: 1_000 });
  return [
    { ...total, goal: tripMs === 20 ? goal('at most', 1.05, total.ours) : undefined },
    { ...second, goal: goal('at most', 50, second.ours) },
    { ...minute, goal: goal('at most', 1_000, minute.ours) },
    { ...line('refusedCount', 'calls that Feishu refused', 'calls', {}), goal: undefined },
  ];
}

async function saturate({ tripMs, picturesCount, start }: SaturationOptions): Promise<Seen> {
  const sandbox = await startSandbox({ latencyMs: tripMs, redeliver: false });
  const bots = start === undefined ? [await startBuiltBot(sandbox)] : await start(sandbox);
  try {
    const ticketsCount = Math.ceil(picturesCount / picturesPerTicketCount);
    const tickets = Array.from({ length: ticketsCount }, () =>
      addTicket(
        sandbox,
        Array.from({ length: picturesPerTicketCount }, () => samplePicture()),
      ),
    );
    const chats = tickets.map((_, index) => sandbox.world.addChat({ name: `bench ${index}` }).name);
    const startMs = performance.now();
    await Promise.all(tickets.map((id, index) => ask(sandbox, bots, id, chats[index] ?? '', index)));
    const tookMs = performance.now() - startMs;
    const worst = (windowMs: number): number =>
      Math.max(...bounded.map((endpoint) => sandbox.ledger.worst({ endpoint, windowMs })));
    return {
      ratio: tookMs / leastMs(picturesCount, tripMs),
      worstSecond: worst(1_000),
      worstMinute: worst(60_000),
      refusedCount: sandbox.ledger.calls().filter(({ status }) => status === 429).length,
    };
  } finally {
    for (const bot of bots) await bot.end();
    await sandbox.close();
  }
}

const bounded: readonly EndpointName[] = ['ticketImage', 'imageUpload', 'messageReply', 'messagePatch'];

/** Sends a command at its time and waits until its card is complete. */
async function ask(
  sandbox: Sandbox,
  bots: readonly Measured[],
  ticketId: string,
  chat: string,
  index: number,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, (1_000 * index) / ticketsPerSecCount));
  const bot = bots[index % bots.length];
  if (bot !== undefined) sandbox.setWebhook(bot.url);
  const { messageId, status } = await sandbox.say({ chat, person: '林晓', text: `/ticket ${ticketId}` });
  if (status !== 200) throw new Error(`the event was answered with ${status}`);
  await sandbox.waitFor(
    () =>
      sandbox.ledger
        .repliesTo(messageId)
        .find(({ card }) => JSON.stringify(card).split('"img_key"').length - 1 === picturesPerTicketCount),
    giveUpMs,
  );
}

/**
 * The least time for so many pictures, each of which is a call down and a call up: the calls leave as early as 50 in a second and 1000 in a
 * minute allow, the last upload follows its download, and three calls more make the first and the last card.
 */
function leastMs(picturesCount: number, tripMs: number): number {
  const departuresMs: number[] = [];
  for (let call = 0; call < picturesCount; call += 1) {
    const secondMs = (departuresMs[call - 50] ?? -1_000) + 1_000;
    const minuteMs = (departuresMs[call - 1_000] ?? -60_000) + 60_000;
    departuresMs.push(Math.max(secondMs, minuteMs, departuresMs[call - 1] ?? 0));
  }
  return (departuresMs.at(-1) ?? 0) + 4 * tripMs;
}
