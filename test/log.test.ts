import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FeishuError } from '../src/errors.ts';
import { createLog, loggedAbout } from '../src/log.ts';

function logged(err: unknown): string {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => lines.push(line) });
  log.error({ err }, 'something failed');
  return lines.join('');
}

describe('the log', () => {
  it('tells everything of a FeishuError that an operator needs', () => {
    const line = logged(
      new FeishuError({
        kind: 'not_found',
        code: 154004,
        endpoint: 'ticket',
        httpStatus: 404,
        logId: 'log-1',
      }),
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      msg: 'something failed',
      err: { kind: 'not_found', code: 154004, endpoint: 'ticket', httpStatus: 404, logId: 'log-1' },
    });
  });

  it('does not repeat what a foreign error says, because it may hold a request with its credentials', () => {
    const foreign = Object.assign(new Error('canary in the message\n    at canary (canary.ts:1:1)'), {
      code: 'ECONNRESET',
      config: { headers: { Authorization: 'Bearer canary' }, data: '{"app_secret":"canary"}' },
    });
    const line = logged(foreign);
    expect(line).not.toContain('canary');
    expect(JSON.parse(line)).toMatchObject({ err: { name: 'Error', code: 'ECONNRESET' } });
  });

  it('keeps one line for each decision, whatever is thrown', () => {
    expect(logged('a\nstring').trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(logged(42))).toMatchObject({ err: { name: 'number' } });
  });

  it('never lets a control character through raw, wherever it stands', () => {
    const lines: string[] = [];
    const log = createLog('debug', { write: (line) => lines.push(line) });
    const controls = String.fromCharCode(...Array.from({ length: 0xa0 }, (_, code) => code));
    const text = `${controls}\u2028\u2029\u202e\u2066\u001b[2J\u009b2J`;
    log.info({ chatId: text, [text]: 1 }, text);
    const [line = ''] = lines;
    expect(lines).toHaveLength(1);
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
    expect(JSON.parse(line)).toMatchObject({ chatId: text, [text]: 1, msg: text });
  });

  it('names the event in every line of the work for it, and nowhere else', async () => {
    const lines: string[] = [];
    const log = createLog('debug', { write: (line) => lines.push(line) });
    const work = async (): Promise<void> => {
      await Promise.resolve();
      log.info({ chatId: 'oc_own' }, 'inside');
    };
    await Promise.all([
      loggedAbout({ eventId: 'e-1', chatId: 'oc_1' }, work),
      loggedAbout({ eventId: 'e-2', chatId: 'oc_2' }, work),
    ]);
    log.info('outside');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { eventId: 'e-1', chatId: 'oc_own' },
      { eventId: 'e-2', chatId: 'oc_own' },
      { msg: 'outside' },
    ]);
    expect(lines[2]).not.toContain('eventId');
    expect(lines[0]?.match(/chatId/g)).toHaveLength(1);
  });
});

describe('standard output', () => {
  const program = `
    const { createLog } = await import('./src/log.ts');
    const log = createLog('info');
    for (let turn = 0; turn < 3; turn += 1) {
      for (let line = 0; line < 200; line += 1) log.info({ line }, 'x'.repeat(100));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    log.info('last');
    process.stderr.write('alive');
    process.exit(0);`;

  async function run(output: number | 'pipe'): Promise<{ code: unknown; said: string; lines: string[] }> {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', output, 'pipe'],
    });
    let [said, logged] = ['', ''];
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => (logged += chunk.toString()));
    const [code]: unknown[] = await once(child, 'close');
    return { code, said, lines: logged.split('\n').filter((line) => line !== '') };
  }

  it('gets every line in order, and the last ones before the process exits', async () => {
    const { code, lines } = await run('pipe');
    expect(code).toBe(0);
    expect(lines).toHaveLength(601);
    expect(lines.slice(0, 200).map((text) => JSON.parse(text).line)).toEqual(
      Array.from({ length: 200 }, (_, at) => at),
    );
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'last' });
  });

  it('may be on a full disk: the process goes on', async () => {
    const full = openSync('/dev/full', 'w');
    expect(await run(full)).toMatchObject({ code: 0, said: 'alive' });
    closeSync(full);
  });
});
