/** Escalations, written down: each step with the version that it was made from, so that of two who act at once only one succeeds. */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import {
  type Answer,
  beginEscalation,
  type EscalationEvent,
  type NewEscalation,
  type Stepped,
  step,
} from '../escalation.ts';
import type { Effect, Rules } from '../escalationLadder.ts';
import { type Escalation, isOpen, isOver } from '../escalationState.ts';
import type { Buzz } from '../feishu/buzz.ts';
import type { Rung } from '../ladder.ts';
import type { RecordKind, Records } from '../store/store.ts';
import { escalationShape } from './escalationShape.ts';
import type { Timers } from './timers.ts';

/** Which escalation of a ticket, from 1. */
export interface EscalationRef {
  readonly ticket: string;
  readonly number: number;
}

export interface OncallSettings {
  /** Where escalations stand; undefined: in the chat in which they were asked for. */
  readonly chatId: string | undefined;
  /** Open ids of the people who are called when no agent is on duty. */
  readonly users: readonly string[];
  readonly ladder: readonly Rung[];
}

type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never;
/** Something that happens now. */
export type EscalationNews = WithoutTime<EscalationEvent>;

export interface Escalations {
  readonly settings: OncallSettings;
  /** Begins one, unless one of this ticket goes on: then that one is meant. */
  begin(
    asked: Omit<NewEscalation, 'number' | 'startedAtMs' | 'ladder'>,
  ): Promise<{ readonly escalation: Escalation; readonly isNew: boolean }>;
  get(ref: EscalationRef): Promise<Escalation | undefined>;
  /** Of a ticket, the newest first. */
  ofTicket(ticketId: string): Promise<readonly Escalation[]>;
  /** Whose card it is, in a chat or with a person. */
  ofCard(messageId: string): Promise<EscalationRef | undefined>;
  /**
   * Lets something happen: writes the new state down, sets its timer, and only then says what is to be done.
   * @returns undefined when there is no such escalation
   */
  tell(ref: EscalationRef, news: EscalationNews): Promise<Stepped | undefined>;
  /** What somebody would be told who wanted this now. Nothing happens. */
  foresee(state: Escalation, news: EscalationNews): Answer;
  /**
   * Of those who press buttons of one escalation in the same moment the first goes on; the others can be told before anything is done.
   * It holds until `worked`, and for 5 s at most.
   * @returns who was first, when that is somebody else
   */
  press(ref: EscalationRef, by: string): Promise<string | undefined>;
  /** What somebody pressed was worked on. */
  worked(ref: EscalationRef, by: string): Promise<void>;
  /** The open ids of those who have read the card in the chat. @throws FeishuError */
  readers(messageId: string): Promise<readonly string[]>;
}

export interface EscalationsDeps {
  readonly records: Records;
  readonly timers: Timers;
  readonly buzz: Pick<Buzz, 'readers'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly settings: OncallSettings;
  readonly rules: Rules;
}

const keepMs = 30 * 86_400_000;
/** By `<ticket>/<number>`; listed by ticket. */
const escalations: RecordKind<Escalation> = { name: 'escalation', schema: escalationShape, keepMs };
/** By message id. */
const cards: RecordKind<EscalationRef> = {
  name: 'escalation_card',
  schema: z.object({ ticket: z.string(), number: z.number() }),
  keepMs,
};
/** By `<ticket>/<number>`: who has pressed a button that was not worked on yet. */
const presses: RecordKind<{ by: string }> = {
  name: 'escalation_press',
  schema: z.object({ by: z.string() }),
  // A crash between the answer to a click and its work must not keep others waiting.
  keepMs: 5_000,
};

const listedCount = 20;
/** As often may others be quicker; then something is wrong. */
const triesMaxCount = 50;
/** A call without an outcome after so long is not coming back: the client tries for two minutes. */
const checkAfterMs = 180_000;

const keyOf = ({ ticket, number }: EscalationRef): string => `${ticket}/${number}`;

