/**
 * What the control interface under /sandbox/ sends and takes, as JSON. The page and separate processes build on it.
 * Times are wall-clock milliseconds.
 */

export type Role = 'guest' | 'agent' | 'manager' | 'oncall' | 'outsider';
export type ChatType = 'p2p' | 'group' | 'topic';

/** @public The page reads it. */
export interface StatePerson {
  readonly openId: string;
  readonly name: string;
  readonly role: Role;
  readonly tenantKey: string;
  readonly locale: 'zh_cn' | 'en_us' | 'ja_jp';
  readonly department?: string;
}

/** @public The page reads it. */
export interface StateChat {
  readonly chatId: string;
  readonly name: string;
  readonly type: ChatType;
  /** open_ids of the people in it; the bot is never listed. */
  readonly members: readonly string[];
  readonly botIn: boolean;
}

export interface StateMessage {
  readonly messageId: string;
  readonly chatId: string;
  /** `id` is an open_id for a person and the app id for the bot. */
  readonly sender: { readonly id: string; readonly type: 'user' | 'app'; readonly name: string };
  readonly msgType: string;
  /** The content string, parsed; for a person's post the receive-side form without a locale. */
  readonly content: unknown;
  /** The card as it shows now, for `interactive`; else null. */
  readonly card: unknown;
  readonly rootId?: string;
  readonly parentId?: string;
  readonly threadId?: string;
  readonly createTimeMs: number;
  readonly updateTimeMs: number;
  /** True once a card was replaced. */
  readonly updated: boolean;
  readonly deleted: boolean;
  readonly mentions: readonly { readonly key: string; readonly id: string; readonly name: string }[];
  readonly reactions: readonly {
    readonly reactionId: string;
    readonly emojiType: string;
    readonly by: string;
  }[];
}

/** GET /sandbox/state */
export interface State {
  readonly bot: { readonly appId: string; readonly openId: string; readonly name: string };
  readonly tenantKey: string;
  readonly webhookUrl: string | null;
  readonly nowMs: number;
  readonly people: readonly StatePerson[];
  readonly chats: readonly StateChat[];
  /** Oldest first. */
  readonly messages: readonly StateMessage[];
}

/** One API call as it was served: GET /sandbox/ledger?since=N → { calls, next }. */
export interface CallRecord {
  /** Counts from 1. */
  readonly seq: number;
  /** A name of the table in rules.ts, or `unknown`. */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** The JSON body; for an upload `{ image_type, image: { bytes, sha256, filename, contentType } }`. Secrets are left out. */
  readonly body: unknown;
  readonly atMs: number;
  /** When the answer was written; undefined while it is under way or when it was dropped. */
  readonly endMs?: number;
  readonly status?: number;
  /** Feishu's code in the answer; 0 also for bytes. */
  readonly code?: number;
  readonly logId: string;
  /** False when it was refused and took no place in any window. */
  readonly counted: boolean;
  /** The fault that touched it. */
  readonly faultId?: string;
  /** What a send or an upload made: message id or image key. */
  readonly made?: string;
  /** True when a `uuid` was seen before, so that nothing was sent. */
  readonly repeated?: true;
}

