import { startSandbox } from './sandbox.ts';
import { mainTicketId } from './seed.ts';

/**
 * The sandbox as a process: `main.ts [--port N] [--webhook URL] [--seed demo|empty] [--latency MS]`, or SANDBOX_PORT,
 * SANDBOX_WEBHOOK, SANDBOX_SEED, SANDBOX_LATENCY_MS. Prints one line of JSON, `{ url, app }`, when it listens.
 */
function option(name: string, variable: string): string | undefined {
  const index = process.argv.indexOf(`--${name}`);
  return index === -1 ? process.env[variable] : process.argv[index + 1];
}

const webhookUrl = option('webhook', 'SANDBOX_WEBHOOK');
const sandbox = await startSandbox({
  port: Number(option('port', 'SANDBOX_PORT') ?? 0),
  latencyMs: Number(option('latency', 'SANDBOX_LATENCY_MS') ?? 0),
  seed: option('seed', 'SANDBOX_SEED') === 'empty' ? 'empty' : 'demo',
  ...(webhookUrl === undefined ? {} : { webhookUrl }),
});

// The parent needs the credentials to start a bot; they open nothing but this sandbox.
process.stdout.write(`${JSON.stringify({ url: sandbox.url, app: sandbox.app })}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}

// The first picture asked for should not have to wait for the fonts.
for (const message of sandbox.world.tickets.get(mainTicketId)?.messages ?? []) {
  for (const picture of message.pictures) await picture.bytes();
}
