/** How long people wait for a card, in round trips. */

import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecord } from '../sandbox/controlShapes.ts';
import type { SentReply } from '../sandbox/ledger.ts';
import type { Picture } from '../sandbox/nouns.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { samplePicture } from './pictures.ts';
import { type Measured, startBaseline, startBuiltBot } from './processes.ts';
import { goal, type Result } from './results.ts';
import { median } from './statistics.ts';

const pictureCount = 9;
/** Before the next command, so that no rate window holds it up. */
const pauseMs = 1_300;
/** Before anything is measured: the first commands find cold code, no token and no connections. No rate window holds these up either. */
const warmUp = { count: 20, pauseMs: 400 };
const chat = 'IT 服务台';

const cardCalls = ['messageReply', 'messagePatch'];

/** Round trips from the event's departure to the end of the call that made the card, or its last version. */
interface Seen {
  readonly first: number;
  readonly complete: number;
}

export async function measureCards(tripMs: number, runs: number): Promise<readonly Result[]> {
  const sandbox = await startSandbox({ latencyMs: tripMs, redeliver: false });
  try {
    const bot = await inTurn(
      sandbox,
      () => startBuiltBot(sandbox),
      async (trip) => {
        const tickets = await coldTickets(sandbox, trip, runs);
        const ids = tickets.map(([id]) => id);
        return { cold: tickets.map(([, seen]) => seen), warm: await ask(sandbox, trip, ids) };
      },
    );
    const baseline = (file: string, ...args: string[]) =>
      inTurn(
        sandbox,
        () => startBaseline(file, sandbox, args),
        async (trip) => (await coldTickets(sandbox, trip, runs)).map(([, seen]) => seen),
      );
    const sequential = await baseline('sdkBot.js', 'sequential');
    const together = await baseline('sdkBot.js', 'together');
    const bare = await baseline('bareBot.js');
    const all = (seen: readonly Seen[], which: keyof Seen): number[] => seen.map((one) => one[which]);
    /** @param same what the bare calls have to be compared with: their only reply without pictures is the first one */
    const line = (
      name: string,
      mine: readonly Seen[],
      which: keyof Seen,
      most: number,
      same = which,
    ): Result => ({
      id: `cards/${tripMs}/${name.replaceAll(' ', '-')}`,
      name: `${name}, ${pictureCount} pictures, ${tripMs} ms`,
      unit: 'round trips',
      ours: median(all(mine, which)),
      runs: all(mine, which),
      baselines: {
        'one call after the other': median(all(sequential, 'complete')),
        'all at once': median(all(together, 'complete')),
        'the calls alone': median(all(bare, same)),
      },
      goal: goal('at most', most, median(all(mine, which))),
    });
    return [
      line('first card cold', bot.cold, 'first', 2.3),
      line('complete card cold', bot.cold, 'complete', 4.5),
      line('complete card warm', bot.warm, 'complete', 2.3, 'first'),
    ];
  } finally {
    await sandbox.close();
  }
}

async function inTurn<T>(
  sandbox: Sandbox,
  start: () => Promise<Measured>,
  work: (tripMs: number) => Promise<T>,
): Promise<T> {
  const process = await start();
  sandbox.setWebhook(process.url);
  try {
    await coldTickets(sandbox, 1, warmUp.count, warmUp.pauseMs);
    // Each time anew: this machine is not always equally fast.
    return await work(await bareTripMs(sandbox));
  } finally {
    await process.end();
  }
}

/** What a bare call on a kept connection takes here: the injected time, and what this machine adds. */
async function bareTripMs({ url }: Sandbox): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  for (let count = 0; count < 25; count += 1) {
    const startMs = performance.now();
    const call = request(`${url}/open-apis/bot/v3/info`, { agent }).end();
    const [response] = await once(call, 'response');
    await once(response.resume(), 'end');
    times.push(performance.now() - startMs);
  }
  agent.destroy();
  return median(times);
}

/** Commands for tickets that nobody has seen before, one after the other. */
async function coldTickets(
  sandbox: Sandbox,
  tripMs: number,
  count: number,
  afterMs = pauseMs,
): Promise<readonly (readonly [string, Seen])[]> {
  const seen: [string, Seen][] = [];
  for (let one = 0; one < count; one += 1) {
    const id = addTicket(sandbox, Array.from({ length: pictureCount }, samplePicture));
    const [first] = await ask(sandbox, tripMs, [id], afterMs);
    if (first !== undefined) seen.push([id, first]);
  }
  return seen;
}

/** @returns its id */
export function addTicket({ world }: Sandbox, pictures: readonly Picture[]): string {
  const ticket = world.addTicket({ status: 50, created_at: Math.floor(world.now()) });
  for (const [index, picture] of pictures.entries()) {
    const content = { msg_type: 'image', image_key: `img_bench_${index}` };
    world.addTicketMessage(ticket, { type: 'image', content, pictures: [picture] });
  }
  return ticket.wire.ticket_id;
}

async function ask(
  sandbox: Sandbox,
  tripMs: number,
  ticketIds: readonly string[],
  afterMs = pauseMs,
): Promise<readonly Seen[]> {
  const all: Seen[] = [];
  for (const id of ticketIds) {
    await sleep(afterMs);
    sandbox.ledger.clear();
    const { messageId, status } = await sandbox.say({ chat, person: '林晓', text: `/ticket ${id}` });
    if (status !== 200) throw new Error(`the event was answered with ${status}`);
    const calls = (): readonly CallRecord[] =>
      sandbox.ledger.calls().filter(({ endpoint }) => cardCalls.includes(endpoint));
    // The cards themselves are looked at only when something may have changed: the bot shares this machine's cores.
    let ended = '';
    await sandbox.waitFor(() => {
      const now = calls().map(({ endMs }) => endMs ?? '-');
      if (now.includes('-') || now.join() === ended) return undefined;
      ended = now.join();
      return sandbox.ledger.repliesTo(messageId).find(isComplete);
    }, 60_000);
    const sentAtMs = sandbox.deliveries().at(-1)?.atMs ?? Number.NaN;
    const ends = calls().map(({ endMs }) => ((endMs ?? Number.NaN) - sentAtMs) / tripMs);
    all.push({ first: ends.at(0) ?? Number.NaN, complete: ends.at(-1) ?? Number.NaN });
  }
  return all;
}

function isComplete({ card }: SentReply): boolean {
  return JSON.stringify(card).split('"img_key"').length - 1 === pictureCount;
}
