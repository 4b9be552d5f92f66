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
import type { AccessLevel, Command, Context } from './command.ts';
import type { Reply } from './domain.ts';
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

/** @throws what is neither a UserError nor a FeishuError: a bug, or a store that is away */
export function replyOf({ metrics, log }: Desk, { name }: Command, outcome: Outcome, view: View): Reply {
  const count = (result: string): void => metrics.commands.inc({ command: name, outcome: result });
  if (outcome.ok) {
    count('answered');
    return outcome.reply;
  }
  const { error } = outcome;
  if (error instanceof UserError) {
    count('mistaken');
    return { card: noticeCard({ tone: 'problem', what: error.what, next: error.next }, view), tickets: [] };
  }
  count('failed');
  if (!(error instanceof FeishuError)) throw error;
  log.warn({ err: error, command: name }, 'a command failed');
  return { card: problemCard(error, view), tickets: [] };
}

export interface Refusal {
  readonly command: Command;
  readonly level: AccessLevel;
  readonly decision: Exclude<Decision, 'allowed'>;
  readonly asker: Asker;
  readonly chatId: string;
}

/** Every refusal leaves a line in the log, with ids only. */
export function noteRefusal(
  { log, metrics }: Desk,
  { command, level, decision, asker, chatId }: Refusal,
): void {
  metrics.commands.inc({ command: command.name, outcome: decision === 'denied' ? 'refused' : 'unchecked' });
  log.info({ command: command.name, level, decision, openId: asker.openId, chatId }, 'refused');
}

/** Says which right is missing and whom to ask for it. */
export function refuse(desk: Desk, refusal: Refusal, { view }: Pick<Context, 'view'>): Reply {
  noteRefusal(desk, refusal);
  const { level, decision, command } = refusal;
  const words =
    decision === 'unknown'
      ? { what: rightsUnknown, next: rosterUnreadable }
      : { what: missingRight(level, command.name), next: whomToAsk(level) };
  return { card: noticeCard({ tone: 'problem', ...words }, view), tickets: [] };
}
