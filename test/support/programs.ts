import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** How a missing program is installed, said when it is missing. */
const REMEDIES: Readonly<Record<string, string>> = {
  chromium: 'apt-get install chromium fonts-noto-cjk',
  'redis-server': 'apt-get install redis-server',
};

/** The full path of a program on PATH, or undefined when this machine lacks it. */
export function program(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * A `describe` whose tests need a program. Without it they are skipped by one line that names it; with `CI=true`, where
 * nothing may be left out unseen, that line is a failure.
 */
export function describeNeeding(name: string, title: string, tests: (path: string) => void): void {
  const path = program(name);
  if (path !== undefined) {
    describe(title, () => tests(path));
    return;
  }
  describe(title, () => {
    it(`needs ${name}`, ({ skip }) => reportMissing(name, process.env['CI'], skip));
  });
}

/** Skips, or throws where `ci` is `true`; both with a message that names the program and how to install it. */
export function reportMissing(name: string, ci: string | undefined, skip: (message: string) => void): void {
  const message = `${name} is not installed on this machine (${REMEDIES[name] ?? `install ${name}`})`;
  if (ci === 'true') throw new Error(message);
  skip(message);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
