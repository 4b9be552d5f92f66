/** `/audit`: who did what with a ticket through the bot, where and when, and who was refused. */

import { ticketRefs } from '../arguments.ts';
import { auditCard, auditLineMaxCount } from '../cards/auditCard.ts';
import { defineCommand } from '../command.ts';
import { say } from '../text.ts';

export const audit = defineCommand({
  name: 'audit',
  aliases: ['审计'],
  access: 'managers',
  args: [ticketRefs({ max: 1 })],
  summary: say('查看谁对工单做过什么', 'Show who did what with a ticket', 'チケットの操作記録を表示'),
  examples: ['/audit 7012345678901234567'],
  async run([[id = '']], { audit, view }) {
    return { card: auditCard(id, await audit.ofTicket(id, auditLineMaxCount + 1), view), tickets: [id] };
  },
});
