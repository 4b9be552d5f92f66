/**
 * Every call that the bot makes, as a row: where it goes, how often it may be made, what it needs, and where Feishu says so.
 * The client reads this table, the README's tables are made from it, and a test compares it with the sandbox's own.
 */

/** At most `max` calls in any `perMs`. */
export interface Limit {
  readonly max: number;
  readonly perMs: number;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for each part that the caller fills in. */
  readonly path: string;
  /** All of them hold at once, for the app in its tenant. */
  readonly limits: readonly Limit[];
  /** Feishu publishes no number for it: start at `limits` and adapt when refused. */
  readonly special?: true;
  /** Any one of these permissions is enough; empty means that none is needed. */
  readonly scopes: readonly string[];
  /** Needs the helpdesk's own credentials besides the tenant token. */
  readonly helpdesk: boolean;
  /** `bytes`: success is a file and only errors are JSON. */
  readonly answer: 'json' | 'bytes';
  /** A call that may be made twice without harm: all reads, and sends that carry a `uuid`. */
  readonly repeatable: boolean;
  readonly doc: string;
}

/** The standard tier: 1000 a minute and 50 a second. */
const standard: readonly Limit[] = [
  { max: 50, perMs: 1_000 },
  { max: 1_000, perMs: 60_000 },
];
/** Where Feishu publishes no number. */
const special: readonly Limit[] = [{ max: 5, perMs: 1_000 }];

const doc = (page: string): string => `https://open.feishu.cn/document/server-docs/${page}`;
const helpdeskRead = ['helpdesk:all:readonly', 'helpdesk:all'];

export const endpoints = {
  tenantToken: {
    method: 'POST',
    path: '/open-apis/auth/v3/tenant_access_token/internal',
    limits: standard,
    scopes: [],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('authentication-management/access-token/tenant_access_token_internal'),
  },
  botInfo: {
    method: 'GET',
    path: '/open-apis/bot/v3/info',
    limits: standard,
    scopes: [],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: 'https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM',
  },
  ticket: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/tickets/:ticketId',
    limits: [{ max: 10, perMs: 1_000 }],
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/ticket-management/ticket/get'),
  },
  tickets: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/tickets',
    limits: standard,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/ticket-management/ticket/list'),
  },
  ticketMessages: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/tickets/:ticketId/messages',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/ticket-management/ticket-message/list'),
  },
  ticketImage: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/ticket_images',
    limits: standard,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'bytes',
    repeatable: true,
    doc: doc('helpdesk-v1/ticket-management/ticket/ticket_image'),
  },
  faqs: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/faqs',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/faq-management/faq/list'),
  },
  faq: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/faqs/:faqId',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/faq-management/faq/get'),
  },
  faqSearch: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/faqs/search',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/faq-management/faq/search'),
  },
  faqImage: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/faqs/:faqId/image/:imageKey',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'bytes',
    repeatable: true,
    doc: doc('helpdesk-v1/faq-management/faq/faq_image'),
  },
  customizedFields: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/ticket_customized_fields',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/ticket-management/ticket_customized_field/list-ticket-customized-fields'),
  },
  agentSchedules: {
    method: 'GET',
    path: '/open-apis/helpdesk/v1/agent_schedules',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/agent-function/agent-schedules/list'),
  },
  eventsSubscribe: {
    method: 'POST',
    path: '/open-apis/helpdesk/v1/events/subscribe',
    limits: special,
    special: true,
    scopes: helpdeskRead,
    helpdesk: true,
    answer: 'json',
    repeatable: true,
    doc: doc('helpdesk-v1/event/subscribe'),
  },
  imageUpload: {
    method: 'POST',
    path: '/open-apis/im/v1/images',
    limits: standard,
    scopes: ['im:resource', 'im:resource:upload'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/image/create'),
  },
  fileUpload: {
    method: 'POST',
    path: '/open-apis/im/v1/files',
    limits: standard,
    scopes: ['im:resource', 'im:resource:upload'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/file/create'),
  },
  image: {
    method: 'GET',
    path: '/open-apis/im/v1/images/:imageKey',
    limits: standard,
    scopes: [],
    helpdesk: false,
    answer: 'bytes',
    repeatable: true,
    doc: doc('im-v1/image/get'),
  },
  messageReply: {
    method: 'POST',
    path: '/open-apis/im/v1/messages/:messageId/reply',
    limits: standard,
    scopes: ['im:message', 'im:message:send_as_bot', 'im:message:send'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/message/reply'),
  },
  messageCreate: {
    method: 'POST',
    path: '/open-apis/im/v1/messages',
    limits: standard,
    scopes: ['im:message', 'im:message:send_as_bot', 'im:message:send'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/message/create'),
  },
  messageList: {
    method: 'GET',
    path: '/open-apis/im/v1/messages',
    limits: standard,
    scopes: ['im:message', 'im:message:readonly', 'im:message.history:readonly'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/message/list'),
  },
  messagePatch: {
    method: 'PATCH',
    path: '/open-apis/im/v1/messages/:messageId',
    limits: standard,
    scopes: ['im:message', 'im:message:send_as_bot', 'im:message:update'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/message-card/patch'),
  },
  urgentApp: {
    method: 'PATCH',
    path: '/open-apis/im/v1/messages/:messageId/urgent_app',
    limits: standard,
    scopes: ['im:message.urgent', 'im:message.urgent:app_send'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/buzz-messages/urgent_app'),
  },
  // The next two cost money: they are never made twice.
  urgentSms: {
    method: 'PATCH',
    path: '/open-apis/im/v1/messages/:messageId/urgent_sms',
    limits: standard,
    scopes: ['im:message.urgent:sms', 'im:message.urgent:sms_send'],
    helpdesk: false,
    answer: 'json',
    repeatable: false,
    doc: doc('im-v1/buzz-messages/urgent_sms'),
  },
  urgentPhone: {
    method: 'PATCH',
    path: '/open-apis/im/v1/messages/:messageId/urgent_phone',
    limits: standard,
    scopes: ['im:message.urgent:phone', 'im:message.urgent:phone_send'],
    helpdesk: false,
    answer: 'json',
    repeatable: false,
    doc: doc('im-v1/buzz-messages/urgent_phone'),
  },
  readUsers: {
    method: 'GET',
    path: '/open-apis/im/v1/messages/:messageId/read_users',
    limits: standard,
    scopes: ['im:message', 'im:message:readonly', 'im:message:basic'],
    helpdesk: false,
    answer: 'json',
    repeatable: true,
    doc: doc('im-v1/message/read_users'),
  },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof endpoints;

/** What Feishu allows in one chat for sent messages, and on one card for updates, besides the endpoint's own limits. */
export const perTarget = {
  chat: { max: 5, perMs: 1_000 },
  message: { max: 5, perMs: 1_000 },
} as const satisfies Record<string, Limit>;
