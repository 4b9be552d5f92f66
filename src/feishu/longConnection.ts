/**
 * Feishu's long connection, through the SDK's client: payloads come in over a WebSocket that the bot opened, answers go back on it.
 * https://open.feishu.cn/document/event-subscription-guide/event-subscriptions/event-subscription-configure-/request-url-configuration-case
 */

import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpInstance } from '@larksuiteoapi/node-sdk';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../domain.ts';
import { createHttp, forSdk } from './http.ts';

/** What became of the connection. */
export type Change =
  | { readonly kind: 'connected' | 'lost' | 'reconnected' | 'silent' }
  /** A try failed; the next one follows by itself. `said` names no secret and nothing of a payload. */
  | { readonly kind: 'trouble'; readonly said: string }
  /** Feishu does not want this bot now; the next try is after `pauseMs`. */
  | { readonly kind: 'refused'; readonly code: number | undefined; readonly pauseMs: number };

/** The answer to a payload. `sent` hears whether it has left this process. */
export interface Answered {
  readonly body: JsonObject;
  readonly sent: (left: boolean) => void;
}

export interface LongConnectionDeps {
  readonly app: { readonly id: string; readonly secret: string };
  readonly baseUrl: string;
  readonly clock: Clock;
  /** What it throws makes Feishu deliver an event again, as a status other than 200 does over HTTP. */
  readonly onPayload: (payload: unknown) => Promise<Answered>;
  readonly onChange: (change: Change) => void;
  /** Default 10 s. Must be shorter than the server's PingInterval, or the watchdog is wound up again before it can bark. */
  readonly pingTimeoutMs?: number;
}

export interface LongConnection {
  /** Begins to connect, and keeps at it until `close`. */
  open(): void;
  close(): Promise<void>;
}

/** Feishu asks for a ping each 120 s. */
const pingTimeoutMs = 10_000;
const handshakeTimeoutMs = 10_000;
/** Between two tries after a refusal, which an administrator must mend: longer and longer. */
const firstPauseMs = 15_000;
const longestPauseMs = 300_000;
/** For an answer to leave. Feishu waits 3 s in all. */
const leaveMaxMs = 1_000;
const leaveCheckMs = 5;
/** For the other side to say goodbye too. */
const goodbyeMs = 300;

// `require` takes 0.1 s for this 6 MB package, `import` 0.25 s; here it is paid for only when it is used.
const load = createRequire(import.meta.url);
const silence = (): void => {};

export function createLongConnection(deps: LongConnectionDeps): LongConnection {
  const sdk: typeof import('@larksuiteoapi/node-sdk') = load('@larksuiteoapi/node-sdk');
  const { app, baseUrl, clock, onChange } = deps;
  const sockets = watchSockets(baseUrl, clock);
  const closed = new AbortController();
  let pauseMs = firstPauseMs;

  // The SDK's own dispatcher flattens an event, so that fields of the event replace those of its header, and it answers 200 to a type
  // that it does not know.
  const dispatcher = new sdk.EventDispatcher({ logger: { ...quiet, error: silence } });
  dispatcher.invoke = async (payload: unknown): Promise<JsonObject> => {
    const { body, sent } = await deps.onPayload(payload);
    void sockets.left(sockets.mark()).then(sent);
    return body;
  };

  const up = (kind: 'connected' | 'reconnected'): void => {
    pauseMs = firstPauseMs;
    onChange({ kind });
  };
  const client = new sdk.WSClient({
    appId: app.id,
    appSecret: app.secret,
    domain: baseUrl,
    agent: sockets.agent,
    httpInstance: askingForAddress(),
    handshakeTimeoutMs,
    wsConfig: { pingTimeout: (deps.pingTimeoutMs ?? pingTimeoutMs) / 1_000 },
    source: 'feishu-ticket-bot',
    logger: {
      ...quiet,
      warn: (...said: unknown[]) => {
        if (textOf(said).includes('no pong/inbound')) onChange({ kind: 'silent' });
      },
      error: (...said: unknown[]) => {
        const trouble = troubleOf(textOf(said));
        if (trouble !== undefined) onChange({ kind: 'trouble', said: trouble });
      },
    },
    onReady: () => up('connected'),
    onReconnecting: () => onChange({ kind: 'lost' }),
    onReconnected: () => up('reconnected'),
    onError: (error) => void tryLater(error),
  });

  /** The SDK has given up; a bot must not, because what was wrong may be mended while it runs. */
  async function tryLater(error: Error): Promise<void> {
    const code = /\bcode=(-?\d{1,12})\b/.exec(error.message)?.[1];
    const waitMs = pauseMs;
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    onChange({ kind: 'refused', code: code === undefined ? undefined : Number(code), pauseMs: waitMs });
    await clock.sleep(waitMs, closed.signal);
    if (!closed.signal.aborted) await client.start({ eventDispatcher: dispatcher });
  }

  return {
    open: () => void client.start({ eventDispatcher: dispatcher }),
    async close() {
      closed.abort();
      client.close();
      await sockets.close();
    },
  };
}

