import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptKey, decodeFrame, encodeFrame, frameReader, opcodes, socketFrame } from './longFrames.ts';
import type { PostResult } from './post.ts';

/**
 * Feishu's side of the long connection: a bot asks for an address, opens a WebSocket there, answers each delivery by a frame with the
 * same headers, and proves by pings that it lives. Each delivery goes to one connection, taken at random.
 * https://open.feishu.cn/document/event-subscription-guide/event-subscriptions/event-subscription-configure-/request-url-configuration-case
 */

/** What the bot is told when it asks for an address, and with each pong. Seconds; fractions make tests fast. */
export interface ConnectionConfig {
  readonly PingInterval: number;
  readonly ReconnectCount: number;
  readonly ReconnectInterval: number;
  readonly ReconnectNonce: number;
}

/** What Feishu really sends. */
export const usualConfig: ConnectionConfig = {
  PingInterval: 120,
  ReconnectCount: -1,
  ReconnectInterval: 120,
  ReconnectNonce: 30,
};

const maxConnections = 50;
const endpointPath = '/callback/ws/endpoint';
const socketPath = '/ws/v2';
/** More than this is sent in several frames. */
const fragmentBytes = 64 * 1_024;
const serviceId = 33_554_678;

export interface LongConnectionParts {
  readonly app: { readonly appId: string; readonly appSecret: string };
  /** http://127.0.0.1:PORT, once the server listens. */
  readonly url: () => string;
  /** The number of connections changed. */
  readonly changed: () => void;
}

interface Connection {
  readonly id: string;
  readonly socket: Duplex;
  /** Its first ping came: from then on its listener surely hears. */
  ready: boolean;
  silent: boolean;
  readonly waiting: Map<string, (answer: Omit<PostResult, 'tookMs'>) => void>;
}

export type LongConnections = ReturnType<typeof createLongConnections>;

