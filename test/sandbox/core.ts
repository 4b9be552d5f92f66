import { type CardTokens, createCardTokens } from './api/cardTokens.ts';
import { createUuids } from './api/uuids.ts';
import type { StreamItem } from './controlShapes.ts';
import { createFaults, type Faults } from './faults.ts';
import { openIdOf } from './ids.ts';
import { createLedger, type LedgerBook } from './ledger.ts';
import { createLongConnections, type LongConnections } from './longConnection.ts';
import { createPush, type Push, type Schedule } from './push.ts';
import { seedDemo } from './seed.ts';
import { type ApiServer, createApiServer } from './server.ts';
import { messageView } from './view.ts';
import type { Listeners } from './waiting.ts';
import { createWindows, type Windows } from './windows.ts';
import { createWorld, type World } from './world.ts';

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Base URL of the bot. */
  readonly webhookUrl?: string;
  /** Wall-clock ms: for tokens, windows, uuid memory and times. */
  readonly now?: () => number;
  /** Runs a task later, for redelivery; default real timers. */
  readonly schedule?: Schedule;
  /** Added to each API answer. */
  readonly latencyMs?: number;
  /** Default `demo`. */
  readonly seed?: 'demo' | 'empty';
  /** Default true. */
  readonly redeliver?: boolean;
}

export interface SandboxApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly encryptKey: string;
  readonly verificationToken: string;
  readonly helpdeskId: string;
  readonly helpdeskToken: string;
  readonly tenantKey: string;
  readonly botOpenId: string;
}

/** Known to everybody: they open nothing but a sandbox. */
export const app: SandboxApp = {
  appId: 'cli_a5b0c0ffee15900d',
  appSecret: 'sandbox0app0secret0Vt7qQ2mJrXk9Zw',
  encryptKey: 'sandbox-encrypt-key-4f1d',
  verificationToken: 'sandbox-verification-token-8c2e',
  helpdeskId: '6626871355780366330',
  helpdeskToken: 'ht-5a1e7b0c-9d3f-4c6a-8e21-sandbox00001',
  tenantKey: '736588c9260f175e',
  botOpenId: openIdOf('bot'),
};

export const botName = '工单助手';

/** Node's timers; none of them keeps the process alive. */
const realTimers: Schedule = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};

/** The parts of a sandbox, wired, before anybody can reach them. */
export interface Core {
  readonly world: World;
  readonly windows: Windows;
  readonly ledger: LedgerBook;
  readonly faults: Faults;
  readonly cardTokens: CardTokens;
  readonly listeners: Listeners;
  /** Told by the server when it listens. */
  readonly address: { url: string };
  readonly push: Push;
  readonly api: ApiServer;
  readonly connections: LongConnections;
  /** Everything as at the start, but tokens stay good. */
  reset(): void;
}

export function createCore(options: SandboxOptions): Core {
  const now = options.now ?? (() => performance.timeOrigin + performance.now());
  const world = createWorld(app, now);
  const windows = createWindows(now);
  const ledger = createLedger(world);
  const faults = createFaults();
  const uuids = createUuids(now);
  const cardTokens = createCardTokens(now);
  const listeners: Listeners = new Set();
  const tell = (item: StreamItem): void => {
    for (const listener of listeners) listener(item);
  };
  const address = { url: '' };
  const connections = createLongConnections({
    app,
    url: () => address.url,
    changed: () => tell({ kind: 'connections', count: connections.count() }),
  });
  const push = createPush({
    app,
    now,
    schedule: options.schedule ?? realTimers,
    redeliver: options.redeliver ?? true,
    onDelivery: (event) => tell({ kind: 'event', event }),
    overConnection: connections.deliver,
  });
  push.setWebhook(options.webhookUrl);
  const api = createApiServer({
    desk: { world, windows, uuids, cardTokens, appSecret: app.appSecret, botName },
    ledger,
    faults,
    helpdeskAuth: Buffer.from(`${app.helpdeskId}:${app.helpdeskToken}`).toString('base64'),
    latencyMs: options.latencyMs ?? 0,
    now,
    finished: (call) => tell({ kind: 'call', call: { ...call } }),
  });
  const seed = (): void => {
    if (options.seed !== 'empty') seedDemo(world);
  };
  seed();
  world.onChange((change) =>
    tell(change.kind === 'reset' ? change : { kind: change.kind, message: messageView(change.message) }),
  );
  return {
    world,
    windows,
    ledger,
    faults,
    cardTokens,
    listeners,
    address,
    push,
    api,
    connections,
    reset() {
      for (const thing of [faults, uuids, cardTokens, windows, push, ledger]) thing.clear();
      world.clear();
      world.tell({ kind: 'reset' });
      seed();
    },
  };
}
