import type { Command } from '../command.ts';
import { help } from './help.ts';
import { ticket } from './ticket.ts';

/** Every command, in the order in which `/help` shows them. */
export const commands: readonly Command[] = [ticket, help];
