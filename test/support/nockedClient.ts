/** The client as the process has it, with Feishu played by nock, a clock that stands still, and secrets that must not get out. */

import { inspect } from 'node:util';
import nock from 'nock';
import { expect } from 'vitest';
import { createFeishuClient } from '../../src/feishu/client.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { type ExactWindows, exactWindows } from './exactWindows.ts';
import { type FakeClock, fakeClock } from './fakeClock.ts';
import { type MemoryLog, memoryLog } from './memoryLog.ts';

export const origin = 'https://open.feishu.test';
const tokenPath = '/open-apis/auth/v3/tenant_access_token/internal';

/** Nothing that is logged or thrown may hold one of these. */
const canaries = {
  appSecret: 'canary-app-secret-7f3a',
  helpdeskToken: 'ht-canary-helpdesk-91bc',
  tenantToken: 't-canary-tenant-55de',
} as const;
const helpdeskHeader = Buffer.from(`hd-1:${canaries.helpdeskToken}`).toString('base64');

export interface NockedClient {
  readonly client: ReturnType<typeof createFeishuClient>;
  readonly clock: FakeClock;
  readonly windows: ExactWindows;
  readonly log: MemoryLog;
  readonly metrics: Metrics;
  /** How often the token endpoint was asked. */
  tokensFetched(): number;
  /** The tenant token that the nth fetch answered, from 1. */
  token(count: number): string;
  /** The headers that a call to Feishu must carry; `helpdesk` for the helpdesk's own. */
  headers(kind?: 'helpdesk'): { readonly reqheaders: Record<string, string> };
  /** What `promise` throws, after looking through it for secrets. */
  failureOf(promise: Promise<unknown>): Promise<unknown>;
  /** @throws when a secret is in the log */
  expectNoSecrets(): void;
}

export interface NockedOptions {
  readonly random?: () => number;
  /** Answers the token endpoint; the default gives a token that holds 2 h. */
  readonly grant?: (count: number) => Record<string, unknown>;
}

export function nockedClient({ random = () => 0.5, grant }: NockedOptions = {}): NockedClient {
  const clock = fakeClock();
  const windows = exactWindows(clock);
  // A call under way holds a place until its headers are here; time must not run out for it meanwhile.
  clock.busyWhile(() => windows.openCount() > 0);
  const log = memoryLog();
  const metrics = createMetrics();
  const token = (count: number): string => `${canaries.tenantToken}-${count}`;
  let fetched = 0;
  nock(origin)
    .persist()
    .post(tokenPath, { app_id: 'cli_a1', app_secret: canaries.appSecret })
    .reply(200, () => {
      fetched += 1;
      return grant?.(fetched) ?? { code: 0, msg: 'ok', tenant_access_token: token(fetched), expire: 7_200 };
    });
  const client = createFeishuClient({
    app: { id: 'cli_a1', secret: canaries.appSecret },
    helpdesk: { id: 'hd-1', token: canaries.helpdeskToken },
    baseUrl: origin,
    windows,
    clock,
    log: log.log,
    metrics,
    random,
  });

  function expectClean(text: string): void {
    for (const secret of [...Object.values(canaries), helpdeskHeader]) expect(text).not.toContain(secret);
  }

  return {
    client,
    clock,
    windows,
    log,
    metrics,
    tokensFetched: () => fetched,
    token,
    headers: (kind) => ({
      reqheaders: {
        authorization: `Bearer ${token(1)}`,
        ...(kind === 'helpdesk' ? { 'x-lark-helpdesk-authorization': helpdeskHeader } : {}),
      },
    }),
    async failureOf(promise) {
      const error: unknown = await clock.until(promise).then(
        (value) => {
          throw new Error(`nothing was thrown, but answered: ${inspect(value)}`);
        },
        (thrown: unknown) => thrown,
      );
      const all = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
      expectClean(`${all}\n${JSON.stringify(error)}\n${error instanceof Error ? error.stack : ''}`);
      return error;
    },
    expectNoSecrets: () => expectClean(log.lines.join('')),
  };
}
