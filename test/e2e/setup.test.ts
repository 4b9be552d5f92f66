/**
 * Follows "Set it up for real" of the README, command by command, in a clean copy. What a person does in Feishu's consoles, the sandbox does.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { freePort, sandboxEnv } from '../support/bot.ts';

const limitMs = 120_000;

/** The commands of the section, in their order, each on its own. */
function commandsOf(page: string): readonly string[] {
  const section = /\n## Set it up for real\n([\s\S]*?)\n### /.exec(page)?.[1] ?? '';
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) => block.trim().split(/\n|&&/)).map((command) => command.trim());
}

let sandbox: Sandbox;
let folder = '';
let bot: ChildProcess | undefined;
let port = 0;

/** A person's shell: nothing in its environment but the way to programs. */
const env = (): Record<string, string> => ({ PATH: process.env['PATH'] ?? '', HOME: folder });

function run(command: string): Promise<{ readonly status: number; readonly out: string }> {
  return new Promise((done) => {
    const options = { cwd: folder, env: env(), timeout: limitMs };
    execFile('sh', ['-c', command], options, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code ?? -1), out: `${stdout}${stderr}` });
    });
  });
}

beforeAll(async () => {
  sandbox = await startSandbox();
  port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'setup-'));
  const files = ['package.json', '.npmrc', '.env.example', 'tsconfig.json', 'tsconfig.build.json', 'src'];
  for (const file of files) cpSync(file, join(folder, file), { recursive: true });
});
afterAll(async () => {
  // npm and what it started.
  if (bot?.pid !== undefined && bot.exitCode === null && bot.signalCode === null)
    process.kill(-bot.pid, 'SIGKILL');
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The person fills in the file with what the consoles showed. */
function fillIn(): void {
  const values = { ...sandboxEnv(sandbox), HOST: '127.0.0.1', PORT: String(port), BOT_LOCALE: 'en_us' };
  let file = readFileSync(join(folder, '.env'), 'utf8');
  for (const [name, value] of Object.entries({ ...values, ACCESS_CHATS: '*' })) {
    const line = new RegExp(`^#?${name}=.*$`, 'm');
    expect(file, `${name} stands in .env.example`).toMatch(line);
    file = file.replace(line, () => `${name}=${value}`);
  }
  writeFileSync(join(folder, '.env'), file);
}

async function start(command: string): Promise<void> {
  const options = { cwd: folder, env: env(), detached: true, stdio: 'ignore' } as const;
  bot = spawn('sh', ['-c', `exec ${command}`], options);
  for (let tries = 0; tries < 1_000; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('the bot did not become ready');
}

/** What a command of the page needs besides being run. */
const steps: Readonly<Record<string, (command: string) => Promise<void>>> = {
  async 'cp .env.example .env'(command) {
    expect((await run(command)).status).toBe(0);
    fillIn();
  },
  // Done by the gate on a fresh clone; here the packages are there already.
  async 'npm ci'() {
    const { packages } = z
      .object({ packages: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  },
  async 'npm run build'(command) {
    expect(await run(command)).toMatchObject({ status: 0 });
  },
  'npm start': start,
  async 'npm run doctor'(command) {
    const { status, out } = await run(command);
    expect(out).not.toMatch(/^(fail|warn)/m);
    expect(out).toMatch(/^pass {2}helpdesk: /m);
    expect(status).toBe(0);
  },
};

describe('the set-up of the README', () => {
  const commands = commandsOf(readFileSync('README.md', 'utf8'));

  it('has commands that this test knows, in the order that it needs', () => {
    expect(commands).toEqual(Object.keys(steps));
  });

  it('makes a bot that answers', { timeout: 2 * limitMs }, async () => {
    for (const command of commands) await steps[command]?.(command);
    // Step 5: the console checks both addresses.
    sandbox.setWebhook(`http://127.0.0.1:${port}`);
    for (const route of ['event', 'card'] as const)
      expect(await sandbox.verifyUrl('ajls384kdjx98XX', route)).toMatchObject({
        status: 200,
        body: { challenge: 'ajls384kdjx98XX' },
      });
    // Step 6.
    const { messageId } = await sandbox.say({
      chat: 'IT 服务台',
      person: '林晓',
      text: `/ticket ${mainTicketId}`,
      mentionBot: 'before',
    });
    await sandbox.waitFor(() =>
      sandbox.ledger.repliesTo(messageId).find(({ card }) => JSON.stringify(card).includes('img_key')),
    );
    if (bot?.pid === undefined) throw new Error('no process');
    const ended = once(bot, 'exit');
    process.kill(-bot.pid, 'SIGTERM');
    await ended;
  });
});
