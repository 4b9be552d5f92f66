/** One line for each decision, in JSON. Holds ids only: never message text, names, tokens or keys. */

import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { FeishuError } from './errors.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

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

/** The process's log. `destination` is standard output unless a test wants the lines. */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describe },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}
