/** What the bot does when nobody has asked: a ticket changed, or the time for something has come. */

import type { Background } from './command.ts';
import type { Outgoing, TicketInbound } from './domain.ts';
import type { DueTimer } from './job.ts';
import { type Desk, viewIn } from './place.ts';

/** Whether any command wants news about tickets. */
export function follows({ commands }: Desk): boolean {
  return commands.some(({ onTicket }) => onTicket !== undefined);
}

/**
 * Asks the commands that are concerned what is to be sent.
 * @throws FeishuError, StoreUnavailable: the event or timer is then worked on again
 */
export async function runInBackground(
  desk: Desk,
  cause: TicketInbound | DueTimer,
): Promise<readonly Outgoing[]> {
  const background: Background = {
    ...desk.services,
    nowMs: desk.clock.nowMs(),
    viewIn: ({ chatId, chatType }) => viewIn(desk, chatId, chatType),
  };
  if (cause.kind === 'timer') return runTimer(desk, cause, background);
  const outgoing = await Promise.all(desk.commands.map((command) => command.onTicket?.(cause, background)));
  return outgoing.flatMap((list) => list ?? []);
}

async function runTimer(
  { commands, log }: Desk,
  { name, value }: DueTimer,
  background: Background,
): Promise<readonly Outgoing[]> {
  const [commandName, timerName = ''] = name.split('.');
  const command = commands.find((one) => one.name === commandName);
  const work = command?.timers[timerName]?.prepare(value);
  if (work !== undefined) return work(background);
  log.error({ timer: name }, 'a timer of an older version is dropped');
  return [];
}
