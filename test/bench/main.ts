/**
 * `npm run bench`: measures the built bot and its baselines on this machine, prints a table with ratios, and writes the numbers as JSON.
 *
 * `--quick` makes fewer and shorter runs; `--only=<word>` leaves out the lines whose name does not hold the word; a file name takes the
 * place of `bench.json`.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { startRedis } from '../support/redisServer.ts';
import { measureAcknowledgement } from './acknowledge.ts';
import { measureCards } from './cards.ts';
import { measureProcess, measureScheduledCall } from './costs.ts';
import { measureMemory } from './memory.ts';
import { startBuiltBot } from './processes.ts';
import { type Result, table } from './results.ts';
import { measureSaturation, type SaturationOptions } from './saturation.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length) ?? '';
const file = args.find((arg) => !arg.startsWith('--')) ?? 'bench.json';
const runs = quick ? 1 : 3;

interface Part {
  readonly name: string;
  measure(): Promise<readonly Result[]>;
}

const parts: readonly Part[] = [
  { name: 'acknowledge', measure: () => measureAcknowledgement(runs, quick ? 8_000 : 20_000) },
  ...[20, 100].map((tripMs) => ({
    name: `cards ${tripMs}`,
    measure: () => measureCards(tripMs, quick ? 5 : 15),
  })),
  ...[20, 100].map((tripMs) => ({
    name: `saturation ${tripMs}`,
    measure: () => measureSaturation(saturation('one process', tripMs)),
  })),
  { name: 'saturation redis', measure: twoProcesses },
  { name: 'memory', measure: () => measureMemory(runs, quick ? 40 : 200) },
  { name: 'call', measure: () => measureScheduledCall(runs) },
  { name: 'process', measure: () => measureProcess(runs) },
];

/** The full number takes 80 s a run, because that is what the limits allow; so it is repeated only where there is a goal. */
function saturation(name: string, tripMs: number): SaturationOptions {
  return { name, tripMs, runs: tripMs === 20 ? runs : 1, picturesCount: quick ? 400 : 2_000 };
}

/** They share the work through Redis; the wall clock of the second is a minute ahead. */
async function twoProcesses(): Promise<readonly Result[]> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    process.stderr.write('redis-server is not installed: two processes are not measured\n');
    return [];
  }
  const redis = await startRedis('redis-server');
  try {
    return await measureSaturation({
      ...saturation('two processes, one clock a minute off', 20),
      async start(sandbox) {
        await redis.admin.flushall();
        const env = { REDIS_URL: redis.url };
        const wrong = await startBuiltBot(sandbox, env, ['--import', './dist/bench/clockOff.js']);
        return [await startBuiltBot(sandbox, env), wrong];
      },
    });
  } finally {
    await redis.dispose();
  }
}

function machine(): string {
  const [cpu] = cpus();
  const memoryGib = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memoryGib} GiB, Node.js ${process.version}`;
}

const results: Result[] = [];
const loads: number[] = [];
for (const part of parts.filter(({ name }) => name.includes(only))) {
  loads.push(loadavg()[0] ?? Number.NaN);
  process.stderr.write(`${part.name} …\n`);
  results.push(...(await part.measure()));
}
const date = new Date().toISOString().slice(0, 10);
const load = Math.max(...loads).toFixed(1);
process.stdout.write(
  `${date}, ${machine()}, load at most ${load}${quick ? ', quick' : ''}\n\n${table(results)}\n`,
);
writeFileSync(file, `${JSON.stringify({ date, machine: machine(), load, quick, results }, undefined, 2)}\n`);
process.exit(0);
