/** Reads the environment once, at the start. Nothing else in the project looks at it. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Locale } from './domain.ts';
import { ConfigError } from './errors.ts';

export interface Config {
  readonly app: { readonly id: string; readonly secret: string };
  readonly helpdesk: { readonly id: string; readonly token: string };
  readonly webhook: { readonly encryptKey: string; readonly verificationToken: string };
  /** Origin of Feishu's API, without a slash at the end. */
  readonly baseUrl: string;
  readonly transport: 'webhook';
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly access: AccessConfig;
  readonly ticketUrl: string | undefined;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly logLevel: LogLevel;
  readonly metricsToken: string | undefined;
}

export interface AccessConfig {
  /** Chat ids, or every chat. */
  readonly chats: ReadonlySet<string> | 'all';
  readonly users: ReadonlySet<string>;
  /** Undefined when no managers are named. */
  readonly managers: ReadonlySet<string> | undefined;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One variable: what it is for, for the README and `.env.example`, and what it is without being set. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly fallback: string | undefined;
  readonly required: boolean;
  /** May also be given as `<name>_FILE`. */
  readonly secret: boolean;
}

const variable = (
  name: string,
  meaning: string,
  extra: { fallback?: string; required?: boolean; secret?: boolean } = {},
): Variable => ({
  name,
  meaning,
  fallback: extra.fallback,
  required: extra.required ?? false,
  secret: extra.secret ?? false,
});

/** Every variable that is read, in the order of the README's table. */
export const variables: readonly Variable[] = [
  variable('FEISHU_APP_ID', 'App ID of the self-built app', { required: true }),
  variable('FEISHU_APP_SECRET', 'App Secret of the self-built app', { required: true, secret: true }),
  variable('FEISHU_HELPDESK_ID', 'ID of the helpdesk', { required: true }),
  variable('FEISHU_HELPDESK_TOKEN', 'Token of the helpdesk', { required: true, secret: true }),
  variable('FEISHU_ENCRYPT_KEY', 'Encrypt Key of events and callbacks', { required: true, secret: true }),
  variable('FEISHU_VERIFICATION_TOKEN', 'Verification Token of events and callbacks', {
    required: true,
    secret: true,
  }),
  variable('FEISHU_DOMAIN', '`feishu`, `lark`, or a base URL', { fallback: 'feishu' }),
  variable('FEISHU_TRANSPORT', 'How events arrive: `webhook`', { fallback: 'webhook' }),
  variable('HOST', 'Address that the webhook listens on', { fallback: '0.0.0.0' }),
  variable('PORT', 'Port that the webhook listens on', { fallback: '3000' }),
  variable('DATA_DIR', 'Folder of the SQLite storage', { fallback: './data' }),
  variable('ACCESS_CHATS', 'Chats in which everyone is served and personal data is shown: chat ids, or `*`'),
  variable('ACCESS_USERS', 'People who are served everywhere: open ids'),
  variable('ACCESS_MANAGERS', 'People who may use the managers’ commands: open ids'),
  variable('TICKET_URL', 'Link to a ticket’s page, with `{id}` in it'),
  variable('BOT_LOCALE', 'Language where the reader’s own cannot be followed: `zh_cn`, `en_us` or `ja_jp`', {
    fallback: 'zh_cn',
  }),
  variable('BOT_TIMEZONE', 'IANA time zone for dates', { fallback: 'Asia/Shanghai' }),
  variable('LOG_LEVEL', `\`${logLevels.join('`, `')}\``, { fallback: 'info' }),
  variable('METRICS_TOKEN', 'When set, `/metrics` asks for it as a bearer token', { secret: true }),
];

const origins: Readonly<Record<string, string>> = {
  feishu: 'https://open.feishu.cn',
  lark: 'https://open.larksuite.com',
};

/** True for a name that `Intl` knows as a time zone. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `https://x.y/` → `https://x.y`; undefined for what is not an http(s) origin. */
function originOf(value: string): string | undefined {
  if (Object.hasOwn(origins, value)) return origins[value];
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') return undefined;
  return url.origin;
}

const header = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const idList = (prefix: string) =>
  z
    .string()
    .default('')
    .transform((value) => value.split(',').flatMap((item) => item.trim() || []))
    .refine((ids) => ids.every((id) => id === '*' || id.startsWith(prefix)), {
      message: `must be a comma-separated list of ids that start with ${prefix}`,
    });

