import { describe, expect, it } from 'vitest';
import { type TicketListItem, ticketListCard } from '../../src/cards/ticketListCard.ts';
import { behaviors, lines } from './reading.ts';
import { talkWith, ticket, ticketId, view } from './samples.ts';

const found: TicketListItem = { state: 'found', ticket: ticket(), conversation: talkWith(2) };

describe('the list card', () => {
  it('has for each ticket what it is about, what matters now, and how many pictures it has', () => {
    expect(
      lines(
        ticketListCard(
          [
            found,
            { ...found, ticket: ticket({ id: '7', fields: [], owner: undefined }), conversation: undefined },
          ],
          view(),
        ),
      ),
    ).toEqual([
      'VPN 连接失败，错误代码 809',
      'An agent replied 5 min ago',
      `Ticket ${ticketId} · In progress · 佐藤健 · 2 pictures`,
      'Waiting for an agent for 2 h 10 min; nobody owns it',
      'Ticket 7 · In progress · Unassigned',
      'As of 2025-03-04 10:30 (Asia/Shanghai)',
    ]);
  });

  it('says no such ticket and not yours in the same words, and what could not be read', () => {
    const card = ticketListCard(
      [
        found,
        { state: 'missing', id: '42' },
        { state: 'failed', id: '43', logId: 'L1' },
        { state: 'failed', id: '44', logId: undefined },
      ],
      view(),
    );
    expect(lines(card).slice(3, -1)).toEqual([
      'Ticket 42',
      'No such ticket, or it is not yours to see',
      'Ticket 43',
      'Could not be read now · Log ID: L1',
      'Ticket 44',
      'Could not be read now',
    ]);
  });

  it('has a button that shows the ticket; else one that opens it; else none', () => {
    const made = (change: Parameters<typeof view>[0]) => behaviors(ticketListCard([found], view(change)));
    expect(made({})).toEqual([[{ type: 'callback', value: { action: 'ticket.show', ticket: ticketId } }]]);
    expect(made({ actions: new Set() })).toEqual([
      [{ type: 'open_url', default_url: `https://desk.example.com/tickets/${ticketId}` }],
    ]);
    expect(made({ actions: new Set(), ticketUrl: undefined })).toEqual([]);
  });
});
