/**
 * There is no engine for containers here, so the very steps of the Dockerfile are run in a clean folder: its commands, its production
 * dependencies, its user, its health check.
 */

import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { freePort, sandboxEnv } from '../support/bot.ts';
import { execForm, readDockerfile, type Stage, textsOf } from '../support/dockerfile.ts';

const stages = readDockerfile(readFileSync('deploy/Dockerfile', 'utf8'));
const [building, dependencies, image] = stages;
const uid = Number(textsOf(image, 'USER')[0]?.split(':')[0]);
const isRoot = process.getuid?.() === 0;
const stepMs = 120_000;

interface Ran {
  readonly status: number;
  readonly out: string;
}

function run(
  command: string,
  args: readonly string[],
  options: Parameters<typeof execFile>[2],
): Promise<Ran> {
  return new Promise((done) => {
    execFile(command, [...args], { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code ?? -1), out: `${stdout}${stderr}` });
    });
  });
}

/** A folder with what a stage copies from the sources. */
function folderOf(root: string, name: string, stage: Stage | undefined): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const copy of textsOf(stage, 'COPY').filter((text) => !text.startsWith('--from'))) {
    const words = copy.split(' ');
    const target = words.pop() ?? '';
    for (const source of words)
      cpSync(source, target === './' ? join(folder, source) : join(folder, target), { recursive: true });
  }
  return folder;
}

const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

let root = '';
let app = '';
let sandbox: Sandbox;
/** Why the steps cannot be run. */
let missing: string | undefined;

/** What runs in the image: its user, nothing of this environment, and nothing writable but its data. */
function inImage(port: number): SpawnOptions {
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...sandboxEnv(sandbox),
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: join(root, 'data'),
    ACCESS_CHATS: '*',
    BOT_LOCALE: 'en_us',
  };
  return { cwd: app, env, ...(isRoot ? { uid, gid: uid } : {}) };
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'image-'));
  chmodSync(root, 0o755);
  // What another installation has fetched before need not be fetched again.
  const env = { ...process.env, npm_config_prefer_offline: 'true' };
  const clean = { cwd: folderOf(root, 'dependencies', dependencies), timeout: stepMs, env };
  const [install = ''] = textsOf(dependencies, 'RUN');
  const installed = await run('sh', ['-c', install], clean);
  if (installed.status !== 0) {
    missing = `${install} failed: ${installed.out.slice(-2_000)}`;
    if (process.env['CI'] === 'true' || !offline.test(installed.out)) throw new Error(missing);
    missing = `the registry cannot be reached, so ${install} was not tried`;
    return;
  }
  const source = folderOf(root, 'build', building);
  // The same packages as in the first stage, which are here already.
  symlinkSync(resolve('node_modules'), join(source, 'node_modules'));
  const built = await run('npm', ['run', 'build'], { cwd: source, timeout: stepMs });
  expect(built.out).toContain('tsc');
  expect(built.status).toBe(0);
  app = folderOf(root, 'app', image);
  cpSync(join(clean.cwd, 'node_modules'), join(app, 'node_modules'), { recursive: true });
  cpSync(join(source, 'dist'), join(app, 'dist'), { recursive: true });
  await run('chmod', ['-R', 'a+rX,a-w', app], {});
  mkdirSync(join(root, 'data'), { mode: 0o700 });
  if (isRoot) chownSync(join(root, 'data'), uid, uid);
  sandbox = await startSandbox();
}, 2 * stepMs);

afterAll(async () => {
  await sandbox?.close();
  await run('chmod', ['-R', 'u+w', root], {});
  rmSync(root, { recursive: true, force: true });
});

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await check()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('it never happened');
}

describe('the steps of the image', () => {
  it('bring no tool to build or to test with', ({ skip }) => {
    if (missing !== undefined) skip(missing);
    for (const name of ['typescript', 'vitest', 'tsx', '@biomejs/biome'])
      expect(existsSync(join(app, 'node_modules', name)), name).toBe(false);
    expect(existsSync(join(app, 'src'))).toBe(false);
  });

  it(
    'make a bot that serves as an unprivileged user, says that it is healthy, and ends on SIGTERM',
    async ({ skip }) => {
      if (missing !== undefined) skip(missing);
      const port = await freePort();
      const options = inImage(port);
      const [node = '', ...args] = execForm(textsOf(image, 'CMD')[0] ?? '');
      const child = spawn(node, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk) => (output += String(chunk)));
      const exited = new Promise((done) => child.once('exit', done));
      const url = `http://127.0.0.1:${port}`;
      await until(async () => {
        if (child.exitCode !== null) throw new Error(output);
        return (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
      });
      const [shell = '', ...probe] = execForm(textsOf(image, 'HEALTHCHECK')[0] ?? '');
      expect((await run(shell, probe, options)).status).toBe(0);

      sandbox.setWebhook(url);
      const { messageId } = await sandbox.say({
        chat: 'IT 服务台',
        person: '林晓',
        text: `/ticket ${mainTicketId}`,
      });
      await sandbox.waitFor(() =>
        sandbox.ledger.repliesTo(messageId).find(({ card }) => JSON.stringify(card).includes('img_key')),
      );
      const checked = await run(node, ['dist/doctor.js'], options);
      expect(checked.out).not.toMatch(/^(fail|warn)/m);
      expect(checked.status).toBe(0);

      child.kill('SIGTERM');
      expect(await exited).toBe(0);
      expect((await run(shell, probe, options)).status).toBe(1);
    },
    stepMs,
  );

  it('cannot write to its own files', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const script = "require('fs').writeFileSync('dist/main.js', '')";
    const { status, out } = await run('node', ['-e', script], inImage(0));
    expect(status).not.toBe(0);
    expect(out).toMatch(/EACCES|EPERM/);
  });
});
