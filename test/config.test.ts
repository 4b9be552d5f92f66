import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, readStorageConfig } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';
import { variables } from '../src/variables.ts';

const complete = {
  FEISHU_APP_ID: 'cli_0123456789abcdef',
  FEISHU_APP_SECRET: 'canary-app-secret',
  FEISHU_HELPDESK_ID: '6626871355780366330',
  FEISHU_HELPDESK_TOKEN: 'ht-canary-helpdesk',
  FEISHU_ENCRYPT_KEY: 'canary-encrypt-key',
  FEISHU_VERIFICATION_TOKEN: 'canary-verification',
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('readConfig', () => {
  it('needs nothing but the credentials, and fills in the documented defaults', () => {
    const config = readConfig(complete);
    expect(config).toMatchObject({
      app: { id: 'cli_0123456789abcdef', secret: 'canary-app-secret' },
      baseUrl: 'https://open.feishu.cn',
      transport: 'webhook',
      host: '0.0.0.0',
      port: 3000,
      dataDir: './data',
      redisUrl: undefined,
      locale: 'zh_cn',
      timeZone: 'Asia/Shanghai',
      logLevel: 'info',
      ticketUrl: undefined,
      metricsToken: undefined,
    });
    expect(config.access.managers).toBeUndefined();
    expect(config.access.chats).toEqual(new Set());
  });

  it('names every missing variable at once', () => {
    expect(problemsOf({})).toEqual(Object.keys(complete).map((name) => `${name}: is required`));
  });

  it.each([
    ['FEISHU_APP_ID', 'app'],
    ['FEISHU_HELPDESK_ID', 'a:b'],
    ['FEISHU_DOMAIN', 'ftp://x'],
    ['FEISHU_DOMAIN', 'https://x.example/path'],
    ['FEISHU_DOMAIN', 'constructor'],
    ['FEISHU_TRANSPORT', 'carrier-pigeon'],
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'http://localhost:6379'],
    ['REDIS_URL', 'redis://'],
    ['ACCESS_CHATS', 'oc_1,ou_2'],
    ['ACCESS_USERS', '*'],
    ['ACCESS_MANAGERS', 'oc_1'],
    ['COMMANDS_PER_MINUTE', '20'],
    ['COMMANDS_PER_MINUTE', '0,60'],
    ['COMMANDS_PER_MINUTE', 'none'],
    ['ONCALL_CHAT', 'ou_1'],
    ['ONCALL_LADDER', 'app@5m app@1m'],
    ['ONCALL_LADDER', 'pigeon@1m'],
    ['ONCALL_USERS', 'ou_1,oc_2'],
    ['ONCALL_USERS', '*'],
    ['TICKET_URL', 'https://x.example/tickets'],
    ['TICKET_URL', 'javascript:{id}'],
    ['BOT_LOCALE', 'en'],
    ['BOT_TIMEZONE', 'Mars/Olympus'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s by name', (name, value) => {
    const problems = problemsOf({ ...complete, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  it('needs no keys of the webhook for the long connection, and an app id that the SDK takes', () => {
    const { FEISHU_ENCRYPT_KEY: _key, FEISHU_VERIFICATION_TOKEN: _token, ...rest } = complete;
    const connected = { ...rest, FEISHU_TRANSPORT: 'websocket' };
    expect(readConfig(connected)).toMatchObject({ transport: 'websocket', webhook: undefined });
    expect(readConfig({ ...complete, FEISHU_TRANSPORT: 'websocket' }).webhook).toBeUndefined();
    expect(problemsOf(rest)).toEqual([
      'FEISHU_ENCRYPT_KEY: is required',
      'FEISHU_VERIFICATION_TOKEN: is required',
    ]);
    expect(problemsOf({ ...connected, FEISHU_APP_ID: 'cli_test' })).toEqual([
      'FEISHU_APP_ID: must be cli_ and 16 hexadecimal digits for the long connection',
    ]);
  });

  it('never says a value', () => {
    const bad = Object.fromEntries(variables.map(({ name }) => [name, 'canary value\u0000']));
    expect(problemsOf(bad).join('\n')).not.toContain('canary');
  });

  it('reads a secret from a file, and refuses to guess when both are given', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'secret');
    writeFileSync(file, 'from-a-file\n');
    const { FEISHU_APP_SECRET: _, ...rest } = complete;
    expect(readConfig({ ...rest, FEISHU_APP_SECRET_FILE: file }).app.secret).toBe('from-a-file');
    expect(problemsOf({ ...complete, FEISHU_APP_SECRET_FILE: file })).toEqual([
      'FEISHU_APP_SECRET: is set twice, also as FEISHU_APP_SECRET_FILE; keep one',
    ]);
    expect(problemsOf({ ...rest, FEISHU_APP_SECRET_FILE: `${file}-not-there` })).toEqual([
      'FEISHU_APP_SECRET_FILE: the file cannot be read',
    ]);
  });

  it('takes an empty value as not set', () => {
    expect(readConfig({ ...complete, TICKET_URL: '', PORT: ' ' }).port).toBe(3000);
  });

  it('understands the access lists', () => {
    const { access } = readConfig({
      ...complete,
      ACCESS_CHATS: ' oc_1, oc_2 ,',
      ACCESS_USERS: 'ou_1',
      ACCESS_MANAGERS: 'ou_9',
    });
    expect(access.chats).toEqual(new Set(['oc_1', 'oc_2']));
    expect(access.users).toEqual(new Set(['ou_1']));
    expect(access.managers).toEqual(new Set(['ou_9']));
    expect(readConfig({ ...complete, ACCESS_CHATS: '*' }).access.chats).toBe('all');
  });

  it('understands the budget', () => {
    const budget = (value?: string) =>
      readConfig({ ...complete, ...(value === undefined ? {} : { COMMANDS_PER_MINUTE: value }) }).budget;
    expect(budget()).toEqual({ personCount: 20, chatCount: 60 });
    expect(budget('5, 50')).toEqual({ personCount: 5, chatCount: 50 });
    expect(budget('off')).toBeUndefined();
  });

  it('knows Lark and a base URL', () => {
    expect(readConfig({ ...complete, FEISHU_DOMAIN: 'lark' }).baseUrl).toBe('https://open.larksuite.com');
    expect(readConfig({ ...complete, FEISHU_DOMAIN: 'http://127.0.0.1:4000' }).baseUrl).toBe(
      'http://127.0.0.1:4000',
    );
  });
});

describe('readStorageConfig', () => {
  it('needs no credentials', () => {
    expect(readStorageConfig({})).toEqual({ dataDir: './data', redisUrl: undefined });
    expect(
      readStorageConfig({ DATA_DIR: '/var/lib/bot', REDIS_URL: 'rediss://u:p@redis.example/1' }),
    ).toEqual({
      dataDir: '/var/lib/bot',
      redisUrl: 'rediss://u:p@redis.example/1',
    });
  });

  it('names what is wrong with the storage, and nothing else', () => {
    expect(() => readStorageConfig({ REDIS_URL: 'canary', PORT: 'x' })).toThrow(
      /^REDIS_URL: must be [^\n]*$/,
    );
    expect(() => readStorageConfig({ REDIS_URL: 'canary' })).not.toThrow('canary');
    const twice = { REDIS_URL: 'redis://a', REDIS_URL_FILE: '/b', FEISHU_APP_SECRET_FILE: '/not-there' };
    expect(() => readStorageConfig(twice)).toThrow(/^REDIS_URL: is set twice[^\n]*$/);
    expect(() => readStorageConfig({ REDIS_URL_FILE: '/not-there' })).toThrow(
      'REDIS_URL_FILE: the file cannot be read',
    );
  });
});

describe('.env.example', () => {
  it('lists every variable, and no other', () => {
    const example = readFileSync('.env.example', 'utf8');
    const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(named).toEqual(variables.map(({ name }) => name));
  });
});

describe('the language model', () => {
  it('is off unless its server and its model are named', () => {
    expect(readConfig(complete).llm).toBeUndefined();
    const server = { LLM_BASE_URL: 'https://llm.example/v1/', LLM_MODEL: 'small' };
    expect(readConfig({ ...complete, ...server }).llm).toEqual({
      baseUrl: 'https://llm.example/v1',
      model: 'small',
      apiKey: undefined,
    });
    expect(readConfig({ ...complete, ...server, LLM_API_KEY: 'k' }).llm?.apiKey).toBe('k');
  });

  it.each([
    [{ LLM_BASE_URL: 'https://llm.example' }, 'LLM_MODEL'],
    [{ LLM_MODEL: 'small' }, 'LLM_BASE_URL'],
    [{ LLM_API_KEY: 'canary' }, 'LLM_BASE_URL'],
    [{ LLM_MODEL: 'small', LLM_BASE_URL: 'ftp://x' }, 'LLM_BASE_URL'],
    [{ LLM_MODEL: 'small', LLM_BASE_URL: 'https://user:canary@x' }, 'LLM_BASE_URL'],
  ])('%j names what is wrong, and no value', (changes, name) => {
    expect(() => readConfig({ ...complete, ...changes })).toThrow(name);
    expect(() => readConfig({ ...complete, ...changes })).not.toThrow('canary');
  });
});
