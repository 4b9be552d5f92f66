/** How fast events are acknowledged. The bot has each on disk before it says so; the baselines keep nothing. */

import { randomUUID } from 'node:crypto';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { asFastAsPossible, atRate, type Delivery } from './driver.ts';
import { type Measured, startBaseline, startBuiltBot } from './processes.ts';
import { goal, type Result } from './results.ts';
import { median, percentile } from './statistics.ts';

const connectionsCount = 32;
/** Before each measurement, until the code is warm. */
const warmUpCount = 3_000;
const steadyPerSecCount = 1_000;
const steadySec = 8;

/** All of one run, in the same order of servers each time. */
interface Run {
  readonly bot: Seen;
  readonly sdk: Seen;
  readonly express: Seen;
}

interface Seen {
  readonly perSecCount: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly steadyP99Ms: number;
}

export async function measureAcknowledgement(runs: number, eventsCount: number): Promise<readonly Result[]> {
  const sandbox = await startSandbox({ redeliver: false });
  try {
    const all: Run[] = [];
    for (let run = 0; run < runs; run += 1) {
      all.push({
        bot: await measure(sandbox, () => startBuiltBot(sandbox), eventsCount),
        sdk: await measure(sandbox, () => startBaseline('sdkEcho.js', sandbox), eventsCount),
        express: await measure(sandbox, () => startBaseline('expressEcho.js', sandbox), eventsCount),
      });
    }
    return results(all);
  } finally {
    await sandbox.close();
  }
}

function results(all: readonly Run[]): readonly Result[] {
  const of = (who: keyof Run, what: keyof Seen): number[] => all.map((run) => run[who][what]);
  const line = (id: string, name: string, unit: string, what: keyof Seen): Result => ({
    id: `acknowledge/${id}`,
    name,
    unit,
    ours: median(of('bot', what)),
    runs: of('bot', what),
    baselines: {
      'SDK adaptExpress': median(of('sdk', what)),
      'express.json': median(of('express', what)),
    },
  });
  const speed = line(
    'speed',
    `events acknowledged, ${connectionsCount} connections`,
    'a second',
    'perSecCount',
  );
  const [sdk = 0, express = 0] = Object.values(speed.baselines);
  const reached = speed.ours >= 1.5 * sdk && speed.ours >= 0.9 * express;
  const steady = line('steady', `p99 at ${steadyPerSecCount} events a second`, 'ms', 'steadyP99Ms');
  return [
    { ...speed, goal: { text: 'at least 1.5× / 0.9×', reached } },
    line('p50', `p50 at full speed, ${connectionsCount} connections`, 'ms', 'p50Ms'),
    line('p99', `p99 at full speed, ${connectionsCount} connections`, 'ms', 'p99Ms'),
    { ...steady, goal: goal('at most', 15, steady.ours, ' ms') },
  ];
}

async function measure(sandbox: Sandbox, start: () => Promise<Measured>, eventsCount: number): Promise<Seen> {
  const server = await start();
  try {
    await asFastAsPossible(server.port, events(sandbox, server.port, warmUpCount), connectionsCount);
    const steadyEvents = events(sandbox, server.port, steadyPerSecCount * steadySec);
    const steady = await atRate(server.port, steadyEvents, connectionsCount, steadyPerSecCount);
    const fast = await asFastAsPossible(
      server.port,
      events(sandbox, server.port, eventsCount),
      connectionsCount,
    );
    return { ...speedOf(fast), steadyP99Ms: percentile(steady.latenciesMs, 99) };
  } finally {
    await server.end();
  }
}

function speedOf({ latenciesMs, tookMs }: Delivery): Omit<Seen, 'steadyP99Ms'> {
  return {
    perSecCount: (1_000 * latenciesMs.length) / tookMs,
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
  };
}

/**
 * Requests as Feishu posts them, each with an event that was never sent before: one group floods the bot with commands. The bot works on
 * them meanwhile, as fast as a group's five messages a second allow.
 */
function events(sandbox: Sandbox, port: number, count: number): Buffer[] {
  const { app, world } = sandbox;
  const person = world.person('林晓');
  const { chatId } = world.chat('IT 服务台');
  return Array.from({ length: count }, () => {
    const id = randomUUID().replaceAll('-', '');
    const atMs = String(Date.now());
    const payload = {
      schema: '2.0',
      header: {
        event_id: id,
        event_type: 'im.message.receive_v1',
        create_time: atMs,
        token: app.verificationToken,
        app_id: app.appId,
        tenant_key: app.tenantKey,
      },
      event: {
        sender: { sender_id: { open_id: person.openId }, sender_type: 'user', tenant_key: app.tenantKey },
        message: {
          message_id: `om_${id}`,
          create_time: atMs,
          chat_id: chatId,
          chat_type: 'group',
          message_type: 'text',
          content: JSON.stringify({ text: '/help' }),
        },
      },
    };
    const { body, headers } = sandbox.seal(payload);
    const head = Object.entries({
      host: `127.0.0.1:${port}`,
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
    });
    const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`POST /webhook/event HTTP/1.1\r\n${lines}\r\n${body}`);
  });
}
