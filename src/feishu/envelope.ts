/**
 * Opens what Feishu pushes over HTTP: signature, encryption, verification token, app and tenant. Pure: bytes, headers and the time go
 * in, a verdict comes out.
 * https://open.feishu.cn/document/event-subscription-guide/event-subscriptions/event-subscription-configure-/encrypt-key-encryption-configuration-case
 */

import { createDecipheriv, hash, timingSafeEqual } from 'node:crypto';
import type { Json, JsonObject } from '../domain.ts';

/**
 * How far a timestamp may be away, in either direction. Feishu repeats an event for up to 7 h 5 min and does not say whether it signs
 * anew each time. Replays inside the window are caught by the deduplication, which remembers longer.
 */
export const timestampWindowMs = 8 * 3_600_000;
/** The URL check is not signed, so strangers can have this much decrypted and no more. */
export const urlCheckLimitBytes = 4_096;
/** Containers inside containers. */
export const jsonDepthLimitCount = 64;

export interface EnvelopeKeys {
  readonly encryptKey: string;
  readonly verificationToken: string;
  readonly appId: string;
}

/** By lower-case name. A header that came several times is an array with several values. */
export type EnvelopeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why a delivery was refused: for logs and metrics only, because all refusals before authentication look the same outside. */
export type Refusal =
  | 'bad_signature'
  | 'bad_timestamp'
  | 'bad_url_check'
  | 'plaintext'
  | 'bad_token'
  | 'bad_app'
  | 'bad_tenant'
  | Unusable;

type Unusable = 'invalid_json' | 'undecryptable' | 'no_envelope';

export type Opened =
  | { readonly ok: true; readonly kind: 'challenge'; readonly challenge: string }
  | { readonly ok: true; readonly kind: 'event'; readonly payload: JsonObject }
  | {
      readonly ok: false;
      readonly status: 400 | 401;
      readonly slug: 'unauthorized' | Unusable;
      readonly reason: Refusal;
    };

const refused = (reason: Refusal): Opened => ({ ok: false, status: 401, slug: 'unauthorized', reason });
const unusable = (reason: Unusable): Opened => ({ ok: false, status: 400, slug: reason, reason });

/**
 * Judges one request by its raw bytes. Nothing is decrypted before the signature was found right, except for the URL check, which
 * Feishu does not sign: a small body is decrypted and must hold the verification token.
 *
 * Never throws.
 * @returns 401 for what is not authentic; 400 for what is authentic and still of no use
 */
export function openEnvelope(request: {
  readonly body: Buffer;
  readonly headers: EnvelopeHeaders;
  readonly keys: EnvelopeKeys;
  readonly nowMs: number;
}): Opened {
  const { body, headers, keys, nowMs } = request;
  const problem = signatureProblem(body, headers, keys.encryptKey, nowMs);
  if (problem !== undefined) return openUrlCheck(body, keys) ?? refused(problem);

  const outer = readJson(body);
  if (outer === undefined) return unusable('invalid_json');
  if (!isObject(outer)) return unusable('no_envelope');
  // What stands beside `encrypt` is not Feishu's word and is ignored.
  const { encrypt } = outer;
  if (encrypt === undefined) return refused('plaintext');
  const payload = decrypt(encrypt, keys.encryptKey);
  if (payload === undefined) return unusable('undecryptable');
  if (!isObject(payload)) return unusable('no_envelope');
  if (!isUrlCheck(payload)) return judge(payload, keys);
  return body.byteLength > urlCheckLimitBytes ? refused('bad_url_check') : challengeOf(payload, keys);
}

/** Undefined when the body is not a URL check at all. */
function openUrlCheck(body: Buffer, keys: EnvelopeKeys): Opened | undefined {
  if (body.byteLength > urlCheckLimitBytes) return undefined;
  const outer = readJson(body);
  if (!isObject(outer)) return undefined;
  const { encrypt } = outer;
  const payload = decrypt(encrypt, keys.encryptKey);
  return isObject(payload) && isUrlCheck(payload) ? challengeOf(payload, keys) : undefined;
}

const isUrlCheck = ({ type }: JsonObject): boolean => type === 'url_verification';

/** A challenge is a short word. Anything else is not sent back, whoever asks. */
const challengeShape = /^[\w.~+/=:-]{1,256}$/;

function challengeOf(payload: JsonObject, keys: EnvelopeKeys): Opened {
  const { challenge, token } = payload;
  if (!same(token, keys.verificationToken)) return refused('bad_url_check');
  if (typeof challenge !== 'string' || !challengeShape.test(challenge)) return refused('bad_url_check');
  return { ok: true, kind: 'challenge', challenge };
}

