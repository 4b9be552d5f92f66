/**
 * Who did what: every use of a command or a button that changes something or lifts a mask, and every refusal, becomes a record that
 * `/audit` shows. What is only read leaves a line in the log: a write for each look at a ticket would cost more than it tells.
 */

import { z } from 'zod';
import { ticketId } from './arguments.ts';
import type { Action, Command } from './command.ts';
import type { Json } from './domain.ts';
import type { Desk } from './place.ts';

/** One use, by its ids. Nothing that was typed or shown. */
export interface Deed {
  /** `export`, or `ticket.reveal` for a button. */
  readonly what: string;
  /** Undefined when it is about none in particular. */
  readonly ticket: string | undefined;
  readonly openId: string | undefined;
  readonly chatId: string;
  readonly eventId: string;
  readonly allowed: boolean;
}

/**
 * Keeps it, before the work begins.
 * @param kept false: a line in the log is enough
 * @throws StoreUnavailable
 */
export async function keepDeed({ services, log }: Desk, deed: Deed, kept: boolean): Promise<void> {
  const { openId = '', ticket = '', ...rest } = deed;
  const entry = { ...rest, who: openId, ticket };
  if (kept) await services.audit.note(entry);
  else log.info(entry, 'audit');
}

/** Whether a button's uses are kept: as it says itself, else as those of its command. */
export function isKept({ effect }: Command, action?: Action): boolean {
  return action?.audited ?? effect === 'changes';
}

const button = z.object({ ticket: z.string().regex(ticketId) });

/** The ticket that a button is about. */
export function ticketOfButton(value: Json): string | undefined {
  return button.safeParse(value).data?.ticket;
}
