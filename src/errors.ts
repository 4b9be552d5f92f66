/** The three kinds of error that the project throws on purpose. Decide by `kind`, never by message. */

import type { Text } from './domain.ts';

/** The asker can mend it: a wrong argument, an unknown ticket. Shown as a card with both texts. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** What happened. */
  readonly what: Text;
  /** What to do next. */
  readonly next: Text | undefined;
  /** Tickets that may have been meant, when none was named; the asker may choose one. */
  readonly tickets: readonly string[];

  constructor(what: Text, next?: Text, tickets: readonly string[] = []) {
    super(what.en_us);
    this.what = what;
    this.next = next;
    this.tickets = tickets;
  }
}

/**
 * What a failed call means for us. The table in `feishu/codes.ts` maps Feishu's codes to these.
 *
 * - `rate`: too many calls; wait and try again. Not a fault.
 * - `passing`: Feishu or the network stumbled; try again with backoff.
 * - `token`: the tenant token is no longer good; fetch one and try once more.
 * - `setup`: an administrator must act (credentials, app state, IP list, helpdesk token).
 * - `scope`: the app lacks a permission.
 * - `quota`: the tenant's monthly calls are used up.
 * - `not_found`, `forbidden`: the thing does not exist, or is not ours to see.
 * - `deleted`: it existed and was removed.
 * - `rejected_card`: Feishu does not take this card; try a simpler one.
 * - `rejected_content`: sensitive words or data-loss prevention; try masked content.
 * - `gone_target`: the message that we reply to or update is gone; send a new one.
 * - `in_flight`: the same message is being sent right now; wait, do not make another.
 * - `unreachable_chat`: the bot cannot speak there; give up.
 * - `bad_picture`: Feishu does not take this picture.
 * - `invalid`: our request was wrong; a bug, never tried again.
 * - `unknown`: a code that the table does not know; permanent and loud.
 */
export type FeishuErrorKind =
  | 'rate'
  | 'passing'
  | 'token'
  | 'setup'
  | 'scope'
  | 'quota'
  | 'not_found'
  | 'forbidden'
  | 'deleted'
  | 'rejected_card'
  | 'rejected_content'
  | 'gone_target'
  | 'in_flight'
  | 'unreachable_chat'
  | 'bad_picture'
  | 'invalid'
  | 'unknown';

export interface FeishuErrorInit {
  readonly kind: FeishuErrorKind;
  /** Feishu's `code`; undefined when there was no readable answer. */
  readonly code: number | undefined;
  /** The number behind `ErrCode:` in the message of a rejected card. */
  readonly subCode?: number | undefined;
  /** The name of the row in `feishu/endpoints.ts`. */
  readonly endpoint: string;
  readonly httpStatus?: number | undefined;
  /** How long Feishu asks us to wait, already clamped to 1–60 s. */
  readonly retryAfterMs?: number | undefined;
  /** `x-tt-logid`: what Feishu's support asks for. */
  readonly logId?: string | undefined;
  /** Feishu's own words, cut to 300 characters; for logs only, never for a chat. */
  readonly said?: string | undefined;
  /** The scopes that are missing, when `kind` is `scope`. */
  readonly scopes?: readonly string[];
}

/** A call to Feishu that did not succeed. Carries no request and no credentials, so it is safe to log. */
export class FeishuError extends Error {
  override readonly name = 'FeishuError';
  readonly kind: FeishuErrorKind;
  readonly code: number | undefined;
  readonly subCode: number | undefined;
  readonly endpoint: string;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly logId: string | undefined;
  readonly said: string | undefined;
  readonly scopes: readonly string[];

  constructor(init: FeishuErrorInit) {
    super(`${init.endpoint}: ${init.kind}${init.code === undefined ? '' : ` (${init.code})`}`);
    this.kind = init.kind;
    this.code = init.code;
    this.subCode = init.subCode;
    this.endpoint = init.endpoint;
    this.httpStatus = init.httpStatus;
    this.retryAfterMs = init.retryAfterMs;
    this.logId = init.logId;
    this.said = init.said;
    this.scopes = init.scopes ?? [];
  }
}

/** The environment is wrong. Lists every problem at once, by variable name and without values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
