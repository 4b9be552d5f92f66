/** The buttons that cards about tickets share. Each is undefined when it would do nothing. */

import { text } from '../text.ts';
import { type Button, button } from './elements.ts';
import type { View } from './view.ts';

/** Reads the ticket again and shows it in the same card. */
export function refreshButton(ticketId: string, view: View): Button | undefined {
  if (!view.actions.has('ticket.refresh')) return undefined;
  return button(text.button.refresh, { call: { action: 'ticket.refresh', ticket: ticketId } });
}

/** Posts the ticket's own card. */
export function showButton(ticketId: string, view: View): Button | undefined {
  if (!view.actions.has('ticket.show')) return undefined;
  return button(text.button.show, { call: { action: 'ticket.show', ticket: ticketId } }, { size: 'small' });
}

/** Opens the ticket's page in the helpdesk. */
export function openButton(ticketId: string, view: View, size?: 'small'): Button | undefined {
  if (view.ticketUrl === undefined) return undefined;
  const url = view.ticketUrl.replaceAll('{id}', encodeURIComponent(ticketId));
  return button(text.button.open, { open: url }, size === undefined ? { type: 'primary' } : { size });
}
