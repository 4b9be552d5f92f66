/** What the bot does when nobody has asked: a ticket changed, or the time for something has come. */

import { welcomeCard } from './cards/welcomeCard.ts';
import type { Background } from './command.ts';
import type { MembershipInbound, Outgoing } from './domain.ts';
import type { BackgroundCause, DueTimer } from './job.ts';
import { type Desk, viewIn } from './place.ts';

/** Whether any command wants news about tickets. */
export function follows({ commands }: Desk): boolean {
  return commands.some(({ onTicket }) => onTicket !== undefined);
}

/** Whether any command wants to know what was read. */
export function hears({ commands }: Desk): boolean {
  return commands.some(({ onRead }) => onRead !== undefined);
}

/**
 * Asks the commands that are concerned what is to be sent.
 * @throws FeishuError, StoreUnavailable: the event or timer is then worked on again
 */
export async function runInBackground(desk: Desk, cause: BackgroundCause): Promise<readonly Outgoing[]> {
  const background = backgroundOf(desk);
  if (cause.kind === 'membership') return changeMembership(desk, cause);
  if (cause.kind === 'timer') return runTimer(desk, cause, background);
  const outgoing = await Promise.all(
    desk.commands.map((command) =>
      cause.kind === 'read' ? command.onRead?.(cause, background) : command.onTicket?.(cause, background),
    ),
  );
  return outgoing.flatMap((list) => list ?? []);
}

function backgroundOf(desk: Desk): Background {
  return {
    ...desk.services,
    nowMs: desk.clock.nowMs(),
    viewIn: ({ chatId, chatType }) => viewIn(desk, chatId, chatType),
    // Only colleagues can leave behind what is done later, and whoever is one no more is in no list and in no schedule.
    mayNow: (level, openId, chatId) =>
      desk.access.decide(level, { openId, tenantKey: 'own', botTenantKey: 'own' }, chatId),
  };
}

/** Greets a group that the bot was added to, once for each time; forgets one that it was removed from. */
async function changeMembership(
  desk: Desk,
  { chatId, change, eventId }: MembershipInbound,
): Promise<readonly Outgoing[]> {
  if (change === 'removed') {
    await leaveChat(desk, chatId);
    return [];
  }
  const to = { chatId, chatType: 'group', replyTo: undefined, inThread: false } as const;
  const card = welcomeCard(viewIn(desk, chatId, 'group'));
  return [{ kind: 'post', key: `welcome/${eventId}`, to, card, tickets: [] }];
}

/**
 * Drops what is kept for a chat in which the bot can no longer speak.
 * @throws StoreUnavailable
 */
export async function leaveChat(desk: Desk, chatId: string): Promise<void> {
  const background = backgroundOf(desk);
  await Promise.all(desk.commands.map((command) => command.onChatLeft?.(chatId, background)));
  await desk.services.postedCards.forgetChat(chatId);
  desk.log.info({ chatId }, 'the bot has left this chat; what was kept for it is dropped');
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
