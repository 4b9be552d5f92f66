/**
 * The nouns of the project. Everything else speaks in these words; this file imports nothing.
 *
 * Conventions: every moment is milliseconds since 1970 in UTC (`…AtMs`), every length of time names its unit, ids are
 * strings and are never turned into numbers, and what Feishu left out is `undefined`, not an invented value.
 */

// ---------------------------------------------------------------- text

/** The languages that every text for people comes in. */
export type Locale = 'zh_cn' | 'en_us' | 'ja_jp';

/** One sentence in all languages. In a card it becomes `i18n_content`, so each reader sees their own. */
export type Text = Readonly<Record<Locale, string>>;

// ---------------------------------------------------------------- JSON

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A card in the JSON 2.0 format, as Feishu takes it. Built by `cards/`, sent by the responder. */
export type Card = { readonly schema: '2.0' } & JsonObject;

// ---------------------------------------------------------------- people

export interface Person {
  /** `ou_…`, or undefined when Feishu did not say who it was. */
  readonly openId: string | undefined;
  readonly name: string;
  readonly email: string | undefined;
  readonly department: string | undefined;
}

/** A helpdesk agent with the state that the agent schedules give. */
export interface Agent {
  readonly person: Person;
  readonly state: 'online' | 'offline' | 'off_duty' | 'removed' | 'unknown';
  readonly skills: readonly string[];
}

// ---------------------------------------------------------------- tickets

export type TicketStatus =
  | 'created'
  | 'in_progress'
  | 'queueing'
  | 'pending'
  | 'waiting_for_guest'
  | 'closed_by_bot'
  | 'closed_by_agent'
  | 'closed_by_guest'
  | 'unknown';

export type TicketStage = 'bot' | 'human' | 'unknown';
export type TicketChannel = 'open_api' | 'qr_code' | 'share' | 'search' | 'other';
export type TicketScore = 'dissatisfied' | 'average' | 'satisfied';

/** A custom field of a ticket, by the name that the helpdesk gives it. */
export interface TicketField {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

export interface Ticket {
  readonly id: string;
  readonly helpdeskId: string | undefined;
  readonly guest: Person | undefined;
  /** The main agent. Undefined means that nobody owns the ticket yet. */
  readonly owner: Person | undefined;
  /** Everyone who has served, without the owner being repeated twice. */
  readonly agents: readonly Person[];
  readonly collaborators: readonly Person[];
  readonly closedBy: Person | undefined;
  readonly stage: TicketStage;
  readonly status: TicketStatus;
  readonly channel: TicketChannel;
  readonly solved: boolean | undefined;
  readonly score: TicketScore | undefined;
  readonly dissatisfaction: Text | undefined;
  readonly comment: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly updatedAtMs: number | undefined;
  readonly closedAtMs: number | undefined;
  readonly agentEnteredAtMs: number | undefined;
  readonly firstResponseAtMs: number | undefined;
  readonly lastResponseAtMs: number | undefined;
  readonly agentServiceMin: number | undefined;
  readonly firstResponseSec: number | undefined;
  readonly botServiceSec: number | undefined;
  readonly resolutionSec: number | undefined;
  readonly processingSec: number | undefined;
  readonly fields: readonly TicketField[];
  readonly tags: readonly string[];
}

export interface TicketMessage {
  readonly id: string;
  readonly kind: 'text' | 'post' | 'image' | 'file' | 'media' | 'unknown';
  readonly createdAtMs: number | undefined;
  readonly author: Person;
  /** Plain text, with no markup left in it. Empty for a message that is only a picture or a file. */
  readonly text: string;
  /** In the order in which they stand in the message. */
  readonly pictures: readonly PictureSource[];
}

/** A ticket's messages, oldest first. `omittedCount` were not read because the conversation is very long. */
export interface Conversation {
  readonly messages: readonly TicketMessage[];
  readonly totalCount: number;
  readonly omittedCount: number;
  /** Where the omitted messages would stand: the index in `messages` before which they are missing. */
  readonly omittedBefore: number | undefined;
}

// ---------------------------------------------------------------- knowledge

/** An entry of the knowledge base. */
export interface Faq {
  readonly id: string;
  readonly question: string;
  readonly answer: readonly FaqPart[];
  readonly categories: readonly string[];
  readonly similarQuestions: readonly string[];
  readonly updatedAtMs: number | undefined;
  readonly updatedBy: Person | undefined;
  readonly expiresAtMs: number | undefined;
}

export type FaqPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'picture'; readonly picture: PictureSource };

// ---------------------------------------------------------------- pictures

/** Where a picture can be fetched from. */
export type PictureSource =
  | {
      readonly kind: 'ticket';
      readonly ticketId: string;
      /** The ids under which the message may be known, the likeliest first. */
      readonly messageIds: readonly string[];
      /** The picture's place in a rich-text message; undefined for an image message, which must not send it. */
      readonly index: number | undefined;
    }
  | { readonly kind: 'faq'; readonly faqId: string; readonly imageKey: string }
  | { readonly kind: 'chat'; readonly messageId: string; readonly imageKey: string };

