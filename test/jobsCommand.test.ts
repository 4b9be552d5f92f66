import { describe, expect, it } from 'vitest';
import { runJobsCommand } from '../src/jobsCommand.ts';
import type { SetAsideJob } from '../src/store/store.ts';

const nowMs = Date.UTC(2026, 0, 5, 9);
const setAside = (id: string, ageMs: number, more: Partial<SetAsideJob> = {}): SetAsideJob => ({
  id,
  reason: 'no such chat',
  putAtMs: nowMs - ageMs,
  attempts: 1,
  ...more,
});

/** Notes how often the storage is opened and closed. */
const visits = { opened: 0, closed: 0 };
const desk = (jobs: readonly SetAsideJob[]) => async () => {
  visits.opened += 1;
  const replay = async (id: string) => jobs.some((job) => job.id === id);
  const close = async (): Promise<void> => {
    visits.closed += 1;
  };
  return { queue: { listSetAside: async () => jobs, replay }, close };
};
const run = (args: string, ...jobs: SetAsideJob[]) => runJobsCommand(args.split(' '), desk(jobs), nowMs);

describe('npm run jobs', () => {
  it('lists what was set aside, with why, for how long, and how often it was tried', async () => {
    const { text, ok } = await run(
      'list',
      setAside('evt-1', 3 * 86_400_000 + 5, { reason: 'started 5 times without an end', attempts: 5 }),
      setAside('timer/ticket/1/2', 95 * 60_000),
      setAside('evt-2', 59_999),
      setAside('evt-3', -4_000),
    );
    expect(ok).toBe(true);
    expect(text.split('\n')).toEqual([
      'ID                REASON                          AGE   ATTEMPTS',
      'evt-1             started 5 times without an end  3 d   5',
      'timer/ticket/1/2  no such chat                    1 h   1',
      'evt-2             no such chat                    59 s  1',
      'evt-3             no such chat                    0 s   1',
      '',
    ]);
  });

  it('says so when there is nothing', async () => {
    expect(await run('list')).toEqual({ text: 'No job is set aside.\n', ok: true });
    expect(visits.closed).toBe(visits.opened);
  });

  it('writes nothing that steers a terminal', async () => {
    const { text } = await run('list', setAside('a\u001b[2J\u202eb', 0, { reason: 'x\ny\u2028z' }));
    expect(text).toContain('a?[2J?b');
    expect(text).toContain('x?y?z');
  });

  it('replays one, and fails for one that is not there', async () => {
    expect(await run('replay evt-1', setAside('evt-1', 0))).toEqual({
      text: 'evt-1 is put back and starts within seconds.\n',
      ok: true,
    });
    expect(await run('replay evt-2', setAside('evt-1', 0))).toEqual({
      text: 'No job evt-2 is set aside; see npm run jobs -- list\n',
      ok: false,
    });
  });

  it.each(['', 'list all', 'replay', 'replay a b', 'drop a'])('says how to ask, after %j', async (args) => {
    const before = { ...visits };
    const { text, ok } = await run(args);
    expect(ok).toBe(false);
    expect(visits).toEqual(before);
    expect(text).toContain('npm run jobs -- list');
    expect(text).toContain('npm run jobs -- replay <id>');
  });
});
