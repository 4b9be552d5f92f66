import type { ChatType, Role } from './controlShapes.ts';

/** The things of which the sandbox's world is made. Plain data: a test may change any of it. */

export interface Person {
  /** Per app; what the bot sees. https://open.feishu.cn/document/home/user-identity-introduction/open-id */
  readonly openId: string;
  readonly unionId: string;
  readonly userId: string;
  name: string;
  role: Role;
  tenantKey: string;
  locale: 'zh_cn' | 'en_us' | 'ja_jp';
  email?: string;
  mobile?: string;
  department?: string;
  city?: string;
  country?: string;
  avatarUrl?: string;
  resigned?: boolean;
  /** Outside of the app's contact range: contact calls answer 41050. */
  hidden?: boolean;
  /** More than 200 refuse a further buzz (230023). */
  unreadBuzzCount?: number;
}

export interface Chat {
  readonly chatId: string;
  name: string;
  type: ChatType;
  members: Set<string>;
  botIn: boolean;
  /** False: a group that answers `reply_in_thread` with 230071. */
  threads: boolean;
  /** Who may mention everybody: all members, so the bot too, or only the owner. */
  atAll: boolean;
  /** False: only people may post (230018). */
  botMayPost: boolean;
  /** False: only the owner may buzz (230052). */
  mayBuzz: boolean;
  dissolved: boolean;
  tenantKey: string;
}

export interface Mention {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly tenantKey: string;
  readonly isBot: boolean;
}

interface Reaction {
  readonly reactionId: string;
  readonly emojiType: string;
  readonly by: string;
  readonly atMs: number;
}

/** A chat message. https://open.feishu.cn/document/server-docs/im-v1/message/intro */
export interface Message {
  readonly messageId: string;
  readonly chatId: string;
  rootId?: string;
  parentId?: string;
  threadId?: string;
  msgType: string;
  createTimeMs: number;
  updateTimeMs: number;
  /** Taken back by its sender. */
  recalled: boolean;
  /** Removed for good. */
  deleted: boolean;
  updated: boolean;
  sender: { id: string; type: 'user' | 'app'; tenantKey: string; name: string };
  /** JSON string, as the APIs carry it. */
  content: string;
  /** The card as it shows now, for `interactive`. */
  card?: unknown;
  mentions: Mention[];
  reactions: Reaction[];
  pinnedAtMs?: number;
  readers: string[];
}

/** Bytes that may be made on first use; `deleted` ones answer as gone. */
export interface Picture {
  bytes: () => Promise<Buffer> | Buffer;
  contentType: string;
  deleted: boolean;
}

export interface TicketUser {
  id?: string;
  avatar_url?: string;
  name?: string;
  email?: string;
  department?: string;
  city?: string;
  country?: string;
}

interface TicketField {
  id: string;
  value?: unknown;
  key_name?: string;
  display_name?: string;
  position?: number | string;
  required?: boolean;
  editable?: boolean;
}

/**
 * A ticket as the helpdesk sends it; any field may be missing, as in the field. A bigint is written as a bare JSON number.
 * https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket/get
 */
export interface TicketWire {
  ticket_id: string;
  helpdesk_id?: string;
  guest?: TicketUser;
  comments?: unknown;
  ticket_type?: number;
  status?: number;
  score?: number;
  created_at?: number;
  updated_at?: number;
  closed_at?: number;
  dissatisfaction_reason?: { zh_cn?: string; en_us?: string; ja_jp?: string };
  agents?: TicketUser[];
  channel?: number;
  solve?: number;
  closed_by?: TicketUser;
  collaborators?: TicketUser[];
  customized_fields?: TicketField[];
  agent_service_duration?: number;
  agent_first_response_duration?: number;
  bot_service_duration?: number;
  agent_resolution_time?: number;
  actual_processing_time?: number;
  agent_entry_time?: number;
  agent_first_response_time?: number;
  agent_last_response_time?: number;
  agent_owner?: TicketUser;
  tags?: { id: string; name: string }[];
}

export interface Ticket {
  wire: TicketWire;
  /** Merged over `wire` when it is sent: for fields that no page documents. */
  extra?: Record<string, unknown>;
  chatId: string;
  messages: TicketMessage[];
}

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket-message/list */
export interface TicketMessage {
  id: string;
  messageId: string;
  type: string;
  createdAtMs: number;
  /** Sent as a JSON string; a string is sent as it is. */
  content: unknown;
  userName?: string;
  avatarUrl?: string;
  userId?: string;
  /** By index, for post; the first one for image. */
  pictures: Picture[];
}

export interface RichText {
  type: string;
  content?: string;
  text?: string;
  url?: string;
  src?: string;
  key?: string;
  width?: string;
  height?: string;
}

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/faq-management/faq/get */
export interface Faq {
  id: string;
  question: string;
  answer: string;
  richText: RichText[];
  createdAtSec: number;
  updatedAtSec: number;
  expireAtSec?: number;
  categoryId: string;
  /** Similar questions. */
  tags: string[];
  /** "1" online, "0" deleted, "2" deleted for good. */
  status: '0' | '1' | '2';
  author: string;
  images: Map<string, Picture>;
}

export interface Category {
  id: string;
  name: string;
  parentId: string;
  language: string;
}

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/agent-function/agent-schedules/list */
export interface Schedule {
  status: number;
  openId: string;
  hours: { start_time: string; end_time: string; weekday: number }[];
  skills: { id: string; name: string; is_default: boolean }[];
}

/** https://open.feishu.cn/document/server-docs/helpdesk-v1/ticket-management/ticket_customized_field/list-ticket-customized-fields */
export interface FieldDefinition {
  id: string;
  keyName: string;
  displayName: string;
  position: string;
  fieldType: 'string' | 'multiline' | 'dropdown' | 'dropdown_nested';
  description: string;
  visible: boolean;
  editable: boolean;
  required: boolean;
  createdAtMs: number;
  options?: FieldOption[];
}

interface FieldOption {
  tag: string;
  display_name: string;
  children?: FieldOption[];
}

/** A picture that the bot uploaded. https://open.feishu.cn/document/server-docs/im-v1/image/create */
export interface UploadedImage {
  readonly imageKey: string;
  bytes: Buffer;
  contentType: string;
  imageType: string;
  widthPx: number;
  heightPx: number;
  filename: string;
  sha256: string;
  deleted: boolean;
  byThisApp: boolean;
}

export interface TenantToken {
  readonly value: string;
  expiresAtMs: number;
  revoked: boolean;
}

/** Somebody was told that he was mentioned or buzzed. `target` is an open_id or `all`. */
export interface Notification {
  readonly messageId: string;
  readonly target: string;
  readonly via: 'card' | 'text' | 'post' | 'urgent_app' | 'urgent_sms' | 'urgent_phone';
  readonly atMs: number;
}

/** How this world settles what the documentation leaves open. */
export interface Settings {
  /** Which id `ticket_images` takes as `msg_id`. */
  ticketImageId: 'id' | 'message_id' | 'both';
  /** In which order ticket messages are listed. */
  ticketMessageOrder: 'oldest' | 'newest';
  /** False: bot capability switched off (230006, 234007). */
  botOn: boolean;
}
