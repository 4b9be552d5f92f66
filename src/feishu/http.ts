/** The HTTP client under the SDK: keep-alive, no redirects, no proxy from the environment, and hard time limits. */

import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import type { HttpInstance } from '@larksuiteoapi/node-sdk';
import axios, { type AxiosInstance } from 'axios';
import type { Clock } from '../clock.ts';

/** No call outlives these, whatever the other side does. */
export const timeLimits = {
  connectMs: 2_000,
  /** Until the first byte of the answer, and between any two bytes up or down. */
  idleMs: 5_000,
  totalMs: 15_000,
  /** A picture, up or down. */
  pictureTotalMs: 30_000,
} as const;

/** Idle connections are closed before the usual minute of servers and balancers, so that a call does not meet a dying one. */
const idleConnectionMs = 50_000;

/** The part of axios that is used here. Every HTTP status resolves: what an answer means is decided by its code. */
export function createHttp(): AxiosInstance {
  return axios.create({
    httpAgent: new http.Agent({ keepAlive: true, timeout: idleConnectionMs }),
    httpsAgent: new https.Agent({ keepAlive: true, timeout: idleConnectionMs }),
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: Number.POSITIVE_INFINITY,
    maxContentLength: Number.POSITIVE_INFINITY,
    // `k=1&k=2`, as Feishu reads lists, not `k[]=1`.
    paramsSerializer: { indexes: null },
    validateStatus: () => true,
  });
}

/**
 * The same as the SDK wants it: it answers with the body alone, unless the call asked for the headers by `$return_headers`. Then
 * it answers with status, headers and body, and with nothing that leads back to the call.
 */
export function forSdk(http: AxiosInstance): HttpInstance {
  const request: HttpInstance['request'] = async (options) => {
    const { status, headers, data } = await http.request(options);
    return options.$return_headers === true ? { status, headers, data } : data;
  };
  const verb =
    (method: string): HttpInstance['get'] =>
    (url, options) =>
      request({ ...options, method, url });
  const verbWithBody =
    (method: string): HttpInstance['post'] =>
    (url, data, options) =>
      request({ ...options, method, url, data });
  return {
    request,
    get: verb('get'),
    delete: verb('delete'),
    head: verb('head'),
    options: verb('options'),
    post: verbWithBody('post'),
    put: verbWithBody('put'),
    patch: verbWithBody('patch'),
  };
}

/** What axios asks of its `transport`. */
interface Transport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/** The time limits of one call, from its departure to the last byte of its answer. */
export interface Watch {
  /** Aborted when a limit is passed. */
  readonly signal: AbortSignal;
  /** Which limit was passed. */
  readonly expired: () => string | undefined;
  /** Gives the call to Node and sees when it is connected. */
  readonly transport: Transport;
  /** Bytes moved. */
  readonly progress: () => void;
  /** Waits for something of our own, such as room in memory: no limit runs meanwhile. */
  readonly hold: <T>(waiting: Promise<T>) => Promise<T>;
  /** The call is over; must be called, or the timer stays. */
  readonly end: () => void;
}

/**
 * Watches a call: 2 s to connect, 5 s without a byte, `totalMs` in all. axios' own `timeout` knows neither the first nor a
 * server that drips.
 */
export function watch(clock: Clock, totalMs: number): Watch {
  const startMs = clock.monoMs();
  const passed = new AbortController();
  const over = new AbortController();
  let connected = false;
  let movedMs = startMs;
  let heldMs = 0;
  let heldFromMs: number | undefined;
  let expired: string | undefined;

  const progress = (): void => {
    connected = true;
    movedMs = clock.monoMs();
  };
  const nextLimit = (): { atMs: number; name: string } => {
    const nowMs = clock.monoMs();
    const waitedMs = heldMs + nowMs - (heldFromMs ?? nowMs);
    const total = { atMs: startMs + totalMs + waitedMs, name: 'total' };
    const idle = connected
      ? { atMs: (heldFromMs === undefined ? movedMs : nowMs) + timeLimits.idleMs, name: 'idle' }
      : { atMs: startMs + timeLimits.connectMs, name: 'connect' };
    return idle.atMs < total.atMs ? idle : total;
  };
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const limit = nextLimit();
      const leftMs = limit.atMs - clock.monoMs();
      if (leftMs <= 0) {
        expired = limit.name;
        passed.abort();
        return;
      }
      await clock.sleep(leftMs, over.signal);
    }
  };
  void run();

  const hold: Watch['hold'] = async (waiting) => {
    heldFromMs = clock.monoMs();
    try {
      return await waiting;
    } finally {
      heldMs += clock.monoMs() - heldFromMs;
      heldFromMs = undefined;
      progress();
    }
  };

  return {
    signal: passed.signal,
    expired: () => expired,
    transport: { request: (options, onResponse) => depart(options, onResponse, progress) },
    progress,
    hold,
    // With a reason, because without one Node makes an error with its stack each time.
    end: () => over.abort('over'),
  };
}

function depart(
  options: RequestOptions,
  onResponse: (response: IncomingMessage) => void,
  progress: () => void,
): ClientRequest {
  const secure = options.protocol === 'https:';
  const request = (secure ? https : http).request(options, (response) => {
    progress();
    onResponse(response);
  });
  request.once('socket', (socket) => {
    if (request.reusedSocket) progress();
    else socket.once(secure ? 'secureConnect' : 'connect', progress);
  });
  return request;
}
