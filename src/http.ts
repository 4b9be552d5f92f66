/** The one HTTP server of the process: health, readiness, metrics, and the routes that a transport adds. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Clock } from './clock.ts';
import { watchConnections } from './connections.ts';
import type { JsonObject } from './domain.ts';
import { ConfigError } from './errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What the server bears. Tests pass smaller numbers. */
export interface HttpLimits {
  /** From the first byte, or from the connection, to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** To the end of the body. */
  readonly requestTimeoutMs: number;
  /** How often the two above are looked at. */
  readonly checkIntervalMs: number;
  /** Longer than the minute that proxies commonly keep an idle connection, so that they and not we close it. */
  readonly keepAliveTimeoutMs: number;
  readonly maxConnectionsCount: number;
  readonly maxHeaderBytes: number;
  readonly maxHeadersCount: number;
  /** Readiness asks storage and Feishu; a probe does not wait longer. */
  readonly readyTimeoutMs: number;
}

export const httpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  checkIntervalMs: 1_000,
  keepAliveTimeoutMs: 65_000,
  maxConnectionsCount: 2_000,
  maxHeaderBytes: 16_384,
  maxHeadersCount: 100,
  readyTimeoutMs: 5_000,
};

export type Readiness = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface HttpDeps {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly ready: () => Promise<Readiness>;
  readonly metrics: Metrics;
  readonly metricsToken: string | undefined;
  /** Brings the gauges up to date that are only read when somebody looks. */
  readonly beforeMetrics?: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<HttpLimits>;
}

/** Gets the request with its body unread, and answers it. What it throws is logged and answered with 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Http {
  /** Serves POST on exactly this path; a query string is ignored, other methods get 405. */
  post(path: string, handler: Handler): void;
  /** @returns the port. @throws ConfigError that says what to do when the address cannot be had */
  start(): Promise<{ readonly port: number }>;
  /** Takes no more connections, lets requests that run finish for up to `graceMs`, then closes what is left. */
  stop(graceMs: number): Promise<void>;
}

/** The body of every error. `msg` never repeats anything from the request. */
export const problem = (code: string, msg: string): JsonObject => ({ code, msg });

/** Sends a JSON answer. Equal status and body give equal bytes, headers included, but for the date. */
export function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  // As text, because then Node sends head and body in one write.
  const text = JSON.stringify(body);
  response.writeHead(status, { ...plainHeaders, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

const plainHeaders = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

export function createHttp(deps: HttpDeps): Http {
  const limits = { ...httpLimits, ...deps.limits };
  const routes = express.Router({ strict: true, caseSensitive: true });
  const handlers = new Map<string, Handler>();
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.maxHeaderBytes,
    },
    firstOf(handlers, createExpress(deps, limits, routes), { ...deps, limits }),
  );
  server.maxConnections = limits.maxConnectionsCount;
  server.on('clientError', answerGarbage);
  server.on('checkExpectation', (_request, response) => {
    sendJson(response, 417, problem('unknown_expectation', 'Only 100-continue can be expected.'));
  });
  const connections = watchConnections(server);

  return {
    post(path, handler) {
      handlers.set(path, handler);
      const route = routes.route(path);
      route.post((request: Request, response: Response) => handler(request, response));
      route.all(otherMethod('POST'));
    },
    start: () =>
      new Promise((resolve, reject) => {
        const refused = (error: NodeJS.ErrnoException): void => reject(addressProblem(error, deps));
        server.once('error', refused);
        server.listen(deps.port, deps.host, () => {
          server.off('error', refused);
          const address = server.address();
          resolve({ port: typeof address === 'object' && address !== null ? address.port : deps.port });
        });
      }),
    async stop(graceMs) {
      if (!server.listening) return;
      const closed = new AbortController();
      server.close(() => closed.abort());
      connections.leave();
      await deps.clock.sleep(graceMs, closed.signal);
      server.closeAllConnections();
    },
  };
}

