/** A process that is killed at each stage of an event's life, from a body half read to an answer that was not written down. */

import { once } from 'node:events';
import { readFileSync, truncateSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SayInput, SayResult } from '../../sandbox/controlShapes.ts';
import type { EndpointName } from '../../sandbox/rules.ts';
import { mainTicketId, ticketIds } from '../../sandbox/seed.ts';
import { arm, asks, diesByItself, type OpenScene, pictureCount, type Scene, seen } from './scene.ts';

/** One stage. `kill` asks something and sees to it that the process dies at the stage. @returns what was asked, and its answer */
interface Stage {
  readonly name: string;
  /** Set for a moment that only the process knows. */
  readonly failPoint?: string;
  /** Whether the event was acknowledged before the process died. */
  readonly acknowledged: boolean;
  /** Nothing of it is left, so there is no answer until it comes again. */
  readonly lost?: true;
  kill(scene: Scene): Promise<Pick<SayResult, 'messageId' | 'status'>>;
}

const showMain = asks(`/ticket ${mainTicketId}`);

/** The process dies by itself in the course of the command. */
const inside = (name: string, failPoint: string, acknowledged: boolean): Stage => ({
  name,
  failPoint,
  acknowledged,
  async kill({ sandbox, bot }) {
    await arm(bot());
    const result = await sandbox.say(showMain);
    await diesByItself(bot());
    return result;
  },
});

/** The process is killed while a call to Feishu hangs, or right after Feishu did what was asked. */
const during = (
  name: string,
  endpoint: EndpointName,
  moment: 'hangs' | 'done',
  { prepare, command = showMain }: { prepare?: (scene: Scene) => void; command?: SayInput } = {},
): Stage => ({
  name,
  acknowledged: true,
  async kill(scene) {
    const { sandbox, bot } = scene;
    prepare?.(scene);
    const calls = sandbox.ledger.callsTo(endpoint).length;
    sandbox.fault(moment === 'hangs' ? { endpoint, delayMs: 60_000 } : { endpoint, drop: 'after' });
    const result = await sandbox.say(command);
    await seen(() => {
      const call = sandbox.ledger.callsTo(endpoint)[calls];
      return moment === 'hangs' ? call : call?.made;
    });
    await bot().kill();
    return result;
  },
});

const stages: readonly Stage[] = [
  // First, because a picture is fetched once.
  during('K8 while a picture is downloaded', 'ticketImage', 'hangs'),
  during('K9 after a picture was uploaded, before its key is kept', 'imageUpload', 'done', {
    command: asks(`/ticket ${ticketIds.deletedPicture}`),
  }),
  during('K5 during the first call', 'ticket', 'hangs'),
  during('K7 while the messages of the ticket are read', 'ticketMessages', 'hangs'),
  {
    name: 'K0 while the body of the event is half read',
    acknowledged: false,
    kill: killWhileReading,
  },
  inside('K1 before the event is written', 'put:before', false),
  inside('K2 before the event is synced', 'put:commit', false),
  {
    ...inside('K2 with the last write torn in half', 'put:committed', false),
    lost: true,
    async kill(scene) {
      const result = await inside('', '', false).kill(scene);
      tearLog(scene.bot().dataDir);
      return result;
    },
  },
  inside('K3 after the event is synced, before the 200', 'put:committed', false),
  inside('K5 before its start is written', 'start:commit', false),
  inside('K5 after its start is written, before the first call', 'start:committed', false),
  during('K6 while a token is fetched', 'tenantToken', 'hangs', {
    prepare: ({ sandbox }) => sandbox.world.revokeTokens(),
  }),
  during('K10 while the answer is sent', 'messageReply', 'hangs'),
  during('K10 after the answer was sent, before that is known', 'messageReply', 'done'),
  inside('K10 after the answer was sent, before that is written', 'sent:commit', true),
  inside('K10 after that is written', 'sent:committed', true),
  inside('K11 before the end of the work is written', 'end:commit', true),
  inside('K11 after the end of the work is written', 'end:committed', true),
  closing('K12 before the log is moved into the database', 'checkpoint:before'),
  closing('K12 after the log was moved into the database', 'checkpoint:after'),
  { name: 'K13 while it stops', acknowledged: true, kill: killWhileStopping },
];

/** Everything was answered, and the process dies while it closes its storage. */
function closing(name: string, failPoint: string): Stage {
  return {
    name,
    failPoint,
    acknowledged: true,
    async kill(scene) {
      const { sandbox, bot } = scene;
      const result = await sandbox.say(showMain);
      await scene.expectOneReplyEach([result.messageId]);
      await arm(bot());
      bot().signal('SIGTERM');
      await diesByItself(bot());
      return result;
    },
  };
}

