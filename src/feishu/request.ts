/** A call as it will stand on the wire, refused here when Feishu could only misunderstand it. */

import { FeishuError } from '../errors.ts';
import type { Call, QueryValue } from './call.ts';
import { type Endpoint, endpoints } from './endpoints.ts';

export interface Request {
  readonly method: Endpoint['method'];
  /** With the ids filled in; begins with `/open-apis/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, QueryValue>>;
  readonly body: Call['body'];
  readonly form: Call['form'];
  readonly helpdesk: boolean;
  /** A picture goes up or comes down, so it may take longer. */
  readonly picture: boolean;
  /** May be made twice without harm. */
  readonly repeatable: boolean;
}

/** Ids of Feishu are letters, digits, `_` and `-`. Anything else could leave its place in the path. */
const idPattern = /^[\w-]{1,128}$/;

/** @throws FeishuError of kind `invalid` when an id is missing or cannot be one; nothing is sent then */
export function prepare(call: Call): Request {
  const row: Endpoint = endpoints[call.endpoint];
  const { chatId, messageId } = call;
  for (const id of [chatId, messageId]) if (id !== undefined) checked(call, id);
  const path = row.path.replaceAll(/:(\w+)/g, (_part, name: string) => {
    const ids = call.path ?? {};
    return encodeURIComponent(checked(call, Object.hasOwn(ids, name) ? ids[name] : undefined));
  });
  return {
    method: row.method,
    path,
    query: call.query ?? {},
    body: call.body,
    form: call.form,
    helpdesk: row.helpdesk,
    picture: row.answer === 'bytes' || call.form !== undefined,
    repeatable: row.repeatable && !sendsUnnamed(call),
  };
}

function checked(call: Call, id: string | undefined): string {
  if (id !== undefined && idPattern.test(id)) return id;
  throw new FeishuError({
    kind: 'invalid',
    code: undefined,
    endpoint: call.endpoint,
    said: 'not sent: an id in the path is missing or malformed',
  });
}

/** A message without a `uuid`: sent twice, it appears twice. */
function sendsUnnamed({ endpoint, body }: Call): boolean {
  if (endpoint !== 'messageReply' && endpoint !== 'messageCreate') return false;
  return typeof body?.['uuid'] !== 'string';
}
