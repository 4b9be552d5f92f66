import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Child processes of the demo: started, watched, and ended for certain. */

export interface Child {
  readonly name: string;
  /** Rejects when the process ends although nobody asked it to. Never resolves. */
  readonly crash: Promise<never>;
  /** Lines of its standard output. */
  onLine(listener: (line: string) => void): void;
  /** SIGTERM, then SIGKILL when that was not enough; resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL at once, for the last moment of this process. */
  kill(): void;
}

const stopWithinMs = 9_000;
/** A group of its own: Ctrl-C in the terminal reaches this process alone, which then ends the others in order. */
const ownGroup = process.platform !== 'win32';

/** Starts a TypeScript file in a process of its own. Its error output goes to `onError` line by line. */
export function startTypeScript(
  name: string,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  onError: (line: string) => void,
): Child {
  const process_ = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    env: { ...env },
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = createInterface({ input: process_.stdout });
  createInterface({ input: process_.stderr }).on('line', onError);
  let stopping = false;
  const ended = endOf(process_);
  const crash = ended.then((how): Promise<never> => {
    if (stopping) return new Promise(() => undefined);
    return Promise.reject(new Error(`the ${name} ended by itself (${how})`));
  });
  // Whoever waits for something watches the crash as well; alone it must not end the demo.
  crash.catch(() => undefined);
  return {
    name,
    crash,
    onLine: (listener) => output.on('line', listener),
    async stop() {
      stopping = true;
      signal(process_, 'SIGTERM');
      const timer = setTimeout(() => signal(process_, 'SIGKILL'), stopWithinMs);
      await ended;
      clearTimeout(timer);
    },
    kill: () => {
      stopping = true;
      signal(process_, 'SIGKILL');
    },
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, killedBy]: unknown[] = await once(child, 'close');
    return typeof killedBy === 'string' ? killedBy : `exit status ${String(code)}`;
  } catch (error) {
    return String(error);
  }
}

/** To the whole group, so that nothing a child started is left behind. */
function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(ownGroup ? -child.pid : child.pid, name);
  } catch {
    // It ended between the check and the signal.
  }
}

/** `wanted` when nothing listens there on this machine, else any free port. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  const port = await new Promise<number | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : undefined);
    });
  });
  if (port === undefined) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
