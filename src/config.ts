/** Reads the environment once, at the start. Nothing else in the project looks at it. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Locale } from './domain.ts';
import { ConfigError } from './errors.ts';
import { parseLadder, type Rung } from './ladder.ts';
import { defaultLadder, type LogLevel, logLevels, type TransportName, variables } from './variables.ts';

export interface Config {
  readonly app: { readonly id: string; readonly secret: string };
  readonly helpdesk: { readonly id: string; readonly token: string };
  /** Undefined when events come over the long connection. */
  readonly webhook: { readonly encryptKey: string; readonly verificationToken: string } | undefined;
  /** Origin of Feishu's API, without a slash at the end. */
  readonly baseUrl: string;
  readonly transport: TransportName;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** When set, several replicas share this Redis, and `dataDir` is not used. Holds a password. */
  readonly redisUrl: string | undefined;
  readonly access: AccessConfig;
  /** Undefined: nobody is held back. */
  readonly budget: { readonly personCount: number; readonly chatCount: number } | undefined;
  readonly oncall: {
    readonly chatId: string | undefined;
    readonly users: readonly string[];
    readonly ladder: readonly Rung[];
  };
  readonly ticketUrl: string | undefined;
  /** A language model that adds a paragraph to `/summary <ticket>`; undefined when none is configured. */
  readonly llm:
    | { readonly baseUrl: string; readonly model: string; readonly apiKey: string | undefined }
    | undefined;
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

/** `20,60` → for a person, for a chat. */
function budgetOf(value: string): Config['budget'] {
  if (value === 'off') return undefined;
  const [personCount = 0, chatCount = 0] = value.split(',').map(Number);
  return { personCount, chatCount };
}

function isRedisUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '';
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
  FEISHU_TRANSPORT: z.enum(['webhook', 'websocket'], 'must be webhook or websocket').default('webhook'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .default('3000')
    .transform(Number)
    .pipe(z.number().max(65_535, 'must be a port number')),
  DATA_DIR: z.string().default('./data'),
  REDIS_URL: z
    .string()
    .refine(isRedisUrl, { message: 'must be redis://host:port or rediss://host:port' })
    .optional(),
  ACCESS_CHATS: idList('oc_'),
  ACCESS_USERS: idList('ou_').refine((ids) => !ids.includes('*'), {
    message: '* is not possible here; use ACCESS_CHATS',
  }),
  ACCESS_MANAGERS: idList('ou_').refine((ids) => !ids.includes('*'), { message: '* is not possible here' }),
  COMMANDS_PER_MINUTE: z
    .string()
    .regex(/^(?:off|[1-9]\d{0,5}\s*,\s*[1-9]\d{0,5})$/, 'must be two numbers such as 20,60, or off')
    .default('20,60')
    .transform(budgetOf),
  ONCALL_CHAT: z
    .string()
    .regex(/^oc_\w{1,64}$/, 'must be a chat id that starts with oc_')
    .optional(),
  ONCALL_LADDER: z
    .string()
    .default(defaultLadder)
    .transform(parseLadder)
    .pipe(
      z.array(
        z.custom<Rung>(),
        'must be rungs such as app@0m sms@10m phone@15m!22-7, in the order of their times',
      ),
    ),
  ONCALL_USERS: idList('ou_').refine((ids) => !ids.includes('*'), {
    message: '* is not possible here',
  }),
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
  LLM_BASE_URL: z
    .string()
    .refine((value) => /^https?:$/.test(protocolOf(value)) && !/[?#@]/.test(value), {
      message: 'must be an http(s) address without a user, query or fragment',
    })
    .transform((value) => value.replace(/\/+$/, ''))
    .optional(),
  LLM_MODEL: z.string().optional(),
  LLM_API_KEY: header.optional(),
});

/** The long connection is authenticated by the app itself. The SDK does not even begin with an app id of another form. */
const shapeOverConnection = shape.extend({
  FEISHU_APP_ID: header.regex(
    /^cli_[0-9a-fA-F]{16}$/,
    'must be cli_ and 16 hexadecimal digits for the long connection',
  ),
  FEISHU_ENCRYPT_KEY: header.optional(),
  FEISHU_VERIFICATION_TOKEN: header.optional(),
});