export function createLongConnections({ app, url, changed }: LongConnectionParts) {
  const connections = new Map<string, Connection>();
  const tickets = new Set<string>();
  let config = usualConfig;
  let refusal: { readonly code: number; readonly msg: string; left: number } | undefined;
  let refusedUpgrades = 0;
  let earlyPayload: unknown;

  const live = (): Connection[] => [...connections.values()].filter(({ ready }) => ready);

  function endpoint(body: unknown): unknown {
    if (refusal !== undefined && refusal.left > 0) {
      refusal.left -= 1;
      return { code: refusal.code, msg: refusal.msg };
    }
    const asked = new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);
    if (asked.get('AppID') !== app.appId || asked.get('AppSecret') !== app.appSecret)
      return { code: 514, msg: 'app_id or app_secret is invalid' };
    if (connections.size >= maxConnections)
      return { code: 1000040350, msg: 'the number of connections exceeded the limit' };
    const ticket = randomBytes(12).toString('hex');
    tickets.add(ticket);
    const query = `device_id=${ticket}&service_id=${serviceId}&ticket=${ticket}`;
    const address = `${url().replace('http', 'ws')}${socketPath}?${query}`;
    return { code: 0, msg: '', data: { URL: address, ClientConfig: config } };
  }

  function drop(connection: Connection): void {
    if (!connections.delete(connection.id)) return;
    connection.socket.destroy();
    for (const done of connection.waiting.values()) done({ status: 0, body: 'the connection broke' });
    changed();
  }

  function hear(connection: Connection, bytes: Buffer): void {
    const { service, method, headers, payload } = decodeFrame(bytes);
    if (method === 0 && headers['type'] === 'ping') {
      const pong = { service, method: 0, headers: { type: 'pong' }, payload: json(config) };
      connection.socket.write(socketFrame(opcodes.binary, encodeFrame(pong)));
      if (!connection.ready) {
        connection.ready = true;
        changed();
      }
    } else if (method === 1) {
      const id = headers['message_id'] ?? '';
      connection.waiting.get(id)?.(answerOf(payload));
      connection.waiting.delete(id);
    }
  }

  function listen(connection: Connection): void {
    const read = frameReader();
    connection.socket.on('data', (chunk: Buffer) => {
      if (connection.silent) return;
      for (const { opcode, payload } of read(chunk)) {
        if (opcode === opcodes.binary) hear(connection, payload);
        else if (opcode === opcodes.close) {
          connection.socket.end(socketFrame(opcodes.close, payload));
          drop(connection);
        }
      }
    });
    for (const end of ['end', 'error', 'close']) connection.socket.on(end, () => drop(connection));
  }

  function upgrade(request: IncomingMessage, socket: Duplex): void {
    const address = new URL(request.url ?? '/', 'http://sandbox');
    const ticket = address.searchParams.get('ticket') ?? '';
    const key = request.headers['sec-websocket-key'];
    const known = address.pathname === socketPath && tickets.delete(ticket) && typeof key === 'string';
    if (!known || refusedUpgrades > 0) {
      refusedUpgrades = Math.max(0, refusedUpgrades - 1);
      const status = 'handshake-status: 403\r\nhandshake-msg: forbidden\r\n';
      socket.end(`HTTP/1.1 403 Forbidden\r\n${status}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const connection: Connection = { id: ticket, socket, ready: false, silent: false, waiting: new Map() };
    connections.set(ticket, connection);
    listen(connection);
    const hello = Buffer.from(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${acceptKey(String(key))}\r\n\r\n`,
    );
    const early = earlyPayload === undefined ? [] : framesOf(newId(), earlyPayload, fragmentBytes);
    earlyPayload = undefined;
    socket.write(Buffer.concat([hello, ...early]));
  }

  return {
    /** How many bots are connected and hear. */
    count: (): number => live().length,

    /** True when the call was for here. */
    async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
      if (request.method !== 'POST' || request.url !== endpointPath) return false;
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(endpoint(JSON.parse(text))));
      return true;
    },
    upgrade,

    /** Sends a delivery over one connection and waits for its answer: 3 s, as with an HTTP request. */
    deliver(payload: unknown, timeoutMs: number, pieceBytes = fragmentBytes): Promise<PostResult> {
      const startedAt = performance.now();
      const tookMs = (): number => performance.now() - startedAt;
      const all = live();
      const connection = all[Math.floor(Math.random() * all.length)];
      if (connection === undefined)
        return Promise.resolve({ status: 0, body: 'no bot is connected', tookMs: 0 });
      const id = newId();
      return new Promise((resolve) => {
        const timer = setTimeout(() => done({ status: 0, body: 'no answer in time' }), timeoutMs);
        const done = (answer: Omit<PostResult, 'tookMs'>): void => {
          clearTimeout(timer);
          connection.waiting.delete(id);
          resolve({ ...answer, tookMs: tookMs() });
        };
        connection.waiting.set(id, done);
        for (const frame of framesOf(id, payload, pieceBytes)) connection.socket.write(frame);
      });
    },

    /** For the next connections, and with the next pong for those that are there. */
    configure(next: Partial<ConnectionConfig>): void {
      config = { ...usualConfig, ...next };
    },
    /** Cuts every connection, as a network does. */
    dropAll(): void {
      for (const connection of [...connections.values()]) drop(connection);
    },
    /** The connections stay open, and nothing is heard or said on them any more. */
    silenceAll(): void {
      for (const connection of connections.values()) {
        connection.silent = true;
        connection.ready = false;
      }
    },
    /** The next `times` questions for an address are answered with this code. */
    refuse(code: number, msg: string, times = 1): void {
      refusal = { code, msg, left: times };
    },
    /** The next `times` WebSockets are refused although their address is right. */
    refuseSockets(times = 1): void {
      refusedUpgrades = times;
    },
    /** Sent in one segment with the answer to the next handshake: too early for a client that listens only then. */
    sendEarly(payload: unknown): void {
      earlyPayload = payload;
    },
    /** Any bytes as one binary frame, on every connection. */
    sendRaw(bytes: Uint8Array): void {
      for (const { socket } of connections.values()) socket.write(socketFrame(opcodes.binary, bytes));
    },
    close(): void {
      for (const connection of [...connections.values()]) drop(connection);
    },
  };
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const newId = (): string => randomBytes(16).toString('hex');

/** The frames of one delivery. */
function framesOf(id: string, payload: unknown, pieceBytes: number): Buffer[] {
  const whole = json(payload);
  const sum = Math.max(1, Math.ceil(whole.length / pieceBytes));
  return Array.from({ length: sum }, (_, seq) => {
    const headers = {
      type: 'event',
      message_id: id,
      trace_id: id.slice(0, 16),
      sum: String(sum),
      seq: String(seq),
    };
    const piece = whole.subarray(seq * pieceBytes, (seq + 1) * pieceBytes);
    return socketFrame(
      opcodes.binary,
      encodeFrame({ service: serviceId, method: 1, headers, payload: piece }),
    );
  });
}

/** `{ code, data }` of a bot: what HTTP says by its status and body. */
function answerOf(payload: Buffer): Omit<PostResult, 'tookMs'> {
  const said: unknown = JSON.parse(payload.toString('utf8'));
  const fields = new Map(typeof said === 'object' && said !== null ? Object.entries(said) : []);
  const code: unknown = fields.get('code');
  const data: unknown = fields.get('data');
  const body: unknown =
    typeof data === 'string' ? JSON.parse(Buffer.from(data, 'base64').toString('utf8')) : {};
  return { status: typeof code === 'number' ? code : 0, body };
}
