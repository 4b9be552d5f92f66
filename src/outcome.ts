/** What becomes of a command's work: a reply, or a card that says what was wrong. */

import {
  type Asker,
  type Decision,
  missingRight,
  rightsUnknown,
  rosterUnreadable,
  whomToAsk,
} from './access.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import { whichTicketCard } from './cards/whichTicketCard.ts';
import type { AccessLevel, Command, Context } from './command.ts';
import type { Card, Reply } from './domain.ts';
import { FeishuError, UserError } from './errors.ts';
import type { Desk } from './place.ts';
import { problemCard } from './problemCard.ts';

export type Outcome =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly error: unknown };

/** Never rejects, so that work whose answer nobody will hear can fail in peace. */
export async function settled(work: () => Promise<Reply>): Promise<Outcome> {
  try {
    return { ok: true, reply: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/**
 * Leaves one line in the log for each command.
 * @throws what is neither a UserError nor a FeishuError: a bug, or a store that is away
 */
export async function replyOf(
  desk: Desk,
  { name }: Command,
  outcome: Outcome,
  view: View,
  { eventId, chatId }: { readonly eventId: string; readonly chatId: string },
): Promise<Reply> {
  const { metrics, log } = desk;
  const line = { eventId, chatId, command: name };
  const count = (result: string): void => {
    metrics.commands.inc({ command: name, outcome: result });
    // A failure that is an error has a line of its own, with the error in it.
    if (result !== 'failed') log.info({ ...line, outcome: result }, 'command');
    else if (outcome.ok) log.warn({ ...line, outcome: result }, 'command');
  };
  if (outcome.ok) {
    count(outcome.reply.failed === true ? 'failed' : 'answered');
    return outcome.reply;
  }
  const { error } = outcome;
  if (error instanceof UserError) {
    count('mistaken');
    if (error.tickets.length > 0) return { card: await askWhichTicket(desk, name, error, view), tickets: [] };
    return { card: noticeCard({ tone: 'problem', what: error.what, next: error.next }, view), tickets: [] };
  }
  count('failed');
  if (!(error instanceof FeishuError)) throw error;
  log.warn({ ...line, err: error }, 'a command failed');
  return { card: problemCard(error, view), tickets: [] };
}

/** The tickets that may have been meant, with what is known of them without asking the helpdesk. */
async function askWhichTicket(
  { services }: Desk,
  command: string,
  { what, next, tickets }: UserError,
  view: View,
): Promise<Card> {
  const known = await services.knownTickets.get(tickets);
  const offered = tickets.map((id, index) => ({ id, known: known[index]?.ticket }));
  return whichTicketCard({ command, what, next, tickets: offered }, view);
}

export interface Refusal {
  readonly command: Command;
  readonly level: AccessLevel;
  readonly decision: Exclude<Decision, 'allowed'>;
  readonly asker: Asker;
  readonly chatId: string;
  readonly eventId: string;
}

/** Every refusal leaves a line in the log, with ids only. */
export function noteRefusal(
  { log, metrics }: Desk,
  { command, level, decision, asker, chatId, eventId }: Refusal,
): void {
  metrics.commands.inc({ command: command.name, outcome: decision === 'denied' ? 'refused' : 'unchecked' });
  const line = { eventId, chatId, command: command.name, openId: asker.openId };
  log.info({ ...line, needs: level, decision }, 'refused');
}

/** Says which right is missing and whom to ask for it. */
export function refuse(desk: Desk, refusal: Refusal, { view }: Pick<Context, 'view'>): Reply {
  noteRefusal(desk, refusal);
  const { level, decision, command } = refusal;
  const words =
    decision === 'unknown'
      ? { what: rightsUnknown, next: rosterUnreadable }
      : { what: missingRight(level, command.name), next: whomToAsk(level, desk.access.managersNamed) };
  return { card: noticeCard({ tone: 'problem', ...words }, view), tickets: [] };
}
