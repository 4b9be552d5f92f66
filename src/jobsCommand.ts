/** What an operator may ask of the set-aside jobs: `list`, and `replay <id>`. */

import type { Queue, SetAsideJob } from './store/store.ts';

export interface JobsAnswer {
  /** For standard output, or for standard error when `ok` is false. */
  readonly text: string;
  readonly ok: boolean;
}

const usage = 'Say: npm run jobs -- list\n or: npm run jobs -- replay <id>\n';

/** Where the jobs are. */
export interface Desk {
  readonly queue: Pick<Queue, 'listSetAside' | 'replay'>;
  close(): Promise<void>;
}

/** Opens nothing for a question that it does not understand. @throws StoreUnavailable */
export async function runJobsCommand(
  args: readonly string[],
  open: () => Promise<Desk>,
  nowMs: number,
): Promise<JobsAnswer> {
  const [verb, id] = args;
  const list = verb === 'list' && args.length === 1;
  const replay = verb === 'replay' && args.length === 2 && id !== undefined;
  if (!list && !replay) return { text: usage, ok: false };
  const desk = await open();
  try {
    return replay
      ? await putBack(desk.queue, id)
      : { text: tableOf(await desk.queue.listSetAside(), nowMs), ok: true };
  } finally {
    await desk.close();
  }
}

async function putBack(queue: Pick<Queue, 'replay'>, id: string): Promise<JobsAnswer> {
  if (await queue.replay(id))
    return { text: `${printable(id)} is put back and starts within seconds.\n`, ok: true };
  return { text: `No job ${printable(id)} is set aside; see npm run jobs -- list\n`, ok: false };
}

function tableOf(jobs: readonly SetAsideJob[], nowMs: number): string {
  if (jobs.length === 0) return 'No job is set aside.\n';
  const rows = jobs.map(({ id, reason, putAtMs, attempts }) =>
    [id, reason, ageOf(nowMs - putAtMs), String(attempts)].map(printable),
  );
  const table = [['ID', 'REASON', 'AGE', 'ATTEMPTS'], ...rows];
  const width = (column: number): number => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `3 d`, `5 min`: whole units of the largest kind. */
function ageOf(ageMs: number): string {
  const [name, unitMs] = units.find(([, ms]) => ageMs >= ms) ?? (['s', 1_000] as const);
  return `${Math.floor(Math.max(0, ageMs) / unitMs)} ${name}`;
}

/** Without what would move the cursor or turn the writing round. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
