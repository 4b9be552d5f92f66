/** What the tables of hostile and odd requests are made of. A row makes its requests when it is tried, with the keys of whoever is shot at. */

import { type MessageOptions, messagePayload, payloadOf } from '../../support/events.ts';
import {
  encrypt,
  type Headers,
  type Sealed,
  sampleKeys,
  sampleTenant,
  sealedBody,
  signature,
  signed,
} from '../../support/seal.ts';
import type { Shot } from '../../support/webhookServer.ts';

export interface Case {
  readonly id: string;
  readonly input: string;
  readonly shots: (kit: Kit) => readonly Shot[];
  /** Of each answer. */
  readonly status: number;
  /** How many events are worked on. */
  readonly worked: 0 | 1;
}

export const row = (
  id: string,
  input: string,
  status: number,
  worked: 0 | 1,
  shots: Case['shots'],
): Case => ({ id, input, shots, status, worked });

export interface Target {
  readonly keys: Readonly<Record<keyof typeof sampleKeys, string>>;
  readonly tenantKey: string;
  /** What the target takes for now. */
  readonly nowMs: number;
  /** What the good message is, besides what every message is. */
  readonly message?: MessageOptions;
}

/** Makes requests for one row. */
export type Kit = ReturnType<typeof kitFor>;

export function kitFor(target: Target) {
  const { keys, tenantKey, nowMs } = target;
  const { encryptKey, verificationToken: token, appId: app_id } = keys;
  const payload = (options: MessageOptions = {}): Record<string, unknown> => {
    const own = target.message ?? {};
    return messagePayload({
      ...own,
      ...options,
      header: { token, app_id, tenant_key: tenantKey, ...options.header },
      event: { ...own.event, ...options.event },
      message: { ...own.message, ...options.message },
    });
  };
  const body = (content: unknown): string => sealedBody(content, encryptKey);
  const sign = (bytes: string | Uint8Array, options: Parameters<typeof signed>[2] = {}): Sealed =>
    signed(bytes, nowMs, { encryptKey, ...options });
  const good = payload();
  const goodBody = body(good);
  const sealed = sign(goodBody);
  return {
    keys,
    good,
    goodBody,
    sealed,
    /** Ten digits. */
    seconds: (offsetMs = 0): string => String(Math.floor((nowMs + offsetMs) / 1_000)),
    body,
    encrypted: (text: string | Uint8Array): string => JSON.stringify({ encrypt: encrypt(text, encryptKey) }),
    cipher: (text: string): string => encrypt(text, encryptKey),
    signatureOf: (timestamp: string, nonce: string, bytes: string): string =>
      signature(timestamp, nonce, bytes, encryptKey),
    signed: sign,
    seal: (content: unknown): Sealed => sign(body(content)),
    /** The good message, changed. */
    message: (options: MessageOptions): Shot => sign(body(payload(options))),
    big: (sizeBytes: number): string =>
      body(payload({ text: `${target.message?.text ?? ''} ${'x'.repeat(sizeBytes)}` })),
    /** A recorded event, as the target's app would get it. */
    fixture: (name: string): Record<string, unknown> =>
      JSON.parse(
        JSON.stringify(payloadOf(name))
          .replaceAll(sampleKeys.verificationToken, token)
          .replaceAll(sampleKeys.appId, app_id)
          .replaceAll(`"${sampleTenant}"`, `"${tenantKey}"`),
      ),
    /** The good event with other headers. */
    withHeaders: (headers: Headers): Shot => ({
      body: sealed.body,
      headers: { ...sealed.headers, ...headers },
    }),
    /** The good event without one of its headers. */
    without: (name: string): Shot => {
      const { [name]: _gone, ...headers } = sealed.headers;
      return { body: sealed.body, headers };
    },
  };
}
