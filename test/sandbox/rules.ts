/**
 * What the documentation says about each endpoint, typed from its pages: this table is the sandbox's own and shares
 * nothing with the bot's. Windows: https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control
 */

export interface Window {
  readonly max: number;
  readonly windowMs: number;
}

export interface Rule {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly windows: readonly Window[];
  /** Feishu publishes no number; the window here is our guess. */
  readonly special?: true;
  /** Any one of them is enough. */
  readonly scopes: readonly string[];
  /** Needs X-Lark-Helpdesk-Authorization. */
  readonly helpdesk?: true;
  /** Takes no tenant token. */
  readonly open?: true;
  readonly doc: string;
}

const perSecond = (max: number): Window => ({ max, windowMs: 1_000 });
const tier4 = [perSecond(50), { max: 1_000, windowMs: 60_000 }] as const;
const unpublished = [perSecond(5)] as const;

const page = (path: string): string => `https://open.feishu.cn/document/server-docs/${path}`;

/** A page of the helpdesk chapter. All need the helpdesk's own credentials. */
const helpdesk = (
  method: Rule['method'],
  path: string,
  windows: readonly Window[] | 'special',
  doc: string,
): Rule => ({
  method,
  path: `/open-apis/helpdesk/v1${path}`,
  windows: windows === 'special' ? unpublished : windows,
  ...(windows === 'special' ? { special: true as const } : {}),
  scopes: ['helpdesk:all:readonly'],
  helpdesk: true,
  doc: page(`helpdesk-v1/${doc}`),
});

const im = (method: Rule['method'], path: string, scopes: readonly string[], doc: string): Rule => ({
  method,
  path: `/open-apis/im/v1${path}`,
  windows: tier4,
  scopes,
  doc: page(doc),
});

const send = ['im:message', 'im:message:send_as_bot', 'im:message:send'];
const read = ['im:message', 'im:message:readonly', 'im:message.history:readonly'];
const chatRead = ['im:chat', 'im:chat:readonly', 'im:chat:read', 'im:chat.members:read'];

