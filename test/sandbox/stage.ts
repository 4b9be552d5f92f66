import { type Caller, callerOf } from './caller.ts';
import { type FakeBot, type Heard, type Reply, startFakeBot } from './fakeBot.ts';
import type { Schedule } from './push.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { decrypt } from './seal.ts';

/** A sandbox and a bot in its place, with timers that the test winds by hand. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly bot: FakeBot;
  readonly api: Caller;
  readonly timers: { task: () => void; delayMs: number; cancelled: boolean }[];
  close(): Promise<void>;
}

export async function openStage(answer: (heard: Heard) => Reply | Promise<Reply>): Promise<Stage> {
  const timers: Stage['timers'] = [];
  const schedule: Schedule = (task, delayMs) => {
    const timer = { task, delayMs, cancelled: false };
    timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  };
  const bot = await startFakeBot(answer);
  const sandbox = await startSandbox({ webhookUrl: bot.url, schedule });
  return {
    sandbox,
    bot,
    api: await callerOf(sandbox),
    timers,
    async close() {
      await sandbox.close();
      await bot.close();
    },
  };
}

export const fine: Reply = { status: 200, body: {} };
export const question = { chat: 'IT 服务台', person: '林晓', text: '/ticket 1' } as const;

/** The payload of what the bot heard. */
export const opened = ({ app }: Sandbox, { body }: Heard) =>
  JSON.parse(decrypt(app.encryptKey, JSON.parse(body).encrypt));
