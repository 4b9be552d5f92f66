/** Puts one prepared call on the wire, through the official SDK, and hands back the answer as soon as its headers are here. */

import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { createHttp, forSdk, type HttpAnswer } from './http.ts';
import { multipart } from './multipart.ts';
import type { Request } from './request.ts';
import { timeLimits, type Watch, watch } from './watch.ts';

export interface Answer {
  readonly status: number;
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
  /** Runs until the body is read; whoever reads ends it. */
  readonly watch: Watch;
}

/** There was no answer. Holds nothing of the call, so it can be logged. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export type Send = (request: Request, token: string | undefined) => Promise<Answer>;

export interface SendDeps {
  readonly app: { readonly id: string; readonly secret: string };
  readonly helpdesk: { readonly id: string; readonly token: string };
  /** Without a slash at the end; the only origin that is ever contacted. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

const require = createRequire(import.meta.url);
/** Loaded with the first call, when the process listens already: `require` takes 0.1 s for this 6 MB package, `import` 0.25 s. */
function loadSdk(): typeof import('@larksuiteoapi/node-sdk') {
  return require('@larksuiteoapi/node-sdk');
}

const silence = (): void => {};
/** The SDK logs whole requests with their secrets, and its log level cannot be turned off. */
const silent = { error: silence, warn: silence, info: silence, debug: silence, trace: silence };

/** The value of `X-Lark-Helpdesk-Authorization`: base64 alone, without the `Bearer` that the SDK would write. */
export function helpdeskCredential({ id, token }: SendDeps['helpdesk']): string {
  return Buffer.from(`${id}:${token}`).toString('base64');
}

/**
 * JSON calls and downloads go through the SDK's `request`. Pictures and files go up past it, because it copies a body's own properties
 * and so empties a stream.
 * @throws NoAnswer when the network failed or a time limit was passed before the headers came
 */
export function createSend({ app, helpdesk, baseUrl, clock }: SendDeps): Send {
  const http = createHttp();
  const connect = () => {
    const sdk = loadSdk();
    const client = new sdk.Client({
      appId: app.id,
      appSecret: app.secret,
      domain: baseUrl,
      // Else the SDK fetches a token of its own and puts it over ours.
      disableTokenCache: true,
      httpInstance: forSdk(http),
      logger: silent,
      source: 'feishu-ticket-bot',
    });
    return { client, withTenantToken: sdk.withTenantToken };
  };
  let connected: ReturnType<typeof connect> | undefined;
  const credential = helpdeskCredential(helpdesk);

  const transfer = (request: Request, token: string | undefined, limits: Watch): Promise<HttpAnswer> => {
    const { method, path, query, body, form } = request;
    const headers: Record<string, string> = {};
    if (request.helpdesk) headers['X-Lark-Helpdesk-Authorization'] = credential;
    if (form !== undefined) {
      if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
      const { headers: formHeaders, pieces } = multipart(form);
      const upload = { headers: { ...headers, ...formHeaders }, body: pieces, watch: limits };
      return http({ method, url: `${baseUrl}${path}`, query, ...upload });
    }
    const call = {
      method,
      url: path,
      params: query,
      headers,
      data: body,
      responseType: 'stream' as const,
      $return_headers: true,
      watch: limits,
    };
    connected ??= connect();
    const { client, withTenantToken } = connected;
    return client.request<HttpAnswer>(call, token === undefined ? {} : withTenantToken(token));
  };

  return async (request, token) => {
    const limits = watch(clock, request.picture ? timeLimits.pictureTotalMs : timeLimits.totalMs);
    try {
      const { status, headers, data } = await transfer(request, token, limits);
      return { status, header: (name) => textOf(headers[name]), body: data, watch: limits };
    } catch (error) {
      limits.end();
      throw new NoAnswer(reasonOf(error, limits));
    }
  };
}

/** Why a call or the reading of its answer broke off: a time limit or the system's code, and nothing of the call. */
export function reasonOf(error: unknown, limits: Watch): string {
  const limit = limits.expired();
  if (limit !== undefined) return `time limit passed: ${limit}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{1,60}$/.test(code) ? code : 'connection broken';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
