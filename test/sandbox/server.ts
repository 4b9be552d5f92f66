import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, ApiCall, Desk } from './api/answers.ts';
import { Refusal, wireJson } from './api/answers.ts';
import { handlers } from './api/handlers.ts';
import type { FaultRule } from './controlShapes.ts';
import type { Faults } from './faults.ts';
import { checkGate, tooManyCalls } from './gate.ts';
import { newLogId } from './ids.ts';
import type { LedgerBook, OpenCall } from './ledger.ts';
import type { Form } from './multipart.ts';
import { parseForm } from './multipart.ts';
import type { Route } from './routes.ts';
import { routeOf } from './routes.ts';

/** Serves /open-apis/: every call is recorded, may meet a fault, passes the gate, and reaches its handler. */

export interface ApiServer {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface ApiServerParts {
  readonly desk: Desk;
  readonly ledger: LedgerBook;
  readonly faults: Faults;
  /** The right value of X-Lark-Helpdesk-Authorization. */
  readonly helpdeskAuth: string;
  readonly latencyMs: number;
  readonly now: () => number;
  readonly finished: (call: OpenCall) => void;
}

const maxBodyBytes = 40 * 1024 * 1024;

export function createApiServer(parts: ApiServerParts): ApiServer {
  const { desk, ledger, faults, now } = parts;

  async function answerOf(
    route: Route | undefined,
    request: IncomingMessage,
    asked: Asked,
    call: OpenCall,
  ): Promise<Answer> {
    if (route === undefined)
      return { status: 404, bytes: Buffer.from('404 page not found'), contentType: 'text/plain' };
    try {
      checkGate(route, request.headers, desk.world, desk.windows, parts.helpdeskAuth);
      call.counted = true;
      if (asked.broken) throw new Refusal(400, 9499, 'Bad Request');
      return await handlers[route.name]({ ...asked.call, params: route.params }, desk);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  return {
    async serve(request, response) {
      const url = new URL(request.url ?? '/', 'http://sandbox');
      const route = routeOf(request.method ?? 'GET', url.pathname);
      const atMs = now();
      const asked = await readCall(request, url);
      const call = ledger.open({
        endpoint: route?.name ?? 'unknown',
        method: request.method ?? 'GET',
        path: url.pathname,
        params: route?.params ?? {},
        query: asked.call.query,
        body: recorded(asked),
        atMs,
        logId: newLogId(atMs),
        counted: false,
      });
      const fault = faults.pick(call);
      if (fault !== undefined) call.faultId = fault.id;
      if (fault?.rule.drop === 'before') request.socket.destroy();
      else await answerCall(call, fault?.rule ?? {}, response, () => answerOf(route, request, asked, call));
      ledger.done(call);
      parts.finished(call);
    },
  };

  async function answerCall(
    call: OpenCall,
    rule: Partial<FaultRule>,
    response: ServerResponse,
    handle: () => Promise<Answer>,
  ): Promise<void> {
    if (rule.delayMs !== undefined) await wait(rule.delayMs, undefined, { ref: false });
    const answer = faultAnswer(rule) ?? (await handle());
    note(call, answer);
    if (parts.latencyMs > 0) await wait(parts.latencyMs, undefined, { ref: false });
    await write(response, answer, call.logId, rule.drop);
    answer.settled?.();
    if (rule.drop === undefined) call.endMs = now();
  }
}

interface Asked {
  readonly call: Omit<ApiCall, 'params'>;
  readonly json: unknown;
  /** The body is no JSON object although it should be. */
  readonly broken: boolean;
}

async function readCall(request: IncomingMessage, url: URL): Promise<Asked> {
  const query: Record<string, string[]> = {};
  for (const key of new Set(url.searchParams.keys())) query[key] = url.searchParams.getAll(key);
  const raw = await readBody(request);
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) {
    const form = parseForm(raw, contentType);
    return { call: { query, body: new Map(), form }, json: undefined, broken: form === undefined };
  }
  if (raw.length === 0 || request.method === 'GET') {
    return { call: { query, body: new Map(), form: undefined }, json: undefined, broken: false };
  }
  const json = parseJson(raw);
  const isRecord = typeof json === 'object' && json !== null && !Array.isArray(json);
  return {
    call: { query, body: new Map(isRecord ? Object.entries(json) : []), form: undefined },
    json,
    broken: !isRecord,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The body as the ledger keeps it: without secrets, and files as a note. */
function recorded({ call, json }: Asked): unknown {
  if (call.form !== undefined) return recordedForm(call.form);
  if (!call.body.has('app_secret')) return json;
  return { ...Object.fromEntries(call.body), app_secret: '***' };
}

function recordedForm(form: Form): unknown {
  return Object.fromEntries(
    [...form].map(([name, part]) => [
      name,
      part.filename === undefined
        ? part.data.toString('utf8').slice(0, 200)
        : {
            bytes: part.data.length,
            sha256: createHash('sha256').update(part.data).digest('hex'),
            filename: part.filename,
            contentType: part.contentType,
          },
    ]),
  );
}

const refused = (refusal: Refusal): Answer => ({
  status: refusal.status,
  json: { code: refusal.code, msg: refusal.message, error: refusal.detail },
  headers: refusal.headers,
});

/** What a fault answers in the endpoint's place; undefined when it only delays or drops. */
function faultAnswer(rule: Partial<FaultRule>): Answer | undefined {
  if (rule.raw !== undefined) {
    const headers = rule.raw.headers ?? {};
    return {
      status: rule.raw.status,
      bytes: Buffer.from(rule.raw.body),
      contentType: headers['content-type'] ?? 'text/html',
      headers,
    };
  }
  if (rule.resetSec === undefined && rule.status === undefined && rule.code === undefined) return undefined;
  const throttled = rule.resetSec === undefined ? undefined : tooManyCalls(50, rule.resetSec);
  const status = rule.json200 === true ? 200 : (rule.status ?? throttled?.status ?? 400);
  const code = rule.code ?? throttled?.code ?? (status >= 500 ? 155000 : 1500);
  return {
    status,
    json: { code, msg: rule.msg ?? throttled?.message ?? 'fault', error: {} },
    headers: throttled?.headers ?? {},
  };
}

function note(call: OpenCall, answer: Answer): void {
  call.status = answer.status;
  const code = codeOf(answer);
  if (code !== undefined) call.code = code;
  if (answer.made !== undefined) call.made = answer.made;
  if (answer.repeated !== undefined) call.repeated = answer.repeated;
}

function codeOf({ json, status }: Answer): number | undefined {
  if (json === undefined) return status === 200 ? 0 : undefined;
  const code = typeof json === 'object' && json !== null && 'code' in json ? json.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

async function write(
  response: ServerResponse,
  answer: Answer,
  logId: string,
  drop: 'before' | 'after' | 'half' | undefined,
): Promise<void> {
  if (drop === 'after') {
    response.socket?.destroy();
    return;
  }
  const body = answer.bytes ?? Buffer.from(wireJson(withLogId(answer.json, logId)));
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'x-tt-logid': logId,
    ...answer.headers,
  });
  if (drop === 'half') {
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.destroy());
  } else response.end(body);
  if (!response.closed) await new Promise<void>((resolve) => response.once('close', resolve));
}

/** Error answers name the request id in the body too. */
function withLogId(json: unknown, logId: string): unknown {
  if (typeof json !== 'object' || json === null || !('code' in json) || json.code === 0) return json;
  const detail = 'error' in json && typeof json.error === 'object' ? json.error : {};
  return {
    ...json,
    error: {
      log_id: logId,
      troubleshooter: `https://open.feishu.cn/search?log_id=${logId}&code=${json.code}`,
      ...detail,
    },
  };
}
