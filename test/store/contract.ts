/**
 * What every store must keep, as one suite. It sees the port and a clock, and nothing else, so it runs on SQLite and on Redis alike.
 */

import { jobEndsContract } from './jobEndsContract.ts';
import { keptContract } from './keptContract.ts';
import { queueContract } from './queueContract.ts';
import { queueModel } from './queueModel.ts';
import { recordsContract } from './recordsContract.ts';
import type { CreateSubject } from './subject.ts';
import { timersContract } from './timersContract.ts';
import { windowsContract } from './windowsContract.ts';

/** Runs the suite; `name` says on what, and `open` makes a fresh place for the data of one test. */
export function storeContract(name: string, open: CreateSubject): void {
  queueContract(name, open);
  jobEndsContract(name, open);
  timersContract(name, open);
  queueModel(name, open);
  recordsContract(name, open);
  windowsContract(name, open);
  keptContract(name, open);
}
