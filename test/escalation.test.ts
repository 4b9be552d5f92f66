import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallOutcome, CallRefusal } from '../src/domain.ts';
import { escalationWorld, type World } from './escalationWorld.ts';

const minuteMs = 60_000;
const reached: CallOutcome = { kind: 'reached' };
const refusals: readonly CallRefusal[] = ['outside', 'group', 'person', 'scope', 'quota', 'outage', 'other'];
const outcome = fc.oneof(
  fc.constant(reached),
  fc.constant<CallOutcome>({ kind: 'unclear' }),
  fc.constantFrom(...refusals).map((why): CallOutcome => ({ kind: 'refused', why })),
);
const person = fc.constantFrom('ou_a', 'ou_b', 'ou_c', 'ou_asker', 'ou_new');

// ---------------------------------------------------------------- any order of everything

interface Model {
  count: number;
}
type Move = fc.Command<Model, World>;

const move = (name: string, run: (world: World) => void): Move => ({
  check: () => true,
  run(model, world) {
    model.count += 1;
    run(world);
    world.check();
  },
  toString: () => name,
});

const moves: fc.Arbitrary<Move>[] = [
  person.map((by) => move(`take(${by})`, (world) => void world.tell({ kind: 'take', by }))),
  fc
    .tuple(person, person)
    .map(([by, to]) => move(`hand(${by}→${to})`, (world) => void world.tell({ kind: 'hand', by, to }))),
  person.map((by) =>
    move(`snooze(${by})`, (world) => void world.tell({ kind: 'snooze', by, forMs: 15 * minuteMs })),
  ),
  person.map((by) => move(`read(${by})`, (world) => void world.tell({ kind: 'read', by }))),
  fc.oneof(
    {
      weight: 1,
      arbitrary: person.map((by) =>
        move(`resolve(${by})`, (world) => void world.tell({ kind: 'resolve', by, words: 'ok' })),
      ),
    },
    {
      weight: 1,
      arbitrary: person.map((by) => move(`stop(${by})`, (world) => void world.tell({ kind: 'stop', by }))),
    },
    { weight: 1, arbitrary: fc.constant(move('closed', (world) => void world.tell({ kind: 'closed' }))) },
    {
      weight: 12,
      arbitrary: fc
        .integer({ min: 0, max: 40 })
        .map((min) => move(`pass(${min} min)`, (world) => world.pass(min * minuteMs))),
    },
    {
      weight: 12,
      arbitrary: outcome.map((end) => move(`finish(${JSON.stringify(end)})`, (world) => world.finish(end))),
    },
    { weight: 6, arbitrary: fc.constant(move('crash', (world) => world.crash())) },
  ),
];

const ladders = fc.constantFrom(
  'app@0m app@5m sms@10m phone@15m',
  'sms@0m phone@1m!22-7',
  'phone@0m',
  'app@0s sms@0s phone@0s',
);
const crews = fc.constantFrom(['ou_a'], ['ou_a', 'ou_b'], ['ou_a', 'ou_b', 'ou_c']);

describe('any order of clicks, commands, timers, outcomes, refusals and crashes', () => {
  it('never has two owners, calls nobody once taken, pays once for a rung, and is never silent while open', () => {
    fc.assert(
      fc.property(
        ladders,
        crews,
        fc.commands(moves, { maxCommands: 60, size: 'max' }),
        (ladder, crew, commands) => {
          fc.modelRun(() => ({ model: { count: 0 }, real: escalationWorld(ladder, crew) }), commands);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes on calling while nobody takes it, whatever happened before', () => {
    fc.assert(
      fc.property(ladders, crews, fc.commands(moves, { maxCommands: 25 }), (ladder, crew, commands) => {
        const world = escalationWorld(ladder, crew);
        fc.modelRun(() => ({ model: { count: 0 }, real: world }), commands);
        // Whoever has it gives it away, so that it is open.
        world.tell({ kind: 'hand', by: 'ou_x', to: 'ou_a' });
        if (world.state().status !== 'calling') return;
        const before = world.made().length;
        world.pass(24 * 60 * minuteMs, reached);
        expect(world.made().length).toBeGreaterThan(before);
      }),
      { numRuns: 150 },
    );
  });

  it('asks Feishu a bounded number of times when everything is refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...refusals), crews, (why, crew) => {
        const world = escalationWorld('app@0m app@5m sms@10m phone@15m', crew);
        let calls = 0;
        for (let min = 0; min < 60; min += 1) {
          world.pass(minuteMs);
          for (; world.errands().length > 0; world.pass(0)) {
            calls += 1;
            world.finish({ kind: 'refused', why });
          }
          world.check();
        }
        // At most two of each rung of everybody in each five minutes.
        expect(calls).toBeLessThanOrEqual((60 / 5) * 2 * 4 * crew.length + 24);
        expect(world.state().story.some(({ what }) => what === 'vain' || what === 'refused')).toBe(true);
      }),
    );
  });
});

// ---------------------------------------------------------------- one story after the other

