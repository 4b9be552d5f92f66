/** A small world around the machine: its timers, the calls on their way, processes that die. It keeps what must always hold. */

import type { CallOutcome } from '../src/domain.ts';
import { beginEscalation, type EscalationEvent, step } from '../src/escalation.ts';
import type { Effect } from '../src/escalationLadder.ts';
import { type Call, type Escalation, isOpen } from '../src/escalationState.ts';
import { parseLadder } from '../src/ladder.ts';

type Event = EscalationEvent extends infer E ? (E extends { atMs: number } ? Omit<E, 'atMs'> : never) : never;

const startMs = Date.UTC(2026, 0, 5, 1);
const checkAfterMs = 180_000;

/** Work that a process does just now. It is lost when the process dies, and its job comes again. */
type Errand = { readonly job: number } & Effect;

export interface World {
  readonly state: () => Escalation;
  readonly nowMs: () => number;
  readonly errands: () => readonly Errand[];
  /** Calls that were handed to Feishu, and not refused. */
  readonly made: () => readonly Call[];
  tell(event: Event): ReturnType<typeof step>['answer'];
  /** Ends the oldest errand. */
  finish(outcome: CallOutcome): void;
  /** The process dies and the next one works on: what was under way comes again as its job. */
  crash(): void;
  /** Time goes on; timers fire in their order. Errands that are in the way end as given. */
  pass(ms: number, outcome?: CallOutcome): void;
  /** Time goes on while no process is there. */
  sleep(ms: number): void;
  /** @throws when something does not hold that must */
  check(): void;
}

export function escalationWorld(
  ladder = 'app@0m app@5m sms@10m phone@15m!22-7',
  people: readonly string[] = ['ou_a', 'ou_b', 'ou_c'],
): World {
  let nowMs = startMs;
  let state = beginEscalation({
    ticket: '1',
    number: 1,
    reason: 'it burns',
    askedBy: 'ou_asker',
    startedAtMs: nowMs,
    ladder: parseLadder(ladder) ?? [],
    people,
    names: {},
    place: { chatId: 'oc_1', chatType: 'group', rootId: 'om_root' },
  });
  let due: { readonly seq: number; readonly atMs: number } | undefined = { seq: 1, atMs: nowMs };
  let known = 1;
  let checks: { readonly call: number; readonly atMs: number }[] = [];
  let errands: Errand[] = [];
  let made: Call[] = [];
  const rules = { minuteOf: (atMs: number) => Math.floor(atMs / 60_000) % 1_440 };

  const tell = (event: Event, job = 0): ReturnType<typeof step>['answer'] => {
    const before = state;
    const stepped = step(state, { ...event, atMs: nowMs }, rules);
    state = stepped.state;
    expectNoSecondOwner(before, event, stepped.answer);
    for (const effect of stepped.effects) {
      if (effect.kind === 'call') {
        if (state.status !== 'calling') throw new Error('a call although it is not open');
        made.push(effect.call);
      }
      errands.push({ job, ...effect });
      checks.push({ call: effect.kind === 'call' ? effect.call.n : 0, atMs: nowMs + checkAfterMs });
    }
    arm();
    return stepped.answer;
  };

  /** As the service sets the timer: older and equal generations are ignored. */
  const arm = (): void => {
    if (state.seq <= known) return;
    if (state.dueAtMs !== undefined) due = { seq: state.seq, atMs: state.dueAtMs };
    else if (!isOpen(state)) due = undefined;
    else return;
    known = state.seq;
  };

  const expectNoSecondOwner = (before: Escalation, event: Event, answer: string): void => {
    if (event.kind === 'take' && answer === 'done' && before.owner !== undefined)
      throw new Error('two owners');
    const isHandover = event.kind === 'hand' && answer === 'done';
    if (before.owner !== undefined && state.owner !== before.owner && !isHandover)
      throw new Error('the owner changed');
  };

  const finish = (outcome: CallOutcome): void => {
    const errand = errands.shift();
    if (errand?.kind === 'post') tell({ kind: 'posted', cardId: 'om_card' });
    if (errand?.kind !== 'call') return;
    if (outcome.kind === 'refused') made = made.filter((_, at) => at !== made.lastIndexOf(errand.call));
    tell({ kind: 'ended', call: errand.call.n, outcome });
  };

  const next = () =>
    [
      ...(due === undefined ? [] : [{ atMs: due.atMs, fire: fireDue }]),
      ...checks.map((one) => ({
        atMs: one.atMs,
        fire: () => {
          checks = checks.filter((other) => other !== one);
          tell({ kind: 'check', call: one.call });
        },
      })),
    ].sort((a, b) => a.atMs - b.atMs)[0];

  const fireDue = (): void => {
    const seq = due?.seq ?? 0;
    due = undefined;
    tell({ kind: 'due', seq }, seq);
  };

  return {
    state: () => state,
    nowMs: () => nowMs,
    errands: () => errands,
    made: () => made,
    tell,
    finish,
    crash() {
      const jobs = new Set(errands.map(({ job }) => job));
      errands = [];
      // A job that a newer timer has replaced does not come back.
      for (const job of jobs)
        if (job > 0 && (due === undefined || due.seq === job)) tell({ kind: 'due', seq: job }, job);
    },
    pass(ms, outcome) {
      const endMs = nowMs + ms;
      for (;;) {
        if (outcome !== undefined && errands.length > 0) {
          finish(outcome);
          continue;
        }
        const timer = next();
        if (timer === undefined || timer.atMs > endMs) break;
        nowMs = Math.max(nowMs, timer.atMs);
        timer.fire();
      }
      nowMs = endMs;
    },
    sleep(ms) {
      nowMs += ms;
    },
    check() {
      const silent = due === undefined && errands.length === 0 && checks.length === 0;
      if (isOpen(state) && silent) throw new Error('silent although it is open');
      if (!isOpen(state) && due !== undefined) throw new Error('a timer is left over');
      const paid = made.filter(({ means }) => means !== 'app').map(({ round, rung }) => `${round}/${rung}`);
      if (new Set(paid).size !== paid.length)
        throw new Error(`two paid calls for one rung: ${paid.join(' ')}`);
      if ((state.status === 'taken') !== (state.owner !== undefined) && isOpen(state))
        throw new Error('an owner of what is open');
    },
  };
}
