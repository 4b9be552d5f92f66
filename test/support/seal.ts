/** Seals a payload as Feishu does. Written from the documentation alone, so that it is a second opinion about `openEnvelope`. */

import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** What the tests use wherever keys are needed. */
export const sampleKeys = {
  encryptKey: 'test key',
  verificationToken: 'verify-me',
  appId: 'cli_a1b2c3d4e5f60718',
} as const;
export const sampleTenant = 'tenant-1';

/** base64 of the iv and what AES-256-CBC makes of whole blocks of 16 bytes. */
export function encryptBlocks(blocks: Uint8Array, encryptKey: string, iv: Uint8Array): string {
  const key = createHash('sha256').update(encryptKey, 'utf8').digest();
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([iv, cipher.update(blocks), cipher.final()]).toString('base64');
}

/** The same for any text, padded by hand after PKCS#7. */
export function encrypt(
  text: string | Uint8Array,
  encryptKey: string = sampleKeys.encryptKey,
  iv: Uint8Array = randomBytes(16),
): string {
  const plain = Buffer.from(text);
  const missing = 16 - (plain.length % 16);
  return encryptBlocks(Buffer.concat([plain, Buffer.alloc(missing, missing)]), encryptKey, iv);
}

export function signature(
  timestamp: string,
  nonce: string,
  body: string | Uint8Array,
  encryptKey: string = sampleKeys.encryptKey,
): string {
  const bytes = Buffer.concat([Buffer.from(timestamp + nonce + encryptKey), Buffer.from(body)]);
  return createHash('sha256').update(bytes).digest('hex');
}

export type Headers = Record<string, string | string[]>;

export interface Sealed {
  readonly body: Buffer;
  readonly headers: Headers;
}

/** Headers that make any bytes authentic. */
export function signed(
  body: string | Uint8Array,
  nowMs: number,
  options: { readonly encryptKey?: string; readonly nonce?: string; readonly timestamp?: string } = {},
): Sealed {
  const { encryptKey, nonce = 'nonce-1', timestamp = String(Math.floor(nowMs / 1_000)) } = options;
  return {
    body: Buffer.from(body),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': nonce,
      'x-lark-signature': signature(timestamp, nonce, body, encryptKey),
    },
  };
}

/** The body of a delivery: `payload` as JSON, or as it is when it is text already, encrypted. */
export const sealedBody = (payload: unknown, encryptKey: string = sampleKeys.encryptKey): string =>
  JSON.stringify({
    encrypt: encrypt(typeof payload === 'string' ? payload : JSON.stringify(payload), encryptKey),
  });

/** A whole delivery: encrypted and signed. */
export const seal = (payload: unknown, nowMs: number): Sealed => signed(sealedBody(payload), nowMs);

/** The same without the signature, as Feishu sends the URL check. */
export const unsigned = (body: string | Uint8Array): Sealed => ({
  body: Buffer.from(body),
  headers: { 'content-type': 'application/json; charset=utf-8' },
});
