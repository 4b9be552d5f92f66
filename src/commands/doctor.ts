/** `/doctor`: tries out everything that the bot needs, and says what is broken and who can mend it. */

import { doctorCard } from '../cards/doctorCard.ts';
import { defineCommand } from '../command.ts';
import { say } from '../text.ts';

export const doctor = defineCommand({
  name: 'doctor',
  aliases: ['自检'],
  access: 'managers',
  args: [],
  summary: say(
    '检查机器人的配置与权限',
    'Check the bot’s set-up and permissions',
    'ボットの設定と権限を確認',
  ),
  examples: ['/doctor'],
  async run(_args, { doctor: check, view }) {
    return {
      card: doctorCard(undefined, view),
      tickets: [],
      async *updates() {
        const findings = await check.examine({ asked: true });
        yield () => doctorCard(findings, view);
      },
    };
  },
});
