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
  /** When the agent serves. None: whenever the state says so. */
  readonly hours?: readonly DutyHours[];
}

/** Hours of some days of the week, as clocks on the wall show them. */
export interface DutyHours {
  /** 1 is Monday, 7 is Sunday: the days on which they begin. */
  readonly weekdays: readonly number[];
  /** Minutes since midnight, from 0 to 1440. When the end is not behind the beginning, it is on the next day. */
  readonly fromMin: number;
  readonly untilMin: number;
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
  /** A remark on the ticket, and who wrote it when Feishu says so. It is not the customer's rating. */
  readonly comment: string | undefined;
  readonly commentAuthor?: string | undefined;
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

/** From one moment to another, both included, in milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Which tickets are meant: all that is given must hold. */
export interface TicketFilter {
  /** One of these. */
  readonly statuses?: readonly TicketStatus[] | undefined;
  /** True: nobody owns the ticket. */
  readonly unassigned?: boolean | undefined;
  /** The open id of the owner, or of somebody who has served. */
  readonly agentId?: string | undefined;
  readonly guestId?: string | undefined;
  /** The guest's name, whole. */
  readonly guestName?: string | undefined;
  /** One of these. */
  readonly tags?: readonly string[] | undefined;
  readonly channel?: TicketChannel | undefined;
  readonly score?: TicketScore | undefined;
  readonly solved?: boolean | undefined;
  readonly created?: Span | undefined;
  readonly updated?: Span | undefined;
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

/** Somebody has read messages of the bot's in their direct chat. */
export interface ReadInbound extends InboundBase {
  readonly kind: 'read';
  readonly readerId: string;
  readonly messageIds: readonly string[];
}

/** Someone's client asks what to show for a link. Answered at once, neither stored nor repeated. */
export interface PreviewInbound extends InboundBase {
  readonly kind: 'preview';
  readonly operator: { readonly openId: string | undefined; readonly tenantKey: string | undefined };
  readonly url: string;
  readonly chatId: string | undefined;
  /** Undefined while the message is a draft. */
  readonly messageId: string | undefined;
}

/** The bot was added to a group, or removed from it. */
export interface MembershipInbound extends InboundBase {
  readonly kind: 'membership';
  readonly chatId: string;
  readonly change: 'added' | 'removed';
}

/** An event type that the bot does not know. Counted, not processed. */
export interface UnknownInbound extends InboundBase {
  readonly kind: 'unknown';
  readonly type: string;
}

export type Inbound =
  | MessageInbound
  | ClickInbound
  | TicketInbound
  | MembershipInbound
  | ReadInbound
  | PreviewInbound
  | UnknownInbound;

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

/**
 * Which state of a ticket a card shows, and which part of it, so that the bot can tell whether the card is behind. A card whose `face`
 * is `ended` follows its ticket no more.
 */
export interface Shown {
  readonly face: 'ticket' | 'conversation' | 'pictures' | 'ended';
  /** From 1; of the ticket itself there is one. */
  readonly page: number;
  /** When the reading of the ticket began. */
  readonly readAtMs: number;
  /** As the helpdesk says; undefined when it does not. */
  readonly updatedAtMs: number | undefined;
  /** Undefined when the messages could not be read. */
  readonly messageCount: number | undefined;
  /** The same for cards that say the same. */
  readonly digest: string;
}

/** What a command returns. It is a value: the responder alone talks to the chat. */
export interface Reply {
  readonly card: Card;
  /** The tickets that the card is about, so that a command without an id can mean them. */
  readonly tickets: readonly string[];
  /**
   * Later versions of the same card, the last one final. Their making begins while `card` is being sent, and may be abandoned
   * between versions, so each version must be whole. A version is drawn only when it is shown: many are overtaken by the next.
   */
  readonly updates?: () => AsyncIterable<() => Card>;
  /** Only for a click: posted under the card instead of in its place, so that a failure does not wipe what was shown. */
  readonly beside?: true;
  /**
   * Only for a click: goes to the person who clicked, into their direct chat with the bot. The clicked card stays as it is. Where the
   * bot may not write to them, `otherwise` is posted under it instead, for everybody to see.
   */
  readonly toAsker?: { readonly otherwise: Card };
  /** The card says that the work could not be done, so it is counted as that. */
  readonly failed?: true;
  /** Which state of its one ticket the card shows. */
  readonly shown?: Shown | undefined;
  /** Sent in the card's thread, each once, after the last version of the card. Made only then. */
  readonly files?: MakeFiles;
  /** What else is to be sent once the card is shown. Made only then; after a crash it may be asked for again. */
  readonly afterwards?: () => Promise<readonly Outgoing[]>;
}

/** A picture's bytes, for a file that must not need anything else. */
export type PictureFile =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly mime: string }
  | { readonly ok: false; readonly reason: PictureFailure };

/** A file for people, whole in memory. */
export interface ReplyFile {
  readonly name: string;
  readonly mime: string;
  /** At most 30 MB, and at least one byte. */
  readonly bytes: Uint8Array;
}

/** May be called again after a crash, and must give the same files in the same order. */
export type MakeFiles = () => Promise<readonly ReplyFile[]>;

/**
 * What the bot sends without being asked just then: news, a scheduled summary, a call for help.
 * - `post`: a message of its own. Its key makes it one of a kind: posting under a known key updates the message that is there.
 * - `update`: a new version of a card that is there.
 * - `call`: alerts a person about a message of the bot's, at most once each time that it is asked for.
 *
 * `ended` hears what became of it, a failure of Feishu's included, and says what is to be sent then. Without it such a failure is thrown.
 */
export type Outgoing =
  | {
      readonly kind: 'post';
      readonly key: string;
      readonly to: Destination;
      readonly card: Card;
      readonly tickets: readonly string[];
      readonly files?: MakeFiles;
      /** It always says the same: a message that stands under the key is left as it is, at no call. */
      readonly once?: true;
      /** Which state of its one ticket the card shows. */
      readonly shown?: Shown | undefined;
      readonly ended?: (end: SendEnd) => Promise<readonly Outgoing[]>;
    }
  | {
      readonly kind: 'update';
      readonly messageId: string;
      readonly card: Card;
      /** When given, a card that shows something newer, or another part of the ticket by now, is left as it is. */
      readonly shown?: Shown | undefined;
      readonly ended?: (end: SendEnd) => Promise<readonly Outgoing[]>;
    }
  | {
      readonly kind: 'call';
      readonly messageId: string;
      readonly means: CallMeans;
      /** An open id. */
      readonly person: string;
      /** Asked at the last moment: whether the call is still wanted. */
      readonly isWanted: () => Promise<boolean>;
      readonly ended: (outcome: CallOutcome) => Promise<readonly Outgoing[]>;
    };

/** What became of a message. `forGood`: trying again would not help. */
export type SendEnd =
  | { readonly ok: true; readonly messageId: string }
  | { readonly ok: false; readonly forGood: boolean };

/** How somebody is alerted: in the app, which is free of charge, or in the app and by SMS or by phone, which are not. */
export type CallMeans = 'app' | 'sms' | 'phone';

/**
 * Why somebody could not be called.
 * - `outside`: is not a member of the chat
 * - `group`: the chat does not let the bot call, or its message is gone
 * - `person`: cannot be called by anything now, such as with 200 unread calls
 * - `scope`, `quota`: this means is not to be had
 * - `outage`: Feishu did not answer
 * - `needless`: nobody wanted it any more at the last moment
 */
export type CallRefusal =
  | 'outside'
  | 'group'
  | 'person'
  | 'scope'
  | 'quota'
  | 'outage'
  | 'needless'
  | 'other';

/** What became of a call. `unclear`: it may or may not have been made. */
export type CallOutcome =
  | { readonly kind: 'reached' }
  | { readonly kind: 'refused'; readonly why: CallRefusal; readonly code?: number | undefined }
  | { readonly kind: 'unclear' };

export interface Destination {
  /** `oc_…`; or the open id of a person (`ou_…`), which means their direct chat with the bot. */
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  /** The message that is answered; undefined for a message of its own. */
  readonly replyTo: string | undefined;
  /** The answer stands in the thread of that message, or opens one. */
  readonly inThread: boolean;
}

/** One thing that the self-check looked at. */
export interface Finding {
  /** Names it in every language: `helpdesk`, `permission im:resource`. */
  readonly check: string;
  readonly name: Text;
  /** `skip`: it could not be looked at, or nobody asked for it; `what` says why. */
  readonly state: 'pass' | 'warn' | 'fail' | 'skip';
  readonly what: Text;
  /** What an administrator does about it. */
  readonly remedy?: Text | undefined;
  /** The console's page where that is done. */
  readonly link?: string | undefined;
}

/** The short line that a click is answered with. */
export interface Toast {
  readonly type: 'info' | 'success' | 'warning' | 'error';
  readonly content: Text;
}
