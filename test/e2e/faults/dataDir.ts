/** The folder of the embedded storage: two processes that want it, a backup, a disk that is full. */

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, it } from 'vitest';
import { mainTicketId } from '../../sandbox/seed.ts';
import type { BotProcess } from '../../support/bot.ts';
import { program, reportMissing } from '../../support/programs.ts';
import { asks, type OpenScene, type Scene, seen } from './scene.ts';

const run = promisify(execFile);

export function dataDir(open: OpenScene, backup: () => string): void {
  it.concurrent('a second process waits 15 s, ends with 1 and names REDIS_URL; the first goes on', {
    timeout: 60_000,
  }, async () => {
    const scene = await open();
    const { dataDir: folder } = await scene.start();
    const startMs = performance.now();
    const second = scene.spawn({ DATA_DIR: folder });
    expect(await second.ended()).toBe(1);
    expect(performance.now() - startMs).toBeGreaterThan(14_000);
    expect(second.output()).toContain('REDIS_URL');
    expect(second.output()).toContain(folder);
    await scene.expectOneReplyEach([]);
  });

  it.concurrent('a process that waits for the folder of another can be told to stop', {
    timeout: 60_000,
  }, async () => {
    const scene = await open();
    const { dataDir: folder } = await scene.start();
    const second = scene.spawn({ DATA_DIR: folder });
    await seen(() => second.output().includes('waiting for another process') || undefined);
    second.signal('SIGTERM');
    expect(await second.ended()).toBe(0);
  });

  it.concurrent('a backup is made while it works, is whole, and can be started from', {
    timeout: 60_000,
  }, async () => {
    const scene = await open();
    const { sandbox } = scene;
    const first = await scene.start();
    const asked = await sandbox.say(asks(`/ticket ${mainTicketId}`));
    const card = await scene.answerTo(asked.messageId);
    const copies = mkdtempSync(join(tmpdir(), 'backup-'));
    const copy = join(copies, 'bot.db');
    // Events come while the copy is made.
    const [, ...said] = await Promise.all([
      run(process.execPath, [backup(), first.dataDir, copy]),
      ...Array.from({ length: 5 }, () => sandbox.say(asks('/help'))),
    ]);
    expect(said.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(statSync(copy).mode & 0o077).toBe(0);
    const db = new DatabaseSync(copy, { readOnly: true });
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    db.close();
    await expect(run(process.execPath, [backup(), first.dataDir, copy])).rejects.toThrow(/exists already/);
    await first.kill();
    // It knows what the first knew: the event as taken, and the card's ticket.
    const restored = await scene.start({ DATA_DIR: copies });
    await sandbox.say({ ...asks(`/ticket ${mainTicketId}`), messageId: asked.messageId });
    const again = await sandbox.say({ ...asks('/ticket'), replyTo: card.messageId });
    expect(JSON.stringify((await scene.answerTo(again.messageId)).card)).toContain('VPN');
    await scene.expectOneReplyEach([asked.messageId]);
    await restored.kill();
    rmSync(copies, { recursive: true });
  });

  it.concurrent('a full disk: 503, alive, and everything goes on when there is room again', {
    timeout: 120_000,
  }, async ({ skip }) => {
    const disk = diskToFill();
    if (typeof disk === 'string') {
      reportMissing(disk, process.env['CI'], skip);
      return;
    }
    const scene = await open({ dataDir: join(disk.folder, 'data') });
    try {
      await fullDisk(scene, disk);
    } finally {
      await scene.close();
      disk.remove();
    }
  });
}

async function fullDisk(scene: Scene, disk: Disk): Promise<void> {
  const { sandbox } = scene;
  const bot = await scene.start();
  await scene.expectOneReplyEach([]);
  const ready = async (): Promise<number> => (await fetch(`${bot.url}/readyz`)).status;
  const asked: string[] = [];
  // Each refusal moves the log into the database, which makes a little room.
  await seen(async () => {
    disk.fill(bot);
    const { messageId, status } = await sandbox.say(asks(`/help ${'x'.repeat(2_000)}`));
    asked.push(messageId);
    return status === 503 && (await ready()) === 503 ? true : undefined;
  }, 30_000);
  expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
  disk.free(bot);
  await seen(async () => ((await ready()) === 200 ? true : undefined), 30_000);
  scene.redeliver();
  await scene.expectOneReplyEach(asked);
  expect(await bot.stop()).toBe(0);
}

interface Disk {
  readonly folder: string;
  /** Nothing more can be written. */
  fill(bot: BotProcess): void;
  free(bot: BotProcess): void;
  remove(): void;
}

/** A disk of 4 MB where one may be mounted, else a limit for the process; or the program that is missing. */
function diskToFill(): Disk | string {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    return program('prlimit') === undefined ? 'prlimit' : limited(folder);
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => fill(ballast),
    free: () => unlinkSync(ballast),
    remove() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** No file of the process may be written any more: https://man7.org/linux/man-pages/man2/prlimit.2.html */
function limited(folder: string): Disk {
  const limit = ({ pid }: BotProcess, size: string): void =>
    void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${size}:unlimited`]);
  return {
    folder,
    fill: (bot) => limit(bot, '1'),
    free: (bot) => limit(bot, 'unlimited'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Writes until nothing more fits. */
function fill(file: string): void {
  for (const sizeBytes of [65_536, 4_096, 512]) {
    for (;;) {
      try {
        writeFileSync(file, Buffer.alloc(sizeBytes), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}
