/** `/owner`: who is responsible for a ticket. */

import { ticketRefs } from '../../src/arguments.ts';
import { noticeCard } from '../../src/cards/noticeCard.ts';
import { defineCommand } from '../../src/command.ts';
import { say, sentence } from '../../src/text.ts';

export const owner = defineCommand({
  name: 'owner',
  aliases: ['负责人'],
  access: 'served',
  args: [ticketRefs({ max: 1 })],
  summary: say('查看工单负责人', 'Show who owns a ticket', 'チケットの担当者を表示'),
  examples: ['/owner 6626871355780366331'],
  async run([[id = '']], { tickets, view }) {
    const { ticket } = await tickets.get(id);
    const what = ticket.owner ? owned({ name: ticket.owner.name }) : unowned;
    return { card: noticeCard({ tone: 'info', what }, view), tickets: [id] };
  },
});

const owned = sentence('负责人：{name}', 'Owner: {name}', '担当者：{name}');
const unowned = say('还没有负责人', 'Nobody owns it yet', '担当者はまだいません');
