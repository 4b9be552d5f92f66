/** What a call to Feishu is, and the client as the services see it. */

import type { z } from 'zod';
import type { JsonObject } from '../domain.ts';
import type { Priority } from '../store/store.ts';
import type { EndpointName } from './endpoints.ts';
import type { Form } from './multipart.ts';

export type QueryValue = string | number | boolean | readonly (string | number)[];

export interface Call {
  readonly endpoint: EndpointName;
  /** What stands in the path's `:name` parts. Checked and encoded. */
  readonly path?: Readonly<Record<string, string>>;
  /** An array becomes a repeated key. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: JsonObject;
  /** In the place of a body: a picture or a file goes up. */
  readonly form?: Form;
  /** Default `person`. */
  readonly priority?: Priority;
  /** A message goes to this chat: its 5 a second count too. */
  readonly chatId?: string;
  /** This card is updated: its 5 a second count too. */
  readonly messageId?: string;
}

/**
 * Lets a file in: told its size, or the most that it can be when Feishu does not say, before its bytes are read, and waited for. Called
 * again when the call is tried again.
 */
export type Admit = (sizeBytes: number) => Promise<void>;

/** Feishu behind two functions: limits, tokens, time-outs, retries and error kinds are inside. */
export interface FeishuClient {
  /** @returns `data` of the answer, checked. @throws FeishuError */
  call<T>(call: Call, schema: z.ZodType<T>): Promise<T>;
  /** @returns the bytes, at most `maxBytes`. @throws FeishuError; kind `bad_picture` when there are more */
  download(call: Call, maxBytes: number, admit?: Admit): Promise<Uint8Array>;
}
