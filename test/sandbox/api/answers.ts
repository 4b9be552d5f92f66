import type { Form } from '../multipart.ts';
import type { Windows } from '../windows.ts';
import type { World } from '../world.ts';
import type { CardTokens } from './cardTokens.ts';
import type { Uuids } from './uuids.ts';

/** One call, parsed, with everything that a handler may ask of it. */
export interface ApiCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** The JSON object of the body; empty when there was none. */
  readonly body: ReadonlyMap<string, unknown>;
  readonly form: Form | undefined;
}

/** What handlers share. */
export interface Desk {
  readonly world: World;
  readonly windows: Windows;
  readonly uuids: Uuids;
  readonly cardTokens: CardTokens;
  readonly appSecret: string;
  readonly botName: string;
}

export interface Answer {
  readonly status: number;
  /** Written with bigints as bare numbers. */
  readonly json?: unknown;
  readonly bytes?: Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the call made: message id, image key. */
  readonly made?: string;
  /** Nothing was sent: the `uuid` had been seen. */
  readonly repeated?: true;
  /** To be called when the answer was written or lost. */
  readonly settled?: () => void;
}

export type Handler = (call: ApiCall, desk: Desk) => Answer | Promise<Answer>;

/** An error answer as the pages describe it. https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    msg: string,
    detail: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(msg);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.headers = headers;
  }
}

export const ok = (data: unknown, more: Omit<Answer, 'status' | 'json'> = {}): Answer => ({
  status: 200,
  json: { code: 0, msg: 'success', data },
  ...more,
});

export const okBytes = (bytes: Buffer, contentType: string): Answer => ({ status: 200, bytes, contentType });

/** A field that is missing, of the wrong kind or not documented. */
export const invalidField = (field: string, description: string): Refusal =>
  new Refusal(400, 99992402, 'field validation failed', {
    field_violations: [{ field, value: '', description }],
  });

/** The helpdesk's refusals. https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get */
export const helpdeskRefusal = {
  badRequest: () => new Refusal(400, 154000, 'Bad request, please check your request body'),
  unauthorized: () => new Refusal(401, 154001, 'Unauthorized, please check you have the correct access'),
  notFound: () => new Refusal(404, 154004, 'Resource not found'),
  imageDeleted: () => new Refusal(401, 154404, 'Image might be deleted'),
} as const;

/** The refusals of im/v1 that several endpoints share. */
export const imRefusal = {
  invalidParam: (ext: string) =>
    new Refusal(400, 230001, `Your request contains an invalid request parameter, ext=${ext}`),
  outside: () => new Refusal(400, 230002, 'The bot can not be outside the group.'),
  botOff: () => new Refusal(400, 230006, 'Bot ability is not activated.'),
  recalled: () => new Refusal(400, 230011, 'The message is recalled.'),
  notOwn: () => new Refusal(400, 230012, 'The bot is not the sender of the message.'),
  closedToBots: () => new Refusal(400, 230018, 'These operations are NOT allowed at current group settings.'),
  tooFast: () => new Refusal(400, 230020, 'This operation triggers the frequency limit.'),
  tooLong: () => new Refusal(400, 230025, 'The length of the message content reaches its limit.'),
  noRight: () => new Refusal(400, 230027, 'Lack of necessary permissions.'),
  tooOld: () => new Refusal(400, 230031, 'Message can only be modified within 14 days after sending.'),
  sending: () => new Refusal(400, 230049, 'The message is being sent.'),
  noThreads: () =>
    new Refusal(400, 230071, 'The group to which the message belongs does not support reply in thread.'),
  deleted: () => new Refusal(400, 230110, 'Action unavailable as the message has been deleted.'),
  dissolved: () =>
    new Refusal(400, 232009, 'Your request specifies a chat which has already been dissolved.'),
} as const;

/** The first value of a query parameter. */
export const queryText = (call: ApiCall, name: string): string | undefined => call.query[name]?.[0];

/** A whole number in the query; `fallback` when absent. Throws what `refuse` makes when it is no number in the range. */
export function queryInt(
  call: ApiCall,
  name: string,
  range: { readonly min: number; readonly max: number; readonly fallback: number },
  refuse: () => Refusal,
): number {
  const text = queryText(call, name);
  if (text === undefined || text === '') return range.fallback;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < range.min || value > range.max) throw refuse();
  return value;
}

/** A string of the body that must be there. */
export function bodyText(call: ApiCall, name: string): string {
  const value = call.body.get(name);
  if (typeof value !== 'string' || value === '') throw invalidField(name, `${name} is required`);
  return value;
}

/** Refuses body fields that the endpoint's page does not name: a typing error would go unseen at the real server. */
export function onlyFields(call: ApiCall, ...documented: readonly string[]): void {
  for (const name of call.body.keys()) {
    if (!documented.includes(name)) throw invalidField(name, `${name} is not a field of this request`);
  }
}

/** A page of a list with `page_token`, which here is the next index. */
export function pageOf<T>(call: ApiCall, all: readonly T[], maxSize: number, refuse: () => Refusal) {
  const size = queryInt(call, 'page_size', { min: 1, max: maxSize, fallback: 20 }, refuse);
  const start = queryInt(call, 'page_token', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 }, refuse);
  const items = all.slice(start, start + size);
  const hasMore = start + size < all.length;
  return { items, size, hasMore, token: hasMore ? String(start + size) : '' };
}

/** JSON with bigints as bare numbers, so that numbers above 2^53 reach the reader as Feishu sends them. */
export function wireJson(value: unknown): string {
  let found = false;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'bigint') return inner;
    found = true;
    return `\u0000big${inner}`;
  });
  return found ? text.replace(/"\\u0000big(-?\d+)"/g, '$1') : text;
}
