/** The self-check against the sandbox, with one thing broken at a time: it must name that thing and no other. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Finding } from '../../../src/domain.ts';
import { createFeishuClient } from '../../../src/feishu/client.ts';
import { type EndpointName, endpoints } from '../../../src/feishu/endpoints.ts';
import { createHelpdeskApi } from '../../../src/feishu/helpdesk.ts';
import { createImApi } from '../../../src/feishu/im.ts';
import { mayConnect } from '../../../src/feishu/longConnection.ts';
import { clockSkewMs } from '../../../src/feishu/serverTime.ts';
import { createLog } from '../../../src/log.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { consoleOf } from '../../../src/services/doctor/blame.ts';
import { createDoctor } from '../../../src/services/doctor/doctor.ts';
import { permissionGroups, unusedBy } from '../../../src/services/doctor/permissions.ts';
import { folderStorage, openStorage, redisStorage } from '../../../src/services/doctor/storage.ts';
import { createMemoryWindows } from '../../../src/store/memoryWindows.ts';
import { StoreUnavailable } from '../../../src/store/store.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

interface Setting {
  readonly secret?: string;
  readonly helpdeskToken?: string;
  readonly baseUrl?: string;
  readonly chat?: string | undefined;
  readonly websocket?: boolean;
  readonly heard?: boolean;
  readonly store?: () => Promise<void>;
  readonly redis?: () => Promise<void>;
  readonly freeBytes?: number;
  readonly unused?: readonly EndpointName[];
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.reset();
});

/** Retries need no real time: what the client waits for comes at once. */
const hurried: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, ms > 19_000 ? ms : 2), signal),
};

async function examine(setting: Setting = {}, asked = false): Promise<readonly Finding[]> {
  const { app, url } = sandbox;
  const baseUrl = setting.baseUrl ?? url;
  const own = { id: app.appId, secret: setting.secret ?? app.appSecret };
  const client = createFeishuClient({
    app: own,
    helpdesk: { id: app.helpdeskId, token: setting.helpdeskToken ?? app.helpdeskToken },
    baseUrl,
    windows: createMemoryWindows(systemClock),
    clock: hurried,
    log: createLog('silent'),
    metrics: createMetrics(),
  });
  const folder = { version: 1, freeBytes: setting.freeBytes ?? 1e12, exists: true };
  const doctor = createDoctor({
    client,
    im: createImApi(client),
    helpdesk: createHelpdeskApi(client),
    console: consoleOf(baseUrl, app.appId),
    unused: setting.unused ?? [],
    clock: systemClock,
    skewMs: () => clockSkewMs(baseUrl, systemClock),
    longConnection: setting.websocket ? () => mayConnect({ app: own, baseUrl }) : undefined,
    heard: async () => setting.heard ?? true,
    storage: [
      setting.store ? openStorage({ check: setting.store }) : folderStorage('/data', () => folder),
      redisStorage(setting.redis ?? (async () => undefined)),
    ],
  });
  const chatId = 'chat' in setting ? setting.chat : sandbox.world.chat('IT 服务台').chatId;
  return doctor.examine({ chatId, asked });
}

const stateOf = (findings: readonly Finding[], state: Finding['state']): readonly string[] =>
  findings.filter((finding) => finding.state === state).map(({ check }) => check);
const finding = (findings: readonly Finding[], check: string): Finding | undefined =>
  findings.find((one) => one.check === check);

describe('with everything in order', () => {
  it('everything passes, and nothing is left behind but one card', async () => {
    sandbox.ledger.clear();
    const before = sandbox.world.messages.size;
    const findings = await examine({ websocket: true });
    expect(findings.filter(({ state }) => state !== 'pass')).toEqual([]);
    expect(sandbox.world.messages.size).toBe(before + 1);
    const made = sandbox.ledger.calls().filter((call) => call.made !== undefined);
    expect(made.map(({ endpoint }) => endpoint)).toEqual(['imageUpload', 'messageCreate']);
    expect(sandbox.ledger.calls().length).toBeLessThan(25);
  });

  it('has a line for every permission of the table, and each line speaks three languages', async () => {
    const findings = await examine();
    const scopes = new Set(Object.values(endpoints).flatMap((row): readonly string[] => row.scopes));
    const said = stateOf(findings, 'pass').join(' ');
    for (const scope of scopes) expect(said).toContain(scope);
    for (const { name, what } of findings)
      for (const text of [name, what])
        for (const sentence of Object.values(text)) expect(sentence).not.toBe('');
  });
});

