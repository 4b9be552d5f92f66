/** What whoever starts the bot reads when it cannot start, or cannot serve. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts';
import { freePort, sandboxEnv } from './support/bot.ts';

let sandbox: Sandbox;
const dataDir = mkdtempSync(join(tmpdir(), 'start-'));
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true, force: true });
  await sandbox.close();
});

let child: ChildProcess | undefined;
afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
});

/** Starts the bot, good or not. @returns what it has written so far, and its exit status once it has ended */
function start(env: Readonly<Record<string, string | undefined>>) {
  const whole = {
    PATH: process.env['PATH'] ?? '',
    ...sandboxEnv(sandbox),
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    ...env,
  };
  const started = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], { env: whole });
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => started.once('close', resolve));
  return { output: () => output, ended, stop: () => started.kill('SIGTERM') };
}

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 800; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('it never happened');
}

async function readyz(port: number): Promise<{ readonly status: number; readonly body: string }> {
  return until(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    return answer && { status: answer.status, body: await answer.text() };
  });
}

describe('a bot that cannot start', () => {
  it('says that its port is taken, and what to do, without a stack trace, before it works on anything', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { output, ended } = start({ PORT: String(port), LOG_LEVEL: 'silent' });
    expect(await ended).toBe(1);
    expect(output()).toBe(`PORT ${port} on 127.0.0.1 is in use by another process. Stop it, or set PORT.\n`);
    holder.close();
    await once(holder, 'close');
  });

  it('names every variable that is missing or wrong', async () => {
    const { output, ended } = start({ PORT: 'canary', FEISHU_APP_ID: undefined });
    expect(await ended).toBe(1);
    expect(output()).toBe(
      'These variables are missing or wrong; set them in .env or the environment (README, Configuration):\n' +
        '  FEISHU_APP_ID: is required\n  PORT: must be a port number\n',
    );
  });
});

describe('a bot that cannot serve', () => {
  it('says on /readyz that Feishu cannot be reached, and ends in order', async () => {
    const port = await freePort();
    const away = await freePort();
    const { output, ended, stop } = start({
      PORT: String(port),
      FEISHU_DOMAIN: `http://127.0.0.1:${away}`,
      LOG_LEVEL: 'info',
    });
    const { status, body } = await readyz(port);
    expect(status).toBe(503);
    expect(body).toContain('Feishu cannot be reached; check FEISHU_DOMAIN and the network');
    stop();
    expect(await ended).toBe(0);
    expect(output().trimEnd().split('\n').at(-1)).toContain('"msg":"stopped"');
  });

  it('says on /readyz and in the log that the secret is wrong', async () => {
    const port = await freePort();
    const { output } = start({ PORT: String(port), FEISHU_APP_SECRET: 'wrong' });
    const { status, body } = await readyz(port);
    expect(status).toBe(503);
    expect(body).toMatch(/Check FEISHU_APP_ID and FEISHU_APP_SECRET/);
    const line = await until(() =>
      output()
        .split('\n')
        .find((one) => one.includes('who it is')),
    );
    expect(line).toMatch(/"remedy":"[^"]*Check FEISHU_APP_ID and FEISHU_APP_SECRET/);
  });
});
