/**
 * `npm run test:mutation`: plants each fault in a copy of the tree and runs the tests that must notice. Prints which turned red, and exits
 * 1 when any stayed green. `-- <part of a name>` tries only those.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type Plant, plants } from './plants.ts';

const left = new Set(['node_modules', '.git', 'data', 'dist']);

/** A copy that may be broken. */
function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  cpSync('.', folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function isGreen(folder: string, tests: readonly string[]): Promise<boolean> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', '--bail=1', ...tests];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  return status === 0;
}

/** @returns whether the tests noticed */
async function turnsRed(folder: string, plant: Plant): Promise<boolean> {
  const path = join(folder, plant.file);
  const before = readFileSync(path, 'utf8');
  if (before.split(plant.find).length !== 2)
    throw new Error(`${plant.name}: its place in ${plant.file} has changed`);
  writeFileSync(
    path,
    before.replace(plant.find, () => plant.replace),
  );
  try {
    return !(await isGreen(folder, plant.tests));
  } finally {
    writeFileSync(path, before);
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const wanted = plants.filter(({ name }) => name.includes(process.argv[2] ?? ''));
const folder = copyTree();
try {
  const tests = [...new Set(wanted.flatMap((plant) => plant.tests))];
  if (!(await isGreen(folder, tests))) throw new Error(`red before anything was planted: ${tests.join(' ')}`);
  say(`| planted | in | turned | by |\n| --- | --- | --- | --- |`);
  for (const plant of wanted) {
    const red = await turnsRed(folder, plant);
    say(`| ${plant.name} | ${plant.file} | ${red ? 'red' : '**green**'} | ${plant.tests.join(', ')} |`);
    if (!red) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
