import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sandboxClient } from './sandboxClient.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the demo as a person would; `onOutput` sees all that was written so far. */
function runDemo(
  args: readonly string[],
  onOutput: (output: string, interrupt: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { PATH: process.env['PATH'], LANG: 'en_US.UTF-8' },
  });
  let output = '';
  const hear = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
    onOutput(output, () => child.kill('SIGINT'));
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const pageOf = (output: string): string | undefined =>
  /Open (http:\/\/127\.0\.0\.1:\d+\/\S*)/.exec(output)?.[1];

/** What the bot answers to a command in the demo. */
async function answerTo(text: string, page: string): Promise<string> {
  const { origin, searchParams } = new URL(page);
  const sandbox = sandboxClient(origin);
  const [chat = '', person = ''] = [searchParams.get('chat') ?? '', searchParams.get('me') ?? ''];
  const { messageId } = await sandbox.say({ chat, person, text, mentionBot: 'before' });
  for (let tries = 0; tries < 400; tries += 1) {
    const { messages } = await sandbox.state();
    const card = messages.find(({ parentId, card }) => parentId === messageId && card !== undefined)?.card;
    const said = JSON.stringify(card) ?? '';
    if (said.includes('display_name')) return said;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('no table came');
}

describe('npm run demo', () => {
  it('knows one flag alone', { timeout: 60_000 }, async () => {
    const { code, output } = await runDemo(['--onec'], () => undefined);
    expect(code).toBe(2);
    expect(output).toBe('--onec is not known here. Say: npm run demo, or npm run demo -- --once\n');
  });

  it('prints the complete card of a ticket with --once and exits 0', { timeout: 60_000 }, async () => {
    const { code, output } = await runDemo(['--once'], () => undefined);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('/ticket 6626871355780366331'),
    });
    expect(output).toMatch(/▌ Ticket 6626871355780366331 {2}\[/);
    expect(output.match(/▣ picture \d of \d+.*\d+×\d+ (PNG|JPEG)/g)?.length).toBeGreaterThanOrEqual(3);
    expect(output).toContain('[ Refresh ]');
    expect(pageOf(output)).toBeUndefined();
  });

  it('serves the playground until Ctrl-C, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const answers: number[] = [];
    let table = '';
    const { code, output } = await runDemo([], (written, interrupt) => {
      const page = pageOf(written);
      if (page === undefined || !written.includes('switch the language') || answers.length > 0) return;
      answers.push(0);
      const look = async (): Promise<void> => {
        answers[0] = (await fetch(page)).status;
        table = await answerTo('/tickets', page);
      };
      look().then(interrupt, interrupt);
    });
    // What stands in a table cannot follow the reader: it speaks the language of whoever started the demo.
    expect(table).toMatch(/"display_name":"(?:Ticket|State|Status)"/);
    expect({ code, answers, output }).toEqual({
      code: 0,
      answers: [200],
      output: expect.stringContaining('Stopped.'),
    });
    await expect(fetch(pageOf(output) ?? '')).rejects.toThrow('fetch failed');
  });
});
