/** Which summaries are to be sent to which chat, and when next. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RecordKind, Records } from '../store/store.ts';

const scheduleShape = z.object({
  id: z.string(),
  chatId: z.string(),
  chatType: z.enum(['p2p', 'group']),
  /** The open id of the person who asked for it. */
  by: z.string(),
  /** The filters as the bot writes them, and as they were typed. */
  line: z.string(),
  typed: z.string(),
  days: z.union([z.enum(['day', 'weekday']), z.number()]),
  hour: z.number(),
  minute: z.number(),
  dueAtMs: z.number(),
  /** Grows each time that it is set or stopped: a timer of an older one does nothing. */
  revision: z.number(),
  active: z.boolean(),
});

export type SummarySchedule = Readonly<z.infer<typeof scheduleShape>>;
export type NewSummarySchedule = Omit<SummarySchedule, 'id' | 'revision' | 'active'>;

/** All throw StoreUnavailable. */
export interface SummarySchedules {
  /** Sets one; the same for the same chat, filters and time is set anew. @returns undefined when the chat has its fill */
  set(schedule: NewSummarySchedule): Promise<SummarySchedule | undefined>;
  get(id: string): Promise<SummarySchedule | undefined>;
  /** Those of a chat that are not stopped, the next one first. */
  ofChat(chatId: string): Promise<readonly SummarySchedule[]>;
  /** @returns it as it was, or undefined when there is none to be stopped */
  stop(id: string): Promise<SummarySchedule | undefined>;
  /** Its next time, unless it was changed since. */
  advance(schedule: SummarySchedule, dueAtMs: number): Promise<void>;
}

/** Written anew at each time, so this ends only what never comes any more. */
const schedules: RecordKind<z.infer<typeof scheduleShape>> = {
  name: 'summary_schedule',
  schema: scheduleShape,
  keepMs: 400 * 86_400_000,
};

/** More would bury a chat. */
const perChatMaxCount = 10;
/** Stopped ones are listed too. */
const listMaxCount = 100;

export function createSummarySchedules(deps: { readonly records: Records }): SummarySchedules {
  const { records } = deps;
  const get = async (id: string): Promise<{ value: SummarySchedule; version: number } | undefined> =>
    records.get(schedules, id);
  const put = (one: SummarySchedule, expect?: number): Promise<number | 'conflict'> =>
    records.put(schedules, one.id, one, {
      index: one.chatId,
      ...(expect === undefined ? {} : { expect }),
    });
  const ofChat: SummarySchedules['ofChat'] = async (chatId) =>
    (await records.list(schedules, chatId, listMaxCount))
      .map(({ value }) => value)
      .filter(({ active }) => active)
      .sort((one, other) => one.dueAtMs - other.dueAtMs);

  return {
    ofChat,
    get: async (id) => (await get(id))?.value,
    async set(schedule) {
      const id = idOf(schedule);
      const known = (await get(id))?.value;
      const others = (await ofChat(schedule.chatId)).filter((one) => one.id !== id);
      if (others.length >= perChatMaxCount) return undefined;
      const one = { ...schedule, id, revision: (known?.revision ?? 0) + 1, active: true };
      await put(one);
      return one;
    },
    async stop(id) {
      const known = (await get(id))?.value;
      if (!known?.active) return undefined;
      await put({ ...known, revision: known.revision + 1, active: false });
      return known;
    },
    async advance(schedule, dueAtMs) {
      const known = await get(schedule.id);
      if (known === undefined || known.value.revision !== schedule.revision) return;
      await put({ ...known.value, dueAtMs }, known.version);
    },
  };
}

/** Short enough to be typed, and the same for the same wish: asking twice sends one. */
function idOf({ chatId, line, days, hour, minute }: NewSummarySchedule): string {
  const wish = JSON.stringify([chatId, line, days, hour, minute]);
  return createHash('sha256').update(wish).digest('hex').slice(0, 8);
}
