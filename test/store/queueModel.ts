/** The queue against a model: any order of puts, releases, timers, stops and crashes. Part of `contract.ts`. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job, Outcome, Priority, Store, Work } from '../../src/store/store.ts';
import * as jobs from './jobsModel.ts';
import { type CreateSubject, on, type Subject } from './subject.ts';

type Step =
  | {
      readonly do: 'put';
      readonly keys: readonly string[];
      readonly priority: Priority;
      readonly holdMs: number;
      readonly plan: readonly jobs.Act[];
    }
  | { readonly do: 'release'; readonly nth: number }
  | { readonly do: 'later'; readonly key: string; readonly generation: number; readonly inMs: number }
  | { readonly do: 'cancel'; readonly key: string; readonly generation: number }
  | { readonly do: 'replay'; readonly nth: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'stop' }
  | { readonly do: 'crash' };

const act = fc.constantFrom<jobs.Act>('again', 'hang', 'set_aside', 'throw');
const timerKey = fc.constantFrom('x', 'y');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      keys: fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'), {
        minLength: 1,
        maxLength: 2,
      }),
      priority: fc.constantFrom<Priority>('person', 'card', 'background'),
      holdMs: fc.constantFrom(0, 0, 5_000),
      plan: fc.array(act, { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), nth: fc.nat(7) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('later' as const),
      key: timerKey,
      generation: fc.integer({ min: 1, max: 5 }),
      inMs: fc.constantFrom(0, 3_000, 40_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('cancel' as const),
      key: timerKey,
      generation: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay' as const), nth: fc.nat(7) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(500, 4_000, 20_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
);

const leaseMs = 15_000;
const concurrency = 50;

/** The real store, its work, and the model beside it. */
interface Run {
  readonly subject: Subject;
  readonly model: jobs.Model;
  /** What broke the model inside a handler, where throwing would only set the job aside. */
  readonly faults: unknown[];
  store: Store;
  work: Work;
  putCount: number;
  /** Everything ends well from now on. */
  calm: boolean;
}

async function begin(subject: Subject): Promise<Run> {
  const store = await subject.open();
  const base = { subject, model: jobs.createModel(), faults: [], store, putCount: 0, calm: false };
  const run: Run = { ...base, work: { stop: async () => undefined } };
  run.work = workOf(run);
  return run;
}

function workOf(run: Run): Work {
  return run.store.queue.work((job) => handle(run, job), concurrency);
}

async function handle({ model, subject, faults, calm }: Run, job: Job): Promise<Outcome> {
  try {
    const next = jobs.start(model, job, subject.clock.nowMs(), calm);
    if (next === 'again') return { kind: 'again', afterMs: 1_000 };
    if (next === 'set_aside') return { kind: 'set_aside', reason: 'planned' };
    if (next === 'hang') return await new Promise<never>(() => undefined);
    if (next === 'done') return { kind: 'done' };
  } catch (error) {
    faults.push(error);
  }
  throw new Error('planned');
}

async function settle({ subject, faults }: Run): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await subject.pass(0);
  if (faults.length > 0) throw faults[0];
}

async function take(run: Run, step: Step): Promise<void> {
  const { model, subject } = run;
  const { queue } = run.store;
  const nowMs = subject.clock.nowMs();
  switch (step.do) {
    case 'put':
      await put(run, step, nowMs);
      break;
    case 'release':
      jobs.release(model, `j${step.nth}`, nowMs);
      await queue.release(`j${step.nth}`);
      break;
    case 'later': {
      const { key, generation, inMs } = step;
      jobs.later(model, key, generation, nowMs + inMs);
      await queue.later({ key, generation, atMs: nowMs + inMs, payload: null });
      break;
    }
    case 'cancel':
      jobs.cancel(model, step.key, step.generation);
      await queue.cancel(step.key, step.generation);
      break;
    case 'replay': {
      const expected = jobs.replay(model, `j${step.nth}`);
      expect(await queue.replay(`j${step.nth}`)).toBe(expected);
      break;
    }
    case 'pass':
      await subject.pass(step.ms);
      break;
    case 'stop':
      jobs.stop(model);
      await run.work.stop(0);
      run.work = workOf(run);
      break;
    case 'crash':
      await crash(run);
  }
  await settle(run);
}

async function put(run: Run, step: Extract<Step, { do: 'put' }>, nowMs: number): Promise<void> {
  const { keys, plan, holdMs, priority } = step;
  const id = `j${run.putCount}`;
  run.putCount += 1;
  const expected = jobs.put(run.model, id, keys, plan, nowMs + holdMs);
  const hold = holdMs > 0 ? { holdMs } : {};
  expect(await run.store.queue.put({ id, keys, priority, payload: { id }, ...hold })).toBe(expected);
}

async function crash(run: Run): Promise<void> {
  await run.subject.crash(run.store);
  jobs.crash(run.model);
  run.store = await run.subject.open();
  run.work = workOf(run);
}

/** One more crash, and from then on everything ends well: nothing may be missing. */
async function finish(run: Run): Promise<void> {
  const { model, subject } = run;
  run.calm = true;
  await crash(run);
  await subject.pass(60_000 + leaseMs);
  await settle(run);
  expect(jobs.idsIn(model, 'waiting')).toEqual([]);
  expect(jobs.idsIn(model, 'running')).toEqual([]);
  const aside = (await run.store.queue.listSetAside()).map(({ id }) => id);
  expect(aside.sort()).toEqual(jobs.idsIn(model, 'set_aside'));
  expect(await run.store.queue.stats()).toMatchObject({ waitingCount: 0, runningCount: 0 });
}

export function queueModel(name: string, create: CreateSubject): void {
  describe(`queue on ${name}: whatever happens in whatever order`, () => {
    it(
      'loses nothing, ends nothing twice, and starts nothing that is held, cancelled or replaced',
      { timeout: 60_000 },
      () =>
        fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) =>
            on(create, async (subject) => {
              const run = await begin(subject);
              for (const each of steps) await take(run, each);
              await finish(run);
            })(),
          ),
          { numRuns: 25 },
        ),
    );
  });
}
