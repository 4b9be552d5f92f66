/** A bot that is talked to while its plugs are pulled: the generator talks, the nemesis pulls, the checker judges. */

import { readdirSync, readFileSync } from 'node:fs';
import { type Scene, seen } from '../e2e/faults/scene.ts';
import { rules } from '../sandbox/rules.ts';
import { type Rate, type Resources, violationsOf } from './checker.ts';
import { createGenerator, type Generator } from './generator.ts';
import { disturb } from './nemesis.ts';
import { type Chance, chance } from './random.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** Ends after so many processes were killed or told to stop. */
  readonly killCount: number;
  /** Ends earlier when so much time has passed. */
  readonly limitMs?: number;
  /** How long everything that is open may take once nothing is wrong any more; 60 s unless given. */
  readonly quietMs?: number;
  /** Hears what happens. */
  readonly tell?: (line: string) => void;
}

export interface ChaosReport {
  readonly killCount: number;
  readonly askedCount: number;
  readonly acknowledgedCount: number;
  readonly deliveryCount: number;
  /** What was not as promised; empty when all is well. */
  readonly violations: readonly string[];
}

/** What is known of the processes of a run. */
interface Processes {
  readonly said: string[];
  readonly pids: number[];
  readonly resources: Resources[];
  readonly violations: string[];
}

/** Between quiet moments fewer processes die than make a job suspicious of killing them. */
const maxKillsInARow = 4;
/** A job whose answer could not be delivered waits for 15 s and more before its next try. */
const longestQuietMs = 60_000;

/** Starts a first process in the scene and ends the last one. */
export async function runChaos(scene: Scene, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, killCount, limitMs = Number.POSITIVE_INFINITY, quietMs = longestQuietMs } = options;
  const { tell = () => undefined } = options;
  const { sandbox } = scene;
  const plan = chance(seed, 'plan');
  const generator = createGenerator(sandbox, chance(seed, 'generator'));
  const processes: Processes = { said: [], pids: [], resources: [], violations: [] };
  const endMs = performance.now() + limitMs;
  await scene.start();
  let killed = 0;
  while (killed < killCount && performance.now() < endMs) {
    for (let left = plan.whole(1, maxKillsInARow); left > 0 && killed < killCount; left -= 1) {
      await pullThePlug(scene, generator, plan, processes, tell);
      killed += 1;
    }
    if (!(await calmDown(scene, generator, quietMs))) {
      // An answer that comes after this does not make the run a good one: it ended early.
      processes.violations.push(
        `(a) ${quietMs} ms of quiet were not enough, after ${killed} of ${killCount} ends`,
      );
      break;
    }
    tell(`${killed} ended, ${generator.asked().length} asked`);
  }
  await generator.refreshAll();
  await sayGoodbye(scene, processes);
  return { killCount: killed, ...judge(scene, generator, processes) };
}

/** A burst of talk, something wrong with Feishu, and the end of the process in the middle of it; then the next one. */
async function pullThePlug(
  scene: Scene,
  generator: Generator,
  plan: Chance,
  processes: Processes,
  tell: (line: string) => void,
): Promise<void> {
  const wrong = plan.happens(0.6) ? disturb(scene.sandbox, plan) : 'nothing';
  const waitMs = plan.whole(0, 400);
  const gently = plan.happens(0.12);
  const redeliver = plan.happens(0.5);
  const talk = generator.burst(plan.whole(3, 14));
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  measure(scene, processes);
  tell(`${gently ? 'SIGTERM' : 'kill -9'} after ${waitMs} ms; wrong with Feishu: ${wrong}`);
  if (gently) {
    const status = await scene.bot().stop();
    if (status !== 0) processes.violations.push(`SIGTERM ended in ${status}`);
  } else await scene.bot().kill();
  processes.said.push(scene.bot().output());
  await talk;
  await scene.start();
  if (redeliver) scene.redeliver();
}

