/** Ten ways to break what the bot promises, and the tests that must notice. */

export interface Plant {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

export const plants: readonly Plant[] = [
  {
    name: 'sync skipped',
    file: 'src/store/sqliteSync.ts',
    find: 'fs.fdatasync(log, (error) => {',
    replace: 'setImmediate((error: null = null) => {',
    tests: ['test/store/sqliteWriter.test.ts'],
  },
  {
    name: 'one-sided freshness',
    file: 'src/feishu/envelope.ts',
    find: 'Math.abs(nowMs - Number(timestamp) * 1_000) > timestampWindowMs',
    replace: 'nowMs - Number(timestamp) * 1_000 > timestampWindowMs',
    tests: ['test/feishu/envelope.test.ts'],
  },
  {
    name: 'dedupe of 5 minutes',
    file: 'src/store/sqliteKeys.ts',
    find: 'export const keepKeysMs = 48 * 3_600_000;',
    replace: 'export const keepKeysMs = 300_000;',
    tests: ['test/store/sqlite.test.ts'],
  },
  {
    name: 'retries dropped',
    file: 'src/feishu/retry.ts',
    find: "if (error.kind !== 'passing') return undefined;",
    replace: 'return undefined;',
    tests: ['test/feishu/retry.test.ts', 'test/feishu/client.test.ts'],
  },
  {
    name: 'Feishu’s late repetitions dropped',
    file: 'src/app.ts',
    find: 'if (!(await ownTenant(inbound.tenantKey))) {',
    replace:
      'if (inbound.receivedAtMs - (inbound.createdAtMs ?? 0) > 1_800_000) return ok;\n      if (!(await ownTenant(inbound.tenantKey))) {',
    tests: ['test/e2e/time.test.ts'],
  },
  {
    name: 'body re-serialised',
    file: 'src/transport/webhook.ts',
    find: 'const opened = openEnvelope({ body, headers',
    replace:
      'const again = (): Buffer => { try { return Buffer.from(JSON.stringify(JSON.parse(body.toString()))); } catch { return body; } };\n  const opened = openEnvelope({ body: again(), headers',
    tests: ['test/transport/webhook.test.ts'],
  },
  {
    name: 'no uuid',
    file: 'src/feishu/im.ts',
    find: 'const body = { ...contentBody(content), reply_in_thread: inThread, uuid };',
    replace:
      'const body = { ...contentBody(content), reply_in_thread: inThread, ...(uuid === "" ? { uuid } : {}) };',
    tests: ['test/feishu/im.test.ts'],
  },
  {
    name: 'token refresh on any 401',
    file: 'src/feishu/client.ts',
    find: "if (error.kind === 'token' && token !== undefined",
    replace: "if ((error.kind === 'token' || error.httpStatus === 401) && token !== undefined",
    tests: ['test/feishu/client.test.ts'],
  },
  {
    name: 'reservoir limiter',
    file: 'src/store/memoryWindows.ts',
    find: 'return (call.answeredMs ?? call.departedMs + longestCallMs) + perMs;',
    replace: 'return (Math.floor(call.departedMs / perMs) + 1) * perMs;',
    tests: ['test/store/memoryWindows.test.ts'],
  },
  {
    name: 'error object logged',
    file: 'src/log.ts',
    find: 'serializers: { err: describe },',
    replace:
      'serializers: { err: (error: unknown) => (error instanceof FeishuError ? describe(error) : error) },',
    tests: ['test/log.test.ts'],
  },
  {
    name: '`<` not escaped',
    file: 'src/cards/untrusted.ts',
    find: "  '<': '＜',",
    replace: "  '<': '<',",
    tests: ['test/cards/untrusted.test.ts'],
  },
];
