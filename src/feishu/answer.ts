/** Reads an answer of Feishu to its end and says what it is: the data of a success, or an error with its kind. */

import { z } from 'zod';
import { FeishuError } from '../errors.ts';
import type { Admit } from './call.ts';
import { classify } from './codes.ts';
import { type Endpoint, type EndpointName, endpoints } from './endpoints.ts';
import { type Answer, NoAnswer, reasonOf } from './send.ts';

/** More than the largest answer that Feishu documents, 200 messages of 150 KB, would take unpacked; a bomb is larger. */
const jsonMaxBytes = 48 * 1024 * 1024;
const errorMaxBytes = 64 * 1024;
const saidMaxCount = 300;
const scopesMaxCount = 20;

/** Whose answer it is, and the words in it that must not be repeated. */
export interface Reader {
  readonly endpoint: EndpointName;
  /** Takes credentials out of Feishu's words, which may repeat what we sent. */
  readonly scrub: (text: string) => string;
}

/** @returns `data`, or for the two endpoints without one the rest of the answer. @throws FeishuError, NoAnswer */
export async function readJson(answer: Answer, reader: Reader): Promise<unknown> {
  const ok = isOk(answer);
  const bytes = await readUpTo(answer, ok ? jsonMaxBytes : errorMaxBytes);
  const body = bytes === undefined ? undefined : parse(bytes);
  if (!ok || body?.['code'] !== 0) throw failure(answer, body, reader);
  const { code: _code, msg: _msg, ...rest } = body;
  return hasNoData(reader.endpoint) ? rest : (rest['data'] ?? {});
}

/**
 * @param admit is waited for before the file is read, which stays with the network until then
 * @returns the file. A 200 with JSON is an error too: a picture is never JSON.
 * @throws FeishuError; of kind `bad_picture` when there are more than `maxBytes`, and then the connection is closed. NoAnswer
 */
export async function readBytes(
  answer: Answer,
  reader: Reader,
  maxBytes: number,
  admit?: Admit,
): Promise<Uint8Array> {
  const type = answer.header('content-type')?.toLowerCase() ?? '';
  if (!isOk(answer) || /^(application\/json|text\/html)\b/.test(type)) {
    const bytes = await readUpTo(answer, errorMaxBytes);
    throw failure(answer, bytes === undefined ? undefined : parse(bytes), reader);
  }
  const bytes = await readUpTo(answer, maxBytes, admit);
  if (bytes !== undefined) return bytes;
  throw new FeishuError({
    kind: 'bad_picture',
    code: undefined,
    endpoint: reader.endpoint,
    httpStatus: answer.status,
    logId: logIdOf(answer, undefined),
    said: `more than ${maxBytes} bytes`,
  });
}

