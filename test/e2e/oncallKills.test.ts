/** The timers of an escalation under `kill -9`, with both kinds of storage. The bot is a process of its own. */

import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { mainTicketId } from '../sandbox/seed.ts';
import { type BotProcess, forget, startBot } from '../support/bot.ts';
import { describeNeeding } from '../support/programs.ts';
import { startRedis } from '../support/redisServer.ts';

const support = 'IT 服务台';
/** Leases of the dead end after 15 s at most. */
const patienceMs = 40_000;

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one();
});

interface Killed {
  readonly sandbox: Sandbox;
  /** Kills the process, and starts another on the same storage. */
  again(): Promise<void>;
  /** Who was called so far: by their names, in order. */
  rings(): string[];
  said(): string;
}

async function escalated(
  ladder: string,
  env: Record<string, string>,
  fault?: Parameters<Sandbox['fault']>[0],
): Promise<Killed> {
  const sandbox = await startSandbox();
  cleanUp.push(() => sandbox.close());
  const settings = { ACCESS_CHATS: sandbox.world.chat(support).chatId, ONCALL_LADDER: ladder, ...env };
  let bot: BotProcess = await startBot(sandbox, { env: settings });
  cleanUp.push(async () => {
    await bot.kill();
    forget(bot);
  });
  if (fault !== undefined) sandbox.fault(fault);
  const said = await sandbox.say({ chat: support, person: '佐藤 健', text: `/escalate ${mainTicketId}` });
  expect(said.status).toBe(200);
  return {
    sandbox,
    async again() {
      await bot.kill();
      sandbox.clearFaults();
      bot = await startBot(sandbox, { dataDir: bot.dataDir, env: settings });
    },
    rings: () =>
      sandbox.ledger
        .notifications()
        .filter(({ via }) => via.startsWith('urgent'))
        .map(({ target, via }) => `${sandbox.world.person(target).name} ${via.slice(7)}`),
    said: () =>
      sandbox.ledger
        .sentTo(sandbox.world.chat(support).chatId)
        .map(({ card }) => JSON.stringify(card))
        .join('\n'),
  };
}

/** @param storage the variables that choose it */
function kills(storage: () => Promise<Record<string, string>>): void {
  it('a rung comes although the process died before it', async () => {
    const { sandbox, again, rings, said } = await escalated('app@0s sms@3s phone@60s', await storage());
    // The outcome of the first call is written down.
    await sandbox.waitFor(() => (said().includes('Called') ? true : undefined), patienceMs);
    await again();
    await sandbox.waitFor(() => rings()[1], patienceMs);
    expect(rings()).toEqual(['林晓 app', '林晓 sms']);
  }, 120_000);

  it('an SMS that was under way is not sent again, and the next person is called', async () => {
    const fault = { endpoint: 'urgentSms', delayMs: 600_000, times: 1 } as const;
    const { sandbox, again, rings, said } = await escalated('sms@0s app@60s', await storage(), fault);
    await sandbox.waitFor(() => sandbox.ledger.callsTo('urgentSms')[0], patienceMs);
    await again();
    await sandbox.waitFor(() => rings()[0], patienceMs);
    await sandbox.waitFor(() => (said().includes('Called') ? true : undefined), patienceMs);
    expect(rings()).toEqual(['Maya Patel sms']);
    expect(said()).toContain('It is not known whether 林晓 was called by SMS');
  }, 120_000);
}

describe('on SQLite', () => kills(async () => ({})));

describeNeeding('redis-server', 'on Redis', (path) => {
  kills(async () => {
    const redis = await startRedis(path);
    cleanUp.push(() => redis.dispose());
    return { REDIS_URL: redis.url };
  });
});
