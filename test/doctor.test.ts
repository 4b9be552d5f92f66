/** `npm run doctor` as an operator runs it: a process beside the bot, with the environment of the bot. */

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts';
import { forget, sandboxEnv, startBot } from './support/bot.ts';
import { describeNeeding } from './support/programs.ts';
import { startRedis } from './support/redisServer.ts';

let sandbox: Sandbox;
let dataDir: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  dataDir = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true, force: true });
  await sandbox.close();
});
beforeEach(() => sandbox.reset());

interface Ran {
  readonly status: number;
  readonly out: string;
}

function run(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const whole = {
    PATH: process.env['PATH'] ?? '',
    ...sandboxEnv(sandbox),
    DATA_DIR: dataDir,
    BOT_LOCALE: 'en_us',
    ...env,
  };
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'src/doctor.ts', ...args];
    execFile(process.execPath, command, { env: whole }, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code ?? -1);
      resolve({ status, out: stdout + stderr });
    });
  });
}

const linesOf = (out: string, state: string): readonly string[] =>
  out.split('\n').filter((line) => line.startsWith(`${state.padEnd(4)}  `));

const report = z.object({
  ok: z.boolean(),
  findings: z.array(z.object({ check: z.string(), state: z.string(), what: z.string() })),
});

describe('npm run doctor', () => {
  it('passes with everything in order, one line each, and names what it did not try', async () => {
    const { status, out } = await run();
    expect(out).not.toMatch(/^(fail|warn)/m);
    expect(linesOf(out, 'skip').map((line) => line.split(':')[0])).toEqual([
      'skip  event delivery',
      'skip  card sent and updated',
    ]);
    expect(linesOf(out, 'pass').length).toBeGreaterThan(10);
    expect(
      out
        .trimEnd()
        .split('\n')
        .every((line) => /^(pass|skip) {2}\S/.test(line)),
    ).toBe(true);
    expect(status).toBe(0);
  });

  it('beside the running bot: events have come, a card is sent, and JSON says so', async () => {
    const bot = await startBot(sandbox);
    await sandbox.announce.botAdded(sandbox.world.chat('IT 服务台').chatId, '林晓');
    const chat = sandbox.world.chat('IT 服务台').chatId;
    const { status, out } = await run(['--json', '--chat', chat], { DATA_DIR: bot.dataDir });
    const { ok, findings } = report.parse(JSON.parse(out));
    expect(findings.filter(({ state }) => state !== 'pass')).toEqual([]);
    expect(ok).toBe(true);
    expect(status).toBe(0);
    await bot.stop();
    forget(bot);
  });

  it('names every wrong variable, by a line of its own and without its value', async () => {
    const { status, out } = await run([], { PORT: 'canary', FEISHU_APP_ID: '' });
    expect(status).toBe(1);
    expect(out.trimEnd().split('\n')).toEqual([
      'fail  configuration: FEISHU_APP_ID: is required → Correct it; .env.example shows how.',
      'fail  configuration: PORT: must be a port number → Correct it; .env.example shows how.',
    ]);
  });

  it('fails with the remedy and the console’s page, in the language of the operator, and shows no secret', async () => {
    sandbox.world.revokeScope('im:resource');
    const { status, out } = await run([], { BOT_LOCALE: 'zh_cn' });
    expect(status).toBe(1);
    expect(linesOf(out, 'fail')).toEqual([
      expect.stringMatching(/缺少权限 im:resource.* → 在开发者后台开通权限.* http\S+\/auth\?q=im:resource/),
    ]);
    for (const secret of [sandbox.app.appSecret, sandbox.app.helpdeskToken, sandbox.app.encryptKey])
      expect(out).not.toContain(secret);
  });

  it('speaks the operator’s language in every line, also of what the configuration and the storage say', async () => {
    const wrong = await run([], { BOT_LOCALE: 'zh_cn', PORT: 'x', ONCALL_CHAT: 'x', REDIS_URL: 'x' });
    expect(wrong.out.trimEnd().split('\n')).toEqual([
      'fail  配置: PORT：应为端口号 → 按 .env.example 改正',
      'fail  配置: REDIS_URL：应为其中之一：redis://host:port, rediss://host:port → 按 .env.example 改正',
      'fail  配置: ONCALL_CHAT：应为以 oc_ 开头的 chat_id → 按 .env.example 改正',
    ]);
    const file = await run([], { BOT_LOCALE: 'zh_cn', DATA_DIR: 'package.json' });
    expect(linesOf(file.out, 'fail')).toEqual([
      expect.stringMatching(/^fail {2}存储: 无法写入 DATA_DIR package\.json（ENOTDIR） → /),
    ]);
  });

  it('makes no folder: it says that the bot can make it', async () => {
    const missing = join(dataDir, 'not', 'there');
    const { status, out } = await run([], { DATA_DIR: missing });
    expect(out).toContain(`pass  storage: ${missing} does not exist yet; the bot can make it at its start\n`);
    expect(status).toBe(0);
    expect(existsSync(join(dataDir, 'not'))).toBe(false);
  });

  it('finds a storage that cannot be used, and one that is damaged', async () => {
    const file = join(dataDir, 'a-file');
    writeFileSync(file, '');
    const { status, out } = await run([], { DATA_DIR: file });
    expect(status).toBe(1);
    expect(linesOf(out, 'fail')).toEqual([expect.stringMatching(/^fail {2}storage: DATA_DIR .* cannot/)]);
    const damaged = mkdtempSync(join(tmpdir(), 'doctor-'));
    writeFileSync(join(damaged, 'bot.db'), 'this is no database '.repeat(1_000));
    expect(linesOf((await run([], { DATA_DIR: damaged })).out, 'fail')).toEqual([
      expect.stringMatching(/^fail {2}storage: .*bot\.db cannot be read/),
    ]);
    rmSync(damaged, { recursive: true });
  });

  it('says how it is used when it is asked something else', async () => {
    expect(await run(['--loud'])).toEqual({ status: 2, out: 'npm run doctor -- [--chat oc_…] [--json]\n' });
  });
});

describeNeeding('redis-server', 'npm run doctor with Redis', (path) => {
  it('passes with an append-only file, and fails by name without, and when there is none', async () => {
    const redis = await startRedis(path);
    const good = await run([], { REDIS_URL: redis.url });
    expect(linesOf(good.out, 'fail')).toEqual([]);
    expect(good.out).toContain('pass  Redis persistence');
    await redis.admin.config('SET', 'appendonly', 'no');
    const careless = await run([], { REDIS_URL: redis.url });
    expect(linesOf(careless.out, 'fail')).toEqual([
      expect.stringMatching(/^fail {2}Redis persistence: .*append-only/),
    ]);
    expect(careless.status).toBe(1);
    await redis.dispose();
    const away = await run([], { REDIS_URL: redis.url });
    expect(linesOf(away.out, 'fail')).toEqual([
      expect.stringMatching(/^fail {2}Redis persistence: .*REDIS_URL/),
    ]);
  });
});
