/** `npm run backup -- <DATA_DIR> <file>`: a whole copy of the storage, while the bot runs or stands. The bot waits for none of it. */

import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * Writes the storage of `dataDir` as it is in this moment to a new file, which only this user may read: it holds people's words.
 * @throws Error, to be shown as it is
 */
function backUp(dataDir: string, file: string): void {
  const source = join(dataDir, 'bot.db');
  if (!existsSync(source)) throw new Error(`There is no storage in ${dataDir}.`);
  if (existsSync(file)) throw new Error(`${file} exists already; name a new file.`);
  process.umask(0o077);
  const db = new DatabaseSync(source, { readOnly: true });
  try {
    // One transaction, so the copy is of one moment. https://www.sqlite.org/lang_vacuum.html#vacuuminto
    db.prepare('VACUUM INTO ?').run(file);
  } finally {
    db.close();
  }
  const copy = openSync(file, 'r+');
  fsyncSync(copy);
  closeSync(copy);
}

const [dataDir, file] = process.argv.slice(2);
try {
  if (dataDir === undefined || file === undefined)
    throw new Error('Say: npm run backup -- <DATA_DIR> <file>');
  backUp(dataDir, file);
  process.stdout.write(`${dataDir} is copied to ${file}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'The copy failed.'}\n`);
  process.exitCode = 1;
}