const shape = z.object({
  FEISHU_APP_ID: header.regex(/^cli_[0-9a-zA-Z]+$/, 'must look like cli_…'),
  FEISHU_APP_SECRET: header,
  FEISHU_HELPDESK_ID: header.regex(/^[^:]+$/, 'must not hold a colon'),
  FEISHU_HELPDESK_TOKEN: header,
  FEISHU_ENCRYPT_KEY: header,
  FEISHU_VERIFICATION_TOKEN: header,
  FEISHU_DOMAIN: z
    .string()
    .default('feishu')
    .transform(originOf)
    .pipe(z.string('must be feishu, lark or a base URL')),
  FEISHU_TRANSPORT: z.enum(['webhook'], 'must be webhook').default('webhook'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .default('3000')
    .transform(Number)
    .pipe(z.number().max(65_535, 'must be a port number')),
  DATA_DIR: z.string().default('./data'),
  ACCESS_CHATS: idList('oc_'),
  ACCESS_USERS: idList('ou_').refine((ids) => !ids.includes('*'), {
    message: '* is not possible here; use ACCESS_CHATS',
  }),
  ACCESS_MANAGERS: idList('ou_').refine((ids) => !ids.includes('*'), { message: '* is not possible here' }),
  TICKET_URL: z
    .string()
    .refine((value) => value.includes('{id}') && /^https?:$/.test(protocolOf(value)), {
      message: 'must be an http(s) link with {id} in it',
    })
    .optional(),
  BOT_LOCALE: z.enum(['zh_cn', 'en_us', 'ja_jp'], 'must be zh_cn, en_us or ja_jp').default('zh_cn'),
  BOT_TIMEZONE: z
    .string()
    .refine(isTimeZone, { message: 'must be an IANA time zone such as Asia/Shanghai' })
    .default('Asia/Shanghai'),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  METRICS_TOKEN: header.optional(),
});

function protocolOf(value: string): string {
  const url = value.replaceAll('{id}', '1');
  return URL.canParse(url) ? new URL(url).protocol : '';
}

/** The variables that are set, with `<NAME>_FILE` read for secrets. An empty value counts as not set. */
function collect(env: NodeJS.ProcessEnv, problems: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, secret } of variables) {
    const direct = env[name]?.trim();
    const file = secret ? env[`${name}_FILE`]?.trim() : undefined;
    if (direct && file) problems.push(`${name}: is set twice, also as ${name}_FILE; keep one`);
    const value = direct || (file && readSecret(name, file, problems));
    if (value) values[name] = value;
  }
  return values;
}

function readSecret(name: string, file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push(`${name}_FILE: the file cannot be read`);
    return undefined;
  }
}

function problemsOf(error: z.ZodError, values: Record<string, string>): string[] {
  return error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return values[name] === undefined ? `${name}: is required` : `${name}: ${issue.message}`;
  });
}

/**
 * Reads and checks the environment.
 * @throws ConfigError that lists every problem at once, by variable name and without any value
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const values = collect(env, problems);
  const parsed = shape.safeParse(values);
  const unreadable = new Set(problems.map((problem) => problem.split('_FILE:')[0]));
  if (!parsed.success)
    problems.push(
      ...problemsOf(parsed.error, values).filter((problem) => !unreadable.has(problem.split(':')[0])),
    );
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const read = parsed.data;
  const chats = new Set(read.ACCESS_CHATS);
  return Object.freeze({
    app: { id: read.FEISHU_APP_ID, secret: read.FEISHU_APP_SECRET },
    helpdesk: { id: read.FEISHU_HELPDESK_ID, token: read.FEISHU_HELPDESK_TOKEN },
    webhook: { encryptKey: read.FEISHU_ENCRYPT_KEY, verificationToken: read.FEISHU_VERIFICATION_TOKEN },
    baseUrl: read.FEISHU_DOMAIN,
    transport: read.FEISHU_TRANSPORT,
    host: read.HOST,
    port: read.PORT,
    dataDir: read.DATA_DIR,
    access: {
      chats: chats.has('*') ? 'all' : chats,
      users: new Set(read.ACCESS_USERS),
      managers: read.ACCESS_MANAGERS.length > 0 ? new Set(read.ACCESS_MANAGERS) : undefined,
    },
    ticketUrl: read.TICKET_URL,
    locale: read.BOT_LOCALE,
    timeZone: read.BOT_TIMEZONE,
    logLevel: read.LOG_LEVEL,
    metricsToken: read.METRICS_TOKEN,
  } as const);
}
