/**
 * Feishu behind two functions. A call waits for its place in the rate windows, departs with a token that holds, and its answer is
 * judged by its code; what passes is tried again, what does not is thrown as a `FeishuError` with a kind.
 */

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { FeishuError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Windows } from '../store/store.ts';
import { misfit, noAnswer, type Reader, readBytes, readJson } from './answer.ts';
import { createBreaker, EndpointBroke, type Passage } from './breaker.ts';
import type { Call, FeishuClient } from './call.ts';
import type { EndpointName } from './endpoints.ts';
import { createLimitFill } from './limitFill.ts';
import type { Want } from './limitRules.ts';
import { createLimits, type Place } from './limits.ts';
import { createPauses } from './pauses.ts';
import { createQuota } from './quota.ts';
import { prepare, type Request } from './request.ts';
import { maxElapsedMs, retryDelayMs, targetPauseMs } from './retry.ts';
import { type Answer, createSend, helpdeskCredential, NoAnswer } from './send.ts';
import { createTokens, type Grant, type Tokens } from './token.ts';

export type { Call, FeishuClient } from './call.ts';

export interface FeishuClientDeps {
  readonly app: { readonly id: string; readonly secret: string };
  readonly helpdesk: { readonly id: string; readonly token: string };
  /** `https://open.feishu.cn`, `https://open.larksuite.com` or the like: the only origin that is ever contacted. */
  readonly baseUrl: string;
  readonly windows: Windows;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** From 0 up to, not including, 1; for jitter. */
  readonly random?: () => number;
}

const grantShape = z.object({
  // What cannot stand in a header is no token.
  tenant_access_token: z.string().regex(/^[\x21-\x7e]{1,2000}$/),
  expire: z.unknown().optional(),
});

/** Added to what Feishu asks us to wait, so that several processes do not come back in one instant. */
const pauseJitter = 0.1;

type Read<T> = (answer: Answer, reader: Reader) => Promise<T>;

/** A call under way, with all that its tries need. */
interface Errand<T> {
  readonly endpoint: EndpointName;
  readonly request: Request;
  readonly want: Want;
  /** Undefined for the one call that fetches the token. */
  readonly tokens: Tokens | undefined;
  readonly read: Read<T>;
}

/** What happened to it so far. */
interface History {
  failedCount: number;
  /** Refusals by a chat or card, in a row. */
  refusedCount: number;
  /** When it was about to depart for the first time. */
  firstMs: number | undefined;
  /** Spent since then waiting for rate limits. */
  limitedMs: number;
  tokenReplaced: boolean;
}

/** One try: a value, or an error and the token that it was made with. */
type Try<T> =
  | { readonly value: T }
  | { readonly error: FeishuError; readonly token: string | undefined }
  | { readonly again: true };

/**
 * @returns the client; `tenantToken` for readiness, which resolves when a token can be had; and `noteFill`, which brings the gauge of
 * the rate windows up to date
 */