function isOk({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Their answers have no `data`. https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal */
function hasNoData(endpoint: EndpointName): boolean {
  return endpoint === 'tenantToken' || endpoint === 'botInfo';
}

/** The whole body, or undefined when it is longer; then the rest is not waited for. @throws NoAnswer when it breaks off */
async function readUpTo(
  { body, header, watch }: Answer,
  maxBytes: number,
  admit?: Admit,
): Promise<Uint8Array | undefined> {
  try {
    const lengthBytes = Number(header('content-length') ?? Number.NaN);
    if (lengthBytes > maxBytes) return undefined;
    if (admit !== undefined) await watch.hold(admit(Number.isNaN(lengthBytes) ? maxBytes : lengthBytes));
    const chunks: Uint8Array[] = [];
    let readBytes = 0;
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) throw new NoAnswer('not bytes');
      watch.progress();
      readBytes += chunk.byteLength;
      if (readBytes > maxBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, readBytes);
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(reasonOf(error, watch));
  } finally {
    watch.end();
    body.destroy();
  }
}

type Body = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder();

/**
 * The JSON object in these bytes. Integers above 2^53 lose their last digits here: Feishu writes them for some legacy ids only, and
 * no id of ours is ever taken from a number.
 */
function parse(bytes: Uint8Array): Body | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// ---------------------------------------------------------------- errors

function failure(answer: Answer, body: Body | undefined, { endpoint, scrub }: Reader): FeishuError {
  const { code, msg } = envelope.parse(body ?? {});
  const subCode = msg === undefined ? undefined : subCodeOf(msg);
  // A success that should have been a file, or that came with an error's status: code 0 explains neither.
  const verdict = code === 0 ? undefined : classify(endpoint, answer.status, code, subCode, msg);
  const kind =
    verdict?.kind ?? (isOk(answer) ? 'unknown' : classify(endpoint, answer.status, undefined).kind);
  return new FeishuError({
    kind,
    code,
    subCode,
    endpoint,
    httpStatus: answer.status,
    retryAfterMs: kind === 'rate' && verdict?.row?.target !== true ? resetMs(answer) : undefined,
    logId: logIdOf(answer, body),
    said: said(scrub, msg ?? `HTTP ${answer.status}, no readable answer`),
    scopes: kind === 'scope' ? missingScopes(endpoint, body) : [],
  });
}

/** A call that had no answer, as an error that is tried again. */
export function noAnswer(endpoint: EndpointName, cause: NoAnswer): FeishuError {
  return new FeishuError({ kind: 'passing', code: undefined, endpoint, said: cause.message });
}

/** An answer whose `data` is not what the page promises. Names the place only: the value may be anybody's words. */
export function misfit(endpoint: EndpointName, answer: Answer, error: z.ZodError): FeishuError {
  const places = error.issues.map(({ path }) => path.map(String).join('.') || '(top)');
  return new FeishuError({
    kind: 'unknown',
    code: 0,
    endpoint,
    httpStatus: answer.status,
    logId: logIdOf(answer, undefined),
    said: said((text) => text, `the answer does not fit at ${places.join(', ')}`),
  });
}

const maybeText = z.string().optional().catch(undefined);
const envelope = z.object({ code: z.number().optional().catch(undefined), msg: maybeText });
const details = z.object({ error: z.unknown().optional(), log_id: maybeText, logid: maybeText });
const errorDetails = z.object({
  log_id: maybeText,
  logid: maybeText,
  permission_violations: z.unknown().optional(),
});
const violation = z.object({ subject: maybeText, scope: maybeText });

/** `ErrCode: 200570` in the message of a refused card. */
function subCodeOf(msg: string): number | undefined {
  const digits = /ErrCode:\s{0,5}(\d{1,9})\b/i.exec(msg)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** How long to wait, from `x-ogw-ratelimit-reset` in seconds: at least 1 s, also when it makes no sense, and at most 60 s. */
function resetMs(answer: Answer): number {
  const seconds = Number(answer.header('x-ogw-ratelimit-reset'));
  return 1_000 * (seconds > 1 ? Math.min(60, seconds) : 1);
}

function logIdOf(answer: Answer, body: Body | undefined): string | undefined {
  const top = details.parse(body ?? {});
  const inner = errorDetails.safeParse(top.error).data;
  const ids = [answer.header('x-tt-logid'), inner?.log_id, inner?.logid, top.log_id, top.logid];
  return ids.find((id) => id !== undefined && /^[\w.:-]{1,128}$/.test(id));
}

/** The permissions that Feishu names, or those of which the endpoint needs one. */
function missingScopes(endpoint: EndpointName, body: Body | undefined): readonly string[] {
  const violations = errorDetails.safeParse(body?.['error']).data?.permission_violations;
  const named = Array.isArray(violations) ? violations.slice(0, scopesMaxCount) : [];
  const scopes = named.flatMap((item) => {
    const { subject, scope } = violation.safeParse(item).data ?? {};
    const name = scope ?? subject;
    return name !== undefined && /^[\w:.-]{1,100}$/.test(name) ? [name] : [];
  });
  const row: Endpoint = endpoints[endpoint];
  return scopes.length > 0 ? [...new Set(scopes)] : row.scopes;
}

/** What a card's refusal repeats of the card, longer quotations, addresses, phone numbers, and what is not Feishu's English. */
const notOurs =
  /ErrorValue\s{0,3}[:=][\s\S]*$|(["'`“‘])[^"'`”’]{24,}["'`”’]|[\w.+-]{1,64}@[\w.-]{1,255}|(?<!\d)1[3-9]\d{9}(?!\d)|[^\x20-\x7e]+/gu;

/** Feishu's words for the log, without ours: they may repeat what somebody wrote. */
function said(scrub: (text: string) => string, text: string): string {
  return scrub(text)
    .slice(0, 10 * saidMaxCount)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(notOurs, '…')
    .slice(0, saidMaxCount);
}