/**
 * Asks for the address of a long connection and does not use it.
 * @returns Feishu's code; 0 when the connection may be made
 * @throws Error when there is no answer
 */
export async function mayConnect({
  app,
  baseUrl,
}: Pick<LongConnectionDeps, 'app' | 'baseUrl'>): Promise<number> {
  const url = `${baseUrl}/callback/ws/endpoint`;
  const data = { AppID: app.id, AppSecret: app.secret };
  const said: unknown = await forSdk(createHttp()).post(url, data, { timeout: handshakeTimeoutMs });
  const code = typeof said === 'object' && said !== null && 'code' in said ? said.code : undefined;
  if (typeof code !== 'number') throw new Error('no usable answer');
  return code;
}

/**
 * The client by which the SDK asks for the address. The SDK looks at `data` before it looks at `code`, so a refusal without `data`
 * would be taken for an outage and nobody would hear that the secret is wrong.
 */
function askingForAddress(): HttpInstance {
  const http = forSdk(createHttp());
  const request: HttpInstance['request'] = async (options) => {
    const answer = await http.request(options);
    const said: unknown = answer;
    if (typeof said === 'object' && said !== null && 'code' in said && said.code !== 0)
      Object.assign(said, { data: {} });
    return answer;
  };
  return { ...http, request };
}

/** The SDK logs whole payloads at its lower levels. */
const quiet = { error: silence, warn: silence, info: silence, debug: silence, trace: silence };

function textOf(said: readonly unknown[]): string {
  return said.flat().map(String).join(' ');
}

/** What the SDK says when a try fails, as far as it can hold nothing of a payload or a secret. */
const troubles = [
  /\bcode: -?\d{1,12}\b/,
  /\bhandshake timeout\b/,
  /\bws connect failed\b/,
  /\bconnect failed\b/,
  /\bnew WebSocket error\b/,
  /\bws error\b/,
  /\bsend data failed\b/,
  /\bfailed to merge event fragments\b/,
  /\bfailed to handle inbound frame\b/,
  /\binvalid pong payload\b/,
  /\bE[A-Z]{3,20}(?:_[A-Z]+)*\b/,
] as const;

/** Undefined for our own refusals, which are logged where they fall. */
function troubleOf(said: string): string | undefined {
  if (said.includes('invoke event failed')) return undefined;
  for (const trouble of troubles) {
    const found = trouble.exec(said)?.[0];
    if (found !== undefined) return found;
  }
  return 'no usable answer';
}

/** Where the writing stood on the newest connection. */
interface Mark {
  readonly socket: Socket | undefined;
  readonly writtenBytes: number;
}

/**
 * Sees the sockets under the SDK's WebSockets, which it hands to nobody: so it can be told when an answer has left. No proxy is taken
 * from the environment.
 */
function watchSockets(baseUrl: string, clock: Clock) {
  const agent = baseUrl.startsWith('https:') ? new https.Agent() : new http.Agent();
  const make = agent.createConnection.bind(agent);
  const open = new Set<Socket>();
  let newest: Socket | undefined;
  agent.createConnection = (options, callback) => {
    const made = make(options, callback);
    if (isSocket(made)) {
      newest = made;
      open.add(made);
      made.once('close', () => open.delete(made));
      // The network's own sign of life, so that a dead line is found also while nothing is said.
      made.setKeepAlive(true, 30_000);
    }
    return made;
  };

  return {
    agent,
    mark: (): Mark => ({ socket: newest, writtenBytes: newest?.bytesWritten ?? 0 }),
    /**
     * After a mark, and after the SDK has got its answer: true once something more was written and nothing of it waits in this
     * process. What the SDK sends is one frame, written in one go, so that something is the answer.
     */
    async left({ socket, writtenBytes }: Mark): Promise<boolean> {
      if (socket === undefined) return false;
      const leaves = (): boolean => socket.bytesWritten > writtenBytes && socket.writableLength === 0;
      await new Promise((resolve) => setImmediate(resolve));
      for (let waitedMs = 0; waitedMs < leaveMaxMs; waitedMs += leaveCheckMs) {
        if (socket.destroyed) return false;
        if (leaves()) return true;
        await clock.sleep(leaveCheckMs);
      }
      return leaves();
    },
    async close(): Promise<void> {
      const gone = new AbortController();
      const waiting = [...open].map(
        (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
      );
      void Promise.all(waiting).then(() => gone.abort());
      await clock.sleep(goodbyeMs, gone.signal);
      for (const socket of open) socket.destroy();
    },
  };
}

const isSocket = (made: Duplex | null | undefined): made is Socket =>
  made !== null && made !== undefined && 'bytesWritten' in made;
