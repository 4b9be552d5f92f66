/** One line for each decision, in JSON. Holds ids only: never message text, names, tokens or keys. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger, pino } from 'pino';
import { FeishuError } from './errors.ts';
import type { LogLevel } from './variables.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/** What the work that runs now is about. Holds nothing between two pieces of work. */
const about = new AsyncLocalStorage<Readonly<Record<string, string>>>();

/** Every line that is written by `work`, or by what it calls and waits for, carries these ids: so a failed call names its event. */
export function loggedAbout<T>(ids: Readonly<Record<string, string>>, work: () => T): T {
  return about.run(ids, work);
}

/**
 * An error as the log may hold it: its kind and where it came from. The message of an error that is not ours may hold a
 * request, and with it credentials, so only its name and stack frames are kept.
 */
function describe(error: unknown): Record<string, unknown> {
  if (error instanceof FeishuError) {
    const { kind, code, subCode, endpoint, httpStatus, logId, said, scopes } = error;
    return { name: error.name, kind, code, subCode, endpoint, httpStatus, logId, said, scopes };
  }
  if (!(error instanceof Error)) return { name: typeof error };
  const trace = error.stack?.replace(error.message, '') ?? '';
  const frames = trace.split('\n').filter((line) => line.trimStart().startsWith('at '));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name: error.name, code, at: frames.slice(0, 5).map((line) => line.trim()) };
}

/** What pino leaves as it is and a terminal may obey: the upper controls, line separators, signs that turn the direction. */
const obeyed = /[\x7f-\x9f\u2028\u2029\p{Bidi_Control}]/gu;

/** They stand in strings only, so an escape means the same. */
function escaped(line: string): string {
  return line.replaceAll(obeyed, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Lines that cannot be written, because the disk is full, are kept up to here and then dropped. */
const keptBytes = 1_048_576;

/**
 * Where all logs of the process go. Lines of one turn of the event loop leave together; those of a process that exits leave before it
 * does. They are not synced: into a file, that would stop the event loop in each turn.
 */
const standardOutput = ((): DestinationStream => {
  const output = pino.destination({ fd: 1, sync: true, maxLength: keptBytes });
  // No reason to stop the bot.
  output.on('error', () => undefined);
  let waiting = '';
  const flush = (): void => {
    const lines = waiting;
    waiting = '';
    if (lines !== '') output.write(lines);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  };
})();

/** The process's log. `destination` is standard output unless a test wants the lines. */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  const output = destination ?? standardOutput;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...about.getStore() }),
      serializers: { err: describe },
    },
    { write: (line) => output.write(escaped(line)) },
  );
}