/** Nothing is wrong any more. @returns whether everything that was open is finished */
async function calmDown(scene: Scene, generator: Generator, limitMs: number): Promise<boolean> {
  scene.sandbox.clearFaults();
  for (let round = 0; round < 4 && scene.waitingCount() > 0; round += 1) {
    scene.redeliver();
    await seen(() => (scene.underWayCount() === 0 ? true : undefined), 20_000);
  }
  return seen(() => (generator.settled() ? true : undefined), limitMs).catch(() => false);
}

async function sayGoodbye(scene: Scene, processes: Processes): Promise<void> {
  measure(scene, processes);
  const status = await scene.bot().stop();
  if (status !== 0) processes.violations.push(`the last SIGTERM ended in ${status}`);
  processes.said.push(scene.bot().output());
}

function measure(scene: Scene, { resources, pids }: Processes): void {
  const { pid } = scene.bot();
  pids.push(pid);
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const fileCount = readdirSync(`/proc/${pid}/fd`).length;
    resources.push({ rssBytes: Number(kib) * 1_024, fileCount });
  } catch {
    // Only Linux tells.
  }
}

function judge(
  { sandbox }: Scene,
  generator: Generator,
  { said, pids, resources, violations }: Processes,
): Omit<ChaosReport, 'killCount'> {
  const { app, world, ledger } = sandbox;
  const asked = generator.asked();
  const secrets = [app.appSecret, app.helpdeskToken, app.encryptKey, app.verificationToken];
  const evidence = {
    asked,
    rates: ratesOf(sandbox),
    refreshed: generator.refreshed(),
    notified: ledger.notifications().map(({ target }) => target),
    said: [...said, ...ledger.calls().map(({ body }) => JSON.stringify(body) ?? '')],
    secrets: [...secrets, ...world.tokens.map(({ value }) => value)],
    resources,
    undead: [...new Set(pids)].filter(isAlive),
  };
  return {
    askedCount: asked.length,
    acknowledgedCount: asked.filter(({ acknowledged }) => acknowledged).length,
    deliveryCount: sandbox.deliveries().length,
    violations: [...violations, ...violationsOf(evidence), ...strays(sandbox, asked)],
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Every published window of every endpoint, and what may be sent to one chat. */
function ratesOf({ ledger, world }: Scene['sandbox']): Rate[] {
  const entries = Object.entries(rules).flatMap(([name, { windows }]) =>
    windows.map(({ max, windowMs }) => ({ name, max, windowMs })),
  );
  const names = new Map<string, keyof typeof rules>(keysOf(rules).map((name) => [name, name]));
  const rates = entries.flatMap(({ name, max, windowMs }) => {
    const endpoint = names.get(name);
    if (endpoint === undefined) return [];
    return [{ name: `${name} in ${windowMs} ms`, max, worst: ledger.worst({ endpoint, windowMs }) }];
  });
  const perChat = [...world.chats.values()].map(({ chatId, name }) => {
    const times = ledger.sentTo(chatId).map(({ atMs }) => atMs);
    const worst = Math.max(
      0,
      ...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length),
    );
    return { name: `sent to ${name}`, max: 5, worst };
  });
  return [...rates, ...perChat];
}

const keysOf = <K extends string>(object: Readonly<Record<K, unknown>>): K[] => {
  const keys: K[] = [];
  for (const key in object) keys.push(key);
  return keys;
};

/** What the bot said without being asked by one of those who deserve an answer, or by a click. */
function strays({ world }: Scene['sandbox'], asked: readonly { readonly messageId: string }[]): string[] {
  const known = new Set(asked.map(({ messageId }) => messageId));
  return [...world.messages.values()]
    .filter(({ sender }) => sender.type === 'app')
    .filter(({ parentId }) => {
      if (parentId === undefined) return true;
      return !known.has(parentId) && world.messages.get(parentId)?.sender.type !== 'app';
    })
    .map(({ messageId }) => `(c) ${messageId} answers nobody`);
}
