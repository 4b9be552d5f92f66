import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { serveStatic } from '../sandbox/static.ts';

/** A stand-in for the sandbox's control interface, so that the page can be tested without a bot. */
export interface PageServer {
  readonly url: string;
  /** Bodies of POST /sandbox/say and /sandbox/click, in order. */
  readonly said: readonly unknown[];
  readonly clicked: readonly unknown[];
  /** Bodies of POST /sandbox/faults. */
  readonly faults: readonly unknown[];
  /** Replaces the state and tells the page. */
  change(state: unknown): void;
  close(): Promise<void>;
}

export interface PageAnswers {
  state: unknown;
  readonly click: unknown;
  readonly picture: Buffer;
  readonly calls?: readonly unknown[];
  readonly events?: readonly unknown[];
  readonly limits?: readonly unknown[];
  /** Any other key answers 404. */
  readonly pictureKeys: readonly string[];
}

/** Serves the page's files and canned answers on a free port of 127.0.0.1. */
export async function startPageServer(answers: PageAnswers): Promise<PageServer> {
  const said: unknown[] = [];
  const clicked: unknown[] = [];
  const faults: unknown[] = [];
  const streams = new Set<ServerResponse>();
  const canned: Readonly<Record<string, () => unknown>> = {
    state: () => answers.state,
    ledger: () => ({ calls: answers.calls ?? [], next: 0 }),
    events: () => ({ events: answers.events ?? [], next: 0 }),
    limits: () => ({ limits: answers.limits ?? [] }),
    faults: () => ({ faults: faults.map((rule, index) => ({ id: `fault-${index}`, rule, hits: 0 })) }),
  };

  const takers: Readonly<Record<string, (body: unknown) => unknown>> = {
    say: (body) => {
      said.push(body);
      return { messageId: 'om_said', eventId: 'e', status: 200, body: {} };
    },
    click: (body) => {
      clicked.push(body);
      return answers.click;
    },
    faults: (body) => {
      faults.push(body);
      return { id: 'fault' };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.startsWith('/sandbox/')) return serveStatic(request, response, pathname);
    const [, , name = '', key = ''] = pathname.split('/');
    if (name === 'stream') return openStream(response);
    if (name === 'images') return sendPicture(decodeURIComponent(key), response);
    if (request.method === 'POST')
      return sendJson(takers[name]?.(JSON.parse(await readBody(request))), response);
    sendJson(canned[name]?.() ?? {}, response);
  }

  function openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.add(response);
    response.on('close', () => streams.delete(response));
  }

  function sendPicture(key: string, response: ServerResponse): void {
    if (answers.pictureKeys.includes(key))
      response.writeHead(200, { 'content-type': 'image/png' }).end(answers.picture);
    else response.writeHead(404).end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    said,
    clicked,
    faults,
    change(state) {
      answers.state = state;
      for (const stream of streams)
        stream.write(`data: ${JSON.stringify({ kind: 'update', message: null })}\n\n`);
    },
    async close() {
      for (const stream of streams) stream.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const sendJson = (value: unknown, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