export const rules = {
  tenantToken: {
    method: 'POST',
    path: '/open-apis/auth/v3/tenant_access_token/internal',
    windows: [],
    scopes: [],
    open: true,
    doc: page('authentication-management/access-token/tenant_access_token_internal'),
  },
  botInfo: {
    method: 'GET',
    path: '/open-apis/bot/v3/info',
    windows: tier4,
    scopes: [],
    doc: 'https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM',
  },

  ticket: helpdesk('GET', '/tickets/:ticketId', [perSecond(10)], 'ticket-management/ticket/get'),
  tickets: helpdesk('GET', '/tickets', tier4, 'ticket-management/ticket/list'),
  ticketMessages: helpdesk(
    'GET',
    '/tickets/:ticketId/messages',
    'special',
    'ticket-management/ticket-message/list',
  ),
  ticketImage: helpdesk('GET', '/ticket_images', tier4, 'ticket-management/ticket/ticket_image'),
  legacyFields: helpdesk(
    'GET',
    '/customized_fields',
    'special',
    'ticket-management/ticket/customized_fields',
  ),
  customizedFields: helpdesk(
    'GET',
    '/ticket_customized_fields',
    'special',
    'ticket-management/ticket_customized_field/list-ticket-customized-fields',
  ),
  faqs: helpdesk('GET', '/faqs', 'special', 'faq-management/faq/list'),
  faqSearch: helpdesk('GET', '/faqs/search', 'special', 'faq-management/faq/search'),
  faq: helpdesk('GET', '/faqs/:faqId', 'special', 'faq-management/faq/get'),
  faqImage: helpdesk('GET', '/faqs/:faqId/image/:imageKey', 'special', 'faq-management/faq/faq_image'),
  categories: helpdesk('GET', '/categories', 'special', 'faq-management/category/list-categories'),
  agentSchedules: helpdesk('GET', '/agent_schedules', 'special', 'agent-function/agent-schedules/list'),
  eventsSubscribe: helpdesk('POST', '/events/subscribe', 'special', 'event/subscribe'),

  messageCreate: im('POST', '/messages', send, 'im-v1/message/create'),
  messageReply: im('POST', '/messages/:messageId/reply', send, 'im-v1/message/reply'),
  messagePatch: im(
    'PATCH',
    '/messages/:messageId',
    ['im:message', 'im:message:send_as_bot', 'im:message:update'],
    'im-v1/message-card/patch',
  ),
  message: im('GET', '/messages/:messageId', read, 'im-v1/message/get'),
  messageDelete: im(
    'DELETE',
    '/messages/:messageId',
    ['im:message', 'im:message:send_as_bot', 'im:message:recall'],
    'im-v1/message/delete',
  ),
  messages: im('GET', '/messages', read, 'im-v1/message/list'),
  messageResource: im('GET', '/messages/:messageId/resources/:fileKey', read, 'im-v1/message/get-2'),
  imageUpload: im('POST', '/images', ['im:resource', 'im:resource:upload'], 'im-v1/image/create'),
  image: im('GET', '/images/:imageKey', [], 'im-v1/image/get'),
  fileUpload: im('POST', '/files', ['im:resource', 'im:resource:upload'], 'im-v1/file/create'),
  chat: im('GET', '/chats/:chatId', chatRead.slice(0, 3), 'group/chat/get-2'),
  chatMembers: im('GET', '/chats/:chatId/members', chatRead, 'group/chat-member/get'),
  pinCreate: im(
    'POST',
    '/pins',
    ['im:message', 'im:message.pins', 'im:message.pins:write_only'],
    'im-v1/pin/create',
  ),
  pinDelete: im(
    'DELETE',
    '/pins/:messageId',
    ['im:message', 'im:message.pins', 'im:message.pins:write_only'],
    'im-v1/pin/delete',
  ),
  pins: im('GET', '/pins', ['im:message', 'im:message.pins', 'im:message.pins:read'], 'im-v1/pin/list'),
  reactionCreate: im(
    'POST',
    '/messages/:messageId/reactions',
    ['im:message', 'im:message.reactions:write_only'],
    'im-v1/message-reaction/create',
  ),
  reactionDelete: im(
    'DELETE',
    '/messages/:messageId/reactions/:reactionId',
    ['im:message', 'im:message.reactions:write_only'],
    'im-v1/message-reaction/delete',
  ),
  urgentApp: im(
    'PATCH',
    '/messages/:messageId/urgent_app',
    ['im:message.urgent', 'im:message.urgent:app_send'],
    'im-v1/buzz-messages/urgent_app',
  ),
  urgentSms: im(
    'PATCH',
    '/messages/:messageId/urgent_sms',
    ['im:message.urgent:sms', 'im:message.urgent:sms_send'],
    'im-v1/buzz-messages/urgent_sms',
  ),
  urgentPhone: im(
    'PATCH',
    '/messages/:messageId/urgent_phone',
    ['im:message.urgent:phone', 'im:message.urgent:phone_send'],
    'im-v1/buzz-messages/urgent_phone',
  ),
  readUsers: im(
    'GET',
    '/messages/:messageId/read_users',
    ['im:message', 'im:message:readonly', 'im:message:basic'],
    'im-v1/message/read_users',
  ),

  user: {
    method: 'GET',
    path: '/open-apis/contact/v3/users/:userId',
    windows: tier4,
    scopes: ['contact:contact.base:readonly', 'contact:contact:readonly_as_app', 'contact:contact:readonly'],
    doc: page('contact-v3/user/get'),
  },
  userIds: {
    method: 'POST',
    path: '/open-apis/contact/v3/users/batch_get_id',
    windows: tier4,
    scopes: ['contact:user.id:readonly'],
    doc: page('contact-v3/user/batch_get_id'),
  },
  cardUpdate: {
    method: 'POST',
    path: '/open-apis/interactive/v1/card/update',
    windows: tier4,
    scopes: [],
    doc: 'https://open.feishu.cn/document/ukTMukTMukTM/uMDO1YjLzgTN24yM4UjN',
  },
} as const satisfies Record<string, Rule>;

export type EndpointName = keyof typeof rules;

/** Per target, besides the endpoint's windows. https://open.feishu.cn/document/server-docs/im-v1/message/create */
export const perTarget = {
  chat: perSecond(5),
  card: perSecond(5),
  pin: perSecond(5),
} as const satisfies Record<string, Window>;

/** Sizes and times that the pages state. */
export const sizes = {
  textBytes: 150 * 1024,
  cardBytes: 30 * 1024,
  imageBytes: 10 * 1024 * 1024,
  fileBytes: 30 * 1024 * 1024,
  gifPx: 2_000,
  imagePx: 12_000,
  avatarPx: 4_096,
  uuidChars: 50,
  uuidMemoryMs: 3_600_000,
  cardEditableMs: 14 * 24 * 3_600_000,
  tokenLifeMs: 7_200_000,
  tokenRenewBelowMs: 1_800_000,
  cardTokenLifeMs: 1_800_000,
  cardTokenUseCount: 2,
} as const;
