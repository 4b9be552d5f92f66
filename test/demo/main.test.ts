import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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

describe('npm run demo', () => {
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
    const { code, output } = await runDemo([], (written, interrupt) => {
      const page = pageOf(written);
      if (page === undefined || !written.includes('switch the language') || answers.length > 0) return;
      answers.push(0);
      fetch(page).then(({ status }) => {
        answers[0] = status;
        interrupt();
      }, interrupt);
    });
    expect({ code, answers, output }).toEqual({
      code: 0,
      answers: [200],
      output: expect.stringContaining('Stopped.'),
    });
    await expect(fetch(pageOf(output) ?? '')).rejects.toThrow('fetch failed');
  });
});
