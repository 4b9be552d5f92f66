import type { Command } from '../command.ts';
import { audit } from './audit.ts';
import { doctor } from './doctor.ts';
import { escalate } from './escalate.ts';
import { escalationReplies } from './escalationReplies.ts';
import { exportTicket } from './export.ts';
import { faq } from './faq.ts';
import { help } from './help.ts';
import { oncall } from './oncall.ts';
import { summary } from './summary.ts';
import { ticket } from './ticket.ts';
import { tickets } from './tickets.ts';
import { unwatch, watch } from './watch.ts';

/** Every command, in the order in which `/help` shows them. */
export const commands: readonly Command[] = [
  ticket,
  tickets,
  summary,
  faq,
  exportTicket,
  escalate,
  ...escalationReplies,
  oncall,
  watch,
  unwatch,
  audit,
  doctor,
  help,
];
