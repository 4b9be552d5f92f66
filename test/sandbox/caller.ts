import type { Sandbox } from './sandbox.ts';

/** Calls the sandbox's API as a well-behaved bot does; for tests of the sandbox itself. */
interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The JSON of the answer; empty for bytes. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly code: unknown;
  readonly msg: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Caller {
  readonly headers: Record<string, string>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Called>;
  get(path: string): Promise<Called>;
  reply(messageId: string, card: unknown, more?: Readonly<Record<string, unknown>>): Promise<Called>;
  upload(bytes: Buffer, imageType?: string, filename?: string): Promise<Called>;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** Fetches a token and answers a caller that carries it and the helpdesk's credentials. */
export async function callerOf({ url, app }: Sandbox): Promise<Caller> {
  async function called(path: string, init: RequestInit): Promise<Called> {
    const response = await fetch(`${url}/open-apis${path}`, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const json = record(isJson ? JSON.parse(bytes.toString('utf8')) : {});
    const { code, msg, data } = json;
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      json,
      code,
      msg: String(msg),
      data: record(data),
    };
  }
  const login = await called('/auth/v3/tenant_access_token/internal', {
    method: 'POST',
    body: JSON.stringify({ app_id: app.appId, app_secret: app.appSecret }),
  });
  const headers = {
    authorization: `Bearer ${String(login.json['tenant_access_token'])}`,
    'x-lark-helpdesk-authorization': Buffer.from(`${app.helpdeskId}:${app.helpdeskToken}`).toString('base64'),
  };
  const call: Caller['call'] = (method, path, body, more = {}) =>
    called(path, {
      method,
      headers: { ...headers, 'content-type': 'application/json; charset=utf-8', ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    headers,
    call,
    get: (path) => call('GET', path),
    reply: (messageId, card, more = {}) =>
      call('POST', `/im/v1/messages/${messageId}/reply`, {
        msg_type: 'interactive',
        content: JSON.stringify(card),
        ...more,
      }),
    upload(bytes, imageType = 'message', filename = 'picture.png') {
      const form = new FormData();
      form.set('image_type', imageType);
      form.set('image', new Blob([new Uint8Array(bytes)]), filename);
      return called('/im/v1/images', { method: 'POST', headers, body: form });
    },
  };
}

/** A card that Feishu takes. */
export const goodCard = (...elements: readonly unknown[]): Record<string, unknown> => ({
  schema: '2.0',
  config: { update_multi: true },
  body: { elements: elements.length === 0 ? [{ tag: 'markdown', content: 'good' }] : elements },
});
