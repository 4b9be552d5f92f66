/** What somebody is told who asks more than the budget allows. */

import { type Asking, clickLater, listensAgain, tooMuch, type Verdict } from './budget.ts';
import { noticeCard } from './cards/noticeCard.ts';
import type { View } from './cards/view.ts';
import type { Reply, Text } from './domain.ts';
import type { Desk } from './place.ts';

type Over = Exclude<Verdict, { readonly kind: 'within' }>;

/**
 * Counts it, and leaves one line in the log when somebody goes over.
 * @param openId undefined for who is no colleague: refused in any case, and uses up nothing that the chat has
 */
export function spend(
  { budget, log, metrics }: Desk,
  { eventId, chatId }: Pick<Asking, 'eventId' | 'chatId'>,
  kind: Asking['kind'],
  openId: string | undefined,
): Verdict {
  if (openId === undefined) return { kind: 'within' };
  const verdict = budget.spend({ eventId, kind, openId, chatId });
  if (verdict.kind === 'within') return verdict;
  metrics.commands.inc({ command: kind, outcome: 'held_back' });
  if (verdict.kind === 'tell')
    log.warn({ eventId, chatId, openId, whose: verdict.whose }, 'over the budget of this minute');
  return verdict;
}

/** One notice; silence for what comes after it. */
export function holdBack({ kind, whose, forMs }: Over, view: View): Reply | undefined {
  if (kind === 'silent') return undefined;
  const next = listensAgain({ seconds: secondsOf(forMs) });
  return { card: noticeCard({ tone: 'info', what: tooMuch[whose], next }, view), tickets: [] };
}

/** A click is always answered. */
export function clickAgain({ forMs }: Over): Text {
  return clickLater({ seconds: secondsOf(forMs) });
}

function secondsOf(forMs: number): number {
  return Math.max(1, Math.ceil(forMs / 1_000));
}
