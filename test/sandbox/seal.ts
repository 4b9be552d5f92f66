import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Encryption and signature of what Feishu pushes.
 * https://open.feishu.cn/document/event-subscription-guide/event-subscriptions/event-subscription-configure-/encrypt-key-encryption-configuration-case
 */

const keyOf = (encryptKey: string): Buffer => createHash('sha256').update(encryptKey).digest();

/** base64(iv + AES-256-CBC of the text), key = SHA-256 of the Encrypt Key. */
export function encrypt(encryptKey: string, plain: string | Buffer, iv: Buffer = randomBytes(16)): string {
  const cipher = createCipheriv('aes-256-cbc', keyOf(encryptKey), iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64');
}

/** The reverse of `encrypt`. Throws on bad padding. */
export function decrypt(encryptKey: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', keyOf(encryptKey), bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
}

/** X-Lark-Signature: hex of SHA-256 over timestamp, nonce, Encrypt Key and the raw body. */
export const sign = (encryptKey: string, timestamp: string, nonce: string, body: string | Buffer): string =>
  createHash('sha256')
    .update(timestamp + nonce + encryptKey)
    .update(body)
    .digest('hex');

export interface SealOptions {
  /** Seconds, as in the header; default now. */
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly iv?: Buffer;
  /** Default true. URL verification is not signed. */
  readonly signed?: boolean;
}

export interface Sealed {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** A payload as Feishu posts it: encrypted, then signed over the very bytes of the body. */
export function seal(encryptKey: string, nowMs: number, payload: unknown, options: SealOptions = {}): Sealed {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const body = JSON.stringify({ encrypt: encrypt(encryptKey, text, options.iv) });
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (options.signed !== false) {
    const timestamp = options.timestamp ?? String(Math.floor(nowMs / 1_000));
    const nonce = options.nonce ?? String(randomBytes(5).readUInt32BE(0));
    headers['x-lark-request-timestamp'] = timestamp;
    headers['x-lark-request-nonce'] = nonce;
    headers['x-lark-signature'] = sign(encryptKey, timestamp, nonce, body);
  }
  return { body, headers };
}
