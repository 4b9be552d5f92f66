/** The bot as a build of its own, with the fail points of these tests in it. It starts twice as fast as the sources do. */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export interface BotBuild {
  /** What node runs. */
  readonly args: readonly string[];
  /** The tool that copies the storage. */
  readonly backup: string;
  remove(): void;
}

/** Below `node_modules`, where the packages are found and nobody looks for sources. */
const cache = resolve('node_modules', '.cache');

export async function buildBot(): Promise<BotBuild> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'faults-'));
  const compiler = join('node_modules', '.bin', 'tsc');
  const said = await promisify(execFile)(compiler, ['-p', 'test/e2e/faults', '--outDir', folder]).catch(
    (error: unknown) => String(error),
  );
  const main = join(folder, 'src', 'main.js');
  if (!existsSync(main)) throw new Error(`the bot could not be built: ${JSON.stringify(said)}`);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const shim = join(folder, 'node_modules', '@photostructure', 'sqlite');
  mkdirSync(shim, { recursive: true });
  writeFileSync(join(shim, 'package.json'), '{"type":"module","main":"index.js"}');
  writeFileSync(
    join(shim, 'index.js'),
    `export { DatabaseSync } from ${JSON.stringify(join(folder, 'test', 'e2e', 'faults', 'failPoint.js'))};`,
  );
  const backup = join(folder, 'src', 'backup.js');
  return { args: [main], backup, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
