/** Syncs the write-ahead log to disk while the event loop goes on. */

import fs from 'node:fs';

export interface LogSync {
  /**
   * Resolves once everything that was committed before the call would survive a power cut. All of it is in the log, which is one
   * file; after a checkpoint it is in the database, which SQLite has synced itself.
   */
  sync(): Promise<void>;
  /** The same, for the end of the process: the event loop waits. */
  syncNow(): void;
  /** To be called once, after which there is no more `sync`. */
  close(): void;
}

/** @param file the database; the log beside it exists from its first commit on */
export function openLogSync(file: string): LogSync {
  let opened: number | undefined;
  let underWayCount = 0;
  let closed = false;

  const descriptor = (): number => {
    opened ??= fs.openSync(`${file}-wal`, 'r+');
    return opened;
  };
  // A number that was closed under way could be another file by then.
  const closeWhenQuiet = (): void => {
    if (!closed || underWayCount > 0 || opened === undefined) return;
    fs.closeSync(opened);
    opened = undefined;
  };

  return {
    sync: () =>
      new Promise((resolve, reject) => {
        const log = descriptor();
        underWayCount += 1;
        fs.fdatasync(log, (error) => {
          underWayCount -= 1;
          closeWhenQuiet();
          if (error === null) resolve();
          else reject(error);
        });
      }),
    syncNow: () => fs.fdatasyncSync(descriptor()),
    close() {
      closed = true;
      closeWhenQuiet();
    },
  };
}
