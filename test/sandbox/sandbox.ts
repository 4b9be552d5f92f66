import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createControl } from './control.ts';
import type { ClickInput, SayInput, SayResult } from './controlShapes.ts';
import { app, botName, type Core, createCore, type SandboxApp, type SandboxOptions } from './core.ts';
import type { LocalFaultRule } from './faults.ts';
import { botAdded, ticketCreated, ticketMessageCreated, ticketUpdated } from './helpdeskEvents.ts';
import type { Ledger } from './ledger.ts';
import type { LongConnections } from './longConnection.ts';
import { type Pressed, press } from './press.ts';
import type { Delivered, Push } from './push.ts';
import { speak } from './speak.ts';
import { limitsView, stateView } from './view.ts';
import { waitFor } from './waiting.ts';
import type { World } from './world.ts';

export interface Sandbox {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  readonly app: SandboxApp;
  readonly world: World;
  readonly ledger: Ledger;
  setWebhook(url: string): void;
  setTransport: Push['setTransport'];
  /** The bots that hold a long connection, and what can befall them. */
  readonly connections: Omit<LongConnections, 'serve' | 'upgrade' | 'close'>;
  /** Creates a person's message and delivers it. Throws when chat or person are unknown. */
  say(input: SayInput): Promise<SayResult>;
  /** Clicks as the client does; a returned card is applied. */
  click(input: ClickInput): Promise<Pressed>;
  deliver: Push['deliver'];
  request: Push['request'];
  verifyUrl: Push['verifyUrl'];
  seal: Push['seal'];
  deliveries: Push['deliveries'];
  /** Events of the helpdesk and of chats, with bodies made from the world. */
  readonly announce: {
    ticketCreated(ticketId: string): Promise<Delivered>;
    ticketUpdated(ticketId: string, old: Readonly<Record<string, unknown>>): Promise<Delivered>;
    ticketMessage(ticketId: string, messageId: string): Promise<Delivered>;
    botAdded(chatId: string, person: string): Promise<Delivered>;
  };
  fault(rule: LocalFaultRule): { id: string };
  clearFaults(): void;
  /**
   * Resolves with what `probe` answers as soon as it is not undefined. The probe runs after every call, message and delivery.
   * Rejects after `timeoutMs` (10 s).
   */
  waitFor<T>(probe: () => T | undefined, timeoutMs?: number): Promise<T>;
  /** Everything as at the start, without faults and calls. Tokens stay good, so that a bot can go on. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a small Feishu on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const core = createCore(options);
  const sandbox = actions(core);
  const control = createControl({
    sandbox,
    faults: core.faults,
    state: () => stateView(core.world, botName, core.push.webhook()),
    limits: () => limitsView(core.windows, core.ledger),
    listeners: core.listeners,
  });
  const server = createServer((request, response) => {
    void serve(core, control, request, response).catch(() => fail(response));
  });
  // A bot keeps its connections; they must not die between two of its calls.
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', core.connections.upgrade);
  const url = await listen(server, options.port ?? 0);
  core.address.url = url;
  return {
    ...sandbox,
    url,
    async close() {
      core.push.close();
      core.connections.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function serve(
  { api, connections }: Core,
  control: Serve,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url?.startsWith('/open-apis/')) await api.serve(request, response);
  else if (!(await connections.serve(request, response))) await control(request, response);
}

function actions(core: Core): Omit<Sandbox, 'url' | 'close'> {
  const { world, ledger, faults, push, listeners, connections } = core;
  return {
    app,
    world,
    ledger,
    setWebhook: push.setWebhook,
    setTransport: push.setTransport,
    connections,
    say: (input) => say(core, input),
    click: (input) => click(core, input),
    deliver: push.deliver,
    request: push.request,
    verifyUrl: push.verifyUrl,
    seal: push.seal,
    deliveries: push.deliveries,
    announce: announcements(core),
    fault: faults.add,
    clearFaults: faults.clear,
    waitFor: (probe, timeoutMs = 10_000) => waitFor(listeners, probe, timeoutMs),
    reset: core.reset,
  };
}

async function say({ world, push }: Core, input: SayInput): Promise<SayResult> {
  const { message, event } = speak(world, botName, input);
  const { messageId } = message;
  if (event === undefined) {
    return { messageId, eventId: '', status: 0, body: 'the app is not told of this message' };
  }
  const { eventId, status, body } = await push.deliver(event);
  return { messageId, eventId, status, body };
}

async function click(core: Core, input: ClickInput): Promise<Pressed> {
  const pressed = await press(core, input);
  const { toast } = pressed;
  if (toast !== undefined) {
    for (const listener of core.listeners) {
      listener({ kind: 'toast', messageId: input.messageId, person: input.person, toast });
    }
  }
  return pressed;
}

function announcements({ world, push }: Core): Sandbox['announce'] {
  const ticket = (id: string) => found(world.tickets.get(id), `ticket ${id}`);
  return {
    ticketCreated: (id) => push.deliver(ticketCreated(world, ticket(id))),
    ticketUpdated: (id, old) => push.deliver(ticketUpdated(world, ticket(id), old)),
    ticketMessage: (id, messageId) => {
      const message = ticket(id).messages.find((one) => one.id === messageId);
      return push.deliver(ticketMessageCreated(world, ticket(id), found(message, `message ${messageId}`)));
    },
    botAdded: (chatId, person) => push.deliver(botAdded(world, chatId, world.person(person))),
  };
}

/** Something in the sandbox itself broke. */
function fail(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end('{"code":155000,"msg":"Internal error"}');
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.');
  return `http://127.0.0.1:${address.port}`;
}

function found<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw new Error(`The sandbox knows no ${what}.`);
  return thing;
}