/** Lets the ladder go on for so long, every call reaching its person. */
const calls = (world: World, min: number): string[] => {
  const before = world.made().length;
  world.pass(min * minuteMs, reached);
  return world
    .made()
    .slice(before)
    .map(({ to, means, via }) => `${to} ${means} ${via}`);
};

describe('the ladder', () => {
  it('climbs for the first person, and then for the next', () => {
    const world = escalationWorld('app@0m app@5m sms@10m phone@15m');
    expect(calls(world, 4)).toEqual(['ou_a app group']);
    expect(calls(world, 15)).toEqual(['ou_a app group', 'ou_a sms group', 'ou_a phone group']);
    expect(calls(world, 2)).toEqual(['ou_b app group']);
    expect(calls(world, 38)).toHaveLength(3 + 4);
    expect(calls(world, 2).at(-1)).toMatch(/^ou_a app/);
  });

  it('keeps its distances when a timer fires late', () => {
    const world = escalationWorld('app@0m sms@1m phone@3m');
    expect(calls(world, 0)).toEqual(['ou_a app group']);
    world.sleep(60 * minuteMs);
    expect(calls(world, 0)).toEqual(['ou_a sms group']);
    expect(calls(world, 1)).toEqual([]);
    expect(calls(world, 1)).toEqual(['ou_a phone group']);
  });

  it('passes over a rung in its quiet hours', () => {
    // It is 01:00.
    const world = escalationWorld('app@0m phone@5m!22-7 app@10m');
    expect(calls(world, 14)).toEqual(['ou_a app group', 'ou_a app group']);
  });

  it('waits for the end of the quiet hours when nothing else is left, and then calls', () => {
    const world = escalationWorld('phone@0m!22-7', ['ou_a']);
    expect(calls(world, 5 * 60 + 55)).toEqual([]);
    expect(world.state().status).toBe('calling');
    expect(calls(world, 12).length).toBeGreaterThan(0);
  });

  it.each<[CallRefusal, string[]]>([
    ['outside', ['ou_a app direct']],
    ['group', ['ou_a app direct']],
    ['person', ['ou_b app group']],
    ['scope', ['ou_a sms group']],
    ['quota', ['ou_a sms group']],
    ['other', ['ou_a app group']],
    ['outage', []],
  ])('goes on at once after a refusal: %s', (why, then) => {
    const world = escalationWorld();
    world.pass(0);
    world.finish(reached);
    world.pass(0);
    world.finish({ kind: 'refused', why });
    expect(calls(world, 0)).toEqual(then);
    expect(world.state().story[0]).toMatchObject({ what: 'refused', why });
  });

  it('tries again a minute after an outage', () => {
    const world = escalationWorld();
    world.pass(0);
    world.finish(reached);
    world.pass(0);
    world.finish({ kind: 'unclear' });
    expect(calls(world, 1)).toEqual(['ou_a app group']);
  });

  it('says that nobody can be called, and tries all again after a while', () => {
    const world = escalationWorld('app@0m app@5m', ['ou_a']);
    world.pass(0);
    world.finish(reached);
    world.pass(0);
    world.finish({ kind: 'refused', why: 'scope' });
    expect(calls(world, 4)).toEqual([]);
    expect(world.state().story.at(-1)).toMatchObject({ what: 'vain' });
    expect(calls(world, 2)).toEqual(['ou_a app group']);
  });
});

describe('a crash between the call and its outcome', () => {
  /** The call is under way. */
  const calling = (ladder: string, crew?: readonly string[]): World => {
    const world = escalationWorld(ladder, crew);
    world.pass(0);
    world.finish(reached);
    world.pass(0);
    expect(world.errands()).toHaveLength(1);
    return world;
  };

  it('repeats a call that costs nothing', () => {
    const world = calling('app@0m sms@5m');
    world.crash();
    expect(world.errands()).toMatchObject([{ kind: 'call', call: { n: 1, means: 'app', to: 'ou_a' } }]);
  });

  it.each(['sms@0m', 'phone@0m'])('does not repeat %s, says so, and goes on to the next person', (ladder) => {
    const world = calling(ladder);
    world.crash();
    expect(world.errands()).toEqual([]);
    expect(world.state().story.at(-1)).toMatchObject({ what: 'uncertain', to: 'ou_a' });
    expect(calls(world, 0)).toEqual([`ou_b ${ladder.slice(0, -3)} group`]);
  });

  it('lets the only person’s next rung come at its own time', () => {
    const world = calling('phone@0m app@3m', ['ou_a']);
    world.crash();
    expect(calls(world, 2)).toEqual([]);
    expect(calls(world, 1)).toEqual(['ou_a app group']);
  });

  it('is noticed after some minutes even when the job itself was lost', () => {
    const world = calling('sms@0m app@9m');
    world.pass(3 * minuteMs);
    expect(world.state().calls[0]).toMatchObject({ end: 'uncertain' });
  });

  it('is noticed by its own job after a pause too', () => {
    const world = calling('sms@0m', ['ou_a', 'ou_b']);
    world.finish(reached);
    world.tell({ kind: 'snooze', by: 'ou_a', forMs: 60_000 });
    world.pass(60_000);
    expect(world.errands()).toMatchObject([{ kind: 'call', call: { n: 2 } }]);
    world.crash();
    expect(world.state().calls[1]).toMatchObject({ end: 'uncertain' });
  });

  it('takes the outcome that comes late after all', () => {
    const world = calling('sms@0m app@9m');
    world.pass(3 * minuteMs);
    world.tell({ kind: 'ended', call: 1, outcome: reached });
    expect(world.state().calls[0]).toMatchObject({ end: 'reached' });
  });
});

