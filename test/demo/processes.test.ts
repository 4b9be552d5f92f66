import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort, startTypeScript } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'processes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, source: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, source);
  return file;
}

const environment = { PATH: process.env['PATH'] };

describe('a child process', () => {
  it('whose end nobody asked for is reported, with what it wrote', async () => {
    const errors: string[] = [];
    const file = script('crash', `console.error('no such helpdesk'); process.exit(3);`);
    const child = startTypeScript('bot', file, [], environment, (line) => errors.push(line));
    await expect(child.crash).rejects.toThrow('the bot ended by itself (exit status 3)');
    expect(errors).toEqual(['no such helpdesk']);
  });

  it('is told to stop, and is gone afterwards', async () => {
    const file = script(
      'polite',
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); setInterval(() => {}, 1000); console.log('pid ' + process.pid);`,
    );
    const child = startTypeScript('bot', file, [], environment, () => undefined);
    const lines: string[] = [];
    const pid = await new Promise<number>((resolve) => {
      child.onLine((line) => {
        lines.push(line);
        if (line.startsWith('pid ')) resolve(Number(line.slice(4)));
      });
    });
    await child.stop();
    expect(lines.at(-1)).toBe('bye');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await child.stop();
  });
});

describe('a free port', () => {
  it('is the wanted one, or another when that is taken', async () => {
    const port = await freePort();
    expect(await freePort(port)).toBe(port);
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const other = await freePort(port);
    expect(other).not.toBe(port);
    expect(other).toBeGreaterThan(0);
    holder.close();
    await once(holder, 'close');
  });
});
