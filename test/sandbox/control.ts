import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { ClickInput, LimitFill, SayInput, SayResult, State, StreamItem } from './controlShapes.ts';
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Pressed } from './press.ts';
import type { Push } from './push.ts';
import { serveStatic } from './static.ts';
import type { Listeners } from './waiting.ts';
import type { World } from './world.ts';

/** The control interface under /sandbox/ and the page. JSON in, JSON out; wrong input answers 400 with a reason. */

export interface ControlParts {
  readonly sandbox: {
    readonly world: World;
    readonly ledger: Ledger;
    readonly deliveries: Push['deliveries'];
    say(input: SayInput): Promise<SayResult>;
    click(input: ClickInput): Promise<Pressed>;
    setWebhook(url: string): void;
    reset(): void;
  };
  readonly faults: Faults;
  readonly state: () => State;
  readonly limits: () => readonly LimitFill[];
  readonly listeners: Listeners;
}

const sayInput = z.object({
  chat: z.string(),
  person: z.string(),
  text: z.string().exactOptional(),
  post: z.unknown().exactOptional(),
  mentionBot: z.enum(['before', 'after', 'none']).exactOptional(),
  replyTo: z.string().exactOptional(),
  inThread: z.boolean().exactOptional(),
  messageType: z.string().exactOptional(),
  content: z.unknown().exactOptional(),
  senderType: z.string().exactOptional(),
  tenantKey: z.string().exactOptional(),
  updateTime: z.string().exactOptional(),
  eventId: z.string().exactOptional(),
  messageId: z.string().exactOptional(),
  createTimeMs: z.number().exactOptional(),
});

const clickInput = z.object({
  person: z.string(),
  messageId: z.string(),
  value: z.unknown(),
  tag: z.string().exactOptional(),
  name: z.string().exactOptional(),
  formValue: z.record(z.string(), z.unknown()).exactOptional(),
  inputValue: z.string().exactOptional(),
  option: z.string().exactOptional(),
  options: z.array(z.string()).exactOptional(),
  checked: z.boolean().exactOptional(),
  eventId: z.string().exactOptional(),
});

const faultInput = z.strictObject({
  endpoint: z.string(),
  times: z.number().exactOptional(),
  after: z.number().exactOptional(),
  match: z
    .strictObject({
      ticketId: z.string().exactOptional(),
      msgId: z.string().exactOptional(),
      index: z.number().exactOptional(),
      messageId: z.string().exactOptional(),
      chatId: z.string().exactOptional(),
      imageKey: z.string().exactOptional(),
    })
    .exactOptional(),
  status: z.number().exactOptional(),
  code: z.number().exactOptional(),
  msg: z.string().exactOptional(),
  delayMs: z.number().exactOptional(),
  drop: z.enum(['before', 'after', 'half']).exactOptional(),
  resetSec: z.number().exactOptional(),
  raw: z
    .strictObject({
      status: z.number(),
      headers: z.record(z.string(), z.string()).exactOptional(),
      body: z.string(),
    })
    .exactOptional(),
  json200: z.boolean().exactOptional(),
});

type Route = (asked: { readonly body: unknown; readonly query: URLSearchParams }) => unknown;

export function createControl({ sandbox, faults, state, limits, listeners }: ControlParts) {
  const since = (query: URLSearchParams): number => Number(query.get('since') ?? 0) || 0;
  const next = (records: readonly { readonly seq: number }[], query: URLSearchParams): number =>
    records.at(-1)?.seq ?? since(query);

  const routes: Readonly<Record<string, Route>> = {
    'GET /sandbox/state': state,
    'POST /sandbox/say': ({ body }) => sandbox.say(sayInput.parse(body)),
    'POST /sandbox/click': ({ body }) => sandbox.click(clickInput.parse(body)),
    'GET /sandbox/ledger': ({ query }) => {
      const calls = sandbox.ledger.calls(since(query));
      return { calls, next: next(calls, query) };
    },
    'GET /sandbox/events': ({ query }) => {
      const events = sandbox.deliveries(since(query));
      return { events, next: next(events, query) };
    },
    'GET /sandbox/limits': () => ({ limits: limits() }),
    'GET /sandbox/faults': () => ({ faults: faults.list() }),
    'POST /sandbox/faults': ({ body }) => faults.add(faultInput.parse(body)),
    'DELETE /sandbox/faults': ({ query }) => {
      const id = query.get('id');
      if (id === null) faults.clear();
      else faults.remove(id);
      return {};
    },
    'POST /sandbox/webhook': ({ body }) => {
      sandbox.setWebhook(z.object({ url: z.url() }).parse(body).url);
      return {};
    },
    'POST /sandbox/reset': () => {
      sandbox.reset();
      return {};
    },
  };

  async function control(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route,
    url: URL,
  ): Promise<void> {
    try {
      const body = request.method === 'POST' ? await readJson(request) : undefined;
      answer(response, 200, await route({ body, query: url.searchParams }));
    } catch (error) {
      answer(response, 400, { error: error instanceof Error ? error.message : 'bad request' });
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const route = routes[`${request.method} ${url.pathname}`];
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
      answer(response, 403, { error: 'The sandbox answers to its own address only.' });
    } else if (url.pathname === '/sandbox/stream') stream(response, listeners);
    else if (url.pathname.startsWith('/sandbox/images/')) image(response, sandbox, url.pathname);
    else if (route === undefined) await serveStatic(request, response, url.pathname);
    else await control(request, response, route, url);
  };
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : JSON.parse(text);
}

/** The bytes of a picture that the bot uploaded, for the page. */
function image(response: ServerResponse, sandbox: ControlParts['sandbox'], path: string): void {
  const found = sandbox.world.images.get(decodeURIComponent(path.slice('/sandbox/images/'.length)));
  if (found === undefined || found.deleted) {
    answer(response, 404, { error: 'no such image' });
    return;
  }
  response.writeHead(200, { 'content-type': found.contentType, 'cache-control': 'max-age=3600' });
  response.end(found.bytes);
}

/** Server-sent events, until the reader leaves. https://html.spec.whatwg.org/multipage/server-sent-events.html */
function stream(response: ServerResponse, listeners: Listeners): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': open\n\n');
  const send = (item: StreamItem): void => void response.write(`data: ${JSON.stringify(item)}\n\n`);
  listeners.add(send);
  response.on('close', () => listeners.delete(send));
}
