/** No secret and nothing of a ticket leaves the process by another way than a card: a story at the most talkative level, then a search. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { variables } from '../../src/variables.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { mainTicketId, ticketIds } from '../sandbox/seed.ts';
import { type BotProcess, forget, sandboxEnv, startBot } from '../support/bot.ts';
import { unsigned } from '../support/seal.ts';
import { shoot } from '../support/webhookServer.ts';
import {
  agent,
  expectNoSecrets,
  filesOf,
  lunch,
  nobody,
  patientSandbox,
  personal,
  saidIn,
  secretsOf,
  support,
} from './stage.ts';

// Hundreds of rows on one process: a busy machine may take its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const metricsToken = 'canary-metrics-token-5b1e';
const folder = mkdtempSync(join(tmpdir(), 'secrets-'));

/** Every secret by a file, none by its own variable. */
function byFiles(env: Readonly<Record<string, string>>): Record<string, string> {
  const secret = new Set(variables.filter((one) => one.secret).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      if (!secret.has(name)) return [[name, value]];
      const file = join(folder, name);
      writeFileSync(file, `${value}\n`, { mode: 0o600 });
      return [
        [name, ''],
        [`${name}_FILE`, file],
      ];
    }),
  );
}

let sandbox: Sandbox;
let bot: BotProcess;
/** Bodies of all answers to strangers. */
const bodies: string[] = [];
beforeAll(async () => {
  sandbox = await patientSandbox();
  const env = {
    ...sandboxEnv(sandbox),
    METRICS_TOKEN: metricsToken,
    LOG_LEVEL: 'trace',
    ACCESS_CHATS: sandbox.world.chat(support).chatId,
  };
  bot = await startBot(sandbox, { env: byFiles(env) });
});
afterAll(async () => {
  await bot.stop();
  forget(bot);
  rmSync(folder, { recursive: true, force: true });
  await sandbox.close();
});

async function ask(text: string, chat = support, person = agent) {
  const { messageId, status } = await sandbox.say({ chat, person, text });
  expect(status).toBe(200);
  return sandbox.waitFor(() =>
    sandbox.ledger.repliesTo(messageId).find((reply) => !/Loading \d/.test(saidIn(reply))),
  );
}

describe('a process that has its secrets from files', () => {
  it('serves', async () => {
    for (const ticket of [mainTicketId, ticketIds.hostile]) {
      expect(saidIn(await ask(`/ticket ${ticket}`))).toContain(ticket);
      expect(saidIn(await ask(`/ticket ${ticket}`, lunch))).not.toMatch(/@yunfan|138 ?0013/);
    }
    const { messageId } = await ask(`/ticket ${ticketIds.hostile}`, lunch);
    for (const name of ['refresh', 'reveal', 'conversation'])
      await sandbox.click({
        person: agent,
        messageId,
        value: { action: `ticket.${name}`, ticket: ticketIds.hostile },
      });
    await sandbox.click({
      person: nobody,
      messageId,
      value: { action: 'ticket.reveal', ticket: ticketIds.hostile },
    });
    for (const text of ['/tickets', '/faq VPN', '/help', `/audit ${ticketIds.hostile}`, '/nonsense'])
      await ask(text);
    await ask(`/ticket ${mainTicketId}`, lunch, nobody);
  });

  it('meets every kind of failure', async () => {
    const { appSecret, helpdeskToken } = sandbox.app;
    // An answer may repeat what it was sent.
    const msg = `denied for ${appSecret} ${helpdeskToken} ${sandbox.world.tokens[0]?.value}`;
    const faults = [
      { status: 400, code: 1_234_567, msg },
      { status: 500, code: 155000, msg },
      { drop: 'after' as const },
      { drop: 'half' as const },
      { raw: { status: 502, body: `<html>${msg}</html>` } },
    ];
    for (const fault of faults) {
      sandbox.fault({ endpoint: 'ticket', times: 1, ...fault });
      await ask(`/ticket ${mainTicketId}`);
      sandbox.clearFaults();
    }
    // The SDK prints the app's secret when this endpoint fails.
    sandbox.world.revokeTokens();
    sandbox.fault({ endpoint: 'tenantToken', times: 1, raw: { status: 500, body: msg } });
    const { messageId } = await sandbox.say({ chat: support, person: agent, text: '/help' });
    await sandbox.waitFor(() => sandbox.ledger.callsTo('tenantToken').at(-1)?.status === 500 || undefined);
    await sandbox.waitFor(() => sandbox.ledger.repliesTo(messageId)[0], 30_000);
  }, 60_000);

  it('answers strangers', async () => {
    const port = Number(new URL(bot.url).port);
    for (const path of ['/webhook/event', '/webhook/card', '/metrics', '/readyz', '/', '/.env'])
      for (const method of ['GET', 'POST'])
        bodies.push(JSON.stringify(await shoot(port, { ...unsigned('{"encrypt":"x"}'), path, method })));
    expect(bodies.join()).toContain('unauthorized');
  });

  it('leaves no secret anywhere', async () => {
    const shown = await fetch(`${bot.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    expect(shown.status).toBe(200);
    const metrics = await shown.text();
    const cards = JSON.stringify([...sandbox.world.messages.values()].map(({ content }) => content));
    const secrets = [...secretsOf(sandbox), metricsToken];
    expect(secrets.length).toBeGreaterThan(7);
    const outputs = { log: bot.output(), metrics, bodies: bodies.join('\n'), cards };
    for (const text of [...Object.values(outputs), ...filesOf(bot.dataDir)]) expectNoSecrets(text, secrets);
    // They are looked for in the right places.
    expect(outputs.log.length).toBeGreaterThan(5_000);
    expect(filesOf(bot.dataDir).join('')).toContain('ticket_facts');
  });

  it('leaves nothing of a ticket in logs, metrics and answers to strangers', async () => {
    const shown = await fetch(`${bot.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    for (const text of [bot.output(), await shown.text(), bodies.join('\n')])
      expect(text).not.toMatch(personal);
    for (const text of filesOf(bot.dataDir)) expect(text).not.toMatch(/@yunfan|138 ?0013/);
  });
});

describe('a process that cannot start', () => {
  it('names every variable that is wrong, and no value', async () => {
    const env = {
      ...sandboxEnv(sandbox),
      PORT: 'canary-port',
      FEISHU_DOMAIN: 'canary-domain',
      FEISHU_APP_SECRET: 'canary secret',
      FEISHU_ENCRYPT_KEY_FILE: join(folder, 'missing-canary'),
    };
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [status] = await once(child, 'close');
    expect(status).toBe(1);
    for (const name of ['PORT', 'FEISHU_DOMAIN', 'FEISHU_APP_SECRET', 'FEISHU_ENCRYPT_KEY'])
      expect(output).toContain(`${name}: `);
    expect(output).not.toContain('canary');
    expectNoSecrets(output, secretsOf(sandbox));
  });
});
