/** `/oncall`: who is on duty now and next, by the agents' schedules. */

import { optional, word } from '../arguments.ts';
import { calendarIn } from '../calendar.ts';
import { oncallCard } from '../cards/oncallCard.ts';
import { defineCommand } from '../command.ts';
import { dutyAt } from '../duty.ts';
import { say } from '../text.ts';

export const oncall = defineCommand({
  name: 'oncall',
  aliases: ['值班'],
  access: 'served',
  args: [optional(word(say('技能', 'skill', 'スキル')))],
  summary: say('谁在值班', 'Who is on duty', '誰が当番か'),
  examples: ['/oncall', say('/值班 网络', '/oncall network', '/oncall ネットワーク')],
  async run([skill], { agents, escalations, view }) {
    const { agents: roster } = await agents.roster();
    const duty = dutyAt(roster, view.nowMs, calendarIn(view.timeZone), skill);
    const standInCount = escalations.settings.users.length;
    return { card: oncallCard({ duty, skill, standInCount }, view), tickets: [] };
  },
});
