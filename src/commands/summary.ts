/** `/summary`: the figures of a period, now or again and again, and one ticket told from beginning to end. */

import { z } from 'zod';
import { defineAction, defineCommand, defineTimer } from '../command.ts';
import { say } from '../text.ts';
import { showSummary } from './summary/period.ts';
import { summaryAccess, summaryRequest } from './summary/request.ts';
import { dueValue, listSchedules, sendDue, setSchedule, stopAll, stopSchedule } from './summary/schedule.ts';
import { showStory } from './summary/ticketStory.ts';

export const summary = defineCommand({
  name: 'summary',
  aliases: ['汇总'],
  access: 'overview',
  accessFor: summaryAccess,
  // It may take many calls, so it starts only when the rights are known; and it may set a schedule.
  effect: 'changes',
  args: [summaryRequest()],
  summary: say(
    '汇总一段时间的工单，或一个工单的经过',
    'Figures of a period, or what happened in one ticket',
    '期間の集計、または 1 件のチケットの経緯',
  ),
  examples: [
    '/summary 7d',
    say('/汇总 上周 tag:VPN', '/summary last week tag:VPN', '/summary last week tag:VPN'),
    say(
      '/汇总 最近7天 每个工作日 09:30',
      '/summary 7d every weekday 09:30',
      '/summary 7d every weekday 09:30',
    ),
    '/summary schedules',
    '/summary 7012345678901234567',
  ],
  async run([request], context) {
    switch (request.kind) {
      case 'ticket':
        return showStory(request.id, context);
      case 'period':
        return showSummary(request.line, context);
      case 'schedule':
        return setSchedule(request.line, request.recurrence, context);
      case 'list':
        return listSchedules(context);
      case 'stop':
        return stopSchedule(request.id, context);
    }
  },
  actions: {
    stop: defineAction({
      toast: say('正在停止…', 'Stopping…', '停止しています…'),
      access: 'overview',
      value: z.object({ schedule: z.string().regex(/^[0-9a-f]{8}$/) }),
      run: (value, context) => stopSchedule(value.schedule, context),
    }),
  },
  timers: {
    due: defineTimer({ value: dueValue, run: sendDue }),
  },
  onChatLeft: stopAll,
});