/** What the webhook needs; undefined for the other transport. */
function webhookOf(read: z.infer<typeof shapeOverConnection>): Config['webhook'] {
  const { FEISHU_ENCRYPT_KEY: encryptKey, FEISHU_VERIFICATION_TOKEN: verificationToken } = read;
  if (read.FEISHU_TRANSPORT !== 'webhook' || encryptKey === undefined || verificationToken === undefined)
    return undefined;
  return { encryptKey, verificationToken };
}

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

/** The server and the model belong together; a key alone is of no use. */
function llmProblems(values: Readonly<Record<string, string>>): string[] {
  const names = ['LLM_BASE_URL', 'LLM_MODEL'] as const;
  const isWanted = [...names, 'LLM_API_KEY'].some((name) => values[name] !== undefined);
  if (!isWanted) return [];
  return names
    .filter((name) => values[name] === undefined)
    .map((name) => `${name}: is required with the other LLM_ variables`);
}

/** The language to speak to an operator when the rest of the environment cannot be read. */
export function localeOf(env: NodeJS.ProcessEnv = process.env): Locale {
  return shape.shape.BOT_LOCALE.safeParse(env['BOT_LOCALE']?.trim() || undefined).data ?? 'zh_cn';
}

function llmOf({
  LLM_BASE_URL: baseUrl,
  LLM_MODEL: model,
  LLM_API_KEY: apiKey,
}: Pick<z.infer<typeof shape>, 'LLM_BASE_URL' | 'LLM_MODEL' | 'LLM_API_KEY'>): Config['llm'] {
  return baseUrl === undefined || model === undefined ? undefined : { baseUrl, model, apiKey };
}

const storageShape = shape.pick({ DATA_DIR: true, REDIS_URL: true });

/**
 * Reads where the storage is, and nothing else: for a tool that an operator runs beside the bot.
 * @throws ConfigError
 */
export function readStorageConfig(
  env: NodeJS.ProcessEnv = process.env,
): Pick<Config, 'dataDir' | 'redisUrl'> {
  const problems: string[] = [];
  const values = collect(env, problems);
  const parsed = storageShape.safeParse(values);
  if (!parsed.success) problems.push(...problemsOf(parsed.error, values));
  const own = problems.filter((problem) => /^(DATA_DIR|REDIS_URL)(_FILE)?:/.test(problem));
  if (!parsed.success || own.length > 0) throw new ConfigError(own);
  return { dataDir: parsed.data.DATA_DIR, redisUrl: parsed.data.REDIS_URL };
}

/**
 * Reads and checks the environment.
 * @throws ConfigError that lists every problem at once, by variable name and without any value
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const values = collect(env, problems);
  const parsed = (values['FEISHU_TRANSPORT'] === 'websocket' ? shapeOverConnection : shape).safeParse(values);
  const unreadable = new Set(problems.map((problem) => problem.split('_FILE:')[0]));
  if (!parsed.success)
    problems.push(
      ...problemsOf(parsed.error, values).filter((problem) => !unreadable.has(problem.split(':')[0])),
    );
  problems.push(...llmProblems(values));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const read = parsed.data;
  const chats = new Set(read.ACCESS_CHATS);
  return Object.freeze({
    app: { id: read.FEISHU_APP_ID, secret: read.FEISHU_APP_SECRET },
    helpdesk: { id: read.FEISHU_HELPDESK_ID, token: read.FEISHU_HELPDESK_TOKEN },
    webhook: webhookOf(read),
    baseUrl: read.FEISHU_DOMAIN,
    transport: read.FEISHU_TRANSPORT,
    host: read.HOST,
    port: read.PORT,
    dataDir: read.DATA_DIR,
    redisUrl: read.REDIS_URL,
    access: {
      chats: chats.has('*') ? 'all' : chats,
      users: new Set(read.ACCESS_USERS),
      managers: read.ACCESS_MANAGERS.length > 0 ? new Set(read.ACCESS_MANAGERS) : undefined,
    },
    budget: read.COMMANDS_PER_MINUTE,
    oncall: { chatId: read.ONCALL_CHAT, users: [...new Set(read.ONCALL_USERS)], ladder: read.ONCALL_LADDER },
    ticketUrl: read.TICKET_URL,
    llm: llmOf(read),
    locale: read.BOT_LOCALE,
    timeZone: read.BOT_TIMEZONE,
    logLevel: read.LOG_LEVEL,
    metricsToken: read.METRICS_TOKEN,
  } as const);
}