export function createFeishuClient(
  deps: FeishuClientDeps,
): FeishuClient & { readonly tenantToken: () => Promise<string>; readonly noteFill: () => void } {
  const { app, helpdesk, windows, clock, log, metrics, random = Math.random } = deps;
  const send = createSend({ app, helpdesk, baseUrl: deps.baseUrl.replace(/\/+$/, ''), clock });
  const pauses = createPauses(clock, log);
  const quota = createQuota(clock, log);
  const breaker = createBreaker({ clock, log, metrics, random });
  const limits = createLimits({ windows, pauses, clock, log, metrics });
  const fill = createLimitFill(clock);
  const tokens = createTokens({ fetch: fetchToken, clock, log, metrics });
  const secrets = [app.secret, helpdesk.token, helpdeskCredential(helpdesk)];

  async function fetchToken(): Promise<Grant> {
    const call: Call = { endpoint: 'tenantToken', body: { app_id: app.id, app_secret: app.secret } };
    const answer = await run(errandOf(call, undefined, readChecked(grantShape)));
    return { token: answer.tenant_access_token, expireSec: answer.expire };
  }

  /** Tries until there is a value, or an error that trying again does not mend. */
  async function run<T>(errand: Errand<T>): Promise<T> {
    const history: History = {
      failedCount: 0,
      refusedCount: 0,
      firstMs: undefined,
      limitedMs: 0,
      tokenReplaced: false,
    };
    for (;;) {
      const result = await tryOnce(errand, history);
      if ('value' in result) return result.value;
      if (!('error' in result)) continue;
      await recover(errand, history, result.error, result.token);
      metrics.retries.inc({ endpoint: errand.endpoint, kind: result.error.kind });
    }
  }

  async function tryOnce<T>(errand: Errand<T>, history: History): Promise<Try<T>> {
    const { endpoint, want, request } = errand;
    const vain = quota.refusal(endpoint);
    if (vain !== undefined) throw vain;
    // Before the place, because fetching one can take long; a place must not be held so long.
    await errand.tokens?.get();
    history.firstMs ??= clock.monoMs();
    const sinceMs = history.firstMs;
    const untilMs = sinceMs + history.limitedMs + maxElapsedMs;
    const passage = await breaker.pass({ ...want, repeatable: request.repeatable, sinceMs, untilMs });
    try {
      return await takePlace(errand, history, passage);
    } catch (error) {
      if (error instanceof EndpointBroke) return { again: true };
      throw error;
    } finally {
      passage.end();
    }
  }

  async function takePlace<T>(errand: Errand<T>, history: History, passage: Passage): Promise<Try<T>> {
    const waitFromMs = clock.monoMs();
    const place = await limits.reserve({ ...errand.want, check: passage.check }).finally(() => {
      history.limitedMs += clock.monoMs() - waitFromMs;
    });
    const token = errand.tokens?.current();
    if ((errand.tokens !== undefined && token === undefined) || !passage.departs()) {
      place.answered();
      return { again: true };
    }
    // Again, because the quota may have ended while the call waited.
    const late = quota.departing(errand.endpoint);
    if (late === undefined) return depart(errand, token, place, passage);
    place.answered();
    throw late;
  }

  async function depart<T>(
    errand: Errand<T>,
    token: string | undefined,
    place: Place,
    passage: Passage,
  ): Promise<Try<T>> {
    const { endpoint } = errand;
    fill.departed(endpoint);
    const startMs = clock.monoMs();
    try {
      const answer = await send(errand.request, token).finally(place.answered);
      const value = await errand.read(answer, { endpoint, scrub: (text) => scrub(text, token) });
      taken(endpoint);
      passage.answered(undefined);
      metrics.calls.inc({ endpoint, outcome: 'ok' });
      return { value };
    } catch (error) {
      const known = error instanceof NoAnswer ? noAnswer(endpoint, error) : error;
      if (!(known instanceof FeishuError)) throw known;
      noteFailure(endpoint, known);
      passage.answered(known);
      return { error: known, token };
    } finally {
      metrics.callSeconds.observe({ endpoint }, (clock.monoMs() - startMs) / 1_000);
    }
  }

  function noteFailure(endpoint: EndpointName, error: FeishuError): void {
    // Only an answer with a code comes from behind Feishu's gateway.
    if (error.code !== undefined && error.kind !== 'rate' && error.kind !== 'quota') taken(endpoint);
    metrics.calls.inc({ endpoint, outcome: error.kind });
    // A code that nobody foresaw, or an answer of another shape: somebody should look.
    if (error.kind === 'unknown') log.error({ err: error }, 'call failed in an unknown way');
    else log.debug({ err: error }, 'call failed');
  }

  function taken(endpoint: EndpointName): void {
    pauses.taken(endpoint);
    quota.taken(endpoint);
  }

  /** Returns when the call should be made again. @throws the error when it should not */
  async function recover<T>(
    errand: Errand<T>,
    history: History,
    error: FeishuError,
    token: string | undefined,
  ): Promise<void> {
    if (error.kind === 'rate') {
      await waitOut(errand, history, error);
      return;
    }
    history.refusedCount = 0;
    if (error.kind === 'quota') quota.usedUp(errand.endpoint, error);
    if (error.kind === 'token' && token !== undefined && !history.tokenReplaced) {
      history.tokenReplaced = true;
      if ((await errand.tokens?.replace(token)) !== undefined) return;
    }
    history.failedCount += 1;
    const elapsedMs = clock.monoMs() - (history.firstMs ?? clock.monoMs()) - history.limitedMs;
    const delayMs = retryDelayMs(error, { failedCount: history.failedCount, elapsedMs }, random);
    if (delayMs === undefined || !errand.request.repeatable) {
      log.info({ err: error }, 'a call failed and is not made again');
      throw error;
    }
    await clock.sleep(delayMs);
  }

  /** Too many calls: the endpoint pauses for everybody, or the chat or card for those who want to it. */
  async function waitOut<T>(errand: Errand<T>, history: History, error: FeishuError): Promise<void> {
    const { retryAfterMs } = error;
    if (retryAfterMs !== undefined) {
      pauses.refused(errand.endpoint, retryAfterMs * (1 + pauseJitter * random()));
      return;
    }
    history.refusedCount += 1;
    const pauseMs = targetPauseMs(history.refusedCount, random);
    if (limits.pauseTarget(errand.want, pauseMs)) return;
    history.limitedMs += pauseMs;
    await clock.sleep(pauseMs);
  }

  function scrub(text: string, token: string | undefined): string {
    let clean = text;
    for (const secret of token === undefined ? secrets : [...secrets, token]) {
      if (secret !== '') clean = clean.replaceAll(secret, '[secret]');
    }
    return clean;
  }

  return {
    call: async (call, schema) => run(errandOf(call, tokens, readChecked(schema))),
    download: async (call, maxBytes, admit) =>
      run(errandOf(call, tokens, (answer, reader) => readBytes(answer, reader, maxBytes, admit))),
    async tenantToken() {
      const asked = tokens.get();
      const vain = tokens.current() === undefined ? breaker.refusal('tenantToken') : undefined;
      if (vain === undefined) return asked;
      // Said at once; but asked for all the same, or nobody would find out that the outage is over.
      asked.catch(() => undefined);
      throw vain;
    },
    noteFill() {
      for (const [endpoint, ratio] of fill.ratios()) metrics.limitFill.set({ endpoint }, ratio);
    },
  };
}

/** @throws FeishuError of kind `invalid` */
function errandOf<T>(call: Call, tokens: Tokens | undefined, read: Read<T>): Errand<T> {
  const { endpoint, priority = 'person', chatId, messageId } = call;
  return { endpoint, request: prepare(call), want: { endpoint, priority, chatId, messageId }, tokens, read };
}

function readChecked<T>(schema: z.ZodType<T>): Read<T> {
  return async (answer, reader) => {
    const parsed = schema.safeParse(await readJson(answer, reader));
    if (parsed.success) return parsed.data;
    throw misfit(reader.endpoint, answer, parsed.error);
  };
}