/** Why the server cannot listen where it is told to, as an operator can mend it. */
function addressProblem({ code }: NodeJS.ErrnoException, { host, port }: HttpDeps): ConfigError {
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigError([`PORT ${port} on ${host} is in use by another process. Stop it, or set PORT.`]);
    case 'EACCES':
      return new ConfigError([
        `PORT ${port} may not be opened by this user. Use a port above 1023, behind the proxy.`,
      ]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError([`HOST ${host} is no address of this machine. Set HOST to one, or to 0.0.0.0.`]);
    default:
      return new ConfigError([`HOST ${host} and PORT ${port} cannot be listened on (${code ?? 'unknown'}).`]);
  }
}

/** What a request meets first. */
function firstOf(
  handlers: ReadonlyMap<string, Handler>,
  app: Express,
  { limits, log }: { readonly limits: HttpLimits; readonly log: Log },
) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.rawHeaders.length / 2 > limits.maxHeadersCount) {
      sendJson(response, 431, problem('too_many_headers', 'The request has too many headers.'));
      return;
    }
    // Deliveries do not go through Express, which takes as long as all the rest of their acknowledgement.
    const handler = request.method === 'POST' ? handlers.get(pathOf(request)) : undefined;
    if (handler === undefined) app(request, response);
    else handler(request, response).catch((error: unknown) => answerFailure(error, response, log));
  };
}

const pathOf = ({ url = '' }: IncomingMessage): string => {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
};

function answerFailure(error: unknown, response: ServerResponse, log: Log): void {
  log.error({ err: error }, 'a request failed');
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, problem('internal', 'The request could not be served.'));
}

function createExpress(deps: HttpDeps, limits: HttpLimits, routes: express.Router): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.disable('query parser');
  app.enable('strict routing');
  app.enable('case sensitive routing');

  app
    .route('/healthz')
    .get((_request: Request, response: Response) => sendJson(response, 200, { status: 'ok' }))
    .all(otherMethod('GET, HEAD'));
  app
    .route('/readyz')
    .get(async (_request: Request, response: Response) => {
      const state = await readiness(deps, limits.readyTimeoutMs);
      if (state.ok) sendJson(response, 200, { status: 'ready' });
      else sendJson(response, 503, problem('not_ready', state.reason));
    })
    .all(otherMethod('GET, HEAD'));
  app.route('/metrics').get(showMetrics(deps)).all(otherMethod('GET, HEAD'));
  app.use(routes);
  app.use((_request: Request, response: Response) => {
    sendJson(response, 404, problem('not_found', 'Nothing is served at this path.'));
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    answerFailure(error, response, deps.log);
  });
  return app;
}

const otherMethod =
  (allow: string) =>
  (_request: Request, response: Response): void => {
    response.setHeader('Allow', allow);
    sendJson(response, 405, problem('method_not_allowed', `This path serves ${allow}.`));
  };

async function readiness({ ready, clock, log }: HttpDeps, timeoutMs: number): Promise<Readiness> {
  const answered = new AbortController();
  const late = clock
    .sleep(timeoutMs, answered.signal)
    .then((): Readiness => ({ ok: false, reason: `no answer within ${timeoutMs} ms` }));
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    log.warn({ err: error }, 'readiness could not be found out');
    return { ok: false, reason: 'readiness could not be found out' };
  } finally {
    answered.abort();
  }
}

function showMetrics({ metrics, metricsToken, beforeMetrics, log }: HttpDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    if (metricsToken !== undefined && !isBearer(request.headers.authorization, metricsToken)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      sendJson(response, 401, problem('unauthorized', 'This needs the metrics token.'));
      return;
    }
    await beforeMetrics?.().catch((error: unknown) => {
      log.warn({ err: error }, 'some metrics could not be read');
    });
    const text = await metrics.registry.metrics();
    response.writeHead(200, { ...plainHeaders, 'Content-Type': metrics.registry.contentType }).end(text);
  };
}

/** Compares in constant time, whatever the lengths. */
function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/** Bytes that are no HTTP request, or one that never ends: a short answer in the form of all others, then the end. */
function answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, code, msg] = garbageAnswers[error.code ?? ''] ?? [
    '400 Bad Request',
    'bad_request',
    'This is no HTTP request.',
  ];
  const body = JSON.stringify(problem(code, msg));
  const headers = Object.entries(plainHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status}\r\n${headers.join('')}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

const garbageAnswers: Readonly<Record<string, readonly [string, string, string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    'The headers are too large.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'timeout', 'The request did not end in time.'],
};