describe('people', () => {
  const under = (): World => {
    const world = escalationWorld();
    world.pass(0, reached);
    return world;
  };

  it('of two who take it at once, one has it and the other is told', () => {
    const world = under();
    expect(world.tell({ kind: 'take', by: 'ou_a' })).toBe('done');
    expect(world.tell({ kind: 'take', by: 'ou_b' })).toBe('taken');
    expect(world.tell({ kind: 'take', by: 'ou_a' })).toBe('same');
    expect(world.state().owner).toBe('ou_a');
    expect(calls(world, 600)).toEqual([]);
  });

  it('who stop it or hand it over as it was before somebody took it are told who has it', () => {
    const world = escalationWorld();
    world.tell({ kind: 'take', by: 'ou_a' });
    const taken = world.state();
    expect(world.tell({ kind: 'stop', by: 'ou_b', whileOpen: true })).toBe('taken');
    expect(world.tell({ kind: 'hand', by: 'ou_b', to: 'ou_c', whileOpen: true })).toBe('taken');
    expect(world.state()).toBe(taken);
    expect(world.tell({ kind: 'hand', by: 'ou_a', to: 'ou_b', whileOpen: true })).toBe('done');
    world.tell({ kind: 'take', by: 'ou_b' });
    expect(world.tell({ kind: 'stop', by: 'ou_c', whileOpen: false })).toBe('done');
  });

  it('hand it over: the other one is called from the first rung on, and nobody has it', () => {
    const world = under();
    world.tell({ kind: 'take', by: 'ou_a' });
    expect(world.tell({ kind: 'hand', by: 'ou_a', to: 'ou_new' })).toBe('done');
    expect(world.tell({ kind: 'hand', by: 'ou_a', to: 'ou_new' })).toBe('same');
    expect(world.state()).toMatchObject({ status: 'calling', owner: undefined });
    expect(calls(world, 6)).toEqual(['ou_new app group', 'ou_new app group']);
  });

  it('who hand it to themselves take it', () => {
    const world = under();
    world.tell({ kind: 'hand', by: 'ou_b', to: 'ou_b' });
    expect(world.state()).toMatchObject({ status: 'taken', owner: 'ou_b' });
  });

  it('snooze it: nothing for so long, then again from the first rung', () => {
    const world = under();
    world.tell({ kind: 'snooze', by: 'ou_a', forMs: 15 * minuteMs });
    expect(calls(world, 14)).toEqual([]);
    expect(calls(world, 1)).toEqual(['ou_a app group']);
  });

  it.each(['resolve', 'stop', 'closed'] as const)('%s: nothing comes after it', (kind) => {
    const world = under();
    world.tell(kind === 'closed' ? { kind } : { kind, by: 'ou_a', words: 'done' });
    expect(calls(world, 600)).toEqual([]);
    expect(world.tell({ kind: 'take', by: 'ou_b' })).toBe('over');
    world.check();
  });

  it('read: the tick stands at the latest call', () => {
    const world = under();
    world.tell({ kind: 'read', by: 'ou_b' });
    expect(world.state().calls[0]?.readAtMs).toBeUndefined();
    world.tell({ kind: 'read', by: 'ou_a' });
    expect(world.state().calls[0]?.readAtMs).toBe(world.nowMs());
    expect(calls(world, 5)).toEqual(['ou_a app group']);
  });

  it('take it while a call is on its way: its outcome changes nothing but the story', () => {
    const world = under();
    world.pass(5 * minuteMs);
    world.tell({ kind: 'take', by: 'ou_b' });
    world.finish({ kind: 'refused', why: 'outside' });
    expect(world.state()).toMatchObject({ status: 'taken', owner: 'ou_b' });
    expect(calls(world, 60)).toEqual([]);
  });
});

describe('a card that cannot be posted', () => {
  it('lets everybody be called directly', () => {
    const world = escalationWorld();
    world.pass(0);
    world.tell({ kind: 'unposted', forGood: true });
    world.crash();
    expect(calls(world, 0)).toEqual(['ou_a app direct']);
  });

  it('is tried again after an outage', () => {
    const world = escalationWorld();
    world.pass(0);
    world.tell({ kind: 'unposted', forGood: false });
    expect(world.state().dueAtMs).toBe(world.nowMs() + minuteMs);
  });
});
