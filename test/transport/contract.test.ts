import { connectedBot, eventually, feishuSide } from '../support/longConnectionServer.ts';
import { seal } from '../support/seal.ts';
import { webhookServer } from '../support/webhookServer.ts';
import { type Subject, transportContract } from './contract.ts';

transportContract('webhook', async (): Promise<Subject> => {
  const server = await webhookServer();
  const { clock, lines, metrics, webhook } = server;
  return {
    name: 'webhook',
    transport: webhook,
    clock,
    lines,
    metrics,
    ready: async () => undefined,
    async deliver(payload) {
      const { status, body } = await server.send(seal(payload, clock.nowMs()));
      return { status, body: JSON.parse(body) };
    },
    close: server.stop,
  };
});

transportContract('long connection', async (): Promise<Subject> => {
  const feishu = await feishuSide();
  const bot = connectedBot(feishu);
  const { transport, clock, lines, metrics } = bot;
  return {
    name: 'websocket',
    transport,
    clock,
    lines,
    metrics,
    ready: () => eventually(() => feishu.connections.count() === 1, 'the bot connects'),
    async deliver(payload) {
      const { status, body } = await feishu.connections.deliver(payload, 3_000);
      return { status, body };
    },
    async close() {
      const stopped = transport.stop();
      await clock.advance(10_000);
      await stopped;
      await feishu.stop();
    },
  };
});