/** Token, app and tenant stand in `header`; in the old envelope (`uuid`, no `schema`) at the top and in `event`. */
function judge(payload: JsonObject, keys: EnvelopeKeys): Opened {
  const { header, event, schema } = payload;
  if (isObject(header)) {
    const { token, app_id: appId, tenant_key: tenantKey } = header;
    if (!same(token, keys.verificationToken)) return refused('bad_token');
    if (appId !== keys.appId) return refused('bad_app');
    if (typeof tenantKey !== 'string' || tenantKey === '') return refused('bad_tenant');
    return { ok: true, kind: 'event', payload };
  }
  if (schema !== undefined || !isObject(event)) return unusable('no_envelope');
  const { token } = payload;
  const { app_id: appId } = event;
  if (!same(token, keys.verificationToken)) return refused('bad_token');
  if (appId !== undefined && appId !== keys.appId) return refused('bad_app');
  return { ok: true, kind: 'event', payload };
}

/** In one call: a hash object of its own for each request costs more than the hashing. */
const sha256 = (bytes: string | Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** The digests of the two secrets that each request needs. */
const digests = new Map<string, Buffer>();
function digestOf(secret: string): Buffer {
  const digest = digests.get(secret) ?? sha256(secret);
  digests.set(secret, digest);
  return digest;
}

/** Compares in constant time, whatever the lengths. */
function same(given: Json | undefined, secret: string): boolean {
  return typeof given === 'string' && timingSafeEqual(sha256(given), digestOf(secret));
}

// ---------------------------------------------------------------- signature

function only(headers: EnvelopeHeaders, name: string): string {
  const value = headers[name];
  if (typeof value === 'string') return value;
  return value?.length === 1 ? (value[0] ?? '') : '';
}

function signatureProblem(
  body: Buffer,
  headers: EnvelopeHeaders,
  encryptKey: string,
  nowMs: number,
): 'bad_signature' | 'bad_timestamp' | undefined {
  const timestamp = only(headers, 'x-lark-request-timestamp');
  const nonce = only(headers, 'x-lark-request-nonce');
  const signature = only(headers, 'x-lark-signature');
  // The three parts are hashed without separators. Ten digits exactly, so that none can move into the nonce.
  if (!/^\d{10}$/.test(timestamp) || !/^[\x20-\x7e]{1,128}$/.test(nonce)) return 'bad_signature';
  if (!/^[0-9a-f]{64}$/.test(signature)) return 'bad_signature';
  const expected = sha256(Buffer.concat([Buffer.from(timestamp + nonce + encryptKey), body]));
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return 'bad_signature';
  return Math.abs(nowMs - Number(timestamp) * 1_000) > timestampWindowMs ? 'bad_timestamp' : undefined;
}

// ---------------------------------------------------------------- encryption

const blockBytes = 16;

function base64Bytes(text: string): number {
  const signCount = text.endsWith('==') ? text.length - 2 : text.length - (text.endsWith('=') ? 1 : 0);
  return text.length % 4 === 0 ? Math.floor((signCount * 3) / 4) : Number.NaN;
}

/**
 * base64(iv + AES-256-CBC), key = SHA-256 of the Encrypt Key, PKCS#7 padding. Wrong padding and wrong JSON take the same path and
 * the same time, so that nobody can learn from the difference.
 * @returns the JSON inside, or undefined
 */
function decrypt(sealed: Json | undefined, encryptKey: string): Json | undefined {
  if (typeof sealed !== 'string') return undefined;
  const bytes = Buffer.from(sealed, 'base64');
  // What is no base64 is skipped, and then bytes are missing.
  if (bytes.byteLength !== base64Bytes(sealed)) return undefined;
  if (bytes.byteLength < 2 * blockBytes || bytes.byteLength % blockBytes !== 0) return undefined;
  const iv = bytes.subarray(0, blockBytes);
  const decipher = createDecipheriv('aes-256-cbc', digestOf(encryptKey), iv).setAutoPadding(false);
  // Whole blocks without padding: nothing is held back for a last call.
  const plain = decipher.update(bytes.subarray(blockBytes));
  const paddingBytes = plain.at(-1) ?? 0;
  const padding = plain.subarray(-paddingBytes);
  const padded = paddingBytes >= 1 && paddingBytes <= blockBytes && padding.every((b) => b === paddingBytes);
  const value = readJson(plain.subarray(0, padded ? plain.byteLength - paddingBytes : plain.byteLength));
  return padded ? value : undefined;
}

// ---------------------------------------------------------------- JSON

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict UTF-8 without a byte order mark, then `toJson`. Undefined when the bytes are anything else. */
function readJson(bytes: Uint8Array): Json | undefined {
  try {
    return toJson(JSON.parse(utf8.decode(bytes)));
  } catch {
    return undefined;
  }
}

/**
 * Makes a clean copy of a parsed JSON value: keys named `__proto__` are left out.
 * @returns undefined when it is nested more than 64 deep, or is no JSON
 */
export function toJson(value: unknown, depthCount = 0): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value !== 'object' || depthCount >= jsonDepthLimitCount) return undefined;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const clean = toJson(item, depthCount + 1);
      if (clean === undefined) return undefined;
      items.push(clean);
    }
    return items;
  }
  const copy: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') continue;
    const clean = toJson(item, depthCount + 1);
    if (clean === undefined) return undefined;
    copy[key] = clean;
  }
  return copy;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
