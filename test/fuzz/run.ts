/** Feeds the bot with inputs that are nearly right, and watches that it bears them. */

import { readFileSync } from 'node:fs';
import { startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { minutes, ticketWriter } from '../sandbox/ticketWriter.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';
import { shoot } from '../support/webhookServer.ts';
import { tryAnswers } from './answers.ts';
import { mutateBytes, mutateJson, mutateText } from './mutate.ts';
import { pictureSamples, tryPicture } from './pictures.ts';
import { type Random, randomFrom } from './random.ts';
import { requestMaker } from './requests.ts';
import { tryCommandLine } from './typed.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly inputCount: number;
  /** No input is begun after this. */
  readonly limitMs: number;
  /** Only this one input, to look at a finding. */
  readonly only?: number | undefined;
}

export interface FuzzReport {
  readonly seed: number;
  readonly inputCount: number;
  readonly tookMs: number;
  /** How many inputs of each kind, and how many answers of each status to requests. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** What must not happen, with the seed and the number of the input. */
  readonly problems: readonly string[];
  /** Memory of the process after each tenth of the inputs. */
  readonly rssBytes: readonly number[];
  /** Time to the 200 for good events afterwards. */
  readonly acceptedMs: { readonly median: number; readonly worst: number };
}

const chat = 'IT 服务台';
const otherChat = 'IT 话题群';
const agentName = '林晓';
/** A good event is accepted within this afterwards. */
export const acceptedGoalMs = 50;
/** Requests that are under way at a time. */
const parallelCount = 16;
/** Statuses that a request may be answered with; what is not signed is told apart below. */
const allowed = new Set([200, 400, 401, 404, 405, 413, 415, 417, 431]);

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, inputCount, limitMs } = options;
  const startMs = performance.now();
  const sandbox = await startSandbox();
  const bot = await startBot(sandbox, { env: { ACCESS_CHATS: '*', LOG_LEVEL: 'warn' } });
  const problems: string[] = [];
  const onRejection = (error: unknown): void => void problems.push(`a rejection nobody looked at: ${error}`);
  process.on('unhandledRejection', onRejection);
  try {
    const target = await openTarget(sandbox, bot, problems);
    const rssBytes: number[] = [];
    let done = 0;
    const numbers = options.only === undefined ? upTo(inputCount) : [options.only];
    for (const block of blocksOf(numbers, 500)) {
      if (performance.now() - startMs > limitMs || problems.length >= 20) break;
      await inParallel(block, (n) => target.tryInput(randomFrom(mix(seed, n)), n));
      done += block.length;
      while (done * 10 >= inputCount * (rssBytes.length + 1)) rssBytes.push(rssOf(bot));
    }
    const acceptedMs = await target.timeGoodEvents();
    if (bot.output().match(/nobody looked|a bug stopped|"level":"fatal"/))
      problems.push('the log tells of a bug');
    const { kinds, statuses } = target;
    const tookMs = performance.now() - startMs;
    return { seed, inputCount: done, tookMs, kinds, statuses, problems, rssBytes, acceptedMs };
  } finally {
    process.off('unhandledRejection', onRejection);
    await bot.stop();
    forget(bot);
    await sandbox.close();
  }
}

type SandboxHere = Awaited<ReturnType<typeof startSandbox>>;

