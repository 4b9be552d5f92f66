/** The variables of the environment, as the README and `.env.example` show them. What each may be is decided in `config.ts`. */

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type TransportName = 'webhook' | 'websocket';

/** One variable: what it is for, for the README and `.env.example`, and what it is without being set. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly fallback: string | undefined;
  readonly required: boolean;
  /** Needed, and read, by this transport alone. */
  readonly onlyFor: TransportName | undefined;
  /** May also be given as `<name>_FILE`. */
  readonly secret: boolean;
}

const variable = (
  name: string,
  meaning: string,
  extra: {
    fallback?: string;
    required?: boolean;
    onlyFor?: TransportName;
    secret?: boolean;
  } = {},
): Variable => ({
  name,
  meaning,
  fallback: extra.fallback,
  required: extra.required ?? false,
  onlyFor: extra.onlyFor,
  secret: extra.secret ?? false,
});

export const defaultLadder = 'app@0m app@5m sms@10m phone@15m';

/** Every variable that is read, in the order of the README's table. */
export const variables: readonly Variable[] = [
  variable('FEISHU_APP_ID', 'App ID of the self-built app', { required: true }),
  variable('FEISHU_APP_SECRET', 'App Secret of the self-built app', { required: true, secret: true }),
  variable('FEISHU_HELPDESK_ID', 'ID of the helpdesk', { required: true }),
  variable('FEISHU_HELPDESK_TOKEN', 'Token of the helpdesk', { required: true, secret: true }),
  variable('FEISHU_ENCRYPT_KEY', 'Encrypt Key of events and callbacks', {
    required: true,
    onlyFor: 'webhook',
    secret: true,
  }),
  variable('FEISHU_VERIFICATION_TOKEN', 'Verification Token of events and callbacks', {
    required: true,
    onlyFor: 'webhook',
    secret: true,
  }),
  variable('FEISHU_DOMAIN', '`feishu`, `lark`, or a base URL', { fallback: 'feishu' }),
  variable('FEISHU_TRANSPORT', 'How events arrive: `webhook`, or `websocket` for Feishu’s long connection', {
    fallback: 'webhook',
  }),
  variable('HOST', 'Address that the webhook listens on', { fallback: '0.0.0.0' }),
  variable('PORT', 'Port that the webhook listens on', { fallback: '3000' }),
  variable('DATA_DIR', 'Folder of the SQLite storage', { fallback: './data' }),
  variable(
    'REDIS_URL',
    'When set, any number of replicas share this Redis instead: `redis://…` or `rediss://…`',
    {
      secret: true,
    },
  ),
  variable('ACCESS_CHATS', 'Chats in which everyone is served and personal data is shown: chat ids, or `*`'),
  variable('ACCESS_USERS', 'People who are served everywhere: open ids'),
  variable('ACCESS_MANAGERS', 'People who may use the managers’ commands: open ids'),
  variable(
    'COMMANDS_PER_MINUTE',
    'How many commands, and how many clicks, a person and a chat may send: two numbers, or `off`',
    { fallback: '20,60' },
  ),
  variable(
    'ONCALL_CHAT',
    'Chat in which escalations stand: a chat id. Unset: the chat in which they are asked for',
  ),
  variable(
    'ONCALL_LADDER',
    'How somebody is called: `app`, `sms` or `phone`, after `s`, `m` or `h`, with quiet hours behind `!`, such as `phone@15m!22-7`',
    { fallback: defaultLadder },
  ),
  variable('ONCALL_USERS', 'People who are called when no agent is on duty: open ids'),
  variable('TICKET_URL', 'Link to a ticket’s page, with `{id}` in it'),
  variable('BOT_LOCALE', 'Language where the reader’s own cannot be followed: `zh_cn`, `en_us` or `ja_jp`', {
    fallback: 'zh_cn',
  }),
  variable('BOT_TIMEZONE', 'IANA time zone for dates', { fallback: 'Asia/Shanghai' }),
  variable(
    'LLM_BASE_URL',
    'OpenAI-compatible server that adds a paragraph to `/summary <ticket>`, such as `https://llm.example/v1`; it gets masked text only',
  ),
  variable('LLM_MODEL', 'Name of the model there'),
  variable('LLM_API_KEY', 'Key for that server', { secret: true }),
  variable('LOG_LEVEL', `\`${logLevels.join('`, `')}\``, { fallback: 'info' }),
  variable('METRICS_TOKEN', 'When set, `/metrics` asks for it as a bearer token', { secret: true }),
];
