/**
 * What Feishu lets only a signed-in agent do. People try these, so the bot knows them and says why it cannot; they stand neither in
 * `/help` nor among the suggestions.
 */

import { aboutTicket } from '../arguments.ts';
import { noticeCard } from '../cards/noticeCard.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Text } from '../domain.ts';
import { say, sentence, text } from '../text.ts';

/**
 * Changing a ticket takes the token of an agent who has signed in, and nothing that a bot sends into a ticket comes from an agent.
 * https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/update
 */
export const agentOnly: readonly Command[] = [
  refused('close', '关闭', say('关闭工单', 'close a ticket', 'チケットを終了')),
  refused('assign', '分配', say('分配工单', 'assign a ticket', 'チケットの担当者を変更')),
  refused('reply', '回复', say('回复用户', 'reply to the customer', 'ユーザーに返信')),
];

function refused(name: string, alias: string, deed: Text): Command {
  return defineCommand({
    name,
    aliases: [alias],
    access: 'served',
    args: [aboutTicket()],
    summary: deed,
    examples: [],
    async run([id], { view }) {
      const url = id && view.ticketUrl?.replaceAll('{id}', id);
      const link = id && url ? { text: text.button.open, url } : undefined;
      return {
        card: noticeCard({ tone: 'info', what: onlyAgents({ deed }), next: inHelpdesk, link }, view),
        tickets: id ? [id] : [],
      };
    },
  });
}

const onlyAgents = sentence(
  '机器人不能{deed}：飞书只允许已登录的客服这样做。',
  'The bot cannot {deed}: Feishu lets only an agent who is signed in do this.',
  'ボットは{deed}できません。Feishu ではログイン中の担当者だけが行えます。',
);

const inHelpdesk = say(
  '请在服务台中操作。',
  'Please do it in the helpdesk.',
  'ヘルプデスクで操作してください。',
);
