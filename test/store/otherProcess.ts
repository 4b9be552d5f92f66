/** Processes with a store, to be killed. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Another process: runs `body` with an open `store`, and `say` to write a line. */
export function otherProcess(dataDir: string, body: string): ChildProcess {
  const at = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const code = `
    // It does not outlive the test, however that ends.
    process.stdin.on('end', () => process.exit(1)).resume();
    const { openSqliteStore } = await import(${at('store/sqlite.ts')});
    const { systemClock: clock } = await import(${at('clock.ts')});
    const { createLog } = await import(${at('log.ts')});
    const dataDir = ${JSON.stringify(dataDir)};
    const store = await openSqliteStore({ dataDir, clock, log: createLog('silent') });
    const say = (line) => process.stdout.write(line + '.\\n');
    const put = (id, more) => store.queue.put({ id, keys: [id], priority: 'person', payload: id, ...more });
    ${body}`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Reads lines until there are `count`, kills the process in the middle of its work, and reads what else it has said. */
export async function killAfter(child: ChildProcess, count: number): Promise<string[]> {
  if (child.stdout === null) throw new Error('no output');
  const lines: string[] = [];
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    // A line without its end was cut off by the kill.
    if (line.endsWith('.')) lines.push(line.slice(0, -1));
    if (lines.length === count) child.kill('SIGKILL');
  }
  await exited;
  return lines;
}
