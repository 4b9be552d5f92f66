/** Several bot processes behind one address, as behind a load balancer. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type BotProcess, startBot } from '../../support/bot.ts';

export interface Replicas {
  /** Starts one more. */
  add(): Promise<BotProcess>;
  /** Sends it nothing more, and tells it to stop. @returns the exit status */
  retire(bot: BotProcess): Promise<number | null>;
  /** SIGKILL, while requests come in. */
  kill(bot: BotProcess): Promise<void>;
  close(): Promise<void>;
}

/** The sandbox sends its events to whichever replica takes the connection. */
export async function openReplicas(
  sandbox: Sandbox,
  { args, env }: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<Replicas> {
  const bots = new Set<BotProcess>();
  const sockets = new Set<Socket>();
  let turn = 0;

  /** Tries one after the other, beginning with the one whose turn it is. */
  function pass(client: Socket): void {
    const list = [...bots];
    turn += 1;
    const attempt = (index: number): void => {
      const bot = list[(turn + index) % Math.max(1, list.length)];
      if (bot === undefined || index >= list.length) {
        client.destroy();
        return;
      }
      const server = connect(Number(new URL(bot.url).port), '127.0.0.1');
      server.once('error', () => attempt(index + 1));
      server.once('connect', () => {
        server.removeAllListeners('error');
        server.on('error', () => client.destroy());
        server.on('close', () => client.destroy());
        client.on('close', () => server.destroy());
        client.pipe(server).pipe(client);
      });
    };
    attempt(0);
  }

  const door = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    pass(client);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;

  return {
    async add() {
      const bot = await startBot(sandbox, { args, env });
      bots.add(bot);
      sandbox.setWebhook(url);
      return bot;
    },
    async retire(bot) {
      bots.delete(bot);
      return bot.stop();
    },
    async kill(bot) {
      await bot.kill();
      bots.delete(bot);
    },
    async close() {
      await Promise.all([...bots].map((bot) => bot.kill()));
      for (const socket of sockets) socket.destroy();
      door.close();
    },
  };
}
