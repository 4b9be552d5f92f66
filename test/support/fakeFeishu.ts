/** Feishu behind the client's two functions, as a plain object: a test says what each endpoint answers. */

import { FeishuError, type FeishuErrorKind } from '../../src/errors.ts';
import type { Call, FeishuClient } from '../../src/feishu/client.ts';
import type { EndpointName } from '../../src/feishu/endpoints.ts';

/** The `data` of an answer, or the bytes of a download; a failure is thrown. */
export type Answer = (call: Call) => unknown;

export interface FakeFeishu extends FeishuClient {
  /** Every call so far, in order. */
  readonly calls: readonly Call[];
  /** The calls of one endpoint. */
  to(endpoint: EndpointName): readonly Call[];
}

export function fakeFeishu(answers: Partial<Record<EndpointName, Answer>>): FakeFeishu {
  const calls: Call[] = [];
  const answer = async (call: Call): Promise<unknown> => {
    calls.push(call);
    const respond = answers[call.endpoint];
    if (respond === undefined) throw new Error(`the test does not expect ${call.endpoint}`);
    return respond(call);
  };
  return {
    calls,
    to: (endpoint) => calls.filter((call) => call.endpoint === endpoint),
    async call(call, schema) {
      const parsed = schema.safeParse(await answer(call));
      if (parsed.success) return parsed.data;
      throw failure('passing', call.endpoint);
    },
    async download(call, maxBytes) {
      const bytes = await answer(call);
      if (bytes instanceof Uint8Array && bytes.length <= maxBytes) return bytes;
      throw failure('bad_picture', call.endpoint);
    },
  };
}

export function failure(kind: FeishuErrorKind, endpoint: EndpointName = 'ticket'): FeishuError {
  return new FeishuError({ kind, code: 1, endpoint });
}

/** Something that a test settles when it wants to. */
export interface Gate<T> {
  readonly promise: Promise<T>;
  open(value: T): void;
  fail(error: Error): void;
}

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