describe('with one thing broken it names exactly that', () => {
  const fault = (endpoint: string, rule: object) => () => void sandbox.fault({ endpoint, ...rule });
  const date = (offMs: number) =>
    fault('botInfo', {
      times: 1,
      raw: { status: 400, headers: { date: new Date(Date.now() + offMs).toUTCString() }, body: '{}' },
    });

  it.each<[string, string, Setting, () => void]>([
    ['no way to Feishu', 'network', { baseUrl: 'http://127.0.0.1:9' }, () => undefined],
    ['an address that is not on the IP list', 'network', {}, fault('*', { code: 99991401, after: 2 })],
    ['a clock that is 5 minutes behind', 'clock', {}, date(300_000)],
    ['a clock that is 5 minutes ahead', 'clock', {}, date(-300_000)],
    ['a wrong app secret', 'app', { secret: 'wrong' }, () => undefined],
    ['an app that is not published', 'app', {}, fault('*', { code: 99991662, after: 2 })],
    ['a bot that is off', 'bot', {}, () => void Object.assign(sandbox.world.settings, { botOn: false })],
    ['a wrong helpdesk token', 'helpdesk', { helpdeskToken: 'ht-old' }, () => undefined],
    ['a helpdesk of another tenant', 'helpdesk', {}, fault('tickets', { code: 154003, status: 403 })],
    ['events that may not be subscribed', 'helpdesk_events', {}, fault('eventsSubscribe', { code: 154000 })],
    [
      'a long connection that is refused',
      'long_connection',
      { websocket: true },
      () => sandbox.connections.refuse(1_000_040_350, 'too many'),
    ],
    ['pictures that do not come back', 'picture', {}, fault('image', { code: 234005 })],
    ['a chat without the bot', 'card', { chat: 'oc_ffffffffffffffffffffffffffffffff' }, () => undefined],
    [
      'cards that cannot be updated',
      'card',
      {},
      fault('messagePatch', { code: 230031, match: undefined, after: 1 }),
    ],
    ['a monthly quota that is used up', 'quota', {}, fault('*', { code: 99991403, after: 4 })],
    [
      'a storage that cannot be written',
      'storage',
      { store: () => Promise.reject(new StoreUnavailable('the disk is full')) },
      () => undefined,
    ],
    [
      'a Redis that keeps nothing',
      'redis',
      { redis: () => Promise.reject(new StoreUnavailable('no append-only file')) },
      () => undefined,
    ],
  ])('%s: %s', async (_what, check, setting, breakIt) => {
    breakIt();
    const findings = await examine(setting);
    expect(stateOf(findings, 'fail')).toEqual([check]);
    expect(stateOf(findings, 'warn')).toEqual([]);
    expect(finding(findings, check)?.remedy).toBeDefined();
    expect(JSON.stringify(findings)).not.toContain(sandbox.app.appSecret);
    expect(JSON.stringify(findings)).not.toContain(sandbox.app.helpdeskToken);
  });

  it.each(permissionGroups().map(({ scopes }) => scopes))('a missing permission: %s', async (...scopes) => {
    // Other groups may have lost a permission too; they must keep one that is theirs.
    const kept = permissionGroups().filter((group) => group.scopes.some((one) => !scopes.includes(one)));
    for (const scope of scopes) sandbox.world.revokeScope(scope);
    for (const group of kept)
      for (const one of group.scopes) if (!scopes.includes(one)) sandbox.world.grantScope(one);
    const findings = await examine();
    const check = `permission ${scopes.join(' | ')}`;
    expect(stateOf(findings, 'fail')).toEqual([check]);
    expect(finding(findings, check)).toMatchObject({
      what: { en_us: expect.stringContaining(scopes[0] ?? '') },
      link: expect.stringMatching(
        `^${sandbox.url}/app/${sandbox.app.appId}/auth\\?q=${scopes[0]}[^&]*&op_from=openapi&token_type=tenant$`,
      ),
    });
  });

  it('a permission that only shows to be missing where it is used is named by its own line', async () => {
    // The first upload is the empty one that only asks for the permission.
    sandbox.fault({ endpoint: 'imageUpload', after: 1, code: 99991672 });
    const findings = await examine();
    expect(stateOf(findings, 'fail')).toEqual(['permission im:resource | im:resource:upload']);
    expect(stateOf(findings, 'skip')).toEqual(['picture']);
  });

  it('a disk that is nearly full, and a clock that is half a minute off, are warnings', async () => {
    expect(stateOf(await examine({ freeBytes: 1e6 }), 'warn')).toEqual(['storage']);
    date(30_000)();
    const findings = await examine();
    expect(stateOf(findings, 'warn')).toEqual(['clock']);
    expect(stateOf(findings, 'fail')).toEqual([]);
  });
});