/** One delivery to the bot, decrypted: GET /sandbox/events?since=N → { events, next }. */
export interface DeliveryRecord {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly route: 'event' | 'card';
  /** 1 for the first, up to 5 with the redeliveries after 15 s, 5 min, 1 h and 6 h. */
  readonly attempt: number;
  readonly payload: unknown;
  readonly atMs: number;
  readonly tookMs: number;
  /** The bot's HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly body: unknown;
}

/** GET /sandbox/limits → { limits }. */
export interface LimitFill {
  readonly endpoint: string;
  readonly max: number;
  readonly windowMs: number;
  /** Calls in the window that ends now. */
  readonly used: number;
  /** Most calls that ever were in one window, refused ones included. */
  readonly worst: number;
  readonly refused: number;
}

/** GET /sandbox/stream: server-sent events, each `data:` one of these. */
export type StreamItem =
  | { readonly kind: 'message'; readonly message: StateMessage }
  | { readonly kind: 'update'; readonly message: StateMessage }
  | { readonly kind: 'call'; readonly call: CallRecord }
  | { readonly kind: 'event'; readonly event: DeliveryRecord }
  | { readonly kind: 'toast'; readonly messageId: string; readonly person: string; readonly toast: Toast }
  | { readonly kind: 'connections'; readonly count: number }
  | { readonly kind: 'reset' };

export interface Toast {
  readonly type: string;
  readonly content: string;
  readonly i18n?: Readonly<Record<string, string>>;
  /** A code of the client (200341, 200671 …) when the callback failed. */
  readonly code?: number;
}

/** POST /sandbox/say. Everything but `chat` and `person` may be left out. */
export interface SayInput {
  /** chat_id or name. */
  readonly chat: string;
  /** open_id or name. */
  readonly person: string;
  readonly text?: string;
  /** The receive-side content of a post: `{ title, content: [[…]] }`. */
  readonly post?: unknown;
  /** Default: `before` in groups, `none` in a direct chat. */
  readonly mentionBot?: 'before' | 'after' | 'none';
  /** message_id that is answered. */
  readonly replyTo?: string;
  readonly inThread?: boolean;
  readonly messageType?: string;
  readonly content?: unknown;
  /** `bot` for messages of other bots. */
  readonly senderType?: string;
  /** The sender's; the event's header always names the app's own tenant. */
  readonly tenantKey?: string;
  /** ms as a string: set on an edited message. */
  readonly updateTime?: string;
  readonly eventId?: string;
  readonly messageId?: string;
  readonly createTimeMs?: number;
}

/** Answer of POST /sandbox/say. `status` is 0 when the bot did not answer. */
export interface SayResult {
  readonly messageId: string;
  readonly eventId: string;
  readonly status: number;
  readonly body: unknown;
}

/** POST /sandbox/click. */
export interface ClickInput {
  readonly person: string;
  readonly messageId: string;
  /** The `value` of the control's callback behaviour. */
  readonly value: unknown;
  /** Default `button`. */
  readonly tag?: string;
  readonly name?: string;
  readonly formValue?: Readonly<Record<string, unknown>>;
  readonly inputValue?: string;
  readonly option?: string;
  readonly options?: readonly string[];
  readonly checked?: boolean;
  readonly eventId?: string;
}

/** Answer of POST /sandbox/click. `toast` is what the client shows, also when the callback failed. */
export interface ClickResult {
  readonly status: number;
  readonly body: unknown;
  readonly ms: number;
  readonly toast?: Toast;
}

/** POST /sandbox/faults → { id }; GET → { faults }; DELETE clears all, DELETE ?id= one. */
export interface FaultRule {
  /** A name of the table in rules.ts, or `*`. */
  readonly endpoint: string;
  /** How many calls it touches; default: every one. */
  readonly times?: number;
  /** The first n matching calls pass untouched. */
  readonly after?: number;
  readonly match?: FaultMatch;
  readonly status?: number;
  readonly code?: number;
  readonly msg?: string;
  readonly delayMs?: number;
  /** `before`: the socket dies before anything happens; `after`: it happened, the answer is lost; `half`: the answer breaks off. */
  readonly drop?: 'before' | 'after' | 'half';
  /** Sets x-ogw-ratelimit-reset, and 429/99991400 unless stated otherwise. */
  readonly resetSec?: number;
  readonly raw?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
  };
  /** Sends the error envelope with HTTP 200. */
  readonly json200?: boolean;
}

/** Which calls a fault touches; each named field must be equal. */
export interface FaultMatch {
  readonly ticketId?: string;
  readonly msgId?: string;
  readonly index?: number;
  readonly messageId?: string;
  readonly chatId?: string;
  readonly imageKey?: string;
}
