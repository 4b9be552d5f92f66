/** `/help`: what the bot can do. Also what a mention without a command, and anything else in a direct chat, is answered with. */

import { optional, word } from '../arguments.ts';
import { helpCard } from '../cards/helpCard.ts';
import { type Command, defineCommand } from '../command.ts';
import { say } from '../text.ts';

export const help = defineCommand({
  name: 'help',
  aliases: ['h', '?', '帮助'],
  access: 'anyone',
  args: [optional(word(say('指令', 'command', 'コマンド')))],
  summary: say('查看指令及其用法', 'Show the commands', 'コマンドの一覧を表示'),
  examples: ['/help', '/help ticket'],
  async run([about], { commands, place, view }) {
    const shown = { commands: commands.map(asTyped), chatType: place.chatType };
    const card = helpCard(about === undefined ? shown : { ...shown, only: about }, view);
    return { card, tickets: [] };
  },
});

/** With the slash that people type. */
function asTyped({ usage, aliases, summary, examples, effect }: Command) {
  const changes = effect === 'changes';
  return { usage, aliases: aliases.map((alias) => `/${alias}`), summary, examples, changes };
}