async function openTarget(sandbox: SandboxHere, bot: BotProcess, problems: string[]) {
  const port = Number(new URL(bot.url).port);
  const { world, app } = sandbox;
  const agentId = world.person(agentName).openId;
  const makeShot = requestMaker(app, agentId, world.chat(chat).chatId);
  const samples = await pictureSamples();
  const kinds: Record<string, number> = {};
  const statuses: Record<string, number> = {};
  const count = (table: Record<string, number>, name: string): void => {
    table[name] = (table[name] ?? 0) + 1;
  };
  await say('/help');

  async function say(text: string, where = otherChat): Promise<void> {
    const { messageId, status } = await sandbox.say({ chat: where, person: agentName, text });
    if (status !== 200) problems.push(`a good message was answered with ${status}`);
    await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId)[0], 120_000);
  }

  const kindsOf: Readonly<Record<string, (random: Random, n: number) => Promise<string | undefined>>> = {
    async request(random, n) {
      const shot = makeShot(random, n);
      const { status } = await shoot(port, shot);
      count(statuses, String(status));
      const unsigned = shot.layer.endsWith('not signed') || shot.layer === 'bytes';
      const fine = unsigned ? status === 401 || status === 415 : allowed.has(status);
      return fine ? undefined : `${shot.layer} was answered with ${status}`;
    },
    'command line': tryCommandLine,
    answer: tryAnswers,
    picture: (random) => tryPicture(samples, random),
    async 'live command line'(random) {
      let text = '/help ticket';
      for (let changes = 1 + random.below(4); changes > 0; changes -= 1) text = mutateText(text, random);
      const { status } = await sandbox.say({ chat, person: agentName, text });
      // A few are longer than anything that Feishu sends.
      const fine = status === 200 || (status === 413 && text.length > 150_000);
      return fine ? undefined : `${JSON.stringify(text).slice(0, 500)} was answered with ${status}`;
    },
    async 'live answer'(random) {
      const endpoint = random.pick(['ticket', 'ticketMessages', 'customizedFields'] as const);
      const good = {
        code: 0,
        msg: 'ok',
        data: { ticket: { ticket_id: mainTicketId }, messages: [], total: 3 },
      };
      const json = JSON.stringify(mutateJson(good, random));
      const body = random.chance(0.3) ? mutateBytes(Buffer.from(json), random).toString('latin1') : json;
      const status = random.pick([200, 200, 400, 401, 500] as const);
      sandbox.fault({
        endpoint,
        times: 1,
        raw: { status, headers: { 'content-type': 'application/json' }, body },
      });
      await say(`/ticket ${mainTicketId}`);
      return undefined;
    },
    async 'live picture'(random) {
      const ticket = world.addTicket({ ticket_type: 2, status: 2 });
      let bytes = random.pick(samples) ?? Buffer.alloc(0);
      for (let changes = random.below(3); changes > 0; changes -= 1) bytes = mutateBytes(bytes, random);
      const picture = { bytes: () => bytes, contentType: 'image/png', deleted: false };
      ticketWriter(world, ticket).image(world.person('王敏'), minutes(1), picture);
      await say(`/ticket ${ticket.wire.ticket_id}`);
      return undefined;
    },
  };

  async function timeRound(): Promise<FuzzReport['acceptedMs']> {
    const times: number[] = [];
    for (let n = 0; n < 21; n += 1) {
      const { status, body } = await sandbox.say({ chat: otherChat, person: agentName, text: '/help' });
      if (status !== 200) problems.push(`a good event was answered with ${status}: ${JSON.stringify(body)}`);
      times.push(sandbox.deliveries().at(-1)?.tookMs ?? 0);
    }
    times.sort((a, b) => a - b);
    return { median: times[10] ?? 0, worst: times.at(-1) ?? 0 };
  }

  return {
    kinds,
    statuses,
    async tryInput(random: Random, n: number): Promise<void> {
      const kind = kindAt(n);
      count(kinds, kind);
      try {
        const problem = await kindsOf[kind]?.(random, n);
        if (problem !== undefined) problems.push(`input ${n}, ${kind}: ${problem}`);
      } catch (error) {
        problems.push(`input ${n}, ${kind}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    },
    /** The best of a few rounds, because the machine may be busy with something else. */
    async timeGoodEvents(): Promise<FuzzReport['acceptedMs']> {
      sandbox.clearFaults();
      await say('/help');
      let best = { median: Number.POSITIVE_INFINITY, worst: Number.POSITIVE_INFINITY };
      for (let round = 0; round < 5 && best.median >= acceptedGoalMs; round += 1) {
        const found = await timeRound();
        if (found.median < best.median) best = found;
      }
      return best;
    },
  };
}

/** Most inputs are cheap; those that go all the way to Feishu and back wait for its limits, so they are few. */
function kindAt(n: number): string {
  if (n % 1_000 === 7) return 'live answer';
  if (n % 1_000 === 507) return 'live picture';
  if (n % 250 === 3) return 'live command line';
  const rest = n % 20;
  if (rest < 14) return 'request';
  if (rest < 16) return 'command line';
  return rest < 18 ? 'answer' : 'picture';
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function blocksOf(numbers: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(numbers.length / size) }, (_, n) =>
    numbers.slice(n * size, (n + 1) * size),
  );
}

async function inParallel(numbers: readonly number[], work: (n: number) => Promise<void>): Promise<void> {
  const queue = [...numbers];
  const worker = async (): Promise<void> => {
    for (let n = queue.shift(); n !== undefined; n = queue.shift()) await work(n);
  };
  await Promise.all(Array.from({ length: parallelCount }, worker));
}

/** The seed of one input. */
function mix(seed: number, n: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 0;
}

function rssOf({ pid }: BotProcess): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1_024;
}
