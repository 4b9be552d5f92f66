/** What the bot costs when nothing happens, and what one call costs before it leaves. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLimits } from '../../src/feishu/limits.ts';
import { createPauses } from '../../src/feishu/pauses.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { startBaseline, startBuiltBot } from './processes.ts';
import type { Result } from './results.ts';
import { median } from './statistics.ts';

const callsCount = 2_000;
const mebibyte = 1_048_576;
/** After it is ready, until everything that a start does is over. */
const idleAfterMs = 3_000;

/** One call after the other, with room in all windows: what is left is the bookkeeping. */
export async function measureScheduledCall(runs: number): Promise<readonly Result[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    ours.push(await ourCallUs());
    theirs.push(await bottleneckCallUs());
  }
  return [
    {
      id: 'call/scheduled',
      name: 'one scheduled call, its place written down',
      unit: 'µs',
      ours: median(ours),
      runs: ours,
      baselines: { 'two chained Bottlenecks, in memory': median(theirs) },
    },
  ];
}

async function ourCallUs(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const log = createLog('silent');
  let nowMs = 0;
  // A second passes before each call, so that none has to wait.
  const clock: Clock = { ...systemClock, monoMs: () => nowMs };
  const store = await openSqliteStore({ dataDir, clock, log });
  try {
    const pauses = createPauses(clock, log);
    const limits = createLimits({ windows: store.window, pauses, clock, log, metrics: createMetrics() });
    return await perCallUs(async () => {
      nowMs += 1_100;
      const place = await limits.reserve({
        endpoint: 'ticketImage',
        priority: 'person',
        chatId: undefined,
        messageId: undefined,
      });
      place.answered();
    });
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** As it is usually set up: 1000 a minute, then 50 a second. */
function bottleneckCallUs(): Promise<number> {
  const minute = new Bottleneck({ reservoir: callsCount * 2 });
  const second = new Bottleneck({ reservoir: callsCount * 2 });
  minute.chain(second);
  return perCallUs(() => minute.schedule(() => Promise.resolve()));
}

async function perCallUs(call: () => Promise<void>): Promise<number> {
  for (let count = 0; count < callsCount / 10; count += 1) await call();
  const startMs = performance.now();
  for (let count = 0; count < callsCount; count += 1) await call();
  return (1_000 * (performance.now() - startMs)) / callsCount;
}

export async function measureProcess(runs: number): Promise<readonly Result[]> {
  const sandbox = await startSandbox({ redeliver: false });
  const seen: Record<'ready' | 'idle' | 'sdkReady' | 'sdkIdle', number[]> = {
    ready: [],
    idle: [],
    sdkReady: [],
    sdkIdle: [],
  };
  try {
    for (let run = 0; run < runs; run += 1) {
      const bot = await startBuiltBot(sandbox);
      await sleep(idleAfterMs);
      seen.ready.push(bot.readyAfterMs);
      seen.idle.push((bot.memory()?.nowBytes ?? Number.NaN) / mebibyte);
      await bot.end();
      const sdk = await startBaseline('sdkBot.js', sandbox);
      await sleep(idleAfterMs);
      seen.sdkReady.push(sdk.readyAfterMs);
      seen.sdkIdle.push((sdk.memory()?.nowBytes ?? Number.NaN) / mebibyte);
      await sdk.end();
    }
  } finally {
    await sandbox.close();
  }
  const line = (
    id: string,
    name: string,
    unit: string,
    ours: readonly number[],
    theirs: readonly number[],
  ): Result => ({
    id: `process/${id}`,
    name,
    unit,
    ours: median(ours),
    runs: ours,
    baselines: { 'SDK bot': median(theirs) },
  });
  const lines = [
    line('ready', 'from the start to ready', 'ms', seen.ready, seen.sdkReady),
    line('idle', 'memory with nothing to do', 'MiB', seen.idle, seen.sdkIdle),
  ];
  return lines.filter(({ ours }) => !Number.isNaN(ours));
}
