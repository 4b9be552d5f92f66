/** A log whose lines a test can read. */

import { createLog, type Log } from '../../src/log.ts';

export interface MemoryLog {
  readonly log: Log;
  /** Everything logged so far, one JSON object for each line. */
  readonly lines: readonly string[];
  /** The messages of the lines at this level. */
  messages(level: 'debug' | 'info' | 'warn' | 'error'): readonly string[];
}

export function memoryLog(): MemoryLog {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  return {
    log,
    lines,
    messages: (level) =>
      lines.flatMap((line): string[] => {
        const entry: unknown = JSON.parse(line);
        const isEntry = typeof entry === 'object' && entry !== null && 'level' in entry && 'msg' in entry;
        return isEntry && entry.level === level ? [String(entry.msg)] : [];
      }),
  };
}