export function createEscalations(deps: EscalationsDeps): Escalations {
  const { records, clock, settings } = deps;

  const ofTicket = async (ticketId: string): Promise<readonly Escalation[]> => {
    const found = await records.list(escalations, ticketId, listedCount);
    return found.map(({ value }) => value).sort((a, b) => b.number - a.number);
  };

  const tell = async (ref: EscalationRef, news: EscalationNews): Promise<Stepped | undefined> => {
    for (let count = 0; count < triesMaxCount; count += 1) {
      const stored = await records.get(escalations, keyOf(ref));
      if (stored === undefined) return undefined;
      const atMs = clock.nowMs();
      const stepped = step(stored.value, { ...news, atMs }, deps.rules);
      const isNew = stepped.state !== stored.value;
      const options = { expect: stored.version, index: ref.ticket };
      const written = isNew
        ? await records.put(escalations, keyOf(ref), stepped.state, options)
        : stored.version;
      if (written === 'conflict') continue;
      if (news.kind === 'posted' || news.kind === 'copied') await records.put(cards, news.cardId, refOf(ref));
      await arm(deps, stepped.state);
      await armChecks(deps, stepped.state, stepped.effects, atMs);
      return stepped;
    }
    throw new Error('an escalation changes all the time');
  };

  return {
    settings,
    ofTicket,
    tell,
    foresee: (state, news) => step(state, { ...news, atMs: clock.nowMs() }, deps.rules).answer,

    async press(ref, by) {
      const key = keyOf(ref);
      if ((await records.put(presses, key, { by }, { expect: 0 })) !== 'conflict') return undefined;
      const first = (await records.get(presses, key))?.value.by;
      return first === by ? undefined : first;
    },
    async worked(ref, by) {
      if ((await records.get(presses, keyOf(ref)))?.value.by === by)
        await records.delete(presses, keyOf(ref));
    },

    readers: (messageId) => deps.buzz.readers(messageId),
    get: async (ref) => (await records.get(escalations, keyOf(ref)))?.value,
    ofCard: async (messageId) => (await records.get(cards, messageId))?.value,

    async begin(asked) {
      for (let count = 0; count < triesMaxCount; count += 1) {
        const [latest] = await ofTicket(asked.ticket);
        if (latest !== undefined && !isOver(latest)) {
          await arm(deps, latest);
          return { escalation: latest, isNew: false };
        }
        const number = (latest?.number ?? 0) + 1;
        const escalation = beginEscalation({
          ...asked,
          number,
          startedAtMs: clock.nowMs(),
          ladder: settings.ladder,
        });
        const options = { expect: 0, index: asked.ticket };
        if ((await records.put(escalations, keyOf(escalation), escalation, options)) === 'conflict') continue;
        await arm(deps, escalation);
        return { escalation, isNew: true };
      }
      throw new Error('an escalation cannot be begun');
    },
  };
}

function refOf({ ticket, number }: EscalationRef): EscalationRef {
  return { ticket, number };
}

/** The timer of a state. Set each time that the state is touched: the store takes a generation once. */
async function arm({ timers }: EscalationsDeps, state: Escalation): Promise<void> {
  const key = keyOf(state);
  const value = { ticket: state.ticket, number: state.number, seq: state.seq };
  if (state.dueAtMs !== undefined)
    await timers.set({ name: 'escalate.due', key, generation: state.seq, atMs: state.dueAtMs, value });
  else if (!isOpen(state)) await timers.cancel('escalate.due', key, state.seq);
}

/** Besides the job that is under way, which is set aside when it dies too often. */
async function armChecks(
  { timers }: EscalationsDeps,
  state: Escalation,
  effects: readonly Effect[],
  atMs: number,
): Promise<void> {
  for (const effect of effects) {
    const call = effect.kind === 'call' ? effect.call.n : 0;
    const value = { ticket: state.ticket, number: state.number, call };
    await timers.set({
      name: 'escalate.check',
      key: `${keyOf(state)}/${call}`,
      generation: state.seq,
      atMs: atMs + checkAfterMs,
      value,
    });
  }
}