/** The answer hangs; the process is told to stop, and is killed when it takes nothing more. */
async function killWhileStopping({ sandbox, bot }: Scene): Promise<Pick<SayResult, 'messageId' | 'status'>> {
  sandbox.fault({ endpoint: 'messageReply', delayMs: 60_000 });
  const calls = sandbox.ledger.callsTo('messageReply').length;
  const result = await sandbox.say(showMain);
  await seen(() => sandbox.ledger.callsTo('messageReply')[calls]);
  bot().signal('SIGTERM');
  while ((await fetch(`${bot().url}/healthz`).catch(() => undefined)) !== undefined) {
    // It still serves.
  }
  await bot().kill();
  return result;
}

/** Only part of the body comes; then the whole event is delivered as for the first time. */
async function killWhileReading({ sandbox, bot }: Scene): Promise<Pick<SayResult, 'messageId' | 'status'>> {
  const process = bot();
  sandbox.setWebhook('http://127.0.0.1:9');
  const { messageId } = await sandbox.say(showMain);
  const payload = sandbox.deliveries().at(-1)?.payload;
  const { body, headers } = sandbox.seal(payload);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  const { port, hostname } = new URL(process.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const bytes = Buffer.from(body);
  socket.write(
    `POST /webhook/event HTTP/1.1\r\nHost: bot\r\n${lines.join('')}Content-Length: ${bytes.length}\r\n\r\n`,
  );
  socket.write(bytes.subarray(0, bytes.length / 2));
  // The process has read what came before this answer.
  await fetch(`${process.url}/healthz`);
  await process.kill();
  socket.destroy();
  return { messageId, status: 0 };
}

/** Cuts the last write in the write-ahead log short, as a power cut may. It was not acknowledged. */
function tearLog(dataDir: string): void {
  const file = join(dataDir, 'bot.db-wal');
  truncateSync(file, lastCommitAt(readFileSync(file)) + 2_000);
}

/**
 * Where the frame begins that commits the last write; it may stand there several times, to fill a sector. Frames of an earlier
 * use of the file follow, with another salt.
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
function lastCommitAt(log: Buffer): number {
  const frameBytes = 24 + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let at = 0;
  let page = 0;
  for (let frame = 32; frame + frameBytes <= log.length; frame += frameBytes) {
    if (!log.subarray(frame + 8, frame + 16).equals(salt)) break;
    const isCommit = log.readUInt32BE(frame + 4) > 0;
    const repeats = isCommit && page === log.readUInt32BE(frame);
    if (isCommit && !repeats) at = frame;
    page = isCommit ? log.readUInt32BE(frame) : 0;
  }
  return at;
}

/** Each stage begins where the one before it left the data. */
export function killMatrix(open: () => Scene): void {
  const asked: string[] = [];
  /** For which stage the process that runs was started. */
  let readyFor: Stage | undefined;
  const start = async (stage: Stage | undefined): Promise<void> => {
    readyFor = undefined;
    const failPoint = stage?.failPoint;
    await open().start(failPoint === undefined ? {} : { FAIL_POINT: failPoint });
    readyFor = stage;
  };

  for (const [index, stage] of stages.entries()) {
    it(`${stage.name}: one reply`, { timeout: 60_000 }, async () => {
      const scene = open();
      const { sandbox } = scene;
      if (readyFor !== stage) await start(stage);
      readyFor = undefined;
      const { messageId, status } = await stage.kill(scene);
      sandbox.clearFaults();
      expect(status).toBe(stage.acknowledged ? 200 : 0);
      await start(stages[index + 1]);
      if (stage.lost) {
        await scene.expectOneReplyEach(asked);
        expect(sandbox.ledger.repliesTo(messageId)).toEqual([]);
      }
      asked.push(messageId);
      scene.redeliver();
      const reply = await scene.answerTo(messageId);
      expect(pictureCount(reply)).toBeGreaterThan(0);
      await scene.expectOneReplyEach(asked);
    });
  }
}

/** The stages that are seen from outside, each on data of its own: for storages whose leases take their time. */
export function killsFromOutside(open: OpenScene): void {
  for (const stage of stages.filter(({ failPoint }) => failPoint === undefined)) {
    it.concurrent(`${stage.name}: one reply`, { timeout: 120_000 }, async () => {
      const scene = await open();
      await scene.start();
      const { messageId, status } = await stage.kill(scene);
      scene.sandbox.clearFaults();
      expect(status).toBe(stage.acknowledged ? 200 : 0);
      await scene.start();
      scene.redeliver();
      await scene.answerTo(messageId);
      await scene.expectOneReplyEach([messageId]);
    });
  }
}