export type PictureFailure = 'deleted' | 'too_large' | 'unreadable' | 'unavailable';

/** What a card can show in a picture's place. */
export type Picture =
  | { readonly state: 'loading'; readonly source: PictureSource }
  | { readonly state: 'ready'; readonly source: PictureSource; readonly imageKey: string }
  | { readonly state: 'failed'; readonly source: PictureSource; readonly reason: PictureFailure };

// ---------------------------------------------------------------- what comes in

interface InboundBase {
  /** `header.event_id`. */
  readonly eventId: string;
  readonly appId: string;
  readonly tenantKey: string;
  readonly transport: 'webhook' | 'websocket';
  readonly receivedAtMs: number;
  /** When Feishu says that it happened. Never used for security. */
  readonly createdAtMs: number | undefined;
}

export interface Mention {
  /** The place holder in the text, such as `@_user_1`. */
  readonly key: string;
  readonly openId: string | undefined;
  readonly name: string;
}

/** A message that the bot was sent, or saw in a group. */
export interface MessageInbound extends InboundBase {
  readonly kind: 'message';
  readonly messageId: string;
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  readonly threadId: string | undefined;
  readonly rootId: string | undefined;
  readonly parentId: string | undefined;
  readonly sender: {
    readonly openId: string | undefined;
    readonly tenantKey: string | undefined;
    readonly type: 'user' | 'bot' | 'unknown';
  };
  readonly edited: boolean;
  /** Only what the sender typed: quoted and forwarded text is not in it. Mentions are still place holders. */
  readonly text: string;
  readonly mentions: readonly Mention[];
}

/** A press of a button on one of the bot's cards. */
export interface ClickInbound extends InboundBase {
  readonly kind: 'click';
  readonly operator: { readonly openId: string | undefined; readonly tenantKey: string | undefined };
  readonly messageId: string;
  readonly chatId: string;
  /** What the button carries, not yet checked; the action's own schema does that. */
  readonly value: Json;
  readonly formValue: JsonObject | undefined;
  readonly option: string | undefined;
}

/** News about a ticket. A hint only: the ticket is read again before anyone is told. */
export interface TicketInbound extends InboundBase {
  readonly kind: 'ticket';
  readonly ticketId: string;
  readonly change: 'created' | 'updated' | 'message';
  /** The id of the new ticket message, when `change` is `message`. */
  readonly ticketMessageId: string | undefined;
}

/** Someone's client asks what to show for a link. Answered at once, neither stored nor repeated. */
export interface PreviewInbound extends InboundBase {
  readonly kind: 'preview';
  readonly operator: { readonly openId: string | undefined; readonly tenantKey: string | undefined };
  readonly url: string;
  readonly chatId: string | undefined;
}

/** An event type that the bot does not know. Counted, not processed. */
export interface UnknownInbound extends InboundBase {
  readonly kind: 'unknown';
  readonly type: string;
}

export type Inbound = MessageInbound | ClickInbound | TicketInbound | PreviewInbound | UnknownInbound;

/**
 * The answer to a delivery, in a form that every transport can send. `written` is called once the answer has left:
 * work that a click queued may only start then, because Feishu undoes card updates that come before it.
 */
export interface Ack {
  readonly status: number;
  readonly body: JsonObject;
  readonly written?: () => Promise<void>;
}

// ---------------------------------------------------------------- what goes out

/** What a command returns. It is a value: the responder alone talks to the chat. */
export interface Reply {
  readonly card: Card;
  /** The tickets that the card is about, so that a command without an id can mean them. */
  readonly tickets: readonly string[];
  /**
   * Later versions of the same card, the last one final. Pulled only after `card` was sent, and may be abandoned between
   * versions, so each version must be whole.
   */
  readonly updates?: () => AsyncIterable<Card>;
  /** Only for a click: posted under the card instead of in its place, so that a failure does not wipe what was shown. */
  readonly beside?: true;
}

/**
 * What the bot sends without being asked just then: news, a scheduled summary, a call for help.
 * - `post`: a message of its own. Its key makes it one of a kind: posting under a known key updates the message that is there.
 * - `update`: a new version of a card that is there.
 */
export type Outgoing =
  | {
      readonly kind: 'post';
      readonly key: string;
      readonly to: Destination;
      readonly card: Card;
      readonly tickets: readonly string[];
    }
  | { readonly kind: 'update'; readonly messageId: string; readonly card: Card };

export interface Destination {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** The message that is answered; undefined for a message of its own. */
  readonly replyTo: string | undefined;
  /** The answer stands in the thread of that message, or opens one. */
  readonly inThread: boolean;
}

/** The short line that a click is answered with. */
export interface Toast {
  readonly type: 'info' | 'success' | 'warning' | 'error';
  readonly content: Text;
}
