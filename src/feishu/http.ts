/** The HTTP client under the SDK: keep-alive, no redirects, no proxy from the environment, and nothing that a call does not need. */

import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { HttpInstance } from '@larksuiteoapi/node-sdk';

/** Idle connections are closed before the usual minute of servers and balancers, so that a call does not meet a dying one. */
const idleConnectionMs = 50_000;

/** So much of a body may wait in this process for the network. */
const waitingMaxBytes = 65_536;

export interface HttpCall {
  readonly method: string;
  readonly url: string;
  /** A list becomes a repeated key; what is undefined or null is left out. */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or pieces that are handed to the network as fast as it takes them; then `Content-Length` is among the headers. */
  readonly body?: string | Iterable<Uint8Array>;
  readonly watch?: {
    /** Breaks the call off, at any moment until the answer is read. */
    readonly signal: AbortSignal;
    /** Called when the connection stands, when the network has taken a part of the body, and when the answer begins. */
    readonly progress?: () => void;
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, unpacked. Must be read to its end or destroyed. */
  readonly data: Readable;
}

/**
 * Resolves when the headers of the answer are here, whatever its status: what an answer means is decided by its code.
 * @throws Error of Node, with a code and without the call's headers and body
 */
export type Http = (call: HttpCall) => Promise<HttpAnswer>;

const headersOfAll = {
  Accept: '*/*',
  'Accept-Encoding': 'gzip, br',
  'User-Agent': 'feishu-ticket-bot',
} as const;

/** With connections of its own. An agent made by hand knows nothing of a proxy in the environment. */
export function createHttp(): Http {
  const plainAgent = new http.Agent({ keepAlive: true, timeout: idleConnectionMs });
  const secureAgent = new https.Agent({ keepAlive: true, timeout: idleConnectionMs });

  const open = ({ method, url, query, headers }: HttpCall): ClientRequest => {
    const address = addressOf(url, query);
    const options = { method, headers: { ...headersOfAll, ...headers } };
    return address.protocol === 'https:'
      ? https.request(address, { ...options, agent: secureAgent })
      : http.request(address, { ...options, agent: plainAgent });
  };

  return (call) =>
    new Promise((resolve, reject) => {
      const { body, watch } = call;
      const { signal, progress = ignored } = watch ?? {};
      signal?.throwIfAborted();
      const request = open(call);
      let underWay: ClientRequest | IncomingMessage = request;
      let answered = false;
      tellOfConnection(request, progress);
      request.once('response', (response) => {
        underWay = response;
        answered = true;
        progress();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, data: unpacked(response) });
      });
      // For good: an error that nobody hears would end the process, also when all is settled.
      request.on('error', reject);
      // It may end without an answer and without an error: after a 101, for example.
      request.once('close', () => {
        if (!answered) reject(brokenOff('ECONNRESET'));
      });
      const breakOff = (): void => {
        underWay.destroy(brokenOff('ETIMEDOUT'));
      };
      signal?.addEventListener('abort', breakOff, { once: true });
      if (body === undefined || typeof body === 'string') request.end(body);
      else pour(body, request, progress);
    });
}

function ignored(): void {}

function brokenOff(code: string): Error {
  return Object.assign(new Error('broken off'), { code });
}

function tellOfConnection(request: ClientRequest, progress: () => void): void {
  request.once('socket', (socket) => {
    if (request.reusedSocket) progress();
    else socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', progress);
  });
}

/** Writes the next pieces whenever the network has taken the ones before. What is small goes out whole, in one packet if it can. */
function pour(pieces: Iterable<Uint8Array>, request: ClientRequest, progress: () => void): void {
  const left = pieces[Symbol.iterator]();
  const more = (): void => {
    for (let next = left.next(); next.done !== true; next = left.next())
      if (!request.write(next.value) && request.writableLength >= waitingMaxBytes) return;
    request.end();
  };
  request.on('drain', () => {
    progress();
    more();
  });
  request.once('response', (response) => {
    // An answer in the middle of the body is the last word: nobody waits until the rest is gone.
    response.once('end', () => {
      if (!request.writableFinished) request.destroy();
    });
  });
  more();
}

/** With the query as forms write it, which is what Feishu reads: `k=1&k=2`, a space as `+`. */
function addressOf(url: string, query: HttpCall['query'] = {}): URL {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) address.searchParams.append(name, String(one));
  return address;
}

const unpackers: ReadonlyMap<string | undefined, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['br', createBrotliDecompress],
]);

/** What is destroyed or breaks at one end is so at the other, so that the connection goes too. */
function unpacked(response: IncomingMessage): Readable {
  const unpacker = unpackers.get(response.headers['content-encoding']?.toLowerCase());
  // Nothing at all is no packed nothing.
  if (unpacker === undefined || response.headers['content-length'] === '0') return response;
  // It is not the length of what is read.
  delete response.headers['content-length'];
  return pipeline(response, unpacker(), ignored);
}

/** What the SDK asks for, and our own watch, which it passes on untouched. */
type SdkCall = Parameters<HttpInstance['request']>[0] & Pick<HttpCall, 'watch'>;

/**
 * The same as the SDK wants it: it answers with the body alone, unless the call asked for the headers by `$return_headers`. JSON only,
 * because pictures and files go past the SDK.
 */
export function forSdk(http: Http): HttpInstance {
  const request = async (call: SdkCall) => {
    const { status, headers, data } = await http(fromSdk(call));
    const read = call.responseType === 'stream' ? data : parsed(await text(data));
    return call.$return_headers === true ? { status, headers, data: read } : read;
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
    get: verb('GET'),
    delete: verb('DELETE'),
    head: verb('HEAD'),
    options: verb('OPTIONS'),
    post: verbWithBody('POST'),
    put: verbWithBody('PUT'),
    patch: verbWithBody('PATCH'),
  };
}

function fromSdk({ method = 'GET', url = '', params, headers, data, timeout, watch }: SdkCall): HttpCall {
  const common = {
    method: method.toUpperCase(),
    url,
    query: params ?? {},
    ...(watch === undefined ? within(timeout) : { watch }),
  };
  if (data === undefined) return { ...common, headers: headers ?? {} };
  const body = JSON.stringify(data);
  const type = 'application/json; charset=utf-8';
  const length = String(Buffer.byteLength(body));
  return { ...common, headers: { 'Content-Type': type, ...headers, 'Content-Length': length }, body };
}

/** The time limit of a call that has no watch. */
function within(timeoutMs: number | undefined): Pick<HttpCall, 'watch'> {
  return timeoutMs === undefined ? {} : { watch: { signal: AbortSignal.timeout(timeoutMs) } };
}

function parsed(said: string) {
  try {
    return JSON.parse(said);
  } catch {
    return said;
  }
}