describe('a chat to send a card to', () => {
  it.each([
    ['an id that is none', () => 'oc_nope'],
    ['a group without the bot', () => sandbox.world.chat('项目群（机器人未加入）').chatId],
  ])('%s: says to copy the id and to add the bot', async (_what, chat) => {
    const card = finding(await examine({ chat: chat() }), 'card');
    expect(card?.what.en_us).toBe('the chat id is wrong, or the bot is not in the group');
    expect(card?.remedy?.en_us).toMatch(/^Copy it from the group’s settings, and add the bot/);
    expect(card?.link).toBeUndefined();
  });
});

describe('a Redis', () => {
  it.each([
    ['REDIS_URL: Redis cannot be reached (ECONNREFUSED)', 'Start Redis, or correct REDIS_URL.'],
    ['REDIS_URL: Redis does not accept the user or password.', 'Correct the user and password in REDIS_URL.'],
    [
      'Redis was emptied since this process started; restart the bot to go on with it',
      'Start the bot again.',
    ],
    ['REDIS_URL: this Redis has no append-only file and would lose events; …', /appendonly yes/],
  ])('that says “%s” has a remedy of its own', async (said, remedy) => {
    const findings = await examine({ redis: () => Promise.reject(new StoreUnavailable(said)) });
    expect(finding(findings, 'redis')?.remedy?.en_us).toMatch(remedy);
  });
});

describe('what is not looked at', () => {
  it('is what needs the broken thing, and says which that is', async () => {
    const findings = await examine({ secret: 'wrong' });
    const skipped = stateOf(findings, 'skip');
    expect(skipped).toContain('helpdesk');
    expect(skipped).toContain('card');
    expect(finding(findings, 'card')?.what.en_us).toBe('not checked: mend “app credentials” first');
    expect(stateOf(findings, 'pass')).toEqual(['network', 'clock', 'events', 'storage', 'redis']);
  });

  it('is a permission that the ladder of escalations does not use', async () => {
    expect(unusedBy([{ means: 'app' }, { means: 'phone' }])).toEqual(['urgentSms']);
    for (const scope of ['im:message.urgent:sms', 'im:message.urgent:sms_send'])
      sandbox.world.revokeScope(scope);
    expect(stateOf(await examine({ unused: ['urgentSms'] }), 'fail')).toEqual([]);
  });

  it('is the card without a chat, and the events while none has come', async () => {
    const findings = await examine({ chat: undefined, heard: false });
    expect(stateOf(findings, 'skip')).toEqual(['events', 'card']);
    expect(finding(findings, 'card')?.what.en_us).toContain('--chat');
  });

  it('for a command in a chat, both are shown by the command itself', async () => {
    const findings = await examine({ chat: undefined, heard: false }, true);
    expect(stateOf(findings, 'skip')).toEqual([]);
  });
});
