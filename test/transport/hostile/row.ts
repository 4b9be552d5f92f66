/** What the tables of hostile and odd requests are made of. */

import { messagePayload } from '../../support/events.ts';
import { type Headers, seal, sealedBody, signed as signedAt } from '../../support/seal.ts';
import type { Shot } from '../../support/webhookServer.ts';

export interface Case {
  readonly id: string;
  readonly input: string;
  readonly shots: readonly Shot[];
  /** Of each answer. */
  readonly status: number;
  /** How many events are worked on. */
  readonly worked: 0 | 1;
}

export const row = (id: string, input: string, status: number, worked: 0 | 1, ...shots: Shot[]): Case => ({
  id,
  input,
  shots,
  status,
  worked,
});

/** The time of the fake clock. */
export const nowMs = Date.UTC(2026, 0, 5, 9);
export const good = messagePayload();
export const goodBody = sealedBody(good);
export const sealed = seal(good, nowMs);

export const signed = (body: string | Uint8Array) => signedAt(body, nowMs);
export const message = (options: Parameters<typeof messagePayload>[0]): Shot =>
  seal(messagePayload(options), nowMs);
export const big = (bytes: number): string => sealedBody(messagePayload({ text: 'x'.repeat(bytes) }));

/** The good event with other headers. */
export const withHeaders = (headers: Headers): Shot => ({
  body: sealed.body,
  headers: { ...sealed.headers, ...headers },
});

/** The good event without one of its headers. */
export const without = (name: string): Shot => {
  const { [name]: _gone, ...headers } = sealed.headers;
  return { body: sealed.body, headers };
};
